"""The mails: true, safe, one of each, in the shopper's language."""

from decimal import Decimal
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import BadHeaderError

from returns_portal.returns.emails import EVENTS, NoLongerTrue, NotYetTrue, build_email
from returns_portal.returns.emails.blocks import BLOCKS
from returns_portal.returns.emails.texts import PLACEHOLDER, shipped_words
from returns_portal.returns.emails.truth import TRUE_ONCE, TRUE_WHILE
from returns_portal.returns.emails.words import WORDS
from returns_portal.returns.models import ReturnRequest, ReverseDelivery
from returns_portal.returns.policies import build_terms
from returns_portal.returns.statements import instruction_steps, shows_instructions
from returns_portal.returns.wording import format_money
from returns_portal.shopify.types import Money
from tests.returns.examples import NOON
from tests.returns.factories import ReturnPolicyFactory, request_with_line

pytestmark = pytest.mark.django_db
ZERO = {"approved_amount": Decimal(0), "refunded_amount": Decimal(0)}
MOMENTS: dict[str, dict[str, Any]] = {
    "requested": {},
    "changed": {},
    "needs_info": {"status": "needs_info"},
    "approved": {"approved": True},
    "approved_partly": {"approved": True},
    "declined": {"declined": True},
    "canceled": {"canceled": True},
    "canceled_by_shop": {"canceled": True},
    "expired": {"status": "expired"},
    "sent": {},
    "received": {"approved": True, "status": "received"},
    "received_partly": {"approved": True, "status": "received"},
    "refunded": {"refunded": True},
    "refunded_partly": {"refunded": True, "quoted_amount": Decimal("30.00")},
    "refunded_store_credit": {"refunded": True},
    "refunded_elsewhere": {"refunded": True, "refunded_elsewhere": True},
    "refunded_zero": {"refunded": True, **ZERO},
    "refund_delayed": {"approved": True},
    "refund_failed": {"approved": True},
    "reminder_to_send": {"approved": True},
    "reminder_to_answer": {"status": "needs_info"},
    "tiktok_action_needed": {},
    "tiktok_completed": {},
    "confirm_email": {},
    "link": {},
    "links": {},
}
TELLS_A_MESSAGE = {"message", "note"}
TO_STAFF = {"due_soon", "overdue"}


def mail(event: str, **values: Any) -> tuple[ReturnRequest, str, str]:
    """The request, and the mail's text and HTML."""
    return_request = request_with_line(**{**MOMENTS[event], **values})
    message = build_email(return_request, event)
    return return_request, str(message.body), str(message.alternatives[0][0])


