"""Orders that change after somebody asked to return a part of them: what is left counts."""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, find_order, read_order
from returns_portal.returns.processing import carry_out
from returns_portal.returns.quotes import find_shortage, quote_request, quote_units
from returns_portal.returns.refund_amounts import estimate
from returns_portal.returns.services import (
    Actor,
    Decision,
    LineDecision,
    NotEligible,
    RequestedLine,
    approve,
    decline,
    request_return,
)
from returns_portal.shopify.client import build_client
from returns_portal.shopify.errors import ShopifyProtocolError
from returns_portal.shopify.sandbox.building import add_order, ago
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
Doc = dict[str, Any]
SHIRT, LAMP = 0, 1


@pytest.fixture
def bought(shop: Shop) -> Shop:
    """An order of two shirts at 26.00 and a lamp at 40.00, without tax."""
    lines = [
        {"goods": "linen-shirt", "quantity": 2, "price": "26.00"},
        {"goods": "desk-lamp", "price": "40.00"},
    ]
    return buy(shop, "#90001", lines)


def buy(shop: Shop, name: str, lines: list[Doc]) -> Shop:
    spec = {"name": name, "zip": shop.postcode, "lines": lines, "country": "US"}
    with shop.server.state.transaction() as draft:
        order = add_order(draft, spec | {"fulfillments": [{"delivered": 3}]})
        for line in order["lines"]:
            line["taxes"] = []
    shop.number = name
    return shop


def facts_of(shop: Shop) -> OrderFacts:
    found = find_order(number=shop.number, postcode_or_email=shop.postcode, now=shop.now)
    return read_order(found.order_id, now=shop.now)


def choices_of(shop: Shop) -> list[Choice]:
    return [c for c in build_choices(facts_of(shop), now=shop.now) if c.fulfillment]


def ask_all(shop: Shop, *positions: int) -> ReturnRequest:
    """Asks for every unit of the order's lines at these positions."""
    facts = facts_of(shop)
    choices = build_choices(facts, now=shop.now)
    return shop.submit(facts, [(choices[n], choices[n].returnable) for n in positions])


def ask_for(facts: OrderFacts, choice: Choice, units: int, *, now: datetime) -> ReturnRequest:
    """Asks for so many units at the price the shopper was shown, whatever Shopify says now."""
    line = RequestedLine(choice.fulfillment_line_item_id or "", units, "changed-mind")
    shown = estimate(facts.order, {line.fulfillment_line_item_id: (units, Decimal(0))}, None)
    return request_return(
        facts=facts,
        lines=[line],
        quote=shown,
        contact_email="",
        language="en",
        identity_verified=True,
        submission_key=uuid.uuid4(),
        actor=Actor.shopper(),
        now=now,
    )


def edit(shop: Shop, change: Callable[[Doc], None]) -> None:
    """Somebody edits the order in Shopify."""
    order_id = facts_of(shop).order.id
    with shop.server.state.transaction() as draft:
        order = draft.edit("order", order_id)
        assert order is not None
        change(order)


def remove(position: int, units: int) -> Callable[[Doc], None]:
    """Takes units of the line out of the order, and out of the parcel it went in."""

    def change(order: Doc) -> None:
        line = order["lines"][position]
        line["gone"] = [*line["gone"], *range(line["quantity"] - units, line["quantity"])]
        sent = next(p for p in order["fulfillments"][0]["lines"] if p["lineId"] == line["id"])
        sent["quantity"] -= units

    return change


def reprice(position: int, minor: int) -> Callable[[Doc], None]:
    def change(order: Doc) -> None:
        order["lines"][position]["price"] = minor

    return change


def paid(shop: Shop, row: ReturnRequest) -> Decimal:
    refunds = shop.order(row.shopify_order_id)["refunds"]
    return sum(
        (Decimal(t["amount"]) for refund in refunds for t in refund["transactions"]), Decimal(0)
    )


def told(row: ReturnRequest) -> str:
    """What staff read at the step that asks for a person."""
    return row.operations.get(state="failed").last_error


class TestUnitsTakenOut:
    def test_before_the_approval_are_neither_returned_nor_paid(self, bought: Shop) -> None:
        row = ask_all(bought, SHIRT)
        edit(bought, remove(SHIRT, 1))
        with pytest.raises(ShopifyProtocolError):
            quote_request(row)
        assert find_shortage(build_client(), row).startswith("“Linen shirt”: Shopify takes back 1")
        bought.approve(row)
        bought.work()
        row.refresh_from_db()
        assert (paid(bought, row), row.refunded_amount, row.shopify_return_id) == (0, None, "")
        assert "Shopify takes back 1 of 2" in told(row)

    def test_leave_the_others_to_be_approved_for_what_they_cost(self, bought: Shop) -> None:
        row = ask_all(bought, SHIRT)
        edit(bought, remove(SHIRT, 1))
        line = row.lines.get()
        quote = quote_units(row, units={line.pk: 1}, percents={line.pk: 0}, shipping_fee=0)
        approve(
            request_id=row.pk,
            amount=quote.refund,
            actor=Actor.system(),
            now=bought.now,
            decision=Decision(
                (LineDecision(line.pk, 1, decline_reason="No longer in the order."),), quote=quote
            ),
        )
        bought.work()
        row.refresh_from_db()
        assert (row.status, row.refunded_amount, paid(bought, row)) == ("closed", 26, 26)

    def test_after_the_return_was_opened_are_not_paid_unseen(self, bought: Shop) -> None:
        row = bought.approve(ask_all(bought, SHIRT))
        carry_out(row.operations.get(kind="create_return").pk, clock=lambda: bought.now)
        edit(bought, remove(SHIRT, 2))
        bought.work()
        row.refresh_from_db()
        assert (paid(bought, row), row.refunded_amount) == (0, None)
        assert "Nothing was paid" in told(row)

    def test_are_not_offered_and_not_taken_from_a_page_that_is_old(self, bought: Shop) -> None:
        facts = facts_of(bought)
        shirts = build_choices(facts, now=bought.now)[SHIRT]
        edit(bought, remove(SHIRT, 1))
        assert [c.returnable for c in choices_of(bought)] == [1, 1]
        with pytest.raises(NotEligible, match="only 1 can be returned"):
            ask_for(facts_of(bought), shirts, 2, now=bought.now)
        edit(bought, remove(SHIRT, 1))
        gone = choices_of(bought)[SHIRT]
        assert (gone.eligible, gone.returnable) == (False, 0)

    def test_do_not_come_back_when_the_request_is_declined(self, bought: Shop) -> None:
        row = ask_all(bought, SHIRT)
        edit(bought, remove(SHIRT, 1))
        assert choices_of(bought)[SHIRT].returnable == 0
        decline(request_id=row.pk, reason="Worn.", actor=Actor.system(), now=bought.now)
        assert choices_of(bought)[SHIRT].returnable == 1


