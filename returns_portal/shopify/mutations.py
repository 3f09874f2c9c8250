"""What every change in Shopify has in common: refusals, lost answers, sizes, sums."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS, Document
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyOutcomeUnknown,
    ShopifyRefused,
    UserError,
)
from returns_portal.shopify.paging import Node, reading
from returns_portal.shopify.parsing import parse_user_errors
from returns_portal.shopify.types import Money, RefundTransactionInput

LARGEST_INPUT = 250
STILL_RUNNING = "IDEMPOTENCY_CONCURRENT_REQUEST"


def mutate(
    client: ShopifyClient, operation: str, variables: Mapping[str, Any], result: str
) -> Node:
    """Send a mutation once and give its result node.

    Raises `ShopifyRefused` where Shopify objects, `ShopifyOutcomeUnknown` where its answer leaves
    open what it did, and whatever the client raises.
    """
    document = DOCUMENTS[operation]
    data = client.execute(document, variables)
    with reading(document):
        payload = data[document.root_field] or {}
        objections = parse_user_errors(payload.get("userErrors"))
        node: Node | None = payload.get(result)
    if objections:
        raise _refusal(document, objections)
    if node is None:
        message = "Shopify gave neither a result nor an objection; it may have done the work."
        raise ShopifyOutcomeUnknown(message, operation=operation)
    return node


@contextmanager
def reading_back(operation: str) -> Iterator[None]:
    """Hold that a change was made when the rest of its result cannot be read."""
    try:
        with reading(DOCUMENTS[operation]):
            yield
    except ShopifyOutcomeUnknown:
        raise
    except ShopifyError as error:
        message = "Shopify did the work, but the result could not be read back."
        raise ShopifyOutcomeUnknown(
            message, operation=operation, request_id=error.request_id
        ) from error


def check_size(operation: str, count: int) -> None:
    """Refuse before sending what Shopify would not take: more than 250 items in a list."""
    if count > LARGEST_INPUT:
        message = f"Shopify takes at most {LARGEST_INPUT} items at once."
        objection = UserError(code="TOO_MANY_ARGUMENTS", field=(), message=message)
        raise ShopifyRefused(message, user_errors=(objection,), operation=operation)


def money_input(money: Money) -> dict[str, str]:
    """Build Shopify's input of a sum, never in scientific notation."""
    return {"amount": amount_input(money), "currencyCode": money.currency}


def amount_input(money: Money) -> str:
    """Build the bare amount of a sum."""
    return format(money.amount, "f")


def transfer_input(
    transactions: Sequence[RefundTransactionInput], store_credit: Money | None
) -> dict[str, Any]:
    """Build the money part of processing a return: payments back, and store credit."""
    if not transactions and not store_credit:
        return {}
    payments = [
        {"parentId": item.parent_id, "transactionAmount": money_input(item.amount)}
        for item in transactions
    ]
    transfer: dict[str, Any] = {"orderTransactions": payments}
    if store_credit:
        transfer["refundMethods"] = [{"storeCreditRefund": {"amount": money_input(store_credit)}}]
    return {"financialTransfer": {"issueRefund": transfer}}


def _refusal(document: Document, objections: tuple[UserError, ...]) -> ShopifyError:
    codes = tuple(objection.code for objection in objections if objection.code)
    if STILL_RUNNING in codes:
        message = "The same request is still being carried out in Shopify."
        return ShopifyOutcomeUnknown(message, operation=document.name, codes=codes)
    said = " ".join(dict.fromkeys(objection.message for objection in objections))
    message = f"Shopify refused: {said}"[:500]
    return ShopifyRefused(message, user_errors=objections, operation=document.name)
