"""The GraphQL documents of `operations/`, read once; each goes out with only what it needs."""

from dataclasses import dataclass
from pathlib import Path

from graphql import (
    DocumentNode,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    parse,
    print_ast,
    separate_operations,
)

OPERATIONS = Path(__file__).parent / "operations"


@dataclass(frozen=True, slots=True)
class Document:
    """A named operation; `root_field` is the field of Shopify's that it asks or changes."""

    name: str
    text: str
    is_mutation: bool
    root_field: str


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
    )


DOCUMENTS = load_documents(OPERATIONS)
