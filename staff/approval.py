"""What an approval comes to, before it is pressed: the money, the goods and the mail."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from returns_portal.returns import services
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.payouts import bonus_percent, parts_of
from returns_portal.returns.quotes import quote_units
from returns_portal.returns.refund_amounts import Parts, Quote, split
from returns_portal.returns.services import Actor, Decision
from returns_portal.returns.services.previewing import MailPreview, preview_mail
from returns_portal.shopify.errors import ShopifyError
from returns_portal.shopify.types import Money
from staff import decision, wording
from staff.approval_form import ApproveForm
from staff.decision import Comparison, MoneyRow


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would be paid, and how that adds up; `amount` is None where nobody can say yet.

    `problem` is a sentence about why it cannot be approved like this.
    """

    amount: Money | None
    quote: Quote | None = None
    comparison: Comparison | None = None
    problem: str = ""

    @property
    def rows(self) -> list[MoneyRow]:
        return money_rows(self.quote) if self.quote else []


def look_ahead(request: ReturnRequest, form: ApproveForm) -> Outlook:
    """What the units and fees of a valid form come to; asks Shopify."""
    if form.is_as_asked:
        return _with_other(form, as_asked(request))
    if not any(form.units.values()):
        return Outlook(None, problem=_("No unit is approved: decline the request instead."))
    try:
        quote = quote_units(
            request,
            units=form.units,
            percents=form.percents,
            shipping_fee=form.shipping_fee,
            outcomes=form.outcomes,
        )
    except ShopifyError as error:
        words = _("Shopify could not say what these units are worth: %(error)s")
        return Outlook(None, problem=words % {"error": error})
    return _with_other(form, Outlook(quote.refund, quote))


def as_asked(request: ReturnRequest) -> Outlook:
    """All units under the fees that were told; the quote holds where Shopify is silent."""
    comparison = decision.compare_with_shopify(request)
    now = comparison.amount
    amount = decision.quoted(request) if now is None else now
    return Outlook(amount, comparison.quote, comparison)


def _with_other(form: ApproveForm, outlook: Outlook) -> Outlook:
    """The outlook with the amount that a person typed in place of the calculated one."""
    other = form.other_amount
    if other is None or outlook.amount is None:
        return outlook
    if other > outlook.amount.amount:
        words = _("At most %(most)s can be refunded.")
        problem = words % {"most": wording.money_of(outlook.amount)}
        return Outlook(None, outlook.quote, outlook.comparison, problem)
    amount = Money(other, outlook.amount.currency)
    return Outlook(amount, outlook.quote, outlook.comparison)


def ways_of(request: ReturnRequest, outlook: Outlook) -> Parts | None:
    """The amount by the ways it is paid, the bonus beside it; None where nobody can say yet."""
    if outlook.amount is None:
        return None
    known = outlook.quote.parts if outlook.quote else None
    parts = known or parts_of(request)
    weights = (parts.original, parts.credit, parts.kept)
    return split(outlook.amount, weights, bonus_percent(request))


def preview_of(
    request: ReturnRequest, outlook: Outlook, chosen: Decision, *, actor: Actor, now: datetime
) -> MailPreview | None:
    """The mail that this approval would send; None without an address or where it cannot be."""
    if outlook.amount is None or not request.contact_email:
        return None
    amount = outlook.amount
    try:
        return preview_mail(
            request.pk,
            lambda: services.approve(
                request_id=request.pk, amount=amount, actor=actor, now=now, decision=chosen
            ),
        )
    except services.Refused:
        return None


def money_rows(quote: Quote) -> list[MoneyRow]:
    """Shopify's calculation as it adds up."""
    rows = [MoneyRow(_("Items"), wording.money_of(quote.subtotal))]
    if quote.tax:
        rows.append(MoneyRow(_("Tax"), wording.money_of(quote.tax)))
    for label, fee in (
        (_("Restocking fee"), quote.restocking_fee),
        (_("Return shipping fee"), quote.return_shipping_fee),
    ):
        if fee:
            rows.append(MoneyRow(label, wording.money(-fee.amount, fee.currency)))
    return [*rows, MoneyRow(_("Shopify calculates"), wording.money_of(quote.refund), total=True)]
