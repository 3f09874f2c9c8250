"""The queue: its tabs, order, columns, search and cost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from staff import queue
from tests.returns.factories import (
    OperationFactory,
    ReturnLineItemFactory,
    ReturnReasonFactory,
    ReturnRequestFactory,
    request_with_line,
    utc_now,
)
from tests.staff.conftest import SignIn
from tests.staff.pages import QUEUE, text

pytestmark = pytest.mark.django_db


def shown(client: Client, query: str = "") -> list[str]:
    """The RMA numbers on the list, in its order."""
    changelist = client.get(f"{QUEUE}{query}").context["cl"]
    return [row.rma_number for row in changelist.result_list]


class TestTabs:
    @pytest.fixture
    def one_of_each(self) -> dict[str, str]:
        failed = request_with_line(approved=True)
        OperationFactory(return_request=failed, failed=True)
        return {
            "requested": request_with_line().rma_number,
            "approved": request_with_line(approved=True).rma_number,
            "received": request_with_line(
                status="received", approved_amount=Decimal("24.49")
            ).rma_number,
            "failed": failed.rma_number,
            "declined": request_with_line(declined=True).rma_number,
            "refunded": request_with_line(refunded=True).rma_number,
            "attention": request_with_line(attention="Look at this.").rma_number,
        }

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", {"requested", "attention"}),
            ("?tab=review", {"requested", "attention"}),
            ("?tab=progress", {"approved", "received", "failed"}),
            ("?tab=failed", {"failed"}),
            ("?tab=attention", {"attention"}),
            ("?tab=closed", {"declined", "refunded"}),
            ("?tab=nonsense", {"requested", "attention"}),
        ],
    )
    def test_hold_what_their_name_says(
        self, viewer: Client, one_of_each: dict[str, str], query: str, names: set[str]
    ) -> None:
        assert set(shown(viewer, query)) == {one_of_each[name] for name in names}

    def test_all_holds_everything(self, viewer: Client, one_of_each: dict[str, str]) -> None:
        assert set(shown(viewer, "?tab=all")) == set(one_of_each.values())

    @pytest.mark.usefixtures("one_of_each")
    def test_are_counted(self, viewer: Client) -> None:
        assert queue.count_tabs() == {
            "review": 2,
            "progress": 3,
            "failed": 1,
            "attention": 1,
            "closed": 2,
            "all": 7,
        }
        page = text(viewer.get(QUEUE))
        assert 'aria-current="page">To review <span class="count">2</span>' in page
        assert 'In progress <span class="count">3</span>' in page

    def test_keep_attention_out_of_sight_while_nothing_needs_any(self, viewer: Client) -> None:
        request_with_line()
        assert "Needs attention" not in text(viewer.get(QUEUE))

    def test_count_a_request_with_two_failed_steps_once(self) -> None:
        item = request_with_line(approved=True)
        OperationFactory(return_request=item, failed=True)
        OperationFactory(return_request=item, failed=True, kind="process_return")
        assert queue.count_tabs()["failed"] == 1


class TestOrder:
    def test_puts_the_first_deadline_first(self, viewer: Client) -> None:
        later = request_with_line(answer_due_at=utc_now() + timedelta(hours=5))
        sooner = request_with_line(answer_due_at=utc_now() - timedelta(hours=1))
        assert shown(viewer) == [sooner.rma_number, later.rma_number]

    def test_puts_the_newest_closed_request_first(self, viewer: Client) -> None:
        older = request_with_line(declined=True, requested_at=utc_now() - timedelta(days=3))
        newer = request_with_line(declined=True)
        assert shown(viewer, "?tab=closed") == [newer.rma_number, older.rma_number]


class TestNextToReview:
    def test_is_the_first_deadline_besides_the_one_just_decided(self) -> None:
        first = request_with_line(answer_due_at=utc_now())
        second = request_with_line(answer_due_at=utc_now() + timedelta(hours=1))
        assert queue.first_to_review() == first
        assert queue.first_to_review(besides=first.pk) == second

    def test_is_none_when_nothing_waits(self) -> None:
        request_with_line(approved=True)
        assert queue.first_to_review() is None


class TestNeighbors:
    def test_are_the_deadlines_around_it_also_when_two_are_the_same(self) -> None:
        at = utc_now()
        first, second, third = (request_with_line(answer_due_at=at) for _ in range(3))
        assert queue.neighbors(second) == (first, third)
        assert queue.neighbors(first) == (None, second)
        assert queue.neighbors(third) == (second, None)


class TestRow:
    def test_tells_a_request_at_a_glance(self, viewer: Client) -> None:
        item = request_with_line(
            order_name="#1001",
            tiktok_order_id="577092126219211281",
            quoted_amount=Decimal("24.49"),
            answer_due_at=utc_now() + timedelta(hours=2, minutes=5),
        )
        page = text(viewer.get(QUEUE))
        for words in (item.rma_number, "#1001", "577092126219211281", "Linen shirt"):
            assert words in page
        assert 'due-near" title=' in page
        assert ">in 2 h</span>" in page
        assert '<span class="amount">US$24.49</span>' in page
        assert "Too small" in page

    def test_names_each_reason_once_and_counts_what_it_does_not_name(self, viewer: Client) -> None:
        item = ReturnRequestFactory()
        for _ in range(4):
            ReturnLineItemFactory(return_request=item)
        ReturnLineItemFactory(return_request=item, reason=ReturnReasonFactory(shops_fault=True))
        page = text(viewer.get(QUEUE))
        assert "Too small, Arrived damaged" in page
        assert "and 3 more" in page

    def test_says_what_is_out_of_the_ordinary_in_words(self, viewer: Client) -> None:
        item = request_with_line(
            identity_verified=False, quote_source="estimate", attention="Look at this."
        )
        OperationFactory(return_request=item, failed=True, kind="send_email", part="requested")
        page = text(viewer.get(QUEUE))
        for flag in ("Step failed", "Attention", "Identity not checked", "Estimate"):
            assert f">{flag}</span>" in page

    def test_shows_what_was_paid_once_it_was(self, viewer: Client) -> None:
        request_with_line(refunded=True, quoted_amount=Decimal("99.00"))
        page = text(viewer.get(f"{QUEUE}?tab=closed"))
        assert '<span class="amount">US$24.49</span><span class="sub">paid</span>' in page

    def test_escapes_what_a_shop_called_its_product(self, viewer: Client) -> None:
        ReturnLineItemFactory(title="<script>alert(1)</script>")
        page = text(viewer.get(QUEUE))
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


class TestSearch:
    @pytest.mark.parametrize(
        "words",
        [
            "RMA-FIND",
            "find",
            "#1001",
            "1001",
            "577092126219211281",
            "shopper@wanted.example",
            "SKU-42",
            "Whitfield",
        ],
    )
    def test_finds_a_request_by_what_people_know(self, viewer: Client, words: str) -> None:
        wanted = ReturnRequestFactory(
            rma_number="RMA-FIND",
            order_name="#1001",
            tiktok_order_id="577092126219211281",
            contact_email="shopper@wanted.example",
            customer_name="Dana Whitfield",
        )
        ReturnLineItemFactory(return_request=wanted, sku="SKU-42")
        ReturnLineItemFactory(return_request=wanted, sku="SKU-42-B")
        request_with_line()
        assert shown(viewer, f"?q={words.replace('#', '%23')}") == ["RMA-FIND"]

    def test_looks_everywhere_and_not_only_at_what_waits(self, viewer: Client) -> None:
        item = request_with_line(declined=True)
        assert shown(viewer, f"?q={item.rma_number}") == [item.rma_number]

    def test_says_so_when_nothing_fits(self, viewer: Client) -> None:
        assert "Nothing fits “nothing-like-it”." in text(viewer.get(f"{QUEUE}?q=nothing-like-it"))


class TestCost:
    @pytest.mark.parametrize("rows", [10, 100])
    def test_is_the_same_number_of_queries_for_any_number_of_rows(
        self, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries, rows: int
    ) -> None:
        for _ in range(rows):
            request_with_line()
        with django_assert_max_num_queries(10) as queries:
            assert len(shown(viewer)) == rows
        assert len(queries) == 10

    def test_is_no_higher_with_a_hundred_lines_in_each_request(
        self, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            item = ReturnRequestFactory()
            ReturnLineItemFactory.create_batch(30, return_request=item)
        with django_assert_max_num_queries(10):
            shown(viewer)


class TestRights:
    def test_nobody_without_a_sign_in_sees_the_queue(self) -> None:
        answer = Client().get(QUEUE)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")

    def test_staff_without_the_permission_do_not_see_it(self, sign_in: SignIn) -> None:
        assert sign_in().get(QUEUE).status_code == 403

    def test_no_one_adds_changes_or_deletes_a_request_by_hand(self, admin_client: Client) -> None:
        item = request_with_line()
        assert admin_client.get(f"{QUEUE}add/").status_code == 403
        assert (
            admin_client.post(f"{QUEUE}{item.pk}/change/", {"status": "closed"}).status_code == 405
        )
        assert admin_client.post(f"{QUEUE}{item.pk}/delete/", {"post": "yes"}).status_code == 403
        item.refresh_from_db()
        assert item.status == "requested"
