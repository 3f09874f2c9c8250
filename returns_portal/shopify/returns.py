"""Returns in Shopify: calculated, opened, read whole, processed and closed."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound, ShopifyProtocolError
from returns_portal.shopify.mutations import (
    LARGEST_INPUT,
    check_size,
    money_input,
    mutate,
    reading_back,
    transfer_input,
)
from returns_portal.shopify.paging import Node, has_more, reading, remaining_nodes, whole
from returns_portal.shopify.parsing import (
    parse_bare_return,
    parse_calculation,
    parse_opened_return,
    parse_outcome,
    parse_processed_return,
    parse_return,
    parse_return_to_process,
)
from returns_portal.shopify.refunds import complete_refund
from returns_portal.shopify.types import (
    BareReturn,
    DispositionInput,
    Money,
    OpenedReturn,
    ProcessedReturn,
    ProcessLineInput,
    RefundTransactionInput,
    Return,
    ReturnCalculation,
    ReturnLineInput,
    ReturnToProcess,
    SuggestedOutcome,
)

LONGEST_REASON_NOTE = 255
# Pages are as long as what is expected on them, and no longer than this; more is paged.
LARGEST_PAGE = 50
USUAL_LINES = 10
# Most orders have no return, or this very one.
USUAL_RETURNS = 2
NO_OUTCOME = "Shopify does not say what this return would pay back. Nothing was paid."
DEAD = frozenset({"CANCELED", "DECLINED"})


def calculate_return(
    client: ShopifyClient,
    *,
    order_id: str,
    lines: Sequence[ReturnLineInput],
    return_shipping_fee: Money | None,
) -> ReturnCalculation:
    """Ask Shopify what a return would be worth, without making one; at least one line.

    All sums are positive, in the currency the shopper paid in; the refund is never below zero.
    Raises `ShopifyNotFound` for an unknown order, `ShopifyProtocolError` for impossible lines.
    """
    document = DOCUMENTS["ReturnCalculate"]
    taxes_included = False
    nodes: list[Node] = []
    for batch in _batches(lines):
        fee = return_shipping_fee if not nodes else None
        data = client.execute(document, _calculation_variables(order_id, batch, fee))
        if data["returnCalculate"] is None or data.get("order") is None:
            raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
        nodes.append(data["returnCalculate"])
        taxes_included = bool(data["order"]["taxesIncluded"])
    with reading(document):
        return parse_calculation(nodes, taxes_included=taxes_included)


def create_return(
    client: ShopifyClient,
    *,
    order_id: str,
    lines: Sequence[ReturnLineInput],
    return_shipping_fee: Money | None,
) -> OpenedReturn:
    """Open a return that was approved outside Shopify; each line names a reason definition.

    Not safe to send twice. Raises `ShopifyRefused` where Shopify objects, and
    `ShopifyOutcomeUnknown` where the return may exist: look at the order's returns first.
    """
    check_size("ReturnCreate", len(lines))
    return_input = {
        "orderId": order_id,
        "returnLineItems": [_return_line_input(line) for line in lines],
    } | _shipping_fee_input(return_shipping_fee)
    operation = "ReturnCreate"
    variables = {"input": return_input, "lines": _page_size(len(lines))}
    node = mutate(client, operation, variables, "return")
    with reading_back(operation):
        return parse_opened_return(node | {"returnLineItems": _all_lines(client, node)})


def get_return(client: ShopifyClient, return_id: str, *, lines: int = USUAL_LINES) -> Return:
    """Read a return with all its lines, refunds and movements; raises `ShopifyNotFound`.

    `lines` is how many lines are expected: more are read, too, at the cost of another call.
    """
    document = DOCUMENTS["ReturnDetail"]
    size = _page_size(lines)
    node = _return_node(
        client, document.name, {"id": return_id, "lines": size, "refundLines": size}
    )
    with reading(document):
        return parse_return(_complete_return(client, node))


def list_order_returns(
    client: ShopifyClient, order_id: str, *, except_ids: Collection[str] = ()
) -> tuple[Return, ...]:
    """Read every return of an order that is alive, whoever made it, but those of `except_ids`.

    Canceled and declined ones are left out unread. Raises `ShopifyNotFound`.
    """
    document = DOCUMENTS["OrderReturns"]

    def page(cursor: str | None, **size: int) -> Node:
        order = client.execute(document, {"id": order_id, "after": cursor} | size)["order"]
        if order is None:
            raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
        returns: Node = order["returns"]
        return returns

    with reading(document):
        first = page(None, first=USUAL_RETURNS)
        ids = [node["id"] for node in remaining_nodes(first, page) if node["status"] not in DEAD]
    wanted = [return_id for return_id in dict.fromkeys(ids) if return_id not in except_ids]
    return tuple(get_return(client, return_id) for return_id in wanted)


def read_for_processing(
    client: ShopifyClient, return_id: str, lines: Sequence[tuple[str, int]]
) -> tuple[ReturnToProcess, SuggestedOutcome | None]:
    """Read a return and what Shopify would pay back for units of it, in one call.

    `lines` are (return line id, quantity). The outcome is None for a return that is not alive.
    Raises `ShopifyNotFound`, and `ShopifyProtocolError` where the units are not all there to be
    processed, perhaps because they are processed already: read the return by itself then.
    """
    check_size("ReturnToProcess", len(lines))
    document = DOCUMENTS["ReturnToProcess"]
    variables = {"id": return_id, "units": _units(lines), "lines": _page_size(len(lines))}
    node = _return_node(client, document.name, variables)
    with reading(document):
        outcome = node["suggestedFinancialOutcome"]
        whole_node = node | {
            "returnLineItems": _all_lines(client, node),
            "reverseFulfillmentOrders": whole(_reverse_orders(client, node)),
        }
        return parse_return_to_process(whole_node), parse_outcome(outcome) if outcome else None


def suggest_outcome(
    client: ShopifyClient, return_id: str, lines: Sequence[tuple[str, int]]
) -> SuggestedOutcome:
    """Ask what Shopify would pay back for units of an open return: (return line id, quantity).

    In the currency the shopper paid in, never below zero. Raises `ShopifyNotFound`, and
    `ShopifyProtocolError` where Shopify calculates nothing.
    """
    check_size("ReturnOutcome", len(lines))
    document = DOCUMENTS["ReturnOutcome"]
    node = _return_node(client, document.name, {"id": return_id, "units": _units(lines)})
    with reading(document):
        outcome = node["suggestedFinancialOutcome"]
        if outcome is None:
            raise ShopifyProtocolError(NO_OUTCOME, operation=document.name)
        return parse_outcome(outcome)


def process_return(
    client: ShopifyClient,
    *,
    return_id: str,
    lines: Sequence[ProcessLineInput],
    transactions: Sequence[RefundTransactionInput],
    note: str,
    store_credit: Money | None = None,
) -> ProcessedReturn:
    """Process units of a return: say where they went, and pay the transactions back, if any.

    `store_credit` goes to the order's customer in place of money. Not safe to send twice. Raises
    `ShopifyRefused` where Shopify objects, and `ShopifyOutcomeUnknown` where it may have paid:
    read the return first. Money has moved when the transactions of its refunds say SUCCESS.
    """
    items = (len(lines), len(transactions), *(len(line.dispositions) for line in lines))
    check_size("ReturnProcess", max(items))
    process_input = {
        "returnId": return_id,
        "note": note,
        "notifyCustomer": False,
        "returnLineItems": [_process_line_input(line) for line in lines],
    } | transfer_input(transactions, store_credit)
    operation = "ReturnProcess"
    payments = len(transactions) + bool(store_credit)
    variables = {"input": process_input, "payments": _page_size(payments)}
    node = mutate(client, operation, variables, "return")
    with reading_back(operation):
        return parse_processed_return(node | {"refunds": _all_payouts(client, node)})


def dispose(client: ShopifyClient, dispositions: Sequence[DispositionInput]) -> None:
    """Say where units of one reverse fulfillment order went, without processing the return.

    Not safe to send twice: Shopify may place more units than came back. Raises `ShopifyRefused`
    and `ShopifyOutcomeUnknown`.
    """
    check_size("Dispose", len(dispositions))
    inputs = [_disposition_input(disposition) for disposition in dispositions]
    mutate(client, "Dispose", {"inputs": inputs}, "reverseFulfillmentOrderLineItems")


def approve_return(client: ShopifyClient, return_id: str) -> BareReturn:
    """Approve a return that was requested in Shopify, which opens it; nobody is mailed.

    Raises `ShopifyRefused` for one that is not requested any more.
    """
    return _change(client, "ReturnApprove", {"id": return_id})


def close_return(client: ShopifyClient, return_id: str) -> BareReturn:
    """Close a return; closing a closed one changes nothing."""
    return _change(client, "ReturnClose", {"id": return_id})


def cancel_return(client: ShopifyClient, return_id: str) -> BareReturn:
    """Cancel a return on which nothing was done yet; its units may be returned again."""
    return _change(client, "ReturnCancel", {"id": return_id})


def _change(client: ShopifyClient, operation: str, variables: dict[str, Any]) -> BareReturn:
    node = mutate(client, operation, variables, "return")
    with reading_back(operation):
        return parse_bare_return(node)


def _page_size(count: int) -> int:
    return max(1, min(count, LARGEST_PAGE))


def _units(lines: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"id": line_id, "quantity": quantity} for line_id, quantity in lines]


def _all_lines(client: ShopifyClient, node: Node) -> Node:
    def page(cursor: str) -> Node:
        found = _return_node(client, "ReturnLines", {"id": node["id"], "after": cursor})
        lines: Node = found["returnLineItems"]
        return lines

    return whole(list(remaining_nodes(node["returnLineItems"], page)))


def _all_payouts(client: ShopifyClient, node: Node) -> Node:
    """Give the refunds of a return; those that do not fit on a page are read again in full."""
    refunds: Node = node["refunds"]
    if has_more(refunds) or any(has_more(item["transactions"]) for item in refunds["nodes"]):
        return whole(
            list(_refunds(client, _return_node(client, "ReturnDetail", {"id": node["id"]})))
        )
    return refunds


def _complete_return(client: ShopifyClient, node: Node) -> Node:
    """Give a return's node with what did not fit on its first pages."""

    def transactions_page(cursor: str) -> Node:
        found = _return_node(client, "ReturnTransactions", {"id": node["id"], "after": cursor})
        page: Node = found["transactions"]
        return page

    transactions = list(remaining_nodes(node["transactions"], transactions_page))
    return node | {
        "returnLineItems": _all_lines(client, node),
        "transactions": whole(transactions),
        "reverseFulfillmentOrders": whole(_reverse_orders(client, node)),
        "refunds": whole(list(_refunds(client, node))),
    }


