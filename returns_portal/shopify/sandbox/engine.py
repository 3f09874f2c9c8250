"""Answers one GraphQL request: parse, validate, price, throttle, carry out."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from returns_portal.shopify.sandbox.cost import Plan, idempotency_keys, plan_of, requested_cost
from returns_portal.shopify.sandbox.errors import top_level
from returns_portal.shopify.sandbox.registry import (
    MUTATIONS,
    REPLAYS,
    Context,
    resolve,
    type_of,
)
from returns_portal.shopify.sandbox.resolvers import MODULES

MAX_COST = 1000
CACHE_SIZE = 256


class Throttle:
    """A leaky bucket of points, filled at a steady rate; `enforced` says whether it refuses."""

    def __init__(
        self,
        maximum: float = 2000,
        restore: float = 100,
        *,
        enforced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.maximum, self.restore, self.enforced = maximum, restore, enforced
        self._clock = clock
        self._available = maximum
        self._at = clock()
        self._lock = threading.Lock()

    def take(self, points: float) -> bool:
        """Take the points and say whether there were enough; when not, nothing is taken."""
        with self._lock:
            self._fill()
            enough = self._available >= points
            if enough or not self.enforced:
                self._available = max(0.0, self._available - points)
            return enough or not self.enforced

    def status(self) -> dict[str, float]:
        """The throttleStatus of an answer."""
        with self._lock:
            self._fill()
            return {
                "maximumAvailable": float(self.maximum),
                "currentlyAvailable": int(self._available),
                "restoreRate": float(self.restore),
            }

    def _fill(self) -> None:
        now = self._clock()
        gained = (now - self._at) * self.restore
        self._available = min(self.maximum, self._available + gained)
        self._at = now


@dataclass
class Request:
    """A GraphQL request, read and priced but not yet carried out."""

    plan: Plan | None = None
    document: DocumentNode | None = None
    cost: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    errors: list[GraphQLError] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The operation's name, or its first field's."""
        if self.plan is None:
            return "invalid"
        operation = self.plan.operation
        return operation.name.value if operation.name else self.fields[0]

    @property
    def fields(self) -> list[str]:
        """The names of the operation's root fields."""
        if self.plan is None:
            return []
        return [node.name.value for node in self.plan.root_fields]

    @property
    def changes(self) -> bool:
        """Whether the request may change anything."""
        return self.plan is not None and self.plan.operation.operation.value == "mutation"


class Engine:
    """The schema with everything needed to answer requests against a state."""

    def __init__(self, throttle: Throttle | None = None) -> None:
        self.schema = load_schema()
        self._check_complete()
        self.throttle = throttle or Throttle(enforced=False)
        self._documents: OrderedDict[str, DocumentNode | list[GraphQLError]] = OrderedDict()
        self._lock = threading.Lock()
        self._running: set[tuple[str, str]] = set()

    def _check_complete(self) -> None:
        kind = self.schema.mutation_type
        missing = (
            set(kind.fields if kind else ())
            - set(MUTATIONS)
            - {"bulkOperationRunQuery", "bulkOperationCancel"}
        )
        if missing:
            names = ", ".join(module.__name__ for module in MODULES)
            raise LookupError(f"nothing in {names} carries out {', '.join(sorted(missing))}")

    def read(self, body: dict[str, Any]) -> Request:
        """Parse, validate and price a request; what is wrong with it stands in `errors`."""
        found = self._document(str(body.get("query") or ""))
        if isinstance(found, list):
            return Request(errors=found)
        variables = body.get("variables") or {}
        try:
            plan = plan_of(self.schema, found, body.get("operationName"), variables)
            request = Request(plan, found)
            request.cost = requested_cost(plan)
            request.keys = idempotency_keys(plan, frozenset(REPLAYS))
            self._refuse_dear(request.cost)
        except GraphQLError as error:
            return Request(errors=[error])
        return request

    @staticmethod
    def _refuse_dear(cost: int) -> None:
        if cost > MAX_COST:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit "
            raise top_level(f"{message}({MAX_COST}).", "MAX_COST_EXCEEDED")

    def _document(self, text: str) -> DocumentNode | list[GraphQLError]:
        with self._lock:
            if text in self._documents:
                self._documents.move_to_end(text)
                return self._documents[text]
        try:
            document = parse(text)
            errors = validate(self.schema, document)
        except GraphQLError as error:
            return [error]
        with self._lock:
            self._documents[text] = errors or document
            if len(self._documents) > CACHE_SIZE:
                self._documents.popitem(last=False)
        return errors or document

    def answer(self, request: Request, context: Context) -> dict[str, Any]:
        """Carry the request out and answer it as the live API would."""
        if request.errors:
            return {"errors": [error.formatted for error in request.errors]}
        if not self.throttle.take(request.cost):
            return self.throttled(request)
        taken = self._claim(request)
        context.keys, context.busy = request.keys, taken is None
        try:
            result = self._run(request, context)
        finally:
            self._release(taken)
        return {**result, "extensions": self._extensions(request, context)}

    def _run(self, request: Request, context: Context) -> dict[str, Any]:
        if context.busy:
            return self._execute(request, context)
        with context.state.lock:
            return self._execute(request, context)

    def _execute(self, request: Request, context: Context) -> dict[str, Any]:
        assert request.plan is not None  # noqa: S101
        assert request.document is not None  # noqa: S101
        name = request.plan.operation.name
        result = execute_sync(
            self.schema,
            request.document,
            context_value=context,
            variable_values=request.plan.variables,
            operation_name=name.value if name else None,
            field_resolver=resolve,
            type_resolver=type_of,
        )
        answer: dict[str, Any] = {}
        if result.data is not None or not result.errors:
            answer["data"] = result.data
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        return answer

    def _claim(self, request: Request) -> set[tuple[str, str]] | None:
        wanted = {(name, key) for name, key in request.keys.items()}
        with self._lock:
            if wanted & self._running:
                return None
            self._running |= wanted
        return wanted

    def _release(self, taken: set[tuple[str, str]] | None) -> None:
        with self._lock:
            self._running -= taken or set()

    def throttled(self, request: Request) -> dict[str, Any]:
        """The answer to a request that has to wait: HTTP 200, and an error THROTTLED."""
        url = "https://shopify.dev/api/usage/rate-limits"
        extensions = {"code": "THROTTLED", "documentation": url}
        return {
            "errors": [{"message": "Throttled", "extensions": extensions}],
            "extensions": {"cost": self.cost_report(request.cost, None)},
        }

    def _extensions(self, request: Request, context: Context) -> dict[str, Any]:
        extensions: dict[str, Any] = {"cost": self.cost_report(request.cost, request.cost)}
        if context.warnings:
            extensions["search"] = context.warnings
        return extensions

    def cost_report(self, requested: int, actual: int | None) -> dict[str, Any]:
        """The `extensions.cost` of an answer."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self.throttle.status(),
        }


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
