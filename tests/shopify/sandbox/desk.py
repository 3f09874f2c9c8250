"""A counter to ask the sandbox at, without HTTP, and short words for what tests ask most."""

from decimal import Decimal
from typing import Any

from returns_portal.shopify.sandbox.building import add_order
from returns_portal.shopify.sandbox.engine import Engine
from returns_portal.shopify.sandbox.registry import Context
from returns_portal.shopify.sandbox.seeds import fill
from returns_portal.shopify.sandbox.state import Doc, State

BAG = "{ presentmentMoney { amount currencyCode } shopMoney { amount currencyCode } }"
ERRORS = "userErrors { code field message }"
RETURN = (
    "return { id name status order { id returnStatus } "
    "returnLineItems(first: 50) { nodes { id quantity processedQuantity refundedQuantity "
    "... on ReturnLineItem { fulfillmentLineItem { id } } } } "
    "reverseFulfillmentOrders(first: 5) { nodes { id status lineItems(first: 50) "
    "{ nodes { id totalQuantity } } } } "
    "refunds(first: 5) { nodes { id } } }"
)
SHIRT = {"goods": "linen-shirt", "quantity": 1, "variant": 1}


class Desk:
    """Asks a sandbox's engine and unwraps the answers."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or State()
        self.engine = Engine()
        self.refund_status = "SUCCESS"
        if self.state.empty:
            fill(self.state, "demo-shop.myshopify.com", with_orders=False)

    def answer(self, query: str, **variables: Any) -> Doc:
        """The whole answer."""
        context = Context(self.state, "http://sandbox.test", "2026-10", self.refund_status)
        request = self.engine.read({"query": query, "variables": variables})
        return self.engine.answer(request, context)

    def ask(self, query: str, **variables: Any) -> Doc:
        """The data of an answer that has no errors."""
        answer = self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def error(self, query: str, **variables: Any) -> Doc:
        """The only error beside the data."""
        (error,) = self.answer(query, **variables)["errors"]
        return error

    def order(self, **spec: Any) -> Doc:
        """A new order in the state; one delivered shirt unless the spec says otherwise."""
        spec.setdefault("lines", [dict(SHIRT)])
        with self.state.transaction() as draft:
            order = add_order(draft, spec)
        return order

    def now(self, order: Doc) -> Doc:
        """The order as it stands now."""
        return self.state.tables["order"][order["id"]]

    def reason(self, handle: str = "changed-my-mind") -> str:
        """The id of a reason definition."""
        rows = self.state.tables["reason"].values()
        return next(row["id"] for row in rows if row["handle"] == handle)

    def location(self, name: str = "Main warehouse") -> str:
        """The id of a location."""
        rows = self.state.tables["location"].values()
        return next(row["id"] for row in rows if row["name"] == name)

    def stock(self, order: Doc, line: int = 0, location: str = "Main warehouse") -> int:
        """What is available of a line's item at a location."""
        variant = self.state.tables["variant"][order["lines"][line]["variantId"]]
        return next(
            level["quantities"]["available"]
            for level in self.state.tables["level"].values()
            if level["itemId"] == variant["itemId"]
            and level["locationId"] == self.location(location)
        )

    # --- returns -----------------------------------------------------------------------------

    def lines(self, order: Doc, *quantities: int, **more: Any) -> list[Doc]:
        """Return lines for the first fulfillment lines of an order."""
        parts = [part for sent in order["fulfillments"] for part in sent["lines"]]
        return [
            {
                "fulfillmentLineItemId": part["id"],
                "quantity": quantity,
                "returnReasonDefinitionId": self.reason(),
                **more,
            }
            for part, quantity in zip(parts, quantities, strict=False)
            if quantity
        ]

    def create(self, order: Doc, lines: list[Doc] | None = None, **more: Any) -> Doc:
        """The payload of returnCreate."""
        query = wrap("mutation($i: ReturnInput!)", "returnCreate(returnInput: $i)")
        wanted = self.lines(order, 1) if lines is None else lines
        given = {"orderId": order["id"], "returnLineItems": wanted, **more}
        return self.ask(query, i=given)["returnCreate"]

    def opened(self, order: Doc, lines: list[Doc] | None = None, **more: Any) -> Doc:
        """An open return."""
        payload = self.create(order, lines, **more)
        assert payload["userErrors"] == []
        return payload["return"]

    def act(self, name: str, key: str) -> Doc:
        """The payload of a mutation that takes only an id."""
        query = f"mutation($id: ID!) {{ {name}(id: $id) {{ {RETURN} {ERRORS} }} }}"
        return self.ask(query, id=key)[name]

    def process(self, made: Doc, **given: Any) -> Doc:
        """The payload of returnProcess; every unit unless the lines are given."""
        query = wrap("mutation($i: ReturnProcessInput!)", "returnProcess(input: $i)")
        if "returnLineItems" not in given:
            given["returnLineItems"] = self.everything(made)
        return self.ask(query, i={"returnId": made["id"], **given})["returnProcess"]

    def everything(self, made: Doc, kind: str | None = None, location: str | None = None) -> Any:
        """Every unit of a return, with one disposition a line when a kind is given."""
        reverse = [
            line
            for row in made["reverseFulfillmentOrders"]["nodes"]
            for line in row["lineItems"]["nodes"]
        ]
        rows = []
        for line, back in zip(made["returnLineItems"]["nodes"], reverse, strict=True):
            row: Doc = {"id": line["id"], "quantity": line["quantity"]}
            if kind:
                row["dispositions"] = [
                    {
                        "reverseFulfillmentOrderLineItemId": back["id"],
                        "quantity": line["quantity"],
                        "dispositionType": kind,
                        "locationId": location,
                    }
                ]
            rows.append(row)
        return rows

    def outcome(self, made: Doc, **arguments: Any) -> Doc:
        """The suggestedFinancialOutcome of every unit of a return."""
        query = """
        query($id: ID!, $lines: [SuggestedOutcomeReturnLineItemInput!]!,
              $exchange: [SuggestedOutcomeExchangeLineItemInput!]!, $ship: RefundShippingInput,
              $how: RefundMethodAllocation) {
          return(id: $id) {
            suggestedFinancialOutcome(returnLineItems: $lines, exchangeLineItems: $exchange,
                                      refundShipping: $ship, refundMethodAllocation: $how) {
              discountedSubtotal BAG totalTax BAG totalAdditionalFees BAG maximumRefundable BAG
              financialTransfer {
                __typename
                ... on InvoiceReturnOutcome { amount BAG }
                ... on RefundReturnOutcome {
                  amount BAG
                  suggestedTransactions { amountSet BAG parentTransaction { id } }
                  suggestedRefundMethods { amount BAG }
                }
              }
            }
          }
        }
        """.replace("BAG", BAG)
        lines = [
            {"id": line["id"], "quantity": line["quantity"]}
            for line in made["returnLineItems"]["nodes"]
        ]
        given = {"id": made["id"], "lines": lines, "exchange": [], **arguments}
        return self.ask(query, **given)["return"]["suggestedFinancialOutcome"]

    def suggested_refund(self, made: Doc, **arguments: Any) -> Doc:
        """The financialTransfer of a return, as the input of returnProcess."""
        transfer = self.outcome(made, **arguments)["financialTransfer"]
        rows = [
            {
                "parentId": row["parentTransaction"]["id"],
                "transactionAmount": row["amountSet"]["presentmentMoney"],
            }
            for row in transfer["suggestedTransactions"]
        ]
        return {"issueRefund": {"orderTransactions": rows}}

    def payment(self, order: Doc, amount: str, currency: str = "USD", index: int = 0) -> Doc:
        """A financialTransfer of a given amount against one payment of the order."""
        row = {
            "parentId": order["transactions"][index]["id"],
            "transactionAmount": {"amount": amount, "currencyCode": currency},
        }
        return {"issueRefund": {"orderTransactions": [row]}}

    def calculate(self, order: Doc, lines: list[Doc], **more: Any) -> Doc:
        """returnCalculate of these lines."""
        query = """
        query($i: CalculateReturnInput!) {
          returnCalculate(input: $i) {
            returnLineItems {
              quantity subtotalSet BAG totalTaxSet BAG restockingFee { percentage amountSet BAG }
            }
            returnShippingFee { amountSet BAG }
          }
        }
        """.replace("BAG", BAG)
        known = ("fulfillmentLineItemId", "quantity", "restockingFee")
        rows = [{key: line[key] for key in known if key in line} for line in lines]
        given = {"orderId": order["id"], "returnLineItems": rows, **more}
        return self.ask(query, i=given)["returnCalculate"]

    def refund(self, order: Doc, key: str = "key", **given: Any) -> Doc:
        """The payload of refundCreate."""
        query = """
        mutation($i: RefundInput!, $k: String!) {
          refundCreate(input: $i) @idempotent(key: $k) {
            refund { id transactions(first: 5) { nodes { id status gateway } } }
            order { id displayFinancialStatus }
            userErrors { field message }
          }
        }
        """
        return self.ask(query, i={"orderId": order["id"], **given}, k=key)["refundCreate"]

    def money(self, order: Doc, amount: str, index: int = 0) -> Doc:
        """One transaction of refundCreate's input."""
        return {
            "orderId": order["id"],
            "parentId": order["transactions"][index]["id"],
            "gateway": "whatever",
            "kind": "REFUND",
            "amount": amount,
        }


def wrap(operation: str, field: str) -> str:
    """A mutation that answers with the return and the user errors."""
    return f"{operation} {{ {field} {{ {RETURN} {ERRORS} }} }}"


def codes(payload: Doc) -> list[str | None]:
    """The codes of a payload's user errors."""
    return [error["code"] for error in payload["userErrors"]]


def amount_of(bag: Doc) -> Decimal:
    """The presentment amount of a MoneyBag."""
    return Decimal(bag["presentmentMoney"]["amount"])
