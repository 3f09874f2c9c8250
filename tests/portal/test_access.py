"""Grants: who may see which order, and for how long."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from portal.access import LASTS, MOST_GRANTS
from tests.portal.building import Door, build_line, build_order, choice, look_up

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGES = ("/orders/{}/", "/orders/{}/quote/", "/orders/{}/review/", "/orders/{}/submit/")


class TestGrant:
    @pytest.mark.parametrize("page", PAGES)
    def test_is_needed_for_every_page_of_an_order(
        self, client: Client, door: Door, page: str
    ) -> None:
        assert client.get(page.format(1)).status_code == 404
        assert client.post(page.format(1), choice()).status_code == 404

    @pytest.mark.parametrize("page", PAGES)
    def test_opens_no_other_order(self, client: Client, door: Door, page: str) -> None:
        look_up(client)
        assert client.post(page.format(2), choice()).status_code == 404

    def test_of_several_orders_hold_side_by_side(self, client: Client, door: Door) -> None:
        look_up(client)
        first, door.order = door.order, build_order(build_line(9), legacy_id=2)
        look_up(client)
        assert client.get("/orders/2/").status_code == 200
        door.order = first
        assert client.get("/orders/1/").status_code == 200

    def test_are_not_kept_without_end(self, client: Client, door: Door) -> None:
        for legacy_id in range(1, MOST_GRANTS + 3):
            door.order = build_order(build_line(9), legacy_id=legacy_id)
            look_up(client)
        assert len(client.session["granted_orders"]) == MOST_GRANTS
        assert str(MOST_GRANTS + 2) in client.session["granted_orders"]

    def test_ends_after_two_hours_and_says_so(self, client: Client, door: Door) -> None:
        with time_machine.travel(START, tick=False) as clock:
            look_up(client)
            clock.shift(LASTS.total_seconds() - 1)
            assert client.get("/orders/1/").status_code == 200
            clock.shift(1)
            answer = client.get("/orders/1/", follow=True)
        assert answer.redirect_chain == [("/", 302)]
        assert "we close it after two hours" in answer.content.decode()

    def test_of_one_browser_is_nothing_to_another(self, client: Client, door: Door) -> None:
        look_up(client)
        assert Client().get("/orders/1/").status_code == 404


class TestPrivatePages:
    def test_are_nobodys_to_keep_or_index(self, client: Client, door: Door) -> None:
        look_up(client)
        answer = client.get("/orders/1/")
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "same-origin"

    def test_never_name_the_person(self, client: Client, door: Door) -> None:
        look_up(client)
        pages = [client.get("/orders/1/"), client.post("/orders/1/review/", choice())]
        for page in pages:
            text = page.content.decode()
            assert page.status_code == 200
            for secret in ("Maya", "Secret", "08840", "tiktokw", "private note"):
                assert secret not in text
