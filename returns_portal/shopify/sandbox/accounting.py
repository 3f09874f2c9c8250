"""What an order is worth, what was paid and refunded, and what may still come back. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from returns_portal.shopify.sandbox import money
from returns_portal.shopify.sandbox.state import Doc

HOLDING = ("REQUESTED", "OPEN", "CLOSED")
MOVED = ("SUCCESS", "PENDING")


def by_id(docs: Iterable[Doc], key: str | None) -> Doc | None:
    """The document with this id among these."""
    return next((doc for doc in docs if doc["id"] == key), None)


def money_bag(order: Doc, minor: int) -> Doc:
    """An amount of the order in both of its currencies, as a MoneyBag."""
    currency, shop = order["presentmentCurrencyCode"], order["currencyCode"]
    in_shop = minor
    if currency != shop:
        in_shop = money.convert(minor, currency, Decimal(order["rate"]), shop)
    return {
        "presentmentMoney": money_v2(minor, currency),
        "shopMoney": money_v2(in_shop, shop),
    }


def money_v2(minor: int, currency: str) -> Doc:
    """An amount in one currency, as a MoneyV2."""
    return {
        "__typename": "MoneyV2",
        "amount": money.live_string(minor, currency),
        "currencyCode": currency,
    }


# --- lines -----------------------------------------------------------------------------------


def line_discount(line: Doc, *, across: bool | None = None) -> int:
    """All discount on a line; `across` picks the order's part (True) or the line's own (False)."""
    chosen = (d for d in line["discounts"] if across is None or d["across"] is across)
    return sum(discount["amount"] for discount in chosen)


def line_total(line: Doc) -> int:
    """The line before any discount."""
    return int(line["price"]) * int(line["quantity"])


def line_discounted(line: Doc) -> int:
    """The line after all discounts, tax included or not as the order has it."""
    return line_total(line) - line_discount(line)


def line_tax(line: Doc) -> int:
    """All tax of the line."""
    return sum(tax["amount"] for tax in line["taxes"])


def units_before_order_discounts(line: Doc, units: Iterable[int]) -> int:
    """What these units cost after the line's own discounts only."""
    base = line_total(line) - line_discount(line, across=False)
    return money.share_of(base, line["quantity"], units)


def units_subtotal(line: Doc, units: Iterable[int]) -> int:
    """What these units cost after all discounts."""
    return money.share_of(line_discounted(line), line["quantity"], units)


def units_tax(line: Doc, units: Iterable[int]) -> int:
    """The tax these units bear."""
    return money.share_of(line_tax(line), line["quantity"], units)


def units_paid(order: Doc, line: Doc, units: Iterable[int]) -> int:
    """What was paid for these units, tax and all."""
    units = list(units)
    tax = 0 if order["taxesIncluded"] else units_tax(line, units)
    return units_subtotal(line, units) + tax


def held_units(order: Doc, line: Doc) -> list[int]:
    """Units that stand in a return which was not declined or canceled."""
    return [
        unit
        for made in order["returns"]
        if made["status"] in HOLDING
        for part in made["lines"]
        if part["lineId"] == line["id"]
        for unit in part["units"]
    ]


def free_units(order: Doc, line: Doc) -> list[int]:
    """Units neither refunded, nor processed, nor held by a return."""
    taken = {*line["gone"], *held_units(order, line)}
    return [unit for unit in range(line["quantity"]) if unit not in taken]


def refundable_units(order: Doc, line: Doc) -> list[int]:
    """Units that can still be refunded, those outside returns first."""
    free = free_units(order, line)
    rest = [u for u in range(line["quantity"]) if u not in line["gone"] and u not in free]
    return free + rest


def fulfilled_quantity(order: Doc, line: Doc) -> int:
    """Units of the line that were sent."""
    return sum(
        part["quantity"]
        for fulfillment in order["fulfillments"]
        if fulfillment["status"] == "SUCCESS"
        for part in fulfillment["lines"]
        if part["lineId"] == line["id"]
    )


def removed_before_sending(order: Doc, line: Doc) -> int:
    """Units refunded before they were ever sent."""
    return sum(
        part["quantity"] - part["fulfilledQuantity"]
        for refund in order["refunds"]
        for part in refund["lines"]
        if part["lineId"] == line["id"]
    )


