"""The gateway and the sandbox Shopify speak to each other over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyRefused,
    ShopifyUnavailable,
)
from returns_portal.shopify.orders import (
    find_orders,
    get_order,
    get_returnable_lines,
    get_returnable_order,
    iterate_orders_updated_since,
    list_order_refunds,
    order_numbers,
)
from returns_portal.shopify.refunds import create_refund, get_refund, list_order_transactions
from returns_portal.shopify.returns import (
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
from returns_portal.shopify.sandbox.seeds import SHOWCASE, Showcase
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.shop import (
    get_shop,
    list_locations,
    list_return_reason_definitions,
    missing_scopes,
)
from returns_portal.shopify.tokens import ClientCredentials, StaticToken
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    Order,
    ProcessLineInput,
    RefundTransactionInput,
    Return,
    ReturnLineInput,
    SuggestedOutcome,
)

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=3650)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def client_of(server: SandboxServer, *, read_timeout: float = 20) -> ShopifyClient:
    tokens = StaticToken("sandbox-access-token")
    return ShopifyClient(server.url, "2026-10", tokens, timeout=(5, read_timeout))


@pytest.fixture
def client(sandbox: SandboxServer) -> ShopifyClient:
    return client_of(sandbox)


@pytest.fixture
def order(client: ShopifyClient) -> Order:
    return find_orders(client, SHOWCASE[0].order_number)[0]


def whole_order(
    client: ShopifyClient, order: Order, fee_percent: str = "0"
) -> list[ReturnLineInput]:
    reason = list_return_reason_definitions(client)[0]
    return [
        ReturnLineInput(
            line.fulfillment_line_item_id, line.quantity, Decimal(fee_percent), reason.id, "RMA-1"
        )
        for line in get_returnable_lines(client, order.id)
    ]


def open_return(client: ShopifyClient, order: Order) -> Return:
    opened = create_return(
        client,
        order_id=order.id,
        lines=whole_order(client, order),
        return_shipping_fee=None,
    )
    found = get_return(client, opened.id)
    assert {(line.id, line.fulfillment_line_item_id, line.quantity) for line in found.lines} == {
        (line.id, line.fulfillment_line_item_id, line.quantity) for line in opened.lines
    }
    return found


def everything(opened: Return, disposition: str, location_id: str | None) -> list[ProcessLineInput]:
    reverse = {line.fulfillment_line_item_id: line for line in opened.reverse_lines}
    return [
        ProcessLineInput(
            line.id,
            line.quantity,
            (
                DispositionInput(
                    reverse[line.fulfillment_line_item_id].id,
                    line.quantity,
                    disposition,
                    location_id,
                ),
            ),
        )
        for line in opened.lines
    ]


def payments(outcome: SuggestedOutcome) -> list[RefundTransactionInput]:
    return [
        RefundTransactionInput(share.parent_id, share.amount)
        for share in outcome.transactions
        if share.amount
    ]


class TestOrders:
    def test_are_found_by_the_number_that_the_shopper_has(self, client: ShopifyClient) -> None:
        for showcase in SHOWCASE:
            (found,) = find_orders(client, showcase.order_number)
            assert showcase.order_number.removeprefix("#").casefold() in order_numbers(found)
            assert found.postcode == showcase.postcode

    def test_are_not_found_by_a_number_that_nobody_has(self, client: ShopifyClient) -> None:
        assert find_orders(client, "579999999999999999") == ()
        assert find_orders(client, "no-such-order") == ()
        assert find_orders(client, '" OR name:*') == ()

    def test_come_whole_and_each_once(self, client: ShopifyClient) -> None:
        orders = list(iterate_orders_updated_since(client, LONG_AGO))
        assert len(orders) >= 40
        assert len({order.id for order in orders}) == len(orders)
        assert max(len(order.lines) for order in orders) >= 120
        stamps = [order.updated_at for order in orders]
        assert stamps == sorted(stamps)

    def test_read_one_by_one_are_the_same(self, client: ShopifyClient) -> None:
        for order in iterate_orders_updated_since(client, LONG_AGO):
            assert get_order(client, order.id) == order

    def test_know_what_may_be_returned_of_their_parcels(self, client: ShopifyClient) -> None:
        for order in iterate_orders_updated_since(client, LONG_AGO):
            parcels = {line.id for parcel in order.fulfillments for line in parcel.lines}
            left = get_returnable_lines(client, order.id)
            assert get_returnable_order(client, order.id) == (order, left)
            assert {line.fulfillment_line_item_id for line in left} <= parcels

    def test_that_do_not_exist_are_not_found(self, client: ShopifyClient) -> None:
        for unknown in ("gid://shopify/Order/1", "gid://shopify/Refund/1"):
            with pytest.raises(ShopifyNotFound):
                get_order(client, unknown)

    def test_changed_since_a_moment_are_only_those(
        self, client: ShopifyClient, order: Order
    ) -> None:
        open_return(client, order)
        changed = get_order(client, order.id).updated_at
        found = list(iterate_orders_updated_since(client, changed))
        assert order.id in {each.id for each in found}
        assert all(each.updated_at >= changed.replace(microsecond=0) for each in found)


class TestReturn:
    @pytest.mark.parametrize("showcase", SHOWCASE, ids=lambda showcase: showcase.order_number)
    def test_pays_back_what_was_quoted(self, client: ShopifyClient, showcase: Showcase) -> None:
        (order,) = find_orders(client, showcase.order_number)
        lines = whole_order(client, order, fee_percent="10")
        fee = Money(Decimal(1), order.currency)
        quoted = calculate_return(
            client, order_id=order.id, lines=lines, return_shipping_fee=fee
        ).refund
        opened = create_return(client, order_id=order.id, lines=lines, return_shipping_fee=fee)
        units = [(line.id, line.quantity) for line in opened.lines]
        before, outcome = read_for_processing(client, opened.id, units)
        assert before.is_untouched
        assert outcome == suggest_outcome(client, opened.id, units)
        location = list_locations(client)[0]
        done = process_return(
            client,
            return_id=opened.id,
            lines=everything(get_return(client, opened.id), "RESTOCKED", location.id),
            transactions=payments(outcome),
            note="RMA-1",
        )
        (paid,) = done.refunds
        (refund,) = list_order_refunds(client, order.id)
        assert outcome.amount == quoted
        assert (paid.total, refund.total) == (quoted, quoted)
        assert {item.status for item in paid.transactions} == {"SUCCESS"}
        assert (paid.id, paid.note, len(paid.transactions)) == (
            refund.id,
            "RMA-1",
            len(refund.transactions),
        )
        assert get_refund(client, refund.id) == refund
        with pytest.raises(ShopifyProtocolError):
            read_for_processing(client, opened.id, units)
        assert close_return(client, opened.id).status == "CLOSED"
        assert get_returnable_lines(client, order.id) == ()

    def test_is_found_again_with_its_note(self, client: ShopifyClient, order: Order) -> None:
        opened = open_return(client, order)
        assert list_order_returns(client, order.id) == (opened,)
        assert {line.reason_note for line in opened.lines} == {"RMA-1"}
        assert get_return(client, opened.id) == opened

    def test_says_where_the_goods_went(self, client: ShopifyClient, order: Order) -> None:
        opened = open_return(client, order)
        done = process_return(
            client,
            return_id=opened.id,
            lines=everything(opened, "MISSING", None),
            transactions=[],
            note="",
        )
        reverse_lines = get_return(client, opened.id).reverse_lines
        went = {item.type for line in reverse_lines for item in line.dispositions}
        assert (went, done.refunds) == ({"MISSING"}, ())

    def test_canceled_gives_the_units_back(self, client: ShopifyClient, order: Order) -> None:
        before = get_returnable_lines(client, order.id)
        opened = open_return(client, order)
        assert get_returnable_lines(client, order.id) == ()
        assert cancel_return(client, opened.id).status == "CANCELED"
        assert get_returnable_lines(client, order.id) == before

    def test_of_more_than_there_is_is_refused(self, client: ShopifyClient, order: Order) -> None:
        open_return(client, order)
        line = ReturnLineInput(order.fulfillments[0].lines[0].id, 1)
        with pytest.raises(ShopifyError):
            calculate_return(client, order_id=order.id, lines=[line], return_shipping_fee=None)
        with pytest.raises(ShopifyRefused) as caught:
            create_return(
                client,
                order_id=order.id,
                lines=[
                    ReturnLineInput(
                        line.fulfillment_line_item_id,
                        1,
                        reason_definition_id=list_return_reason_definitions(client)[0].id,
                    )
                ],
                return_shipping_fee=None,
            )
        assert caught.value.user_errors[0].message

    def test_of_the_longest_order_is_read_whole(self, client: ShopifyClient) -> None:
        orders = iterate_orders_updated_since(client, LONG_AGO)
        longest = max(orders, key=lambda order: len(order.lines))
        opened = open_return(client, longest)
        assert len(opened.lines) >= 120
        assert len(opened.reverse_lines) == len(opened.lines)
        assert len({line.id for line in opened.reverse_lines}) == len(opened.lines)


class TestRefund:
    def test_with_the_same_key_pays_once(self, client: ShopifyClient, order: Order) -> None:
        payment = next(
            item
            for item in list_order_transactions(client, order.id)
            if item.kind in ("SALE", "CAPTURE")
        )
        amount = Money(Decimal(1), order.currency)

        def pay() -> str:
            return create_refund(
                client,
                order_id=order.id,
                currency=order.currency,
                note="Goodwill",
                transactions=[RefundTransactionInput(payment.id, amount)],
                idempotency_key="6b6e41b2-58d5-4df0-a2bb-6d2cf2a3a0f9",
            ).id

        assert pay() == pay()
        (refund,) = list_order_refunds(client, order.id)
        assert refund.total == amount

    def test_of_more_than_was_paid_is_refused(self, client: ShopifyClient, order: Order) -> None:
        payment = list_order_transactions(client, order.id)[0]
        amount = Money(order.total.amount + 1, order.currency)
        with pytest.raises(ShopifyRefused):
            create_refund(
                client,
                order_id=order.id,
                currency=order.currency,
                note="",
                transactions=[RefundTransactionInput(payment.id, amount)],
                idempotency_key="0d1f8a4c-5a6e-45ad-a2f0-8a5b0d0b7f5e",
            )


class TestShop:
    def test_lacks_nothing(self, client: ShopifyClient) -> None:
        shop = get_shop(client)
        assert shop.domain == "demo-shop.myshopify.com"
        assert missing_scopes(shop) == ()
        assert list_locations(client)
        assert list_return_reason_definitions(client)


class TestTrouble:
    @pytest.mark.parametrize("kind", ["error_500", "error_502", "error_503", "cut", "timeout"])
    @pytest.mark.parametrize(("when", "made"), [("after", 1), ("before", 0)])
    def test_leaves_open_whether_the_return_was_made(
        self, sandbox: SandboxServer, order: Order, kind: str, when: str, made: int
    ) -> None:
        impatient = client_of(sandbox, read_timeout=0.5)
        sandbox.faults.add(kind=kind, operation="returnCreate", when=when, times=1, seconds=1.0)
        with pytest.raises(ShopifyOutcomeUnknown):
            open_return(impatient, order)
        assert len(list_order_returns(client_of(sandbox), order.id)) == made

    @pytest.mark.parametrize("kind", ["broken_json", "html"])
    def test_leaves_open_what_an_unreadable_answer_meant(
        self, sandbox: SandboxServer, client: ShopifyClient, order: Order, kind: str
    ) -> None:
        sandbox.faults.add(kind=kind, operation="returnCreate", times=1)
        with pytest.raises(ShopifyOutcomeUnknown):
            open_return(client, order)

    @pytest.mark.parametrize(
        "kind", ["error_500", "error_503", "cut", "broken_json", "html", "throttled", "http_429"]
    )
    def test_does_no_harm_to_reading(
        self, sandbox: SandboxServer, client: ShopifyClient, order: Order, kind: str
    ) -> None:
        sandbox.faults.add(kind=kind, operation="order", times=1)
        assert get_order(client, order.id) == order

    @pytest.mark.parametrize("kind", ["throttled", "http_429"])
    def test_of_too_many_requests_only_delays_a_change(
        self, sandbox: SandboxServer, client: ShopifyClient, order: Order, kind: str
    ) -> None:
        sandbox.faults.add(kind=kind, operation="returnCreate", when="before", times=1)
        opened = open_return(client, order)
        assert list_order_returns(client, order.id) == (opened,)

    def test_that_goes_on_is_said(
        self, sandbox: SandboxServer, client: ShopifyClient, order: Order
    ) -> None:
        sandbox.faults.add(kind="error_503", operation="order")
        with pytest.raises(ShopifyUnavailable):
            get_order(client, order.id)

    def test_with_a_wrong_token_is_for_staff(self, sandbox: SandboxServer) -> None:
        stranger = ShopifyClient(sandbox.url, "2026-10", StaticToken("wrong"))
        with pytest.raises(ShopifyMisconfigured):
            get_shop(stranger)

    def test_is_none_with_the_apps_id_and_secret(self, sandbox: SandboxServer) -> None:
        tokens = ClientCredentials("sandbox-client-id", "sandbox-client-secret")
        assert get_shop(ShopifyClient(sandbox.url, "2026-10", tokens)).name
