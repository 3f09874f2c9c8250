"""Sending: once, for the amount that was shown, and never silently for another."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from returns_portal.returns.models import ReturnEvent, ReturnPolicy, ReturnRequest
from returns_portal.shopify.errors import ShopifyUnavailable
from tests.portal.building import Door, build_line, build_order, choice, look_up
from tests.portal.building import fulfillment_line_id as line_id

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def shopper(client: Client, door: Door) -> Client:
    look_up(client)
    return client


def reviewed(shopper: Client, **fields: str) -> dict[str, str]:
    """What the review page would send, its conditions confirmed."""
    page = shopper.post("/orders/1/review/", fields or choice()).content.decode()
    return {**dict(HIDDEN.findall(page)), "conditions": "on"}


def submit(shopper: Client, fields: dict[str, str], **extra: Any) -> Any:
    return shopper.post("/orders/1/submit/", fields, **extra)


class TestSubmit:
    def test_makes_the_request_and_leads_to_its_page(self, shopper: Client) -> None:
        answer = submit(shopper, reviewed(shopper, **choice(quantity="2", note="Too tight")))
        made = ReturnRequest.objects.get()
        line = made.lines.get()
        assert answer.status_code == 303
        assert answer["Location"] == f"/returns/{made.token}/"
        assert (line.quantity, line.customer_note, line.reason.code) == (
            2,
            "Too tight",
            "too-small",
        )
        assert made.quoted_amount == 20

    def test_notes_the_contact_and_the_language(self, shopper: Client) -> None:
        fields = {**reviewed(shopper), "contact_email": " me@example.com "}
        submit(shopper, fields)
        made = ReturnRequest.objects.get()
        assert made.contact_email == "me@example.com"
        assert made.language == "en"
        assert made.identity_verified

    def test_notes_where_nothing_could_be_checked(self, client: Client, door: Door) -> None:
        look_up(client, "masked")
        submit(client, reviewed(client))
        assert not ReturnRequest.objects.get().identity_verified

    def test_writes_the_shopper_as_the_actor(self, shopper: Client) -> None:
        submit(shopper, reviewed(shopper))
        assert ReturnEvent.objects.get().actor_kind == "shopper"

    @pytest.mark.parametrize("email", ["nope", "a@b", "x" * 260 + "@example.com", "a\n@b.com"])
    def test_refuses_a_broken_address(self, shopper: Client, email: str) -> None:
        answer = submit(shopper, {**reviewed(shopper), "contact_email": email})
        assert answer.status_code == 422
        assert 'href="#contact_email"' in answer.content.decode()
        assert not ReturnRequest.objects.exists()

    def test_refuses_unconfirmed_conditions_and_keeps_all_else(self, shopper: Client) -> None:
        fields = {**reviewed(shopper), "contact_email": "me@example.com"}
        del fields["conditions"]
        answer = submit(shopper, fields)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#conditions"' in page
        assert 'value="me@example.com"' in page
        assert fields["submission_key"] in page
        assert not ReturnRequest.objects.exists()

    @pytest.mark.parametrize("key", ["", "nope", "\x00"])
    def test_makes_a_new_key_for_a_page_without_one(self, shopper: Client, key: str) -> None:
        answer = submit(shopper, {**reviewed(shopper), "submission_key": key})
        assert answer.status_code == 422
        assert re.search(r'name="submission_key" value="[0-9a-f-]{36}"', answer.content.decode())

    def test_does_nothing_while_shopify_is_down(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        door.quote_error = ShopifyUnavailable("down")
        assert submit(shopper, fields).status_code == 503
        assert not ReturnRequest.objects.exists()


class TestChangedQuote:
    def test_is_shown_before_anything_is_sent(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        door.unit_worth = "8.00"
        answer = submit(shopper, fields)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "The refund changed from $10.00 to $8.00" in page
        assert not ReturnRequest.objects.exists()

    def test_is_sent_once_agreed_to(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        door.unit_worth = "8.00"
        page = submit(shopper, fields).content.decode()
        answer = submit(shopper, {**dict(HIDDEN.findall(page)), "conditions": "on"})
        assert answer.status_code == 303
        assert ReturnRequest.objects.get().quoted_amount == 8

    @pytest.mark.parametrize(
        ("field", "value"),
        [("quoted_amount", "9999.00"), ("quoted_currency", "EUR")],
    )
    def test_is_never_taken_from_the_form(self, shopper: Client, field: str, value: str) -> None:
        answer = submit(shopper, {**reviewed(shopper), field: value})
        assert answer.status_code == 409
        assert not ReturnRequest.objects.exists()

    @pytest.mark.parametrize("amount", ["", "many", "NaN", "Infinity", "1" * 400])
    def test_is_unreadable_and_shown_again(self, shopper: Client, amount: str) -> None:
        answer = submit(shopper, {**reviewed(shopper), "quoted_amount": amount})
        assert answer.status_code == 422
        assert not ReturnRequest.objects.exists()

    def test_is_200_to_htmx(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        door.unit_worth = "8.00"
        assert submit(shopper, fields, headers={"HX-Request": "true"}).status_code == 200


class TestChangedTerms:
    @pytest.fixture
    def fields(self, shopper: Client, door: Door) -> dict[str, str]:
        """The last page as it was sent, and other conditions since it was shown."""
        fields = {**reviewed(shopper), "contact_email": "me@example.com"}
        ReturnPolicy.objects.update(conditions="Unworn, in the box it came in.")
        return fields

    def test_are_shown_before_anything_is_sent(
        self, shopper: Client, fields: dict[str, str]
    ) -> None:
        answer = submit(shopper, fields)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "The shop changed its terms for returns" in page
        assert "Unworn, in the box it came in." in page
        assert 'value="me@example.com"' in page
        assert "checked" not in page
        assert not ReturnRequest.objects.exists()

    def test_are_kept_by_the_request_once_confirmed(
        self, shopper: Client, fields: dict[str, str]
    ) -> None:
        page = submit(shopper, fields).content.decode()
        answer = submit(shopper, {**dict(HIDDEN.findall(page)), "conditions": "on"})
        assert answer.status_code == 303
        terms = ReturnRequest.objects.get().policy_terms
        assert terms["conditions"] == "Unworn, in the box it came in."

    @pytest.mark.parametrize(
        "change", [{"refund_on": "receipt"}, {"return_shipping_paid_by": "shopper"}]
    )
    def test_are_all_that_the_page_shows(self, shopper: Client, change: dict[str, str]) -> None:
        fields = reviewed(shopper)
        ReturnPolicy.objects.update(**change)
        assert submit(shopper, fields).status_code == 409

    def test_are_not_what_concerns_staff_alone(self, shopper: Client) -> None:
        fields = reviewed(shopper)
        ReturnPolicy.objects.update(answer_within_hours=3)
        assert submit(shopper, fields).status_code == 303

    def test_that_end_the_window_are_told_with_nothing_sent(
        self, shopper: Client, door: Door
    ) -> None:
        fields = reviewed(shopper)
        ReturnPolicy.objects.update(return_window_days=1)
        answer = submit(shopper, fields)
        assert answer.status_code == 409
        assert "Linen shirt: The return window closed on" in answer.content.decode()
        assert not ReturnRequest.objects.exists()


class TestTwice:
    def test_is_the_same_request(self, shopper: Client) -> None:
        fields = reviewed(shopper)
        first, second = submit(shopper, fields), submit(shopper, fields)
        assert first["Location"] == second["Location"]
        assert second.status_code == 303
        assert ReturnRequest.objects.count() == 1

    def test_is_the_same_request_even_when_its_units_are_gone(
        self, shopper: Client, door: Door
    ) -> None:
        fields = reviewed(shopper)
        first = submit(shopper, fields)
        door.taken = {line_id(1): 2}
        door.quote_error = ShopifyUnavailable("down")
        assert submit(shopper, fields)["Location"] == first["Location"]

    def test_opens_nobody_elses_request(self, shopper: Client, door: Door) -> None:
        door.order, mine = build_order(build_line(9), legacy_id=2), door.order
        look_up(shopper)
        fields = {
            **dict(HIDDEN.findall(shopper.post("/orders/2/review/", choice(9)).content.decode())),
            "conditions": "on",
        }
        shopper.post("/orders/2/submit/", fields)
        door.order = mine
        stolen = {**reviewed(shopper), "submission_key": fields["submission_key"]}
        assert submit(shopper, stolen).status_code == 404


class TestUnitsTakenInBetween:
    def test_are_refused_with_the_reason(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        door.taken = {line_id(1): 2}
        answer = submit(shopper, fields)
        assert answer.status_code == 409
        assert "Linen shirt: All units are already returned" in answer.content.decode()
        assert not ReturnRequest.objects.exists()

    def test_by_another_tab_leave_exactly_what_the_order_holds(self, shopper: Client) -> None:
        one, other = (reviewed(shopper, **choice(quantity="2")) for _tab in range(2))
        assert submit(shopper, one).status_code == 303
        answer = submit(shopper, other)
        assert answer.status_code == 409
        assert "Linen shirt" in answer.content.decode()
        assert ReturnRequest.objects.count() == 1

    def test_is_200_to_htmx(self, shopper: Client, door: Door) -> None:
        fields = reviewed(shopper)
        submit(shopper, {**fields, "submission_key": str(uuid4())})
        submit(shopper, {**fields, "submission_key": str(uuid4())})
        answer = submit(
            shopper,
            {**fields, "submission_key": str(uuid4())},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 200
        assert ReturnRequest.objects.count() == 2


class TestForgery:
    def test_is_refused_and_explained(self, door: Door) -> None:
        browser = Client(enforce_csrf_checks=True)
        answer = browser.post("/", {"order_number": "1001", "postcode_or_email": "08840"})
        assert answer.status_code == 403
        assert "This page was open too long" in answer.content.decode()
