"""Tables as files: what a spreadsheet must never run, and what it must be able to add up."""

from decimal import Decimal

import pytest

from returns_portal.returns.reports.tables import BOM, Column, Label, Table, write_csv
from returns_portal.shopify.types import Money


def a_table(*rows: tuple[object, ...]) -> Table:
    columns = (Column("What"), Column("Units", "count"), Column("Paid", "money"))
    return Table("t", "A table", columns, rows)


class TestCsv:
    @pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", " ="])
    def test_text_that_would_run_as_a_formula_gets_an_apostrophe(self, sign: str) -> None:
        table = a_table((Label(f"{sign}cmd|' /C calc'!A0"), 1, None))
        assert f"'{sign}cmd" in "".join(write_csv(table))

    def test_numbers_stay_numbers_though_they_are_negative(self) -> None:
        table = a_table((Label("Shirt"), -3, Money(Decimal("-1.50"), "USD")))
        assert list(write_csv(table))[1] == "Shirt,-3,-1.50,USD\r\n"

    def test_commas_quotes_and_lines_are_quoted(self) -> None:
        table = a_table((Label('Shirt, "M"\nsand'), 1, None))
        assert list(write_csv(table))[1] == '"Shirt, ""M""\nsand",1,,\r\n'

    def test_the_mark_comes_first_and_only_where_asked_for(self) -> None:
        assert next(write_csv(a_table(), bom=True)) == BOM
        assert BOM not in "".join(write_csv(a_table()))

    def test_a_column_with_second_lines_becomes_two(self) -> None:
        table = a_table((Label("M / sand", "=SKU"), 1, None))
        assert list(write_csv(table)) == [
            "What,SKU,Units,Paid,ISO 4217\r\n",
            "M / sand,'=SKU,1,,\r\n",
        ]
