"""What the staff desk keeps: its settings, canned texts, notes, and decisions that wait."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class DeskSettings(models.Model):
    """The one row that says how the desk works; without it, the defaults hold."""

    class RestockedBy(models.TextChoices):
        PORTAL = "portal", _("the portal, in Shopify")
        CONNECTOR = "connector", _("another app, such as the TikTok connector")
        NOBODY = "nobody", _("nobody: goods never go back into stock")

    restocked_by = models.CharField(
        _("who restocks"), max_length=12, choices=RestockedBy.choices, default=RestockedBy.PORTAL
    )

    class Meta:
        verbose_name = _("desk settings")
        verbose_name_plural = _("desk settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="desk_settings_are_one_row"),
            models.CheckConstraint(
                condition=Q(restocked_by__in=["portal", "connector", "nobody"]),
                name="desk_restocked_by_is_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ApprovalLimit(models.Model):
    """Approvals of more than `amount` in `currency` need a second person."""

    currency = models.CharField(_("currency"), max_length=3, unique=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)

    class Meta:
        verbose_name = _("limit for one person")
        verbose_name_plural = _("limits for one person")
        ordering = ["currency"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="approval_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"


class CannedText(models.Model):
    """A text ready to be sent to shoppers, in one language."""

    class Purpose(models.TextChoices):
        APPROVE = "approve", _("approve")
        DECLINE = "decline", _("decline")
        ASK = "ask", _("ask for information")
        MESSAGE = "message", _("message")

    purpose = models.CharField(_("used to"), max_length=12, choices=Purpose.choices)
    language = models.CharField(
        _("language"),
        max_length=12,
        default="en",
        help_text=_("The shopper's language, such as en or de."),
    )
    title = models.CharField(_("title"), max_length=80, help_text=_("What staff see."))
    body = models.TextField(_("text"), max_length=1000)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        ordering = ["purpose", "language", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["approve", "decline", "ask", "message"]),
                name="canned_text_purpose_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InternalNote(models.Model):
    """What staff write for one another about a request; shoppers never see it."""

    LONGEST = 2000

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="internal_notes"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.TextField(max_length=LONGEST)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class Proposal(models.Model):
    """An approval that one person made and another must confirm; the decision is kept whole."""

    class Ending(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OVERTAKEN = "overtaken", _("overtaken by something else")

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    decision = models.JSONField(help_text=_("The whole decision, as it will be carried out."))
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["return_request"], condition=Q(ending=""), name="proposal_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(ending="confirmed") | ~Q(ended_by=models.F("proposed_by")),
                name="proposal_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.proposed_at:%Y-%m-%d %H:%M}"
