"""Frozen values to and from JSON columns."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def dump(value: object) -> Any:
    """`value` (dataclasses, tuples, Decimals, datetimes) as plain JSON values."""
    return msgspec.to_builtins(value)


def load(data: object, kind: type[T]) -> T:
    """The value of type `kind` that `dump` made; raises msgspec.ValidationError."""
    return msgspec.convert(data, kind)
