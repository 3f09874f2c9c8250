"""Comparing what the portal believes with what Shopify says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from returns_portal.returns.models import Difference, ReturnRequest
from returns_portal.returns.processing import reconcile
from returns_portal.returns.reconciliation import Claim, Finding, compare
from returns_portal.returns.services.reconciling import note_findings
from returns_portal.shopify.types import Disposition, Refund, Return, ReverseLine, Transaction
from tests.returns.examples import NOON, SENT, usd
from tests.returns.factories import ReturnRequestFactory

CLAIM = Claim(
    return_id="gid://shopify/Return/1",
    closed=True,
    refunded_amount=Decimal("24.49"),
    refunded_elsewhere=False,
    units={SENT: 1},
    unfinished=(),
)


def a_refund(amount: str, status: str = "SUCCESS") -> Refund:
    moved = Transaction("t", "REFUND", status, "tiktok", usd(amount), "p", "")
    return Refund("gid://shopify/Refund/1", NOON, "", None, usd(amount), (moved,), ())


def a_return(
    *, status: str = "CLOSED", placed: int = 1, refunds: tuple[Refund, ...] = (a_refund("24.49"),)
) -> Return:
    placing = Disposition("RESTOCKED", placed, None)
    reverse = ReverseLine("r", "o", SENT, 1, (placing,) if placed else ())
    made = datetime(2026, 11, 1, tzinfo=UTC)
    return Return("gid://shopify/Return/1", "#1-R1", status, "o", made, (), (reverse,), refunds, ())


def kinds(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.kind for finding in findings]


class TestCompare:
    def test_finds_nothing_where_both_agree(self) -> None:
        assert compare(CLAIM, a_return()) == ()

    @pytest.mark.parametrize(
        ("found", "kind"),
        [
            (None, "return_missing"),
            (a_return(status="OPEN"), "return_status"),
            (a_return(refunds=()), "refund_amount"),
            (a_return(refunds=(a_refund("24.49"), a_refund("24.49"))), "refund_amount"),
            (a_return(refunds=(a_refund("24.49", "FAILURE"),)), "refund_amount"),
            (a_return(placed=0), "restock"),
            (a_return(placed=2), "restock"),
        ],
    )
    def test_names_what_differs(self, found: Return | None, kind: str) -> None:
        assert kinds(compare(CLAIM, found)) == [kind]

    def test_names_steps_that_have_not_ended(self) -> None:
        assert kinds(compare(replace(CLAIM, unfinished=("Restock",)), a_return())) == ["stuck"]

    def test_expects_no_return_where_somebody_refunded_elsewhere(self) -> None:
        elsewhere = replace(CLAIM, return_id="", refunded_elsewhere=True)
        assert compare(elsewhere, None) == ()

    def test_counts_numbers_by_value_not_by_digits(self) -> None:
        claim = replace(CLAIM, refunded_amount=Decimal("24.490"))
        assert compare(claim, a_return()) == ()


@pytest.mark.django_db
class TestNoteFindings:
    def test_keeps_one_open_difference_a_kind_and_settles_what_is_mended(self) -> None:
        row = ReturnRequestFactory(refunded=True)
        note_findings(row, [Finding("restock", "one"), Finding("refund_amount", "a")], now=NOON)
        note_findings(row, [Finding("restock", "two")], now=NOON)
        still_open = Difference.objects.get(settled_at=None)
        assert (still_open.kind, still_open.detail) == ("restock", "two")
        assert Difference.objects.get(kind="refund_amount").settled_at == NOON


@pytest.mark.django_db
class TestRequestsToCheck:
    @pytest.fixture(autouse=True)
    def portions_of_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reconcile, "PORTION", 2)

    def test_are_all_that_are_open_and_those_closed_lately(self) -> None:
        still_open = [ReturnRequestFactory(approved=True) for _number in range(5)]
        # Three closed at one moment, so that a portion ends between them.
        lately = [ReturnRequestFactory(refunded=True, closed_at=NOON) for _number in range(3)]
        oldest = ReturnRequestFactory(refunded=True, closed_at=NOON - reconcile.RECENT)
        ReturnRequestFactory(refunded=True, closed_at=oldest.closed_at - timedelta(seconds=1))
        ReturnRequestFactory(canceled=True, closed_at=NOON)
        ReturnRequestFactory()
        found = list(reconcile.requests_to_check(NOON))
        assert found == [*still_open, oldest, *lately]

    def test_are_not_passed_over_when_they_close_meanwhile(self) -> None:
        rows = [ReturnRequestFactory(approved=True) for _number in range(4)]
        walk = reconcile.requests_to_check(NOON)
        seen = [next(walk)]
        ReturnRequest.objects.update(status="closed", closed_at=NOON)
        assert {*seen, *walk} == set(rows)
