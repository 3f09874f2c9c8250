"""The parcel that a shopper sent back, as the shopper tells it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class ReverseDelivery(models.Model):
    """The parcel of a return: its carrier and number, as last told, and the numbers before."""

    return_request = models.OneToOneField(
        ReturnRequest, on_delete=models.PROTECT, related_name="reverse_delivery"
    )
    carrier = models.CharField(max_length=20)
    tracking_number = models.CharField(max_length=40)
    tracking_url = models.URLField(max_length=300, blank=True)
    earlier_numbers = models.JSONField(
        default=list, blank=True, help_text=_("Numbers told before, by which it is found again.")
    )
    revision = models.PositiveSmallIntegerField(default=1)
    sent_at = models.DateTimeField(help_text=_("When the shopper first told of it."))
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("parcel on its way back")
        verbose_name_plural = _("parcels on their way back")
        constraints = [
            models.CheckConstraint(
                condition=~Q(tracking_number=""), name="delivery_has_a_tracking_number"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tracking_number"],
                opclasses=["varchar_pattern_ops"],
                name="delivery_by_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"
