"""What a merchant decides: the return policy by region, and the reasons a shopper may give."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReturnPolicy(models.Model):
    """The rules for orders to some countries; a request keeps the terms it was judged by."""

    class Anchor(models.TextChoices):
        DELIVERED = "delivered", _("delivery")
        FULFILLED = "fulfilled", _("dispatch")
        ORDERED = "ordered", _("order")

    class PaidBy(models.TextChoices):
        TIKTOK = "tiktok", _("TikTok (label in the app)")
        SHOP = "shop", _("the shop")
        SHOPPER = "shopper", _("the shopper")

    class InstructionsOn(models.TextChoices):
        REQUEST = "request", _("request")
        APPROVAL = "approval", _("approval")

    class RefundOn(models.TextChoices):
        APPROVAL = "approval", _("approval")
        RECEIPT = "receipt", _("receipt")

    name = models.CharField(max_length=80, unique=True)
    countries = models.JSONField(
        default=list, blank=True, help_text=_("ISO country codes; empty means everywhere else.")
    )
    active = models.BooleanField(default=True)
    return_window_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Days to ask for a return; empty means no limit.")
    )
    window_anchor = models.CharField(
        max_length=12, choices=Anchor.choices, default=Anchor.DELIVERED
    )
    transit_days = models.PositiveSmallIntegerField(
        default=7, help_text=_("Days from dispatch to delivery when no carrier told the date.")
    )
    send_within_days = models.PositiveSmallIntegerField(
        default=14, help_text=_("Days the shopper has to send the parcel.")
    )
    answer_within_hours = models.PositiveSmallIntegerField(
        default=48, help_text=_("Hours the shop has to answer a request.")
    )
    instructions_on = models.CharField(
        max_length=12, choices=InstructionsOn.choices, default=InstructionsOn.REQUEST
    )
    refund_on = models.CharField(max_length=12, choices=RefundOn.choices, default=RefundOn.APPROVAL)
    final_sale_tags = models.JSONField(
        default=list, blank=True, help_text=_("Product tags that mean: no returns.")
    )
    restocking_fee_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    return_shipping_fee = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, help_text=_("In the currency of the order.")
    )
    return_shipping_paid_by = models.CharField(
        max_length=12, choices=PaidBy.choices, default=PaidBy.TIKTOK
    )
    conditions = models.TextField(blank=True, help_text=_("What state the item must be in."))
    instructions = models.TextField(blank=True, help_text=_("What to do, one step a line."))
    return_address = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True, help_text=_("Where the rule stands."))
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("return policy")
        verbose_name_plural = _("return policies")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(restocking_fee_percent__gte=0) & Q(restocking_fee_percent__lte=100),
                name="policy_restocking_fee_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(return_shipping_fee__gte=0), name="policy_shipping_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ReturnReason(models.Model):
    """Why a shopper returns an item; `shopify_handle` names Shopify's own reason for it.

    A reason that others have as their parent is their heading: they are given in its place.
    """

    class Fault(models.TextChoices):
        SHOPPER = "shopper", _("the shopper")
        SHOP = "shop", _("the shop")
        CARRIER = "carrier", _("the carrier")

    class Photos(models.TextChoices):
        NO = "no", _("not asked for")
        ASKED = "asked", _("asked for")
        REQUIRED = "required", _("required")

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text=_("The reason that this one tells more exactly."),
    )
    product_types = models.JSONField(
        default=list, blank=True, help_text=_("Product types in Shopify; empty means all.")
    )
    fault = models.CharField(max_length=12, choices=Fault.choices, default=Fault.SHOPPER)
    waives_fees = models.BooleanField(default=False)
    requires_note = models.BooleanField(default=False)
    photos = models.CharField(max_length=12, choices=Photos.choices, default=Photos.NO)
    shopify_handle = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("return reason")
        verbose_name_plural = _("return reasons")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("pk")), name="reason_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(photos__in=["no", "asked", "required"]), name="reason_photos_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def fits(self, product_type: str) -> bool:
        """Whether it is meant for goods of this product type, however that is capitalized."""
        wanted = {name.casefold() for name in self.product_types}
        return not wanted or product_type.strip().casefold() in wanted

    @property
    def known_handle(self) -> str:
        """Shopify's name for it, or for the reason above it."""
        if self.shopify_handle or self.parent is None:
            return self.shopify_handle
        return self.parent.shopify_handle

    @property
    def takes_photos(self) -> bool:
        return self.photos != self.Photos.NO
