"""The merchant's rules: what they may ask, what they may do, and what they decide for a line."""

from returns_portal.returns.rules.actions import ACTIONS, ActionKind, Take
from returns_portal.returns.rules.applying import overruled, terms_under
from returns_portal.returns.rules.conditions import (
    CONDITIONS,
    OPERATORS,
    ConditionField,
    Kind,
    Operator,
)
from returns_portal.returns.rules.deciding import NO_DECISION, Decision, Question, Spoken
from returns_portal.returns.rules.evaluating import NO_RULES, OrderRules, RuleBook
from returns_portal.returns.rules.subjects import LineSubject, OrderSubject
from returns_portal.returns.rules.types import Condition, Effect, Match, Rule

__all__ = [
    "ACTIONS",
    "CONDITIONS",
    "NO_DECISION",
    "NO_RULES",
    "OPERATORS",
    "ActionKind",
    "Condition",
    "ConditionField",
    "Decision",
    "Effect",
    "Kind",
    "LineSubject",
    "Match",
    "Operator",
    "OrderRules",
    "OrderSubject",
    "Question",
    "Rule",
    "RuleBook",
    "Spoken",
    "Take",
    "overruled",
    "terms_under",
]
