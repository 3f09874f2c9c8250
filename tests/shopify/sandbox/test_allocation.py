"""Any sequence of partial returns pays back exactly what was paid: not a cent more or less."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.money import to_decimal
from returns_portal.shopify.sandbox.state import Doc
from tests.shopify.sandbox.desk import Desk, amount_of

DESK = Desk()
CURRENCIES = {"USD": "US", "GBP": "GB", "EUR": "DE", "JPY": "JP", "KWD": "KW"}
relaxed = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def orders(draw: st.DrawFn) -> Doc:
    """An order with discounts and tax, all of it delivered."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    lines, total = [], 0
    for _ in range(draw(st.integers(1, 3))):
        price = draw(st.integers(1, 20_000))
        quantity = draw(st.integers(1, 4))
        off = draw(st.integers(0, price * quantity))
        total += price * quantity - off
        lines.append(
            {
                "goods": "linen-shirt",
                "quantity": quantity,
                "price": str(to_decimal(price, currency)),
                "discount": str(to_decimal(off, currency)),
            }
        )
    across = draw(st.integers(0, total))
    return DESK.order(
        country=CURRENCIES[currency],
        lines=lines,
        discount=str(to_decimal(across, currency)),
        taxesIncluded=draw(st.booleans()),
        delivered=3,
    )


class TestPartialReturns:
    @relaxed
    @given(orders(), st.data())
    def test_pay_back_exactly_what_was_paid(self, order: Doc, data: st.DataObject) -> None:
        currency = order["presentmentCurrencyCode"]
        back = Decimal(0)
        while rows := books.returnable(DESK.now(order)):
            row = data.draw(st.integers(0, len(rows) - 1))
            quantity = data.draw(st.integers(1, rows[row][2]))
            lines = [
                {
                    "fulfillmentLineItemId": rows[row][1]["id"],
                    "quantity": quantity,
                    "returnReasonDefinitionId": DESK.reason(),
                }
            ]
            back += self.returned(order, lines)
        assert back == to_decimal(books.received(order), currency)
        assert books.net_payment(DESK.now(order)) == 0
        assert books.current_total(DESK.now(order)) == 0

    @staticmethod
    def returned(order: Doc, lines: list[Doc]) -> Decimal:
        quoted = DESK.calculate(order, lines)["returnLineItems"][0]
        worth = -amount_of(quoted["subtotalSet"])
        if not order["taxesIncluded"]:
            worth -= amount_of(quoted["totalTaxSet"])
        made = DESK.opened(order, lines)
        transfer = DESK.outcome(made)["financialTransfer"]
        assert amount_of(transfer["amount"]) == worth
        payload = DESK.process(made, financialTransfer=DESK.suggested_refund(made))
        assert payload["userErrors"] == []
        return worth

    @relaxed
    @given(orders())
    def test_quote_never_gains_by_being_split(self, order: Doc) -> None:
        parts = [part for sent in order["fulfillments"] for part in sent["lines"]]
        whole = DESK.calculate(order, DESK.lines(order, *(part["quantity"] for part in parts)))
        singles = [
            {"fulfillmentLineItemId": part["id"], "quantity": 1}
            for part in parts
            for _ in range(part["quantity"])
        ]
        pieces = DESK.calculate(order, singles)
        assert sum(amount_of(row["subtotalSet"]) for row in whole["returnLineItems"]) == sum(
            amount_of(row["subtotalSet"]) for row in pieces["returnLineItems"]
        )


class TestFees:
    def test_are_charged_once_over_several_processings(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "linen-shirt", "quantity": 3, "price": "10.01"}], taxesIncluded=True
        )
        fee = {"amount": {"amount": "2.00", "currencyCode": "USD"}}
        made = desk.opened(
            order, desk.lines(order, 3, restockingFee={"percentage": 10.0}), returnShippingFee=fee
        )
        line = made["returnLineItems"]["nodes"][0]["id"]
        paid = Decimal(0)
        for _ in range(3):
            one = {**made, "returnLineItems": {"nodes": [{"id": line, "quantity": 1}]}}
            transfer = desk.suggested_refund(one)
            rows = transfer["issueRefund"]["orderTransactions"]
            paid += Decimal(rows[0]["transactionAmount"]["amount"])
            payload = desk.process(
                made, returnLineItems=[{"id": line, "quantity": 1}], financialTransfer=transfer
            )
            assert payload["userErrors"] == []
        assert paid == Decimal("30.03") - Decimal("3.00") - Decimal("2.00")

    def test_above_the_value_leave_nothing_and_carry_over(self, desk: Desk) -> None:
        order = desk.order(
            lines=[{"goods": "linen-shirt", "quantity": 2, "price": "5.00"}], taxesIncluded=True
        )
        fee = {"amount": {"amount": "7.00", "currencyCode": "USD"}}
        made = desk.opened(order, desk.lines(order, 2), returnShippingFee=fee)
        line = made["returnLineItems"]["nodes"][0]["id"]
        one = {**made, "returnLineItems": {"nodes": [{"id": line, "quantity": 1}]}}
        first = desk.outcome(one)["financialTransfer"]
        assert first["__typename"] == "RefundReturnOutcome"
        assert amount_of(first["amount"]) == 0
        desk.process(made, returnLineItems=[{"id": line, "quantity": 1}])
        assert amount_of(desk.outcome(one)["financialTransfer"]["amount"]) == Decimal("3.00")

    def test_are_positive_where_values_are_negative(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "linen-shirt", "price": "20.00"}])
        fee = {"amount": {"amount": "5.00", "currencyCode": "USD"}}
        lines = desk.lines(order, 1, restockingFee={"percentage": 10.0})
        quoted = desk.calculate(order, lines, returnShippingFee=fee)
        (line,) = quoted["returnLineItems"]
        assert line["subtotalSet"]["presentmentMoney"]["amount"] == "-20.0"
        assert line["totalTaxSet"]["presentmentMoney"]["amount"] == "-1.65"
        assert line["restockingFee"]["amountSet"]["presentmentMoney"]["amount"] == "2.0"
        assert quoted["returnShippingFee"]["amountSet"]["presentmentMoney"]["amount"] == "5.0"
