"""Rows that are written once: history, which nobody edits or deletes.

The database refuses it as well (triggers, made by a migration). The one door is `redact`, by which
a person's words go when the law wants them gone.
"""

from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class HistoryIsKept(Exception):
    """Somebody tried to edit or delete history."""


class KeptQuerySet(models.QuerySet[M]):
    """Reads and adds; refuses the rest."""

    def update(self, **values: Any) -> int:
        """Raises HistoryIsKept."""
        raise HistoryIsKept(f"{self.model._meta.label} is never changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Raises HistoryIsKept."""
        raise HistoryIsKept(f"{self.model._meta.label} is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises HistoryIsKept."""
        raise HistoryIsKept(f"{self.model._meta.label} is never deleted.")

    def redact(self, field: str) -> int:
        """Empties a text field, which is all that erasing a person does to history."""
        return super().update(**{field: ""})
