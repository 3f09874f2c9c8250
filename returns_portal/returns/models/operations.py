"""What the portal owes the outside world, and what the outside world told it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class Operation(models.Model):
    """One owed act: written with the decision, carried out by a worker, exactly once in effect."""

    class Kind(models.TextChoices):
        CREATE_RETURN = "create_return", _("Open the return in Shopify")
        PROCESS_RETURN = "process_return", _("Refund and restock in Shopify")
        SETTLE_RETURN = "settle_return", _("Restock in Shopify, without money")
        RESTOCK = "restock", _("Restock in Shopify")
        CONFIRM_REFUND = "confirm_refund", _("Wait until the money has moved")
        CLOSE_RETURN = "close_return", _("Close the return in Shopify")
        CANCEL_RETURN = "cancel_return", _("Cancel the return in Shopify")
        ANNOUNCE_PARCEL = "announce_parcel", _("Tell Shopify the tracking number")
        REFUND_KEPT = "refund_kept", _("Refund what the shopper keeps")
        GRANT_BONUS = "grant_bonus", _("Add the bonus to the store credit")
        TIKTOK_LOOK = "tiktok_look", _("Look for the return on TikTok")
        TIKTOK_CREATE = "tiktok_create", _("Start the return on TikTok")
        TIKTOK_APPROVE = "tiktok_approve", _("Approve on TikTok")
        TIKTOK_REJECT = "tiktok_reject", _("Reject on TikTok")
        TIKTOK_RECEIVE = "tiktok_receive", _("Accept the parcel on TikTok")
        SEND_EMAIL = "send_email", _("E-mail the shopper")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("running")
        UNKNOWN = "unknown", _("answer unknown")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("not needed")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="operations"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    part = models.CharField(max_length=40, blank=True, help_text=_("Tells two of a kind apart."))
    after = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    retries = models.PositiveIntegerField(default=0, help_text=_("How often staff tried again."))
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a call that cannot be repeated was last sent.")
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        constraints = [
            models.UniqueConstraint(
                fields=["return_request", "kind", "part"], name="operation_once_a_request"
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(lease__isnull=False, lease_expires_at__isnull=False),
                name="operation_runs_under_a_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["pending", "unknown"]),
                name="operation_due",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state="running"),
                name="operation_lease_expired",
            ),
            models.Index(
                fields=["created_at"], condition=Q(state="failed"), name="operation_failed"
            ),
        ]
        permissions = [("retry_operation", "Can retry failed operations")]

    def __str__(self) -> str:
        return f"{self.return_request_id} {self.kind} {self.part} {self.state}"


class WebhookDelivery(models.Model):
    """A webhook as received, stored once: a hint about which resource to read again."""

    shop = models.CharField(max_length=120)
    webhook_id = models.CharField(max_length=120)
    event_id = models.CharField(max_length=120, blank=True)
    topic = models.CharField(max_length=80)
    resource_id = models.CharField(max_length=80, blank=True)
    order_ids = models.JSONField(default=list, help_text=_("The orders it is about."))
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["shop", "webhook_id"], name="webhook_stored_once"),
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=Q(processed_at__isnull=True),
                name="webhook_unprocessed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.webhook_id}"
