"""Reading orders: found by what people know, from Shopify or, when it is silent, the mirror."""

from datetime import timedelta
from typing import Any

import pytest

from returns_portal.returns.mirror import CLOSE_BEHIND, mirror_order
from returns_portal.returns.models import MirroredOrder, OrderSync
from returns_portal.returns.orders import (
    OrderNotFound,
    ReturnIdGiven,
    build_choices,
    find_order,
    read_order,
)
from returns_portal.returns.quotes import RequestedLine, quote_return
from returns_portal.shopify.errors import ShopifyUnavailable
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from tests.returns.examples import NOON, SENT, an_order
from tests.returns.factories import ReturnPolicyFactory
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
TIKTOK_ID = "577092126219211281"


class TestFindOrder:
    @pytest.mark.parametrize(
        ("number", "credential"),
        [
            (TIKTOK_ID, "08840"),
            (f"Order ID: {TIKTOK_ID}", "08840-1234"),
            ("#1001", " 08840 "),
            ("1001", "08840"),
        ],
    )
    def test_finds_a_mirrored_order_by_number_and_postcode(
        self, sandbox: Any, number: str, credential: str
    ) -> None:
        mirror_order(an_order(), now=NOON)
        found = find_order(number=number, postcode_or_email=credential, now=NOON)
        assert (found.order_id, found.verified) == ("gid://shopify/Order/1", True)
        assert sandbox.calls.report()["by_operation"] == {}

    def test_finds_it_by_a_real_email_but_never_by_a_relay(self, sandbox: Any) -> None:
        mirror_order(an_order(email="Jo@Example.com"), now=NOON)
        assert find_order(number=TIKTOK_ID, postcode_or_email="jo@example.com ", now=NOON)
        mirror_order(an_order(id="gid://shopify/Order/2", name="#1002", tags=()), now=NOON)
        with pytest.raises(OrderNotFound):
            find_order(number="1002", postcode_or_email="v4bEXAMPLE@scs.tiktokw.us", now=NOON)

    @pytest.mark.parametrize(
        ("number", "credential"),
        [
            (TIKTOK_ID, "99999"),
            (TIKTOK_ID, "somebody@example.com"),
            (TIKTOK_ID, "0884"),
            ("577000000000000000", "08840"),
            ("no-such-order", "08840"),
            ("", "08840"),
            (TIKTOK_ID, ""),
            (TIKTOK_ID, "*****"),
        ],
    )
    def test_says_the_same_of_every_miss(self, sandbox: Any, number: str, credential: str) -> None:
        mirror_order(an_order(), now=NOON)
        with pytest.raises(OrderNotFound) as miss:
            find_order(number=number, postcode_or_email=credential, now=NOON)
        assert type(miss.value) is OrderNotFound

    def test_tells_a_return_id_apart(self) -> None:
        with pytest.raises(ReturnIdGiven):
            find_order(number="4035227657962164811", postcode_or_email="08840", now=NOON)

    def test_keeps_to_the_channels_that_are_served(self, sandbox: Any, settings: Any) -> None:
        web = an_order(name="#90001", source_name="web", tags=(), email="jo@example.com")
        mirror_order(web, now=NOON)
        with pytest.raises(OrderNotFound):
            find_order(number="90001", postcode_or_email="08840", now=NOON)
        settings.PORTAL_CHANNELS = ["tiktok", "web"]
        assert find_order(number="90001", postcode_or_email="08840", now=NOON)

    def test_lets_tiktoks_long_id_alone_open_an_order_that_hides_every_detail(
        self, sandbox: Any
    ) -> None:
        mirror_order(an_order(name="#90001", postcode="08***"), now=NOON)
        found = find_order(number=TIKTOK_ID, postcode_or_email="08840", now=NOON)
        assert not found.verified
        with pytest.raises(OrderNotFound):
            find_order(number="90001", postcode_or_email="08840", now=NOON)


class TestReadOrder:
    @pytest.mark.parametrize(("channel", "payer"), [("tiktok", "tiktok"), ("web", "shop")])
    def test_speaks_of_tiktoks_label_for_tiktoks_orders_alone(
        self, settings: Any, channel: str, payer: str
    ) -> None:
        ReturnPolicyFactory(return_shipping_paid_by="tiktok")
        order = an_order(source_name=channel, tags=(), email="jo@example.com")
        mirror_order(order, now=NOON)
        OrderSync.objects.create(shop=settings.SHOPIFY_SHOP, synced_until=NOON)
        facts = read_order(order.id, now=NOON, recent_is_enough=True)
        assert facts.terms.return_shipping_paid_by == payer


class TestMirror:
    def test_keeps_no_personal_data(self) -> None:
        order = an_order(email="jo@example.com", customer_name="Jo Field", note="call 555-0100")
        mirror_order(order, now=NOON)
        stored = str(MirroredOrder.objects.values().get())
        for secret in ("jo@example.com", "Jo Field", "555-0100", "08840"):
            assert secret not in stored

    def test_never_takes_an_older_word_for_a_newer_one(self) -> None:
        mirror_order(an_order(financial_status="REFUNDED"), now=NOON)
        older = an_order(updated_at=NOON.replace(year=2025))
        assert mirror_order(older, now=NOON).snapshot["financial_status"] == "REFUNDED"


class TestSilence:
    @pytest.mark.parametrize("showcase", SHOWCASE, ids=lambda show: show.what)
    def test_of_shopify_leaves_look_up_choice_and_the_same_quote(
        self, shop: Shop, settings: Any, showcase: Any
    ) -> None:
        def walk() -> tuple[bool, object, object]:
            found = find_order(
                number=showcase.order_number, postcode_or_email=showcase.postcode, now=shop.now
            )
            facts = read_order(found.order_id, now=shop.now)
            choices = [c for c in build_choices(facts, now=shop.now) if c.eligible]
            lines = [
                RequestedLine(c.fulfillment_line_item_id or "", c.returnable, "changed-mind")
                for c in choices
            ]
            keys = [(choice.key, choice.returnable) for choice in choices]
            return facts.fresh, keys, quote_return(facts, lines).refund

        fresh, choices, refund = walk()
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        assert fresh
        assert walk() == (False, choices, refund)

    def test_of_shopify_is_told_where_the_mirror_knows_nothing(self, settings: Any) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        with pytest.raises(ShopifyUnavailable):
            find_order(number=TIKTOK_ID, postcode_or_email="08840", now=NOON)


class TestCloseBehind:
    """A mirror that follows Shopify closely answers for pages that promise nothing yet."""

    def test_answers_without_asking_shopify(self, settings: Any) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        ReturnPolicyFactory()
        order = an_order()
        mirror_order(order, now=NOON)
        OrderSync.objects.create(shop=settings.SHOPIFY_SHOP, synced_until=NOON)
        facts = read_order(order.id, now=NOON + CLOSE_BEHIND, recent_is_enough=True)
        assert facts.fresh
        assert facts.returnable == {SENT: 2}

    def test_does_not_answer_once_the_last_sync_is_older(self, settings: Any) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        ReturnPolicyFactory()
        order = an_order()
        mirror_order(order, now=NOON)
        OrderSync.objects.create(shop=settings.SHOPIFY_SHOP, synced_until=NOON)
        late = NOON + CLOSE_BEHIND + timedelta(seconds=1)
        assert not read_order(order.id, now=late, recent_is_enough=True).fresh
