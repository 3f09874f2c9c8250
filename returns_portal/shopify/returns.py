"""Returns in Shopify: calculated, opened, read whole, processed and closed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.mutations import (
    LARGEST_INPUT,
    check_size,
    money_input,
    mutate,
    reading_back,
)
from returns_portal.shopify.paging import Node, has_more, reading, remaining_nodes, whole
from returns_portal.shopify.parsing import parse_calculation, parse_outcome, parse_return
from returns_portal.shopify.refunds import complete_refund
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    ProcessLineInput,
    RefundTransactionInput,
    Return,
    ReturnCalculation,
    ReturnLineInput,
    SuggestedOutcome,
)

LONGEST_REASON_NOTE = 255


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
    requested_at: datetime,
) -> Return:
    """Open a return that was approved outside Shopify; each line names a reason definition.

    Not safe to send twice. Raises `ShopifyRefused` where Shopify objects, and
    `ShopifyOutcomeUnknown` where the return may exist: look at the order's returns first.
    """
    check_size("ReturnCreate", len(lines))
    return_input = {
        "orderId": order_id,
        "requestedAt": requested_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "returnLineItems": [_return_line_input(line) for line in lines],
    } | _shipping_fee_input(return_shipping_fee)
    return _change(client, "ReturnCreate", {"input": return_input})


def get_return(client: ShopifyClient, return_id: str) -> Return:
    """Read a return with all its lines, refunds and movements; raises `ShopifyNotFound`."""
    document = DOCUMENTS["ReturnDetail"]
    node = _return_node(client, document.name, {"id": return_id})
    with reading(document):
        return parse_return(_complete_return(client, node))


def list_order_returns(client: ShopifyClient, order_id: str) -> tuple[Return, ...]:
    """Read every return of an order, whoever made it; raises `ShopifyNotFound`."""
    document = DOCUMENTS["OrderReturnIds"]

    def page(cursor: str | None) -> Node:
        order = client.execute(document, {"id": order_id, "after": cursor})["order"]
        if order is None:
            raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
        returns: Node = order["returns"]
        return returns

    with reading(document):
        ids = [node["id"] for node in remaining_nodes(page(None), page)]
    return tuple(get_return(client, return_id) for return_id in dict.fromkeys(ids))


def suggest_outcome(
    client: ShopifyClient, return_id: str, lines: Sequence[tuple[str, int]]
) -> SuggestedOutcome:
    """Ask what Shopify would pay back for units of an open return: (return line id, quantity).

    In the currency the shopper paid in, never below zero. Raises `ShopifyNotFound`.
    """
    check_size("ReturnOutcome", len(lines))
    document = DOCUMENTS["ReturnOutcome"]
    wanted = [{"id": line_id, "quantity": quantity} for line_id, quantity in lines]
    node = _return_node(client, document.name, {"id": return_id, "lines": wanted})
    with reading(document):
        return parse_outcome(node["suggestedFinancialOutcome"])


def process_return(
    client: ShopifyClient,
    *,
    return_id: str,
    lines: Sequence[ProcessLineInput],
    transactions: Sequence[RefundTransactionInput],
    note: str,
) -> Return:
    """Process units of a return: say where they went, and pay the transactions back, if any.

    Not safe to send twice. Raises `ShopifyRefused` where Shopify objects, and
    `ShopifyOutcomeUnknown` where it may have paid: read the return first. Money has moved when a
    transaction of the return says SUCCESS.
    """
    items = (len(lines), len(transactions), *(len(line.dispositions) for line in lines))
    check_size("ReturnProcess", max(items))
    process_input = {
        "returnId": return_id,
        "note": note,
        "notifyCustomer": False,
        "returnLineItems": [_process_line_input(line) for line in lines],
    } | _transfer_input(transactions)
    return _change(client, "ReturnProcess", {"input": process_input})


def dispose(client: ShopifyClient, dispositions: Sequence[DispositionInput]) -> None:
    """Say where units of one reverse fulfillment order went, without processing the return.

    Not safe to send twice: Shopify may place more units than came back. Raises `ShopifyRefused`
    and `ShopifyOutcomeUnknown`.
    """
    check_size("Dispose", len(dispositions))
    inputs = [_disposition_input(disposition) for disposition in dispositions]
    mutate(client, "Dispose", {"inputs": inputs}, "reverseFulfillmentOrderLineItems")


def close_return(client: ShopifyClient, return_id: str) -> Return:
    """Close a return; closing a closed one changes nothing."""
    return _change(client, "ReturnClose", {"id": return_id})


def cancel_return(client: ShopifyClient, return_id: str) -> Return:
    """Cancel a return on which nothing was done yet; its units may be returned again."""
    return _change(client, "ReturnCancel", {"id": return_id})


def _change(client: ShopifyClient, operation: str, variables: dict[str, Any]) -> Return:
    node = mutate(client, operation, variables, "return")
    with reading_back(operation):
        return parse_return(_complete_return(client, node))


def _complete_return(client: ShopifyClient, node: Node) -> Node:
    """Give a return's node with what did not fit on its first pages."""

    def rest(operation: str, field: str) -> Node:
        def page(cursor: str) -> Node:
            variables = {"id": node["id"], "after": cursor}
            connection: Node = _return_node(client, operation, variables)[field]
            return connection

        return whole(list(remaining_nodes(node[field], page)))

    return node | {
        "returnLineItems": rest("ReturnLines", "returnLineItems"),
        "transactions": rest("ReturnTransactions", "transactions"),
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


def _transfer_input(transactions: Sequence[RefundTransactionInput]) -> dict[str, Any]:
    if not transactions:
        return {}
    payments = [
        {"parentId": item.parent_id, "transactionAmount": money_input(item.amount)}
        for item in transactions
    ]
    return {"financialTransfer": {"issueRefund": {"orderTransactions": payments}}}
