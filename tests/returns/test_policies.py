"""Which reasons a shopper may choose from, by the kind of goods."""

import pytest
from django.db import IntegrityError, transaction

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import ReturnReason
from returns_portal.returns.policies import (
    build_terms,
    group_reasons,
    list_reasons,
    reasons_by_code,
)
from returns_portal.returns.services import NotEligible
from tests.returns.factories import ReturnPolicyFactory, ReturnReasonFactory
from tests.returns.scenes import a_line, ask, order_facts

pytestmark = pytest.mark.django_db


def reason(code: str, **values: object) -> ReturnReason:
    made: ReturnReason = ReturnReasonFactory(code=code, label=code.title(), **values)
    return made


def offered(product_type: str = "Shirts") -> list[tuple[str, list[str]]]:
    groups = group_reasons(list_reasons(), product_type)
    return [(group.label, [reason.code for reason in group.reasons]) for group in groups]


class TestGroupReasons:
    def test_keeps_the_order_and_leaves_out_what_is_switched_off(self) -> None:
        reason("late", position=2)
        reason("style", position=1)
        reason("old", active=False)
        assert offered() == [("", ["style"]), ("", ["late"])]

    def test_puts_reasons_under_the_one_they_tell_more_exactly(self) -> None:
        fit = reason("fit", position=1)
        reason("late", position=2)
        reason("too-big", parent=fit, position=4)
        reason("too-small", parent=fit, position=3)
        assert offered() == [("Fit", ["too-small", "too-big"]), ("", ["late"])]

    def test_offers_a_heading_itself_once_nothing_stands_below_it(self) -> None:
        reason("too-big", parent=reason("fit"), active=False)
        assert offered() == [("", ["fit"])]

    def test_hides_all_that_stands_below_a_reason_that_is_switched_off(self) -> None:
        reason("too-big", parent=reason("fit", active=False))
        reason("late")
        assert offered() == [("", ["late"])]

    @pytest.mark.parametrize("product_type", ["Shoes", "shoes", " SHOES "])
    def test_offers_what_fits_the_goods(self, product_type: str) -> None:
        reason("pinches", product_types=["Shoes", "Boots"])
        reason("late", position=9)
        assert offered(product_type) == [("", ["pinches"]), ("", ["late"])]
        assert offered("Mugs") == offered("") == [("", ["late"])]

    def test_hides_all_that_stands_below_a_reason_that_does_not_fit(self) -> None:
        fit = reason("fit", product_types=["Shoes"])
        reason("too-big", parent=fit)
        reason("late", position=9)
        assert offered("Mugs") == [("", ["late"])]
        assert offered("Shoes") == [("Fit", ["too-big"]), ("", ["late"])]

    def test_leaves_nobody_without_a_reason(self) -> None:
        reason("pinches", product_types=["Shoes"])
        assert offered("Mugs") == [("", ["pinches"])]

    def test_names_each_reason_that_can_be_given_by_its_code(self) -> None:
        reason("too-big", parent=reason("fit"))
        assert list(reasons_by_code(group_reasons(list_reasons(), ""))) == ["too-big"]


class TestRequestReturn:
    def test_takes_a_reason_that_fits_the_goods(self) -> None:
        ReturnReasonFactory(product_types=["Shirts"])
        assert ask().lines.get().reason.code == "too-small"

    def test_refuses_a_reason_for_other_goods(self) -> None:
        ReturnReasonFactory(product_types=["Shoes"])
        reason("late")
        with pytest.raises(NotEligible, match="choose a reason"):
            ask(order_facts(), lines=[a_line(1)])

    def test_refuses_a_heading(self) -> None:
        heading = ReturnReasonFactory()
        reason("way-too-small", parent=heading)
        with pytest.raises(NotEligible, match="choose a reason"):
            ask()


class TestReturnReason:
    def test_is_never_its_own_parent(self) -> None:
        made = reason("fit")
        with pytest.raises(IntegrityError), transaction.atomic():
            ReturnReason.objects.filter(pk=made.pk).update(parent=made)

    def test_is_known_to_shopify_by_its_parents_name_where_it_has_none(self) -> None:
        fit = reason("fit", shopify_handle="size")
        assert reason("too-big", parent=fit, shopify_handle="").known_handle == "size"
        assert reason("too-small", parent=fit, shopify_handle="small").known_handle == "small"
        assert reason("odd", shopify_handle="").known_handle == ""

    def test_asks_for_photos_in_one_of_three_ways(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            reason("fit", photos="perhaps")


class TestTermsKeptByOlderRequests:
    def test_load_without_what_was_added_since(self) -> None:
        kept = snapshots.dump(build_terms(ReturnPolicyFactory()))
        later = ("offers_store_credit", "store_credit_bonus_percent", "keep_item_up_to")
        for name in (*later, "outcomes_on_tiktok"):
            del kept[name]
        loaded = snapshots.load(kept, PolicyTerms)
        assert not loaded.offers_store_credit
        assert loaded.keep_item_up_to is None
