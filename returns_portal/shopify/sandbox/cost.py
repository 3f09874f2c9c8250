"""What a document costs before it runs, and what it must carry: page sizes, idempotency keys."""

import math
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
)
from graphql.type import GraphQLNullableType
from graphql.utilities import value_from_ast_untyped

from returns_portal.shopify.sandbox.connections import PAGE_LIMIT
from returns_portal.shopify.sandbox.errors import top_level

FREE = frozenset({"MoneyBag", "MoneyV2", "PageInfo", "UserError", "ReturnUserError", "Count"})
MUTATION_COST = 10
DEAR_MUTATIONS = {"refundCreate": 20}


@dataclass(frozen=True)
class Plan:
    """An operation picked from its document, with its variables' values."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, Any]

    def value(self, node: Any) -> Any:
        """The value of an argument, variables filled in."""
        if isinstance(node, VariableNode):
            return self._variable(node.name.value)
        if isinstance(node, IntValueNode):
            return int(node.value)
        return value_from_ast_untyped(node, self.variables)

    def _variable(self, name: str) -> Any:
        if name in self.variables:
            return self.variables[name]
        for definition in self.operation.variable_definitions or ():
            if definition.variable.name.value == name and definition.default_value is not None:
                return value_from_ast_untyped(definition.default_value)
        return None

    def argument(self, field: FieldNode, name: str) -> Any:
        """The value of one argument of a field, or None."""
        for argument in field.arguments or ():
            if argument.name.value == name:
                return self.value(argument.value)
        return None

    @property
    def root_fields(self) -> list[FieldNode]:
        """The operation's own fields, fragments opened."""
        return list(self._fields(self.operation.selection_set))

    def _fields(self, selection: SelectionSetNode) -> list[FieldNode]:
        fields: list[FieldNode] = []
        for node in selection.selections:
            if isinstance(node, FieldNode):
                fields.append(node)
            elif isinstance(node, InlineFragmentNode):
                fields.extend(self._fields(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                fields.extend(self._fields(self.fragments[node.name.value].selection_set))
        return fields


def plan_of(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: dict[str, Any]
) -> Plan:
    """The operation to run; raises a GraphQL error when it is not clear which."""
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    chosen = [o for o in operations if name is None or (o.name and o.name.value == name)]
    if len(chosen) != 1:
        raise top_level("An operation name is required", "BAD_REQUEST")
    return Plan(schema, chosen[0], fragments, variables)


def root_type(plan: Plan) -> GraphQLObjectType:
    """QueryRoot or Mutation."""
    kind = plan.schema.get_root_type(plan.operation.operation)
    if kind is None:
        raise top_level("This operation is not supported", "BAD_REQUEST")
    return kind


def requested_cost(plan: Plan) -> int:
    """The points the operation asks for.

    Objects count 1, money nothing, a connection 2 + floor(2 ln first) times its node's cost.
    """
    total = _selection_cost(plan, root_type(plan), plan.operation.selection_set)
    if plan.operation.operation.value != "mutation":
        return total
    names = {field.name.value for field in plan.root_fields}
    return total + max(DEAR_MUTATIONS.get(name, MUTATION_COST) for name in names)


def _selection_cost(plan: Plan, parent: Any, selection: SelectionSetNode | None) -> int:
    if selection is None:
        return 0
    total = 0
    for node in selection.selections:
        if isinstance(node, FieldNode):
            total += _field_cost(plan, parent, node)
        elif isinstance(node, InlineFragmentNode):
            inner = parent
            if node.type_condition:
                inner = plan.schema.type_map[node.type_condition.name.value]
            total += _selection_cost(plan, inner, node.selection_set)
        elif isinstance(node, FragmentSpreadNode):
            fragment = plan.fragments[node.name.value]
            inner = plan.schema.type_map[fragment.type_condition.name.value]
            total += _selection_cost(plan, inner, fragment.selection_set)
    return total


def _field_cost(plan: Plan, parent: Any, node: FieldNode) -> int:
    definition = getattr(parent, "fields", {}).get(node.name.value)
    if definition is None:
        return 0
    kind: Any = get_named_type(definition.type)
    if not is_composite_type(kind) or kind.name in FREE:
        return 0
    inner = _selection_cost(plan, kind, node.selection_set)
    if kind.name.endswith("Connection"):
        return 2 + _pages(_page_size(plan, node)) * inner
    if kind.name.endswith("Edge"):
        return inner
    size = plan.argument(node, "first") if _is_list(definition.type) else None
    if size is not None:
        return 2 + _pages(int(size)) * (1 + inner)
    if root_type(plan) is parent and kind.name.endswith("Payload"):
        return inner
    return 1 + inner


def _is_list(kind: GraphQLNullableType | Any) -> bool:
    return is_list_type(getattr(kind, "of_type", kind)) or is_list_type(kind)


def _pages(size: int) -> int:
    return max(1, math.floor(2 * math.log(size))) if size > 0 else 0


def _page_size(plan: Plan, node: FieldNode) -> int:
    for name in ("first", "last"):
        size = plan.argument(node, name)
        if size is None:
            continue
        if not 0 <= int(size) <= PAGE_LIMIT:
            raise top_level(f"{name} must be between 0 and {PAGE_LIMIT}", "BAD_REQUEST")
        return int(size)
    path = node.alias.value if node.alias else node.name.value
    raise top_level(f"{path}: you must provide one of first or last", "BAD_REQUEST")


def idempotency_keys(plan: Plan, names: frozenset[str]) -> dict[str, str]:
    """The key of every root field that must carry one, by the field's response name.

    Raises a GraphQL error BAD_REQUEST when a key is missing or blank.
    """
    keys: dict[str, str] = {}
    for node in plan.root_fields:
        if node.name.value not in names:
            continue
        key = _key_of(plan, node)
        if not key:
            message = f"The @idempotent directive is required for {node.name.value}"
            raise top_level(message, "BAD_REQUEST")
        keys[node.alias.value if node.alias else node.name.value] = key
    return keys


def _key_of(plan: Plan, node: FieldNode) -> str:
    for directive in node.directives or ():
        if directive.name.value == "idempotent":
            for argument in directive.arguments or ():
                if isinstance(argument.value, StringValueNode):
                    return argument.value.value.strip()
                return str(plan.value(argument.value) or "").strip()
    return ""
