"""Load the return reasons and regional policies that a shop starts from; edits are kept."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from returns_portal.returns.models import ConditionGrade, PolicyRule, ReturnPolicy, ReturnReason

DEFAULTS = Path(__file__).resolve().parents[2] / "defaults"
CHECKED_ON = date(2026, 11, 23)
FINAL_SALE_TAGS = ["final-sale"]


class Command(BaseCommand):
    help = "Add the return reasons and regional policies that are missing; change none."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        reasons = add_reasons(read_defaults("reasons"))
        policies = add_policies(read_defaults("policies"))
        grades = add_grades(read_defaults("conditions"))
        if options["verbosity"]:
            self.stdout.write(
                f"Added {reasons} return reasons, {policies} return policies and "
                f"{grades} conditions."
            )


def read_defaults(name: str) -> list[dict[str, Any]]:
    """The rows of one defaults file, in the order of the file."""
    rows: list[dict[str, Any]] = json.loads((DEFAULTS / f"{name}.json").read_text("utf-8"))
    return rows


def add_reasons(rows: Iterable[dict[str, Any]]) -> int:
    """Add the reasons whose code is not there yet; say how many."""
    added = [
        ReturnReason.objects.get_or_create(
            code=row["code"], defaults={**row, "position": position * 10}
        )[1]
        for position, row in enumerate(rows, start=1)
    ]
    return sum(added)


def add_grades(rows: Iterable[dict[str, Any]]) -> int:
    """Add the conditions whose code is not there yet; say how many."""
    added = [
        ConditionGrade.objects.get_or_create(
            code=row["code"], defaults={**row, "position": position * 10}
        )[1]
        for position, row in enumerate(rows, start=1)
    ]
    return sum(added)


def add_policies(rows: Iterable[dict[str, Any]]) -> int:
    """Add the policies whose countries no policy covers yet, under that name; say how many."""
    missing = [row for row in rows if not is_covered(row)]
    for row in missing:
        terms = {name: value for name, value in row.items() if name != "rules"}
        policy = ReturnPolicy.objects.create(
            **terms, final_sale_tags=FINAL_SALE_TAGS, checked_on=CHECKED_ON
        )
        add_rules(policy, row.get("rules", ()))
    return len(missing)


def add_rules(policy: ReturnPolicy, rows: Iterable[dict[str, Any]]) -> None:
    """Put the rules into the draft of a new policy, to be tried and published by the merchant."""
    PolicyRule.objects.bulk_create(PolicyRule(policy=policy, **row) for row in rows)


def is_covered(row: dict[str, Any]) -> bool:
    """Say whether the merchant has a policy of this name, or one for some of these countries.

    A policy that is switched off counts: whoever renames or retires one keeps it that way.
    """
    countries = set(row["countries"])
    return any(
        policy.name == row["name"]
        or (countries & set(policy.countries) if countries else not policy.countries)
        for policy in ReturnPolicy.objects.only("name", "countries")
    )
