"""Every attempt at a mail or a call to the outside world, and what came of it. Never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.kept import KeptQuerySet
from returns_portal.returns.models.operations import Operation


class Attempt(models.Model):
    """One attempt at an operation: when it ended, and how, in words."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        POSTPONED = "postponed", _("put off")
        UNKNOWN = "unknown", _("answer unknown")
        FAILED = "failed", _("failed")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="log")
    number = models.PositiveIntegerField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    answer = models.TextField(blank=True, help_text=_("What was answered, in words."))

    objects = KeptQuerySet["Attempt"].as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["ended_at", "pk"]

    def __str__(self) -> str:
        return f"{self.operation_id} {self.number} {self.outcome}"
