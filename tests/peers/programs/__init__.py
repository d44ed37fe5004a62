"""JavaScript programs that use what a module exports: on the CLI's glue, and on unpoison.

A program is the body of a function that returns `{imports, cases}`: what the guest finds in its
global object, and functions that get the exports. `runner.mjs` runs it under Node; here it runs in
the realm of an instance, so that exports and imports are used as JavaScript uses them.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import unpoison
from tests.peers.replay import ARRAYS, normal_error
from tests.script import Interpreter
from unpoison import js

HERE = Path(__file__).parent
CRATES = HERE.parents[1] / "crates"
PROGRAMS = ("buffers", "classes", "closures", "odd", "rare", "serded", "texts", "webby")
"""The crates that have a program."""

RECORDED = HERE / "recorded.json"
"""By crate: what Node gave, and of which module."""

ACCEPTED = HERE / "accepted.json"
"""By crate and case: what unpoison gives where it differs, for a reason in `differences.py`."""

PATIENCE = 5.0
"""Seconds after which a promise counts as pending for ever."""

Seen = list[list[Any]]


def read_module(crate: str) -> unpoison.Module:
    """The module on which the program of a crate runs."""
    return unpoison.Module.read(module_path(crate))


def module_path(crate: str) -> Path:
    """The build that both sides run."""
    return CRATES / crate / f"{crate}.legacy.wasm"


def program_text(crate: str) -> str:
    """The program of a crate."""
    return (HERE / f"{crate}.js").read_text(encoding="utf-8")


class Run:
    """One case on a fresh instance; `seen` is what was noted, in normal form."""

    def __init__(self, module: unpoison.Module, text: str, names: list[str]) -> None:
        self.seen: Seen = []
        self._text = text
        self._made: Any = None
        rows = {name: js.RealmValue(self._row(name)) for name in names}
        print_line = lambda *texts: self.seen.append(["log", " ".join(texts)])  # noqa: E731
        console = {"console": {"log": print_line, "error": print_line}}
        self._instance = module.instantiate(console, globals=rows)
        self._realm = self._instance.realm

    def play(self, case: str) -> Seen:
        """Run a case to its end."""
        with self._instance:
            asyncio.run(self._play(case))
        return self.seen

    async def _play(self, case: str) -> None:
        cases = self._realm.get(self._program(self._realm), "cases")
        try:
            result = self._realm.call_method(cases, case, self._instance.exports)
            if isinstance(result, js.Promise):
                await asyncio.wait_for(result, PATIENCE)
        except Exception as error:  # noqa: BLE001 - every error is an observation
            self._fail(error)

    def _row(self, name: str) -> Callable[[Any], object]:
        return lambda realm: realm.get(realm.get(self._program(realm), "imports"), name)

    def _program(self, realm: js.Realm) -> Any:
        if self._made is None:
            names = {"see": self._see, "attempt": self._attempt}
            self._made = Interpreter(realm, names).run_body(self._text)
        return self._made

    def _see(self, *values: Any) -> None:
        self.seen.append(["seen", *map(self._encode, values)])

    def _attempt(self, work: Any) -> Any:
        try:
            result = js.invoke(work, None)
            if isinstance(result, js.Promise):
                return result.then(self._note, lambda why: self._fail(js.as_exception(why)))
            self._note(result)
        except Exception as error:  # noqa: BLE001 - every error is an observation
            self._fail(error)

    def _note(self, value: Any) -> None:
        self.seen.append(["value", self._encode(value)])

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, unpoison.ThrownValue):
            self.seen.append(["thrown value", self._encode(error.value)])
        else:
            assert isinstance(error, Exception)
            self.seen.append(normal_error(error))

    def _encode(self, value: Any) -> Any:
        return encode(self._realm, value, 4)


def case_names(text: str) -> list[str]:
    """The cases of a program, in order."""
    return _names(text, "cases")


def import_names(text: str) -> list[str]:
    """What a program gives to the guest."""
    return _names(text, "imports")


def _names(text: str, part: str) -> list[str]:
    realm = js.make_realm(js.PromiseRealm(js.MicrotaskQueue(print)))
    made = Interpreter(realm, {"see": None, "attempt": None}).run_body(text)
    return [str(key) for key in js.own_keys(js.get(made, part))]


def encode(realm: js.Realm, value: Any, depth: int) -> Any:
    """A value as `runner.mjs` writes it, with 64-bit numbers as plain ones."""
    if value is None:
        return {"undefined": True}
    if value is js.null:
        return {"null": True}
    if isinstance(value, js.Symbol):
        return {"symbol": value.description}
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return str(value)
    return {"function": True} if js.is_function(value) else _encode_object(realm, value, depth - 1)


def _number(value: float) -> Any:
    text = js.number_to_string(value)
    if value == 0 and str(value) == "-0.0":
        return {"number": "-0"}
    if text in ("NaN", "Infinity", "-Infinity"):
        return {"number": text}
    return int(value) if value.is_integer() else value


def _encode_object(realm: js.Realm, value: Any, depth: int) -> Any:
    if isinstance(value, BaseException):
        return {"error": [js.error_name(value), js.error_message(value)]}
    if isinstance(value, bytes):
        return {"array": ["Uint8Array", list(value)]}
    if isinstance(value, array):
        return {"array": [ARRAYS[value.typecode], [encode(realm, item, depth) for item in value]]}
    if isinstance(value, unpoison.runtime.GuestView):
        return _encode_object(realm, value[:], depth)
    if isinstance(value, js.TypedArray):
        name = js.spec_of(value).name.replace("Clamped", "")
        return {"array": [name, [encode(realm, item, depth) for item in value]]}
    if isinstance(value, list):
        return [encode(realm, item, depth) for item in value] if depth else "..."
    name = getattr(realm.get(value, "constructor"), "__name__", "null")
    if isinstance(value, dict) and name == "Object":
        if not depth:
            return "..."
        return {"fields": {key: encode(realm, value[key], depth) for key in js.own_keys(value)}}
    return {"object": name}
