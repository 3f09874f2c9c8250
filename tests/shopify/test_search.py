"""Search terms keep whatever a value holds inside its quotes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from returns_portal.shopify.search import any_of, field_is, quote, updated_since


class TestQuote:
    @pytest.mark.parametrize(
        ("value", "term"),
        [
            ("1001", '"1001"'),
            ('1" OR name:*', '"1\\" OR name:*"'),
            ("a\\", '"a\\\\"'),
            ('\\"', '"\\\\\\""'),
        ],
    )
    def test_escapes_what_could_end_the_term(self, value: str, term: str) -> None:
        assert quote(value) == term


class TestFieldIs:
    def test_keeps_a_colon_inside_the_value(self) -> None:
        assert field_is("tag", "TikTokOrderID:57") == 'tag:"TikTokOrderID:57"'


class TestAnyOf:
    def test_joins_terms_of_which_one_must_hold(self) -> None:
        assert any_of(['name:"1"', '"2"']) == 'name:"1" OR "2"'


class TestUpdatedSince:
    def test_names_the_moment_in_utc(self) -> None:
        moment = datetime(2026, 11, 23, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        assert updated_since(moment) == "updated_at:>='2026-11-23T00:30:00Z'"
