"""Queries that pages ask again and again: put into SQL once, and from then on only sent.

Django builds the SQL of a query anew each time it is asked, which costs more than PostgreSQL takes
to answer it. Here a queryset is built with `Asked` in the places of what changes; its SQL is kept
for the life of the process.
"""

from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Asked(Value):
    """The place in a prepared query where the value of this name goes: a text or a number."""

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder whose value is this expression itself, until the query is asked."""
        return "%s", (self,)


class Prepared(Generic[M]):
    """A queryset over one table, annotations included, whose SQL is written once.

    It can't join other models in (`select_related`); `hold` puts together what several read.
    """

    def __init__(self, queryset: QuerySet[M]) -> None:
        self.queryset = queryset
        self.written: tuple[str, tuple[Any, ...]] | None = None

    def __call__(self, **values: str | int) -> list[M]:
        """The rows for these values, each named as in its `Asked`."""
        if self.written is None:
            self.written = self.queryset.query.sql_with_params()
        sql, kept = self.written
        given = [values[part.value] if isinstance(part, Asked) else part for part in kept]
        return list(self.queryset.model._default_manager.raw(sql, given))


def hold(row: Model, name: str, rows: list[M]) -> None:
    """Gives `row` the rows of its relation `name`, as `prefetch_related` would."""
    related = getattr(row, name).all()
    related._result_cache, related._prefetch_done = rows, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related
    for other in rows:
        _relation(row, name).remote_field.set_cached_value(other, row)


def hold_one(row: Model, name: str, other: Model | None) -> None:
    """Gives `row` the one row of its relation `name`, or that it has none, as a join would."""
    _relation(row, name).set_cached_value(row, other)
    if other is not None:
        _relation(row, name).remote_field.set_cached_value(other, row)


def _relation(row: Model, name: str) -> Any:
    return row._meta.get_field(name)
