"""Exceptions for single orders, and requests that staff make against the policy."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from returns_portal.returns.eligibility import Allowance, Code, allow_more
from returns_portal.returns.exceptions import find_allowance, find_exception
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import OrderException, ReturnRequest
from returns_portal.returns.orders import OrderFacts, build_choices, shop_timezone
from returns_portal.returns.services import (
    Actor,
    NotEligible,
    Refused,
    WantedException,
    give_exception,
    request_return,
    take_back_exception,
)
from tests.returns.examples import NOON, SENT, an_order, an_order_line, terms
from tests.returns.factories import UserFactory
from tests.returns.scenes import a_line, a_quote, ask, order_facts

pytestmark = pytest.mark.django_db
ORDER = "gid://shopify/Order/1"
LATE = NOON + timedelta(days=60)
FINAL = an_order(lines=(an_order_line(product_tags=("final-sale",)),))


def give(last_day: date | None = None, *, final_sale: bool = False, reason: str = "Kind") -> None:
    wanted = WantedException(last_day, final_sale, reason)
    actor = Actor.staff(UserFactory(staff=True))
    give_exception(order_id=ORDER, wanted=wanted, actor=actor, now=NOON)


def ask_as_staff(
    facts: OrderFacts, overrides: dict[str, str], *, quantity: int = 1, now: datetime = NOON
) -> ReturnRequest:
    return request_return(
        facts=facts,
        lines=[a_line(quantity)],
        quote=a_quote(quantity),
        contact_email="shopper@example.com",
        language="en",
        identity_verified=True,
        submission_key=uuid4(),
        actor=Actor.staff(UserFactory(staff=True)),
        now=now,
        overrides=overrides,
    )


class TestGiveException:
    def test_replaces_the_one_before(self) -> None:
        mirror_order(an_order(), now=NOON)
        give(date(2027, 1, 1))
        give(final_sale=True)
        assert find_allowance(ORDER, timezone=shop_timezone()) == Allowance(None, final_sale=True)
        assert OrderException.objects.count() == 2

    def test_is_told_in_the_history_of_the_order_s_requests(self) -> None:
        request = ask()
        give(date(2027, 1, 1), reason="Lost in the post.")
        event = request.events.get(kind="exception_given")
        assert "Lost in the post." in event.message
        assert event.user_id

    @pytest.mark.parametrize(
        ("wanted", "sentence"),
        [
            (WantedException(date(2027, 1, 1), False, " "), "Say why"),
            (WantedException(None, False, "Kind"), "Give a last day"),
            (WantedException(date(2026, 11, 1), False, "Kind"), "not over yet"),
        ],
    )
    def test_refuses_nonsense(self, wanted: WantedException, sentence: str) -> None:
        mirror_order(an_order(), now=NOON)
        with pytest.raises(Refused, match=sentence):
            give_exception(order_id=ORDER, wanted=wanted, actor=Actor.system(), now=NOON)
        assert find_exception(ORDER) is None


class TestTakeBack:
    def test_lets_the_policy_hold_again_and_keeps_the_row(self) -> None:
        mirror_order(an_order(), now=NOON)
        give(final_sale=True)
        actor = Actor.staff(UserFactory(staff=True))
        take_back_exception(order_id=ORDER, reason="", actor=actor, now=NOON)
        assert find_exception(ORDER) is None
        assert OrderException.objects.get().revoked_by_id == actor.user_id
        with pytest.raises(Refused):
            take_back_exception(order_id=ORDER, reason="", actor=actor, now=NOON)


class TestAllowMore:
    def test_keeps_a_later_day_of_the_policy(self) -> None:
        later = terms(window_until=date(2027, 5, 1))
        allowed = allow_more(later, Allowance(window_until=date(2027, 1, 1)))
        assert allowed.window_until == date(2027, 5, 1)

    def test_is_honored_for_the_shopper(self) -> None:
        facts = order_facts(FINAL)
        (before,) = build_choices(facts, now=LATE)
        allowance = Allowance(window_until=LATE.date(), final_sale=True)
        allowed = order_facts(FINAL)
        allowed = OrderFacts(
            order=allowed.order,
            returnable=allowed.returnable,
            in_shopify=allowed.in_shopify,
            policy=allowed.policy,
            terms=allow_more(allowed.terms, allowance),
            fresh=True,
            allowance=allowance,
        )
        (after,) = build_choices(allowed, now=LATE)
        assert before.objection is not None
        assert after.eligible
        assert ask(allowed, now=LATE).status == "requested"


class TestOverride:
    def test_is_kept_in_the_trace_and_the_history(self) -> None:
        request = ask_as_staff(order_facts(FINAL), {SENT: "Sold by mistake."})
        verdicts = request.lines.get().verdicts
        assert verdicts[-1]["code"] == Code.OVERRIDDEN
        assert verdicts[-1]["words"] == "Sold by mistake."
        assert [v["code"] for v in verdicts if not v["passed"]] == [Code.FINAL_SALE]
        event = request.events.get(kind="overridden")
        assert event.message == "Linen shirt: Sold by mistake."
        assert not event.shopper_sees

    def test_opens_the_window_again(self) -> None:
        assert ask_as_staff(order_facts(), {SENT: "Ill for weeks."}, now=LATE).lines.count() == 1

    def test_never_goes_beyond_the_units_that_are_free(self) -> None:
        with pytest.raises(NotEligible, match="only 1 can be returned"):
            ask_as_staff(order_facts(FINAL, in_shopify=1), {SENT: "Kind"}, quantity=2)
        with pytest.raises(NotEligible, match="already returned"):
            ask_as_staff(order_facts(FINAL, in_shopify=0), {SENT: "Kind"})

    def test_never_pays_what_is_paid_back_already(self) -> None:
        refunded = an_order(
            lines=(an_order_line(product_tags=("final-sale",), refundable_quantity=0),)
        )
        with pytest.raises(NotEligible):
            ask_as_staff(order_facts(refunded), {SENT: "Kind"})
        assert not ReturnRequest.objects.exists()

    def test_needs_a_reason(self) -> None:
        with pytest.raises(Refused, match="Say why"):
            ask_as_staff(order_facts(FINAL), {SENT: " "})

    def test_is_not_for_shoppers(self) -> None:
        with pytest.raises(Refused, match="Only staff"):
            request_return(
                facts=order_facts(FINAL),
                lines=[a_line(1)],
                quote=a_quote(1),
                contact_email="",
                language="en",
                identity_verified=True,
                submission_key=uuid4(),
                actor=Actor.shopper(),
                now=NOON,
                overrides={SENT: "Please"},
            )
