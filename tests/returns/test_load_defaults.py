"""The command that loads what a shop starts from."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from returns_portal.returns.models import PolicyRule, PolicyVersion, ReturnPolicy, ReturnReason
from returns_portal.returns.policies import get_policy
from returns_portal.returns.rules import RuleBook
from returns_portal.returns.ruling import rule_of
from returns_portal.returns.services.starting import read_defaults

pytestmark = pytest.mark.django_db

# Handles of Shopify's public list of return reasons.
SHOPIFY_HANDLES = {
    "changed-my-mind",
    "item-not-as-described",
    "received-the-wrong-item",
    "other-reason",
    "damaged-or-defective",
    "too-small",
    "too-big",
    "style",
    "color",
    "arrived-late",
}


def load() -> str:
    output = StringIO()
    call_command("load_defaults", stdout=output)
    return output.getvalue()


class TestLoadDefaults:
    def test_says_what_it_added(self) -> None:
        assert load() == "Added 15 return reasons, 11 return policies and 4 conditions.\n"

    def test_adds_nothing_the_second_time(self) -> None:
        load()
        assert load() == "Added 0 return reasons, 0 return policies and 0 conditions.\n"
        assert ReturnReason.objects.count() == 15
        assert ReturnPolicy.objects.count() == 11

    def test_fills_in_what_every_model_accepts(self) -> None:
        load()
        for row in [*ReturnReason.objects.all(), *ReturnPolicy.objects.all()]:
            try:
                row.full_clean()
            except ValidationError as error:
                pytest.fail(f"{row}: {error}")

    def test_marks_what_nobody_told_and_drafts_rules_without_publishing_them(self) -> None:
        load()
        unknown = ReturnPolicy.objects.get(name="Japan").not_known
        assert "The return window" in unknown
        rules = PolicyRule.objects.filter(policy__name="United States")
        assert {rule.key: rule.active for rule in rules} == {
            "money-back": True,
            "holidays-2024": True,
            "holidays-2025": True,
            "holidays-2026": False,
        }
        assert not PolicyVersion.objects.exists()

    def test_drafts_rules_that_can_be_read(self) -> None:
        load()
        for policy in ReturnPolicy.objects.all():
            RuleBook(rule_of(row) for row in policy.rules.all())

    def test_leaves_the_rules_of_a_policy_that_is_there_alone(self) -> None:
        load()
        PolicyRule.objects.all().delete()
        load()
        assert not PolicyRule.objects.exists()

    def test_keeps_what_the_merchant_changed(self) -> None:
        load()
        ReturnReason.objects.filter(code="damaged").update(label="Broken", active=False)
        ReturnPolicy.objects.filter(name="Thailand").update(return_window_days=15)
        load()
        assert ReturnReason.objects.get(code="damaged").label == "Broken"
        assert not ReturnReason.objects.get(code="damaged").active
        assert ReturnPolicy.objects.get(name="Thailand").return_window_days == 15

    @pytest.mark.parametrize("active", [True, False])
    def test_adds_no_second_policy_beside_a_renamed_one(self, active: bool) -> None:
        load()
        ReturnPolicy.objects.filter(name="European Union").update(name="Europe", active=active)
        ReturnPolicy.objects.filter(name="Everywhere else").update(name="World", active=active)
        load()
        assert ReturnPolicy.objects.count() == 11

    def test_brings_back_a_reason_that_is_gone(self) -> None:
        load()
        ReturnReason.objects.filter(code="late").delete()
        assert load() == "Added 1 return reasons, 0 return policies and 0 conditions.\n"


class TestReasons:
    def test_map_to_reasons_that_shopify_has(self) -> None:
        load()
        handles = set(ReturnReason.objects.values_list("shopify_handle", flat=True))
        assert handles <= SHOPIFY_HANDLES

    def test_waive_fees_exactly_when_the_shopper_is_not_at_fault(self) -> None:
        load()
        at_fault = ReturnReason.objects.filter(fault=ReturnReason.Fault.SHOPPER)
        assert not at_fault.filter(waives_fees=True).exists()
        assert not ReturnReason.objects.exclude(pk__in=at_fault).filter(waives_fees=False).exists()

    def test_ask_for_a_note_where_the_reason_says_too_little(self) -> None:
        load()
        asking = ReturnReason.objects.filter(requires_note=True).values_list("code", flat=True)
        assert set(asking) == {"other", "counterfeit"}

    def test_need_a_photo_only_where_one_shows_what_is_wrong(self) -> None:
        load()
        required = ReturnReason.objects.filter(photos="required")
        assert {reason.code for reason in required} == {"damaged", "expired", "wrong-item"}
        asked = ReturnReason.objects.exclude(photos="no")
        assert not asked.filter(fault="shopper").exists()


class TestPolicies:
    @pytest.mark.parametrize(
        ("country", "name", "days"),
        [
            ("US", "United States", 30),
            ("GB", "United Kingdom", 30),
            ("DE", "European Union", 30),
            ("IE", "European Union", 30),
            ("VN", "Vietnam", 15),
            ("TH", "Thailand", 7),
            ("ID", "Indonesia", 6),
            ("JP", "Japan", 14),
            ("MX", "Mexico", 14),
            ("BR", "Brazil", 7),
            ("SG", "Malaysia, Singapore, Philippines", 7),
            ("AU", "Everywhere else", 14),
            ("", "Everywhere else", 14),
        ],
    )
    def test_cover_the_country(self, country: str, name: str, days: int) -> None:
        load()
        policy = get_policy(country)
        assert (policy.name, policy.return_window_days) == (name, days)

    def test_claim_no_country_twice(self) -> None:
        countries = [code for row in read_defaults("policies") for code in row["countries"]]
        assert len(countries) == len(set(countries))
        assert all(len(code) == 2 and code.isupper() for code in countries)

    def test_tell_where_every_rule_stands_and_when_it_was_checked(self) -> None:
        load()
        for policy in ReturnPolicy.objects.all():
            assert policy.source
            assert policy.checked_on == date(2026, 11, 23)

    def test_never_end_the_window_of_an_eu_order_before_the_fourteen_days_of_the_law(self) -> None:
        load()
        for country in ("DE", "FR", "IT", "ES", "IE", "GB"):
            assert (get_policy(country).return_window_days or 0) >= 14

    def test_send_the_shopper_to_tiktoks_label_first(self) -> None:
        load()
        for policy in ReturnPolicy.objects.all():
            steps = policy.instructions.splitlines()
            assert steps[0].startswith("Open the TikTok app")
            assert any("packing slip" in step for step in steps)
