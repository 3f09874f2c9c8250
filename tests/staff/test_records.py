"""Policies and reasons that a merchant edits, and records that nobody does."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from returns_portal.returns.models import (
    Difference,
    MirroredOrder,
    Operation,
    ReturnEvent,
    ReturnPolicy,
    ReturnReason,
    WebhookDelivery,
)
from staff.forms import COUNTRIES, PolicyForm, ReasonForm
from tests.returns.factories import (
    OperationFactory,
    ReturnPolicyFactory,
    ReturnReasonFactory,
    request_with_line,
    utc_now,
)
from tests.staff.conftest import SignIn
from tests.staff.pages import messages, text

pytestmark = pytest.mark.django_db


def policy_fields(**changes: Any) -> dict[str, Any]:
    """A filled-in policy form."""
    return {
        "name": "North America",
        "countries": "us, ca",
        "active": "on",
        "return_window_days": "30",
        "window_anchor": "delivered",
        "transit_days": "7",
        "send_within_days": "14",
        "answer_within_hours": "48",
        "info_within_days": "7",
        "arrive_within_days": "30",
        "inspect_within_days": "2",
        "remind_days_before": "3",
        "warn_hours_before": "12",
        "when_unanswered": "ask_person",
        "when_info_missing": "expire",
        "when_not_sent": "expire",
        "when_not_arrived": "ask_person",
        "when_not_inspected": "ask_person",
        "instructions_on": "request",
        "refund_on": "approval",
        "final_sale_tags": "final-sale, Outlet deal",
        "restocking_fee_percent": "0",
        "return_shipping_fee": "0",
        "return_shipping_paid_by": "tiktok",
        "store_credit_bonus_percent": "0",
        **changes,
    }


class TestPolicyForm:
    def test_reads_lists_written_with_commas(self) -> None:
        form = PolicyForm(policy_fields(countries=" us ,CA,, us", final_sale_tags="a b, c ,c"))
        policy = form.save()
        assert policy.countries == ["US", "CA"]
        assert policy.final_sale_tags == ["a b", "c"]

    def test_takes_an_empty_list_as_everywhere_else(self) -> None:
        assert PolicyForm(policy_fields(countries="")).save().countries == []

    def test_shows_lists_with_commas(self) -> None:
        policy = ReturnPolicyFactory(countries=["US", "CA"])
        assert 'value="US, CA"' in str(PolicyForm(instance=policy)["countries"])

    @pytest.mark.parametrize("code", ["UK", "EU", "USA", "U", "ZZ", "12", "<b>"])
    def test_refuses_what_is_no_country_and_names_it(self, code: str) -> None:
        form = PolicyForm(policy_fields(countries=f"US, {code}"))
        assert not form.is_valid()
        assert code.upper() in form.errors["countries"][0]

    @pytest.mark.parametrize("percent", ["-1", "100.01"])
    def test_refuses_a_fee_that_is_no_percentage(self, percent: str) -> None:
        assert not PolicyForm(policy_fields(restocking_fee_percent=percent)).is_valid()

    def test_knows_the_markets_that_are_sold_to(self) -> None:
        markets = {"US", "GB", "DE", "FR", "IT", "ES", "IE", "JP", "ID", "TH", "VN", "MY", "PH"}
        assert markets <= COUNTRIES


class TestPolicyPages:
    def test_save_a_policy(self, admin_client: Client) -> None:
        answer = admin_client.post(reverse("admin:returns_returnpolicy_add"), policy_fields())
        assert answer.status_code == 302
        assert ReturnPolicy.objects.get().countries == ["US", "CA"]

    def test_list_them_in_words(self, admin_client: Client) -> None:
        ReturnPolicyFactory(countries=["US", "CA"], return_window_days=None)
        page = text(admin_client.get(reverse("admin:returns_returnpolicy_changelist")))
        assert "US, CA" in page
        assert "no limit" in page

    def test_need_the_permission(self, reviewer: Client) -> None:
        answer = reviewer.post(reverse("admin:returns_returnpolicy_add"), policy_fields())
        assert answer.status_code == 403
        assert not ReturnPolicy.objects.exists()


class TestReasons:
    def test_are_put_in_order_on_the_list_itself(self, admin_client: Client) -> None:
        reason = ReturnReasonFactory(position=1)
        admin_client.post(
            reverse("admin:returns_returnreason_changelist"),
            {
                "form-TOTAL_FORMS": "1",
                "form-INITIAL_FORMS": "1",
                "form-0-id": str(reason.pk),
                "form-0-position": "7",
                "_save": "Save",
            },
        )
        reason = ReturnReason.objects.get()
        assert (reason.position, reason.active) == (7, False)


def reason_fields(**changes: Any) -> dict[str, Any]:
    fields = {"label": "It pinches", "code": "pinches", "fault": "shopper", "photos": "asked"}
    return {**fields, "position": "1", "active": "on", **changes}


class TestReasonForm:
    def test_reads_product_types_written_with_commas(self) -> None:
        form = ReasonForm(reason_fields(product_types="Shoes, Boots ,Shoes"))
        assert form.save().product_types == ["Shoes", "Boots"]

    def test_puts_a_reason_below_another(self) -> None:
        parent = ReturnReasonFactory()
        assert ReasonForm(reason_fields(parent=parent.pk)).save().parent == parent

    def test_refuses_a_third_level(self) -> None:
        below = ReturnReasonFactory(parent=ReturnReasonFactory(), code="below")
        form = ReasonForm(reason_fields(parent=below.pk))
        assert form.errors["parent"] == ["Choose a reason that stands below no other."]

    def test_refuses_a_reason_below_itself(self) -> None:
        reason = ReturnReasonFactory()
        form = ReasonForm(reason_fields(parent=reason.pk), instance=reason)
        assert form.errors["parent"] == ["Choose a reason that stands below no other."]

    def test_refuses_to_put_a_heading_below_another(self) -> None:
        heading = ReturnReasonFactory()
        ReturnReasonFactory(parent=heading, code="below")
        other = ReturnReasonFactory(code="other")
        form = ReasonForm(reason_fields(parent=other.pk), instance=heading)
        assert form.errors["parent"] == ["Other reasons stand below this one."]

    def test_stands_on_the_page_of_a_reason(self, admin_client: Client) -> None:
        page = reverse("admin:returns_returnreason_add")
        assert admin_client.post(page, reason_fields(product_types="Shoes")).status_code == 302
        made = ReturnReason.objects.get()
        assert (made.photos, made.product_types) == ("asked", ["Shoes"])


class TestOperations:
    def test_are_listed_with_the_failed_first(self, admin_client: Client) -> None:
        done = OperationFactory(done=True)
        failed = OperationFactory(failed=True)
        late = OperationFactory()
        page = admin_client.get(reverse("admin:returns_operation_changelist"))
        rows = list(page.context["cl"].result_list)
        assert rows[0] == failed
        assert set(rows[1:]) == {done, late}

    def test_are_tried_again_together_and_refusals_are_named(self, admin_client: Client) -> None:
        failed, done = OperationFactory(failed=True), OperationFactory(done=True)
        answer = admin_client.post(
            reverse("admin:returns_operation_changelist"),
            {"action": "retry_selected", "_selected_action": [failed.pk, done.pk]},
            follow=True,
        )
        failed.refresh_from_db()
        done.refresh_from_db()
        assert (failed.state, done.state) == ("pending", "done")
        assert any(done.return_request.rma_number in words for words in messages(answer))
        assert "1 step is tried again." in messages(answer)

    def test_are_not_tried_again_without_the_permission(self, sign_in: SignIn) -> None:
        failed = OperationFactory(failed=True)
        client = sign_in("view_operation", "view_returnrequest")
        client.post(
            reverse("admin:returns_operation_changelist"),
            {"action": "retry_selected", "_selected_action": [failed.pk]},
        )
        assert Operation.objects.get().state == "failed"


class TestRecords:
    """Nobody, not even a superuser, writes history by hand."""

    @pytest.fixture
    def records(self) -> dict[str, int]:
        item = request_with_line(approved=True)
        event = ReturnEvent.objects.create(
            return_request=item, occurred_at=utc_now(), kind="approved", actor_kind="staff"
        )
        webhook = WebhookDelivery.objects.create(
            shop="demo", webhook_id="1", topic="orders/updated", received_at=utc_now()
        )
        order = MirroredOrder.objects.create(
            shopify_id="gid://shopify/Order/1",
            name="#1001",
            sales_channel="tiktok",
            postcode_digest="secret-digest",
            snapshot={"customer_name": "Dana Whitfield"},
            shopify_updated_at=utc_now(),
            synced_at=utc_now(),
        )
        difference = Difference.objects.create(
            return_request=item, kind="restock", detail="Two there.", found_at=utc_now()
        )
        return {
            "operation": OperationFactory(return_request=item).pk,
            "difference": difference.pk,
            "returnevent": event.pk,
            "webhookdelivery": webhook.pk,
            "mirroredorder": order.pk,
            "returnrequest": item.pk,
        }

    @pytest.mark.parametrize(
        "model", ["difference", "operation", "returnevent", "webhookdelivery", "mirroredorder"]
    )
    def test_are_read_and_nothing_else(
        self, admin_client: Client, records: dict[str, int], model: str
    ) -> None:
        base = f"/admin/returns/{model}/"
        page = f"{base}{records[model]}/change/"
        assert admin_client.get(base).status_code == 200
        assert admin_client.get(page).status_code == 200
        assert admin_client.post(page, {}).status_code == 403
        assert admin_client.get(f"{base}add/").status_code == 403
        removed = admin_client.post(f"{base}{records[model]}/delete/", {"post": "yes"})
        assert removed.status_code == 403

    @pytest.mark.parametrize("model", ["returnlineitem", "refund", "reservedunit"])
    def test_of_money_and_units_have_no_page_at_all(self, admin_client: Client, model: str) -> None:
        assert admin_client.get(f"/admin/returns/{model}/").status_code == 404

    def test_of_orders_show_no_personal_data(
        self, admin_client: Client, records: dict[str, int]
    ) -> None:
        page = text(
            admin_client.get(f"/admin/returns/mirroredorder/{records['mirroredorder']}/change/")
        )
        assert "Dana Whitfield" not in page
        assert "secret-digest" not in page
