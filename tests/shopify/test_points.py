"""What an approved request costs in Shopify's points, counted by the shop that answers."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import build_choices, find_order, read_order
from returns_portal.returns.processing import carry_out
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.services import Actor, RequestedLine, approve, request_return
from returns_portal.shopify.sandbox.building import add_order
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.types import Money

pytestmark = pytest.mark.django_db
POSTCODE = "08840"
SHIRT = {"goods": "linen-shirt", "quantity": 2}
DRESS = {"goods": "midi-dress", "quantity": 1}
MUG = {"goods": "stoneware-mug", "quantity": 1}
ONE_PARCEL = [{"delivered": 3}]
TWO_PARCELS = [{"lines": {0: 1}, "delivered": 4}, {"lines": {0: 1}, "delivered": 3}]
FROM_TWO_PLACES = [TWO_PARCELS[0], TWO_PARCELS[1] | {"location": "Returns center"}]
# The ids of Shopify's reasons are read once a day, whatever is returned.
ONCE_A_DAY = {"ReturnReasonDefinitions"}


@pytest.fixture
def shop(sandbox: SandboxServer) -> SandboxServer:
    call_command("load_defaults", verbosity=0)
    return sandbox


def ordered(shop: SandboxServer, lines: list[Any], parcels: list[Any]) -> str:
    """Puts an order into the shop and gives its name."""
    spec = {"name": "#90001", "zip": POSTCODE, "lines": lines, "fulfillments": parcels}
    with shop.state.transaction() as draft:
        return str(add_order(draft, spec)["name"])


def ask(number: str, now: datetime) -> ReturnRequest:
    """Asks for one unit of every line in every parcel, as a shopper would."""
    found = find_order(number=number, postcode_or_email=POSTCODE, now=now)
    facts = read_order(found.order_id, now=now)
    lines = [
        RequestedLine(choice.fulfillment_line_item_id or "", 1, "changed-mind")
        for choice in build_choices(facts, now=now)
        if choice.eligible
    ]
    return request_return(
        facts=facts,
        lines=lines,
        quote=quote_return(facts, lines),
        contact_email="",
        language="en",
        identity_verified=True,
        submission_key=uuid.uuid4(),
        actor=Actor.shopper(),
        now=now,
    )


def spent(shop: SandboxServer) -> dict[str, int]:
    """Points by operation, as the shop counted them."""
    points: dict[str, int] = {}
    for call in shop.calls.recent:
        points[call.operation] = points.get(call.operation, 0) + call.cost
    return points


class TestApprovedRequest:
    @pytest.mark.parametrize(
        ("lines", "parcels", "units", "bound"),
        [
            ([DRESS], ONE_PARCEL, 1, 60),
            ([SHIRT, DRESS, MUG], ONE_PARCEL, 3, 64),
            ([SHIRT], TWO_PARCELS, 2, 60),
            # Shopify places the goods of two locations in two calls, and closes in a third.
            ([SHIRT], FROM_TWO_PLACES, 2, 112),
        ],
        ids=["one line", "three lines", "two parcels", "two parcels from two places"],
    )
    def test_is_settled_for_few_points(
        self,
        shop: SandboxServer,
        now: datetime,
        carry_out_all: Callable[..., None],
        lines: list[Any],
        parcels: list[Any],
        units: int,
        bound: int,
    ) -> None:
        row = ask(ordered(shop, lines, parcels), now)
        amount = Money(row.quoted_amount, row.currency)
        approve(request_id=row.pk, amount=amount, actor=Actor.system(), now=now)
        shop.calls.clear()
        carry_out_all(now + timedelta(minutes=1))
        row.refresh_from_db()
        points = spent(shop)
        assert (row.status, row.lines.count()) == ("closed", units)
        assert sum(cost for name, cost in points.items() if name not in ONCE_A_DAY) <= bound, points

    def test_reads_the_reasons_once(
        self, shop: SandboxServer, now: datetime, carry_out_all: Callable[..., None]
    ) -> None:
        for name in ("#90001", "#90002"):
            with shop.state.transaction() as draft:
                add_order(draft, {"name": name, "zip": POSTCODE, "lines": [DRESS]})
            row = ask(name, now)
            amount = Money(row.quoted_amount, row.currency)
            approve(request_id=row.pk, amount=amount, actor=Actor.system(), now=now)
            carry_out_all(now + timedelta(minutes=1))
        assert shop.calls.count("ReturnReasonDefinitions") == 1

    def test_is_settled_even_where_the_return_lines_are_not_known(
        self, shop: SandboxServer, now: datetime, carry_out_all: Callable[..., None]
    ) -> None:
        row = ask(ordered(shop, [SHIRT, DRESS], ONE_PARCEL), now)
        amount = Money(row.quoted_amount, row.currency)
        approve(request_id=row.pk, amount=amount, actor=Actor.system(), now=now)
        carry_out(row.operations.get(kind="create_return").pk, clock=lambda: now)
        assert all(row.lines.values_list("shopify_return_line_id", flat=True))
        row.lines.update(shopify_return_line_id="")
        carry_out_all(now + timedelta(minutes=1))
        row.refresh_from_db()
        assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)


class TestShopper:
    def test_looks_an_order_up_and_is_quoted_for_few_points(
        self, shop: SandboxServer, now: datetime
    ) -> None:
        number = ordered(shop, [SHIRT, DRESS], ONE_PARCEL)
        shop.calls.clear()
        ask(number, now)
        points = spent(shop)
        assert set(points) == {"OrderNumbers", "OrderDetail", "ReturnableOrder", "ReturnCalculate"}
        assert points["ReturnableOrder"] <= 80, points
        assert sum(points.values()) <= 150, points
