"""What the decision screen tells of a return that TikTok decides and pays, and what it offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from returns_portal.returns import services
from returns_portal.returns.channels.aftersales import Stage, seller_may_begin, stage_of
from returns_portal.returns.channels.settlement import Settlement
from returns_portal.returns.channels.tiktok_shop import build_tiktok_client
from returns_portal.returns.models import Aftersale, ReturnRequest
from returns_portal.returns.workflow import Status
from returns_portal.shopify.types import Money
from returns_portal.tiktok.returns import list_decisions, list_reject_reasons, within
from returns_portal.tiktok.types import Decisions, Reason

STAGE_WORDS: dict[Stage, Promise] = {
    Stage.PENDING: _("TikTok waits for your decision."),
    Stage.OFFERED: _("The buyer looks at your offer of a partial refund."),
    Stage.SEND: _("Approved on TikTok. The buyer sends the parcel with TikTok's label."),
    Stage.SENT: _("The parcel is on its way. TikTok waits for your word once it is here."),
    Stage.SUCCESS: _("Approved on TikTok. The money is not with the buyer yet."),
    Stage.COMPLETE: _("TikTok has paid the buyer."),
    Stage.REJECTED: _("Rejected on TikTok. The buyer may still ask TikTok to rule."),
    Stage.PARCEL_REJECTED: _("The parcel is rejected. The buyer may still ask TikTok to rule."),
    Stage.CANCELED: _("The buyer has taken it back."),
    Stage.OPEN: _("TikTok calls it something that the portal does not know."),
}


class RejectForm(forms.Form):
    """One of TikTok's reasons of this moment, and words for the buyer."""

    reason = forms.ChoiceField(label=_("TikTok's reason"))
    comment = forms.CharField(
        label=_("Your words to the buyer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, reasons: Sequence[Reason], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [(reason.name, reason.text) for reason in reasons]


class OfferForm(forms.Form):
    """A part of the refund, within what TikTok takes just now, and why; the goods are kept."""

    amount = forms.DecimalField(label=_("Amount offered"), max_digits=14, decimal_places=3)
    reason = forms.CharField(
        label=_("Why a part"),
        max_length=200,
        help_text=_("For your colleagues; the buyer sees the amount in the TikTok app."),
    )

    def __init__(self, decisions: Decisions, aftersale: Aftersale, data: Any = None) -> None:
        super().__init__(data)
        self.currency = aftersale.currency
        self.decisions = decisions
        amount = self.fields["amount"]
        amount.widget.attrs["inputmode"] = "decimal"
        if self.is_possible:
            words = _("TikTok takes %(low)s to %(high)s %(currency)s just now.")
            amount.help_text = words % {
                "low": decisions.partial_minimum,
                "high": decisions.partial_maximum,
                "currency": self.currency,
            }

    @property
    def is_possible(self) -> bool:
        """Whether TikTok takes an offer at all just now."""
        return None not in (self.decisions.partial_minimum, self.decisions.partial_maximum)

    def clean_amount(self) -> Decimal:
        """The amount, if TikTok takes it."""
        amount: Decimal = self.cleaned_data["amount"]
        if not within(amount, self.decisions):
            raise forms.ValidationError(_("TikTok does not take this amount just now."))
        return amount

    @property
    def amount_offered(self) -> Money:
        return Money(self.cleaned_data["amount"], self.currency)


@dataclass(frozen=True, slots=True)
class Marketplace:
    """TikTok's side of a request; `aftersale` is None while TikTok knows of nothing."""

    aftersale: Aftersale | None
    words: str | Promise
    may_approve: bool
    may_offer: bool
    may_reject: bool
    begins_here: bool


def build_marketplace(request: ReturnRequest, user: User | AnonymousUser) -> Marketplace | None:
    """What to show of TikTok's side; None where TikTok does not pay."""
    if request.settlement != Settlement.TIKTOK:
        return None
    aftersale = Aftersale.objects.filter(return_request=request).first()
    may_decide = user.has_perm("returns.decide_returnrequest")
    begins_here = aftersale is None and seller_may_begin(request.country)
    pending = aftersale is not None and stage_of(aftersale.status) is Stage.PENDING
    open_still = request.status == Status.REQUESTED
    may_change = user.has_perm("returns.change_amount_returnrequest")
    return Marketplace(
        aftersale=aftersale,
        words=STAGE_WORDS[stage_of(aftersale.status)] if aftersale else _no_aftersale(begins_here),
        may_approve=may_decide and open_still and (pending or begins_here),
        may_offer=may_decide and may_change and open_still and pending,
        may_reject=may_decide and services.may_reject(request, aftersale),
        begins_here=begins_here,
    )


def _no_aftersale(begins_here: bool) -> str | Promise:
    if begins_here:
        return _("TikTok knows nothing of it yet. Your approval begins the return there.")
    return _(
        "TikTok knows nothing of it yet, and in this market only the buyer can begin it, in the "
        "app. The shopper was told how."
    )


def current_decisions(aftersale: Aftersale) -> Decisions:
    """What TikTok lets the shop decide just now; raises TikTokError."""
    return list_decisions(build_tiktok_client(), aftersale.return_id)


def current_reasons(aftersale: Aftersale) -> tuple[Reason, ...]:
    """The reasons that TikTok takes just now; raises TikTokError."""
    return list_reject_reasons(build_tiktok_client(), aftersale.return_id)
