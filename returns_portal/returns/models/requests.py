"""A return request, what it asks for, and which units it holds."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.indexes import BeginningIndex
from returns_portal.returns.models.piles import QUEUE_INDEXES
from returns_portal.returns.models.policies import ReturnPolicy, ReturnReason
from returns_portal.returns.workflow import Status

STATUS_LABELS = {
    Status.REQUESTED: _("Requested"),
    Status.NEEDS_INFO: _("Waiting for the shopper"),
    Status.APPROVED: _("Approved"),
    Status.DECLINED: _("Declined"),
    Status.CANCELED: _("Canceled"),
    Status.RECEIVED: _("Received"),
    Status.CLOSED: _("Closed"),
    Status.EXPIRED: _("Expired"),
}


class ReturnRequest(models.Model):
    """A shopper's wish to return items of one order, and the shop's decision about it."""

    class QuoteSource(models.TextChoices):
        SHOPIFY = "shopify", _("Shopify")
        ESTIMATE = "estimate", _("our estimate")
        TIKTOK = "tiktok", _("TikTok")

    class Settlement(models.TextChoices):
        SHOPIFY = "shopify", _("Shopify")
        EXTERNAL = "external", _("a person, elsewhere")
        TIKTOK = "tiktok", _("TikTok Shop")

    class ClockStep(models.IntegerChoices):
        RUNNING = 0, _("running")
        REMINDED = 1, _("reminded")
        OVER = 2, _("over")

    rma_number = models.CharField(_("RMA"), max_length=16, unique=True)
    token = models.CharField(max_length=64, unique=True)
    submission_key = models.UUIDField(unique=True)
    status = models.CharField(
        _("status"), max_length=12, choices=[(s.value, STATUS_LABELS[s]) for s in Status]
    )
    shopify_order_id = models.CharField(max_length=80)
    order_name = models.CharField(_("order"), max_length=80)
    tiktok_order_id = models.CharField(_("TikTok order"), max_length=24, blank=True)
    sales_channel = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)
    customer_name = models.CharField(_("customer"), max_length=200, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its holder confirmed the address by a link.")
    )
    contact_undeliverable_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When a mail server refused the address for good.")
    )
    language = models.CharField(max_length=12, default="en")
    identity_verified = models.BooleanField(
        default=True, help_text=_("False when the order held nothing to check the shopper by.")
    )
    policy = models.ForeignKey(ReturnPolicy, on_delete=models.PROTECT)
    policy_version_number = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("The published version it was judged by.")
    )
    four_eyes = models.BooleanField(
        default=False, help_text=_("A rule wants a second person to approve it.")
    )
    policy_terms = models.JSONField(help_text=_("The terms the request was judged by."))
    window_ends_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    due_at = models.DateTimeField(
        _("due"),
        null=True,
        blank=True,
        help_text=_("When whoever must act in the present status has to have acted."),
    )
    remind_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When whoever must act is reminded of it.")
    )
    clock_step = models.PositiveSmallIntegerField(
        choices=ClockStep.choices,
        default=0,
        help_text=_("What the clock of the present status has done."),
    )
    tiktok_decides_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When TikTok decides itself, unless the shop did.")
    )
    send_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(blank=True)
    decision_message = models.TextField(
        blank=True, help_text=_("What staff wrote to the shopper with the approval.")
    )

    currency = models.CharField(max_length=3)
    return_shipping_fee = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    quoted_amount = models.DecimalField(max_digits=14, decimal_places=3)
    quote_source = models.CharField(max_length=12, choices=QuoteSource.choices)
    approved_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    refunded_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    shopify_customer_id = models.CharField(
        max_length=80, blank=True, help_text=_("Who holds the store credit.")
    )
    bonus_amount = models.DecimalField(
        max_digits=14,
        decimal_places=3,
        default=0,
        help_text=_("What the shop adds to store credit, on top of the refund."),
    )
    bonus_transaction_id = models.CharField(max_length=80, blank=True)
    bonus_newer_than = models.CharField(
        max_length=80,
        blank=True,
        help_text=_("The customer's newest credit in Shopify just before the bonus was sent."),
    )
    bonus_credited_at = models.DateTimeField(null=True, blank=True)

    refunded_elsewhere = models.BooleanField(
        default=False, help_text=_("Somebody refunded it in Shopify or another app.")
    )

    settlement = models.CharField(
        max_length=12,
        choices=Settlement.choices,
        default=Settlement.SHOPIFY,
        help_text=_("Who pays the money back."),
    )
    shopify_return_id = models.CharField(max_length=80, blank=True)
    attention = models.TextField(blank=True, help_text=_("What staff must know or do."))
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When nothing was left that tells who the shopper was.")
    )

    class Meta:
        verbose_name = _("return request")
        verbose_name_plural = _("return requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="request_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(quoted_amount__gte=0), name="request_quote_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True) | Q(approved_amount__gte=0),
                name="request_approved_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__isnull=True)
                | Q(
                    approved_amount__isnull=False,
                    refunded_amount__gte=0,
                    refunded_amount__lte=F("approved_amount"),
                )
                | Q(refunded_amount__gte=0, refunded_elsewhere=True),
                name="request_refund_within_approval",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DECLINED.value) | ~Q(decline_reason=""),
                name="request_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(bonus_amount__gte=0), name="request_bonus_not_negative"
            ),
            models.UniqueConstraint(
                fields=["bonus_transaction_id"],
                condition=~Q(bonus_transaction_id=""),
                name="request_owns_its_bonus",
            ),
            models.UniqueConstraint(
                fields=["shopify_return_id"],
                condition=~Q(shopify_return_id=""),
                name="request_owns_its_shopify_return",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="request_queue_by_due"),
            models.Index(fields=["remind_at"], condition=Q(clock_step=0), name="request_to_remind"),
            models.Index(fields=["due_at"], condition=Q(clock_step__lt=2), name="request_clock"),
            *QUEUE_INDEXES,
            models.Index(fields=["shopify_order_id"], name="request_by_order"),
            models.Index(
                fields=["closed_at"],
                condition=Q(erased_at__isnull=True, closed_at__isnull=False),
                name="request_to_erase",
            ),
        ]
        permissions = [
            ("decide_returnrequest", "Can approve and decline return requests"),
            ("change_amount_returnrequest", "Can approve another amount than the quote"),
            ("inspect_returnrequest", "Can receive and inspect parcels at the bench"),
            ("override_returnrequest", "Can make exceptions and act for a shopper"),
            ("view_personal_data", "Can see names, e-mails, photos and messages of shoppers"),
        ]

    def __str__(self) -> str:
        return self.rma_number

    @property
    def returned_lines(self) -> "list[ReturnLineItem]":
        """The items that come back, which Shopify has in a return; none that staff declined."""
        return [line for line in self.lines.all() if not line.is_kept and line.units_approved]

    @property
    def kept_lines(self) -> "list[ReturnLineItem]":
        """The items that are refunded and kept, of which Shopify has no return."""
        return [line for line in self.lines.all() if line.is_kept and line.units_approved]


class ReturnLineItem(models.Model):
    """Units of one fulfillment line item that the shopper wants to return."""

    class Disposition(models.TextChoices):
        RESTOCKED = "RESTOCKED", _("back into stock")
        NOT_RESTOCKED = "NOT_RESTOCKED", _("not into stock")
        PROCESSING_REQUIRED = "PROCESSING_REQUIRED", _("needs processing")
        MISSING = "MISSING", _("missing")

    class Outcome(models.TextChoices):
        ORIGINAL_PAYMENT = "original_payment", _("refund to the original payment")
        STORE_CREDIT = "store_credit", _("store credit")
        KEEP_ITEM = "keep_item", _("refund, and the item is kept")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="lines"
    )
    line_item_id = models.CharField(max_length=80)
    fulfillment_line_item_id = models.CharField(max_length=80)
    title = models.CharField(max_length=255)
    variant_title = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=255, blank=True)
    image_url = models.URLField(max_length=1000, blank=True)
    quantity = models.PositiveIntegerField()
    reason = models.ForeignKey(ReturnReason, on_delete=models.PROTECT)
    customer_note = models.CharField(max_length=300, blank=True)
    subtotal = models.DecimalField(max_digits=14, decimal_places=3)
    tax = models.DecimalField(max_digits=14, decimal_places=3)
    restocking_fee_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    restocking_fee = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    verdicts = models.JSONField(default=list, help_text=_("The rule trace, as judged."))
    rule_trace = models.JSONField(
        default=list, blank=True, help_text=_("What the policy's rules said of it.")
    )
    answers = models.JSONField(
        default=list, blank=True, help_text=_("Questions of rules, with the shopper's answers.")
    )
    outcome = models.CharField(
        max_length=20, choices=Outcome.choices, default=Outcome.ORIGINAL_PAYMENT
    )
    approved_quantity = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Units that staff approved; empty until decided.")
    )
    decline_reason = models.TextField(
        blank=True, help_text=_("Why staff declined the units that they did not approve.")
    )
    received_quantity = models.PositiveIntegerField(null=True, blank=True)
    condition = models.SlugField(
        max_length=40, blank=True, db_index=False, help_text=_("The grade given at inspection.")
    )
    disposition = models.CharField(
        max_length=20, choices=Disposition.choices, default=Disposition.RESTOCKED
    )
    location_id = models.CharField(
        max_length=80, blank=True, help_text=_("Shopify location that takes the units back.")
    )
    shopify_return_line_id = models.CharField(
        max_length=80, blank=True, help_text=_("The line of the return in Shopify, once open.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["return_request", "fulfillment_line_item_id"], name="line_once_a_request"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0) & Q(tax__gte=0) & Q(restocking_fee__gte=0),
                name="line_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(received_quantity__isnull=True)
                | Q(received_quantity__lte=F("quantity")),
                name="line_received_within_requested",
            ),
            models.CheckConstraint(
                condition=Q(approved_quantity__isnull=True)
                | Q(approved_quantity__lte=F("quantity")),
                name="line_approved_within_requested",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["original_payment", "store_credit", "keep_item"]),
                name="line_outcome_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["reason", "-return_request"], name="line_by_reason"),
            BeginningIndex("sku", "return_request_id", name="line_by_sku"),
        ]

    def __str__(self) -> str:
        return f"{self.title} × {self.quantity}"  # noqa: RUF001 - the multiplication sign is meant

    @property
    def units_approved(self) -> int:
        """Units that staff agreed to take back; all that were asked for, until they decide."""
        return self.quantity if self.approved_quantity is None else self.approved_quantity

    @property
    def is_kept(self) -> bool:
        """Whether the shopper keeps it, so that nothing comes back or into stock."""
        return self.outcome == self.Outcome.KEEP_ITEM

    @property
    def units_back(self) -> int:
        """Units to refund: what arrived where the money waits for it, else what was approved."""
        waits = self.return_request.policy_terms.get("refund_on") == "receipt"
        if waits and self.received_quantity is not None:
            return min(self.received_quantity, self.units_approved)
        return self.units_approved


class ReservedUnit(models.Model):
    """One bought unit that an open or carried-out request holds: the guard against over-return.

    A fulfillment line item of n units has the unit numbers 1 to n; the row is deleted when its
    request is declined or canceled.
    """

    line = models.ForeignKey(
        ReturnLineItem, on_delete=models.PROTECT, related_name="reserved_units"
    )
    fulfillment_line_item_id = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    bought = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fulfillment_line_item_id", "number"], name="unit_reserved_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(number__lte=F("bought")),
                name="unit_number_within_bought",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fulfillment_line_item_id} {self.number}/{self.bought}"
