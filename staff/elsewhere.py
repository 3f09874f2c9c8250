"""What the decision screen tells where another than Shopify holds the shopper's money."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext_lazy as _

from returns_portal.returns import services
from returns_portal.returns.channels.settlement import Settlement
from returns_portal.returns.mirror import TIKTOK_SOURCE
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.workflow import UNDECIDED
from returns_portal.shopify.types import Money
from staff.decision import tiktok_order_url


class ConfirmForm(forms.Form):
    """A refund that was made by hand: how much, and what it is called there."""

    amount = forms.DecimalField(
        label=_("Amount refunded"), min_value=Decimal(0), max_digits=14, decimal_places=3
    )
    reference = forms.CharField(
        label=_("Reference of the refund"),
        max_length=80,
        help_text=_("The number that Seller Center shows for it."),
    )

    def __init__(self, request: ReturnRequest, data: Any = None) -> None:
        super().__init__(data, initial={"amount": request.approved_amount})
        self.currency = request.currency
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"
        self.fields["reference"].widget.attrs["autocomplete"] = "off"

    @property
    def amount_refunded(self) -> Money:
        return Money(self.cleaned_data["amount"], self.currency)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Who holds the money, as far as staff must know it; `form` where a refund is to confirm."""

    settlement: str
    warns: bool
    seller_center: str
    form: ConfirmForm | None
    may_confirm: bool


def build_elsewhere(request: ReturnRequest, user: User | AnonymousUser) -> Elsewhere:
    """What to say about the money of this request.

    On a TikTok order that settles in Shopify staff are told, while they decide, what is known.
    """
    from_tiktok = request.sales_channel == TIKTOK_SOURCE
    waits = services.awaits_external_refund(request)
    in_shopify = request.settlement == Settlement.SHOPIFY
    return Elsewhere(
        settlement=request.settlement,
        warns=from_tiktok and in_shopify and request.status in UNDECIDED,
        seller_center=seller_center_url(request) if from_tiktok else "",
        form=ConfirmForm(request) if waits else None,
        may_confirm=user.has_perm("returns.decide_returnrequest"),
    )


def seller_center_url(request: ReturnRequest) -> str:
    """Where a person finds the order at TikTok."""
    return tiktok_order_url(request.tiktok_order_id or request.order_name)
