"""Withdrawing from a contract: two steps, no sign-in, no reason, and a receipt that holds."""

import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from returns_portal.languages import LANGUAGES
from returns_portal.returns import snapshots
from returns_portal.returns.emails import build_receipt
from returns_portal.returns.models import (
    PolicyVersion,
    ReturnPolicy,
    ReturnRequest,
    Withdrawal,
    WithdrawalRules,
)
from returns_portal.returns.policies import build_terms
from returns_portal.returns.processing.withdrawing import carry_out_withdrawals
from returns_portal.returns.rules import Effect, Match, Rule
from returns_portal.returns.ruling import digest_of
from returns_portal.returns.services.withdrawing import hash_of
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.reading import read_form
from tests.returns.examples import NOON

pytestmark = pytest.mark.django_db
GERMANY, SPAIN = SHOWCASE[3], SHOWCASE[4]
WISH = {
    "name": "Ada Example",
    "order_number": GERMANY.order_number,
    "email": "ada@example.com",
    "postcode": GERMANY.postcode,
    "goods": "",
}


def confirmation(page: str) -> dict[str, str]:
    """What the second step sends, unless its other button is pressed."""
    fields = read_form(page, "/withdraw/")
    return {name: value for name, value in fields.items() if name != "change"}


def declare(client: Client, **changes: str) -> HttpResponse:
    """Both steps, as a browser takes them."""
    wish = {**WISH, **changes}
    shown = client.post("/withdraw/", wish)
    sent = client.post("/withdraw/", confirmation(shown.content.decode()))
    assert isinstance(sent, HttpResponse)
    return sent


@pytest.fixture
def shop(sandbox: SandboxServer) -> SandboxServer:
    call_command("load_defaults", verbosity=0)
    return sandbox


class TestDeclaration:
    def test_is_shown_word_for_word_before_it_is_taken(self, client: Client) -> None:
        html = client.post("/withdraw/", WISH).content.decode()
        assert "I hereby withdraw" in html
        assert "Ada Example" in html
        assert not Withdrawal.objects.exists()

    @pytest.mark.parametrize("code", [code for code, _name in LANGUAGES if code != "en"])
    def test_is_worded_and_confirmed_in_the_shoppers_language(
        self, client: Client, code: str
    ) -> None:
        read = {"Accept-Language": code}
        english = ("You can withdraw", "I hereby withdraw", "all goods", "You declared", "received")
        shown = client.post("/withdraw/", WISH, headers=read)
        client.post("/withdraw/", confirmation(shown.content.decode()), headers=read)
        made = Withdrawal.objects.get()
        receipt = build_receipt(made)
        said = [
            client.get("/withdraw/", headers=read).content.decode(),
            shown.content.decode(),
            made.text,
            str(receipt.subject),
            str(receipt.body),
            str(receipt.alternatives[0][0]),
        ]
        for words in english:
            assert not any(words in text for text in said)
        assert made.text in receipt.body

    def test_asks_for_no_reason(self, client: Client) -> None:
        fields = read_form(client.get("/withdraw/").content.decode(), "/withdraw/")
        assert set(WISH) - {"goods"} <= fields.keys()
        assert "reason" not in fields

    def test_leads_to_a_receipt_with_time_and_hash(self, client: Client) -> None:
        answer = declare(client)
        assert answer.status_code == 303
        made = Withdrawal.objects.get()
        html = client.get(answer.url).content.decode()  # type: ignore[attr-defined]
        assert made.sha256 == hash_of(made.text)
        assert made.sha256 in html
        assert made.received_at.strftime("%Y-%m-%d %H:%M:%S") in html

    def test_looks_the_same_whether_the_order_is_known(self, client: Client) -> None:
        pages = [
            client.get(declare(client, order_number=number).url)  # type: ignore[attr-defined]
            for number in (GERMANY.order_number, "576000000000000000")
        ]
        # Each form of a page masks the token anew.
        first, second = (
            re.sub(r'value="[A-Za-z0-9]{64}"', "", page.content.decode())
            .replace(made.reference, "")
            .replace(made.order_number, "")
            .replace(made.sha256, "")
            .replace(made.received_at.strftime("%H:%M:%S"), "")
            for page, made in zip(pages, Withdrawal.objects.order_by("pk"), strict=True)
        )
        assert first == second

    def test_pressed_twice_is_one(self, client: Client) -> None:
        shown = client.post("/withdraw/", WISH)
        for _ in range(2):
            client.post("/withdraw/", confirmation(shown.content.decode()))
        assert Withdrawal.objects.count() == 1

    def test_confirmed_for_other_words_is_shown_again(self, client: Client) -> None:
        answer = client.post("/withdraw/", {**WISH, "confirmed": hash_of("other words")})
        assert "Confirm your withdrawal" in answer.content.decode()
        assert not Withdrawal.objects.exists()

    @pytest.mark.parametrize("field", ["name", "order_number", "email"])
    def test_misses_nothing_that_it_needs(self, client: Client, field: str) -> None:
        assert client.post("/withdraw/", {**WISH, field: ""}).status_code == 422

    def test_is_taken_however_many_came_from_the_address(self, client: Client) -> None:
        for _ in range(22):
            declare(client)
        assert Withdrawal.objects.count() == 22
        assert Withdrawal.objects.filter(outcome="waiting").count() == 20

    def test_is_not_offered_where_the_shop_says_so(self, client: Client) -> None:
        WithdrawalRules.objects.create(pk=1, active=False)
        assert client.get("/withdraw/").status_code == 404
        assert "/withdraw/" not in client.get("/").content.decode()

    def test_is_worded_by_the_shop(self, client: Client) -> None:
        WithdrawalRules.objects.create(pk=1, statement="I take back {order}, says {name}.")
        declare(client)
        assert Withdrawal.objects.get().text == (
            f"I take back {GERMANY.order_number}, says Ada Example."
        )


