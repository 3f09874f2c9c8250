"""Load the return reasons and regional policies that a shop starts from; edits are kept."""

from typing import Any

from django.core.management.base import BaseCommand

from returns_portal.returns.services.starting import add_defaults


class Command(BaseCommand):
    help = "Add the return reasons and regional policies that are missing; change none."

    def handle(self, **options: Any) -> None:
        added = add_defaults()
        if options["verbosity"]:
            self.stdout.write(
                f"Added {len(added.reasons)} return reasons, {len(added.policies)} return "
                f"policies and {len(added.grades)} conditions."
            )
