"""The look-up: forgiving to shoppers, silent to guessers."""

from typing import Any

import pytest
from django.test import Client

from portal.views import lookup
from returns_portal.returns.orders import OrderNotFound, ReturnIdGiven
from returns_portal.shopify.errors import ShopifyUnavailable
from tests.portal.building import Door, look_up
from tests.returns.factories import ReturnPolicyFactory


class TestForm:
    def test_is_prefilled_from_the_address(self, client: Client, db: None) -> None:
        page = client.get("/?order_number=577092&postcode_or_email=08840").content.decode()
        assert 'value="577092"' in page
        assert 'value="08840"' in page

    def test_tells_the_policy_in_plain_lines(self, client: Client, db: None) -> None:
        ReturnPolicyFactory(return_window_days=30, return_shipping_paid_by="tiktok")
        page = client.get("/").content.decode()
        assert "until 30 days after delivery" in page
        assert "free with the label from the TikTok app" in page
        assert "Unused, with tags and packaging." in page

    def test_escapes_what_the_address_brings(self, client: Client, db: None) -> None:
        page = client.get('/?order_number="><script>alert(1)</script>').content.decode()
        assert "<script>alert" not in page

    def test_names_missing_fields_and_focuses_the_summary(self, client: Client, db: None) -> None:
        answer = client.post("/", {"order_number": "", "postcode_or_email": ""})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#order_number"' in page
        assert 'href="#postcode_or_email"' in page
        assert 'role="alert" tabindex="-1" autofocus' in page

    @pytest.mark.parametrize(
        "typed", ["\x00", "x" * 5000, "\uff15\uff17", "🎁", "%00", "' OR 1=1 --"]
    )
    def test_survives_any_text(self, client: Client, door: Door, typed: str) -> None:
        assert look_up(client, typed, typed).status_code == 422

    def test_is_not_kept_by_browsers(self, client: Client, db: None) -> None:
        assert client.get("/")["Cache-Control"] == "no-store"


class TestHit:
    def test_opens_the_order_under_a_new_session(self, client: Client, door: Door) -> None:
        client.session.save()
        look_up(client)
        before = client.session.session_key
        answer = look_up(client)
        assert answer.status_code == 302
        assert answer["Location"] == "/orders/1/"
        assert client.session.session_key != before


class TestMiss:
    def test_says_the_same_for_every_kind(self, client: Client, door: Door) -> None:
        pages = set()
        for number in ("1001", "no-such-order"):
            answer = look_up(client, number, "99999")
            assert answer.status_code == 422
            page = answer.content.decode().replace(number, "NUMBER")
            pages.add(page.split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert len(pages) == 1
        assert "find an order with these details" in pages.pop()

    def test_keeps_what_was_typed(self, client: Client, door: Door) -> None:
        page = look_up(client, "TT 5770", "wrong").content.decode()
        assert 'value="TT 5770"' in page
        assert 'value="wrong"' in page

    def test_is_200_to_htmx_which_swaps_nothing_else(self, client: Client, door: Door) -> None:
        data = {"order_number": "1", "postcode_or_email": "x"}
        assert client.post("/", data, headers={"HX-Request": "true"}).status_code == 200

    def test_explains_a_tiktok_return_id(
        self, client: Client, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def find(**_details: Any) -> None:
            raise ReturnIdGiven

        monkeypatch.setattr(lookup, "find_order", find)
        page = look_up(client, "4035318504086604511", "x").content.decode()
        assert "That is a TikTok return ID; we need the order ID (18 digits)" in page

    def test_opens_nothing(self, client: Client, door: Door) -> None:
        look_up(client, "1001", "99999")
        assert client.get("/orders/1/").status_code == 404


class TestUnavailable:
    def test_is_told_calmly_with_a_time_to_come_back(self, client: Client, door: Door) -> None:
        door.error = ShopifyUnavailable("down")
        answer = look_up(client)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "try again in a few minutes" in answer.content.decode()

    def test_is_not_counted_as_a_failure(self, client: Client, door: Door) -> None:
        door.error = ShopifyUnavailable("down")
        for _attempt in range(40):
            look_up(client)
        door.error = None
        assert look_up(client).status_code == 302


class TestGuessing:
    def test_is_stopped_by_address(self, client: Client, door: Door) -> None:
        for guess in range(30):
            assert look_up(client, f"order-{guess}", "99999").status_code == 422
        answer = look_up(client)
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 600
        assert "Too many tries" in answer.content.decode()

    def test_is_stopped_by_order_number_however_it_is_typed(
        self, client: Client, door: Door
    ) -> None:
        for _guess in range(5):
            look_up(client, "577092126219211281", "99999")
            look_up(client, "Order ID: 5770 9212 6219 211281", "99999")
        assert look_up(client, "#577092126219211281", "08840").status_code == 429

    def test_of_others_does_not_lock_a_shopper_out(self, client: Client, door: Door) -> None:
        for guess in range(12):
            client.post(
                "/",
                {"order_number": "1001", "postcode_or_email": "99999"},
                REMOTE_ADDR=f"198.51.100.{guess}",
            )
        assert look_up(client).status_code == 302

    def test_reaches_no_order_while_stopped(
        self, client: Client, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def find(**details: Any) -> None:
            asked.append(details)
            raise OrderNotFound

        monkeypatch.setattr(lookup, "find_order", find)
        for _guess in range(60):
            look_up(client, "1001", "99999")
        assert len(asked) == 10
