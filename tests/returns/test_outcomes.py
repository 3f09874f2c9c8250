"""What a shopper may get for an item, by policy and channel."""

from decimal import Decimal
from typing import Any

import pytest

from returns_portal.returns.models import SalesChannel
from returns_portal.returns.outcomes import (
    KEEP_ITEM,
    ORIGINAL_PAYMENT,
    STORE_CREDIT,
    offered_outcomes,
    offers_others,
)
from tests.returns.examples import an_order, an_order_line, terms

pytestmark = pytest.mark.django_db
CUSTOMER = "gid://shopify/Customer/1"


def offered(*, order: dict[str, Any] | None = None, **policy: Any) -> tuple[str, ...]:
    elsewhere = {"source_name": "web", "tags": (), "email": "", "customer_id": CUSTOMER}
    found, rules = an_order(**{**elsewhere, **(order or {})}), terms(**policy)
    if not offers_others(found, rules):
        return (ORIGINAL_PAYMENT,)
    return offered_outcomes(found, an_order_line(), rules)


class TestOfferedOutcomes:
    def test_are_the_original_payment_alone_by_default(self) -> None:
        assert offered() == (ORIGINAL_PAYMENT,)

    def test_hold_store_credit_where_the_policy_offers_it(self) -> None:
        assert offered(offers_store_credit=True) == (ORIGINAL_PAYMENT, STORE_CREDIT)

    def test_hold_no_store_credit_for_an_order_without_a_customer(self) -> None:
        order = {"customer_id": None}
        assert offered(order=order, offers_store_credit=True) == (ORIGINAL_PAYMENT,)

    @pytest.mark.parametrize(
        ("limit", "kept"), [("25.98", False), ("25.99", True), ("100", True), (None, False)]
    )
    def test_let_items_be_kept_up_to_the_limit(self, limit: str | None, kept: bool) -> None:
        most = Decimal(limit) if limit else None
        assert (KEEP_ITEM in offered(keep_item_up_to=most)) is kept

    def test_are_the_original_payment_alone_where_tiktok_pays(self) -> None:
        found = offered(
            order={"source_name": "tiktok"}, offers_store_credit=True, keep_item_up_to=Decimal(99)
        )
        assert found == (ORIGINAL_PAYMENT,)

    def test_are_all_there_for_tiktok_orders_where_the_policy_says_so(self) -> None:
        found = offered(
            order={"source_name": "tiktok"},
            offers_store_credit=True,
            keep_item_up_to=Decimal(99),
            outcomes_on_tiktok=True,
        )
        assert found == (ORIGINAL_PAYMENT, STORE_CREDIT, KEEP_ITEM)

    def test_are_the_original_payment_alone_where_a_person_pays_elsewhere(self) -> None:
        SalesChannel.objects.create(channel="web", settlement="external")
        assert offered(offers_store_credit=True) == (ORIGINAL_PAYMENT,)
