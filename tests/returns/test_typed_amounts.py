"""Amounts as typed: each means one thing, or is refused."""

from decimal import Decimal

import pytest

from returns_portal.returns.typed_amounts import Doubt, UnclearAmount, parse_amount


class TestParseAmount:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("12", "12"),
            ("12.5", "12.5"),
            ("12,5", "12.5"),
            ("12.50", "12.50"),
            ("0.99", "0.99"),
            ("0,99", "0.99"),
            ("1,234.56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("1 234,56", "1234.56"),
            ("1\u202f234.56", "1234.56"),
            ("1'234.56", "1234.56"),
            ("1,234,567", "1234567"),
            ("1.234.567,8", "1234567.8"),
            ("1234", "1234"),
        ],
    )
    @pytest.mark.parametrize("group_mark", [",", "."])
    def test_reads_what_means_one_thing_in_every_language(
        self, typed: str, expected: str, group_mark: str
    ) -> None:
        assert parse_amount(typed, decimals=2, group_mark=group_mark) == Decimal(expected)

    def test_reads_one_mark_before_three_digits_as_the_language_groups(self) -> None:
        assert parse_amount("1,234", decimals=2, group_mark=",") == 1234
        assert parse_amount("1.234", decimals=2, group_mark=".") == 1234

    @pytest.mark.parametrize(
        ("typed", "decimals", "group_mark"),
        [("1.234", 2, ","), ("1,234", 2, "."), ("1,234", 3, ","), ("1.234", 3, ".")],
    )
    def test_refuses_to_guess(self, typed: str, decimals: int, group_mark: str) -> None:
        with pytest.raises(UnclearAmount) as refusal:
            parse_amount(typed, decimals=decimals, group_mark=group_mark)
        assert refusal.value.doubt is Doubt.TWO_MEANINGS

    def test_knows_currencies_of_no_and_of_three_decimals(self) -> None:
        assert parse_amount("1.234", decimals=0, group_mark=",") == 1234
        assert parse_amount("1.234", decimals=3, group_mark=",") == Decimal("1.234")
        assert parse_amount("0.125", decimals=3, group_mark=".") == Decimal("0.125")

    @pytest.mark.parametrize(("typed", "decimals"), [("1.5", 0), ("1.005", 2), ("1234.567", 2)])
    def test_refuses_parts_that_the_currency_does_not_have(self, typed: str, decimals: int) -> None:
        with pytest.raises(UnclearAmount):
            parse_amount(typed, decimals=decimals, group_mark=",")

    @pytest.mark.parametrize(
        "typed",
        ["", "-1", "1e5", "NaN", "1.2.3", "1,23,4", "1,234.56,7", "12,34.5", "..", "$5", "9" * 30],
    )
    def test_refuses_what_is_no_amount(self, typed: str) -> None:
        with pytest.raises(UnclearAmount) as refusal:
            parse_amount(typed, decimals=2, group_mark=",")
        assert refusal.value.doubt is Doubt.NO_AMOUNT
