"""Functions that programs have written."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from tests.script.steps import Missing, Scope, Steps, finish
from unpoison import js

if TYPE_CHECKING:
    from tests.script.interpreter import Interpreter


class ScriptFunction(js.JsFunction):
    """A function of a program."""

    __slots__ = ("constructs", "interpreter", "node", "scope")

    def __init__(
        self, interpreter: Interpreter, node: Any, scope: Scope, name: str, *, method: bool
    ) -> None:
        super().__init__(name, parameter_count(node))
        self.interpreter, self.node, self.scope = interpreter, node, scope
        arrow = node.type == "ArrowFunctionExpression"
        self.constructs = not (arrow or method or node.isAsync or node.generator)
        if self.constructs:
            prototype = js.Object()
            interpreter.object_static("defineProperty", prototype, "constructor", {"value": self})
            self._js_own["prototype"] = prototype
            js.own_keys(self)

    def call_on(self, this: object, *arguments: object) -> Any:
        steps = self.interpreter.run_function(self, this, arguments)
        if self.node.generator:
            if self.node.isAsync:
                raise Missing("async generator")
            return generator(steps)
        return self.interpreter.start(steps) if self.node.isAsync else finish(steps)

    def construct(self, *arguments: object) -> Any:
        made = js.Object()
        self.interpreter.object_static("setPrototypeOf", made, js.get(self, "prototype"))
        result = self.call_on(made, *arguments)
        return result if js.is_reference(result) else made


def parameter_count(node: Any) -> int:
    """Give the `length` of a function: its parameters before a default or the rest."""
    for count, each in enumerate(node.params):
        if each.type in ("AssignmentPattern", "RestElement"):
            return count
    return len(node.params)


def generator(steps: Steps) -> Generator[Any, Any, Any]:
    """Be the host's generator that a `function*` makes."""
    return (yield from steps)