def unfulfilled_quantity(order: Doc, line: Doc) -> int:
    """Units still to be sent."""
    sent = fulfilled_quantity(order, line)
    return max(0, int(line["quantity"]) - sent - removed_before_sending(order, line))


def refunded_outside_returns(order: Doc, line: Doc) -> int:
    """Sent units that were refunded without a return."""
    held = set(held_units(order, line))
    return sum(
        min(part["fulfilledQuantity"], len([u for u in part["units"] if u not in held]))
        for refund in order["refunds"]
        if refund["returnId"] is None
        for part in refund["lines"]
        if part["lineId"] == line["id"]
    )


def returnable(order: Doc) -> list[tuple[Doc, Doc, int]]:
    """(fulfillment, fulfillment line, quantity that may be returned) for what is left."""
    if order["cancelledAt"]:
        return []
    outside = {line["id"]: refunded_outside_returns(order, line) for line in order["lines"]}
    rows = []
    for fulfillment in order["fulfillments"]:
        if fulfillment["status"] != "SUCCESS":
            continue
        for part in fulfillment["lines"]:
            left = part["quantity"] - held_quantity(order, part["id"])
            used = min(left, outside[part["lineId"]])
            outside[part["lineId"]] -= used
            if left - used > 0:
                rows.append((fulfillment, part, left - used))
    return rows


def held_quantity(order: Doc, fulfillment_line: str) -> int:
    """Units of a fulfillment line that stand in a living return."""
    return sum(
        part["quantity"]
        for made in order["returns"]
        if made["status"] in HOLDING
        for part in made["lines"]
        if part["fulfillmentLineItemId"] == fulfillment_line
    )


# --- shipping --------------------------------------------------------------------------------


def shipping_price(order: Doc) -> int:
    """What shipping cost after its discounts."""
    return sum(line["price"] - line["discount"] for line in order["shippingLines"])


def shipping_tax(order: Doc) -> int:
    """The tax on shipping."""
    return sum(tax["amount"] for line in order["shippingLines"] for tax in line["taxes"])


def shipping_refunded(order: Doc) -> int:
    """Shipping given back so far, without added tax."""
    return sum(r["shipping"]["subtotal"] for r in order["refunds"] if r["shipping"])


def shipping_left(order: Doc) -> int:
    """Shipping that can still be given back, without added tax."""
    return shipping_price(order) - shipping_refunded(order)


def shipping_tax_for(order: Doc, amount: int) -> int:
    """The tax that goes with giving back this much shipping next."""
    done = shipping_refunded(order)
    return money.share(shipping_tax(order), shipping_price(order), done, done + amount)


# --- the order -------------------------------------------------------------------------------


def added_tax(order: Doc, tax: int) -> int:
    """Tax as it adds to a price: nothing where prices include it."""
    return 0 if order["taxesIncluded"] else tax


def subtotal(order: Doc) -> int:
    """All lines after all discounts."""
    return sum(line_discounted(line) for line in order["lines"])


def total_tax(order: Doc) -> int:
    """All tax, shipping's too."""
    return sum(line_tax(line) for line in order["lines"]) + shipping_tax(order)


def total(order: Doc) -> int:
    """What the order cost."""
    return subtotal(order) + shipping_price(order) + added_tax(order, total_tax(order))


def current_subtotal(order: Doc) -> int:
    """The lines that were not refunded or returned."""
    return sum(
        units_subtotal(line, [u for u in range(line["quantity"]) if u not in line["gone"]])
        for line in order["lines"]
    )


def current_tax(order: Doc) -> int:
    """The tax on what was not refunded or returned."""
    lines = sum(
        units_tax(line, [u for u in range(line["quantity"]) if u not in line["gone"]])
        for line in order["lines"]
    )
    given = sum(r["shipping"]["tax"] for r in order["refunds"] if r["shipping"])
    return int(lines + shipping_tax(order) - given)


def current_total(order: Doc) -> int:
    """What the order costs after refunds and returns."""
    tax = added_tax(order, current_tax(order))
    return current_subtotal(order) + shipping_left(order) + tax


