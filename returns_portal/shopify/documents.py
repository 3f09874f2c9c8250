"""The GraphQL documents of `operations/`, read once; each goes out with only what it needs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    separate_operations,
    visit,
)

OPERATIONS = Path(__file__).parent / "operations"


@dataclass(frozen=True, slots=True)
class Document:
    """A named operation; `root_field` is the field of Shopify's that it asks or changes.

    `sizes` names the variables that set how long its pages are, and so what it costs.
    """

    name: str
    text: str
    is_mutation: bool
    root_field: str
    sizes: tuple[str, ...] = ()


def load_documents(folder: Path) -> dict[str, Document]:
    """Read every operation of a folder, each with the fragments that it uses."""
    source = "\n".join(path.read_text() for path in sorted(folder.glob("*.graphql")))
    parts = separate_operations(parse(source, no_location=True))
    return {name: _build_document(name, part) for name, part in parts.items()}


def _build_document(name: str, part: DocumentNode) -> Document:
    operation = next(node for node in part.definitions if isinstance(node, OperationDefinitionNode))
    root = next(node for node in operation.selection_set.selections if isinstance(node, FieldNode))
    return Document(
        name=name,
        text=print_ast(part),
        is_mutation=operation.operation is OperationType.MUTATION,
        root_field=root.name.value,
        sizes=_sizes(part),
    )


class _Sizes(Visitor):
    """Collects the variables that stand for the size of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in ("first", "last") and isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


def _sizes(part: DocumentNode) -> tuple[str, ...]:
    found = _Sizes()
    visit(part, found)
    return tuple(sorted(found.names))


DOCUMENTS = load_documents(OPERATIONS)
