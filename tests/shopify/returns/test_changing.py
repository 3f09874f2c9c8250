"""Changes are asked for exactly, sent once, and never taken for undone when they may be done."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyOutcomeUnknown,
    ShopifyRefused,
    ShopifyUnavailable,
)
from returns_portal.shopify.returns import process_return
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    ProcessLineInput,
    RefundTransactionInput,
    ReturnLineInput,
)
from tests.shopify.nodes import connection, refund, return_line, return_node, transaction
from tests.shopify.returns.examples import CHANGES, LINE, ORDER_ID, RETURN_ID, create, payload
from tests.shopify.scripted import ScriptedClient


class TestCreateReturn:
    def test_sends_reasons_fees_and_the_moment_in_utc(self) -> None:
        client = ScriptedClient({"ReturnCreate": payload("returnCreate", return_node())})
        line = ReturnLineInput(
            "f", 1, Decimal(10), "gid://shopify/ReturnReasonDefinition/9", "RMA-1"
        )
        assert create(client, line).id == RETURN_ID
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
        create(client, ReturnLineInput("f", 1, reason_note="x" * 300))
        (line,) = client.variables_of("ReturnCreate")["input"]["returnLineItems"]
        assert len(line["returnReasonNote"]) == 255

    def test_refuses_unsent_what_is_too_much(self) -> None:
        client = ScriptedClient({})
        with pytest.raises(ShopifyRefused) as caught:
            create(client, *[LINE] * 251)
        assert caught.value.codes == ("TOO_MANY_ARGUMENTS",)
        assert client.calls == []


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
        assert [line.id for line in create(client).lines] == [
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
