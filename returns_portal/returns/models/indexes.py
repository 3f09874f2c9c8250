"""Indexes for what people type: the beginning of a text, and words in any order."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db.models import F, Index
from django.db.models.functions import Upper


class BeginningIndex(Index):
    """Upper-case text by its beginning whatever the database's collation, then by `more`."""

    def __init__(self, column: str, *more: str, name: str) -> None:
        self.columns = (column, *more)
        super().__init__(OpClass(Upper(column), name="text_pattern_ops"), *map(F, more), name=name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return path_of(self), self.columns, {"name": self.name}

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        column, *more = self.columns
        plain = Index(Upper(column), *map(F, more), name=self.name)
        return plain.create_sql(model, schema_editor, using, **kwargs)


class WordsIndex(GinIndex):
    """The words of a column in any order; an ordinary index where there is no PostgreSQL."""

    def __init__(self, column: str, *, name: str) -> None:
        self.column = column
        super().__init__(words_of(column), name=name)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        return path_of(self), (self.column,), {"name": self.name}

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        plain = Index(fields=[self.column], name=self.name)
        return plain.create_sql(model, schema_editor, **kwargs)


def words_of(column: str) -> SearchVector:
    """The words of `column` as PostgreSQL compares them: no stems, since names have none."""
    return SearchVector(column, config="simple")


def path_of(index: Index) -> str:
    return f"{type(index).__module__}.{type(index).__qualname__}"


class AddIndexOnline(AddIndexConcurrently):
    """For migrations with `atomic = False`: the index is built while others write to the table."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            model = to_state.apps.get_model(app_label, self.model_name)
            schema_editor.add_index(model, self.index)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            model = from_state.apps.get_model(app_label, self.model_name)
            schema_editor.remove_index(model, self.index)
