"""Where programs start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.script.expressions import Expressions
from tests.script.source import parse
from tests.script.statements import Statements
from tests.script.steps import Scope, Steps, finish
from unpoison import js


class Interpreter(Statements, Expressions):
    """Runs programs in one realm, with further names."""

    def __init__(self, realm: js.Realm, names: dict[str, Any] | None = None) -> None:
        self.realm = realm
        self.globals = Scope(None, {"this": None, "undefined": None, **(names or {})})

    def start_program(self, text: str) -> js.Promise:
        """Run a program as the body of an async function; give its promise."""
        body = parse(f"async function program() {{{text}\n}}")[0].body.body
        return self.start(self.function_body(body, Scope(self.globals, {})))

    def run_body(self, text: str) -> Any:
        """Run a program as the body of a function; give what it returns."""
        body = parse(f"function program() {{{text}\n}}")[0].body.body
        return finish(self.function_body(body, Scope(self.globals, {})))

    def run_script(self, text: str) -> Any:
        """Run a program as `eval` does; give the value of its last expression."""
        return finish(self.block(parse(text), Scope(self.globals, {})))

    def start(self, steps: Steps) -> js.Promise:
        """Be an async function: run until the first await, go on when its promise is settled."""
        made = js.with_resolvers(self.realm.promises)

        def step(resume: Callable[[Any], Any], value: object) -> None:
            try:
                awaited = resume(value)
            except StopIteration as done:
                made.resolve(done.value)
            except Exception as error:  # noqa: BLE001 - it rejects the promise
                made.reject(js.from_exception(error))
            else:
                js.resolve(self.realm.promises, awaited).then(
                    lambda result: step(steps.send, result),
                    lambda reason: step(steps.throw, js.as_exception(reason)),
                )

        step(steps.send, None)
        return made.promise

    def object_static(self, name: str, *arguments: object) -> Any:
        return self.realm.call_method(self.realm.global_object["Object"], name, *arguments)
