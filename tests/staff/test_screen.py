"""The decision screen: what it tells, to whom, and at what cost."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import Code, Verdict
from returns_portal.returns.models import Difference, ReturnEvent, ReturnRequest
from returns_portal.shopify.types import Money
from staff import decision
from tests.returns.factories import (
    OperationFactory,
    RefundFactory,
    ReturnLineItemFactory,
    ReturnRequestFactory,
    request_with_line,
    utc_now,
)
from tests.staff.conftest import SignIn
from tests.staff.pages import get, text, url

pytestmark = pytest.mark.django_db


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class TestScreen:
    def test_tells_the_request_its_status_and_its_deadline(self, viewer: Client) -> None:
        item = request_with_line(due_at=utc_now() + timedelta(hours=2, minutes=5))
        page = get(viewer, item)
        assert f"<h1>{item.rma_number}</h1>" in page
        assert '<span id="request-status" class="badge badge-requested">Requested</span>' in page
        assert "answer due in 2 h" in page

    def test_says_how_late_an_answer_is(self, viewer: Client) -> None:
        item = request_with_line(due_at=utc_now() - timedelta(hours=5, minutes=1))
        assert "answer 5 h late" in get(viewer, item)

    @pytest.mark.parametrize(
        ("status", "words"),
        [("approved", "parcel due in 2 h"), ("received", "inspection due in 2 h")],
    )
    def test_tells_until_when_somebody_must_act_on_what_is_agreed(
        self, viewer: Client, status: str, words: str
    ) -> None:
        due_at = utc_now() + timedelta(hours=2, minutes=5)
        item = request_with_line(approved=True, status=status, due_at=due_at)
        assert words in get(viewer, item)

    def test_tells_what_is_returned_and_why(self, viewer: Client) -> None:
        item = ReturnRequestFactory()
        ReturnLineItemFactory(return_request=item, quantity=2, customer_note="runs small")
        page = get(viewer, item)
        assert 'Linen shirt <span class="times">\N{MULTIPLICATION SIGN}2</span>' in page
        for words in ("M / sand", "LIN-M-SAND", "Too small", "runs small"):
            assert words in page

    def test_escapes_what_the_shopper_wrote(self, viewer: Client) -> None:
        item = ReturnRequestFactory()
        ReturnLineItemFactory(return_request=item, customer_note="<script>alert(1)</script>")
        page = get(viewer, item)
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page

    def test_tells_each_rule_in_words_and_which_one_objects(self, viewer: Client) -> None:
        item = ReturnRequestFactory()
        verdicts = (Verdict(Code.FINAL_SALE, passed=False), Verdict(Code.NOT_PAID, passed=True))
        ReturnLineItemFactory(return_request=item, verdicts=snapshots.dump(verdicts))
        page = get(viewer, item)
        assert "1 rule speaks against it" in page
        assert "Against:</span>Final sale: this item can" in page
        assert "Passed:</span>Paid" in page

    def test_adds_the_quote_up_fees_included(self, viewer: Client) -> None:
        item = ReturnRequestFactory(
            quoted_amount=Decimal("19.50"), return_shipping_fee=Decimal("4.00")
        )
        ReturnLineItemFactory(
            return_request=item,
            subtotal=Decimal("25.00"),
            tax=Decimal("1.00"),
            restocking_fee=Decimal("2.50"),
        )
        rows = [(row.label, row.amount) for row in decision.build_money(item)]
        assert rows == [
            ("Items", "US$25.00"),
            ("Tax", "US$1.00"),
            ("Restocking fee", "-US$2.50"),
            ("Return shipping fee", "-US$4.00"),
            ("Quoted", "US$19.50"),
        ]
        page = get(viewer, item)
        assert all(f"<dd>{amount}</dd>" in page for _label, amount in rows)
        assert "after a fee of US$2.50" in page

    def test_says_that_the_identity_was_not_checked(self, viewer: Client) -> None:
        assert "Identity not checked." in get(viewer, request_with_line(identity_verified=False))
        assert "Identity not checked." not in get(viewer, request_with_line())

    def test_says_what_needs_attention(self, viewer: Client) -> None:
        item = request_with_line(attention="Refund it in Shopify by hand.")
        assert "Refund it in Shopify by hand." in get(viewer, item)

    def test_says_where_shopify_differs_until_that_is_settled(self, viewer: Client) -> None:
        item = request_with_line(refunded=True)
        open_one = {"return_request": item, "found_at": utc_now()}
        Difference.objects.create(kind="refund_amount", detail="20.00 there.", **open_one)
        Difference.objects.create(
            kind="restock", detail="Settled by now.", settled_at=utc_now(), **open_one
        )
        page = get(viewer, item)
        assert "20.00 there." in page
        assert "Settled by now." not in page

    def test_tells_what_was_approved_and_paid(self, viewer: Client) -> None:
        item = request_with_line(refunded=True)
        RefundFactory(return_request=item, gateways="shopify_payments")
        page = get(viewer, item)
        assert re.search(r"<dt>Approved</dt><dd>US\$24.49</dd>", page)
        assert re.search(r"<dt>Refunded .*?<dd>US\$24.49</dd>", page)
        assert "shopify_payments" in page

    def test_never_says_refunded_before_money_moved(self, viewer: Client) -> None:
        item = request_with_line(approved=True)
        RefundFactory(return_request=item, state="pending")
        page = get(viewer, item)
        assert "<dt>Refunded" not in page
        assert "on its way" in page

    def test_tells_the_history_newest_first_with_who_did_it(self, viewer: Client) -> None:
        item = request_with_line()
        for minutes, kind, name in ((9, "requested", ""), (1, "approved", "Robin Field")):
            ReturnEvent.objects.create(
                return_request=item,
                occurred_at=utc_now() - timedelta(minutes=minutes),
                kind=kind,
                actor_kind="staff" if name else "shopper",
                actor_name=name,
            )
        page = get(viewer, item)
        assert page.index("Robin Field") < page.index("Return requested")

    def test_answers_404_for_a_request_that_is_not_there(self, viewer: Client) -> None:
        assert viewer.get("/admin/returns/returnrequest/999999/change/").status_code == 404
        assert viewer.get("/admin/returns/returnrequest/junk/change/").status_code == 404

    def test_takes_the_same_number_of_queries_for_any_number_of_lines(
        self, viewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        short, long = request_with_line(), ReturnRequestFactory()
        ReturnLineItemFactory.create_batch(30, return_request=long)
        counts = []
        for item in (short, long):
            with django_assert_max_num_queries(32) as queries:
                viewer.get(url(item))
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_does_not_wait_for_shopify(self, viewer: Client) -> None:
        page = get(viewer, request_with_line())
        assert "Ask Shopify what it would pay now" in page
        assert 'data-hx-trigger="load"' in page


class TestLinks:
    def test_lead_to_the_order_in_shopify_s_admin(self, settings: Settings) -> None:
        settings.SHOPIFY_SHOP = "fern-and-field.myshopify.com"
        settings.SHOPIFY_BASE_URL = "https://fern-and-field.myshopify.com"
        assert decision.shopify_order_url("gid://shopify/Order/123") == (
            "https://admin.shopify.com/store/fern-and-field/orders/123"
        )

    def test_lead_to_the_stand_in_where_one_is_set(self, settings: Settings) -> None:
        settings.SHOPIFY_BASE_URL = "http://127.0.0.1:8001"
        assert decision.shopify_order_url("gid://shopify/Order/123") == (
            "http://127.0.0.1:8001/orders/123"
        )

    def test_lead_to_the_shopper_s_page(self, reviewer: Client) -> None:
        item = request_with_line()
        assert f'href="/returns/{item.token}/"' in get(reviewer, item)

    def test_lead_to_the_requests_due_before_and_after(self, viewer: Client) -> None:
        before, item, after = (
            request_with_line(due_at=utc_now() + timedelta(hours=hours)) for hours in (1, 2, 3)
        )
        page = get(viewer, item)
        assert f'rel="prev" href="{url(before)}"' in page
        assert f'rel="next" href="{url(after)}"' in page


class TestActionBar:
    def test_offers_to_approve_and_decline_what_waits(self, reviewer: Client) -> None:
        page = get(reviewer, request_with_line())
        assert "Approve: refund US$24.49, restock 1" in page
        assert "Decline…" in page
        assert "Receive the parcel…" not in page

    def test_counts_only_the_units_that_go_back_into_stock(self, reviewer: Client) -> None:
        item = request_with_line()
        ReturnLineItemFactory(return_request=item, quantity=3, disposition="NOT_RESTOCKED")
        assert "restock 1<" in get(reviewer, item)

    def test_promises_no_refund_yet_where_the_policy_pays_on_receipt(
        self, reviewer: Client
    ) -> None:
        page = get(reviewer, request_with_line(policy__paid_on_receipt=True))
        assert "Approve: refund US$24.49 once received" in page

    def test_offers_to_receive_what_is_approved_and_paid_on_receipt(self, reviewer: Client) -> None:
        page = get(reviewer, request_with_line(approved=True, policy__paid_on_receipt=True))
        assert "Receive the parcel…" in page
        assert "Approve:" not in page

    @pytest.mark.parametrize("trait", ["approved", "declined", "canceled", "refunded"])
    def test_offers_nothing_where_nothing_is_left_to_decide(
        self, reviewer: Client, trait: str
    ) -> None:
        page = get(reviewer, request_with_line(**{trait: True}))
        assert "Nothing to decide" in page
        assert 'role="button"' not in page

    def test_offers_nothing_to_those_who_may_only_look(self, viewer: Client) -> None:
        page = get(viewer, request_with_line())
        assert "You may look at this request, not decide it." in page
        assert 'role="button"' not in page


class TestCompare:
    def test_finds_the_same_amount_the_same_whatever_its_zeros(self) -> None:
        found = decision.compare(dollars("24.490"), dollars("24.49"))
        assert (found.level, found.sentence) == ("same", "Same as quoted.")

    def test_says_how_much_less(self) -> None:
        found = decision.compare(dollars("24.49"), dollars("20.00"))
        assert (found.level, found.sentence) == ("less", "US$4.49 less than quoted.")

    def test_says_how_much_more(self) -> None:
        found = decision.compare(dollars("24.49"), dollars("25.00"))
        assert (found.level, found.sentence) == ("more", "US$0.51 more than quoted.")

    def test_knows_nothing_in_another_currency(self) -> None:
        found = decision.compare(dollars("24.49"), Money(Decimal("24.49"), "EUR"))
        assert (found.level, found.amount) == ("unknown", None)

    def test_shows_an_amount_of_zero(self) -> None:
        assert decision.compare(dollars("24.49"), dollars("0")).shown == "US$0.00"

    def test_says_so_when_shopify_does_not_answer(self, viewer: Client) -> None:
        page = get(viewer, request_with_line(), "compare")
        assert "Shopify could not say what it would pay now" in page
        assert "Approving uses the quoted amount" in page

    def test_answers_htmx_with_the_fragment_alone(self, viewer: Client) -> None:
        answer = viewer.get(url(request_with_line(), "compare"), headers={"HX-Request": "true"})
        assert "comparison-unknown" in text(answer)
        assert "<html" not in text(answer)


class TestProgress:
    def poll(self, client: Client, item: ReturnRequest, status: str = "approved") -> str:
        answer = client.get(
            f"{url(item, 'progress')}?status={status}", headers={"HX-Request": "true"}
        )
        return text(answer)

    @pytest.mark.parametrize("state", ["pending", "unknown"])
    def test_asks_again_while_a_step_is_open(self, viewer: Client, state: str) -> None:
        item = request_with_line(approved=True)
        OperationFactory(return_request=item, state=state)
        assert 'data-hx-trigger="every 2s"' in self.poll(viewer, item)

    def test_asks_seldom_while_the_next_step_is_due_later(self, viewer: Client) -> None:
        item = request_with_line(approved=True)
        OperationFactory(return_request=item, due_at=utc_now() + timedelta(minutes=5))
        assert 'data-hx-trigger="every 15s"' in self.poll(viewer, item)

    def test_stops_asking_when_all_is_done(self, viewer: Client) -> None:
        item = request_with_line(approved=True)
        OperationFactory(return_request=item, done=True)
        assert "data-hx-trigger" not in self.poll(viewer, item)

    def test_brings_the_new_status_along_when_it_moved(self, viewer: Client) -> None:
        item = request_with_line(refunded=True)
        moved = self.poll(viewer, item, status="approved")
        assert 'class="badge badge-closed" data-hx-swap-oob="true">Closed' in moved
        assert "data-hx-swap-oob" not in self.poll(viewer, item, status="closed")

    def test_leads_a_browser_without_javascript_to_the_screen(self, viewer: Client) -> None:
        item = request_with_line()
        answer = viewer.get(url(item, "progress"))
        assert answer.status_code == 302
        assert answer.headers["Location"] == url(item)

    def test_tells_a_failure_in_words_with_a_way_to_try_again(self, reviewer: Client) -> None:
        item = request_with_line(approved=True)
        operation = OperationFactory(return_request=item, failed=True)
        page = get(reviewer, item)
        assert "Shopify refused: no." in page
        assert "3 attempts" in page
        assert f'action="/admin/returns/operation/{operation.pk}/retry/"' in page

    def test_offers_no_retry_to_those_who_may_not(self, viewer: Client) -> None:
        item = request_with_line(approved=True)
        OperationFactory(return_request=item, failed=True)
        assert "Try again" not in get(viewer, item)


class TestRights:
    @pytest.mark.parametrize("part", ["change", "compare", "progress"])
    def test_need_the_permission_to_view(self, sign_in: SignIn, part: str) -> None:
        item = request_with_line()
        assert sign_in("decide_returnrequest").get(url(item, part)).status_code == 403
        assert sign_in().get(url(item, part)).status_code == 403

    @pytest.mark.parametrize("part", ["change", "compare", "progress", "approve", "decline"])
    def test_nobody_without_a_sign_in_gets_in(self, part: str) -> None:
        answer = Client().get(url(request_with_line(), part))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")
