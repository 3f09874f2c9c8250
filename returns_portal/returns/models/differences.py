"""Where the portal's word and Shopify's differ, as reconciliation found it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class Difference(models.Model):
    """One thing that is not in Shopify as the request says; open until a later run agrees."""

    class Kind(models.TextChoices):
        RETURN_MISSING = "return_missing", _("no return in Shopify")
        RETURN_STATUS = "return_status", _("return in another status")
        REFUND_AMOUNT = "refund_amount", _("another amount refunded")
        RESTOCK = "restock", _("goods placed differently")
        STUCK = "stuck", _("a step has not ended")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="differences"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    detail = models.TextField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["return_request", "kind"],
                condition=Q(settled_at__isnull=True),
                name="difference_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at"], condition=Q(settled_at__isnull=True), name="difference_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.detail}"
