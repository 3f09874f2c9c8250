"""Declarations of withdrawal from a contract, as made, and how the shop words them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest

COUNTRIES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
)


def default_countries() -> list[str]:
    """The EU, the EEA and the United Kingdom."""
    return COUNTRIES.split()


class WithdrawalRules(models.Model):
    """Where the right of withdrawal holds and how its pages are worded: one row at the most."""

    active = models.BooleanField(default=True)
    countries = models.JSONField(
        default=default_countries, help_text=_("ISO codes of the countries where the right holds.")
    )
    days = models.PositiveSmallIntegerField(
        default=14, help_text=_("Days after delivery in which a withdrawal opens a return.")
    )
    excepted_tags = models.JSONField(
        default=list,
        blank=True,
        help_text=_(
            "Product tags of goods that the law excepts, for instance sealed hygiene goods. "
            "Being on final sale is no exception."
        ),
    )
    intro = models.TextField(blank=True, help_text=_("Empty means the usual words."))
    statement = models.TextField(
        blank=True,
        help_text=_("With {order}, {goods}, {name} and {email}; empty means the usual words."),
    )

    class Meta:
        verbose_name = _("withdrawal rules")
        verbose_name_plural = _("withdrawal rules")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="withdrawal_rules_are_one"),
        ]

    def __str__(self) -> str:
        return str(_("Withdrawal from contracts"))


class Withdrawal(models.Model):
    """What somebody declared, word for word, when, and what came of it. The words never change."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("looking for the order")
        OPENED = "opened", _("a return was opened")
        ATTACHED = "attached", _("belongs to a return that was open")
        LATE = "late", _("outside the period: please check")
        NOTHING_OPEN = "nothing_open", _("nothing of the order can come back: please check")
        UNMATCHED = "unmatched", _("no order found: please check")

    reference = models.CharField(max_length=16, unique=True)
    token = models.CharField(max_length=64, unique=True)
    order_number = models.CharField(_("order as typed"), max_length=200)
    postcode = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(_("e-mail"))
    text = models.TextField(_("declaration"))
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=12, default="en")
    received_at = models.DateTimeField(_("received"))
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    mailed_at = models.DateTimeField(_("receipt mailed"), null=True, blank=True)
    try_at = models.DateTimeField(help_text=_("When what is still to do is tried next."))

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-received_at"]
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=Q(mailed_at__isnull=True) | Q(outcome="waiting"),
                name="withdrawal_to_do",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
