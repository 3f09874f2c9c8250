"""What the shop's rules want to know of an item: the questions, as fields of its form."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from returns_portal.returns.orders import Choice
from returns_portal.returns.rules import Question
from returns_portal.returns.ruling import Given

Judge = Callable[[Choice, Given], Choice]


@dataclass(frozen=True, slots=True)
class QuestionField:
    """A question with the name of its field, the answer so far, and what is wrong with it."""

    name: str
    question: Question
    answer: str
    error: str = ""


def as_it_stands(choice: Choice, _given: Given) -> Choice:
    """The choice unchanged, where no rules speak."""
    return choice


def field_name(question: Question, key: str) -> str:
    """The name of the question's field for the item `key`: the same wherever it is asked."""
    short = hashlib.sha256(question.label.encode()).hexdigest()[:8]
    return f"answer{short}-{key}"


def read_answers(
    questions: Iterable[Question], key: str, data: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Questions with the answers that were given to them, out of their own choices."""
    typed = ((question, str(data.get(field_name(question, key), ""))) for question in questions)
    return tuple(
        (question.label, answer) for question, answer in typed if answer in question.choices
    )
