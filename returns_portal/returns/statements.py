"""What can be said of a request, on pages and in mails: its terms, amounts, lines, instructions."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from returns_portal.returns import snapshots
from returns_portal.returns.channels.aftersales import Stage, stage_of
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.wording import shops_words
from returns_portal.returns.workflow import RELEASES_UNITS, Status
from returns_portal.shopify.types import Money

PARCEL_GOES = frozenset({Stage.SEND, Stage.SENT})


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """What one item of a request is worth back, after its restocking fee."""

    title: str
    variant_title: str
    quantity: int
    amount: Money
    restocking_fee: Money
    image_url: str = ""


def read_terms(return_request: ReturnRequest) -> PolicyTerms:
    """The terms that the request was judged by."""
    return snapshots.load(return_request.policy_terms, PolicyTerms)


def current_amount(return_request: ReturnRequest) -> Money:
    """The truest amount there is: paid back, else approved, else quoted."""
    known = (
        return_request.refunded_amount if return_request.refunded_at else None,
        return_request.approved_amount,
        return_request.quoted_amount,
    )
    amount = next(value for value in known if value is not None)
    return Money(amount, return_request.currency)


def money_lines(return_request: ReturnRequest) -> list[MoneyLine]:
    """What each item that goes back is worth, as quoted or approved."""
    return build_money_lines(return_request.lines.all(), return_request.currency)


def build_money_lines(lines: Iterable[ReturnLineItem], currency: str) -> list[MoneyLine]:
    """What the units that go back of each of `lines` are worth, in `currency`."""
    return [
        MoneyLine(
            title=line.title,
            variant_title=line.variant_title,
            quantity=line.units_approved,
            amount=Money(line.subtotal + line.tax - line.restocking_fee, currency),
            restocking_fee=Money(line.restocking_fee, currency),
            image_url=line.image_url,
        )
        for line in lines
        if line.units_approved
    ]


def instruction_steps(terms: PolicyTerms) -> list[str]:
    """What the shopper does, one step an entry; plain defaults where the policy has none."""
    steps = [step.strip() for step in shops_words(terms.instructions).splitlines() if step.strip()]
    if steps:
        return steps
    if terms.return_shipping_paid_by == "tiktok":
        return label_steps()
    return [
        _("Pack the items with everything that came with them."),
        _("Send the parcel to the address below and keep the receipt."),
    ]


def label_steps() -> list[str]:
    """How goods go back with TikTok's label."""
    return [
        _("Pack the items with everything that came with them."),
        _("Get the label in the TikTok app: Profile, then Orders, the order, Return/refund."),
        _("Hand in the parcel and keep the receipt."),
    ]


def steps_of(return_request: ReturnRequest, terms: PolicyTerms) -> list[str]:
    """What the shopper of this request does: with TikTok's label once TikTok knows the return.

    Until then the policy's steps for the region tell how to begin it in the app.
    """
    return label_steps() if hasattr(return_request, "aftersale") else instruction_steps(terms)


def shows_instructions(return_request: ReturnRequest) -> bool:
    """Whether the shopper may send the parcel now: from the request or the approval on.

    Where all is kept there is no parcel, and where TikTok knows the return, it says when one goes.
    """
    if not return_request.returned_lines:
        return False
    if hasattr(return_request, "aftersale"):
        return stage_of(return_request.aftersale.status) in PARCEL_GOES
    return may_be_sent(Status(return_request.status), read_terms(return_request))


def may_be_sent(status: Status, terms: PolicyTerms) -> bool:
    """Whether goods that come back may be sent in this status, under these terms."""
    if status in RELEASES_UNITS:
        return False
    return status is not Status.REQUESTED or terms.instructions_on == "request"


def shipping_row(return_request: ReturnRequest) -> Money:
    """The fee for the parcel as a row of the refund: negative, or zero."""
    return Money(-return_request.return_shipping_fee, return_request.currency)
