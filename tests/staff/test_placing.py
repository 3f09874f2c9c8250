"""Where goods go and how lines are paid back, as staff choose it on the decision screen."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from returns_portal.returns.models import DeskSettings, ReturnRequest
from returns_portal.returns.refund_amounts import rounded
from returns_portal.returns.services import Decision, LineDecision, approve
from returns_portal.returns.services.guard import Refused
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.types import Money
from tests.returns.factories import request_with_line
from tests.returns.shop import Shop
from tests.returns.test_approving import staff
from tests.returns.test_restocking import approve_into, place_called, stock_moves
from tests.staff.conftest import SignIn
from tests.staff.deciding import approval
from tests.staff.pages import get, text, url

pytestmark = pytest.mark.django_db
DESK = ("view_returnrequest", "decide_returnrequest", "retry_operation", "view_personal_data")


@pytest.fixture
def open_shop(
    db: None, unreachable_shopify: None, sandbox: SandboxServer, settings: Settings, now: datetime
) -> Shop:
    """A shop in the sandbox, after this folder's fixture has hidden Shopify."""
    settings.SHOPIFY_BASE_URL = sandbox.url
    call_command("load_defaults", verbosity=0)
    return Shop(sandbox, now)


def form_of(row: ReturnRequest, **changes: str) -> dict[str, str]:
    told = f"{row.quoted_amount.normalize():f}"
    return approval(row, amount=told, quoted=told, **changes)


class TestPlaceOfALine:
    def test_is_offered_as_the_active_places_with_the_usual_one_chosen(
        self, open_shop: Shop, sign_in: SignIn
    ) -> None:
        page = get(sign_in(*DESK), open_shop.ask(units=1), "approve")
        assert "Main warehouse (as usual)</option>" in page
        assert ">Returns center</option>" in page
        assert "Old store" not in page

    def test_is_not_asked_for_while_shopify_is_silent(self, sign_in: SignIn) -> None:
        item = request_with_line()
        assert 'name="location-' not in get(sign_in(*DESK), item, "approve")

    def test_is_kept_with_the_approval(self, open_shop: Shop, sign_in: SignIn) -> None:
        row = open_shop.ask(units=1)
        line = row.lines.get()
        center = place_called(open_shop, "Returns center")
        sign_in(*DESK).post(url(row, "approve"), form_of(row, **{f"location-{line.pk}": center}))
        open_shop.work()
        row.refresh_from_db()
        assert row.status == "closed"
        assert stock_moves(open_shop) == {"Returns center": 1}

    def test_must_be_chosen_where_the_usual_one_is_not_active_any_more(
        self, open_shop: Shop, sign_in: SignIn
    ) -> None:
        row = open_shop.ask(units=1)
        row.lines.update(location_id=place_called(open_shop, "Old store"))
        browser = sign_in(*DESK)
        assert "Choose a place" in get(browser, row, "approve")
        fields = form_of(row, **{f"location-{row.lines.get().pk}": ""})
        assert "Choose the place that takes it." in text(browser.post(url(row, "approve"), fields))
        row.refresh_from_db()
        assert row.status == "requested"

    @pytest.mark.parametrize(
        ("restocked_by", "words"),
        [("connector", "Another app puts these goods"), ("nobody", "Nobody puts these goods")],
    )
    def test_is_not_asked_for_where_the_portal_moves_no_stock(
        self, open_shop: Shop, sign_in: SignIn, restocked_by: str, words: str
    ) -> None:
        DeskSettings.objects.create(pk=1, restocked_by=restocked_by)
        page = get(sign_in(*DESK), open_shop.ask(units=1), "approve")
        assert words in page
        assert 'name="location-' not in page
        assert 'name="disposition-' not in page


