"""Answers one GraphQL request: parse, validate, price, throttle, carry out."""

import threading
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, GraphQLError, execute_sync

from returns_portal.shopify.sandbox.cost import Plan, idempotency_keys, plan_of, requested_cost
from returns_portal.shopify.sandbox.documents import load_schema, read_document
from returns_portal.shopify.sandbox.errors import top_level
from returns_portal.shopify.sandbox.registry import (
    MUTATIONS,
    REPLAYS,
    Context,
    resolve,
    type_of,
)
from returns_portal.shopify.sandbox.resolvers import MODULES
from returns_portal.shopify.sandbox.throttle import Throttle

MAX_COST = 1000


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
        self._lock = threading.Lock()
        self._running: set[tuple[str, str]] = set()

    def _check_complete(self) -> None:
        kind = self.schema.mutation_type
        missing = set(kind.fields if kind else ()) - set(MUTATIONS)
        if missing:
            names = ", ".join(module.__name__ for module in MODULES)
            raise LookupError(f"nothing in {names} carries out {', '.join(sorted(missing))}")

    def read(self, body: dict[str, Any]) -> Request:
        """Parse, validate and price a request; what is wrong with it stands in `errors`."""
        document, errors = read_document(str(body.get("query") or ""))
        request = Request(document=document, errors=list(errors))
        if document is None or errors:
            return request
        try:
            variables = body.get("variables") or {}
            plan = plan_of(self.schema, document, body.get("operationName"), variables)
            request.plan = plan
            request.cost = requested_cost(plan)
            request.keys = idempotency_keys(plan, frozenset(REPLAYS))
            refuse_dear(request.cost)
        except GraphQLError as error:
            request.errors.append(error)
        return request

    def answer(self, request: Request, context: Context) -> dict[str, Any]:
        """Carry the request out and answer it as the live API would."""
        if request.errors:
            errors = [error.formatted for error in request.errors]
            report = self.cost_report(request.cost, None)
            return {"errors": errors, "extensions": {"cost": report}}
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
        names = [name for name in request.fields if name in REPLAYS]
        wanted = {(name, key) for name in names for key in request.keys.values()}
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


def refuse_dear(cost: int) -> None:
    """Raise a GraphQL error MAX_COST_EXCEEDED for a request that asks for too many points."""
    if cost > MAX_COST:
        message = f"Query cost is {cost}, which exceeds the single query max cost limit "
        raise top_level(f"{message}({MAX_COST}).", "MAX_COST_EXCEEDED")