def _reverse_orders(client: ShopifyClient, node: Node) -> list[Node]:
    orders = node["reverseFulfillmentOrders"]
    if has_more(orders) or any(has_more(order["lineItems"]) for order in orders["nodes"]):
        return list(_reverse_orders_one_by_one(client, node["id"]))
    known: list[Node] = orders["nodes"]
    return known


def _reverse_orders_one_by_one(client: ShopifyClient, return_id: str) -> Iterator[Node]:
    def read(cursor: str | None, lines_cursor: str | None) -> Node:
        variables = {"id": return_id, "after": cursor, "linesAfter": lines_cursor}
        found = _return_node(client, "ReturnReverseLines", variables)
        orders: Node = found["reverseFulfillmentOrders"]
        return orders

    def order_page(cursor: str | None) -> Node:
        def lines_page(lines_cursor: str) -> Node:
            lines: Node = read(cursor, lines_cursor)["nodes"][0]["lineItems"]
            return lines

        page = read(cursor, None)
        for order in page["nodes"]:
            order["lineItems"] = whole(list(remaining_nodes(order["lineItems"], lines_page)))
        return page

    yield from remaining_nodes(order_page(None), order_page)


def _refunds(client: ShopifyClient, node: Node) -> Iterator[Node]:
    """Give the refunds of a return whole, those beyond the first page read one by one."""
    known = {refund["id"]: refund for refund in node["refunds"]["nodes"]}

    def ids_page(cursor: str) -> Node:
        found = _return_node(client, "ReturnRefundIds", {"id": node["id"], "after": cursor})
        page: Node = found["refunds"]
        return page

    for item in remaining_nodes(node["refunds"], ids_page):
        refund = known.get(item["id"]) or _refund_node(client, item["id"])
        yield complete_refund(client, refund)


