"""What a merchant decides: the return policy by region, and the reasons a shopper may give."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.clocks import CHOICES, OnExpiry
from returns_portal.returns.workflow import Status


def default_weekdays() -> list[int]:
    """Monday to Friday."""
    return [0, 1, 2, 3, 4]


ON_EXPIRY_LABELS = {
    OnExpiry.ASK_PERSON: _("ask a person"),
    OnExpiry.APPROVE: _("approve for the quoted amount"),
    OnExpiry.DECLINE: _("decline"),
    OnExpiry.EXPIRE: _("let it expire"),
    OnExpiry.CLOSE: _("close without a refund"),
}


def expiry_choices(status: Status) -> list[tuple[str, Any]]:
    """What a merchant may choose to happen when the time in `status` is up."""
    return [(action.value, ON_EXPIRY_LABELS[action]) for action in CHOICES[status]]


class ShopCalendar(models.Model):
    """The days on which the shop works; there is one row at the most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    working_weekdays = models.JSONField(
        default=default_weekdays, help_text=_("0 is Monday, 6 is Sunday.")
    )
    holidays = models.JSONField(
        default=list, blank=True, help_text=_("Days without work, one a line: 2026-12-25.")
    )

    class Meta:
        verbose_name = _("working days")
        verbose_name_plural = _("working days")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="calendar_is_the_only_one"),
        ]

    def __str__(self) -> str:
        return str(_("Working days"))


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
    info_within_days = models.PositiveSmallIntegerField(
        default=7, help_text=_("Days the shopper has to answer the shop's question.")
    )
    arrive_within_days = models.PositiveSmallIntegerField(
        default=30, help_text=_("Days a parcel that was sent may take to arrive.")
    )
    inspect_within_days = models.PositiveSmallIntegerField(
        default=2, help_text=_("Days the shop has to look at a parcel that arrived.")
    )
    counts_working_days = models.BooleanField(
        _("the shop's time counts on working days only"),
        default=False,
        help_text=_("Holds for the time to answer and to look at the parcel."),
    )
    remind_days_before = models.PositiveSmallIntegerField(
        default=3, help_text=_("Days before a deadline that the shopper is reminded of it.")
    )
    warn_hours_before = models.PositiveSmallIntegerField(
        default=12, help_text=_("Hours before a deadline that staff are warned of it.")
    )
    when_unanswered = models.CharField(
        _("when the shop has not answered in time"),
        max_length=12,
        choices=expiry_choices(Status.REQUESTED),
        default=OnExpiry.ASK_PERSON.value,
    )
    when_info_missing = models.CharField(
        _("when the shopper has not answered in time"),
        max_length=12,
        choices=expiry_choices(Status.NEEDS_INFO),
        default=OnExpiry.EXPIRE.value,
    )
    when_not_sent = models.CharField(
        _("when the parcel was not sent in time"),
        max_length=12,
        choices=expiry_choices(Status.APPROVED),
        default=OnExpiry.EXPIRE.value,
        help_text=_("Where the refund waits for the parcel."),
    )
    when_not_arrived = models.CharField(
        _("when a parcel that was sent has not arrived in time"),
        max_length=12,
        choices=expiry_choices(Status.APPROVED),
        default=OnExpiry.ASK_PERSON.value,
    )
    when_not_inspected = models.CharField(
        _("when a parcel was not looked at in time"),
        max_length=12,
        choices=expiry_choices(Status.RECEIVED),
        default=OnExpiry.ASK_PERSON.value,
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
    offers_store_credit = models.BooleanField(
        default=False, help_text=_("Shoppers may take store credit in place of their money back.")
    )
    store_credit_bonus_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text=_("What the shop adds to store credit, in percent of the refund."),
    )
    keep_item_up_to = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_(
            "Items of an order worth no more than this together may be refunded without a "
            "return, in the currency of the order; empty means that nothing is kept."
        ),
    )
    outcomes_on_tiktok = models.BooleanField(
        _("also for TikTok orders"),
        default=False,
        help_text=_(
            "TikTok pays refunds of its orders itself and does not want sellers to offer "
            "something else in their place: check the rules of your market first."
        ),
    )
    conditions = models.TextField(blank=True, help_text=_("What state the item must be in."))
    instructions = models.TextField(blank=True, help_text=_("What to do, one step a line."))
    return_address = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True, help_text=_("Where the rule stands."))
    checked_on = models.DateField(null=True, blank=True)
    not_known = models.JSONField(
        _("not known: fill in"),
        default=list,
        blank=True,
        help_text=_("What no public page told: decide it, then take it off this list."),
    )

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
            models.CheckConstraint(
                condition=Q(store_credit_bonus_percent__gte=0)
                & Q(store_credit_bonus_percent__lte=100),
                name="policy_bonus_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(keep_item_up_to__isnull=True) | Q(keep_item_up_to__gte=0),
                name="policy_keep_limit_not_negative",
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
