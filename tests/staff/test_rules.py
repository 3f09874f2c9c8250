"""The pages of a policy's rules: edited without code, tried, published, rolled back, as a file."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import PolicyRule, PolicyVersion, ReturnPolicy
from returns_portal.returns.rules import ACTIONS, CONDITIONS, RuleBook, Take
from staff import rule_wording
from staff.rule_examples import build_examples
from staff.rule_help import build_help
from tests.returns.examples import NOON, an_order
from tests.returns.factories import ReturnPolicyFactory
from tests.staff.conftest import SignIn
from tests.staff.pages import messages, text

pytestmark = pytest.mark.django_db
MAY = ("view_returnpolicy", "change_returnpolicy")


@pytest.fixture
def policy() -> ReturnPolicy:
    made: ReturnPolicy = ReturnPolicyFactory()
    return made


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(*MAY)


def page(policy: ReturnPolicy, name: str, *args: Any) -> str:
    return reverse(f"admin:returns_returnpolicy_{name}", args=[policy.pk, *args])


def filled(**changes: str) -> dict[str, str]:
    """A rule as a merchant fills it in: what is tagged final-sale can't be returned."""
    return {
        "name": "Final sale",
        "priority": "10",
        "match": "all",
        "active": "on",
        "condition-count": "2",
        "condition-0-field": "product_tags",
        "condition-0-operator": "one_of",
        "condition-0-values": "final-sale, sample",
        "effect-count": "2",
        "effect-0-action": "not_eligible",
        "effect-0-text": "Sold for good.",
        **changes,
    }


def publish(client: Client, policy: ReturnPolicy) -> None:
    trial = client.post(page(policy, "start_trial")).url  # type: ignore[attr-defined]
    client.post(trial)
    client.post(page(policy, "publish"))


