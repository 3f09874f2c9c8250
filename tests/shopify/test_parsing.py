"""Shopify's nodes are read exactly, and what may be missing may be missing."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from returns_portal.shopify.errors import UserError
from returns_portal.shopify.parsing import (
    parse_calculation,
    parse_fulfillment,
    parse_money,
    parse_order,
    parse_order_line,
    parse_outcome,
    parse_refund,
    parse_return,
    parse_return_line,
    parse_returnable_lines,
    parse_shop,
    parse_time,
    parse_transaction,
    parse_user_errors,
)
from returns_portal.shopify.types import Disposition, Money, ReturnableLine, SuggestedTransaction
from tests.shopify.nodes import (
    connection,
    fulfillment,
    money,
    order,
    order_line,
    parcel_line,
    refund,
    return_line,
    return_node,
    reverse_line,
    reverse_order,
    transaction,
)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class TestParseMoney:
    @pytest.mark.parametrize(
        ("amount", "value"),
        [("20.0", "20"), ("1200.0", "1200"), (7.1, "7.1"), (7, "7"), (Decimal("0.005"), "0.005")],
    )
    def test_reads_strings_and_numbers(self, amount: Any, value: str) -> None:
        assert parse_money(money(amount)) == usd(value)

    @pytest.mark.parametrize("amount", ["NaN", "Infinity", float("nan")])
    def test_refuses_what_is_no_amount(self, amount: Any) -> None:
        with pytest.raises(ValueError, match="finite"):
            parse_money(money(amount))


class TestParseTime:
    @pytest.mark.parametrize(
        "text", ["2026-11-09T12:00:00Z", "2026-11-09T12:00:00", "2026-11-09T13:00:00+01:00"]
    )
    def test_knows_the_moment(self, text: str) -> None:
        assert parse_time(text) == datetime(2026, 11, 9, 12, tzinfo=UTC)


class TestParseOrder:
    def test_reads_everything(self) -> None:
        parsed = parse_order(order(customer={"id": "gid://shopify/Customer/3"}, note="Gift"))
        assert parsed.id == "gid://shopify/Order/1"
        assert (parsed.name, parsed.note, parsed.locale) == ("#1001", "Gift", "en-US")
        assert (parsed.source_name, parsed.app_id) == ("tiktok", "gid://shopify/App/7")
        assert (parsed.postcode, parsed.country) == ("08840", "US")
        assert (parsed.customer_name, parsed.email) == ("J*** D***", "v4bA@scs.tiktokw.us")
        assert parsed.customer_id == "gid://shopify/Customer/3"
        assert parsed.total == usd("43.5")
        assert parsed.total_refunded == usd("0")
        assert parsed.created_at == datetime(2026, 11, 9, 12, tzinfo=UTC)
        assert [line.id for line in parsed.lines] == ["gid://shopify/LineItem/1"]
        assert [parcel.id for parcel in parsed.fulfillments] == ["gid://shopify/Fulfillment/1"]

    def test_takes_withheld_personal_data_for_empty(self) -> None:
        withheld = {"email": None, "customer": None, "shippingAddress": None}
        parsed = parse_order(order(**withheld, customerLocale=None))
        assert (parsed.email, parsed.customer_name, parsed.postcode) == ("", "", "")
        assert (parsed.country, parsed.locale, parsed.customer_id) == ("", "", None)

    def test_bears_nulls_and_unknown_values(self) -> None:
        nulls = {
            "app": None,
            "sourceName": None,
            "sourceIdentifier": None,
            "displayFinancialStatus": None,
            "returnStatus": "A_STATUS_OF_NEXT_YEAR",
        }
        parsed = parse_order(order(**nulls))
        assert (parsed.app_id, parsed.source_name, parsed.financial_status) == ("", "", "")
        assert parsed.return_status == "A_STATUS_OF_NEXT_YEAR"

    def test_counts_in_the_currency_the_shopper_paid_in(self) -> None:
        changes = {"presentmentCurrencyCode": "JPY", "totalPriceSet": money("1200.0", "JPY")}
        parsed = parse_order(order(**changes))
        assert (parsed.currency, parsed.shop_currency) == ("JPY", "USD")
        assert parsed.total == Money(Decimal(1200), "JPY")


class TestParseOrderLine:
    def test_reads_the_goods(self) -> None:
        line = parse_order_line(order_line())
        assert (line.title, line.variant_title, line.sku) == (
            "Linen shirt",
            "M / Sand",
            "LS-M-SAND",
        )
        assert line.inventory_item_id == "gid://shopify/InventoryItem/1"
        assert (line.product_type, line.product_tags) == ("Shirts", ("linen",))
        assert line.custom_attributes == (("engraving", ""),)
        assert line.unit_price == usd("20")

    def test_reads_category_and_full_price_where_they_are_told(self) -> None:
        product = {"id": "gid://shopify/Product/1", "category": {"fullName": "Home > Mugs"}}
        line = parse_order_line(order_line(product=product, originalTotalSet=money("44.5")))
        assert (line.category, line.full_price) == ("Home > Mugs", usd("44.5"))
        silent = parse_order_line(order_line())
        assert (silent.category, silent.full_price) == ("", None)

    def test_bears_a_line_without_product_variant_or_picture(self) -> None:
        line = parse_order_line(
            order_line(product=None, variant=None, image=None, sku=None, vendor=None)
        )
        assert (line.product_id, line.variant_id, line.inventory_item_id) == (None, None, None)
        assert (line.product_tags, line.image_url, line.sku) == ((), "", "")


class TestParseFulfillment:
    def test_takes_the_carriers_word(self) -> None:
        parcel = parse_fulfillment(fulfillment())
        assert parcel.delivered_at == datetime(2026, 11, 14, 15, 30, tzinfo=UTC)
        assert parcel.lines[0].line_item_id == "gid://shopify/LineItem/1"

    def test_falls_back_to_the_event_of_delivery(self) -> None:
        events = [
            {"status": "OUT_FOR_DELIVERY", "happenedAt": "2026-11-13T07:00:00Z"},
            {"status": "DELIVERED", "happenedAt": "2026-11-13T11:00:00Z"},
            {"status": "DELIVERED", "happenedAt": "2026-11-13T10:00:00Z"},
        ]
        parcel = parse_fulfillment(fulfillment(deliveredAt=None, events={"nodes": events}))
        assert parcel.delivered_at == datetime(2026, 11, 13, 10, tzinfo=UTC)

    def test_knows_no_delivery_where_there_was_no_word_of_it(self) -> None:
        parcel = parse_fulfillment(fulfillment(deliveredAt=None, displayStatus=None, location=None))
        assert (parcel.delivered_at, parcel.display_status, parcel.location_id) == (None, "", None)

    def test_may_hold_all_that_was_bought_where_shopify_gives_no_quantity(self) -> None:
        node = fulfillment()
        node["fulfillmentLineItems"]["nodes"][0]["quantity"] = None
        parcel = parse_fulfillment(node, {"gid://shopify/LineItem/1": 3})
        assert parcel.lines[0].quantity == 3


class TestParseReturnableLines:
    def test_names_parcel_line_and_bought_line(self) -> None:
        item = {"quantity": 1, "fulfillmentLineItem": parcel_line(4)}
        node = {
            "fulfillment": {"id": "gid://shopify/Fulfillment/9"},
            "returnableFulfillmentLineItems": connection(item),
        }
        assert parse_returnable_lines(node) == (
            ReturnableLine(
                fulfillment_line_item_id="gid://shopify/FulfillmentLineItem/4",
                line_item_id="gid://shopify/LineItem/4",
                fulfillment_id="gid://shopify/Fulfillment/9",
                quantity=1,
            ),
        )


class TestParseCalculation:
    def line(self, subtotal: str, tax: str, fee: str | None = None) -> dict[str, Any]:
        return {
            "quantity": 1,
            "fulfillmentLineItem": {"id": "f"},
            "subtotalSet": money(subtotal),
            "totalTaxSet": money(tax),
            "restockingFee": {"amountSet": money(fee)} if fee else None,
        }

    def node(self, *lines: Any, fee: str | None = None) -> dict[str, Any]:
        shipping = {"amountSet": money(fee)} if fee else None
        return {"returnLineItems": list(lines), "returnShippingFee": shipping}

    def test_turns_what_is_given_back_positive(self) -> None:
        result = parse_calculation(
            [self.node(self.line("-20.0", "-1.75", "2.0"), fee="5.0")], taxes_included=False
        )
        assert result.lines[0].subtotal == usd("20")
        assert result.lines[0].tax == usd("1.75")
        assert result.lines[0].restocking_fee == usd("2")
        assert result.return_shipping_fee == usd("5")
        assert result.refund == usd("14.75")

    def test_trusts_no_sign(self) -> None:
        result = parse_calculation([self.node(self.line("20.0", "1.75"))], taxes_included=False)
        assert result.refund == usd("21.75")

    def test_counts_no_tax_twice(self) -> None:
        node = self.node(self.line("-24.0", "-4.0"))
        result = parse_calculation([node], taxes_included=True)
        assert (result.lines[0].subtotal, result.lines[0].tax) == (usd("24"), usd("0"))
        assert result.refund == usd("24")

    def test_never_asks_the_shopper_for_money(self) -> None:
        result = parse_calculation(
            [self.node(self.line("-3.0", "0.0"), fee="5.0")], taxes_included=False
        )
        assert result.refund == usd("0")

    def test_adds_up_several_parts_with_one_fee(self) -> None:
        parts = [
            self.node(self.line("-20.0", "0.0"), fee="5.0"),
            self.node(self.line("-10.0", "0.0")),
        ]
        result = parse_calculation(parts, taxes_included=False)
        assert (result.refund, len(result.lines)) == (usd("25"), 2)


class TestParseOutcome:
    def test_reads_where_the_money_would_go(self) -> None:
        suggestion = {
            "gateway": "shopify_payments",
            "amountSet": money("21.75"),
            "maximumRefundableSet": None,
            "parentTransaction": {"id": "t"},
        }
        unpaid = suggestion | {"parentTransaction": None}
        transfer = {"amount": money("21.75"), "suggestedTransactions": [suggestion, unpaid]}
        result = parse_outcome({"maximumRefundable": money("43.5"), "financialTransfer": transfer})
        assert (result.amount, result.maximum_refundable) == (usd("21.75"), usd("43.5"))
        assert result.transactions == (
            SuggestedTransaction("t", "shopify_payments", usd("21.75"), None),
        )

    @pytest.mark.parametrize("transfer", [None, {"__typename": "InvoiceReturnOutcome"}])
    def test_is_nothing_where_the_shopper_would_owe(self, transfer: Any) -> None:
        result = parse_outcome({"maximumRefundable": money("43.5"), "financialTransfer": transfer})
        assert (result.amount, result.transactions) == (usd("0"), ())


class TestParseTransaction:
    def test_bears_what_may_be_missing(self) -> None:
        parsed = parse_transaction(
            transaction(gateway=None, parentTransaction=None, status="A_NEW_STATUS")
        )
        assert (parsed.gateway, parsed.parent_id, parsed.status) == ("", None, "A_NEW_STATUS")


class TestParseRefund:
    def test_reads_money_and_goods(self) -> None:
        parsed = parse_refund(refund())
        assert (parsed.total, parsed.note) == (usd("21.75"), "RMA-1")
        assert parsed.return_id == "gid://shopify/Return/1"
        assert parsed.transactions[0].parent_id == "gid://shopify/OrderTransaction/100"
        assert (parsed.lines[0].restock_type, parsed.lines[0].restocked) == ("RETURN", True)

    def test_bears_one_without_date_note_or_return(self) -> None:
        parsed = parse_refund(refund(createdAt=None, note=None) | {"return": None})
        assert (parsed.created_at, parsed.note, parsed.return_id) == (None, "", None)


class TestParseReturn:
    def test_reads_what_comes_back(self) -> None:
        disposed = reverse_line(
            dispositions=[
                {"type": "RESTOCKED", "quantity": 1, "location": {"id": "l"}},
                {"type": "MISSING", "quantity": 1, "location": None},
            ]
        )
        node = return_node(
            reverseFulfillmentOrders=connection(reverse_order(1, disposed)),
            refunds=connection(refund()),
            transactions=connection(transaction()),
        )
        parsed = parse_return(node)
        assert (parsed.status, parsed.order_id) == ("OPEN", "gid://shopify/Order/1")
        assert parsed.lines[0].fulfillment_line_item_id == "gid://shopify/FulfillmentLineItem/1"
        (line,) = parsed.reverse_lines
        assert line.reverse_fulfillment_order_id == "gid://shopify/ReverseFulfillmentOrder/1"
        assert line.dispositions == (
            Disposition("RESTOCKED", 1, "l"),
            Disposition("MISSING", 1, None),
        )
        assert (len(parsed.refunds), len(parsed.transactions)) == (1, 1)


class TestParseReturnLine:
    def test_bears_a_line_of_goods_that_were_never_bought(self) -> None:
        node = return_line()
        del node["fulfillmentLineItem"]
        line = parse_return_line(node)
        assert (line.fulfillment_line_item_id, line.line_item_id) == ("", "")


class TestParseUserErrors:
    def test_reads_code_field_and_message(self) -> None:
        node = {"code": "INVALID_STATE", "field": ["input", "returnId"], "message": "Closed"}
        assert parse_user_errors([node]) == (
            UserError("INVALID_STATE", ("input", "returnId"), "Closed"),
        )

    def test_finds_a_code_in_the_message(self) -> None:
        said = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH: key was used otherwise"
        (error,) = parse_user_errors([{"field": None, "message": said}])
        assert error.code == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"

    def test_bears_none(self) -> None:
        assert parse_user_errors(None) == ()


class TestParseShop:
    def test_names_the_scopes_in_order(self) -> None:
        node = {
            "id": "s",
            "name": "Demo",
            "myshopifyDomain": "demo-shop.myshopify.com",
            "currencyCode": "USD",
            "ianaTimezone": "America/New_York",
        }
        scopes = [{"handle": "write_returns"}, {"handle": "read_orders"}]
        shop = parse_shop(node, {"accessScopes": scopes})
        assert shop.scopes == ("read_orders", "write_returns")
