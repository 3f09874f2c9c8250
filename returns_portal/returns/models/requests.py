"""A return request, what it asks for, what happened to it and what was paid for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.policies import ReturnPolicy, ReturnReason
from returns_portal.returns.workflow import Status

STATUS_LABELS = {
    Status.REQUESTED: _("Requested"),
    Status.APPROVED: _("Approved"),
    Status.DECLINED: _("Declined"),
    Status.CANCELED: _("Canceled"),
    Status.RECEIVED: _("Received"),
    Status.CLOSED: _("Closed"),
}


class ReturnRequest(models.Model):
    """A shopper's wish to return items of one order, and the shop's decision about it."""

    class QuoteSource(models.TextChoices):
        SHOPIFY = "shopify", _("Shopify")
        ESTIMATE = "estimate", _("our estimate")

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
    language = models.CharField(max_length=12, default="en")
    identity_verified = models.BooleanField(
        default=True, help_text=_("False when the order held nothing to check the shopper by.")
    )
    policy = models.ForeignKey(ReturnPolicy, on_delete=models.PROTECT)
    policy_terms = models.JSONField(help_text=_("The terms the request was judged by."))
    window_ends_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    answer_due_at = models.DateTimeField(_("answer due"))
    send_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(blank=True)

    currency = models.CharField(max_length=3)
    return_shipping_fee = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    quoted_amount = models.DecimalField(max_digits=14, decimal_places=3)
    quote_source = models.CharField(max_length=12, choices=QuoteSource.choices)
    approved_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    refunded_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    refunded_elsewhere = models.BooleanField(
        default=False, help_text=_("Somebody refunded it in Shopify or another app.")
    )

    shopify_return_id = models.CharField(max_length=80, blank=True)
    attention = models.TextField(blank=True, help_text=_("What staff must know or do."))

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
            models.UniqueConstraint(
                fields=["shopify_return_id"],
                condition=~Q(shopify_return_id=""),
                name="request_owns_its_shopify_return",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "answer_due_at"], name="request_queue_by_due"),
            models.Index(fields=["-requested_at"], name="request_newest_first"),
            models.Index(fields=["shopify_order_id"], name="request_by_order"),
            models.Index(fields=["order_name"], name="request_by_order_name"),
            models.Index(fields=["tiktok_order_id"], name="request_by_tiktok_order"),
        ]
        permissions = [
            ("decide_returnrequest", "Can approve and decline return requests"),
        ]

    def __str__(self) -> str:
        return self.rma_number


class ReturnLineItem(models.Model):
    """Units of one fulfillment line item that the shopper wants to return."""

    class Disposition(models.TextChoices):
        RESTOCKED = "RESTOCKED", _("back into stock")
        NOT_RESTOCKED = "NOT_RESTOCKED", _("not into stock")
        PROCESSING_REQUIRED = "PROCESSING_REQUIRED", _("needs processing")
        MISSING = "MISSING", _("missing")

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
    received_quantity = models.PositiveIntegerField(null=True, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.title} × {self.quantity}"  # noqa: RUF001 - the multiplication sign is meant

    @property
    def units_back(self) -> int:
        """Units to refund and place: what arrived where it was counted, else what was asked."""
        return self.quantity if self.received_quantity is None else self.received_quantity


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


class ReturnEvent(models.Model):
    """What happened to a request: who, when, from which status to which. Never changed."""

    class ActorKind(models.TextChoices):
        SHOPPER = "shopper", _("Shopper")
        STAFF = "staff", _("Staff")
        SYSTEM = "system", _("Portal")
        SHOPIFY = "shopify", _("Shopify")

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

    class Meta:
        ordering = ["occurred_at", "pk"]
        indexes = [
            models.Index(fields=["return_request", "occurred_at"], name="event_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"


class Refund(models.Model):
    """Money given back through Shopify: pending until its transactions succeeded."""

    class State(models.TextChoices):
        PENDING = "pending", _("on its way")
        SUCCEEDED = "succeeded", _("paid")
        FAILED = "failed", _("failed")

    class Origin(models.TextChoices):
        PORTAL = "portal", _("the portal")
        ELSEWHERE = "elsewhere", _("elsewhere")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="refunds"
    )
    shopify_id = models.CharField(max_length=80, unique=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State.choices)
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.PORTAL)
    gateways = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.UniqueConstraint(
                fields=["return_request"],
                condition=Q(state__in=["pending", "succeeded"]) & Q(origin="portal"),
                name="refund_once_a_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.state}"
