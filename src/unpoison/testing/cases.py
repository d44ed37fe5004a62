"""The tests of a binary, by the names of its exports, and which of them are to run. Pure.

Source: `wasm-bindgen-test-macro` src/lib.rs (the names), `wasm-bindgen-cli`
src/wasm_bindgen_test_runner.rs (the filters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from unpoison.wasm import ExternKind, Module

_TEST = "__wbgt_"
_BENCH = "__wbgb_"
_IGNORED = "$"
_NAME = re.compile(r"(?P<marks>[^_]*)_.*?::(?P<name>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    """One test: `name` as it is shown, `export` as Wasm has it, `ignored` when `#[ignore]` is."""

    name: str
    export: str
    ignored: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tests run: those that contain `filter` and none of `skip`, or equal them if `exact`.

    `only_ignored` takes those with `#[ignore]` alone.
    """

    filter: str | None = None
    skip: tuple[str, ...] = ()
    exact: bool = False
    only_ignored: bool = False

    def takes(self, case: Case) -> bool:
        """Tell whether a test is to run (or, when it is ignored, to be shown as such)."""
        if self.filter is not None and not self._matches(case, self.filter):
            return False
        if any(self._matches(case, skipped) for skipped in self.skip):
            return False
        return case.ignored or not self.only_ignored

    def _matches(self, case: Case, text: str) -> bool:
        return case.name == text if self.exact else text in case.name


def find_cases(module: Module, *, benches: bool = False) -> tuple[Case, ...]:
    """Give the tests of a binary, or its benchmarks, in the order of their exports."""
    names = [item.name for item in module.exports if item.kind is ExternKind.FUNCTION]
    return tuple(_cases(names, _BENCH if benches else _TEST))


def _cases(exports: Iterable[str], prefix: str) -> Iterable[Case]:
    for export in exports:
        parts = _NAME.fullmatch(export.removeprefix(prefix))
        if export.startswith(prefix) and parts is not None:
            yield Case(parts["name"], export, _IGNORED in parts["marks"])
