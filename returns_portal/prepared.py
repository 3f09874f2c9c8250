"""Queries that pages ask again and again: put into SQL once, and from then on only sent.

Django builds the SQL of a query anew each time it is asked, which costs more than PostgreSQL takes
to answer it. Here a queryset is built with `Asked` in the places of what changes; its SQL is kept
for the life of the process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet, Value
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class Asked(Value):
    """The place in a prepared query where the value of this name goes: a text or a number."""

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder whose value is this expression itself, until the query is asked."""
        return "%s", (self,)


class Prepared(Generic[M]):
    """A queryset, with its annotations and joined models, whose SQL is written once."""

    def __init__(self, queryset: QuerySet[M]) -> None:
        self.queryset = queryset

    def __call__(self, **values: str | int) -> list[M]:
        """The rows for these values, each named as in its `Asked`."""
        written = self._written
        given = [
            values[part.value] if isinstance(part, Asked) else part for part in written.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, given)
            return [written.build(row) for row in cursor.fetchall()]

    def first(self, **values: str | int) -> M | None:
        """The first of these rows, if there are any."""
        return next(iter(self(**values)), None)

    @cached_property
    def _written(self) -> "Written[M]":
        compiler = self.queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        places = compiler.klass_info["select_fields"]
        return Written(
            model=self.queryset.model,
            sql=sql,
            parameters=parameters,
            fields=[compiler.select[place][0].target.attname for place in places],
            annotations=list(compiler.annotation_col_map.items()),
            joined=get_related_populators(  # type: ignore[call-arg]  # one more from Django 6.1 on
                compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
            ),
            converters=[
                (place, converter, expression)
                for place, (converters, expression) in compiler.get_converters(
                    [column for column, _sql, _name in compiler.select]
                ).items()
                for converter in converters
            ],
        )


@dataclass(frozen=True, slots=True)
class Written(Generic[M]):
    """A query as the database gets it, and how the rows it answers become models."""

    model: type[M]
    sql: str
    parameters: tuple[Any, ...]
    # The model's own fields come first in a row; annotations are told with their places.
    fields: list[str]
    annotations: list[tuple[str, int]]
    joined: list[RelatedPopulator]
    converters: list[tuple[int, Callable[..., Any], Any]]

    def build(self, row: Sequence[Any]) -> M:
        """The model that this row of the answer tells of."""
        values = list(row)
        for place, converter, expression in self.converters:
            values[place] = converter(values[place], expression, connection)
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.fields, values[: len(self.fields)])
        for name, place in self.annotations:
            setattr(made, name, values[place])
        for other in self.joined:
            other.populate(values, made)
        return made


def hold(row: Model, name: str, rows: list[M]) -> None:
    """Gives `row` the rows of its relation `name`, as `prefetch_related` would."""
    related = getattr(row, name).all()
    related._result_cache, related._prefetch_done = rows, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related
    back: Any = row._meta.get_field(name)
    for other in rows:
        back.remote_field.set_cached_value(other, row)