class TestLineReplaced:
    def test_leaves_the_request_to_a_person_and_the_new_line_to_be_asked_for(
        self, bought: Shop
    ) -> None:
        row = bought.approve(ask_all(bought, LAMP))
        edit(bought, remove(LAMP, 1))
        deliver_another(bought, like=LAMP)
        bought.work()
        row.refresh_from_db()
        assert paid(bought, row) == 0
        assert "Shopify takes back 0 of 1" in told(row)
        new = choices_of(bought)[-1]
        assert new.line.id != row.lines.get().line_item_id
        assert (new.eligible, new.returnable) == (True, 1)


class TestPriceChanged:
    def test_downward_pays_nothing_that_shopify_does_not_calculate(self, bought: Shop) -> None:
        row = ask_all(bought, SHIRT)
        edit(bought, reprice(SHIRT, 2000))
        assert quote_request(row).refund.amount == 40
        bought.approve(row)
        bought.work()
        assert paid(bought, row) == 0
        assert told(row).startswith("Approved 52.00 USD, but Shopify now calculates 40.00 USD.")

    def test_upward_pays_what_was_approved(self, bought: Shop) -> None:
        row = ask_all(bought, SHIRT)
        edit(bought, reprice(SHIRT, 3000))
        assert quote_request(row).refund.amount == 60
        bought.approve(row)
        bought.work()
        assert paid(bought, row) == 52


class TestExchangedItem:
    def test_is_returned_within_a_window_of_its_own(self, bought: Shop) -> None:
        """What was sent in exchange is a line and a parcel of the same order."""
        row = bought.approve(ask_all(bought, LAMP))
        bought.work()
        deliver_another(bought, like=LAMP)
        first, sent_back, other = choices_of(bought)
        assert (first.eligible, sent_back.eligible, other.eligible) == (True, False, True)
        assert other.window_ends_at is not None
        assert first.window_ends_at is not None
        assert other.window_ends_at > first.window_ends_at
        again = bought.approve(bought.submit(facts_of(bought), [(other, 1)]))
        bought.work()
        again.refresh_from_db()
        row.refresh_from_db()
        assert (row.status, again.status) == ("closed", "closed")
        assert again.shopify_return_id != row.shopify_return_id


class TestBundle:
    def test_whose_parts_cost_nothing_pays_its_price_once(self, shop: Shop) -> None:
        parent = {"goods": "desk-lamp", "price": "40.00"}
        child = {"goods": "linen-shirt", "price": "0"}
        buy(shop, "#90002", [parent, child])
        part = shop.approve(ask_all(shop, 1))
        shop.work()
        part.refresh_from_db()
        assert (part.status, part.refunded_amount) == ("closed", 0)
        whole = shop.approve(ask_all(shop, 0))
        shop.work()
        whole.refresh_from_db()
        assert (whole.refunded_amount, paid(shop, whole)) == (40, 40)

    def test_whose_price_lies_on_its_parts_pays_each_its_share(self, shop: Shop) -> None:
        parts = [
            {"goods": "desk-lamp", "price": "40.00", "discount": "6.67"},
            {"goods": "linen-shirt", "price": "26.00", "discount": "4.33"},
        ]
        buy(shop, "#90003", parts)
        rows = [shop.approve(ask_all(shop, position)) for position in (1, 0)]
        shop.work()
        assert [ReturnRequest.objects.get(pk=row.pk).refunded_amount for row in rows] == [
            Decimal("21.67"),
            Decimal("33.33"),
        ]


def deliver_another(shop: Shop, *, like: int) -> None:
    """Adds a line like the one at this position, delivered today."""
    order_id = facts_of(shop).order.id
    with shop.server.state.transaction() as draft:
        order = draft.edit("order", order_id)
        assert order is not None
        line = {**order["lines"][like], "id": draft.new_id("LineItem"), "quantity": 1}
        order["lines"].append({**line, "gone": [], "refunded": []})
        parcel = {**order["fulfillments"][0], "id": draft.new_id("Fulfillment"), "events": []}
        sent = {"id": draft.new_id("FulfillmentLineItem"), "fulfillmentId": parcel["id"]}
        sent |= {"lineId": line["id"], "quantity": 1}
        parcel |= {"deliveredAt": ago(draft, 0), "createdAt": ago(draft, 1), "lines": [sent]}
        order["fulfillments"].append(parcel)
