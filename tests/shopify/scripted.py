"""A client that answers from a script and remembers what it was asked."""

from collections.abc import Callable, Mapping
from typing import Any

from returns_portal.shopify.documents import Document

Data = dict[str, Any]
Step = Data | Exception | Callable[[Mapping[str, Any]], Data]


class ScriptedClient:
    """Answers each operation with its next step; the last step stays."""

    def __init__(self, script: Mapping[str, Step | list[Step]]) -> None:
        self._script = {
            name: list(steps) if isinstance(steps, list) else [steps]
            for name, steps in script.items()
        }
        self.calls: list[tuple[str, Data]] = []

    def execute(self, document: Document, variables: Mapping[str, Any], **_: Any) -> Data:
        self.calls.append((document.name, dict(variables)))
        steps = self._script[document.name]
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, Exception):
            raise step
        return step(variables) if callable(step) else step

    @property
    def operations(self) -> list[str]:
        return [name for name, _ in self.calls]

    def variables_of(self, operation: str) -> Data:
        """Give the variables of the only call of an operation."""
        (variables,) = [given for name, given in self.calls if name == operation]
        return variables
