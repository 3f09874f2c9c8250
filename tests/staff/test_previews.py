"""What a decision would come to, told while its form is filled in."""

from decimal import Decimal

import pytest
from django.test import Client

from returns_portal.returns import services
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.refund_amounts import Quote
from returns_portal.shopify.types import CalculatedLine, Money
from staff.wording import step_title
from tests.returns.factories import (
    OperationFactory,
    ReturnLineItemFactory,
    ReturnRequestFactory,
    request_with_line,
    utc_now,
)
from tests.staff.pages import messages, text, url

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def form_of(item: ReturnRequest, units: int, **more: str) -> dict[str, str]:
    line = item.lines.get()
    fields = {f"units-{line.pk}": str(units), f"disposition-{line.pk}": line.disposition}
    return {"amount": "", "currency": "USD", "quoted": "24.49", **fields, **more}


def two_units() -> ReturnRequest:
    item: ReturnRequest = ReturnRequestFactory()
    ReturnLineItemFactory(return_request=item, quantity=2)
    return item


@pytest.fixture
def worth_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shopify calculates 10.00 for whatever units are asked for."""
    ten, zero = Money(Decimal("10.00"), "USD"), Money.zero("USD")

    def quote_units(request: ReturnRequest, **_chosen: object) -> Quote:
        line = CalculatedLine("gid://shopify/FulfillmentLineItem/1", 1, ten, zero, zero)
        return Quote((line,), zero, ten, "shopify")

    monkeypatch.setattr("staff.approval.quote_units", quote_units)


class TestPreview:
    def test_tells_the_money_before_the_reason_is_written_but_offers_no_press(
        self, reviewer: Client, worth_ten: None
    ) -> None:
        item = two_units()
        form = form_of(item, 1, preview="yes")
        page = text(reviewer.post(url(item, "approve"), form, headers=HTMX))
        assert "US$10.00" in page
        assert "Still to be written:" in page
        assert "Approve and refund" not in page

    def test_offers_the_press_once_the_reason_is_there(
        self, reviewer: Client, worth_ten: None
    ) -> None:
        item = two_units()
        why = {f"why-{item.lines.get().pk}": "One is worn."}
        form = form_of(item, 1, preview="yes", **why)
        page = text(reviewer.post(url(item, "approve"), form, headers=HTMX))
        assert "Approve and refund US$10.00" in page
        assert "Still to be written:" not in page

    @pytest.mark.parametrize(
        ("part", "field"), [("approve", "message"), ("decline", "reason"), ("ask", "body")]
    )
    def test_that_comes_after_the_press_says_nothing(
        self, reviewer: Client, part: str, field: str
    ) -> None:
        item = request_with_line()
        services.decline(
            request_id=item.pk, reason="Worn.", actor=services.Actor.system(), now=utc_now()
        )
        form = form_of(item, 1, preview="yes", **{field: "Words."})
        late = reviewer.post(url(item, part), form, headers=HTMX)
        assert (late.status_code, late.content) == (204, b"")
        told = reviewer.post(url(item, part), {field: "Words."}, follow=True)
        assert len(messages(told)) == 1


class TestSteps:
    @pytest.mark.parametrize(
        ("part", "words"),
        [
            ("needs_info-7", "E-mail to the shopper: a question"),
            ("approved", "E-mail to the shopper: approved"),
            ("due_soon-425", "E-mail to staff: due soon"),
            ("", "E-mail to the shopper: "),
        ],
    )
    def test_tell_mails_in_words(self, part: str, words: str) -> None:
        assert step_title(OperationFactory.build(kind="send_email", part=part)) == words

    def test_tell_other_steps_by_their_kind(self) -> None:
        step = OperationFactory.build(kind="announce_parcel", part="3")
        assert step_title(step) == "Tell Shopify the tracking number"
