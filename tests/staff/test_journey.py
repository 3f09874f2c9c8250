"""From the press of the button to the money: a decision against a Shopify that really answers."""

import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import Settings

from returns_portal.returns import orders, quotes, services
from returns_portal.returns.models import ReturnRequest
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.returns.factories import ReturnPolicyFactory, ReturnReasonFactory
from tests.staff.pages import get, messages, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(unreachable_shopify: None, sandbox: SandboxServer, now: datetime) -> ReturnRequest:
    """A shopper's request for one unit of an order that the sandbox holds."""
    ReturnPolicyFactory()
    reason = ReturnReasonFactory()
    order = SHOWCASE[0]
    found = orders.find_order(number=order.order_number, postcode_or_email=order.postcode, now=now)
    facts = orders.read_order(found.order_id, now=now)
    choice = next(c for c in orders.build_choices(facts, now=now) if c.eligible)
    assert choice.fulfillment_line_item_id
    lines = [quotes.RequestedLine(choice.fulfillment_line_item_id, 1, reason.code)]
    return services.request_return(
        facts=facts,
        lines=lines,
        quote=quotes.quote_return(facts, lines),
        contact_email="shopper@example.com",
        language="en",
        identity_verified=True,
        submission_key=uuid.uuid4(),
        actor=services.Actor.shopper(),
        now=now,
    )


def approval_of(client: Client, item: ReturnRequest) -> dict[str, str]:
    """What the confirm step would send."""
    form = client.get(url(item, "approve")).context["panel"].form
    return {name: str(form[name].value()) for name in form.fields}


class TestApproval:
    def test_shows_that_shopify_agrees_with_the_quote(
        self, reviewer: Client, asked: ReturnRequest
    ) -> None:
        page = get(reviewer, asked, "compare")
        assert "Same as quoted." in page

    def test_pays_and_restocks_what_was_seen(
        self, reviewer: Client, asked: ReturnRequest, carry_out_all: Callable[..., None]
    ) -> None:
        form = approval_of(reviewer, asked)
        assert Decimal(form["amount"]) == asked.quoted_amount
        reviewer.post(url(asked, "approve"), form)
        carry_out_all()
        asked.refresh_from_db()
        assert (asked.status, asked.refunded_amount) == ("closed", asked.quoted_amount)
        page = get(reviewer, asked)
        assert "<dt>Refunded" in page
        assert "Refund paid" in page

    def test_falls_back_on_the_quote_when_shopify_goes_down_in_between(
        self, reviewer: Client, asked: ReturnRequest, settings: Settings
    ) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"
        form = approval_of(reviewer, asked)
        assert Decimal(form["amount"]) == asked.quoted_amount
        answer = reviewer.post(url(asked, "approve"), form, follow=True)
        assert "the refund of" in messages(answer)[0]
