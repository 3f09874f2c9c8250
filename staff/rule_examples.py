"""Rules to begin with: what shops want most often, ready to be changed and saved."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from returns_portal.returns.rules import Condition, Effect, Match, Rule


def build_examples(today: date) -> dict[str, Rule]:
    """The examples by key; the one about holidays is for the next ones."""
    return {rule.key: rule for rule in _examples(today)}


def _examples(today: date) -> Sequence[Rule]:
    year = today.year
    return (
        _rule(
            "photo",
            _("A photo and a few words for damaged goods"),
            (Condition("reason", "one_of", ("damaged", "defective")),),
            Effect("require_photo"),
            Effect("require_comment"),
        ),
        _rule(
            "excluded",
            _("Some goods can't be returned"),
            (Condition("product_tags", "one_of", ("sample", "custom-made")),),
            Effect("not_eligible", text=_("Samples and custom-made goods can't be returned.")),
        ),
        _rule(
            "holidays",
            _("Longer returns for gifts"),
            (
                Condition("ordered_on", "from", (f"{year}-11-15",)),
                Condition("ordered_on", "until", (f"{year}-12-24",)),
            ),
            Effect("window_until", f"{year + 1}-01-31"),
        ),
        _rule(
            "fee",
            _("A fee for a change of mind"),
            (Condition("reason", "one_of", ("changed-mind", "several-sizes")),),
            Effect("restocking_fee", "10"),
        ),
        _rule(
            "keep",
            _("Cheap damaged goods need not come back"),
            (
                Condition("fault", "one_of", ("shop", "carrier")),
                Condition("line_value", "at_most", ("15",)),
            ),
            Effect("keep_item_up_to", "15"),
        ),
        _rule(
            "trust",
            _("Approve small first returns at once"),
            (Condition("first_return", "is", ("yes",)),),
            Effect("auto_approve_up_to", "30"),
        ),
        _rule(
            "often",
            _("Look at shoppers who send back most orders"),
            (
                Condition("customer_return_rate", "at_least", ("50",)),
                Condition("customer_returns", "at_least", ("3",)),
            ),
            Effect("send_to_review"),
            Effect("refund_on", "receipt"),
        ),
        _rule(
            "dear",
            _("Two people for expensive items"),
            (Condition("line_value", "at_least", ("300",)),),
            Effect("four_eyes"),
            Effect("refund_on", "receipt"),
        ),
    )


def _rule(key: str, name: str, conditions: tuple[Condition, ...], *effects: Effect) -> Rule:
    return Rule(key, name, 100, Match.ALL, conditions, effects)
