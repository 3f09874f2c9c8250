"""The schema, with scalars that read as Shopify's do, and documents checked against it."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)


@lru_cache(maxsize=512)
def read_document(text: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """The parsed document, and what is wrong with it."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(load_schema(), document))


@lru_cache
def load_schema() -> GraphQLSchema:
    """The sandbox's part of the Admin schema, with scalars that read and write as Shopify's do."""
    text = Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8")
    schema = build_schema(text, assume_valid=True)
    parsers = {"Decimal": _decimal, "Money": _decimal, "DateTime": _moment}
    for name, parser in parsers.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)  # noqa: S101
        _set_parser(scalar, parser)
    return schema


def _set_parser(scalar: GraphQLScalarType, parser: Callable[[Any], Any]) -> None:
    def literal(node: Any, *_: Any) -> Any:
        return parser(getattr(node, "value", None))

    scalar.coerce_input_value = parser
    scalar.coerce_input_literal = literal


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError(f"{json.dumps(value)} is not a decimal number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f"'{value}' is not a decimal number") from None
    if not number.is_finite():
        raise GraphQLError(f"'{value}' is not a finite number")
    return number


def _moment(value: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"'{value}' is not an ISO 8601 date and time") from None
    if moment.tzinfo is None:
        raise GraphQLError(f"'{value}' has no time zone")
    return str(value)
