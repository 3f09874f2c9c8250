"""Store credit in Shopify: what a customer was given, and giving more of it."""

from collections.abc import Sequence
from decimal import Decimal

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS
from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.mutations import check_size, money_input, mutate, reading_back
from returns_portal.shopify.paging import Node, reading
from returns_portal.shopify.parsing import parse_suggested_refund, parse_time
from returns_portal.shopify.types import Credit, Money, SuggestedOutcome


def suggest_refund(
    client: ShopifyClient, order_id: str, lines: Sequence[tuple[str, int]]
) -> SuggestedOutcome:
    """Ask what Shopify would pay back for units without a return: (line item id, quantity).

    Raises `ShopifyNotFound`, and `ShopifyProtocolError` where fewer units are left to refund.
    """
    check_size("RefundSuggestion", len(lines))
    document = DOCUMENTS["RefundSuggestion"]
    units = [{"lineItemId": line, "quantity": count} for line, count in lines]
    order = client.execute(document, {"id": order_id, "units": units})["order"]
    if order is None or order["suggestedRefund"] is None:
        raise ShopifyNotFound("Shopify does not know this order.", operation=document.name)
    with reading(document):
        return parse_suggested_refund(order["suggestedRefund"])


def list_credits(client: ShopifyClient, customer_id: str, currency: str) -> tuple[Credit, ...]:
    """Read the customer's latest credits in `currency`, newest first; none without an account.

    Raises `ShopifyNotFound` for an unknown customer.
    """
    document = DOCUMENTS["CustomerCredits"]
    customer = client.execute(document, {"id": customer_id})["customer"]
    if customer is None:
        raise ShopifyNotFound("Shopify does not know this customer.", operation=document.name)
    with reading(document):
        return tuple(
            _parse_credit(entry)
            for account in customer["storeCreditAccounts"]["nodes"]
            if account["balance"]["currencyCode"] == currency
            for entry in account["transactions"]["nodes"]
            if entry.get("id")
        )


def give_credit(client: ShopifyClient, customer_id: str, amount: Money) -> Credit:
    """Add `amount` to the customer's store credit, in an account that is made when missing.

    Not safe to send twice. Raises `ShopifyRefused` where Shopify objects, and
    `ShopifyOutcomeUnknown` where the credit may be there: read the customer's credits first.
    """
    variables = {
        "id": customer_id,
        "creditInput": {"creditAmount": money_input(amount), "notify": False},
    }
    node = mutate(client, "StoreCreditCredit", variables, "storeCreditAccountTransaction")
    with reading_back("StoreCreditCredit"):
        return _parse_credit(node)


def _parse_credit(node: Node) -> Credit:
    money = node["amount"]
    return Credit(
        id=node["id"],
        amount=Money(Decimal(str(money["amount"])), str(money["currencyCode"])),
        created_at=parse_time(node["createdAt"]),
        event=str(node["event"]),
    )