def receipt_of(**values: str) -> tuple[Withdrawal, str, str]:
    """A withdrawal with the text and the HTML of its receipt."""
    text = values.pop("text", "I hereby withdraw.\nGoods: Linen shirt")
    made = Withdrawal.objects.create(
        reference="W-0001",
        token="t0ken",
        order_number="5",
        name="Ada Example",
        email="ada@example.com",
        text=text,
        sha256=hash_of(text),
        received_at=NOON,
        try_at=NOON,
        **values,
    )
    message = build_receipt(made)
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return made, str(message.body), str(html)


class TestReceipt:
    @pytest.mark.parametrize("code", [code for code, _name in LANGUAGES])
    def test_tells_the_same_as_text_and_as_html(self, code: str) -> None:
        made, text, html = receipt_of(language=code)
        link = f"http://testserver/withdraw/{made.token}/"
        for body in (text, html):
            for fact in (made.reference, f"{made.received_at:%Y-%m-%d %H:%M:%S}", made.sha256):
                assert fact in body
            assert link in body
            assert "%(" not in body
        assert made.text in text
        assert "I hereby withdraw.<br>Goods: Linen shirt" in html
        assert f'href="{link}"' in html
        assert f'lang="{code}"' in html
        assert f'dir="{"rtl" if code == "ar" else "ltr"}"' in html

    def test_is_in_the_frame_of_all_mails(self) -> None:
        _made, _text, html = receipt_of()
        assert "prefers-color-scheme: dark" in html
        assert 'role="article" aria-label=' in html
        assert "Return  ·" not in html

    def test_escapes_what_was_typed_and_makes_no_link_of_it(self) -> None:
        _made, text, html = receipt_of(text="Name: <b>Ada</b> & https://evil.example/ evil.example")
        assert "<b>Ada</b> & https://evil.example/" in text
        assert "&lt;b&gt;Ada&lt;/b&gt; &amp; https://evil.example/" in html
        assert 'href="https://evil.example' not in html
        assert 'href="http://evil.example' not in html

    def test_keeps_its_message_id_and_marks_itself_automatic(self) -> None:
        made, _text, _html = receipt_of()
        message = build_receipt(made).message()
        assert message["Message-ID"] == "<W-0001@testserver>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["To"] == "ada@example.com"


