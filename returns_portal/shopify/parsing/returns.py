"""Reading returns on their way, and what a return would pay."""

from returns_portal.shopify.parsing.orders import parse_reverse_lines
from returns_portal.shopify.parsing.values import Node, id_of, parse_money, text_of, time_of
from returns_portal.shopify.types import (
    BareReturn,
    CalculatedLine,
    LineProgress,
    Money,
    Movement,
    OpenedLine,
    OpenedReturn,
    Payout,
    ProcessedReturn,
    ReturnCalculation,
    ReturnToProcess,
    SuggestedOutcome,
    SuggestedTransaction,
)

# As many of an order's refunds as ReturnToProcess asks for: most orders have none or one.
REFUNDS_SHOWN = 2


def parse_bare_return(node: Node) -> BareReturn:
    """Read a return's name and status."""
    return BareReturn(id=node["id"], name=node["name"], status=node["status"])


def parse_opened_return(node: Node) -> OpenedReturn:
    """Read a return that was just opened, whose lines are all there."""
    return OpenedReturn(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        lines=tuple(
            OpenedLine(line["id"], id_of(line, "fulfillmentLineItem") or "", int(line["quantity"]))
            for line in node["returnLineItems"]["nodes"]
        ),
    )


def parse_return_to_process(node: Node) -> ReturnToProcess:
    """Read a return that is about to be processed; its lines and reverse lines are all there."""
    return ReturnToProcess(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        lines=tuple(
            LineProgress(line["id"], int(line["quantity"]), int(line["processedQuantity"]))
            for line in node["returnLineItems"]["nodes"]
        ),
        reverse_lines=parse_reverse_lines(node),
        has_refunds=bool(node["refunds"]["edges"]),
        order_refund_ids=_all_refund_ids(node["order"]["refunds"]),
    )


def _all_refund_ids(shown: list[Node]) -> tuple[str, ...] | None:
    return tuple(refund["id"] for refund in shown) if len(shown) < REFUNDS_SHOWN else None


def parse_processed_return(node: Node) -> ProcessedReturn:
    """Read a return that was just processed, whose refunds are all there."""
    return ProcessedReturn(
        id=node["id"],
        name=node["name"],
        status=node["status"],
        refunds=tuple(_parse_payout(refund) for refund in node["refunds"]["nodes"]),
    )


def parse_calculation(nodes: list[Node], *, taxes_included: bool) -> ReturnCalculation:
    """Read the parts of one calculation; what is given back turns positive, as the fees are.

    Shopify's schema does not promise a sign: recordings of live shops show a negative one.

    Where taxes are included, the subtotals hold them and nothing comes on top. Raises IndexError
    where nothing was calculated.
    """
    lines = tuple(
        _parse_calculated_line(line, taxes_included)
        for node in nodes
        for line in node["returnLineItems"]
    )
    currency = lines[0].subtotal.currency
    shipping_fee = Money.zero(currency)
    for node in nodes:
        fee = node.get("returnShippingFee")
        shipping_fee += parse_money(fee["amountSet"]) if fee else Money.zero(currency)
    worth = Money.zero(currency)
    for line in lines:
        worth += line.subtotal + line.tax - line.restocking_fee
    refund = max(worth - shipping_fee, Money.zero(currency))
    return ReturnCalculation(lines=lines, return_shipping_fee=shipping_fee, refund=refund)


def parse_outcome(node: Node) -> SuggestedOutcome:
    """Read what Shopify would pay back; where the shopper would owe money, that is nothing."""
    limit = parse_money(node["maximumRefundable"])
    transfer = node.get("financialTransfer") or {}
    if "suggestedTransactions" not in transfer:
        return SuggestedOutcome(Money.zero(limit.currency), limit, ())
    return SuggestedOutcome(
        amount=parse_money(transfer["amount"]),
        maximum_refundable=limit,
        transactions=tuple(
            _parse_suggestion(item)
            for item in transfer["suggestedTransactions"]
            if item.get("parentTransaction")
        ),
    )


def parse_suggested_refund(node: Node) -> SuggestedOutcome:
    """Read what Shopify would pay back without a return."""
    return SuggestedOutcome(
        amount=parse_money(node["amountSet"]),
        maximum_refundable=parse_money(node["maximumRefundableSet"]),
        transactions=tuple(
            _parse_suggestion(item)
            for item in node["suggestedTransactions"]
            if item.get("parentTransaction")
        ),
    )


def _parse_calculated_line(node: Node, taxes_included: bool) -> CalculatedLine:
    subtotal = parse_money(node["subtotalSet"])
    nothing = Money.zero(subtotal.currency)
    fee = node.get("restockingFee")
    return CalculatedLine(
        fulfillment_line_item_id=node["fulfillmentLineItem"]["id"],
        quantity=int(node["quantity"]),
        subtotal=abs(subtotal),
        tax=nothing if taxes_included else abs(parse_money(node["totalTaxSet"])),
        restocking_fee=parse_money(fee["amountSet"]) if fee else nothing,
    )


def _parse_suggestion(node: Node) -> SuggestedTransaction:
    limit = node.get("maximumRefundableSet")
    return SuggestedTransaction(
        parent_id=node["parentTransaction"]["id"],
        gateway=text_of(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        maximum_refundable=parse_money(limit) if limit else None,
    )


def _parse_payout(node: Node) -> Payout:
    return Payout(
        id=node["id"],
        created_at=time_of(node, "createdAt"),
        note=text_of(node, "note"),
        total=parse_money(node["totalRefundedSet"]),
        transactions=tuple(_parse_movement(item) for item in node["transactions"]["nodes"]),
    )


def _parse_movement(node: Node) -> Movement:
    return Movement(
        id=node["id"],
        kind=node["kind"],
        status=node["status"],
        gateway=text_of(node, "gateway"),
        amount=parse_money(node["amountSet"]),
        error_code=text_of(node, "errorCode"),
    )
