"""Reading what changed: page by page, whatever TikTok sends, from where it broke off."""

from datetime import UTC, datetime
from typing import Any

import pytest

from returns_portal.returns.channels.tiktok_shop import build_tiktok_client
from returns_portal.returns.models import Aftersale, TikTokShop
from returns_portal.tiktok import returns
from returns_portal.tiktok.errors import TikTokProtocolError
from returns_portal.tiktok.parsing import parse_aftersale, parse_order, parse_record
from returns_portal.tiktok.sandbox import api
from returns_portal.tiktok.sandbox.book import Book, Refusal
from tests.tiktok.market import Market

LEAST: dict[str, Any] = {
    "return_id": "4035227657962164811",
    "order_id": "577092126219211281",
    "return_status": "SOMETHING_NEW",
    "create_time": 1764500000,
    "update_time": "1764500001",
}
NOTHING = dict.fromkeys(
    [
        "return_type",
        "return_reason",
        "return_reason_text",
        "arbitration_status",
        "refund_amount",
        "return_line_items",
        "seller_next_action_response",
        "return_tracking_number",
        "return_provider_name",
        "is_quick_refund",
    ]
)


class TestParsing:
    def test_takes_nulls_for_nothing(self) -> None:
        facts = parse_aftersale(LEAST | NOTHING)
        assert (facts.return_type, facts.reason, facts.tracking_number) == ("", "", "")
        assert (facts.refund, facts.deadline, facts.lines) == (None, None, ())
        assert facts == parse_aftersale(LEAST)

    @pytest.mark.parametrize("name", ["return_id", "order_id", "return_status", "update_time"])
    @pytest.mark.parametrize("value", [None, ""])
    def test_needs_what_nothing_works_without(self, name: str, value: object) -> None:
        with pytest.raises((ValueError, TypeError)):
            parse_aftersale(LEAST | {name: value})

    def test_keeps_the_earliest_deadline_and_no_deadline_of_zero(self) -> None:
        asked = [
            {"action": "C", "deadline": 0},
            {"action": "B", "deadline": 1764600002},
            {"action": "A", "deadline": "1764600001"},
        ]
        facts = parse_aftersale(LEAST | {"seller_next_action_response": asked})
        assert facts.next_action == "A"
        assert facts.deadline == datetime.fromtimestamp(1764600001, UTC)

    @pytest.mark.parametrize("amount", ["NaN", "-1", "Infinity", "x"])
    def test_takes_no_amount_that_is_none(self, amount: str) -> None:
        with pytest.raises((ValueError, ArithmeticError)):
            parse_aftersale(LEAST | {"refund_amount": {"refund_total": amount, "currency": "USD"}})

    def test_takes_addresses_of_photos_in_either_form(self) -> None:
        record = parse_record({"images": [{"url": "a"}, "b", {"url": None}], "videos": None})
        assert record.media == ("a", "b")

    def test_of_an_order_without_anything_takes_what_is_there(self) -> None:
        order = parse_order({"id": 577092126219211281, "status": None, "line_items": None})
        assert (order.id, order.status, order.lines) == ("577092126219211281", "", ())


@pytest.mark.django_db
class TestPolling:
    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(returns, "PAGE_SIZE", 1)

    def strange(self, market: Market, monkeypatch: pytest.MonkeyPatch, **odd: Any) -> None:
        shown = api._shown
        monkeypatch.setattr(
            api, "_shown", lambda case: shown(case) | odd.get(case["return_id"], {})
        )

    def test_lets_one_of_an_unknown_shape_hinder_no_other(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = market.begin(0)
        market.begin(1)
        self.strange(market, monkeypatch, **{first["return_id"]: {"update_time": "soon"}})
        market.poll()
        assert Aftersale.objects.count() == 1
        assert TikTokShop.objects.get().read_until == market.shop.now
        with pytest.raises(TikTokProtocolError):
            returns.get_aftersale(build_tiktok_client(), first["return_id"])

    def test_ends_where_pages_lead_in_a_circle(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        market.begin(0)
        market.begin(1)
        search = api.search

        def turn(book: Book, query: dict[str, str], body: dict[str, Any], key: str) -> Any:
            answer = search(book, query, body, key)
            return answer | {"next_page_token": answer["next_page_token"] or "1"}

        calls = [(m, p, n, turn if c is search else c) for m, p, n, c in api.CALLS]
        monkeypatch.setattr(api, "CALLS", tuple(calls))
        with pytest.raises(TikTokProtocolError, match="circle"):
            market.poll()
        assert Aftersale.objects.count() == 2

    def test_goes_on_where_it_broke_off(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            case = market.begin(number)
            case["update_time"] = int(market.shop.now.timestamp()) - 7200 + number * 3600
        last = case["return_id"]
        records = api.records

        def fail(book: Book, query: dict[str, str], body: dict[str, Any], key: str) -> Any:
            if key == last:
                raise Refusal(36009003, "internal error")
            return records(book, query, body, key)

        with monkeypatch.context() as patched:
            calls = [(m, p, n, fail if c is records else c) for m, p, n, c in api.CALLS]
            patched.setattr(api, "CALLS", tuple(calls))
            market.poll()
        reached = TikTokShop.objects.get().read_until
        assert reached is not None
        assert int(reached.timestamp()) == int(market.shop.now.timestamp()) - 3600
        market.poll()
        assert Aftersale.objects.count() == 3
        assert TikTokShop.objects.get().read_until == market.shop.now

    def test_keeps_an_aftersale_whose_records_are_not_to_be_read(
        self, market: Market, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object) -> None:
            raise Refusal(25001002, "not to be read")

        calls = [(m, p, n, refuse if n == "records" else c) for m, p, n, c in api.CALLS]
        monkeypatch.setattr(api, "CALLS", tuple(calls))
        market.begin()
        market.poll()
        assert Aftersale.objects.get().return_request is not None

    def test_reads_anew_what_the_buyer_added(self, market: Market) -> None:
        case, row = market.begun(note="Torn.")
        case |= {"note": "Torn at the seam.", "photos": 2, "update_time": case["update_time"] + 1}
        market.sync()
        row.aftersale.refresh_from_db()
        assert (row.aftersale.note, len(row.aftersale.media)) == ("Torn at the seam.", 2)
