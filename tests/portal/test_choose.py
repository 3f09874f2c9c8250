"""Choosing: every item with its verdict, and no input that breaks the page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from returns_portal.returns.policies import NoPolicy
from returns_portal.shopify.errors import ShopifyNotFound, ShopifyUnavailable
from tests.portal.building import (
    Door,
    build_line,
    build_order,
    choice,
    fulfillment_line_id,
    look_up,
    usd,
)
from tests.returns.factories import ReturnReasonFactory, ReturnRequestFactory


@pytest.fixture
def shopper(client: Client, door: Door) -> Client:
    look_up(client)
    return client


def page_of(shopper: Client) -> str:
    return shopper.get("/orders/1/").content.decode()


def review(shopper: Client, **fields: str) -> Any:
    return shopper.post("/orders/1/review/", fields)


class TestItems:
    def test_that_can_be_returned_have_a_box_and_a_date(self, shopper: Client) -> None:
        page = page_of(shopper)
        assert 'name="choose-1"' in page
        assert "Return by" in page
        assert "days left)" in page

    def test_that_cannot_be_returned_say_why(self, shopper: Client) -> None:
        page = page_of(shopper)
        assert 'name="choose-2"' not in page
        assert "Silk scarf" in page
        assert "Final sale: this item can&#39;t be returned." in page

    def test_that_are_a_tip_are_not_called_unsent_or_digital(
        self, shopper: Client, door: Door
    ) -> None:
        nothing = {"sku": "", "variant_title": "", "variant_id": None, "requires_shipping": False}
        tip = build_line(2, title="Tip", unfulfilled_quantity=1, **nothing)
        door.order = build_order(build_line(1), tip)
        page = page_of(shopper)
        assert "A tip can&#39;t be returned." in page
        assert "Not sent yet" not in page

    def test_tell_their_price_in_the_orders_currency(self, shopper: Client, door: Door) -> None:
        assert "$10.00" in page_of(shopper)

    def test_alone_are_ticked_already(self, shopper: Client) -> None:
        assert 'name="choose-1" checked' in page_of(shopper)

    def test_among_others_are_not(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1), build_line(2))
        assert "checked" not in page_of(shopper)

    def test_of_one_unit_ask_for_no_number(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1))
        assert '<input type="hidden" name="quantity-1" value="1">' in page_of(shopper)

    def test_taken_already_are_not_offered_again(self, shopper: Client, door: Door) -> None:
        door.taken = {fulfillment_line_id(1): 1}
        assert "data-most" not in page_of(shopper)
        assert 'name="quantity-1" value="1"' in page_of(shopper)

    def test_not_sent_yet_are_shown(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1, unfulfilled_quantity=1))
        page = page_of(shopper)
        assert "Not sent yet" in page
        assert "Nothing to return right now" in page

    def test_are_escaped(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1, title="<script>alert(1)</script>"))
        assert "<script>alert" not in page_of(shopper)

    def test_are_many_at_no_extra_query(
        self, shopper: Client, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.portal.building.mirror_order", lambda *_a, **_k: None)

        def queries(lines: int) -> int:
            door.order = build_order(*[build_line(n) for n in range(1, lines + 1)])
            page_of(shopper)
            with CaptureQueriesContext(connection) as counted:
                page_of(shopper)
            return len(counted)

        assert queries(120) == queries(2)

    def test_are_told_to_be_stale_when_shopify_is_down(self, shopper: Client, door: Door) -> None:
        door.fresh = False
        assert "may be a few minutes old" in page_of(shopper)


class TestEarlierRequests:
    def test_are_linked_for_the_verified(self, shopper: Client) -> None:
        earlier = ReturnRequestFactory(shopify_order_id="gid://shopify/Order/1")
        assert f"/returns/{earlier.token}/" in page_of(shopper)

    @pytest.mark.parametrize(
        ("status", "words"), [("needs_info", "The shop has a question"), ("closed", "Complete")]
    )
    def test_tell_how_far_they_are_in_the_shoppers_words(
        self, shopper: Client, status: str, words: str
    ) -> None:
        ReturnRequestFactory(shopify_order_id="gid://shopify/Order/1", status=status)
        assert words in page_of(shopper)

    def test_are_hidden_where_nothing_could_be_checked(self, client: Client, door: Door) -> None:
        earlier = ReturnRequestFactory(shopify_order_id="gid://shopify/Order/1")
        look_up(client, "masked")
        assert earlier.token not in page_of(client)

    def test_of_other_orders_are_hidden(self, shopper: Client) -> None:
        other = ReturnRequestFactory(shopify_order_id="gid://shopify/Order/2")
        assert other.token not in page_of(shopper)


class TestReview:
    @pytest.mark.parametrize(
        "quantity", ["0", "-1", "3", "1.5", "two", "", "9" * 5000, "1e9", "NaN", "\x00", "∞"]
    )
    def test_refuses_a_quantity_out_of_range(self, shopper: Client, quantity: str) -> None:
        answer = review(shopper, **choice(quantity=quantity))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Enter a whole number from 1 to 2." in page
        assert 'href="#quantity-1"' in page
        assert 'id="quantity-1-error"' in page

    def test_refuses_nothing_chosen(self, shopper: Client) -> None:
        answer = review(shopper)
        assert answer.status_code == 422
        assert "Choose at least one item to return." in answer.content.decode()

    @pytest.mark.parametrize("reason", ["", "no-such-reason", "x" * 5000, "\x00"])
    def test_refuses_a_missing_or_unknown_reason(self, shopper: Client, reason: str) -> None:
        answer = review(shopper, **choice(reason=reason))
        assert answer.status_code == 422
        assert answer.content.decode().count("Choose a reason.") == 2

    def test_refuses_a_retired_reason(self, shopper: Client) -> None:
        ReturnReasonFactory(code="retired", active=False)
        assert review(shopper, **choice(reason="retired")).status_code == 422

    def test_asks_for_a_note_where_the_reason_does(self, shopper: Client) -> None:
        ReturnReasonFactory(code="other", label="Other", requires_note=True)
        answer = review(shopper, **choice(reason="other", note=" \n "))
        assert answer.status_code == 422
        assert "Tell us in a few words" in answer.content.decode()

    def test_refuses_a_note_above_300_characters_and_keeps_it(self, shopper: Client) -> None:
        answer = review(shopper, **choice(note="n" * 301))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "it has 301" in page
        assert "n" * 301 in page

    def test_takes_a_note_of_300_characters(self, shopper: Client) -> None:
        assert review(shopper, **choice(note="n" * 300)).status_code == 200

    def test_strips_control_characters_from_a_note(self, shopper: Client) -> None:
        page = review(shopper, **choice(note="a\x00b\r\nc\u202ed")).content.decode()
        assert "“a b c d”" in page

    def test_refuses_items_of_another_order(self, shopper: Client) -> None:
        answer = review(shopper, **choice(1), **choice(777))
        assert answer.status_code == 422
        assert "not part of this order" in answer.content.decode()

    def test_refuses_items_that_cannot_be_returned_and_says_why(self, shopper: Client) -> None:
        answer = review(shopper, **choice(2))
        assert answer.status_code == 422
        assert "Silk scarf: Final sale" in answer.content.decode()

    def test_ignores_what_stands_at_items_not_chosen(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1, quantity=2), build_line(2, quantity=2))
        fields = {**choice(1), "quantity-2": "nonsense", "note-2": "x" * 900}
        assert review(shopper, **fields).status_code == 200

    def test_is_200_to_htmx_with_errors(self, shopper: Client) -> None:
        answer = shopper.post("/orders/1/review/", {}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert b"Choose at least one item" in answer.content

    def test_shows_the_money_line_by_line(self, shopper: Client) -> None:
        page = review(shopper, **choice(quantity="2")).content.decode()
        assert "You get back" in page
        assert "$20.00" in page
        assert "You return 2 items" in page

    def test_keeps_the_choice_for_the_way_back(self, shopper: Client) -> None:
        fields = {**choice(quantity="2", note="too tight"), "contact_email": "me@example.com"}
        page = shopper.post("/orders/1/", fields).content.decode()
        assert 'name="choose-1" checked' in page
        assert 'name="quantity-1" value="2"' in page
        assert 'value="too-small" checked' in page
        assert "too tight" in page
        assert 'value="me@example.com"' in page
        assert 'role="alert"' not in page

    def test_says_what_remains_when_there_is_no_quote(self, shopper: Client, door: Door) -> None:
        door.quote_error = ShopifyUnavailable("down")
        answer = review(shopper, **choice(quantity="2"))
        page = answer.content.decode()
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "Nothing was sent, and your choice is kept" in page
        assert 'name="quantity-1" value="2"' in page

    def test_sends_on_enter_instead_of_leading_back(self, shopper: Client) -> None:
        page = review(shopper, **choice()).content.decode()
        form = page.split("<form")[1]
        assert "formaction" not in form.split("<button")[1].split(">")[0]

    def test_offers_the_orders_address_where_there_is_one(
        self, shopper: Client, door: Door
    ) -> None:
        assert "the address of your order" not in review(shopper, **choice()).content.decode()
        door.order = build_order(
            build_line(1), source_name="web", email="maya@example.com", tags=()
        )
        page = review(shopper, **choice()).content.decode()
        assert "the address of your order" in page
        assert "maya@example.com" not in page

    def test_asks_for_the_conditions_only_where_there_are_any(
        self, shopper: Client, door: Door
    ) -> None:
        assert 'id="conditions"' in review(shopper, **choice()).content.decode()
        door.policy = {"name": "No conditions", "conditions": ""}
        assert 'id="conditions"' not in review(shopper, **choice()).content.decode()


class TestWithoutAForm:
    @pytest.mark.parametrize("page", ["quote", "review", "submit"])
    def test_leads_back_to_the_choice(self, shopper: Client, page: str) -> None:
        answer = shopper.get(f"/orders/1/{page}/")
        assert answer.status_code == 302
        assert answer["Location"] == "/orders/1/"

    @pytest.mark.parametrize("page", ["", "quote/", "review/", "submit/"])
    def test_refuses_other_methods(self, shopper: Client, page: str) -> None:
        assert shopper.delete(f"/orders/1/{page}").status_code == 405


class TestQuote:
    def quote(self, shopper: Client, **fields: str) -> str:
        answer = shopper.post("/orders/1/quote/", fields, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_is_a_fragment_with_the_running_total(self, shopper: Client) -> None:
        fragment = self.quote(shopper, **choice(quantity="2", reason=""))
        assert "<html" not in fragment
        assert "$20.00" in fragment

    def test_leaves_out_lines_without_a_usable_number(self, shopper: Client, door: Door) -> None:
        door.order = build_order(build_line(1, quantity=2), build_line(2, quantity=2))
        fragment = self.quote(shopper, **choice(1), **choice(2, quantity="9"))
        assert "$10.00" in fragment

    def test_asks_for_a_choice_when_there_is_none(self, shopper: Client) -> None:
        assert "Choose what you want to send back." in self.quote(shopper)

    def test_waits_for_the_reason_where_it_decides_about_fees(
        self, shopper: Client, door: Door
    ) -> None:
        door.policy = {"name": "With a fee", "return_shipping_fee": "4.00"}
        assert "Choose a reason" in self.quote(shopper, **choice(reason=""))

    def test_shows_an_amount_of_zero(self, shopper: Client, door: Door) -> None:
        door.unit_worth = "0.00"
        assert "$0.00" in self.quote(shopper, **choice())

    def test_promises_nothing_while_shopify_is_down(self, shopper: Client, door: Door) -> None:
        door.quote_error = ShopifyUnavailable("down")
        fragment = self.quote(shopper, **choice())
        assert "$" not in fragment
        assert "on the next page" in fragment


class TestUnreadableOrder:
    @pytest.mark.parametrize("error", [ShopifyUnavailable("down"), NoPolicy("none")])
    def test_is_told_calmly(self, shopper: Client, door: Door, error: Exception) -> None:
        door.error = error
        answer = shopper.get("/orders/1/")
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        assert "Nothing is lost" in answer.content.decode()

    def test_leads_back_to_itself(self, shopper: Client, door: Door) -> None:
        door.error = ShopifyUnavailable("down")
        page = shopper.post("/orders/1/review/", choice()).content.decode()
        assert 'class="button button-main" href="/orders/1/"' in page

    def test_is_404_when_it_is_gone(self, shopper: Client, door: Door) -> None:
        door.error = ShopifyNotFound("gone")
        assert shopper.get("/orders/1/").status_code == 404


class TestMoney:
    def test_is_written_as_the_currency_demands(self, shopper: Client, door: Door) -> None:
        yen = type(usd("0"))(usd("1200").amount, "JPY")
        door.order = build_order(build_line(1, unit_price=yen))
        assert "¥1,200" in page_of(shopper)


class TestReasons:
    def test_stand_under_their_heading(self, shopper: Client) -> None:
        heading = ReturnReasonFactory(code="fit", label="It doesn't fit")
        ReturnReasonFactory(code="too-big", label="Too big", parent=heading)
        page = page_of(shopper)
        heading = page.index("It doesn&#39;t fit")
        assert heading < page.index('value="too-big"') < page.index("Too big")
        assert 'value="fit"' not in page

    def test_are_those_for_the_kind_of_goods(self, shopper: Client, door: Door) -> None:
        ReturnReasonFactory(code="pinches", label="It pinches", product_types=["Shoes"])
        door.order = build_order(build_line(1, product_type="Shirts"))
        assert "It pinches" not in page_of(shopper)
        door.order = build_order(build_line(1, product_type="Shoes"))
        assert "It pinches" in page_of(shopper)

    def test_for_other_goods_are_refused(self, shopper: Client, door: Door) -> None:
        ReturnReasonFactory(code="pinches", product_types=["Shoes"])
        answer = review(shopper, **choice(reason="pinches"))
        assert answer.status_code == 422
        assert "Choose a reason." in answer.content.decode()
