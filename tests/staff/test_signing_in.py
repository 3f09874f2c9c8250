"""Signing in: password, code, recovery codes, lock-out, and proofs for much money."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from time_machine import Traveller as Clock

from returns_portal import second_factor
from returns_portal.addresses import sign_in_address
from tests.returns.factories import UserFactory, request_with_line
from tests.staff.conftest import grant
from tests.staff.pages import text, url

pytestmark = pytest.mark.django_db
LOGIN, CODE, SETUP, PROVE = (
    f"/admin/{page}" for page in ("login/", "two-factor/code/", "two-factor/", "prove/")
)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person() -> User:
    user: User = UserFactory(username="dana", staff=True)
    user.set_password("correct horse battery")
    user.save()
    return grant(user, "view_returnrequest", "decide_returnrequest", "view_personal_data")


def enter_password(client: Client, password: str = "correct horse battery", **extra: str) -> int:
    answer = client.post(LOGIN, {"username": "dana", "password": password}, **extra)
    return answer.status_code


def code_of(device: TOTPDevice) -> str:
    made = TOTP(device.bin_key)
    made.time = datetime.now(UTC).timestamp()
    return f"{made.token():06}"


@pytest.fixture
def device(person: User, clock: Clock) -> TOTPDevice:
    """A second factor that has been set up a while ago."""
    device = second_factor.begin(person)
    assert second_factor.confirm(person, code_of(device))
    clock.shift(timedelta(minutes=5))
    return device


class TestPassword:
    def test_lets_in_who_has_no_second_factor(self, person: User) -> None:
        client = Client()
        assert enter_password(client) == 302
        assert client.get("/admin/").status_code == 200

    def test_gives_the_session_a_new_key(self, person: User) -> None:
        client = Client()
        client.get("/admin/")
        client.session["kept"] = "from before"
        client.session.save()
        before = client.session.session_key
        enter_password(client)
        assert client.session.session_key != before

    def test_is_not_enough_where_a_second_factor_is_set_up(
        self, person: User, device: TOTPDevice
    ) -> None:
        client = Client()
        enter_password(client)
        answer = client.get("/admin/returns/returnrequest/", follow=True)
        assert answer.redirect_chain[-1][0].startswith(CODE)
        assert "returnrequest" in answer.redirect_chain[-1][0]

    def test_is_not_enough_where_the_shop_requires_a_second_factor(
        self, person: User, settings: Settings
    ) -> None:
        settings.STAFF_TWO_FACTOR = "required"
        client = Client()
        enter_password(client)
        answer = client.get("/admin/", follow=True)
        assert answer.redirect_chain[-1][0].startswith(SETUP)
        assert "asks everybody" in text(answer)

    @pytest.mark.parametrize("page", ["approve", "decline", "write"])
    def test_decides_nothing_while_the_code_is_missing(
        self, person: User, device: TOTPDevice, page: str
    ) -> None:
        client, item = Client(), request_with_line()
        enter_password(client)
        answer = client.post(url(item, page), {"reason": "No.", "body": "Hello"})
        assert answer.status_code == 302
        item.refresh_from_db()
        assert (item.status, item.messages.count()) == ("requested", 0)


class TestCode:
    def test_lets_in_under_a_new_session_key(self, person: User, device: TOTPDevice) -> None:
        client = Client()
        enter_password(client)
        before = client.session.session_key
        answer = client.post(CODE, {"code": code_of(device), "next": "/admin/returns/operation/"})
        assert answer.headers["Location"] == "/admin/returns/operation/"
        assert client.session.session_key != before
        assert client.get("/admin/").status_code == 200

    def test_is_taken_once(self, person: User, device: TOTPDevice) -> None:
        code = code_of(device)
        for client, status in ((Client(), 302), (Client(), 200)):
            enter_password(client)
            assert client.post(CODE, {"code": code}).status_code == status

    def test_makes_whoever_guesses_wait_longer_and_longer(
        self, person: User, device: TOTPDevice
    ) -> None:
        client = Client()
        enter_password(client)
        for _ in range(4):
            client.post(CODE, {"code": "000000"})
        page = text(client.post(CODE, {"code": code_of(device)}))
        assert "Too many wrong codes" in page
        assert client.get("/admin/").status_code == 302

    def test_of_somebody_else_lets_nobody_in(self, person: User, device: TOTPDevice) -> None:
        other = second_factor.begin(UserFactory(staff=True))
        client = Client()
        enter_password(client)
        client.post(CODE, {"code": code_of(other)})
        assert client.get("/admin/").status_code == 302

    def test_goes_nowhere_but_on_this_site(self, person: User, device: TOTPDevice) -> None:
        client = Client()
        enter_password(client)
        answer = client.post(CODE, {"code": code_of(device), "next": "https://evil.example/"})
        assert answer.headers["Location"] == "/admin/"

    def test_is_not_asked_of_strangers(self) -> None:
        assert Client().get(CODE).headers["Location"].startswith(LOGIN)

    def test_page_has_a_way_out(self, person: User, device: TOTPDevice) -> None:
        client = Client()
        enter_password(client)
        client.post("/admin/two-factor/leave/")
        assert "_auth_user_id" not in client.session


class TestRecoveryCode:
    def test_lets_in_once(self, person: User, device: TOTPDevice) -> None:
        code = second_factor.renew_recovery_codes(person)[0]
        for client, status in ((Client(), 302), (Client(), 200)):
            enter_password(client)
            assert client.post(CODE, {"code": code.upper()}).status_code == status
        assert second_factor.count_recovery_codes(person) == second_factor.RECOVERY_CODES - 1

    def test_of_before_opens_nothing_after_new_ones(self, person: User, device: TOTPDevice) -> None:
        old = second_factor.renew_recovery_codes(person)[0]
        second_factor.renew_recovery_codes(person)
        assert second_factor.verify(person, old) is None


class TestSettingUp:
    def test_shows_a_picture_and_a_key_and_then_recovery_codes(self, person: User) -> None:
        client = Client()
        enter_password(client)
        page = text(client.get(SETUP))
        assert 'src="data:image/svg+xml' in page
        device = TOTPDevice.objects.get(user=person)
        page = text(client.post(SETUP, {"code": code_of(device)}))
        assert page.count('<li class="code">') == second_factor.RECOVERY_CODES
        assert client.get("/admin/").status_code == 200

    def test_keeps_the_key_until_the_first_code_fits(self, person: User) -> None:
        client = Client()
        enter_password(client)
        client.get(SETUP)
        client.post(SETUP, {"code": "000000"})
        assert TOTPDevice.objects.get().confirmed is False
        assert not second_factor.has_second_factor(person)

    def test_shuts_out_other_sessions_that_entered_no_code(self, person: User) -> None:
        elsewhere, here = Client(), Client()
        enter_password(elsewhere)
        enter_password(here)
        here.get(SETUP)
        here.post(SETUP, {"code": code_of(TOTPDevice.objects.get())})
        assert elsewhere.get("/admin/").status_code == 302
        assert here.get("/admin/").status_code == 200

    def test_can_be_undone_after_a_fresh_proof_alone(
        self, person: User, device: TOTPDevice, clock: Clock
    ) -> None:
        client = Client()
        enter_password(client)
        client.post(CODE, {"code": code_of(device)})
        clock.shift(timedelta(minutes=16))
        client.post("/admin/two-factor/off/")
        assert second_factor.has_second_factor(person)
        client.post(PROVE, {"code": code_of(device)})
        client.post("/admin/two-factor/off/")
        assert not second_factor.has_second_factor(person)


class TestLockOut:
    def test_comes_after_five_wrong_passwords_and_says_so(
        self, person: User, settings: Settings
    ) -> None:
        client = Client()
        statuses = [enter_password(client, "wrong") for _ in range(5)]
        assert statuses == [200, 200, 200, 200, 429]
        answer = client.post(LOGIN, {"username": "dana", "password": "correct horse battery"})
        assert answer.status_code == 429
        assert "Wait 15 minutes" in text(answer)
        assert answer.headers["Retry-After"] == "900"

    def test_ends_after_a_while(self, person: User, clock: Clock) -> None:
        client = Client()
        for _ in range(5):
            enter_password(client, "wrong")
        clock.shift(timedelta(minutes=16))
        assert enter_password(client) == 302

    def test_of_a_stranger_does_not_lock_the_owner_out(self, person: User) -> None:
        for _ in range(6):
            enter_password(Client(), "wrong", REMOTE_ADDR="203.0.113.9")
        assert enter_password(Client(), REMOTE_ADDR="198.51.100.4") == 302

    def test_counts_by_the_address_that_our_own_proxy_saw(
        self, person: User, settings: Settings
    ) -> None:
        settings.TRUSTED_PROXY_HOPS = 1
        for number in range(5):
            enter_password(Client(), "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}, 203.0.113.9")
        assert enter_password(Client(), HTTP_X_FORWARDED_FOR="10.0.0.77, 203.0.113.9") == 429
        assert enter_password(Client(), HTTP_X_FORWARDED_FOR="203.0.113.10") == 302

    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("", None),
            ("nonsense", None),
        ],
    )
    def test_counts_a_network_of_one_connection_as_one(
        self, rf: "pytest.FixtureRequest", address: str, counted: str | None
    ) -> None:
        request = rf.get("/", REMOTE_ADDR=address)  # type: ignore[attr-defined]
        assert sign_in_address(request) == counted


class TestFreshSignIn:
    @pytest.fixture
    def client(self, person: User, settings: Settings) -> Client:
        settings.FRESH_SIGN_IN_AMOUNT = 20
        client = Client()
        enter_password(client)
        return client

    def approve(self, client: Client) -> tuple[str, str]:
        item = request_with_line()
        line = item.lines.get()
        data = {"amount": "24.49", "currency": "USD", "quoted": "24.49", f"units-{line.pk}": "1"}
        data[f"disposition-{line.pk}"] = "RESTOCKED"
        answer = client.post(url(item, "approve"), data)
        item.refresh_from_db()
        return item.status, answer.headers.get("Location", "")

    def test_is_the_sign_in_itself_for_a_while(self, client: Client) -> None:
        assert self.approve(client)[0] == "approved"

    def test_is_asked_for_before_much_money(self, client: Client, clock: Clock) -> None:
        clock.shift(timedelta(minutes=16))
        status, address = self.approve(client)
        assert status == "requested"
        assert address.startswith(PROVE)

    def test_is_asked_for_before_the_form_opens(self, client: Client, clock: Clock) -> None:
        clock.shift(timedelta(minutes=16))
        answer = client.get(url(request_with_line(), "approve"))
        assert answer.headers["Location"].startswith(PROVE)

    def test_is_given_by_the_password(self, client: Client, clock: Clock) -> None:
        clock.shift(timedelta(minutes=16))
        answer = client.post(
            PROVE, {"password": "correct horse battery", "next": "/admin/returns/operation/"}
        )
        assert answer.headers["Location"] == "/admin/returns/operation/"
        assert self.approve(client)[0] == "approved"

    def test_is_not_given_by_a_wrong_password(self, client: Client, clock: Clock) -> None:
        clock.shift(timedelta(minutes=16))
        assert "not your password" in text(client.post(PROVE, {"password": "wrong"}))
        assert self.approve(client)[0] == "requested"

    def test_is_not_asked_for_less(self, client: Client, clock: Clock, settings: Settings) -> None:
        settings.FRESH_SIGN_IN_AMOUNT = 25
        clock.shift(timedelta(minutes=16))
        assert self.approve(client)[0] == "approved"
