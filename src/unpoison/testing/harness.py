"""What a test binary must have: the harness of wasm-bindgen-test, and tests of its form. Pure.

Source: `wasm-bindgen-test` src/rt/mod.rs; `wasm-bindgen-test-macro` src/lib.rs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from unpoison.bindgen import Export, ExportKind, Interface
from unpoison.errors import UnsupportedModule
from unpoison.testing.cases import Case
from unpoison.testing.console import METHODS
from unpoison.wasm import I32, FuncType

CONTEXT: Final = "WasmBindgenTestContext"
"""The class that runs tests."""

_TEST: Final = FuncType((I32,), ())
_MEMBERS: Final[Mapping[str, int]] = {"new": 1, "include_ignored": 1, "run": 1}
_FUNCTIONS: Final[Mapping[str, int]] = {
    **{f"__wbgtest_console_{method}": 1 for method in METHODS},
    "__wbgtest_cov_dump": 0,
    "__wbgtest_module_signature": 0,
    "__wbgtest_coverage_path": 4,
    "__wbgbench_import": 1,
    "__wbgbench_dump": 0,
}
_ADVICE = "build the tests with wasm-bindgen-test 0.3.80"


def check_harness(interface: Interface, cases: Iterable[Case]) -> None:
    """Raise UnsupportedModule for what a binary lacks, or has in another form than it must."""
    members = [m for cls in interface.classes if cls.name == CONTEXT for m in cls.members]
    _check(f"the class {CONTEXT} with", _MEMBERS, _named(members))
    _check("the function", _FUNCTIONS, _named(interface.functions))
    for case in cases:
        if interface.raw_exports.get(case.export) != _TEST:
            raise UnsupportedModule(f"the export {case.export} is no test", advice=_ADVICE)


def _named(exports: Iterable[Export]) -> dict[str, int]:
    """Give the number of parameters of each export that can be called."""
    return {
        "new" if export.kind is ExportKind.CONSTRUCTOR else export.name: len(export.params)
        for export in exports
        if export.unsupported is None
    }


def _check(what: str, wanted: Mapping[str, int], found: Mapping[str, int]) -> None:
    for name, params in wanted.items():
        if found.get(name) != params:
            message = f"a test binary must export {what} {name}, of {params} parameter(s)"
            raise UnsupportedModule(message, advice=_ADVICE)