def _refund_node(client: ShopifyClient, refund_id: str) -> Node:
    document = DOCUMENTS["RefundDetail"]
    node: Node | None = client.execute(document, {"id": refund_id})["refund"]
    if node is None:
        raise ShopifyNotFound("Shopify does not know this refund.", operation=document.name)
    return node


def _return_node(client: ShopifyClient, operation: str, variables: dict[str, Any]) -> Node:
    node: Node | None = client.execute(DOCUMENTS[operation], variables)["return"]
    if node is None:
        raise ShopifyNotFound("Shopify does not know this return.", operation=operation)
    return node


def _batches(lines: Sequence[ReturnLineInput]) -> Iterator[Sequence[ReturnLineInput]]:
    if not lines:
        raise ValueError("A return has at least one line")
    for start in range(0, len(lines), LARGEST_INPUT):
        yield lines[start : start + LARGEST_INPUT]


def _calculation_variables(
    order_id: str, lines: Sequence[ReturnLineInput], return_shipping_fee: Money | None
) -> dict[str, Any]:
    calculation_input = {
        "orderId": order_id,
        "returnLineItems": [_calculated_input(line) for line in lines],
    } | _shipping_fee_input(return_shipping_fee)
    return {"orderId": order_id, "input": calculation_input}


def _calculated_input(line: ReturnLineInput) -> dict[str, Any]:
    item: dict[str, Any] = {
        "fulfillmentLineItemId": line.fulfillment_line_item_id,
        "quantity": line.quantity,
    }
    if line.restocking_fee_percent:
        item["restockingFee"] = {"percentage": float(line.restocking_fee_percent)}
    return item


def _return_line_input(line: ReturnLineInput) -> dict[str, Any]:
    item = _calculated_input(line)
    if line.reason_definition_id:
        item["returnReasonDefinitionId"] = line.reason_definition_id
    if line.reason_note:
        item["returnReasonNote"] = line.reason_note[:LONGEST_REASON_NOTE]
    return item


def _shipping_fee_input(fee: Money | None) -> dict[str, Any]:
    return {"returnShippingFee": {"amount": money_input(fee)}} if fee else {}


def _process_line_input(line: ProcessLineInput) -> dict[str, Any]:
    item: dict[str, Any] = {"id": line.return_line_id, "quantity": line.quantity}
    if line.dispositions:
        item["dispositions"] = [_disposition_input(each) for each in line.dispositions]
    return item


def _disposition_input(disposition: DispositionInput) -> dict[str, Any]:
    place = {"locationId": disposition.location_id} if disposition.location_id else {}
    return {
        "reverseFulfillmentOrderLineItemId": disposition.reverse_line_id,
        "quantity": disposition.quantity,
        "dispositionType": disposition.type,
    } | place