def total_discounts(order: Doc) -> int:
    """All discounts, shipping's too."""
    lines = sum(line_discount(line) for line in order["lines"])
    return int(lines + sum(line["discount"] for line in order["shippingLines"]))


def received(order: Doc) -> int:
    """Money that came in."""
    return sum(
        t["amount"]
        for t in order["transactions"]
        if t["kind"] in ("SALE", "CAPTURE") and t["status"] == "SUCCESS"
    )


def refunded(order: Doc, statuses: tuple[str, ...] = ("SUCCESS",)) -> int:
    """Money that went back; with PENDING among the statuses also what is on its way."""
    return sum(
        t["amount"]
        for t in order["transactions"]
        if t["kind"] == "REFUND" and t["status"] in statuses
    )


def net_payment(order: Doc) -> int:
    """Money that can still go back."""
    return received(order) - refunded(order, MOVED)


def transaction_left(order: Doc, parent: Doc) -> int:
    """What is left to refund of one payment."""
    if parent["kind"] not in ("SALE", "CAPTURE") or parent["status"] != "SUCCESS":
        return 0
    gone = sum(
        t["amount"]
        for t in order["transactions"]
        if t["kind"] == "REFUND" and t["status"] in MOVED and t["parentId"] == parent["id"]
    )
    return int(parent["amount"] - gone)


def spread_refund(order: Doc, amount: int) -> list[tuple[Doc, int, int]]:
    """(payment, part of the amount, most it could bear) in the order the money came in."""
    rows = []
    for parent in order["transactions"]:
        most = min(transaction_left(order, parent), net_payment(order))
        if most > 0:
            rows.append((parent, min(most, amount), most))
            amount -= min(most, amount)
    return rows


# --- statuses --------------------------------------------------------------------------------


def financial_status(order: Doc) -> str:
    """OrderDisplayFinancialStatus."""
    came, went = received(order), refunded(order)
    if came and went >= came:
        return "REFUNDED"
    if went:
        return "PARTIALLY_REFUNDED"
    if any(t["kind"] == "VOID" for t in order["transactions"]):
        return "VOIDED"
    if came >= total(order):
        return "PAID"
    if came:
        return "PARTIALLY_PAID"
    authorized = any(t["kind"] == "AUTHORIZATION" for t in order["transactions"])
    return "AUTHORIZED" if authorized else "PENDING"


def fulfillment_status(order: Doc) -> str:
    """OrderDisplayFulfillmentStatus."""
    sent = sum(fulfilled_quantity(order, line) for line in order["lines"])
    left = sum(unfulfilled_quantity(order, line) for line in order["lines"])
    if sent and not left:
        return "FULFILLED"
    return "PARTIALLY_FULFILLED" if sent else "UNFULFILLED"


def return_status(order: Doc) -> str:
    """OrderReturnStatus: what the returns that were not declined or canceled say together."""
    statuses = {made["status"] for made in order["returns"]}
    if "OPEN" in statuses:
        still_open = [made for made in order["returns"] if made["status"] == "OPEN"]
        inspected = all(inspection_complete(made) for made in still_open)
        return "INSPECTION_COMPLETE" if inspected else "IN_PROGRESS"
    if "REQUESTED" in statuses:
        return "RETURN_REQUESTED"
    return "RETURNED" if "CLOSED" in statuses else "NO_RETURN"


def disposed(line: Doc, *, final: bool = True) -> int:
    """Units of a reverse fulfillment line whose fate is settled, or also those being processed."""
    return sum(
        d["quantity"]
        for d in line["dispositions"]
        if not final or d["type"] != "PROCESSING_REQUIRED"
    )


def inspection_complete(made: Doc) -> bool:
    """Whether every unit that came back has its fate settled."""
    lines = [line for reverse in made["reverseOrders"] for line in reverse["lines"]]
    return bool(lines) and all(disposed(line) >= line["quantity"] for line in lines)


def fully_processed(made: Doc) -> bool:
    """Whether every unit of the return and of its exchange was processed."""
    returned = all(len(line["processed"]) == line["quantity"] for line in made["lines"])
    return returned and all(e["processed"] == e["quantity"] for e in made["exchanges"])
