"""Say whether a withdrawal's words are still those that were hashed when it was received."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from returns_portal.returns.models import Withdrawal
from returns_portal.returns.services.withdrawing import hash_of


class Command(BaseCommand):
    help = "Compare a withdrawal's text with the SHA-256 that its receipt names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference")

    def handle(self, **options: Any) -> None:
        found = Withdrawal.objects.filter(reference=options["reference"]).first()
        if found is None:
            raise CommandError("There is no withdrawal with this reference.")
        if hash_of(found.text) != found.sha256:
            raise CommandError("The text does not fit its hash: it was changed.")
        self.stdout.write(f"{found.reference} {found.received_at.isoformat()} {found.sha256} fits.")
