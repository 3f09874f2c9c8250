"""Many requests at once: the sum first, then a result for each."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from returns_portal.returns.models import BulkItem, BulkJob, ReturnRequest
from returns_portal.returns.services import bulk as service
from tests.returns.factories import request_with_line, utc_now
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, messages, text

pytestmark = pytest.mark.django_db


def choose(client: Client, action: str, chosen: list[ReturnRequest], **fields: Any) -> HttpResponse:
    form = {"action": action, "chosen": [item.pk for item in chosen], **fields}
    return client.post(f"{QUEUE}bulk/choose/", form, follow=True)


def start(client: Client, **fields: Any) -> BulkJob:
    """Agrees to the latest choice."""
    job = BulkJob.objects.latest("pk")
    client.post(f"{QUEUE}bulk/{job.pk}/start/", fields)
    return job


def work_off(job: BulkJob) -> None:
    service.work_off_bulk(job.pk, clock=utc_now, until=utc_now().replace(year=9000))
    job.refresh_from_db()


def statuses(*chosen: ReturnRequest) -> list[str]:
    rows = ReturnRequest.objects.in_bulk([item.pk for item in chosen])
    return [rows[item.pk].status for item in chosen]


class TestChoose:
    def test_tells_the_sum_by_currency_and_changes_nothing(self, reviewer: Client) -> None:
        chosen = [
            request_with_line(quoted_amount=Decimal("24.49")),
            request_with_line(quoted_amount=Decimal("18.00")),
            request_with_line(quoted_amount=Decimal("31.50"), currency="GBP"),
        ]
        page = text(choose(reviewer, "approve", chosen))
        assert "3 requests will be approved, for these sums:" in page
        assert '<strong class="amount">£31.50</strong> + <strong class="amount">US$42.49' in page
        assert statuses(*chosen) == ["requested"] * 3

    def test_names_what_will_be_left_alone(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line(declined=True)]
        page = text(choose(reviewer, "approve", chosen))
        assert "1 request will be approved" in page
        assert "Will be left alone: A request that is declined cannot be approved." in page

    def test_takes_all_that_match_the_tab_filters_and_search(self, reviewer: Client) -> None:
        wanted = [request_with_line(country="JP") for _ in range(3)]
        request_with_line(country="US")
        request_with_line(country="JP", declined=True)
        choose(reviewer, "approve", [], all="yes", query="tab=review&country=JP")
        chosen = BulkItem.objects.values_list("return_request_id", flat=True)
        assert sorted(chosen) == [item.pk for item in wanted]

    def test_refuses_none_and_too_many(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert messages(choose(reviewer, "approve", [])) == ["Choose at least one return."]
        monkeypatch.setattr(service, "MOST_AT_ONCE", 1)
        chosen = [request_with_line(), request_with_line()]
        answer = choose(reviewer, "approve", chosen)
        assert messages(answer) == ["Nothing was done: choose at most 1 returns at once."]
        assert not BulkJob.objects.exists()

    def test_is_cheap_for_many(self, reviewer: Client, django_assert_max_num_queries: Any) -> None:
        chosen = [request_with_line() for _ in range(30)]
        with django_assert_max_num_queries(40):
            choose(reviewer, "approve", chosen)


class TestStart:
    def test_leaves_the_work_to_workers(self, reviewer: Client) -> None:
        item = request_with_line()
        choose(reviewer, "approve", [item])
        job = start(reviewer)
        job.refresh_from_db()
        assert (job.state, statuses(item)) == ("running", ["requested"])

    def test_asks_for_the_reason_that_shoppers_read(self, reviewer: Client) -> None:
        item = request_with_line()
        choose(reviewer, "decline", [item])
        job = start(reviewer, reason=" ")
        job.refresh_from_db()
        assert job.state == "draft"

    def test_changes_nothing_when_it_is_pressed_again(self, reviewer: Client) -> None:
        item = request_with_line()
        choose(reviewer, "approve", [item])
        job = start(reviewer)
        work_off(job)
        start(reviewer)
        job.refresh_from_db()
        assert job.state == "done"
        assert item.events.filter(kind="approved").count() == 1

    def test_is_for_whoever_chose(self, reviewer: Client, sign_in: SignIn) -> None:
        choose(reviewer, "approve", [request_with_line()])
        job = start(sign_in("view_returnrequest", "decide_returnrequest"))
        job.refresh_from_db()
        assert job.state == "draft"


class TestWork:
    def test_approves_each_for_the_amount_that_was_shown(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line(quoted_amount=Decimal("7.00"))]
        choose(reviewer, "approve", chosen)
        work_off(start(reviewer))
        amounts = ReturnRequest.objects.order_by("pk").values_list("status", "approved_amount")
        assert list(amounts) == [("approved", Decimal("24.49")), ("approved", Decimal("7.00"))]

    def test_declines_each_for_the_one_reason(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line()]
        choose(reviewer, "decline", chosen)
        work_off(start(reviewer, reason="Worn."))
        reasons = ReturnRequest.objects.values_list("status", "decline_reason")
        assert list(reasons) == [("declined", "Worn."), ("declined", "Worn.")]

    def test_goes_on_past_one_that_is_refused_and_says_why(self, reviewer: Client) -> None:
        first, second, third = chosen = [request_with_line() for _ in range(3)]
        choose(reviewer, "approve", chosen)
        job = start(reviewer)
        ReturnRequest.objects.filter(pk=second.pk).update(status="canceled")
        work_off(job)
        assert statuses(first, second, third) == ["approved", "canceled", "approved"]
        page = text(reviewer.get(f"{QUEUE}bulk/{job.pk}/"))
        assert "3 of 3 handled: 2 decided, 1 left alone." in page
        assert "A request that is canceled cannot be approved." in page
        assert second.rma_number in page

    def test_leaves_alone_what_the_shopper_changed_in_between(self, reviewer: Client) -> None:
        item = request_with_line()
        choose(reviewer, "approve", [item])
        job = start(reviewer)
        ReturnRequest.objects.filter(pk=item.pk).update(quoted_amount=Decimal("99.00"))
        work_off(job)
        assert statuses(item) == ["requested"]
        assert "changed" in BulkItem.objects.get().sentence

    def test_goes_on_past_one_that_breaks(
        self, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = chosen = [request_with_line(), request_with_line()]
        choose(reviewer, "approve", chosen)
        job = start(reviewer)
        approve = service.approve

        def break_once(**values: Any) -> ReturnRequest:
            approved = approve(**values)
            if values["request_id"] == first.pk:
                raise ValueError("broken")
            return approved

        monkeypatch.setattr(service, "approve", break_once)
        work_off(job)
        assert statuses(first, second) == ["requested", "approved"]
        assert job.state == "done"

    def test_goes_on_where_a_killed_worker_stopped(self, reviewer: Client) -> None:
        chosen = [request_with_line() for _ in range(3)]
        choose(reviewer, "approve", chosen)
        job = start(reviewer)
        service.decide_next(job.pk, now=utc_now())
        assert statuses(*chosen) == ["approved", "requested", "requested"]
        later = utc_now() + service.STILL * 2
        assert service.lost_jobs(now=later) == [job.pk]
        work_off(job)
        assert statuses(*chosen) == ["approved"] * 3
        assert service.lost_jobs(now=later) == []

    def test_decides_nothing_for_somebody_who_may_no_longer(self, reviewer: Client) -> None:
        item = request_with_line()
        choose(reviewer, "approve", [item])
        job = start(reviewer)
        job.user.user_permissions.clear()
        work_off(job)
        assert statuses(item) == ["requested"]
        assert BulkItem.objects.get().state == "refused"


class TestStop:
    def test_leaves_the_rest_alone(self, reviewer: Client) -> None:
        chosen = [request_with_line(), request_with_line()]
        choose(reviewer, "approve", chosen)
        job = start(reviewer)
        service.decide_next(job.pk, now=utc_now())
        reviewer.post(f"{QUEUE}bulk/{job.pk}/stop/")
        work_off(job)
        assert statuses(*chosen) == ["approved", "requested"]
        assert job.state == "canceled"


class TestProgress:
    def test_is_polled_until_it_is_done(self, reviewer: Client) -> None:
        choose(reviewer, "approve", [request_with_line()])
        job = start(reviewer)
        address = f"{QUEUE}bulk/{job.pk}/"
        polled = reviewer.get(address, headers={"HX-Request": "true"})
        assert 'data-hx-trigger="every 2s"' in text(polled)
        assert "HX-Refresh" not in polled.headers
        work_off(job)
        assert reviewer.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"

    def test_lists_what_was_decided_before(self, reviewer: Client) -> None:
        choose(reviewer, "approve", [request_with_line()])
        work_off(start(reviewer))
        assert "1 of 1" in text(reviewer.get(f"{QUEUE}bulk/"))


class TestDrafts:
    def test_are_forgotten_after_a_day(self, reviewer: Client) -> None:
        choose(reviewer, "approve", [request_with_line()])
        service.forget_drafts(now=utc_now())
        assert BulkJob.objects.exists()
        service.forget_drafts(now=utc_now() + service.DRAFTS_KEPT * 2)
        assert not BulkJob.objects.exists()


class TestRights:
    @pytest.mark.parametrize(
        "permissions", [("view_returnrequest",), ("view_returnrequest", "change_returnrequest")]
    )
    def test_offer_nothing_to_those_who_may_not_decide(
        self, sign_in: SignIn, permissions: tuple[str, ...]
    ) -> None:
        item = request_with_line()
        client = sign_in(*permissions)
        assert 'value="approve"' not in text(client.get(QUEUE))
        assert choose(client, "approve", [item]).status_code == 403
        assert not BulkJob.objects.exists()

    def test_never_offer_to_delete(self, admin_client: Client) -> None:
        request_with_line()
        assert "delete_selected" not in text(admin_client.get(QUEUE))
