"""Runs JavaScript test cases on a realm of ours, and describes their results as Node's recorder."""

from __future__ import annotations

from typing import Any

from tests.script import Interpreter
from unpoison import js

NAME_ONLY = "// name only"
"""At the end of a case: Node's message is not ours."""


class World:
    """A realm with its job queue, on which cases run."""

    def __init__(self, **names: object) -> None:
        self.queue = js.MicrotaskQueue(self._report)
        self.realm = js.make_realm(js.PromiseRealm(self.queue))
        for name, value in names.items():
            self.realm.global_object[name] = value
        self.errors: list[Exception] = []
        self._interpreter = Interpreter(self.realm)

    def _report(self, error: Exception) -> None:
        self.errors.append(error)

    def run(self, text: str) -> Any:
        """Give what a case evaluates to: the body of a function, or one expression.

        A promise is settled by running jobs, and its value given or its reason raised.
        """
        value = self.evaluate(text)
        if isinstance(value, js.Promise):
            self.queue.run_jobs()
            return value.result()
        return value

    def evaluate(self, text: str) -> Any:
        """Give what a case evaluates to, and run no job."""
        return self._interpreter.run_body(as_body(text))

    def outcome(self, text: str) -> str:
        """Describe what a case gives or throws."""
        try:
            return self.show(self.run(text))
        except Exception as error:  # noqa: BLE001 - whatever it throws
            return f"throws {self.show(js.from_exception(error))}"

    def show(self, value: object) -> str:
        """Describe a value; recorder.mjs has the same function in JavaScript."""
        return show(self.realm, value, 5)


def as_body(text: str) -> str:
    """Make an expression the body of a function."""
    text = text.removesuffix(NAME_ONLY).rstrip()
    is_body = text.startswith(("const ", "let ", "try ", "for ", "function")) or (
        not text.startswith("(") and "return " in text and ";" in text
    )
    return text if is_body else f"return ({text})"


def show(realm: js.Realm, value: Any, depth: int) -> str:
    kind = js.kind_of(value)
    if kind is js.Kind.NUMBER:
        return "-0" if value == 0 and str(value) == "-0.0" else js.number_to_string(value)
    if kind is js.Kind.STRING:
        return js.json_stringify(str(value)) or ""
    if kind is js.Kind.BIGINT:
        return f"{int(value)}n"
    if kind is js.Kind.SYMBOL:
        return repr(value)
    if kind is js.Kind.FUNCTION:
        return f"function {realm.get(value, 'name')}/{realm.get(value, 'length')}"
    if not js.is_reference(value):
        return js.string_of(value)
    return show_object(realm, value, depth - 1)


def show_object(realm: js.Realm, value: Any, depth: int) -> str:
    if isinstance(value, BaseException):
        return f"{realm.get(value, 'name')}: {realm.get(value, 'message')}"
    if not depth:
        return "..."
    tag = js.call_method(js.get(realm.prototype(js.spec_of({})), "toString"), "call", value)[8:-1]
    if tag in ("Map", "Set") and js.is_function(js.get(value, js.Symbol.iterator)):
        return f"{tag}({','.join(show(realm, each, depth) for each in js.iterate(value))})"
    if js.is_array(value):
        items = [realm.get(value, i) for i in range(realm.get(value, "length"))]
        inside = f"[{','.join(show(realm, each, depth) for each in items)}]"
        named = [k for k in js.own_keys(value) if isinstance(k, str) and not k.isdecimal()]
        members = ",".join(f"{k}:{show(realm, realm.get(value, k), depth)}" for k in named)
        return f"{inside}{{{members}}}" if members else inside
    if tag == "RegExp" and isinstance(value, js.RegExp):
        return f"{js.string_of(value)} at {show(realm, value.last_index, depth)}"
    if tag == "Date":
        return f"Date {show(realm, js.call_method(value, 'getTime'), depth)}"
    members = [f"{name(k)}:{show(realm, realm.get(value, k), depth)}" for k in js.own_keys(value)]
    return f"{'' if tag == 'Object' else tag}{{{','.join(members)}}}"


def name(key: object) -> str:
    return key if isinstance(key, str) else repr(key)
