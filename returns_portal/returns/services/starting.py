"""What a shop starts from: reasons, regional policies and conditions. Edits are kept."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from returns_portal.returns.models import ConditionGrade, PolicyRule, ReturnPolicy, ReturnReason

M = TypeVar("M", bound=Model)
DEFAULTS = Path(__file__).resolve().parents[1] / "defaults"
CHECKED_ON = date(2026, 11, 23)
FINAL_SALE_TAGS = ["final-sale"]


@dataclass(frozen=True, slots=True)
class Added:
    """What was missing until now."""

    reasons: list[ReturnReason]
    policies: list[ReturnPolicy]
    grades: list[ConditionGrade]


@transaction.atomic
def add_defaults() -> Added:
    """Adds the reasons, policies and conditions that are missing, and changes none.

    Whoever does it at the same time waits, and finds nothing missing any more.
    """
    rows = read_defaults("reasons")
    reasons = add_reasons(rows)
    ReturnReason.objects.select_for_update().get(code=rows[0]["code"])
    policies = add_policies(read_defaults("policies"))
    return Added(reasons, policies, add_grades(read_defaults("conditions")))


def read_defaults(name: str) -> list[dict[str, Any]]:
    """The rows of one defaults file, in the order of the file."""
    rows: list[dict[str, Any]] = json.loads((DEFAULTS / f"{name}.json").read_text("utf-8"))
    return rows


def add_reasons(rows: Iterable[dict[str, Any]]) -> list[ReturnReason]:
    """Adds the reasons whose code is not there yet."""
    return _add(ReturnReason, rows)


def add_grades(rows: Iterable[dict[str, Any]]) -> list[ConditionGrade]:
    """Adds the conditions whose code is not there yet."""
    return _add(ConditionGrade, rows)


def _add(model: type[M], rows: Iterable[dict[str, Any]]) -> list[M]:
    found = [
        model._default_manager.get_or_create(
            code=row["code"], defaults={**row, "position": position * 10}
        )
        for position, row in enumerate(rows, start=1)
    ]
    return [made for made, added in found if added]


def add_policies(rows: Iterable[dict[str, Any]]) -> list[ReturnPolicy]:
    """Adds the policies whose countries no policy covers yet, under that name."""
    return [add_policy(row) for row in [row for row in rows if not is_covered(row)]]


def add_policy(row: dict[str, Any]) -> ReturnPolicy:
    """Adds the policy; its rules are a draft, to be tried and published by the merchant."""
    terms = {name: value for name, value in row.items() if name != "rules"}
    policy = ReturnPolicy.objects.create(
        **terms, final_sale_tags=FINAL_SALE_TAGS, checked_on=CHECKED_ON
    )
    rules = row.get("rules", ())
    PolicyRule.objects.bulk_create(PolicyRule(policy=policy, **rule) for rule in rules)
    return policy


def is_covered(row: dict[str, Any]) -> bool:
    """Whether the merchant has a policy of this name, or one for some of these countries.

    A policy that is switched off counts: whoever renames or retires one keeps it that way.
    """
    countries = set(row["countries"])
    return any(
        policy.name == row["name"]
        or (countries & set(policy.countries) if countries else not policy.countries)
        for policy in ReturnPolicy.objects.only("name", "countries")
    )
