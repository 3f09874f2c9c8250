"""What is known of a shopper without keeping who it is: keys, blocks and exceptions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class ShopperKey(models.Model):
    """A keyed digest by which requests of one shopper are found without naming the shopper."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("customer in Shopify")
        EMAIL = "email", _("e-mail address")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.CASCADE, related_name="shopper_keys"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "return_request"], name="shopper_key_once_a_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class BlockedShopper(models.Model):
    """A shopper whose requests a person must look at, and why; kept by the same digests."""

    kind = models.CharField(max_length=12, choices=ShopperKey.Kind.choices)
    digest = models.CharField(max_length=64)
    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="+", help_text=_("Where it began.")
    )
    reason = models.TextField(max_length=500)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    blocked_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("blocked shopper")
        verbose_name_plural = _("blocked shoppers")
        constraints = [
            models.UniqueConstraint(
                fields=["digest"], condition=Q(lifted_at__isnull=True), name="shopper_blocked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.digest[:8]}"


class OrderException(models.Model):
    """What staff allow one order beyond its policy, and why; the newest one that stands counts."""

    shopify_order_id = models.CharField(max_length=80)
    order_name = models.CharField(_("order"), max_length=80)
    window_until = models.DateTimeField(
        _("may be returned until"),
        null=True,
        blank=True,
        help_text=_("Empty: the return window of the policy holds."),
    )
    allows_final_sale = models.BooleanField(_("final-sale items may be returned"), default=False)
    reason = models.TextField(_("reason"), max_length=500)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("given"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("exception for an order")
        verbose_name_plural = _("exceptions for orders")
        indexes = [
            models.Index(
                fields=["shopify_order_id"],
                condition=Q(revoked_at__isnull=True),
                name="exception_by_order",
            ),
        ]

    def __str__(self) -> str:
        return self.order_name
