"""The gateway against the stand-in, over real HTTP: what is certain after each kind of failure."""

import logging
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone

from returns_portal.returns.channels.tiktok_shop import (
    app_of_settings,
    build_tiktok_client,
    strongbox,
)
from returns_portal.returns.models import TikTokShop
from returns_portal.tiktok import orders, returns
from returns_portal.tiktok.client import Answer, TikTokClient, _retry_after
from returns_portal.tiktok.errors import (
    TikTokMisconfigured,
    TikTokNotFound,
    TikTokOutcomeUnknown,
    TikTokProtocolError,
    TikTokRefused,
    TikTokUnavailable,
)
from returns_portal.tiktok.sandbox import api, moves
from returns_portal.tiktok.sandbox.book import Refusal
from returns_portal.tiktok.sandbox.server import SandboxTikTok
from returns_portal.tiktok.tokens import Strongbox
from returns_portal.tiktok.types import Price

pytestmark = pytest.mark.django_db(transaction=True)
APPROVE = "APPROVE_RETURN"


@pytest.fixture
def client(tiktok: SandboxTikTok) -> TikTokClient:
    return build_tiktok_client(max_wait=0.0)


def begin(tiktok: SandboxTikTok, number: int = 0, **options: Any) -> dict[str, Any]:
    order = list(tiktok.book.orders.values())[number]
    given = {"order_id": order["id"], "line_ids": [order["line_items"][0]["id"]], **options}
    with tiktok.book.change():
        return moves.start(tiktok.book, **given)