class TestCarryingOut:
    def carry_out(self, now: datetime) -> None:
        carry_out_withdrawals(clock=lambda: now + timedelta(minutes=1))

    def test_mails_the_receipt_once(
        self, client: Client, shop: SandboxServer, now: datetime, mailoutbox: list[EmailMessage]
    ) -> None:
        declare(client)
        self.carry_out(now)
        self.carry_out(now + timedelta(hours=1))
        receipts = [mail for mail in mailoutbox if mail.to == ["ada@example.com"]]
        made = Withdrawal.objects.get()
        mine = [mail for mail in receipts if made.reference in mail.subject]
        assert len(mine) == 1
        assert made.sha256 in mine[0].body
        assert made.text in mine[0].body

    def test_opens_a_return_of_all_goods(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        declare(client)
        self.carry_out(now)
        made = Withdrawal.objects.get()
        assert made.outcome == "opened"
        assert made.return_request is not None
        assert made.reference in made.return_request.attention
        assert made.return_request.lines.count() == 2

    def test_goes_before_the_shops_final_sale(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        declare(client, order_number=SPAIN.order_number, postcode=SPAIN.postcode)
        self.carry_out(now)
        lines = ReturnRequest.objects.get().lines.all()
        assert "Silk scarf" in {line.title for line in lines}

    def test_goes_before_the_shops_rules(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        refuse = Effect("not_eligible", text="Final sale.")
        fee = Effect("restocking_fee", "20")
        rule = Rule("final", "Final sale", 1, Match.ALL, (), (refuse, fee))
        for policy in ReturnPolicy.objects.all():
            PolicyVersion.objects.create(
                policy=policy,
                number=1,
                terms=snapshots.dump(build_terms(policy)),
                rules=snapshots.dump((rule,)),
                digest=digest_of(build_terms(policy), (rule,)),
                published_at=now,
            )
        declare(client, order_number=SPAIN.order_number, postcode=SPAIN.postcode)
        self.carry_out(now)
        lines = ReturnRequest.objects.get().lines.all()
        assert "Silk scarf" in {line.title for line in lines}
        assert {line.restocking_fee for line in lines} == {0}

    def test_goes_before_the_shops_shorter_window(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        ReturnPolicy.objects.update(return_window_days=0)
        declare(client)
        self.carry_out(now)
        assert Withdrawal.objects.get().outcome == "opened"

    def test_keeps_what_the_law_excepts(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        WithdrawalRules.objects.create(pk=1, excepted_tags=["final-sale"])
        declare(client, order_number=SPAIN.order_number, postcode=SPAIN.postcode)
        self.carry_out(now)
        lines = ReturnRequest.objects.get().lines.all()
        assert "Silk scarf" not in {line.title for line in lines}

    def test_joins_the_return_that_is_open(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        for _ in range(2):
            declare(client)
            self.carry_out(now)
        assert ReturnRequest.objects.count() == 1
        assert set(Withdrawal.objects.values_list("outcome", flat=True)) == {"opened", "attached"}

    def test_leaves_an_unknown_order_to_staff(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        declare(client, order_number="576000000000000000")
        self.carry_out(now)
        assert Withdrawal.objects.get().outcome == "unmatched"

    def test_leaves_a_late_one_to_staff(
        self, client: Client, shop: SandboxServer, now: datetime
    ) -> None:
        WithdrawalRules.objects.create(pk=1, days=1)
        declare(client)
        self.carry_out(now)
        assert Withdrawal.objects.get().outcome == "late"

    def test_waits_for_a_shopify_that_is_down(
        self, client: Client, shop: SandboxServer, now: datetime, settings: Any
    ) -> None:
        settings.SHOPIFY_TIMEOUT_SECONDS = 0.2
        shop.faults.add(kind="error_503", times=60)
        declare(client)
        self.carry_out(now)
        assert Withdrawal.objects.get().outcome == "waiting"
        assert Withdrawal.objects.get().mailed_at is not None


class TestCheck:
    def test_says_that_the_words_fit(self, client: Client) -> None:
        declare(client)
        out = StringIO()
        call_command("check_withdrawal", Withdrawal.objects.get().reference, stdout=out)
        assert "fits" in out.getvalue()

    def test_says_when_they_were_changed(self, client: Client) -> None:
        declare(client)
        Withdrawal.objects.update(text="I withdraw from nothing.")
        with pytest.raises(CommandError, match="was changed"):
            call_command("check_withdrawal", Withdrawal.objects.get().reference)
