"""Returns are read whole, however many pages they take."""

from collections.abc import Mapping
from typing import Any

import pytest

from returns_portal.shopify.errors import ShopifyNotFound
from returns_portal.shopify.returns import get_return, list_order_returns, read_for_processing
from tests.shopify.nodes import (
    connection,
    refund,
    refund_line,
    return_line,
    return_node,
    return_to_process,
    reverse_line,
    reverse_order,
    transaction,
)
from tests.shopify.returns.examples import ORDER_ID, RETURN_ID, usd
from tests.shopify.scripted import ScriptedClient


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