class TestEditor:
    def test_saves_a_rule_and_tells_it_in_plain_words(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        client.post(page(policy, "rule_add"), filled())
        row = PolicyRule.objects.get()
        assert row.conditions[0]["values"] == ["final-sale", "sample"]
        told = text(client.get(page(policy, "rules")))
        assert "If all of these hold:" in told
        assert "Tags of the product: one of final-sale, sample" in told
        assert "May not be returned: “Sold for good.”" in told

    def test_shows_a_saved_rule_again_and_changes_it(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        client.post(page(policy, "rule_add"), filled())
        row = PolicyRule.objects.get()
        address = page(policy, "rule", row.pk)
        assert 'value="final-sale, sample"' in client.get(address).content.decode()
        client.post(address, filled(name="No samples"))
        assert PolicyRule.objects.get().name == "No samples"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"condition-0-operator": "at_least"}, "For this, choose one of: is one of"),
            (
                {"condition-0-field": "quantity", "condition-0-operator": "at_least"},
                "Enter a number",
            ),
            ({"condition-0-field": "blocked", "condition-0-operator": "is"}, "Enter yes or no"),
            ({"effect-0-text": ""}, "Write the words that the shopper reads."),
            ({"effect-0-action": ""}, "Choose at least one thing"),
            ({"name": ""}, "This field is required"),
        ],
    )
    def test_says_what_is_wrong_and_saves_nothing(
        self, client: Client, policy: ReturnPolicy, changes: dict[str, str], sentence: str
    ) -> None:
        answer = client.post(page(policy, "rule_add"), filled(**changes))
        assert answer.status_code == 422
        assert sentence in text(answer)
        assert "Sold for good." in answer.content.decode() or "effect-0-text" in changes
        assert not PolicyRule.objects.exists()

    def test_says_what_is_missing_at_the_field_it_is_missing_in(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        fields = filled(**{"effect-0-action": "restocking_fee", "effect-0-value": "110"})
        errors = client.post(page(policy, "rule_add"), fields).context["editor"].effects[0].errors
        assert dict(errors) == {"value": ["Enter a percentage from 0 to 100."]}
        fields = filled(**{"effect-0-action": "ask_question", "effect-0-text": "Worn?"})
        errors = client.post(page(policy, "rule_add"), fields).context["editor"].effects[0].errors
        assert list(errors) == ["choices"]

    def test_starts_from_examples_that_save_as_they_are(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        for key, rule in build_examples(date(2026, 11, 30)).items():
            RuleBook([rule])
            answer = client.get(page(policy, "rule_add"), {"like": key})
            assert f'value="{escape(rule.name)}"' in answer.content.decode()

    def test_helps_with_every_condition_and_action(self, client: Client) -> None:
        told = build_help()
        assert set(told["fields"]) == set(CONDITIONS)
        assert set(told["actions"]) == set(ACTIONS)
        for name, kind in ACTIONS.items():
            assert bool(told["actions"][name]["labels"]) is (kind.take is not Take.NOTHING)

    def test_gives_more_rows_and_keeps_what_was_typed(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        answer = client.post(page(policy, "rule_add"), filled(**{"more-condition": "1"}))
        assert 'name="condition-3-field"' in answer.content.decode()
        assert "final-sale, sample" in answer.content.decode()
        assert not PolicyRule.objects.exists()

    def test_takes_a_rule_out(self, client: Client, policy: ReturnPolicy) -> None:
        client.post(page(policy, "rule_add"), filled())
        client.post(page(policy, "rule_delete", PolicyRule.objects.get().pk))
        assert not PolicyRule.objects.exists()

    def test_has_words_for_every_condition_and_action(self) -> None:
        assert set(rule_wording.FIELDS) == set(CONDITIONS)
        assert set(rule_wording.ACTIONS) == set(rule_wording.DOES) == set(ACTIONS)
        assert set(rule_wording.OPERATORS) == set(rule_wording.SENTENCES)


class TestPublishing:
    def test_wants_a_dry_run_which_says_what_would_change(
        self, client: Client, policy: ReturnPolicy
    ) -> None:
        mirror_order(an_order(), now=NOON)
        mirror_order(an_order(id="gid://shopify/Order/2", fulfillments=()), now=NOON)
        effects = {"effect-0-action": "restocking_fee", "effect-0-value": "10"}
        client.post(page(policy, "rule_add"), filled(**{"condition-0-field": "", **effects}))
        refused = client.post(page(policy, "publish"), follow=True)
        assert "Try the draft" in messages(refused)[-1]
        answer = client.post(page(policy, "start_trial"), follow=True)
        address = answer.redirect_chain[-1][0]
        told = text(client.post(address))
        assert "would change 1 of 1 past request or order" in told
        assert "restocking fee 10 %" in told
        assert "Final sale" in told
        client.post(page(policy, "publish"))
        assert PolicyVersion.objects.get().would_change == 1
        assert "What you see here holds." in text(client.get(page(policy, "rules")))

    def test_goes_back_with_one_click(self, client: Client, policy: ReturnPolicy) -> None:
        client.post(page(policy, "rule_add"), filled())
        publish(client, policy)
        client.post(page(policy, "rule_delete", PolicyRule.objects.get().pk))
        publish(client, policy)
        client.post(page(policy, "roll_back", 1))
        newest = PolicyVersion.objects.first()
        assert newest is not None
        assert (newest.number, newest.rules[0]["name"]) == (3, "Final sale")
        assert PolicyRule.objects.get().name == "Final sale"


class TestFile:
    def test_goes_out_and_comes_in_the_same(self, client: Client, policy: ReturnPolicy) -> None:
        client.post(page(policy, "rule_add"), filled())
        out = client.get(page(policy, "export")).content
        PolicyRule.objects.all().delete()
        client.post(page(policy, "import"), {"file": SimpleUploadedFile("rules.json", out)})
        assert json.loads(client.get(page(policy, "export")).content) == json.loads(out)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no json",
            b"[]",
            b'{"rules": [{"key": "a"}]}',
            b'{"rules": [{"key": "a", "name": "A", "priority": 1, "match": "all", '
            b'"conditions": [{"field": "moon", "operator": "is"}], "effects": []}]}',
        ],
    )
    def test_that_cannot_be_read_changes_nothing(
        self, client: Client, policy: ReturnPolicy, content: bytes
    ) -> None:
        client.post(page(policy, "rule_add"), filled())
        upload = SimpleUploadedFile("rules.json", content)
        answer = client.post(page(policy, "import"), {"file": upload}, follow=True)
        assert "no file of rules" in messages(answer)[-1]
        assert PolicyRule.objects.get().name == "Final sale"


class TestPermission:
    @pytest.mark.parametrize(
        ("name", "args"),
        [
            ("rule_add", ()),
            ("rule_delete", (1,)),
            ("start_trial", ()),
            ("publish", ()),
            ("roll_back", (1,)),
            ("import", ()),
        ],
    )
    def test_to_view_is_not_enough_to_change(
        self, sign_in: SignIn, policy: ReturnPolicy, name: str, args: tuple[int, ...]
    ) -> None:
        answer = sign_in("view_returnpolicy").post(page(policy, name, *args), filled())
        assert answer.status_code == 403

    def test_to_view_shows_the_rules_without_buttons(
        self, sign_in: SignIn, policy: ReturnPolicy
    ) -> None:
        told = text(sign_in("view_returnpolicy").get(page(policy, "rules")))
        assert "Try it on past orders" not in told
