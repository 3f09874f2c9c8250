"""Staff make a request for a shopper: looked up, chosen, seen, made; exceptions and links."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from returns_portal.returns.models import MirroredOrder, OrderException, ReturnRequest
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.returns.factories import ReturnPolicyFactory, ReturnReasonFactory, request_with_line
from tests.staff.conftest import SignIn
from tests.staff.pages import get, text

pytestmark = pytest.mark.django_db(transaction=True)
LOOK_UP = "/admin/returns/returnrequest/on-behalf/"
MANAGER = (
    "view_returnrequest",
    "decide_returnrequest",
    "override_returnrequest",
    "view_personal_data",
)


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(*MANAGER)


@pytest.fixture
def shop(unreachable_shopify: None, sandbox: SandboxServer) -> SandboxServer:
    """A shop that answers, with a policy and a reason."""
    ReturnPolicyFactory(return_window_days=3650)
    ReturnReasonFactory()
    return sandbox


def open_order(client: Client) -> HttpResponse:
    return client.get(LOOK_UP, {"number": SHOWCASE[0].order_number}, follow=True)


def item_fields(page: HttpResponse, **values: str) -> dict[str, str]:
    """The first item that can be chosen, as its form would send it."""
    form = page.context["page"].forms[0]
    fields = {"choose": "on", "quantity": "1", "reason": "too-small", **values}
    send = page.context["page"].send
    return {form.add_prefix(name): value for name, value in fields.items()} | {
        "language": "en",
        "contact_email": "caller@example.com",
        "submission_key": str(send["submission_key"].value()),
    }


def make(client: Client, page: HttpResponse, fields: dict[str, str]) -> HttpResponse:
    """Sees the refund, then makes the request."""
    address = page.request["PATH_INFO"]
    seen = client.post(address, {**fields, "preview": "yes"})
    amount: Any = seen.context["quote"].refund.amount
    return client.post(address, {**fields, "create": "yes", "amount": str(amount)}, follow=True)


class TestLookUp:
    def test_opens_the_order_without_a_second_detail(
        self, shop: SandboxServer, manager: Client
    ) -> None:
        page = open_order(manager)
        assert SHOWCASE[0].order_number in text(page) or page.context["order"].name in text(page)
        assert page.context["page"].items

    def test_says_that_no_order_fits(self, shop: SandboxServer, manager: Client) -> None:
        assert "No order that the portal serves" in text(manager.get(LOOK_UP, {"number": "#none"}))

    def test_says_that_shopify_is_silent(self, manager: Client) -> None:
        assert "Shopify could not be asked" in text(manager.get(LOOK_UP, {"number": "#1001"}))


class TestRequest:
    def test_is_made_once_in_the_name_of_staff(self, shop: SandboxServer, manager: Client) -> None:
        page = open_order(manager)
        fields = item_fields(page)
        answer = make(manager, page, fields)
        made = ReturnRequest.objects.get()
        assert made.status == "requested"
        assert made.contact_email == "caller@example.com"
        assert made.events.get(kind="requested").actor_kind == "staff"
        assert made.rma_number in text(answer)

    def test_shows_the_refund_before_anything_is_sent(
        self, shop: SandboxServer, manager: Client
    ) -> None:
        page = open_order(manager)
        seen = manager.post(page.request["PATH_INFO"], {**item_fields(page), "preview": "yes"})
        assert "Make the request for" in text(seen)
        assert not ReturnRequest.objects.exists()

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"choose": ""}, "Choose at least one item"),
            ({"reason": ""}, "Choose a reason"),
            ({"quantity": "99"}, "Choose 1 to"),
            ({"quantity": "0"}, "Choose 1 to"),
        ],
    )
    def test_says_what_is_missing(
        self, shop: SandboxServer, manager: Client, values: dict[str, str], sentence: str
    ) -> None:
        page = open_order(manager)
        answer = manager.post(page.request["PATH_INFO"], item_fields(page, **values))
        assert answer.status_code == 422
        assert sentence in text(answer)

    def test_is_not_made_for_another_amount_than_was_seen(
        self, shop: SandboxServer, manager: Client
    ) -> None:
        page = open_order(manager)
        fields = {**item_fields(page), "create": "yes", "amount": "0.01"}
        answer = manager.post(page.request["PATH_INFO"], fields)
        assert "The refund is another one now" in text(answer)
        assert not ReturnRequest.objects.exists()

    def test_goes_against_the_policy_only_with_a_reason(
        self, unreachable_shopify: None, sandbox: SandboxServer, manager: Client
    ) -> None:
        ReturnPolicyFactory(return_window_days=0, window_anchor="ordered")
        ReturnReasonFactory()
        page = open_order(manager)
        assert "The return window closed" in text(page)
        refused = manager.post(page.request["PATH_INFO"], item_fields(page))
        assert "Say why the policy is set aside" in text(refused)
        make(manager, page, item_fields(page, override="Was ill."))
        made = ReturnRequest.objects.get()
        assert "Was ill." in made.events.get(kind="overridden").message
        assert "Allowed against the policy: Was ill." in get(manager, made)


class TestException:
    def give(self, client: Client, number: str, **values: str) -> HttpResponse:
        address = reverse("admin:returns_order_except", args=[number])
        return client.post(address, {"reason": "Lost parcel.", **values}, follow=True)

    def test_lets_the_shopper_return_after_the_window(
        self, unreachable_shopify: None, sandbox: SandboxServer, manager: Client
    ) -> None:
        ReturnPolicyFactory(return_window_days=0, window_anchor="ordered")
        number = open_order(manager).context["number"]
        later = timezone.localdate() + timedelta(days=7)
        page = self.give(manager, number, last_day=later.isoformat())
        assert "Lost parcel." in text(page)
        assert any(item.choice.eligible for item in page.context["page"].items)
        back = manager.post(reverse("admin:returns_order_unexcept", args=[number]), follow=True)
        assert not any(item.choice.eligible for item in back.context["page"].items)
        listed = manager.get("/admin/returns/orderexception/")
        assert "Lost parcel." in text(listed)

    def test_is_shown_on_the_decision_screen(self, manager: Client) -> None:
        item = request_with_line()
        MirroredOrder.objects.create(
            shopify_id=item.shopify_order_id,
            name=item.order_name,
            snapshot={},
            shopify_updated_at=timezone.now(),
            synced_at=timezone.now(),
        )
        number = item.shopify_order_id.rsplit("/", 1)[-1]
        address = reverse("admin:returns_order_except", args=[number])
        back = reverse("admin:returns_returnrequest_change", args=[item.pk])
        values = {"final_sale": "on", "reason": "A gift.", "next": back}
        page = text(manager.post(address, values, follow=True))
        assert "Final-sale items may be returned. " in page
        assert "Exception for the order" in page

    @pytest.mark.parametrize("values", [{}, {"last_day": "2020-01-01"}, {"last_day": "soon"}])
    def test_refuses_nonsense_in_a_sentence(
        self, shop: SandboxServer, manager: Client, values: dict[str, str]
    ) -> None:
        number = open_order(manager).context["number"]
        page = self.give(manager, number, **values)
        assert list(page.context["messages"])
        assert not OrderException.objects.exists()


class TestLink:
    def test_is_made_and_revoked(self, shop: SandboxServer, manager: Client) -> None:
        number = open_order(manager).context["number"]
        page = manager.post(reverse("admin:returns_order_link", args=[number]))
        link = page.context["links"][0].url
        assert Client().get(link).status_code == 302
        manager.post(reverse("admin:returns_order_revoke", args=[number]))
        assert Client().get(link).status_code == 404


class TestRights:
    @pytest.mark.parametrize("permissions", [(), MANAGER[:2], ("override_returnrequest",)])
    def test_are_needed_for_requests_and_exceptions(
        self, sign_in: SignIn, permissions: tuple[str, ...], settings: Settings
    ) -> None:
        client = sign_in(*permissions)
        assert client.get(LOOK_UP).status_code == 403
        assert client.post(f"{LOOK_UP}1/", {}).status_code == 403
        address = reverse("admin:returns_order_except", args=[1])
        assert client.post(address, {"reason": "x", "final_sale": "on"}).status_code == 403
        assert not OrderException.objects.exists()
        assert not ReturnRequest.objects.exists()
