"""Another language in the middle of a form: what was chosen comes along, and nothing is sent."""

import re
from typing import Any

import pytest
from django.test import Client

from returns_portal.returns.models import ReturnRequest, Withdrawal
from tests.portal.building import Door, choice, look_up
from tests.reading import read_form

pytestmark = pytest.mark.django_db
SWITCH = re.compile(
    r'<select[^>]*id="language"[^>]*form="kept".*?<button[^>]*form="kept"'
    r' name="next" value="([^"]+)" formaction="([^"]+)"',
    re.DOTALL,
)


@pytest.fixture
def shopper(client: Client, door: Door) -> Client:
    look_up(client)
    return client


def switch(client: Client, page: str, action: str, **typed: str) -> Any:
    """Presses the button beside the languages, as a browser without scripts does."""
    found = SWITCH.search(page)
    assert found, "The languages do not belong to the page's form."
    fields = {"language": "de", **read_form(page, action), **typed, "next": found[1]}
    fields.pop("change", None)  # The other button, which was not pressed.
    return client.post(found[2], fields, follow=True)


def reviewed(shopper: Client, **values: str) -> str:
    page = shopper.post("/orders/1/review/", choice(quantity="2", note="Too tight", **values))
    return str(page.content.decode())


class TestReview:
    def test_is_shown_again_with_the_choice_and_what_was_typed(self, shopper: Client) -> None:
        page = reviewed(shopper)
        answer = switch(shopper, page, "/submit/", contact_email="me@example.com")
        again = answer.content.decode()
        assert answer.redirect_chain == [("/orders/1/review/", 307)]
        assert '<html lang="de"' in again
        before, after = (read_form(text, "/submit/") for text in (page, again))
        for name in ("choose-1", "quantity-1", "reason-1", "note-1", "quoted_amount"):
            assert after[name] == before[name]
        assert after["contact_email"] == "me@example.com"

    def test_sends_nothing_and_asks_anew_to_confirm_the_conditions(self, shopper: Client) -> None:
        answer = switch(shopper, reviewed(shopper), "/submit/", conditions="on")
        assert not ReturnRequest.objects.exists()
        assert "conditions" not in read_form(answer.content.decode(), "/submit/")

    def test_that_something_was_wrong_with_keeps_the_choice_too(self, shopper: Client) -> None:
        fields = read_form(reviewed(shopper), "/submit/")
        page = shopper.post("/orders/1/submit/", {**fields, "conditions": ""}).content.decode()
        answer = switch(shopper, page, "/submit/")
        assert answer.request["PATH_INFO"] == "/orders/1/review/"
        assert "Too tight" in answer.content.decode()

    def test_goes_on_from_there_to_a_request_in_the_language(self, shopper: Client) -> None:
        page = switch(shopper, reviewed(shopper), "/submit/").content.decode()
        shopper.post("/orders/1/submit/", {**read_form(page, "/submit/"), "conditions": "on"})
        made = ReturnRequest.objects.get()
        assert (made.language, made.lines.get().quantity) == ("de", 2)


class TestOtherForms:
    def test_of_the_choice_keep_what_was_ticked(self, shopper: Client) -> None:
        page = shopper.get("/orders/1/").content.decode()
        answer = switch(shopper, page, "/review/", **choice(quantity="2", note="Too tight"))
        again = answer.content.decode()
        assert answer.status_code == 200
        assert answer.redirect_chain == [("/orders/1/", 307)]
        assert 'name="quantity-1" value="2"' in again
        assert 'value="too-small" checked' in again
        assert "Too tight" in again

    def test_of_a_change_save_nothing_though_its_refund_was_shown(self, shopper: Client) -> None:
        fields = read_form(reviewed(shopper), "/submit/")
        shopper.post("/orders/1/submit/", {**fields, "conditions": "on"})
        row = ReturnRequest.objects.get()
        address = f"/returns/{row.token}/change/"
        page = shopper.post(address, choice(quantity="1")).content.decode()
        shown = re.findall(r'name="quoted_amount" value="([^"]+)"', page)[0]
        found = SWITCH.search(page)
        assert found
        assert found[1] == address
        fields = {**choice(quantity="1"), "quoted_amount": shown}
        answer = shopper.post(
            found[2], {**fields, "language": "de", "next": address}, follow=True
        ).content.decode()
        assert row.lines.get().quantity == 2
        assert '<html lang="de"' in answer
        assert 'name="quantity-1" value="1"' in answer

    def test_of_a_withdrawal_declare_nothing_and_show_it_in_the_language(
        self, client: Client
    ) -> None:
        wish = {"name": "Ada", "order_number": "5", "email": "ada@example.com"}
        page = client.post("/withdraw/", wish).content.decode()
        # Also where the words are the same as before.
        english = switch(client, page, "/withdraw/", language="en").content.decode()
        german = switch(client, page, "/withdraw/").content.decode()
        for again in (english, german):
            assert 'name="confirmed"' in again
        assert not Withdrawal.objects.exists()
        assert '<html lang="de"' in german
        assert "I hereby withdraw" not in german

    def test_of_a_withdrawal_to_be_put_right_stay_on_that_page(self, client: Client) -> None:
        page = client.post("/withdraw/", {"name": "Ada"}).content.decode()
        fixed = {"order_number": "5", "email": "ada@example.com"}
        again = switch(client, page, "/withdraw/", **fixed).content.decode()
        assert 'name="confirmed"' not in again
        assert read_form(again, "/withdraw/")["name"] == "Ada"


class TestSafety:
    def test_needs_the_token_of_the_form(self, door: Door) -> None:
        strict = Client(enforce_csrf_checks=True)
        answer = strict.post("/i18n/setlang/", {"language": "de", "next": "/orders/1/review/"})
        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:1"]
    )
    def test_never_takes_the_form_to_another_site(self, client: Client, elsewhere: str) -> None:
        answer = client.post("/i18n/setlang/", {"language": "de", "next": elsewhere})
        assert (answer.status_code, answer["Location"]) == (302, "/")

    def test_of_a_page_without_a_form_leads_back_by_get(self, client: Client) -> None:
        page = client.get("/").content.decode()
        assert 'action="/i18n/setlang/"' in page
        answer = client.post(
            "/i18n/setlang/", {"language": "fr"}, headers={"Referer": "http://testserver/links/"}
        )
        assert (answer.status_code, answer["Location"]) == (302, "http://testserver/links/")
