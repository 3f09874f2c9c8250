"""Bulk queries: checked as Shopify checks them, run in the background, read as JSON lines."""

import json
from collections.abc import Iterator
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    IntValueNode,
    NameNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    execute_sync,
    get_named_type,
    is_list_type,
    parse,
    validate,
    visit,
)
from graphql.type import get_nullable_type

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.connections import EVERYTHING
from returns_portal.shopify.sandbox.documents import load_schema
from returns_portal.shopify.sandbox.errors import Refused
from returns_portal.shopify.sandbox.registry import (
    Args,
    Context,
    mutation,
    resolve,
    resolves,
    type_of,
)
from returns_portal.shopify.sandbox.state import Doc, Draft, Node

MOST_CONNECTIONS, DEEPEST, MOST_AT_ONCE = 5, 2, 5
PAGING = frozenset({"first", "last", "after", "before"})


@mutation("bulkOperationRunQuery")
def run_query(draft: Draft, context: Context, args: Args) -> Doc:
    """Take a bulk query on; it runs in the background."""
    problem = check(args["query"])
    if problem is not None:
        raise Refused(problem, field=["query"], code="INVALID")
    busy = [row for row in draft.docs("bulk") if row["status"] in ("CREATED", "RUNNING")]
    if len(busy) >= MOST_AT_ONCE:
        message = "The limit of bulk operations running at once has been reached."
        raise Refused(message, code="LIMIT_REACHED")
    key = draft.new_id("BulkOperation")
    doc: Doc = {
        "id": key,
        "query": args["query"],
        "type": "QUERY",
        "status": "CREATED",
        "errorCode": None,
        "createdAt": draft.stamp,
        "completedAt": None,
        "objectCount": "0",
        "rootObjectCount": "0",
        "fileSize": None,
        "partialDataUrl": None,
        "text": None,
    }
    draft.put("bulk", doc)
    draft.event("bulk/created", {"id": key})
    return {"bulkOperation": Node("BulkOperation", doc, {})}


@mutation("bulkOperationCancel")
def cancel(draft: Draft, context: Context, args: Args) -> Doc:
    """Stop a bulk query that has not finished."""
    doc = draft.edit("bulk", gid.expect(args["id"], "BulkOperation"))
    if doc is None:
        raise Refused("Bulk operation does not exist", field=["id"])
    if doc["status"] not in ("CREATED", "RUNNING"):
        message = "A bulk operation cannot be canceled when it is completed"
        raise Refused(message, field=["id"], payload={"bulkOperation": None})
    doc["status"], doc["completedAt"] = "CANCELED", draft.stamp
    return {"bulkOperation": Node("BulkOperation", doc, {})}


@resolves("BulkOperation", "url")
def _url(node: Node, context: Context, args: Args) -> str | None:
    if node.doc["status"] != "COMPLETED" or node.doc["objectCount"] == "0":
        return None
    return f"{context.base_url}/sandbox/bulk/{gid.number_of(node.doc['id'])}.jsonl"


class _Shape(Visitor):
    """Counts the connections of a query and how deep they nest."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info, self._stack = info, []  # type: TypeInfo, list[str]
        self.count = self.deepest = 0
        self.problem: str | None = None

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        kind: Any = self._info.get_type()
        name = getattr(get_named_type(kind), "name", "")
        listed = is_list_type(get_nullable_type(kind)) and name.endswith("Edge") is False
        mark = "connection" if name.endswith("Connection") else "list" if listed else ""
        if mark == "connection":
            self._connection(node)
        elif node.name.value == "nodes" and self._stack[-1:] == ["connection"]:
            self.problem = "Bulk queries must use edges { node } instead of nodes."
        self._stack.append(mark)

    def leave_field(self, *_: Any) -> None:
        self._stack.pop()

    def _connection(self, node: FieldNode) -> None:
        self.count += 1
        self.deepest = max(self.deepest, self._stack.count("connection") + 1)
        if "list" in self._stack:
            self.problem = "Queries that contain a connection within a list are not supported."


def check(text: str) -> str | None:
    """What is wrong with a bulk query, or None."""
    schema = load_schema()
    try:
        document = parse(text)
    except GraphQLError as error:
        return f"Invalid bulk query: {error.message}"
    errors = validate(schema, document)
    if errors:
        return f"Invalid bulk query: {errors[0].message}"
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation.value != "query":
        return "Bulk queries must contain exactly one query."
    info = TypeInfo(schema)
    shape = _Shape(info)
    visit(document, TypeInfoVisitor(info, shape))
    return shape.problem or _limits(shape)


def _limits(shape: _Shape) -> str | None:
    if shape.count == 0:
        return "Bulk queries must contain at least one connection."
    if shape.count > MOST_CONNECTIONS:
        return f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."
    if shape.deepest > DEEPEST:
        return f"Bulk queries cannot nest connections deeper than {DEEPEST} levels."
    return None


class _WholePages(Visitor):
    """Asks every connection for everything."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        name = getattr(get_named_type(self._info.get_type()), "name", "")
        if not name.endswith("Connection"):
            return None
        kept = [a for a in node.arguments or () if a.name.value not in PAGING]
        size = IntValueNode(value=str(EVERYTHING))
        whole = ArgumentNode(name=NameNode(value="first"), value=size)
        return FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=(*kept, whole),
            directives=node.directives,
            selection_set=node.selection_set,
        )


def carry_out(context: Context, key: str) -> None:
    """Run a bulk query that was taken on, and keep its lines."""
    state = context.state
    with state.lock:
        waiting = state.tables["bulk"].get(key)
        if waiting is None or waiting["status"] != "CREATED":
            return
        rows = list(_rows(context, waiting["query"]))
        with state.transaction() as draft:
            doc = draft.edit("bulk", key)
            if doc is not None:
                _finish(draft, doc, rows)


def _finish(draft: Draft, doc: Doc, rows: list[Doc]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    roots = sum("__parentId" not in row for row in rows)
    doc.update(
        status="COMPLETED",
        completedAt=draft.stamp,
        objectCount=str(len(rows)),
        rootObjectCount=str(roots),
        fileSize=str(len(text.encode())),
        text=text,
    )
    body = {
        "admin_graphql_api_id": doc["id"],
        "completed_at": doc["completedAt"],
        "created_at": doc["createdAt"],
        "error_code": None,
        "status": "completed",
        "type": "query",
    }
    draft.event("bulk_operations/finish", body)


def _rows(context: Context, text: str) -> Iterator[Doc]:
    schema = load_schema()
    info = TypeInfo(schema)
    document: DocumentNode = visit(parse(text), TypeInfoVisitor(info, _WholePages(info)))
    result = execute_sync(
        schema, document, context_value=context, field_resolver=resolve, type_resolver=type_of
    )
    for value in (result.data or {}).values():
        yield from _flatten(value, None)


def _flatten(value: Any, parent: str | None) -> Iterator[Doc]:
    if not isinstance(value, dict):
        return
    if "edges" in value:
        for edge in value["edges"]:
            yield from _object(edge["node"], parent)
        return
    for inner in value.values():
        yield from _flatten(inner, parent)


def _object(node: Doc, parent: str | None) -> Iterator[Doc]:
    nested = {name: v for name, v in node.items() if isinstance(v, dict) and "edges" in v}
    row = {name: value for name, value in node.items() if name not in nested}
    if parent is not None:
        row["__parentId"] = parent
    yield row
    for value in nested.values():
        yield from _flatten(value, node.get("id"))