class TestEveryMail:
    @pytest.mark.parametrize("event", MOMENTS)
    def test_has_text_and_html_that_link_to_the_status_page(self, event: str) -> None:
        return_request, text, html = mail(event)
        link = f"http://testserver/returns/{return_request.token}/"
        for body in (text, html):
            assert link in body
            assert return_request.rma_number in body
        assert "{" not in text
        assert "{%" not in html
        assert "{{" not in html

    @pytest.mark.parametrize("event", MOMENTS)
    def test_goes_to_the_contact_address_and_marks_itself_automatic(self, event: str) -> None:
        return_request = request_with_line(**MOMENTS[event])
        message = message_from_bytes(
            build_email(return_request, event).message().as_bytes(), policy=policy.default
        )
        assert message["To"] == "shopper@example.com"
        assert message["Auto-Submitted"] == "auto-generated"
        assert return_request.rma_number in message["Subject"] or event == "links"

    @pytest.mark.parametrize("event", MOMENTS)
    def test_keeps_its_message_id(self, event: str) -> None:
        return_request = request_with_line(**MOMENTS[event])
        ids = {build_email(return_request, event).message()["Message-ID"] for _again in range(2)}
        assert ids == {f"<{return_request.rma_number}.{event}@testserver>"}

    @pytest.mark.parametrize("event", MOMENTS)
    def test_tells_no_name_and_nothing_for_staff(self, event: str) -> None:
        _request, text, html = mail(event, customer_name="Maya Secret", attention="Look twice")
        assert "Maya" not in text + html
        assert "Look twice" not in text + html

    def test_is_one_for_each_event_that_owes_one(self) -> None:
        assert set(EVENTS) - TELLS_A_MESSAGE - TO_STAFF == set(MOMENTS)

    def test_of_an_unknown_event_does_not_exist(self) -> None:
        with pytest.raises(KeyError):
            build_email(request_with_line(), "no-such-event")

    def test_escapes_html_but_not_text(self) -> None:
        return_request = request_with_line(declined=True, decline_reason="Tom & <b>Jerry</b>")
        message = build_email(return_request, "declined")
        assert "Tom & <b>Jerry</b>" in message.body
        assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in message.alternatives[0][0]

    def test_cannot_be_given_a_second_header(self) -> None:
        return_request = request_with_line(contact_email="a@example.com\nBcc: b@example.com")
        with pytest.raises(BadHeaderError):
            build_email(return_request, "requested").message()

    def test_has_a_subject_of_one_line(self) -> None:
        return_request = request_with_line(rma_number="RMA-1\r\nBcc: x")
        assert "\n" not in build_email(return_request, "requested").subject


class TestLanguage:
    def test_is_the_requests_own(self) -> None:
        return_request = request_with_line(language="de", currency="EUR")
        message = build_email(return_request, "requested")
        assert "24,49\xa0€" in message.body
        assert 'lang="de"' in message.alternatives[0][0]

    def test_that_nobody_knows_is_no_reason_to_fail(self) -> None:
        assert "24.49" in build_email(request_with_line(language="xx"), "requested").body


class TestTruth:
    @pytest.mark.parametrize("event", TRUE_ONCE)
    def test_holds_back_what_has_not_happened(self, event: str) -> None:
        with pytest.raises(NotYetTrue):
            build_email(request_with_line(), event)

    @pytest.mark.parametrize(
        "event",
        ["approved", "approved_partly", "declined", "declined-2", "canceled", "expired"],
    )
    def test_drops_a_decision_that_was_turned_around(self, event: str) -> None:
        with pytest.raises(NoLongerTrue):
            build_email(request_with_line(), event)

    @pytest.mark.parametrize("event", [e for e in TRUE_WHILE if not e.startswith("approved")])
    def test_drops_what_was_overtaken(self, event: str) -> None:
        with pytest.raises(NoLongerTrue):
            build_email(request_with_line(refunded=True, contact_confirmed_at=NOON), event)

    def test_does_not_tell_of_a_refund_that_was_nothing(self) -> None:
        with pytest.raises(NotYetTrue):
            build_email(request_with_line(refunded=True, **ZERO), "refunded")

    def test_reminds_nobody_whose_parcel_is_on_its_way(self) -> None:
        row = request_with_line(approved=True)
        ReverseDelivery.objects.create(
            return_request=row,
            carrier="ups",
            tracking_number="1Z999",
            sent_at=row.requested_at,
            changed_at=row.requested_at,
        )
        with pytest.raises(NoLongerTrue):
            build_email(row, "reminder_to_send")

    @pytest.mark.parametrize(
        "event",
        ["requested", "approved", "approved_partly", "received", "refund_failed", "refund_delayed"],
    )
    def test_is_told_of_a_refund_by_no_earlier_mail(self, event: str) -> None:
        _request, text, html = mail(event)
        for claim in ("refund is paid", "Refund paid", "paid back $"):
            assert claim not in text
            assert claim not in html


