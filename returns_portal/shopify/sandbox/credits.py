"""Store credit accounts, one a customer and currency."""

from datetime import datetime

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.money import to_minor
from returns_portal.shopify.sandbox.registry import Args, Context, mutation
from returns_portal.shopify.sandbox.state import Doc, Draft, Node


def credit_customer(
    draft: Draft, customer: str, amount: int, currency: str, expires: str | None, event: str
) -> Node:
    """Add credit to the customer's account in this currency, made when missing."""
    return _add(draft, _account(draft, customer, currency), amount, expires, event)


def _account(draft: Draft, customer: str, currency: str) -> Doc:
    owner = draft.edit("customer", customer)
    assert owner is not None  # noqa: S101
    for key in owner["creditIds"]:
        account = draft.edit("credit", key)
        if account is not None and account["currency"] == currency:
            return account
    account = {
        "id": draft.new_id("StoreCreditAccount"),
        "ownerId": customer,
        "currency": currency,
        "balance": 0,
        "transactions": [],
    }
    owner["creditIds"].append(account["id"])
    return draft.put("credit", account)


def _add(draft: Draft, account: Doc, amount: int, expires: str | None, event: str) -> Node:
    account["balance"] += amount
    entry = {
        "id": draft.new_id("StoreCreditAccountCreditTransaction"),
        "accountId": account["id"],
        "amount": amount,
        "balanceAfter": account["balance"],
        "createdAt": draft.stamp,
        "expiresAt": expires,
        "event": event,
    }
    account["transactions"].append(entry)
    return Node("StoreCreditAccountCreditTransaction", entry, account)


@mutation("storeCreditAccountCredit")
def store_credit_account_credit(draft: Draft, context: Context, args: Args) -> Doc:
    """Give a customer store credit; not idempotent, as in the live API."""
    given = args["creditInput"]
    currency = given["creditAmount"]["currencyCode"]
    amount = _amount(given, currency)
    _expiry(draft, given.get("expiresAt"))
    account = _owner_account(draft, args["id"], currency)
    made = _add(draft, account, amount, given.get("expiresAt"), "ADJUSTMENT")
    return {"storeCreditAccountTransaction": made}


def _amount(given: Doc, currency: str) -> int:
    path = ["creditInput", "creditAmount", "amount"]
    if given["creditAmount"]["amount"] <= 0:
        message = "A positive amount must be used to credit a store credit account"
        raise Refused(message, field=path, code="NEGATIVE_OR_ZERO_AMOUNT")
    try:
        return to_minor(given["creditAmount"]["amount"], currency)
    except ValueError:
        message = f"Amount has too many decimals for {currency}"
        raise Refused(message, field=path, code="UNSUPPORTED_CURRENCY") from None


def _expiry(draft: Draft, expires: str | None) -> None:
    if expires is not None and datetime.fromisoformat(expires) <= draft.now:
        path = ["creditInput", "expiresAt"]
        message = "The expiry date must be in the future"
        raise Refused(message, field=path, code="EXPIRES_AT_IN_PAST")


def _owner_account(draft: Draft, key: str, currency: str) -> Doc:
    kind = gid.kind_of(gid.expect(key, "Customer", "StoreCreditAccount", "CompanyLocation"))
    if kind == "StoreCreditAccount":
        account = draft.edit("credit", key)
        if account is None:
            message = "Store credit account does not exist"
            raise Refused(message, field=["id"], code="ACCOUNT_NOT_FOUND")
        if account["currency"] != currency:
            message = "The currency does not match that of the account"
            path = ["creditInput", "creditAmount", "currencyCode"]
            raise Refused(message, field=path, code="MISMATCHING_CURRENCY")
        return account
    if kind == "CompanyLocation" or draft.edit("customer", key) is None:
        raise Refused("Owner does not exist", field=["id"], code="OWNER_NOT_FOUND")
    return _account(draft, key, currency)
