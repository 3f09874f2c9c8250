"""A report's figures and tables as plain values, for pages, mails and files alike."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from returns_portal.returns.reports import wording
from returns_portal.returns.reports.definitions import formula_of, name_of
from returns_portal.shopify.types import Money

# What a spreadsheet would take for a formula when a cell begins with it.
FORMULA_SIGNS = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    # The same in full width, which some spreadsheets read alike.
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a cell; `product`, `request` name what a page may link them to."""

    text: str
    sub: str = ""
    product: int | None = None
    request: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `kind` is text, count, share, points, wait or money; `formula` explains it."""

    label: str
    kind: str = "text"
    formula: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind != "text"


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is read."""

    text: str
    numeric: bool
    sub: str = ""
    product: int | None = None
    request: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values under columns; `note` says what one must know to read it."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    note: str = ""
    empty: str = ""

    @property
    def formulas(self) -> list[tuple[str, str]]:
        """Name and formula of every column that has one, once."""
        keys = dict.fromkeys(column.formula for column in self.columns if column.formula)
        return [(name_of(key), formula_of(key)) for key in keys]

    def shown(self, limit: int | None = None) -> list[list[Shown]]:
        """The first rows as they are read."""
        return [
            [show(column, value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows[:limit]
        ]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it means, what it was before, and its formula."""

    label: str
    value: str
    formula: str
    sub: str = ""
    before: str = ""

    @property
    def formula_words(self) -> str:
        return formula_of(self.formula)


@dataclass(frozen=True, slots=True)
class Chart:
    """What a chart draws; `alt` says in words what it shows."""

    kind: str
    title: str
    alt: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str = "count"

    @property
    def is_empty(self) -> bool:
        return not any(value for _name, values in self.series for value in values)


@dataclass(frozen=True, slots=True)
class Report:
    """All of one report."""

    key: str
    title: str
    lead: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def table(self, key: str) -> Table | None:
        return next((table for table in self.tables if table.key == key), None)


def show(column: Column, value: Any) -> Shown:
    """A raw value as it is read."""
    if isinstance(value, Label):
        return Shown(value.text, False, value.sub, value.product, value.request)
    if value is None:
        return Shown(wording.NOTHING, column.is_number)
    if isinstance(value, Money):
        return Shown(wording.money(value.amount, value.currency), True)
    words = {
        "count": wording.count,
        "share": wording.share,
        "points": wording.points,
        "wait": wording.wait,
    }
    return Shown(words.get(column.kind, str)(value), column.is_number)


def write_csv(table: Table, *, bom: bool = False) -> Iterator[str]:
    """The table as CSV (RFC 4180) line by line: shares as fractions, waits in minutes.

    Text that a spreadsheet would run as a formula gets an apostrophe in front. With `bom` older
    Excels know that it is UTF-8.
    """
    if bom:
        yield BOM
    head: list[str] = []
    for column in table.columns:
        head += [column.label, "SKU"] if _has_sub(table, column) else [column.label]
        if column.kind == "money":
            head.append("ISO 4217")
    yield _line(head)
    for row in table.rows:
        cells: list[str] = []
        for column, value in zip(table.columns, row, strict=True):
            cells += _cells(table, column, value)
        yield _line(cells)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def _has_sub(table: Table, column: Column) -> bool:
    place = table.columns.index(column)
    return any(isinstance(row[place], Label) and row[place].sub for row in table.rows)


def _cells(table: Table, column: Column, value: Any) -> list[str]:
    if isinstance(value, Label):
        sub = [safe(value.sub)] if _has_sub(table, column) else []
        return [safe(value.text), *sub]
    if isinstance(value, Money):
        return [f"{value.amount:f}", value.currency]
    if column.kind == "money":
        return ["", ""]
    if value is None:
        return [""]
    if isinstance(value, float):
        return [f"{value:.6f}"]
    if isinstance(value, int | Decimal):
        return [str(value)]
    return [safe(str(value))]


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
