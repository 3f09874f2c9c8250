"""Store credit, its bonus, and items that are kept: each paid once in Shopify, whatever fails."""

from collections import Counter
from decimal import Decimal

import pytest

from returns_portal.returns.history import Actor
from returns_portal.returns.models import Difference, Operation, ReturnPolicy, ReturnRequest
from returns_portal.returns.outcomes import KEEP_ITEM, ORIGINAL_PAYMENT, STORE_CREDIT
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.processing.reconcile import reconcile
from returns_portal.returns.services import NotEligible, Receipt, receive, retry_operation
from returns_portal.returns.services.approving import approve
from returns_portal.returns.services.line_decisions import Decision
from returns_portal.shopify.client import build_client
from returns_portal.shopify.types import Money
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """A shop whose policies offer everything, with a tenth on top of store credit."""
    ReturnPolicy.objects.update(
        offers_store_credit=True,
        store_credit_bonus_percent=Decimal(10),
        keep_item_up_to=Decimal(1000),
        outcomes_on_tiktok=True,
    )
    return shop


def ask(shop: Shop, *outcomes: str) -> ReturnRequest:
    """One unit of each of the order's first items, each for its outcome."""
    return shop.ask_for_outcomes(*outcomes)


def paid(shop: Shop, row: ReturnRequest) -> Counter[str]:
    """The money that left, by gateway."""
    sums: Counter[str] = Counter()
    for refund in shop.order(row.shopify_order_id)["refunds"]:
        for each in refund["transactions"]:
            if each["status"] == "SUCCESS":
                sums[each["gateway"]] += Decimal(each["amount"])  # type: ignore[assignment]
    return sums


def credits(shop: Shop) -> list[Decimal]:
    """Every credit that a customer was given."""
    return [
        Decimal(amount)
        for account in shop.ledger()["store_credit"]
        for amount in account["credits"]
    ]


def assert_paid_once(shop: Shop, row: ReturnRequest) -> None:
    """Each part of the quote left the shop once, and nobody has to look."""
    row.refresh_from_db()
    parts = parts_of(row)
    money = paid(shop, row)
    credit = money.pop("shopify_store_credit", Decimal(0))
    assert credit == parts.credit.amount
    assert sum(money.values(), Decimal(0)) == (parts.original + parts.kept).amount
    wanted = [each.amount for each in (parts.credit, parts.bonus) if each]
    assert sorted(credits(shop)) == sorted(wanted)
    assert (row.status, row.refunded_amount) == ("closed", row.quoted_amount)
    assert not row.operations.exclude(state=Operation.State.DONE).exists()
    assert shop.restocked() == sum(line.quantity for line in row.returned_lines)


EVERY_MIX = [
    (STORE_CREDIT,),
    (KEEP_ITEM,),
    (ORIGINAL_PAYMENT, STORE_CREDIT),
    (ORIGINAL_PAYMENT, KEEP_ITEM),
    (STORE_CREDIT, KEEP_ITEM),
    (STORE_CREDIT, STORE_CREDIT),
    (KEEP_ITEM, KEEP_ITEM),
]


class TestApproval:
    @pytest.mark.parametrize("outcomes", EVERY_MIX)
    def test_pays_each_item_as_the_shopper_chose(
        self, shop: Shop, outcomes: tuple[str, ...]
    ) -> None:
        row = shop.approve(ask(shop, *outcomes))
        shop.work()
        assert_paid_once(shop, row)

    @pytest.mark.parametrize("outcomes", EVERY_MIX)
    def test_leaves_nothing_for_the_nightly_comparison_to_find(
        self, shop: Shop, outcomes: tuple[str, ...]
    ) -> None:
        shop.approve(ask(shop, *outcomes))
        shop.work()
        list(reconcile(build_client(), now=shop.now))
        assert not Difference.objects.exists()

    def test_opens_no_return_where_all_is_kept(self, shop: Shop) -> None:
        row = shop.approve(ask(shop, KEEP_ITEM))
        shop.work()
        row.refresh_from_db()
        assert shop.order(row.shopify_order_id)["returns"] == []
        assert (row.send_by, row.shopify_return_id) == (None, "")

    def test_keeps_a_kept_item_out_of_the_return(self, shop: Shop) -> None:
        row = shop.approve(ask(shop, ORIGINAL_PAYMENT, KEEP_ITEM))
        shop.work()
        [made] = shop.order(row.shopify_order_id)["returns"]
        assert sum(line["quantity"] for line in made["lines"]) == 1

    def test_of_another_amount_divides_that_amount(self, shop: Shop) -> None:
        row = ask(shop, ORIGINAL_PAYMENT, STORE_CREDIT)
        half = Money(row.quoted_amount / 2, row.currency)
        amount = Money(half.amount.quantize(Decimal("0.01"), "ROUND_DOWN"), row.currency)
        approve(
            request_id=row.pk,
            amount=amount,
            actor=Actor.system(),
            now=shop.now,
            decision=Decision(reason="Half of them were worn."),
        )
        shop.work()
        row.refresh_from_db()
        assert sum(paid(shop, row).values(), Decimal(0)) == amount.amount
        assert row.refunded_amount == amount.amount

    def test_refunds_what_is_kept_before_the_parcel_arrives(self, shop: Shop) -> None:
        ReturnPolicy.objects.update(refund_on="receipt")
        row = shop.approve(ask(shop, STORE_CREDIT, KEEP_ITEM))
        shop.work()
        row.refresh_from_db()
        kept = parts_of(row).kept.amount
        assert sum(paid(shop, row).values(), Decimal(0)) == kept
        assert (row.status, row.refunded_at) == ("approved", None)
        [line] = row.returned_lines
        receive(
            request_id=row.pk,
            received={line.pk: Receipt(1, "RESTOCKED")},
            actor=Actor.system(),
            now=shop.now,
        )
        shop.work()
        assert_paid_once(shop, row)


