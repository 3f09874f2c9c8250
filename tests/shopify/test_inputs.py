"""The variables that we send fit Shopify's real inputs, and use nothing that is deprecated."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    get_nullable_type,
    parse,
    type_from_ast,
)
from graphql.execution.values import get_variable_values

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.documents import DOCUMENTS, Document
from returns_portal.shopify.orders import (
    find_orders,
    get_order,
    get_returnable_lines,
    get_returnable_order,
    iterate_orders_updated_since,
    list_order_refunds,
)
from returns_portal.shopify.refunds import create_refund, get_refund
from returns_portal.shopify.returns import (
    calculate_return,
    close_return,
    create_return,
    get_return,
    list_order_returns,
    process_return,
    read_for_processing,
    suggest_outcome,
)
from returns_portal.shopify.shop import list_locations, list_return_reason_definitions
from returns_portal.shopify.types import (
    DispositionInput,
    Money,
    ProcessLineInput,
    RefundLineInput,
    RefundTransactionInput,
    ReturnLineInput,
)
from tests.shopify.real_schema import load_real_schema

FEE = Money(Decimal("4.90"), "USD")
LINE = ReturnLineInput("f", 1, Decimal("7.5"), "reason", "RMA-1")
PAYMENT = RefundTransactionInput("t", FEE, "tiktok")
MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


class Overheard(Exception):
    """Carries what was about to be sent."""

    def __init__(self, document: Document, variables: Mapping[str, Any]) -> None:
        self.document = document
        self.variables = variables


class Listener(ShopifyClient):
    """A client that sends nothing and tells what it would have sent."""

    def __init__(self) -> None:
        """Know no shop."""

    def execute(self, document: Document, variables: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        raise Overheard(document, variables)


CALLS: dict[str, Callable[[ShopifyClient], Any]] = {
    "find_orders": lambda client: find_orders(client, "577092126219211281"),
    "get_order": lambda client: get_order(client, "1"),
    "get_returnable_lines": lambda client: get_returnable_lines(client, "1"),
    "iterate_orders_updated_since": lambda client: next(
        iterate_orders_updated_since(client, MOMENT)
    ),
    "list_order_refunds": lambda client: list_order_refunds(client, "1"),
    "list_order_returns": lambda client: list_order_returns(client, "1"),
    "list_locations": list_locations,
    "list_return_reason_definitions": list_return_reason_definitions,
    "get_refund": lambda client: get_refund(client, "1"),
    "suggest_outcome": lambda client: suggest_outcome(client, "1", [("l", 2)]),
    "read_for_processing": lambda client: read_for_processing(client, "1", [("l", 2)]),
    "get_return": lambda client: get_return(client, "1", lines=3),
    "get_returnable_order": lambda client: get_returnable_order(client, "1"),
    "close_return": lambda client: close_return(client, "1"),
    "calculate_return": lambda client: calculate_return(
        client, order_id="1", lines=[LINE], return_shipping_fee=FEE
    ),
    "create_return": lambda client: create_return(
        client, order_id="1", lines=[LINE], return_shipping_fee=FEE
    ),
    "process_return": lambda client: process_return(
        client,
        return_id="1",
        lines=[ProcessLineInput("l", 1, (DispositionInput("r", 1, "RESTOCKED", "p"),))],
        transactions=[PAYMENT],
        note="RMA-1",
    ),
    "create_refund": lambda client: create_refund(
        client,
        order_id="1",
        currency="USD",
        note="RMA-1",
        transactions=[PAYMENT],
        lines=[RefundLineInput("l", 1, "RETURN", "p")],
        idempotency_key="key",
    ),
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return load_real_schema()


def overhear(call: Callable[[ShopifyClient], Any]) -> Overheard:
    with pytest.raises(Overheard) as caught:
        call(Listener())
    return caught.value


def operation_of(document: Document) -> OperationDefinitionNode:
    return next(
        node
        for node in parse(document.text).definitions
        if isinstance(node, OperationDefinitionNode)
    )


def deprecated_inputs(kind: GraphQLInputType | None, value: Any) -> list[str]:
    """Name the deprecated input fields that a value sets."""
    kind = get_nullable_type(kind)
    if isinstance(kind, GraphQLList):
        return [name for item in value for name in deprecated_inputs(kind.of_type, item)]
    if not isinstance(kind, GraphQLInputObjectType) or not isinstance(value, dict):
        return []
    found = [name for name in value if kind.fields[name].deprecation_reason]
    for name, item in value.items():
        found += deprecated_inputs(kind.fields[name].type, item)
    return found


def deprecated_variables(schema: GraphQLSchema, heard: Overheard) -> list[str]:
    found: list[str] = []
    for definition in operation_of(heard.document).variable_definitions or ():
        value = heard.variables.get(definition.variable.name.value)
        found += deprecated_inputs(type_from_ast(schema, definition.type), value)
    return found


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
class TestVariables:
    def test_fit_shopifys_inputs(
        self, schema: GraphQLSchema, call: Callable[[ShopifyClient], Any]
    ) -> None:
        heard = overhear(call)
        definitions = operation_of(heard.document).variable_definitions or ()
        coerced = get_variable_values(schema, definitions, dict(heard.variables))
        assert not isinstance(coerced, list), coerced

    def test_are_all_known_to_the_document(
        self, schema: GraphQLSchema, call: Callable[[ShopifyClient], Any]
    ) -> None:
        heard = overhear(call)
        definitions = operation_of(heard.document).variable_definitions or ()
        assert set(heard.variables) <= {item.variable.name.value for item in definitions}

    def test_set_nothing_that_is_deprecated(
        self, schema: GraphQLSchema, call: Callable[[ShopifyClient], Any]
    ) -> None:
        assert deprecated_variables(schema, overhear(call)) == []


class TestTheChecksThemselves:
    def test_find_a_deprecated_input(self, schema: GraphQLSchema) -> None:
        line = {"fulfillmentLineItemId": "f", "quantity": 1, "returnReason": "COLOR"}
        given = {"input": {"orderId": "1", "returnLineItems": [line]}}
        heard = Overheard(DOCUMENTS["ReturnCreate"], given)
        assert deprecated_variables(schema, heard) == ["returnReason"]

    def test_find_an_input_that_does_not_fit(self, schema: GraphQLSchema) -> None:
        definitions = operation_of(DOCUMENTS["ReturnCreate"]).variable_definitions or ()
        assert isinstance(get_variable_values(schema, definitions, {"input": {}}), list)
