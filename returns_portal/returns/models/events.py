"""What happened to a request."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.kept import KeptQuerySet
from returns_portal.returns.models.requests import ReturnRequest


class ReturnEvent(models.Model):
    """What happened to a request: who, when, from which status to which. Never changed."""

    # A tracking number leads to the sender.
    PERSONAL_KINDS = ("sent", "sending_changed")

    class ActorKind(models.TextChoices):
        SHOPPER = "shopper", _("Shopper")
        STAFF = "staff", _("Staff")
        SYSTEM = "system", _("Portal")
        SHOPIFY = "shopify", _("Shopify")
        TIKTOK = "tiktok", _("TikTok")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="events"
    )
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    actor_name = models.CharField(max_length=150, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, blank=True)
    message = models.TextField(blank=True, help_text=_("For staff."))
    shopper_sees = models.BooleanField(default=False)

    objects = models.Manager.from_queryset(KeptQuerySet)()

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [
            models.Index(fields=["return_request", "occurred_at"], name="event_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"

    @property
    def is_personal(self) -> bool:
        """Whether its message says something of the shopper that not everybody may read."""
        return self.kind in self.PERSONAL_KINDS
