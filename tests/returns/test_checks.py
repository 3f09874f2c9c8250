"""The set-up's checks: each found well, and each found wrong with its cure."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from returns_portal.returns import checks
from returns_portal.returns.checks import LOCAL, REMOTE, State, judge_scopes
from returns_portal.returns.checks.findings import Check, Finding, fail, ok, run_checks
from returns_portal.returns.checks.local import countries_sold_to
from returns_portal.returns.intake.deliveries import webhook_uri
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import (
    Heartbeat,
    MirroredOrder,
    PolicyRule,
    ReturnPolicy,
    SalesChannel,
    ShopBrand,
    TikTokShop,
    WebhookDelivery,
)
from returns_portal.shopify.client import build_client
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.shop import REQUIRED_SCOPES
from returns_portal.shopify.subscriptions import ensure_subscriptions
from returns_portal.shopify.types import Shop
from tests.returns.examples import NOON, an_order
from tests.returns.factories import (
    OperationFactory,
    ReturnPolicyFactory,
    ReturnReasonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BY_KEY = {check.key: check for check in (*LOCAL, *REMOTE)}


def state_of(key: str) -> State:
    finding = BY_KEY[key].look(NOON)
    assert finding.found
    assert bool(finding.cure) == (finding.state != State.OK)
    return finding.state


class TestRunning:
    def test_asks_who_did_not_answer_only_once(self) -> None:
        asked: list[str] = []

        def silent(name: str) -> Callable[[datetime], Finding]:
            def look(now: datetime) -> Finding:
                asked.append(name)
                return fail("No answer.", "Wait.", silent=True)

            return look

        first, second = Check("a", "A", silent("a")), Check("b", "B", silent("b"), after="a")
        apart = Check("c", "C", silent("c"))
        results = run_checks((first, second, apart), now=NOON)
        assert asked == ["a", "c"]
        assert [(r.key, r.finding.state, bool(r.finding.cure)) for r in results] == [
            ("a", "fail", True),
            ("b", "fail", True),
            ("c", "fail", True),
        ]

    def test_asks_on_where_an_answer_was_a_bad_one(self) -> None:
        first = Check("a", "A", lambda now: fail("Wrong token.", "Set it."))
        second = Check("b", "B", lambda now: ok("Well."), after="a")
        assert [r.finding.state for r in run_checks((first, second), now=NOON)] == ["fail", "ok"]


def a_webhook(age: timedelta) -> None:
    WebhookDelivery.objects.create(
        shop="demo", webhook_id="1", topic="orders/updated", received_at=NOON - age
    )


def a_heartbeat(age: timedelta) -> None:
    Heartbeat.objects.create(name="worker", beaten_at=NOON - age)


def a_brand(**values: Any) -> None:
    ShopBrand.objects.create(pk=1, changed_at=NOON, **values)


class TestSite:
    @pytest.mark.parametrize(
        ("url", "state"), [("https://returns.example.com", "ok"), ("http://127.0.0.1", "warn")]
    )
    def test_wants_tls(self, settings: Settings, url: str, state: str) -> None:
        settings.SITE_URL = url
        assert state_of("site") == state


class TestCredentials:
    @pytest.mark.parametrize(
        ("token", "pair", "secrets", "state"),
        [
            ("token", "", ["secret"], "ok"),
            ("", "given", ["secret"], "ok"),
            ("", "", ["secret"], "fail"),
            ("token", "", [], "fail"),
        ],
    )
    def test_are_a_token_or_a_pair_and_a_webhook_secret(
        self, settings: Settings, token: str, pair: str, secrets: list[str], state: str
    ) -> None:
        settings.SHOPIFY_ACCESS_TOKEN = token
        settings.SHOPIFY_CLIENT_ID = settings.SHOPIFY_CLIENT_SECRET = pair
        settings.SHOPIFY_WEBHOOK_SECRETS = secrets
        assert state_of("credentials") == state


class TestWorker:
    @pytest.mark.parametrize(("minutes", "state"), [(1, "ok"), (4, "fail")])
    def test_has_answered_the_clock_lately(self, minutes: int, state: str) -> None:
        a_heartbeat(timedelta(minutes=minutes))
        assert state_of("worker") == state

    def test_has_answered_at_all(self) -> None:
        assert state_of("worker") == "fail"

    def test_notes_its_life(self) -> None:
        checks.note_heartbeat(now=NOON)
        checks.note_heartbeat(now=NOON)
        assert state_of("worker") == "ok"
        assert Heartbeat.objects.count() == 1


class TestWebhooks:
    @pytest.mark.parametrize(("days", "state"), [(1, "ok"), (4, "warn")])
    def test_have_come_lately(self, days: int, state: str) -> None:
        a_webhook(timedelta(days=days))
        assert state_of("webhooks") == state

    def test_have_come_at_all(self) -> None:
        assert state_of("webhooks") == "warn"


class TestOrders:
    def test_of_the_channel_are_here(self, settings: Settings) -> None:
        order = an_order()
        mirror_order(order, now=NOON)
        settings.PORTAL_CHANNELS = ["*"]
        assert state_of("orders") == "ok"

    def test_of_other_channels_alone_name_what_was_seen(self, settings: Settings) -> None:
        mirror_order(an_order(), now=NOON)
        settings.PORTAL_CHANNELS = ["another"]
        assert state_of("orders") == "fail"

    def test_are_missed(self) -> None:
        assert state_of("orders") == "fail"


class TestPolicies:
    @pytest.fixture(autouse=True)
    def sold(self) -> None:
        ReturnReasonFactory()
        mirror_order(an_order(), now=NOON)

    def test_hold_everywhere(self) -> None:
        ReturnPolicyFactory(countries=[])
        assert state_of("policies") == "ok"

    def test_of_known_countries_alone_leave_new_ones_open(self) -> None:
        ReturnPolicyFactory(countries=sorted(countries_sold_to()))
        assert state_of("policies") == "warn"

    def test_of_other_countries_do_not_count(self) -> None:
        ReturnPolicyFactory(countries=["XX"])
        assert state_of("policies") == "fail"

    def test_tell_what_is_not_known_yet_and_the_cure(self) -> None:
        policy = ReturnPolicyFactory(countries=[], name="Europe", not_known=["Who pays", "Dates"])
        finding = BY_KEY["terms"].look(NOON)
        assert finding.state == "warn"
        assert "Europe (2)" in finding.found
        assert finding.cure
        ReturnPolicy.objects.filter(pk=policy.pk).update(not_known=[])
        assert state_of("terms") == "ok"

    def test_tell_of_rules_that_were_never_published(self) -> None:
        policy = ReturnPolicyFactory(countries=[], name="Europe")
        assert state_of("rules") == "ok"
        row = PolicyRule.objects.create(
            policy=policy,
            key="a",
            name="A",
            priority=1,
            match="all",
            conditions=[],
            effects=[{"action": "require_photo", "value": "", "text": "", "choices": []}],
        )
        finding = BY_KEY["rules"].look(NOON)
        assert (finding.state, "Europe" in finding.found) == ("warn", True)
        PolicyRule.objects.filter(pk=row.pk).update(active=False)
        assert state_of("rules") == "ok"

    def test_that_are_switched_off_do_not_count(self) -> None:
        ReturnPolicyFactory(countries=[])
        ReturnPolicy.objects.update(active=False)
        assert state_of("policies") == "fail"

    def test_must_be_there_before_anything_is_sold(self) -> None:
        MirroredOrder.objects.all().delete()
        assert state_of("policies") == "fail"


class TestBrand:
    @pytest.mark.parametrize(
        ("values", "state"),
        [
            ({"name": "Linen & Sons", "support_email": "help@example.com"}, "ok"),
            ({"name": "Linen & Sons"}, "warn"),
            ({}, "warn"),
        ],
    )
    def test_has_a_name_and_a_way_to_reach_the_shop(
        self, values: dict[str, str], state: str
    ) -> None:
        a_brand(**values)
        assert state_of("brand") == state


class TestMails:
    @pytest.mark.parametrize(
        ("operation", "state"), [({"done": True}, "ok"), ({"failed": True}, "fail"), (None, "warn")]
    )
    def test_are_going_out(self, operation: dict[str, Any] | None, state: str) -> None:
        if operation:
            OperationFactory(kind="send_email", created_at=NOON, **operation)
        assert state_of("mails") == state


class TestTwoFactor:
    @pytest.mark.parametrize(("choice", "state"), [("required", "ok"), ("optional", "warn")])
    def test_is_required_or_set_up_by_everybody(
        self, settings: Settings, choice: str, state: str
    ) -> None:
        UserFactory(staff=True)
        settings.STAFF_TWO_FACTOR = choice
        assert state_of("two_factor") == state


class TestTikTok:
    @pytest.fixture
    def channel(self) -> SalesChannel:
        channel: SalesChannel = SalesChannel.objects.update_or_create(
            channel="tiktok", defaults={"settlement": "tiktok"}
        )[0]
        return channel

    def test_is_not_needed_where_no_channel_uses_it(self) -> None:
        SalesChannel.objects.all().delete()
        assert state_of("tiktok") == "ok"

    def test_needs_credentials(self, channel: SalesChannel, settings: Settings) -> None:
        settings.TIKTOK_APP_KEY = ""
        assert state_of("tiktok") == "fail"

    @pytest.mark.parametrize(("days", "state"), [(30, "ok"), (-1, "fail")])
    def test_needs_a_shop_whose_permission_lasts(
        self, channel: SalesChannel, settings: Settings, days: int, state: str
    ) -> None:
        settings.TIKTOK_APP_KEY = settings.TIKTOK_APP_SECRET = "given"
        TikTokShop.objects.create(
            shop_id="1",
            cipher="c",
            access_token="a",
            access_expires_at=NOON,
            refresh_token="r",
            refresh_expires_at=NOON + timedelta(days=days),
            changed_at=NOON,
        )
        assert state_of("tiktok") == state


class TestShopify:
    @pytest.mark.parametrize("key", ["shop", "scopes", "locations"])
    def test_is_well_where_it_answers(self, sandbox: SandboxServer, key: str) -> None:
        assert state_of(key) == "ok"

    def test_is_missed_where_it_does_not_answer(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        monkeypatch.setattr("returns_portal.returns.checks.remote.PATIENCE", 0.0)
        for key in ("shop", "scopes", "subscriptions", "locations"):
            assert state_of(key) == "fail"

    def test_refuses_wrong_credentials(self, sandbox: SandboxServer, settings: Settings) -> None:
        settings.SHOPIFY_ACCESS_TOKEN = "wrong"
        assert state_of("shop") == "fail"

    def test_names_the_scopes_that_are_missing(self) -> None:
        shop = Shop("gid", "Demo", "demo.example", "USD", "UTC", REQUIRED_SCOPES[1:])
        finding = judge_scopes(shop)
        assert finding.state == "fail"
        assert REQUIRED_SCOPES[0] in finding.found

    def test_sends_all_webhooks_once_subscribed(
        self, sandbox: SandboxServer, settings: Settings
    ) -> None:
        settings.SITE_URL = "https://returns.example.com"
        assert state_of("subscriptions") == "fail"
        ensure_subscriptions(build_client(), webhook_uri())
        assert state_of("subscriptions") == "ok"

    def test_does_not_know_the_location_of_the_settings(
        self, sandbox: SandboxServer, settings: Settings
    ) -> None:
        settings.SHOPIFY_LOCATION_ID = "gid://shopify/Location/404"
        assert state_of("locations") == "fail"


class TestMailServer:
    def test_answers(self) -> None:
        assert state_of("mail_server") == "ok"

    def test_is_missed_where_it_does_not_answer(self, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        assert state_of("mail_server") == "fail"


class TestCommand:
    @pytest.fixture
    def run(self) -> Callable[..., tuple[int, str]]:
        def run(*arguments: str) -> tuple[int, str]:
            out = StringIO()
            try:
                call_command("check_setup", "--local", *arguments, stdout=out)
            except SystemExit as ended:
                return int(str(ended.code)), out.getvalue()
            return 0, out.getvalue()

        return run

    def test_ends_with_1_and_a_line_a_check_with_its_cure(
        self, run: Callable[..., tuple[int, str]]
    ) -> None:
        code, out = run()
        assert code == 1
        assert len(out.splitlines()) == len(LOCAL)
        assert "Worker and clock: No worker has ever answered the clock. -> Start a worker" in out

    def test_ends_with_0_when_nothing_fails(
        self, run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "returns_portal.returns.management.commands.check_setup.LOCAL",
            [checks.Check("one", "One", lambda now: ok("Well."))],
        )
        assert run() == (0, "ok    One: Well.\n")

    def test_tells_programs_the_same(self, run: Callable[..., tuple[int, str]]) -> None:
        rows = json.loads(run("--json")[1])
        assert [row["check"] for row in rows] == [check.key for check in LOCAL]
        assert {"check", "state", "found", "cure"} == set(rows[0])
