"""Decisions about many requests at once: chosen, agreed to as a whole, carried out one by one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class BulkJob(models.Model):
    """Many requests to approve or decline; nothing happens to them before somebody agreed."""

    class Action(models.TextChoices):
        APPROVE = "approve", _("Approve")
        DECLINE = "decline", _("Decline")

    class State(models.TextChoices):
        DRAFT = "draft", _("not started")
        RUNNING = "running", _("under way")
        DONE = "done", _("finished")
        CANCELED = "canceled", _("stopped")

    action = models.CharField(max_length=12, choices=Action.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, help_text=_("What the declined shoppers read."))
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("bulk decision")
        verbose_name_plural = _("bulk decisions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(action="decline") | ~Q(reason=""),
                name="bulk_declines_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(state="running"), name="bulk_job_running"
            ),
            models.Index(fields=["created_at"], condition=Q(state="draft"), name="bulk_job_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.created_at:%Y-%m-%d %H:%M}"


class BulkItem(models.Model):
    """One request of a bulk decision, the quote that was shown for it, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("left alone")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items")
    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="bulk_items"
    )
    quoted_amount = models.DecimalField(max_digits=14, decimal_places=3)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    sentence = models.TextField(blank=True, help_text=_("Why it was left alone."))
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["job", "return_request"], name="bulk_item_once_a_job"),
        ]
        indexes = [
            models.Index(fields=["job"], condition=Q(state="waiting"), name="bulk_item_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.return_request_id} {self.state}"
