"""What is decided of each line of a request: units, fees and outcome, checked and written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.outcomes import outcomes_for_staff
from returns_portal.returns.refund_amounts import Quote
from returns_portal.returns.reservations import keep_units
from returns_portal.returns.services.guard import Refused


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What staff decided of one line; what is None or empty stays as it is.

    `decline_reason` says why the units that are not approved are not.
    """

    line_id: int
    approved: int
    decline_reason: str = ""
    disposition: str = ""
    location_id: str = ""
    outcome: str = ""
    restocking_fee_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval in full; without `lines` all units are approved as they were asked for.

    `quote` is what Shopify calculated for just these units and fees; `reason` says why the amount
    or the fees are others than the policy's; `message` goes to the shopper.
    """

    lines: tuple[LineDecision, ...] = ()
    return_shipping_fee: Decimal | None = None
    quote: Quote | None = None
    reason: str = ""
    message: str = ""


def changes_fees(return_request: ReturnRequest, decision: Decision) -> bool:
    """Whether the decision sets other fees than the request holds."""
    shipping = decision.return_shipping_fee
    if shipping is not None and shipping != return_request.return_shipping_fee:
        return True
    held = {line.pk: line.restocking_fee_percent for line in return_request.lines.all()}
    return any(
        line.restocking_fee_percent not in (None, held.get(line.line_id)) for line in decision.lines
    )


def is_as_asked(return_request: ReturnRequest, decision: Decision) -> bool:
    """Whether it approves all units, as the shopper wants them paid and with the fees there are."""
    asked = {line.pk: line.quantity for line in return_request.lines.all()}
    approved = {line.line_id: line.approved for line in decision.lines} or asked
    changed = changes_fees(return_request, decision) or changed_outcomes(return_request, decision)
    return approved == asked and not changed


def changed_outcomes(return_request: ReturnRequest, decision: Decision) -> dict[int, str]:
    """How lines are paid back otherwise than the shopper chose, by line id."""
    held = {line.pk: line.outcome for line in return_request.lines.all()}
    return {
        line.line_id: line.outcome
        for line in decision.lines
        if line.outcome and line.outcome != held.get(line.line_id)
    }


def check_lines(return_request: ReturnRequest, decision: Decision) -> None:
    """Raises Refused for lines that are not the request's, or units declined without a reason."""
    if not decision.lines:
        return
    lines = {line.pk: line for line in return_request.lines.all()}
    if {line.line_id for line in decision.lines} != set(lines):
        raise Refused(_("The shopper has changed this request. Look at it again."))
    if not any(line.approved for line in decision.lines):
        raise Refused(_("No unit is approved: decline the request instead."))
    for line in decision.lines:
        _check_line(lines[line.line_id], line)


def _check_line(row: ReturnLineItem, line: LineDecision) -> None:
    words = {"title": row.title, "count": row.quantity}
    if not 0 <= line.approved <= row.quantity:
        raise Refused(_("Of “%(title)s”, between 0 and %(count)s can be approved.") % words)
    if line.approved < row.quantity and not line.decline_reason.strip():
        raise Refused(_("“%(title)s”: say why not all units are approved.") % words)
    if line.disposition and line.disposition not in ReturnLineItem.Disposition.values:
        raise Refused(_("“%(title)s” cannot go there.") % words)
    if line.outcome and line.outcome not in outcomes_for_staff(row.return_request, row):
        raise Refused(_("“%(title)s” cannot be paid back like that.") % words)
    percent = line.restocking_fee_percent
    if percent is not None and not 0 <= percent <= 100:
        raise Refused(_("A restocking fee is between 0 and 100 percent."))


def settle_lines(return_request: ReturnRequest, decision: Decision) -> bool:
    """Writes the decision onto the lines and frees the units declined; True when there are any."""
    quoted = decision.quote.lines if decision.quote else ()
    worth = {line.fulfillment_line_item_id: line for line in quoted}
    decisions = {line.line_id: line for line in decision.lines}
    in_part = False
    for row in return_request.lines.all():
        line = decisions.get(row.pk, LineDecision(row.pk, row.quantity))
        in_part |= line.approved < row.quantity
        calculated = worth.get(row.fulfillment_line_item_id)
        if worth and (calculated.quantity if calculated else 0) != line.approved:
            raise Refused(_("The shopper has changed this request. Look at it again."))
        _settle_line(row, line, _amounts(worth, row))
    return in_part


def _settle_line(row: ReturnLineItem, line: LineDecision, amounts: Mapping[str, object]) -> None:
    """Writes the decision onto a line; all of its units are held already."""
    less = line.approved < row.quantity
    columns = {
        "approved_quantity": line.approved,
        "decline_reason": line.decline_reason.strip() if less else "",
        **_overrides(line),
        **amounts,
    }
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=columns)
    if less:
        keep_units(row, line.approved)


def _overrides(line: LineDecision) -> dict[str, object]:
    given = {
        "disposition": line.disposition,
        "location_id": line.location_id,
        "outcome": line.outcome,
    }
    columns: dict[str, object] = {name: value for name, value in given.items() if value}
    if line.restocking_fee_percent is not None:
        columns["restocking_fee_percent"] = line.restocking_fee_percent
    return columns


def _amounts(worth: Mapping[str, object], row: ReturnLineItem) -> dict[str, object]:
    """What the approved units are worth; nothing where Shopify was not asked."""
    if not worth:
        return {}
    calculated = worth.get(row.fulfillment_line_item_id)
    names = ("subtotal", "tax", "restocking_fee")
    return {name: getattr(calculated, name).amount if calculated else Decimal(0) for name in names}
