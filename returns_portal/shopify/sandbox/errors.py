"""How the sandbox says no: user errors inside a payload, and errors beside the data."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError


class Refused(Exception):
    """A mutation refuses its input; everything it had changed is dropped."""

    def __init__(
        self,
        message: str,
        *,
        field: Sequence[object] | None = None,
        code: str | None = None,
        payload: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.payload = payload or {}
        self.code = code
        path = None if field is None else [str(part) for part in field]
        self.errors = [{"message": message, "field": path, "code": code}]


def top_level(message: str, code: str) -> GraphQLError:
    """An error that stands beside `data`, with the code clients look for."""
    return GraphQLError(message, extensions={"code": code})
