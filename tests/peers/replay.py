"""Plays the scenarios of `scenarios.json` on unpoison; `record.mjs` plays them on the JS glue."""

from __future__ import annotations

import json
import keyword
from array import array
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

import unpoison
from tests.peers.record import CRATES, HERE
from unpoison import js

Scenario = dict[str, Any]
Behaviour = dict[str, Any]
Seen = list[list[Any]]

ARRAYS = {
    "b": "Int8Array",
    "B": "Uint8Array",
    "h": "Int16Array",
    "H": "Uint16Array",
    "i": "Int32Array",
    "I": "Uint32Array",
    "q": "BigInt64Array",
    "Q": "BigUint64Array",
    "f": "Float32Array",
    "d": "Float64Array",
}
_TYPECODES = {name: code for code, name in ARRAYS.items()}


def scenarios(crate: str) -> list[Scenario]:
    """The scenarios of one crate, in order."""
    entries = json.loads((HERE / "scenarios.json").read_text(encoding="utf-8"))
    return [one for one in entries if "name" in one and one.get("crate", "counter") == crate]


def read_module(crate: str, build: str) -> unpoison.Module:
    """One build of one crate, ready."""
    return unpoison.Module.read(Path(CRATES[crate]) / f"{crate}.{build}.wasm")


def replay(module: unpoison.Module, scenario: Scenario) -> Seen:
    """Play one scenario on a fresh instance; give what was seen, in normal form."""
    return Player(module, scenario).run()


