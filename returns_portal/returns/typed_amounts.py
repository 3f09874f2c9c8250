"""Amounts as people type them: 1.234,56 and 1,234.56 alike, and nothing that means two things."""

import re
from decimal import Decimal
from enum import StrEnum

SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
BOTH = re.compile(r"(\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+)")
LONGEST = 20


class Doubt(StrEnum):
    NO_AMOUNT = "no_amount"
    TWO_MEANINGS = "two_meanings"
    TOO_FINE = "too_fine"


class UnclearAmount(ValueError):
    """What was typed is no amount, or could be two; `doubt` says which."""

    def __init__(self, doubt: Doubt) -> None:
        self.doubt = doubt
        super().__init__(doubt.value)


def parse_amount(typed: str, *, decimals: int, group_mark: str) -> Decimal:
    """The amount that `typed` means in a currency with so many decimals.

    `group_mark` is what the reader's language puts between thousands; it decides where one mark
    before three digits could be either. Raises UnclearAmount.
    """
    text = SPACES.sub("", typed)
    if len(text) > LONGEST or not (
        GROUPED.fullmatch(text) or PLAIN.fullmatch(text) or (BOTH.fullmatch(text))
    ):
        raise UnclearAmount(Doubt.NO_AMOUNT)
    amount = Decimal(_with_point(text, decimals, group_mark))
    if amount != amount.quantize(Decimal(1).scaleb(-decimals)):
        raise UnclearAmount(Doubt.TOO_FINE)
    return amount


def _with_point(text: str, decimals: int, group_mark: str) -> str:
    marks = [character for character in text if character in ".,"]
    if len(set(marks)) == 2:
        return text.replace(marks[0], "").replace(marks[-1], ".")
    if len(marks) != 1:
        return text.replace(".", "").replace(",", "")
    before, after = text.split(marks[0])
    if len(after) == 3 and 1 <= len(before) <= 3 and before != "0":
        return _thousands_or_decimals(before, after, marks[0], decimals, group_mark)
    return f"{before}.{after}"


def _thousands_or_decimals(
    before: str, after: str, mark: str, decimals: int, group_mark: str
) -> str:
    """One mark before three digits: thousands, decimals, or not to be told."""
    if decimals == 0 or (mark == group_mark and decimals < 3):
        return before + after
    if mark != group_mark and decimals == 3:
        return f"{before}.{after}"
    raise UnclearAmount(Doubt.TWO_MEANINGS)
