"""The queue: its tabs, order, columns, search and cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from returns_portal.returns import mirror
from returns_portal.returns.models import ReverseDelivery
from staff import listing, queue
from tests.returns.examples import an_order
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
LONG_AGO = datetime(2020, 1, 1, 9, tzinfo=UTC)


def shown(client: Client, query: str = "") -> list[str]:
    """The RMA numbers on the list, in its order."""
    page = client.get(f"{QUEUE}{query}").context
    return [row.request.rma_number for row in page["rows"]]


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
            "asked": request_with_line(status="needs_info").rma_number,
        }

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("", {"requested", "attention"}),
            ("?tab=review", {"requested", "attention"}),
            ("?tab=inspect", {"approved", "received", "failed"}),
            ("?tab=waiting", {"asked"}),
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
            "inspect": 3,
            "waiting": 1,
            "failed": 1,
            "attention": 1,
            "closed": 2,
            "all": 8,
        }
        page = text(viewer.get(QUEUE))
        assert 'aria-current="page">To review <span class="count">2</span>' in page
        assert 'To inspect <span class="count">3</span>' in page

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
        later = request_with_line(due_at=utc_now() + timedelta(hours=5))
        sooner = request_with_line(due_at=utc_now() - timedelta(hours=1))
        assert shown(viewer) == [sooner.rma_number, later.rma_number]

    def test_puts_the_newest_closed_request_first(self, viewer: Client) -> None:
        older = request_with_line(declined=True, requested_at=utc_now() - timedelta(days=3))
        newer = request_with_line(declined=True)
        assert shown(viewer, "?tab=closed") == [newer.rma_number, older.rma_number]


class TestNextToReview:
    def test_is_the_first_deadline_besides_the_one_just_decided(self) -> None:
        first = request_with_line(due_at=utc_now())
        second = request_with_line(due_at=utc_now() + timedelta(hours=1))
        assert queue.first_to_review() == first
        assert queue.first_to_review(besides=first.pk) == second

    def test_is_none_when_nothing_waits(self) -> None:
        request_with_line(approved=True)
        assert queue.first_to_review() is None


class TestNeighbors:
    def test_are_the_deadlines_around_it_also_when_two_are_the_same(self) -> None:
        at = utc_now()
        first, second, third = (request_with_line(due_at=at) for _ in range(3))
        assert queue.neighbors(second) == (first, third)
        assert queue.neighbors(first) == (None, second)
        assert queue.neighbors(third) == (second, None)


class TestRow:
    def test_tells_a_request_at_a_glance(self, viewer: Client) -> None:
        item = request_with_line(
            order_name="#1001",
            tiktok_order_id="577092126219211281",
            quoted_amount=Decimal("24.49"),
            due_at=utc_now() + timedelta(hours=2, minutes=5),
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
    def test_finds_a_request_by_what_people_know(self, reviewer: Client, words: str) -> None:
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
        assert shown(reviewer, f"?q={words.replace('#', '%23')}") == ["RMA-FIND"]

    @pytest.mark.parametrize(
        "typed", ["9400 1000 2000", "sw1a1aa", "SW1A 1AA", "dana WHIT", "lin-9"]
    )
    def test_knows_a_term_by_its_shape(self, sign_in: SignIn, typed: str) -> None:
        client = sign_in("view_returnrequest", "view_personal_data")
        order = an_order(id="gid://shopify/Order/77", postcode="SW1A 1AA", country="GB")
        mirror.mirror_order(order, now=utc_now())
        wanted = ReturnRequestFactory(shopify_order_id=order.id, customer_name="Dana Whitfield")
        ReturnLineItemFactory(return_request=wanted, sku="Lin-9-a")
        ReverseDelivery.objects.create(
            return_request=wanted,
            carrier="usps",
            tracking_number="940010002000",
            sent_at=utc_now(),
            changed_at=utc_now(),
        )
        request_with_line()
        assert shown(client, f"?q={typed}") == [wanted.rma_number]

    def test_looks_everywhere_and_not_only_at_what_waits(self, viewer: Client) -> None:
        item = request_with_line(declined=True)
        assert shown(viewer, f"?q={item.rma_number}") == [item.rma_number]

    def test_says_so_when_nothing_fits(self, viewer: Client) -> None:
        assert "Nothing fits “nothing-like-it”." in text(viewer.get(f"{QUEUE}?q=nothing-like-it"))


class TestPages:
    @pytest.mark.parametrize("tab", ["review", "all"])
    def test_lead_through_every_row_once_and_back_again(
        self, viewer: Client, monkeypatch: pytest.MonkeyPatch, tab: str
    ) -> None:
        monkeypatch.setattr(listing, "ROWS", 3)
        at = utc_now()
        for number in range(8):  # several of the same time, and one without a deadline
            request_with_line(due_at=at if number else None, requested_at=at)
        forward = follow(viewer, f"{QUEUE}?tab={tab}", "after")
        assert [len(rows) for rows, _url in forward] == [3, 3, 2]
        assert len({rma for rows, _url in forward for rma in rows}) == 8
        back = follow(viewer, forward[-1][1], "before")
        assert [rows for rows, _url in back][::-1] == [rows for rows, _url in forward]

    @pytest.mark.parametrize("at", ["junk", "after~x~1", "after~2026-01-01~1", "up~~", "a~b~c~d"])
    def test_begin_anew_where_the_address_makes_no_sense(self, viewer: Client, at: str) -> None:
        item = request_with_line()
        assert shown(viewer, f"?at={at}") == [item.rma_number]

    def test_keep_what_was_looked_for(
        self, viewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(listing, "ROWS", 1)
        for country in ("JP", "JP", "US"):
            request_with_line(country=country)
        pages = follow(viewer, f"{QUEUE}?tab=all&country=JP", "after")
        assert len(pages) == 2


def follow(client: Client, address: str, way: str) -> list[tuple[list[str], str]]:
    """The rows of this page and of those that its link `way` leads to, with their addresses."""
    pages = []
    while address:
        page = client.get(address).context
        pages.append(([row.request.rma_number for row in page["rows"]], address))
        address = page[way]
    return pages


class TestCounts:
    def test_stop_where_nobody_reads_on(
        self, viewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "MOST_COUNTED", 2)
        for _ in range(4):
            request_with_line()
        assert queue.count_tabs()["review"] == 3
        assert '<span class="count">2+</span>' in text(viewer.get(QUEUE))


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "values"),
        [
            ("status=approved", {"approved": True}),
            ("reason=damaged", {}),
            ("country=jp", {"country": "JP"}),
            ("channel=web", {"sales_channel": "web"}),
            ("settlement=external", {"settlement": "external"}),
            ("flag=unverified", {"identity_verified": False}),
            ("flag=estimate", {"quote_source": "estimate"}),
            ("flag=attention", {"attention": "Look."}),
            (
                "since=2020-01-01&until=2020-01-01",
                {"requested_at": datetime(2020, 1, 1, 9, tzinfo=UTC)},
            ),
            ("least=900&most=1000", {"quoted_amount": Decimal("950.00")}),
        ],
    )
    def test_narrow_a_tab(self, viewer: Client, query: str, values: dict[str, object]) -> None:
        wanted = ReturnRequestFactory(**values)
        damaged = ReturnReasonFactory(shops_fault=True)
        reason = {"reason": damaged} if "reason" in query else {}
        ReturnLineItemFactory(return_request=wanted, **reason)
        request_with_line()
        assert shown(viewer, f"?tab=all&{query}") == [wanted.rma_number]

    def test_tell_what_makes_no_sense_and_leave_it_out(self, viewer: Client) -> None:
        item = request_with_line()
        assert shown(viewer, "?since=soon&least=much&status=lost") == [item.rma_number]
        assert "Enter a valid date." in text(viewer.get(f"{QUEUE}?since=soon"))


class TestCost:
    @pytest.mark.parametrize("query", ["", "?tab=all", "?q=Linen", "?tab=all&reason=too-small"])
    def test_is_the_same_number_of_queries_for_10_rows_and_for_100(
        self, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries, query: str
    ) -> None:
        costs = []
        for count in (10, 90):
            for _ in range(count):
                request_with_line()
            shown(viewer, query)
            with django_assert_max_num_queries(10) as queries:
                shown(viewer, query)
            costs.append(len(queries))
        assert costs[0] == costs[1]

    def test_is_no_higher_with_a_hundred_lines_in_each_request(
        self, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            item = ReturnRequestFactory()
            ReturnLineItemFactory.create_batch(30, return_request=item)
        shown(viewer)
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