class TestRefusedPlace:
    def refused(self, shop: Shop) -> ReturnRequest:
        row = shop.ask(units=1)
        approve_into(shop, row, place_called(shop, "Old store"))
        return row

    def test_is_told_with_the_way_out(self, open_shop: Shop, sign_in: SignIn) -> None:
        page = get(sign_in(*DESK), self.refused(open_shop))
        assert "Location is not active." in page
        assert "Choose another place…" in page
        assert "Place for the goods refused by Shopify" in page

    def test_ends_with_another_place(self, open_shop: Shop, sign_in: SignIn) -> None:
        row, browser = self.refused(open_shop), sign_in(*DESK)
        step = f"/admin/returns/operation/{row.operations.get(kind='restock').pk}/place/"
        assert "Where do the goods" in text(browser.get(step))
        line = row.lines.get()
        fields = {f"disposition-{line.pk}": "RESTOCKED", f"location-{line.pk}": ""}
        assert "Choose the place that takes it." in text(browser.post(step, fields))
        fields[f"location-{line.pk}"] = place_called(open_shop, "Main warehouse")
        browser.post(step, fields)
        open_shop.work()
        row.refresh_from_db()
        assert (row.status, stock_moves(open_shop)) == ("closed", {"Main warehouse": 1})

    def test_is_not_mended_by_those_who_may_only_look(
        self, open_shop: Shop, viewer: Client
    ) -> None:
        row = self.refused(open_shop)
        step = f"/admin/returns/operation/{row.operations.get(kind='restock').pk}/place/"
        assert viewer.get(step).status_code == 403
        assert viewer.post(step, {}).status_code == 403
        assert "Choose another place…" not in get(viewer, row)


class TestDeskSettings:
    def test_are_one_page_that_keeps_who_restocks(self, sign_in: SignIn) -> None:
        browser = sign_in("view_desksettings", "change_desksettings")
        page = browser.get("/admin/returns/desksettings/", follow=True)
        assert "nobody: goods never go back into stock" in text(page)
        browser.post("/admin/returns/desksettings/1/change/", {"restocked_by": "nobody"})
        assert DeskSettings.objects.get().restocked_by == "nobody"

    def test_are_closed_to_others(self, viewer: Client) -> None:
        assert viewer.get("/admin/returns/desksettings/").status_code == 403
        assert not DeskSettings.objects.exists()


def offering_credit(shop: Shop, units: int = 1, **changes: Any) -> ReturnRequest:
    """A request on terms that offer store credit, of a customer who can hold it."""
    row = shop.ask(units=units)
    customer = row.shopify_customer_id or "gid://shopify/Customer/1"
    terms = row.policy_terms | {
        "offers_store_credit": True,
        "store_credit_bonus_percent": "10",
        "outcomes_on_tiktok": True,
    }
    columns = {"policy_terms": terms, "shopify_customer_id": customer, "identity_verified": True}
    ReturnRequest.objects.filter(pk=row.pk).update(**columns | changes)
    row.refresh_from_db()
    return row


class TestOutcomeOfALine:
    def test_is_offered_where_the_policy_and_the_channel_allow(
        self, open_shop: Shop, sign_in: SignIn
    ) -> None:
        row = offering_credit(open_shop)
        page = get(sign_in(*DESK), row, "approve")
        assert 'value="store_credit">store credit' in page
        no_tiktok = row.policy_terms | {"outcomes_on_tiktok": False}
        ReturnRequest.objects.filter(pk=row.pk).update(policy_terms=no_tiktok)
        assert "store credit" not in get(sign_in(*DESK), row, "approve")
        ReturnRequest.objects.filter(pk=row.pk).update(
            policy_terms=row.policy_terms, settlement="external"
        )
        assert "store credit" not in get(sign_in(*DESK), row, "approve")

    def test_is_priced_shown_logged_and_paid_as_chosen(
        self, open_shop: Shop, sign_in: SignIn
    ) -> None:
        row = offering_credit(open_shop)
        fields = form_of(row, **{f"outcome-{row.lines.get().pk}": "store_credit"})
        browser = sign_in(*DESK)
        preview = text(browser.post(url(row, "approve"), fields | {"preview": "yes"}))
        assert "is given as store credit, and a bonus of" in preview
        assert "through Shopify" not in preview
        browser.post(url(row, "approve"), fields)
        row.refresh_from_db()
        assert row.status == "approved"
        assert row.lines.get().outcome == "store_credit"
        assert row.bonus_amount == rounded((row.approved_amount or 0) / Decimal(10), "USD").amount
        logged = row.events.get(kind="outcome_changed").message
        assert logged.endswith("refund to the original payment → store credit")

    def test_is_refused_where_it_is_not_offered(self, open_shop: Shop) -> None:
        row = open_shop.ask(units=1)
        line = LineDecision(row.lines.get().pk, 1, outcome="store_credit")
        with pytest.raises(Refused):
            approve(
                request_id=row.pk,
                amount=Money(row.quoted_amount, row.currency),
                actor=staff(),
                now=open_shop.now,
                decision=Decision((line,)),
            )
        row.refresh_from_db()
        assert row.status == "requested"