class Player:
    """One scenario on one instance."""

    def __init__(self, module: unpoison.Module, scenario: Scenario) -> None:
        self._seen: Seen = []
        self._variables: dict[str, Any] = {}
        self._given: dict[str, Behaviour] = scenario.get("imports", {})
        self._steps = scenario["steps"]
        self._instance = module.instantiate(self._imports())
        self._verbs: dict[str, Callable[..., Any]] = {
            "call": self._call,
            "await": lambda path, *values: self._call(path, *values).result(),
            "let": lambda name, path, *values: self._keep(name, self._call(path, *values)),
            "new": lambda name, path, *values: self._keep(name, self._call(path, *values)),
            "letm": lambda name, *rest: self._keep(name, self._method(*rest)),
            "method": self._method,
            "get": lambda name, member: getattr(self._variables[name], member),
            "set": lambda name, member, v: setattr(self._variables[name], member, self.decode(v)),
            "free": lambda name: self._variables[name].free(),
            "invoke": lambda name, *values: self._variables[name](*map(self.decode, values)),
        }

    def run(self) -> Seen:
        """Play every step."""
        with self._instance:
            for step in self._steps:
                self._observe(step)
        return self._seen

    def _observe(self, step: list[Any]) -> BaseException | None:
        try:
            self._seen.append(["value", self.show(self._perform(step))])
        except Exception as error:  # noqa: BLE001 - every error is an observation
            self._seen.append(normal_error(error))
            return error
        return None

    def show(self, value: Any) -> Any:
        """A value as the record writes it, in normal form."""
        return encode(value)

    def _perform(self, step: list[Any]) -> Any:
        verb, *rest = step
        return self._verbs[verb](*rest)

    def _call(self, path: str, *values: Any) -> Any:
        member = self._instance.exports
        for name in path.split("."):
            member = getattr(member, f"{name}_" if keyword.iskeyword(name) else name)
        return member(*map(self.decode, values))

    def _method(self, name: str, method: str, *values: Any) -> Any:
        member = f"{method}_" if keyword.iskeyword(method) else method
        return getattr(self._variables[name], member)(*map(self.decode, values))

    def _keep(self, name: str, value: Any) -> Any:
        self._variables[name] = value
        return value

    def behave(self, behaviour: Behaviour, values: tuple[Any, ...]) -> Any:
        """Do what a host function does: run steps, keep its argument, throw, or return."""
        for step in behaviour.get("steps", ()):
            error = self._observe(step)
            if error is not None and not behaviour.get("swallow"):
                raise error
        if "keep" in behaviour:
            self._keep(behaviour["keep"], values[0])
        if "throw" in behaviour:
            raise _host_error(*behaviour["throw"])
        if "throw_value" in behaviour:
            raise unpoison.ThrownValue(behaviour["throw_value"])
        return behaviour["return"] if "return" in behaviour else values[0]

    def _host(self, name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def function(*values: Any) -> Any:
            return self.behave(self._given[name], values) if name in self._given else usual(*values)

        return function

    def _imports(self) -> dict[str, Any]:
        print_line = lambda *texts: self._seen.append(["log", " ".join(texts)])  # noqa: E731
        return {
            "risky": self._host("risky", _same),
            "reenter": self._host("reenter", _same),
            "thrower": self._host("thrower", lambda: None),
            "apply": self._host("apply", lambda function, n: function(n)),
            "apply_mut": self._host("apply_mut", lambda function, n: function(n)),
            "env": {
                "raw_hook": self._host("raw_hook", _same),
                "raw_plain": lambda n, factor: n * factor,
            },
            "console": {"log": print_line, "error": print_line},
            "twice": lambda n: 2 * n,
            "./env.js": {"module_twice": lambda n: 2 * n},
            "host": _Host(self._host),
        }

    def variable(self, name: str) -> Any:
        """What a step kept under this name."""
        return self._variables[name]

    def decode(self, value: Any) -> Any:
        """A value of the scenario file as Python gives it."""
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        kind, content = next(iter(value.items()))
        return _DECODERS[kind](self, content)


_DECODERS: dict[str, Callable[[Player, Any], Any]] = {
    "var": lambda player, name: player.variable(name),
    "undefined": lambda player, _: None,
    "null": lambda player, _: js.null,
    "number": lambda player, text: float(text.replace("Infinity", "inf")),
    "bigint": lambda player, text: int(text),
    "array": lambda player, content: array(_TYPECODES[content[0]], content[1]),
    "function": lambda player, behaviour: lambda *values: player.behave(behaviour, values),
}


class _Host:
    """The object that the crate `types` imports: every function gives its argument back."""

    def __init__(self, make: Callable[[str, Callable[..., Any]], Callable[..., Any]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._make(f"host.{name}", _look if name == "look" else _same)


def _same(value: Any) -> Any:
    return value


def _look(text: str, numbers: Any, value: Any) -> int:
    return len(text) + len(numbers)


def _host_error(name: str, message: str) -> Exception:
    kind: type[Exception] = type(name, (Exception,), {})
    return kind(message)


def encode(value: Any) -> Any:
    """A value as the record writes it, in normal form."""
    if value is None or value is js.null:
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, bytes):
        return {"array": ["Uint8Array", list(value)]}
    if isinstance(value, array):
        return {"array": [ARRAYS[value.typecode], [encode(item) for item in value]]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, (bool, int, str)):
        return value
    return {"function": True} if callable(value) else {"object": type(value).__name__}


def _number(value: float) -> Any:
    if value != value or value in (float("inf"), float("-inf")):
        return {"number": str(value).replace("inf", "Infinity").replace("nan", "NaN")}
    return int(value) if value.is_integer() else value


def normal_error(error: Exception) -> list[Any]:
    """What an error of unpoison says, in normal form."""
    match error:
        case unpoison.PanicError():
            return ["panic", error.message]
        case unpoison.AbortError():
            return ["abort", error.reason.value]
        case unpoison.TerminatedError():
            return ["terminated"]
        case unpoison.StaleHandleError():
            return ["stale"]
        case unpoison.BorrowError():
            return ["borrow"]
        case unpoison.ThrownValue():
            return ["thrown value", encode(error.value)]
        case js.Error():
            return ["thrown", error.name, error.message]
        case TypeError() | ValueError() | OverflowError() | unpoison.UnpoisonError():
            return ["refused", type(error).__name__]
        case _:
            return ["thrown", type(error).__name__, str(error)]
