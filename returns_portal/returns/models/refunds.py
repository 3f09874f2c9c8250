"""What was paid for a request."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class Refund(models.Model):
    """Money given back through Shopify: pending until its transactions succeeded."""

    class State(models.TextChoices):
        PENDING = "pending", _("on its way")
        SUCCEEDED = "succeeded", _("paid")
        FAILED = "failed", _("failed")

    class Origin(models.TextChoices):
        PORTAL = "portal", _("the portal")
        ELSEWHERE = "elsewhere", _("elsewhere")
        EXTERNAL = "external", _("a person, elsewhere")
        TIKTOK = "tiktok", _("TikTok Shop")

    class Part(models.TextChoices):
        RETURNED = "returned", _("for what comes back")
        KEPT = "kept", _("for what the shopper keeps")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="refunds"
    )
    shopify_id = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.PORTAL)
    part = models.CharField(max_length=12, choices=Part.choices, default=Part.RETURNED)
    credit_amount = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        default=0,
        help_text=_("How much of it was given as store credit."),
    )
    gateways = models.CharField(max_length=200, blank=True)
    reference = models.CharField(
        max_length=80, blank=True, help_text=_("What the payment is called where it was made.")
    )
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(
                fields=["return_request", "part"],
                condition=Q(state__in=["pending", "succeeded"]) & Q(origin="portal"),
                name="refund_once_a_part",
            ),
            models.UniqueConstraint(
                fields=["return_request"],
                condition=Q(origin__in=["external", "tiktok"]),
                name="refund_outside_shopify_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.state}"
