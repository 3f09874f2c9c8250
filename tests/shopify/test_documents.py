"""Our documents hold against Shopify's own schema and its unwritten demands."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    parse,
    validate,
    visit,
)
from graphql.utilities import value_from_ast_untyped

from returns_portal.shopify.documents import DOCUMENTS, Document, load_documents
from tests.shopify.real_schema import load_real_schema

MOST_POINTS = 1000
FREE = {"MoneyBag", "MoneyV2", "PageInfo"}
NEEDS_KEY = {
    "refundCreate",
    "inventoryActivate",
    "inventoryAdjustQuantities",
    "inventoryMoveQuantities",
    "inventorySetOnHandQuantities",
    "inventorySetQuantities",
    "inventoryShipmentAddItems",
    "inventoryShipmentCreate",
    "inventoryShipmentCreateInTransit",
    "inventoryShipmentReceive",
    "inventoryTransferCreate",
    "inventoryTransferCreateAsReadyToShip",
    "inventoryTransferDuplicate",
    "inventoryTransferSetItems",
    "locationActivate",
    "locationDeactivate",
}

every_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=lambda doc: doc.name)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return load_real_schema()


def _document(text: str, *, is_mutation: bool = False) -> Document:
    return Document("Example", text, is_mutation, "example")


def deprecations(schema: GraphQLSchema, document: Document) -> list[GraphQLError]:
    return validate(schema, parse(document.text), [NoDeprecatedCustomRule])


def demands_key(schema: GraphQLSchema, mutation: str) -> bool:
    assert schema.mutation_type is not None
    description = schema.mutation_type.fields[mutation].description or ""
    return mutation in NEEDS_KEY or "@idempotent" in description


def fields_without_key(schema: GraphQLSchema, document: Document) -> list[str]:
    """Name the mutations of a document that need an idempotency key and carry none."""
    missing: list[str] = []
    for definition in parse(document.text).definitions:
        if not isinstance(definition, OperationDefinitionNode) or not document.is_mutation:
            continue
        for field in definition.selection_set.selections:
            if not isinstance(field, FieldNode) or not demands_key(schema, field.name.value):
                continue
            if not any(_is_key(directive) for directive in field.directives or ()):
                missing.append(field.name.value)
    return missing


def _is_key(directive: DirectiveNode) -> bool:
    given = {argument.name.value for argument in directive.arguments or ()}
    return directive.name.value == "idempotent" and "key" in given


class Meter(Visitor):
    """Counts the points of a document, and its connections that have no size."""

    def __init__(self, info: TypeInfo, document: Document, *, linear: bool) -> None:
        super().__init__()
        self.info = info
        self.linear = linear
        self.unsized: list[str] = []
        self.costs: list[float] = [0.0]
        self.defaults: dict[str, Any] = {}
        self.base = 20 if document.root_field == "refundCreate" else 10
        self.base = self.base if document.is_mutation else 0

    @property
    def points(self) -> float:
        return self.base + self.costs[0]

    def enter_variable_definition(self, node: Any, *_: Any) -> None:
        if node.default_value:
            name = node.variable.name.value
            self.defaults[name] = value_from_ast_untyped(node.default_value)

    def enter_field(self, *_: Any) -> None:
        self.costs.append(0.0)

    def leave_field(self, node: FieldNode, *_: Any) -> None:
        children = self.costs.pop()
        self.costs[-1] += self._cost(node, children)

    def _cost(self, node: FieldNode, children: float) -> float:
        declared = get_nullable_type(self.info.get_type())
        named = get_named_type(declared)
        # Recordings show money to be free; a strict reading of the rule counts it.
        free = {"PageInfo"} if self.linear else FREE
        if isinstance(named, GraphQLScalarType | GraphQLEnumType) or named.name in free:
            return 0
        if named.name.endswith("Connection"):
            return self._times(self._size(node), children)
        if node.name.value in ("nodes", "edges"):
            return 1 + children
        if isinstance(declared, GraphQLList):
            return self._times(self._size(node, needed=False), 1 + children)
        return 1 + children

    def _size(self, node: FieldNode, *, needed: bool = True) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                return int(value_from_ast_untyped(argument.value, self.defaults))
        if needed:
            self.unsized.append(node.name.value)
        return 1

    def _times(self, size: int, children: float) -> float:
        if self.linear:
            return size * children
        return 2 + (2 + math.floor(2 * math.log(size))) * children


def measure(schema: GraphQLSchema, document: Document, *, linear: bool = False) -> Meter:
    info = TypeInfo(schema)
    meter = Meter(info, document, linear=linear)
    whole = parse(_inlined(document.text))
    visit(whole, TypeInfoVisitor(info, meter))
    return meter


def _inlined(text: str) -> str:
    """Put fragments where they are used, so that their fields are counted there."""
    pattern = re.compile(r"^fragment (\w+) on (\w+) \{\n(.*?)^\}\n?", re.MULTILINE | re.DOTALL)
    bodies = {
        name: f"... on {kind} {{\n{body}}}" for name, kind, body in pattern.findall(text + "\n")
    }
    query = pattern.sub("", text + "\n")
    while re.search(r"\.\.\.(\w+)", query):
        query = re.sub(r"\.\.\.(\w+)", lambda found: bodies[found.group(1)], query)
    return query


class TestDocuments:
    @every_document
    def test_stands_in_shopifys_schema(self, schema: GraphQLSchema, document: Document) -> None:
        assert validate(schema, parse(document.text)) == []

    @every_document
    def test_uses_nothing_that_is_deprecated(
        self, schema: GraphQLSchema, document: Document
    ) -> None:
        assert deprecations(schema, document) == []

    @every_document
    def test_carries_a_key_where_shopify_demands_one(
        self, schema: GraphQLSchema, document: Document
    ) -> None:
        assert fields_without_key(schema, document) == []

    @every_document
    def test_gives_every_connection_a_size(self, schema: GraphQLSchema, document: Document) -> None:
        assert measure(schema, document).unsized == []

    @every_document
    @pytest.mark.parametrize("linear", [False, True])
    def test_costs_less_than_shopify_allows(
        self, schema: GraphQLSchema, document: Document, linear: bool
    ) -> None:
        assert 0 < measure(schema, document, linear=linear).points <= MOST_POINTS

    @every_document
    def test_asks_one_thing_under_its_own_name(self, document: Document) -> None:
        operations = [
            node
            for node in parse(document.text).definitions
            if isinstance(node, OperationDefinitionNode)
        ]
        assert [node.name.value for node in operations if node.name] == [document.name]

    @every_document
    def test_names_what_it_changes(self, schema: GraphQLSchema, document: Document) -> None:
        kind = schema.mutation_type if document.is_mutation else schema.query_type
        assert isinstance(kind, GraphQLObjectType)
        assert document.root_field in kind.fields


class TestTheChecksThemselves:
    def test_find_a_deprecated_field(self, schema: GraphQLSchema) -> None:
        document = _document("{ order(id: 1) { totalPrice } }")
        assert deprecations(schema, document) != []

    def test_find_a_refund_without_a_key(self, schema: GraphQLSchema) -> None:
        bare = DOCUMENTS["RefundCreate"].text.replace("@idempotent(key: $idempotencyKey)", "")
        document = _document(bare, is_mutation=True)
        assert fields_without_key(schema, document) == ["refundCreate"]

    def test_find_a_connection_without_a_size(self, schema: GraphQLSchema) -> None:
        document = _document("{ orders { nodes { id } } }")
        assert measure(schema, document).unsized == ["orders"]

    def test_find_a_document_that_costs_too_much(self, schema: GraphQLSchema) -> None:
        lines = "lineItems(first: 250) { nodes { product { id } variant { id } } }"
        document = _document(f"{{ orders(first: 250) {{ nodes {{ {lines} }} }} }}")
        assert measure(schema, document).points > 500
        assert measure(schema, document, linear=True).points > MOST_POINTS


class TestLoadDocuments:
    def test_sends_only_the_fragments_that_an_operation_uses(self, tmp_path: Path) -> None:
        (tmp_path / "a.graphql").write_text("fragment A on Shop { id } fragment B on Shop { name }")
        (tmp_path / "b.graphql").write_text("query Q { shop { ...A } } mutation M { run }")
        documents = load_documents(tmp_path)
        assert "fragment A" in documents["Q"].text
        assert "fragment B" not in documents["Q"].text
        assert (documents["Q"].is_mutation, documents["Q"].root_field) == (False, "shop")
        assert (documents["M"].is_mutation, documents["M"].root_field) == (True, "run")

    def test_knows_what_sets_the_sizes_of_pages(self) -> None:
        assert DOCUMENTS["ReturnToProcess"].sizes == ("lines",)
        assert DOCUMENTS["ReturnClose"].sizes == ()
