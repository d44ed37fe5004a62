"""The types crate for tests: one instance per build, whose host gives back what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import unpoison

BUILDS = ("legacy", "exnref", "abort")
CRATE = Path(__file__).resolve().parent.parent / "crates" / "types"

PASSES = (
    "i8", "u8", "u32", "i64", "u64", "f32", "f64", "bool", "char", "string", "value", "color",
    "mode", "point", "vec_u8", "vec_f64", "vec_string", "option_u32", "option_u64", "option_f64",
    "option_bool", "option_string", "option_value", "option_color", "option_mode", "option_point",
    "option_vec_f32",
)  # fmt: skip
"""The names `pass_*` of the host's functions, each with its `through_*`."""


@cache
def types_module(build: str) -> unpoison.Module:
    """Give the module of one build."""
    return unpoison.Module.read(CRATE / f"types.{build}.wasm")


class Host:
    """The object `host`: what it returns can be chosen; what it was given is kept in `seen`."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self._answers: list[Any] = []
        self.look: Any = lambda text, numbers, value: len(text)
        self.risky_string: Any = lambda text: text
        self.risky_i64: Any = lambda number: number
        for name in PASSES:
            setattr(self, f"pass_{name}", self._pass)

    def _pass(self, value: Any) -> Any:
        self.seen.append(value)
        return self._answers.pop() if self._answers else value

    @contextmanager
    def answering(self, value: Any) -> Iterator[None]:
        """Make the next call give this value."""
        self._answers.append(value)
        try:
            yield
        finally:
            self._answers.clear()


def load_types(build: str = "exnref") -> SimpleNamespace:
    """Give `exports`, `host` and `instance` of a fresh instance."""
    host = Host()
    imports = {
        "host": host,
        "twice": lambda number: 2 * number,
        "./env.js": {"module_twice": lambda number: 2 * number},
    }
    instance = types_module(build).instantiate(imports)
    return SimpleNamespace(exports=instance.exports, host=host, instance=instance)