class TestFaults:
    @pytest.mark.parametrize("kind", ["timeout", "error_500", "cut", "broken_json", "html"])
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize(
        "mutation", ["returnProcess", "refundCreate", "storeCreditAccountCredit"]
    )
    def test_never_pay_twice(self, shop: Shop, mutation: str, when: str, kind: str) -> None:
        shop.server.faults.add(kind=kind, operation=mutation, when=when, times=2, seconds=0.01)
        row = shop.approve(ask(shop, STORE_CREDIT, KEEP_ITEM))
        shop.work(rounds=24)
        assert_paid_once(shop, row)

    def test_of_the_payment_alone_pay_the_credit_once(self, shop: Shop) -> None:
        shop.server.faults.add(kind="refund_failure", operation="returnProcess", times=1)
        row = shop.approve(ask(shop, ORIGINAL_PAYMENT, STORE_CREDIT))
        shop.work()
        failed = row.operations.get(state=Operation.State.FAILED)
        retry_operation(operation_id=failed.pk, actor=Actor.system(), now=shop.now)
        shop.work()
        assert_paid_once(shop, row)

    def test_of_what_is_kept_are_paid_when_tried_again(self, shop: Shop) -> None:
        shop.server.faults.add(kind="refund_failure", operation="refundCreate", times=1)
        row = shop.approve(ask(shop, KEEP_ITEM))
        shop.work()
        failed = row.operations.get(state=Operation.State.FAILED)
        retry_operation(operation_id=failed.pk, actor=Actor.system(), now=shop.now)
        shop.work()
        assert_paid_once(shop, row)


class TestBonus:
    def test_of_two_returns_at_once_is_given_to_each(self, shop: Shop) -> None:
        shop.server.faults.add(
            kind="cut", operation="storeCreditAccountCredit", when="after", times=1
        )
        rows = [shop.approve(ask(shop, STORE_CREDIT)) for _ in range(2)]
        shop.work(rounds=30)
        given = credits(shop)
        for row in rows:
            row.refresh_from_db()
        assert len({row.bonus_transaction_id for row in rows} - {""}) == 2
        assert len(given) == 4
        assert sum(given) == sum(row.refunded_amount + row.bonus_amount for row in rows)

    def test_is_none_where_somebody_refunded_elsewhere(self, shop: Shop) -> None:
        row = shop.approve(ask(shop, STORE_CREDIT))
        shop.refund_by_hand(row)
        shop.work()
        row.refresh_from_db()
        assert row.refunded_elsewhere
        assert credits(shop) == []


class TestKeeping:
    def test_is_refused_beyond_the_limit(self, shop: Shop) -> None:
        ReturnPolicy.objects.update(keep_item_up_to=Decimal(40))
        with pytest.raises(NotEligible, match="can be kept"):
            ask(shop, KEEP_ITEM, KEEP_ITEM)

    def test_counts_what_other_requests_of_the_order_keep(self, shop: Shop) -> None:
        row = ask(shop, KEEP_ITEM)
        ReturnPolicy.objects.update(keep_item_up_to=row.quoted_amount + 1)
        with pytest.raises(NotEligible, match="can be kept"):
            ask(shop, KEEP_ITEM)

    def test_is_refused_where_the_policy_does_not_offer_it(self, shop: Shop) -> None:
        ReturnPolicy.objects.update(keep_item_up_to=None, offers_store_credit=False)
        with pytest.raises(NotEligible, match="choose what you get"):
            ask(shop, KEEP_ITEM)