class TestReading:
    def test_gives_an_aftersale_with_its_deadline(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        case = begin(tiktok, note="It is torn.", photos=2)
        found = returns.get_aftersale(client, case["return_id"])
        assert found.status == "RETURN_OR_REFUND_REQUEST_PENDING"
        assert found.deadline is not None
        assert found.refund is not None
        record = returns.list_records(client, found.return_id)[0]
        assert (record.note, len(record.media)) == ("It is torn.", 2)

    def test_follows_all_pages(
        self, tiktok: SandboxTikTok, client: TikTokClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(returns, "PAGE_SIZE", 2)
        made = {begin(tiktok, number)["return_id"] for number in range(5)}
        since = timezone.now() - timedelta(minutes=1)
        pages = returns.iterate_changed(client, since)
        assert {facts.return_id for page in pages for facts in page.aftersales} == made

    def test_keeps_a_status_that_nobody_knows(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        case = begin(tiktok)
        case["return_status"] = "SOMETHING_NEW"
        assert returns.get_aftersale(client, case["return_id"]).status == "SOMETHING_NEW"

    def test_maps_shopifys_order_number_to_tiktoks(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        order = next(iter(tiktok.book.orders.values()))
        assert orders.find_order_id(client, order["external_id"]) == order["id"]
        assert orders.find_order_id(client, "1") is None

    def test_says_what_does_not_exist(self, client: TikTokClient) -> None:
        with pytest.raises(TikTokNotFound):
            returns.get_aftersale(client, "4000000000000000000")

    @pytest.mark.parametrize("kind", ["throttled", "http_429", "error_503", "cut", "broken_json"])
    def test_tries_again_what_did_nothing(self, tiktok: SandboxTikTok, kind: str) -> None:
        case = begin(tiktok)
        tiktok.faults.add(kind=kind, operation="search", times=1)
        client = build_tiktok_client(max_wait=2.0)
        assert returns.get_aftersale(client, case["return_id"]).return_id == case["return_id"]

    def test_gives_up_in_time(self, tiktok: SandboxTikTok, client: TikTokClient) -> None:
        case = begin(tiktok)
        tiktok.faults.add(kind="throttled", operation="search")
        with pytest.raises(TikTokUnavailable):
            returns.get_aftersale(client, case["return_id"])


class TestChanging:
    @pytest.mark.parametrize("kind", ["timeout", "cut", "error_502", "broken_json"])
    def test_says_unknown_where_it_may_have_happened(
        self, tiktok: SandboxTikTok, client: TikTokClient, kind: str
    ) -> None:
        case = begin(tiktok)
        tiktok.faults.add(kind=kind, operation="approve", times=1, seconds=0.8)
        with pytest.raises(TikTokOutcomeUnknown):
            returns.approve(client, case["return_id"], decision=APPROVE, idempotency_key="k")
        assert case["return_status"] == "AWAITING_BUYER_SHIP"

    def test_does_nothing_twice_under_one_key(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        case = begin(tiktok)
        for _ in range(2):
            returns.approve(client, case["return_id"], decision=APPROVE, idempotency_key="k")
        assert len([entry for entry in tiktok.book.journal if entry["by"] == "SELLER"]) == 1

    def test_hands_on_what_tiktok_objects_to(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        case = begin(tiktok)
        with pytest.raises(TikTokRefused) as caught:
            returns.reject(
                client,
                case["return_id"],
                decision="REJECT_RETURN",
                reason="no-such-reason",
                comment="",
                idempotency_key="k",
            )
        assert caught.value.code == 25001022
        assert caught.value.request_id

    def test_begins_a_return_in_the_us_alone(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        everywhere = list(tiktok.book.orders.values())
        american = next(order for order in everywhere if order["region"] == "US")
        british = next(order for order in everywhere if order["region"] == "GB")
        assert self.create(client, american).startswith("40")
        with pytest.raises(TikTokRefused):
            self.create(client, british)

    def create(self, client: TikTokClient, order: dict[str, Any]) -> str:
        ids = [order["line_items"][0]["id"]]
        reason = next(iter(returns.list_eligibility(client, order["id"]))).reasons[0].name
        refund = returns.calculate_refund(
            client,
            order_id=order["id"],
            request_type="RETURN_AND_REFUND",
            reason=reason,
            order_line_item_ids=ids,
        )
        return returns.create_return(
            client,
            order_id=order["id"],
            return_type="RETURN_AND_REFUND",
            reason=reason,
            order_line_item_ids=ids,
            refund=refund,
            idempotency_key=order["id"],
        )


class TestPartialRefund:
    @pytest.mark.parametrize(
        ("amount", "sent"),
        [("11.330", "11.33"), ("11.300", "11.30"), ("1000.000", "1000"), ("1.235", "1.235")],
    )
    def test_is_sent_as_money_is_written(
        self, tiktok: SandboxTikTok, client: TikTokClient, amount: str, sent: str
    ) -> None:
        case = begin(tiktok)
        case["refund_amount"]["refund_total"] = "2000.00"
        partial = Price(Decimal(amount), "USD")
        returns.approve(
            client,
            case["return_id"],
            decision="OFFER_PARTIAL_REFUND",
            partial=partial,
            idempotency_key="k",
        )
        assert case["offer"] == sent


class TestClock:
    def test_that_goes_wrong_is_set_by_tiktoks(self, tiktok: SandboxTikTok) -> None:
        case = begin(tiktok)
        known = build_tiktok_client()
        wrong = TikTokClient(
            app_of_settings(), known._vault, clock=lambda: timezone.now().timestamp() - 3600
        )
        assert returns.get_aftersale(wrong, case["return_id"]).return_id == case["return_id"]

    def test_is_not_blamed_where_it_agrees_with_tiktoks(
        self, tiktok: SandboxTikTok, client: TikTokClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse_with(monkeypatch, 36009004, "ids is a required field")
        with pytest.raises(TikTokRefused, match="required field"):
            returns.search_page(client, {})


class TestErrorCodes:
    def test_of_an_internal_error_leaves_a_change_uncertain(
        self, tiktok: SandboxTikTok, client: TikTokClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse_with(monkeypatch, 36009003, "internal error")
        with pytest.raises(TikTokOutcomeUnknown):
            returns.approve(client, "40", decision=APPROVE, idempotency_key="k")
        with pytest.raises(TikTokUnavailable):
            returns.search_page(client, {})

    @pytest.mark.parametrize("code", [36009009, 36009010])
    def test_of_a_path_that_is_not_open_ask_for_no_new_connection(
        self,
        tiktok: SandboxTikTok,
        client: TikTokClient,
        monkeypatch: pytest.MonkeyPatch,
        code: int,
    ) -> None:
        refuse_with(monkeypatch, code, "Invalid path")
        with pytest.raises(TikTokProtocolError, match="does not offer this call"):
            returns.search_page(client, {})

    @pytest.mark.parametrize("said", ["nan", "-5", "soon", "Mon, 30 Nov 2026 19:00:00 GMT"])
    def test_with_a_strange_time_to_wait_wait_as_without(self, said: str) -> None:
        assert _retry_after(Answer(429, {"Retry-After": said}, {})) is None

    def test_with_a_very_long_time_to_wait_wait_for_an_hour(self) -> None:
        assert _retry_after(Answer(429, {"Retry-After": "1e9"}, {})) == 3600


class TestCancellations:
    def test_are_made_once_under_one_key_and_listed(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        order = next(iter(tiktok.book.orders.values()))
        order["status"] = "ON_HOLD"
        given = {"reason": "seller_cancel_reason_out_of_stock", "idempotency_key": "k"}
        made = {orders.cancel_order(client, order["id"], **given) for _ in range(2)}
        listed = orders.list_cancellations(client, order["id"])
        assert made == {found.cancel_id for found in listed}
        assert listed[0].is_complete

    def test_are_refused_once_the_order_was_sent(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        order = next(iter(tiktok.book.orders.values()))
        with pytest.raises(TikTokRefused):
            orders.cancel_order(client, order["id"], reason="x", idempotency_key="k")

    @pytest.mark.parametrize("agrees", [True, False])
    def test_of_buyers_are_answered(
        self, tiktok: SandboxTikTok, client: TikTokClient, *, agrees: bool
    ) -> None:
        order = next(iter(tiktok.book.orders.values()))
        order["status"] = "AWAITING_SHIPMENT"
        with tiktok.book.change():
            moves.cancel_order(tiktok.book, order["id"], "no_need", role="BUYER")
        asked = orders.list_cancellations(client, order["id"])[0]
        assert asked.deadline is not None
        if agrees:
            orders.approve_cancellation(client, asked.cancel_id, idempotency_key="k")
        else:
            reason = returns.list_reject_reasons(client, asked.cancel_id)[0].name
            orders.reject_cancellation(client, asked.cancel_id, reason=reason, idempotency_key="k")
        assert orders.list_cancellations(client, order["id"])[0].is_complete is agrees


class TestTokens:
    def test_that_are_still_good_serve_while_nobody_renews_them(
        self, tiktok: SandboxTikTok, client: TikTokClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        soon = timezone.now() + timedelta(minutes=30)
        TikTokShop.objects.update(access_expires_at=soon)

        def fail(_refresh_token: str) -> None:
            raise TikTokUnavailable("Slow down.")

        monkeypatch.setattr(client, "renew", fail)
        assert returns.search_page(client, {}).aftersales == ()
        TikTokShop.objects.update(access_expires_at=timezone.now())
        with pytest.raises(TikTokUnavailable):
            returns.search_page(client, {})

    def test_are_encrypted_at_rest(self, tiktok: SandboxTikTok) -> None:
        stored = TikTokShop.objects.get()
        assert "TTP_" not in stored.access_token + stored.refresh_token
        assert strongbox().open(stored.access_token).startswith("TTP_")

    def test_are_renewed_when_tiktok_refuses_them(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        tiktok.tokens.clear()
        begin(tiktok)
        returns.search_page(client, {})
        assert tiktok.refreshes == 1

    def test_are_renewed_once_by_many_at_a_time(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        TikTokShop.objects.update(access_expires_at=timezone.now())
        threads = [
            threading.Thread(target=lambda: closing_search(client), daemon=True) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert tiktok.refreshes == 1

    def test_survive_a_new_key(self, tiktok: SandboxTikTok, settings: Any) -> None:
        old = settings.TIKTOK_TOKEN_KEYS
        settings.TIKTOK_TOKEN_KEYS = [Fernet.generate_key().decode(), *old]
        assert strongbox().open(TikTokShop.objects.get().access_token).startswith("TTP_")

    def test_are_lost_without_their_key(self, tiktok: SandboxTikTok) -> None:
        stranger = Strongbox([Fernet.generate_key().decode()])
        with pytest.raises(TikTokMisconfigured):
            stranger.open(TikTokShop.objects.get().access_token)

    def test_ask_for_a_new_connection_once_nothing_renews_them(
        self, tiktok: SandboxTikTok, client: TikTokClient
    ) -> None:
        tiktok.tokens.clear()
        tiktok.refresh_tokens.clear()
        with pytest.raises(TikTokMisconfigured):
            returns.search_page(client, {})


class TestSecrets:
    def test_stand_in_no_log_and_no_exception(
        self, tiktok: SandboxTikTok, client: TikTokClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        returns.search_page(client, {})
        with pytest.raises(TikTokUnavailable) as caught:
            TikTokClient(app_with(tiktok.app_secret), None).exchange_code("code-4711")
        error = caught.value
        text = f"{error!r} {error.__cause__} {vars(error)} {app_of_settings()!r} {caplog.text}"
        assert tiktok.app_secret not in text
        assert "code-4711" not in text


def refuse_with(monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    """Every call is answered with this number, under HTTP 200."""

    def refuse(*_args: object) -> None:
        raise Refusal(code, words)

    monkeypatch.setattr(api, "answer", refuse)


def app_with(secret: str) -> Any:
    """An app whose addresses lead nowhere."""
    app = app_of_settings()
    return type(app)(app.key, secret, "http://127.0.0.1:9", "http://127.0.0.1:9")


def closing_search(client: TikTokClient) -> None:
    try:
        returns.search_page(client, {})
    finally:
        connection.close()