class TestRefunded:
    @pytest.mark.parametrize("event", ["refunded", "refunded_partly", "refunded_elsewhere"])
    def test_names_the_amount_in_the_subject(self, event: str) -> None:
        assert "$24.49" in build_email(request_with_line(**MOMENTS[event]), event).subject

    def test_of_nothing_says_that_it_is_complete(self) -> None:
        _request, text, _html = mail("refunded_zero")
        assert "There was nothing to pay back" in text
        assert "paid back $0" not in text

    def test_of_a_part_says_so_with_the_quote(self) -> None:
        _request, text, _html = mail("refunded_partly")
        assert "less than was quoted" in text
        assert "As quoted: $30.00" in text


class TestParts:
    def test_of_an_approval_name_what_is_not_taken_back_and_why(self) -> None:
        row = request_with_line(approved=True)
        row.lines.update(quantity=3, approved_quantity=1, decline_reason="Two are worn.")
        body = build_email(row, "approved_partly").body
        assert "- Linen shirt (M / sand) × 2\n  Two are worn." in body  # noqa: RUF001

    def test_of_a_parcel_name_what_is_missing(self) -> None:
        row = request_with_line(approved=True, status="received")
        row.lines.update(quantity=3, received_quantity=1)
        assert "× 2" in build_email(row, "received_partly").body  # noqa: RUF001


class TestShippedWords:
    @pytest.mark.parametrize("event", EVENTS)
    def test_use_known_placeholders_and_keep_the_required_ones(self, event: str) -> None:
        words = shipped_words(event)
        used = set(PLACEHOLDER.findall(words.subject + words.body))
        assert used <= set(EVENTS[event].allowed)
        assert set(EVENTS[event].required) <= used
        assert used <= set(WORDS) | set(BLOCKS)

    @pytest.mark.parametrize("event", EVENTS)
    def test_have_a_heading_and_say_something(self, event: str) -> None:
        assert len(shipped_words(event).paragraphs) >= 2


class TestInstructions:
    def test_come_with_the_request_where_the_policy_says_so(self) -> None:
        _request, text, html = mail("requested")
        for body in (text, html):
            assert "Send it with the label from the TikTok app." in body
            assert "1 Warehouse Way" in body
            assert "/slip/" in body

    def test_come_with_the_approval_where_the_policy_says_so(self) -> None:
        later = ReturnPolicyFactory(name="Later", instructions_on="approval")
        _request, early, _html = mail("requested", policy=later)
        assert "What to do" not in early
        assert "Please keep the items" in early
        assert "What to do" in mail("approved", policy=later)[1]

    @pytest.mark.parametrize("event", ["declined", "canceled"])
    def test_end_with_the_request(self, event: str) -> None:
        _request, text, _html = mail(event)
        assert "What to do" not in text
        assert not shows_instructions(_request)

    def test_are_never_empty(self) -> None:
        for payer in ("tiktok", "shop", "shopper"):
            policy = ReturnPolicyFactory(
                name=payer, instructions=" \n ", return_shipping_paid_by=payer
            )
            assert len(instruction_steps(build_terms(policy))) >= 2


class TestMoneyLines:
    def test_name_each_item_with_its_worth(self) -> None:
        _request, text, _html = mail("requested")
        assert "Linen shirt (M / sand) × 1: $24.49" in text  # noqa: RUF001
        assert "Your refund, if the shop approves: $24.49" in text

    def test_name_the_fee_for_the_parcel(self) -> None:
        _request, text, _html = mail("requested", return_shipping_fee=Decimal("4.00"))
        assert "Return shipping: -$4.00" in text


class TestFormatMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "written"),
        [
            ("24.490", "USD", "$24.49"),
            ("1200.000", "JPY", "¥1,200"),
            ("1.234", "KWD", "KWD\xa01.234"),
            ("-1.5", "CHF", "-CHF\xa01.50"),
            ("0", "USD", "$0.00"),
        ],
    )
    def test_has_the_currencys_own_decimals(self, amount: str, currency: str, written: str) -> None:
        assert format_money(Money(Decimal(amount), currency)) == written
