"""Say whether the portal is ready for money: a line a check, with its cure; exit code 1 if not."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from returns_portal.returns.checks import LOCAL, REMOTE, Result, State, run_checks


class Command(BaseCommand):
    help = (
        "Check the set-up: credentials, webhooks, worker, policies, mail. Exit code 1 on a failure."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON for programs.")
        parser.add_argument(
            "--local", action="store_true", help="Ask neither Shopify nor the mail server."
        )

    def handle(self, **options: Any) -> None:
        checks = LOCAL if options["local"] else (*LOCAL, *REMOTE)
        results = run_checks(checks, now=timezone.now())
        lines = [to_json(results)] if options["json"] else [to_line(result) for result in results]
        for line in lines:
            self.stdout.write(line)
        if any(result.finding.state == State.FAIL for result in results):
            raise SystemExit(1)


def to_line(result: Result) -> str:
    """The result as a person reads it in a terminal."""
    finding = result.finding
    cure = f" -> {finding.cure}" if finding.cure else ""
    return f"{finding.state:<4}  {result.title}: {finding.found}{cure}"


def to_json(results: list[Result]) -> str:
    """The results as programs read them."""
    rows = [
        {
            "check": result.key,
            "state": str(result.finding.state),
            "found": result.finding.found,
            "cure": result.finding.cure,
        }
        for result in results
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
