"""What the reports count: narrow copies of orders and requests, kept in step, and daily sums.

None of it is a source: everything here can be thrown away and counted again.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.orders import MirroredOrder
from returns_portal.returns.models.policies import ReturnReason
from returns_portal.returns.models.requests import ReturnLineItem, ReturnRequest


class Market(models.Model):
    """Where goods are sold: a sales channel and a country."""

    sales_channel = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sales_channel", "country"], name="market_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sales_channel} {self.country}"


class SoldProduct(models.Model):
    """A product as orders name it, under its newest title; `key` is Shopify's id where known."""

    key = models.CharField(max_length=300, unique=True)
    title = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.title


class SoldVariant(models.Model):
    """A variant of a product as orders name it."""

    product = models.ForeignKey(SoldProduct, on_delete=models.CASCADE, related_name="variants")
    key = models.CharField(max_length=700, unique=True)
    title = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return self.title


class SoldLine(models.Model):
    """Units of a variant in one order that was not canceled; `sold_on` is the shop's day."""

    order = models.ForeignKey(
        MirroredOrder, on_delete=models.SET_NULL, null=True, related_name="sold_lines"
    )
    line_item_id = models.CharField(max_length=80, unique=True)
    sold_on = models.DateField()
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False)
    variant = models.ForeignKey(SoldVariant, on_delete=models.PROTECT, db_index=False)
    units = models.PositiveIntegerField()
    shopper = models.BigIntegerField(null=True, help_text="A digest; empty where unknown.")

    class Meta:
        indexes = [
            models.Index(fields=["sold_on"], name="sold_line_by_day"),
            models.Index(
                fields=["shopper"], condition=Q(shopper__isnull=False), name="sold_line_by_shopper"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="sold_line_has_units"),
        ]

    def __str__(self) -> str:
        return f"{self.line_item_id} × {self.units}"  # noqa: RUF001 - the multiplication sign


class DailySales(models.Model):
    """Of what was sold on a day: units and order lines, and how many of these came back since."""

    sold_on = models.DateField()
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False)
    product = models.ForeignKey(SoldProduct, on_delete=models.PROTECT, db_index=False)
    variant = models.ForeignKey(SoldVariant, on_delete=models.PROTECT, db_index=False)
    units = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    returned_units = models.PositiveIntegerField(default=0)
    returned_lines = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["product", "sold_on"], name="daily_sales_by_product"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sold_on", "market", "variant"], name="daily_sales_once_a_variant"
            ),
            models.CheckConstraint(
                condition=Q(returned_lines__lte=F("lines")), name="daily_sales_lines_within_sold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold_on} {self.units}"


class DailyTotal(models.Model):
    """The daily sales of a market added up over all goods: what trends are drawn from."""

    sold_on = models.DateField()
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False)
    units = models.PositiveIntegerField()
    returned_units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sold_on", "market"], name="daily_total_once_a_market"),
        ]

    def __str__(self) -> str:
        return f"{self.sold_on} {self.units}"


class StaleDay(models.Model):
    """A day whose sums must be added up again: something sold on it changed."""

    day = models.DateField(unique=True)

    def __str__(self) -> str:
        return str(self.day)


class ReportedRequest(models.Model):
    """A request as the reports count it: one narrow row, days in the shop's time zone."""

    return_request = models.OneToOneField(
        ReturnRequest, on_delete=models.CASCADE, primary_key=True, related_name="reported"
    )
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False)
    requested_on = models.DateField()
    decided_on = models.DateField(null=True)
    refunded_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)
    status = models.CharField(max_length=12)
    minutes_to_decision = models.PositiveIntegerField(null=True)
    minutes_to_refund = models.PositiveIntegerField(null=True)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    currency = models.CharField(max_length=3)
    asked = models.DecimalField(max_digits=14, decimal_places=3)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    fees = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    units = models.PositiveIntegerField()
    claims = models.PositiveIntegerField(
        default=0, help_text="Units whose reason blames the shop or the carrier."
    )
    shopper = models.BigIntegerField(null=True, help_text="A digest; empty where unknown.")

    class Meta:
        indexes = [
            models.Index(fields=["requested_on"], name="reported_by_request_day"),
            models.Index(fields=["decided_on"], name="reported_by_decision_day"),
            models.Index(fields=["refunded_on"], name="reported_by_refund_day"),
            models.Index(fields=["finished_on"], name="reported_by_end_day"),
        ]

    def __str__(self) -> str:
        return f"{self.return_request_id} {self.requested_on}"


class ReportedLine(models.Model):
    """An item of a request as the reports count it; `units` are those that came back."""

    line = models.OneToOneField(
        ReturnLineItem, on_delete=models.CASCADE, primary_key=True, related_name="reported"
    )
    sold_line = models.ForeignKey(
        SoldLine, on_delete=models.SET_NULL, null=True, related_name="returns"
    )
    requested_on = models.DateField()
    sold_on = models.DateField(null=True)
    days_after_sale = models.IntegerField(null=True)
    refunded_on = models.DateField(null=True)
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False)
    product = models.ForeignKey(SoldProduct, on_delete=models.PROTECT, db_index=False)
    variant = models.ForeignKey(SoldVariant, on_delete=models.PROTECT, db_index=False)
    reason = models.ForeignKey(ReturnReason, on_delete=models.PROTECT, db_index=False)
    units = models.PositiveIntegerField()
    received_units = models.PositiveIntegerField(default=0)
    condition = models.CharField(max_length=40, blank=True)
    disposition = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    worth = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        indexes = [
            models.Index(fields=["requested_on"], name="reported_line_by_request_day"),
            models.Index(fields=["sold_on"], name="reported_line_by_sale_day"),
            models.Index(fields=["refunded_on"], name="reported_line_by_refund_day"),
            models.Index(fields=["product", "reason", "sold_on"], name="reported_line_by_pair"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} × {self.units}"  # noqa: RUF001 - the multiplication sign is meant


class ReportProgress(models.Model):
    """How far the reports have counted; its one row is what counting locks."""

    last_event = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("view_reports", "Can see the reports")]

    def __str__(self) -> str:
        return f"until event {self.last_event}"


class Fix(models.Model):
    """Somebody mended what made a product come back for a reason: from this day on it counts."""

    product = models.ForeignKey(SoldProduct, on_delete=models.PROTECT, related_name="fixes")
    reason = models.ForeignKey(ReturnReason, on_delete=models.PROTECT, related_name="+")
    fixed_on = models.DateField(_("fixed on"))
    note = models.CharField(_("what was done"), max_length=300)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("fix")
        verbose_name_plural = _("fixes")
        ordering = ["-fixed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "reason", "fixed_on"], name="fix_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.fixed_on}"


class ScheduledReport(models.Model):
    """A report that a person gets by mail; `sent_until` is the last day it has told of."""

    class Every(models.TextChoices):
        WEEK = "week", _("every Monday")
        MONTH = "month", _("on the first of the month")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scheduled_reports"
    )
    report = models.CharField(max_length=20)
    every = models.CharField(_("when"), max_length=8, choices=Every.choices)
    created_at = models.DateTimeField()
    sent_until = models.DateField()
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "report", "every"], name="scheduled_report_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(every__in=["week", "month"]), name="scheduled_report_when_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.every}"
