"""Returns are asked for exactly, read whole, and never taken for undone when they may be done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyRefused,
    ShopifyUnavailable,
)
from returns_portal.shopify.returns import (
    approve_return,
    calculate_return,
    cancel_return,
    close_return,
    create_return,
    get_return,
    list_order_returns,
    process_return,
    read_for_processing,
    suggest_outcome,
)
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    ProcessLineInput,
    RefundTransactionInput,
    ReturnLineInput,
)
from tests.shopify.nodes import (
    connection,
    money,
    refund,
    refund_line,
    return_line,
    return_node,
    return_to_process,
    reverse_line,
    reverse_order,
    transaction,
)
from tests.shopify.scripted import ScriptedClient

ORDER_ID = "gid://shopify/Order/1"
RETURN_ID = "gid://shopify/Return/1"
LINE = ReturnLineInput("gid://shopify/FulfillmentLineItem/1", 1)
REQUESTED_AT = datetime(2026, 11, 20, 11, 0, tzinfo=ZoneInfo("Europe/Paris"))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def payload(root: str, node: Any, *objections: dict[str, Any]) -> dict[str, Any]:
    return {root: {"return": node, "userErrors": list(objections)}}


def calculated(subtotal: str, fee: str | None = None) -> dict[str, Any]:
    line = {
        "quantity": 1,
        "fulfillmentLineItem": {"id": LINE.fulfillment_line_item_id},
        "subtotalSet": money(subtotal),
        "totalTaxSet": money("0.0"),
        "restockingFee": None,
    }
    shipping = {"amountSet": money(fee)} if fee else None
    return {
        "returnCalculate": {"returnLineItems": [line], "returnShippingFee": shipping},
        "order": {"taxesIncluded": False},
    }


class TestCalculateReturn:
    def test_sends_lines_and_fees(self) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0", "5.0")})
        line = ReturnLineInput("f", 2, restocking_fee_percent=Decimal("12.5"))
        result = calculate_return(
            client, order_id=ORDER_ID, lines=[line, LINE], return_shipping_fee=usd("5.00")
        )
        assert result.refund == usd("15")
        assert client.variables_of("ReturnCalculate") == {
            "orderId": ORDER_ID,
            "input": {
                "orderId": ORDER_ID,
                "returnLineItems": [
                    {
                        "fulfillmentLineItemId": "f",
                        "quantity": 2,
                        "restockingFee": {"percentage": 12.5},
                    },
                    {"fulfillmentLineItemId": LINE.fulfillment_line_item_id, "quantity": 1},
                ],
                "returnShippingFee": {"amount": {"amount": "5.00", "currencyCode": "USD"}},
            },
        }

    @pytest.mark.parametrize("fee", [None, usd("0.00")])
    def test_sends_no_fee_of_nothing(self, fee: Money | None) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0")})
        calculate_return(client, order_id=ORDER_ID, lines=[LINE], return_shipping_fee=fee)
        assert "returnShippingFee" not in client.variables_of("ReturnCalculate")["input"]

    def test_charges_the_fee_once_for_very_many_lines(self) -> None:
        client = ScriptedClient({"ReturnCalculate": calculated("-20.0")})
        calculate_return(
            client, order_id=ORDER_ID, lines=[LINE] * 251, return_shipping_fee=usd("5")
        )
        inputs = [variables["input"] for _, variables in client.calls]
        assert [len(each["returnLineItems"]) for each in inputs] == [250, 1]
        assert ["returnShippingFee" in each for each in inputs] == [True, False]

    def test_raises_for_an_unknown_order(self) -> None:
        client = ScriptedClient({"ReturnCalculate": {"returnCalculate": None, "order": None}})
        with pytest.raises(ShopifyNotFound):
            calculate_return(client, order_id="x", lines=[LINE], return_shipping_fee=None)

    def test_wants_at_least_one_line(self) -> None:
        with pytest.raises(ValueError, match="at least one line"):
            calculate_return(ScriptedClient({}), order_id="x", lines=[], return_shipping_fee=None)


class TestCreateReturn:
    def create(self, client: ScriptedClient, *lines: ReturnLineInput) -> Any:
        return create_return(
            client,
            order_id=ORDER_ID,
            lines=lines or [LINE],
            return_shipping_fee=usd("4.90"),
        )

    def test_sends_reasons_fees_and_the_moment_in_utc(self) -> None:
        client = ScriptedClient({"ReturnCreate": payload("returnCreate", return_node())})
        line = ReturnLineInput(
            "f", 1, Decimal(10), "gid://shopify/ReturnReasonDefinition/9", "RMA-1"
        )
        assert self.create(client, line).id == RETURN_ID
        assert client.variables_of("ReturnCreate") == {
            "lines": 1,
            "input": {
                "orderId": ORDER_ID,
                "returnLineItems": [
                    {
                        "fulfillmentLineItemId": "f",
                        "quantity": 1,
                        "restockingFee": {"percentage": 10.0},
                        "returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/9",
                        "returnReasonNote": "RMA-1",
                    }
                ],
                "returnShippingFee": {"amount": {"amount": "4.90", "currencyCode": "USD"}},
            },
        }

    def test_cuts_a_note_to_what_shopify_takes(self) -> None:
        client = ScriptedClient({"ReturnCreate": payload("returnCreate", return_node())})
        self.create(client, ReturnLineInput("f", 1, reason_note="x" * 300))
        (line,) = client.variables_of("ReturnCreate")["input"]["returnLineItems"]
        assert len(line["returnReasonNote"]) == 255

    def test_refuses_unsent_what_is_too_much(self) -> None:
        client = ScriptedClient({})
        with pytest.raises(ShopifyRefused) as caught:
            self.create(client, *[LINE] * 251)
        assert caught.value.codes == ("TOO_MANY_ARGUMENTS",)
        assert client.calls == []


CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "ReturnCreate": ("returnCreate", TestCreateReturn().create),
    "ReturnProcess": (
        "returnProcess",
        lambda client: process_return(
            client, return_id=RETURN_ID, lines=[], transactions=[], note=""
        ),
    ),
    "ReturnClose": ("returnClose", lambda client: close_return(client, RETURN_ID)),
    "ReturnCancel": ("returnCancel", lambda client: cancel_return(client, RETURN_ID)),
    "ReturnApprove": ("returnApproveRequest", lambda client: approve_return(client, RETURN_ID)),
}


@pytest.mark.parametrize(
    ("operation", "root", "change"),
    [(name, root, change) for name, (root, change) in CHANGES.items()],
    ids=CHANGES,
)
class TestEveryChange:
    def test_gives_the_return_as_it_is_now(
        self, operation: str, root: str, change: Callable[[Any], Any]
    ) -> None:
        client = ScriptedClient({operation: payload(root, return_node(status="CLOSED"))})
        done = change(client)
        assert (done.id, done.name, done.status) == (RETURN_ID, "#1001-R1", "CLOSED")

    def test_is_refused_with_shopifys_objections(
        self, operation: str, root: str, change: Callable[[Any], Any]
    ) -> None:
        objection = {"code": "INVALID_STATE", "field": ["id"], "message": "Return is not open"}
        client = ScriptedClient({operation: payload(root, None, objection)})
        with pytest.raises(ShopifyRefused, match="Return is not open") as caught:
            change(client)
        assert caught.value.codes == ("INVALID_STATE",)
        assert caught.value.operation == operation

    @pytest.mark.parametrize("answer", [None, {"return": None, "userErrors": []}, {}], ids=str)
    def test_is_unknown_where_shopify_says_nothing(
        self, operation: str, root: str, change: Callable[[Any], Any], answer: Any
    ) -> None:
        with pytest.raises(ShopifyOutcomeUnknown):
            change(ScriptedClient({operation: {root: answer}}))

    def test_is_unknown_where_the_answer_has_an_odd_shape(
        self, operation: str, root: str, change: Callable[[Any], Any]
    ) -> None:
        with pytest.raises(ShopifyOutcomeUnknown):
            change(ScriptedClient({operation: payload(root, {"id": RETURN_ID})}))

    @pytest.mark.parametrize("error", [ShopifyUnavailable("busy"), ShopifyOutcomeUnknown("cut")])
    def test_passes_on_what_the_client_says(
        self, operation: str, root: str, change: Callable[[Any], Any], error: ShopifyError
    ) -> None:
        with pytest.raises(type(error)) as caught:
            change(ScriptedClient({operation: error}))
        assert caught.value is error

    def test_is_sent_once(self, operation: str, root: str, change: Callable[[Any], Any]) -> None:
        client = ScriptedClient({operation: payload(root, return_node())})
        change(client)
        assert client.operations == [operation]


class TestProcessReturn:
    def process(self, *transactions: RefundTransactionInput) -> dict[str, Any]:
        client = ScriptedClient({"ReturnProcess": payload("returnProcess", return_node())})
        line = ProcessLineInput(
            "gid://shopify/ReturnLineItem/1",
            2,
            (
                DispositionInput("r", 1, "RESTOCKED", "gid://shopify/Location/1"),
                DispositionInput("r", 1, "MISSING"),
            ),
        )
        process_return(
            client,
            return_id=RETURN_ID,
            lines=[line, ProcessLineInput("other", 1)],
            transactions=transactions,
            note="RMA-1",
        )
        given: dict[str, Any] = client.variables_of("ReturnProcess")["input"]
        return given

    def test_says_where_the_units_went(self) -> None:
        given = self.process()
        assert given["returnLineItems"] == [
            {
                "id": "gid://shopify/ReturnLineItem/1",
                "quantity": 2,
                "dispositions": [
                    {
                        "reverseFulfillmentOrderLineItemId": "r",
                        "quantity": 1,
                        "dispositionType": "RESTOCKED",
                        "locationId": "gid://shopify/Location/1",
                    },
                    {
                        "reverseFulfillmentOrderLineItemId": "r",
                        "quantity": 1,
                        "dispositionType": "MISSING",
                    },
                ],
            },
            {"id": "other", "quantity": 1},
        ]
        assert (given["note"], given["notifyCustomer"]) == ("RMA-1", False)

    def test_moves_no_money_where_none_is_named(self) -> None:
        assert "financialTransfer" not in self.process()

    def test_pays_back_what_is_named(self) -> None:
        given = self.process(RefundTransactionInput("t", Money(Decimal("1.2E+3"), "JPY")))
        assert given["financialTransfer"] == {
            "issueRefund": {
                "orderTransactions": [
                    {
                        "parentId": "t",
                        "transactionAmount": {"amount": "1200", "currencyCode": "JPY"},
                    }
                ]
            }
        }


class TestWhatDoesNotFitOnThePageOfAChange:
    def test_is_read_of_an_opened_return(self) -> None:
        node = return_node(returnLineItems=connection(return_line(1), after="c"))
        rest = {"return": {"returnLineItems": connection(return_line(2))}}
        client = ScriptedClient(
            {"ReturnCreate": payload("returnCreate", node), "ReturnLines": rest}
        )
        assert [line.id for line in TestCreateReturn().create(client).lines] == [
            "gid://shopify/ReturnLineItem/1",
            "gid://shopify/ReturnLineItem/2",
        ]

    @pytest.mark.parametrize(
        "refunds",
        [
            connection(refund(1), after="r"),
            connection(refund(1, transactions=connection(transaction(1), after="t"))),
        ],
        ids=["many refunds", "many transactions"],
    )
    def test_is_read_of_a_processed_return(self, refunds: dict[str, Any]) -> None:
        money_of_two = connection(transaction(1), transaction(2))
        client = ScriptedClient(
            {
                "ReturnProcess": payload("returnProcess", return_node(refunds=refunds)),
                "ReturnDetail": {
                    "return": return_node(
                        refunds=connection(refund(1, transactions=money_of_two), refund(2))
                    )
                },
            }
        )
        done = process_return(client, return_id=RETURN_ID, lines=[], transactions=[], note="")
        assert [len(each.transactions) for each in done.refunds] == [2, 1]

    @pytest.mark.parametrize(
        ("operation", "root", "node"),
        [
            (
                "ReturnCreate",
                "returnCreate",
                return_node(returnLineItems=connection(return_line(1), after="c")),
            ),
            ("ReturnProcess", "returnProcess", return_node(refunds=connection(after="r"))),
        ],
    )
    def test_leaves_the_outcome_open_when_it_cannot_be_read(
        self, operation: str, root: str, node: dict[str, Any]
    ) -> None:
        busy = ShopifyUnavailable("busy")
        client = ScriptedClient(
            {operation: payload(root, node), "ReturnLines": busy, "ReturnDetail": busy}
        )
        with pytest.raises(ShopifyOutcomeUnknown):
            CHANGES[operation][1](client)


class TestReadForProcessing:
    def read(self, client: ScriptedClient) -> Any:
        return read_for_processing(client, RETURN_ID, [("l", 2)])

    def test_does_not_claim_to_know_all_of_many_refunds_of_the_order(self) -> None:
        node = return_to_process()
        node["order"]["refunds"] = [{"id": f"gid://shopify/Refund/{number}"} for number in (8, 9)]
        found, _outcome = self.read(ScriptedClient({"ReturnToProcess": {"return": node}}))
        assert found.order_refund_ids is None

    def test_tells_progress_places_and_worth_in_one_call(self) -> None:
        client = ScriptedClient({"ReturnToProcess": {"return": return_to_process()}})
        found, outcome = self.read(client)
        assert found.is_untouched
        assert found.order_refund_ids == ("gid://shopify/Refund/9",)
        assert [line.id for line in found.reverse_lines] == [
            "gid://shopify/ReverseFulfillmentOrderLineItem/1"
        ]
        assert outcome.maximum_refundable == usd("43.5")
        assert client.variables_of("ReturnToProcess") == {
            "id": RETURN_ID,
            "lines": 1,
            "units": [{"id": "l", "quantity": 2}],
        }

    @pytest.mark.parametrize(
        "changes",
        [
            {"status": "CLOSED"},
            {"refunds": {"edges": [{"cursor": "c"}]}},
            {"returnLineItems": connection(return_line(processedQuantity=1))},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_sees_that_somebody_was_there_before(self, changes: dict[str, Any]) -> None:
        client = ScriptedClient({"ReturnToProcess": {"return": return_to_process(**changes)}})
        assert not self.read(client)[0].is_untouched

    def test_sees_it_on_the_next_page_too(self) -> None:
        long = connection(return_line(1), after="c")
        rest = connection(return_line(2, processedQuantity=1))
        client = ScriptedClient(
            {
                "ReturnToProcess": {"return": return_to_process(returnLineItems=long)},
                "ReturnLines": {"return": {"returnLineItems": rest}},
            }
        )
        assert not self.read(client)[0].is_untouched

    def test_gives_no_outcome_of_a_dead_return(self) -> None:
        node = return_to_process(status="CANCELED", suggestedFinancialOutcome=None)
        client = ScriptedClient({"ReturnToProcess": {"return": node}})
        assert self.read(client)[1] is None

    def test_raises_for_an_unknown_return(self) -> None:
        with pytest.raises(ShopifyNotFound):
            self.read(ScriptedClient({"ReturnToProcess": {"return": None}}))


class TestGetReturn:
    @pytest.mark.parametrize(("expected", "asked"), [(1, 1), (0, 1), (30, 30), (251, 50)])
    def test_asks_for_pages_as_long_as_expected(self, expected: int, asked: int) -> None:
        client = ScriptedClient({"ReturnDetail": {"return": return_node()}})
        get_return(client, RETURN_ID, lines=expected)
        assert client.variables_of("ReturnDetail")["lines"] == asked

    def test_raises_for_an_unknown_return(self) -> None:
        with pytest.raises(ShopifyNotFound):
            get_return(ScriptedClient({"ReturnDetail": {"return": None}}), "x")

    def test_reads_a_usual_return_in_one_call(self) -> None:
        client = ScriptedClient({"ReturnDetail": {"return": return_node()}})
        assert get_return(client, RETURN_ID).name == "#1001-R1"
        assert client.operations == ["ReturnDetail"]

    def test_reads_every_transaction_and_every_refund(self) -> None:
        long = refund(
            1,
            refundLineItems=connection(refund_line(1), after="l"),
            transactions=connection(transaction(1), after="t"),
        )
        client = ScriptedClient(
            {
                "ReturnDetail": {
                    "return": return_node(
                        refunds=connection(long, after="r"),
                        transactions=connection(transaction(1), after="m"),
                    )
                },
                "ReturnTransactions": {"return": {"transactions": connection(transaction(2))}},
                "ReturnRefundIds": {"return": {"refunds": connection({"id": "second"})}},
                "RefundDetail": {"refund": refund(2)},
                "RefundLines": {"refund": {"refundLineItems": connection(refund_line(2))}},
                "RefundTransactions": {"refund": {"transactions": connection(transaction(3))}},
            }
        )
        found = get_return(client, RETURN_ID)
        assert len(found.transactions) == 2
        assert [len(each.lines) for each in found.refunds] == [2, 1]
        assert [len(each.transactions) for each in found.refunds] == [2, 1]

    @pytest.mark.parametrize(
        "first_page",
        [
            connection(reverse_order(1), after="o"),
            connection(reverse_order(1, reverse_line(1), after="l")),
        ],
        ids=["many orders", "many lines"],
    )
    def test_reads_every_reverse_line(self, first_page: dict[str, Any]) -> None:
        shelf = {1: [1, 2], 2: [3]}

        def shop(variables: Mapping[str, Any]) -> dict[str, Any]:
            number = int(variables["after"] or 0) + 1
            inner = int(variables["linesAfter"] or 0)
            line = shelf[number][inner]
            more = str(inner + 1) if inner + 1 < len(shelf[number]) else None
            node = reverse_order(number, reverse_line(line), after=more)
            after = str(number) if number < len(shelf) else None
            return {"return": {"reverseFulfillmentOrders": connection(node, after=after)}}

        client = ScriptedClient(
            {
                "ReturnDetail": {"return": return_node(reverseFulfillmentOrders=first_page)},
                "ReturnReverseLines": shop,
            }
        )
        lines = get_return(client, RETURN_ID).reverse_lines
        assert [line.id.rpartition("/")[2] for line in lines] == ["1", "2", "3"]


class TestListOrderReturns:
    def heads(self, *statuses: str, after: str | None = None) -> dict[str, Any]:
        nodes = [{"id": f"r{index}", "status": status} for index, status in enumerate(statuses)]
        return {"order": {"returns": connection(*nodes, after=after)}}

    def test_reads_each_return_of_every_page(self) -> None:
        second = {"order": {"returns": connection({"id": "b", "status": "REQUESTED"})}}
        client = ScriptedClient(
            {
                "OrderReturns": [self.heads("OPEN", after="c"), second],
                "ReturnDetail": [{"return": return_node(1)}, {"return": return_node(2)}],
            }
        )
        found = list_order_returns(client, ORDER_ID)
        assert [each.id for each in found] == [RETURN_ID, "gid://shopify/Return/2"]

    def test_leaves_the_dead_ones_unread(self) -> None:
        client = ScriptedClient(
            {
                "OrderReturns": self.heads("CANCELED", "CLOSED", "DECLINED"),
                "ReturnDetail": {"return": return_node()},
            }
        )
        assert len(list_order_returns(client, ORDER_ID)) == 1
        assert client.variables_of("ReturnDetail")["id"] == "r1"

    def test_leaves_those_unread_that_are_known(self) -> None:
        client = ScriptedClient({"OrderReturns": self.heads("OPEN")})
        assert list_order_returns(client, ORDER_ID, except_ids={"r0"}) == ()

    def test_raises_for_an_unknown_order(self) -> None:
        with pytest.raises(ShopifyNotFound):
            list_order_returns(ScriptedClient({"OrderReturns": {"order": None}}), "x")


class TestSuggestOutcome:
    def test_asks_for_the_units(self) -> None:
        outcome = {"maximumRefundable": money("43.5"), "financialTransfer": None}
        node = {"id": RETURN_ID, "suggestedFinancialOutcome": outcome}
        client = ScriptedClient({"ReturnOutcome": {"return": node}})
        assert suggest_outcome(client, RETURN_ID, [("l", 2)]).amount == usd("0")
        assert client.variables_of("ReturnOutcome") == {
            "id": RETURN_ID,
            "units": [{"id": "l", "quantity": 2}],
        }

    def test_says_so_where_shopify_calculates_nothing(self) -> None:
        node = {"id": RETURN_ID, "suggestedFinancialOutcome": None}
        with pytest.raises(ShopifyProtocolError, match="does not say"):
            suggest_outcome(ScriptedClient({"ReturnOutcome": {"return": node}}), "x", [("l", 1)])

    def test_raises_for_an_unknown_return(self) -> None:
        with pytest.raises(ShopifyNotFound):
            suggest_outcome(ScriptedClient({"ReturnOutcome": {"return": None}}), "x", [("l", 1)])
