"""Amounts, deadlines and sums in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from returns_portal.returns.models import ReturnEvent
from returns_portal.shopify.types import Money
from staff import wording

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class TestMoney:
    def test_tells_one_dollar_from_another(self) -> None:
        assert wording.money(Decimal("24.49"), "USD") == "US$24.49"
        assert wording.money(Decimal("24.49"), "CAD") == "CA$24.49"

    def test_follows_the_currency_s_own_decimals(self) -> None:
        assert wording.money(Decimal(1200), "JPY") == "JP¥1,200"
        assert wording.money(Decimal("1.250"), "KWD") == "KWD1.250"

    def test_follows_the_active_language(self) -> None:
        with translation.override("de"):
            assert wording.money(Decimal("24.49"), "EUR") == "24,49\xa0€"


class TestDue:
    @pytest.mark.parametrize(
        ("left", "words", "level"),
        [
            (timedelta(minutes=25), "in 25 min", "near"),
            (timedelta(hours=12), "in 12 h", "near"),
            (timedelta(hours=12, minutes=1), "in 12 h", "calm"),
            (timedelta(hours=47, minutes=59), "in 47 h", "calm"),
            (timedelta(days=2), "in 2 days", "calm"),
            (timedelta(seconds=-1), "0 min late", "late"),
            (timedelta(hours=-5), "5 h late", "late"),
            (timedelta(days=-3), "3 days late", "late"),
        ],
    )
    def test_says_how_far_away_it_is(self, left: timedelta, words: str, level: str) -> None:
        deadline = wording.due(NOW + left, NOW)
        assert (deadline.words, deadline.level) == (words, level)


class TestSums:
    def test_never_mixes_currencies(self) -> None:
        amounts = [
            Money(Decimal("24.49"), "USD"),
            Money(Decimal("31.50"), "GBP"),
            Money(Decimal("18.00"), "USD"),
        ]
        assert wording.sums(amounts) == (
            Money(Decimal("31.50"), "GBP"),
            Money(Decimal("42.49"), "USD"),
        )

    def test_are_none_for_nothing(self) -> None:
        assert wording.sums([]) == ()


class TestEventTitle:
    def test_has_words_for_a_known_kind(self) -> None:
        assert wording.event_title(ReturnEvent(kind="refunded")) == "Refund paid"

    def test_tells_an_unknown_kind_by_its_name(self) -> None:
        assert wording.event_title(ReturnEvent(kind="label_made")) == "Label made"
