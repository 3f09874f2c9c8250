"""Numbers and credentials as people type them."""

import pytest

from returns_portal.returns.identity import (
    credentials,
    is_masked,
    is_relay_email,
    is_return_id,
    is_tiktok_order_id,
    normalize_order_number,
    normalize_postcode,
)


class TestNormalizeOrderNumber:
    @pytest.mark.parametrize(
        "typed",
        [
            "577092126219211281",
            " 577092126219211281 ",
            "#577092126219211281",
            "Order ID: 577092126219211281",
            "5770 9212 6219 2112 81",
            "577092126-219211281",
            "TikTokOrderID:577092126219211281",
            "order\t577092126219211281\n",
        ],
    )
    def test_finds_a_tiktok_id_in_what_was_pasted(self, typed: str) -> None:
        assert normalize_order_number(typed) == "577092126219211281"

    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("#1001", "1001"),
            ("1001", "1001"),
            (" # 1001", "1001"),
            ("Order #1001", "1001"),
            ("ab-1001-us", "AB-1001-US"),
            ("", ""),
            ("   ", ""),
            ("#", ""),
        ],
    )
    def test_takes_a_name_without_its_hash(self, typed: str, number: str) -> None:
        assert normalize_order_number(typed) == number


class TestIds:
    def test_tells_a_return_id_from_an_order_id(self) -> None:
        assert is_return_id("4035227657962164811")
        assert not is_return_id("577092126219211281")
        assert is_tiktok_order_id("577092126219211281")
        assert not is_tiktok_order_id("4035227657962164811")
        assert not is_tiktok_order_id("1001")


class TestNormalizePostcode:
    @pytest.mark.parametrize(
        ("typed", "country", "plain"),
        [
            ("08840", "US", "08840"),
            ("08840-1234", "US", "08840"),
            (" sw1a 1aa ", "GB", "SW1A1AA"),
            ("D02 AF30", "IE", "D02AF30"),
            ("150-0041", "JP", "1500041"),
        ],
    )
    def test_keeps_letters_and_digits(self, typed: str, country: str, plain: str) -> None:
        assert normalize_postcode(typed, country) == plain


class TestCredentials:
    def test_takes_an_at_sign_for_an_email(self) -> None:
        assert credentials(" Jo@Example.com ", "US") == ("", "jo@example.com")
        assert credentials("08840-1234", "US") == ("08840", "")


class TestIsMasked:
    @pytest.mark.parametrize(("value", "masked"), [("08***", True), ("", True), ("08840", False)])
    def test_is_true_for_asterisks_and_for_nothing(self, value: str, masked: bool) -> None:
        assert is_masked(value) is masked


class TestIsRelayEmail:
    @pytest.mark.parametrize(
        "email",
        ["v4b@scs.tiktokw.us", "x@scs3.tiktok.com", "x@scs2.tiktok.com", "buyerid@tiktok.com"],
    )
    def test_knows_tiktoks_stand_ins(self, email: str) -> None:
        assert is_relay_email(email)

    @pytest.mark.parametrize("email", ["jo@example.com", "jo@mytiktok.com", "tiktok.com@x.org", ""])
    def test_lets_real_addresses_be(self, email: str) -> None:
        assert not is_relay_email(email)
