"""Migrations: those that change rows, and that none keeps a big table locked while it works."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, AlterField
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from returns_portal.returns.models import DailySales, DailyTotal, Market, SoldProduct, SoldVariant
from returns_portal.returns.models.indexes import AddIndexOnline
from tests.returns.examples import NOON
from tests.returns.factories import ReturnRequestFactory

pytestmark = pytest.mark.django_db
PAST = import_module("returns_portal.returns.migrations.0023_past_deadlines")
TOTALS = import_module("returns_portal.returns.migrations.0028_daily_totals")


class Editor:
    """As much of a schema editor as moving rows needs."""

    connection = connection


class TestPastDeadlines:
    def test_go_in_portions_from_requests_that_ended_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(PAST, "PORTION", 1)
        waiting = ReturnRequestFactory(due_at=NOON)
        ended = [ReturnRequestFactory(declined=True, due_at=NOON) for _number in range(3)]
        PAST.clear_past_deadlines(apps, Editor())
        for row in (waiting, *ended):
            row.refresh_from_db()
        assert waiting.due_at == NOON
        assert [row.due_at for row in ended] == [None, None, None]


class TestDailyTotals:
    def test_are_added_up_over_all_goods_of_a_day_and_market(self) -> None:
        product = SoldProduct.objects.create(key="shirt", title="Shirt")
        markets = [Market.objects.create(country=country) for country in ("DE", "US")]
        for number, (market, units) in enumerate(
            [(markets[0], 3), (markets[0], 4), (markets[1], 5)]
        ):
            variant = SoldVariant.objects.create(product=product, key=f"shirt {number}")
            DailySales.objects.create(
                sold_on=NOON.date(),
                market=market,
                product=product,
                variant=variant,
                units=units,
                lines=2,
                returned_units=1,
            )
        TOTALS.add_up(apps, Editor())
        found = DailyTotal.objects.order_by("units")
        assert list(found.values_list("market", "units", "returned_units")) == [
            (markets[1].pk, 5, 1),
            (markets[0].pk, 7, 2),
        ]


# Tables of millions of rows in a busy shop.
BIG = {
    "returnrequest",
    "returnlineitem",
    "returnevent",
    "operation",
    "mirroredorder",
    "ordernumber",
    "reservedunit",
    "shopperkey",
}
# The first that builds its index while others write; the ones before make the tables.
FIRST_ONLINE = "0025"


def locking(operations: Sequence[Operation], state: ProjectState) -> list[str]:
    """What reads or writes a whole big table under a lock that keeps others from writing to it."""
    found = []
    for operation in operations:
        model = getattr(operation, "model_name", "").lower()
        if model in BIG and takes_long(operation, state):
            found.append(operation.describe())
        operation.state_forwards("returns", state)
    return found


def takes_long(operation: Operation, state: ProjectState) -> bool:
    if isinstance(operation, AddIndex):
        return not isinstance(operation, AddIndexOnline)
    if isinstance(operation, AddField):
        field = operation.field
        return field.unique or field.db_index or field.is_relation
    if isinstance(operation, AlterField):
        before = state.models["returns", operation.model_name.lower()].fields[operation.name]
        return column_of(before) != column_of(operation.field)
    return isinstance(operation, AddConstraint)


def column_of(field: Any) -> tuple[Any, ...]:
    """The field as far as the database knows of it."""
    _name, path, args, options = field.deconstruct()
    told = {key: value for key, value in options.items() if key not in field.non_db_attrs}
    return path, args, told


def later_migrations() -> Iterator[Any]:
    """Each migration from the first online one on, with the models as they are before it."""
    loader = MigrationLoader(None)
    for key in sorted(loader.disk_migrations):
        if key[0] == "returns" and key[1] >= FIRST_ONLINE:
            yield loader.disk_migrations[key], loader.project_state(key, at_end=False)


class TestBigTables:
    def test_are_locked_for_long_by_no_migration(self) -> None:
        migrations = list(later_migrations())
        assert migrations
        found = {m.name: locking(m.operations, state) for m, state in migrations}
        # Build an index with AddIndexOnline. Fill a new column in portions, as 0023 does. For a
        # constraint or another type, add it beside what is there (NOT VALID) and check it after.
        assert {name: slow for name, slow in found.items() if slow} == {}

    @pytest.mark.parametrize(
        "operation",
        [
            AddIndex("returnevent", models.Index(fields=["kind"], name="slow")),
            AddConstraint(
                "ReturnRequest", models.UniqueConstraint(fields=["order_name"], name="slow")
            ),
            AlterField("returnrequest", "order_name", models.TextField()),
            AddField("operation", "slow", models.SlugField(null=True)),
        ],
    )
    def test_are_known_to_be_locked(self, operation: Operation) -> None:
        state = MigrationLoader(None).project_state()
        assert locking([operation], state) == [operation.describe()]

    @pytest.mark.parametrize(
        "operation",
        [
            AddIndexOnline("returnevent", models.Index(fields=["kind"], name="online")),
            AddIndex("returnpolicy", models.Index(fields=["name"], name="small")),
            AddField("operation", "plain", models.TextField(null=True)),
            AlterField("returnrequest", "order_name", models.CharField("Order", max_length=80)),
        ],
    )
    def test_are_not_held_by_what_is_quick(self, operation: Operation) -> None:
        assert locking([operation], MigrationLoader(None).project_state()) == []
