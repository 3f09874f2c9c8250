"""A rule as plain data: what it asks of a line, and what follows when that holds."""

from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """Whether all of a rule's conditions must hold, or any one of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about a line; `about` names the question to the shopper that it turns on.

    Values are text, as a merchant writes them: 30, final-sale, 2026-12-31.
    """

    field: str
    operator: str
    values: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a rule does: a value, a text for the shopper, and choices of a question."""

    action: str
    value: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Rules speak in the order of their priority, the lowest number first; then by key.

    A rule without conditions always holds.
    """

    key: str
    name: str
    priority: int
    match: Match
    conditions: tuple[Condition, ...]
    effects: tuple[Effect, ...]
