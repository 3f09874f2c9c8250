"""Whatever was bought and however it comes back: the refunds add up to what was paid."""

from decimal import Decimal
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from returns_portal.returns.models import ReturnReason
from returns_portal.returns.refund_amounts import smallest_unit
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
# Tax added, tax included, no decimals, three decimals.
COUNTRIES = st.sampled_from([("US", "USD"), ("GB", "GBP"), ("JP", "JPY"), ("KW", "KWD")])


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """An order of one or two lines with discounts, in units of its currency."""
    country, currency = draw(COUNTRIES)
    unit = smallest_unit(currency)

    def amount(low: int, high: int) -> str:
        return str(draw(st.integers(low, high)) * unit)

    lines = [
        {"title": f"Item {n}", "price": amount(50, 9_999), "quantity": draw(st.integers(1, 3))}
        for n in range(draw(st.integers(1, 2)))
    ]
    spec: dict[str, Any] = {"country": country, "zip": "08840", "lines": lines}
    if draw(st.booleans()):
        lines[0]["discount"] = amount(1, 49)
    if draw(st.booleans()):
        spec["discount"] = amount(1, 40)
    return spec


class TestRefunds:
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(spec=orders(), units=st.lists(st.integers(1, 3), min_size=1, max_size=4))
    def test_of_all_units_in_any_steps_add_up_to_what_was_paid(
        self, shop: Shop, spec: dict[str, Any], units: list[int]
    ) -> None:
        made = requests.post(f"{shop.server.url}/sandbox/orders", json=spec, timeout=5).json()
        # Without fees, whatever the policy of the country charges.
        ReturnReason.objects.update(waives_fees=True)
        quoted = Decimal(0)
        for count in [*units, *[1] * 6]:
            row = shop.ask_for(made["id"], count)
            if row is None:
                break
            shop.approve(row)
            shop.work(rounds=2)
            row.refresh_from_db()
            left = [
                str((o.kind, o.state, o.last_error)) for o in row.operations.exclude(state="done")
            ]
            assert (left, row.status, row.refunded_amount) == ([], "closed", row.quoted_amount)
            quoted += row.quoted_amount
        order = shop.order(made["id"])
        paid = [t for refund in order["refunds"] for t in refund["transactions"]]
        assert all(line["refundable"] == 0 for line in order["lines"])
        assert sum(Decimal(t["amount"]) for t in paid) == quoted == Decimal(order["received"])
