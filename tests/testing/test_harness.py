"""A binary whose harness is missing or of another form is refused by name, before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.testing.conftest import Runner
from unpoison import Module
from unpoison.bindgen import Interface
from unpoison.errors import UnsupportedModule
from unpoison.testing import Case, find_cases
from unpoison.testing.harness import check_harness
from unpoison.wasm import I64, FuncType
from unpoison.wasm import Module as WasmModule

RAW = Path(__file__).parents[1] / "crates" / "raw" / "raw.legacy.wasm"


@pytest.fixture
def interface(binaries: dict[str, Path]) -> Interface:
    return Module.read(binaries["unwind"]).interface


@pytest.fixture
def cases(binaries: dict[str, Path]) -> tuple[Case, ...]:
    return find_cases(WasmModule.parse(binaries["unwind"].read_bytes()))


def test_the_harness_of_a_real_binary_is_as_it_must_be(
    interface: Interface, cases: tuple[Case, ...]
) -> None:
    assert len(cases) > 30
    check_harness(interface, cases)


def without_class(interface: Interface) -> Interface:
    return replace(interface, classes=())


def without_run(interface: Interface) -> Interface:
    (context,) = interface.classes
    members = tuple(member for member in context.members if member.name != "run")
    return replace(interface, classes=(replace(context, members=members),))


def with_another_run(interface: Interface) -> Interface:
    (context,) = interface.classes
    members = tuple(replace(m, params=()) if m.name == "run" else m for m in context.members)
    return replace(interface, classes=(replace(context, members=members),))


def with_unsupported_run(interface: Interface) -> Interface:
    (context,) = interface.classes
    members = tuple(
        replace(m, unsupported=("T", "no")) if m.name == "run" else m for m in context.members
    )
    return replace(interface, classes=(replace(context, members=members),))


def without_console(interface: Interface) -> Interface:
    return replace(interface, functions=())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_class, "WasmBindgenTestContext with new"),
        (without_run, "WasmBindgenTestContext with run"),
        (with_another_run, "WasmBindgenTestContext with run, of 1 parameter"),
        (with_unsupported_run, "WasmBindgenTestContext with run"),
        (without_console, "__wbgtest_console_debug"),
    ],
)
def test_what_is_missing_is_named(
    interface: Interface, change: Callable[[Interface], Interface], words: str
) -> None:
    with pytest.raises(UnsupportedModule, match=words):
        check_harness(change(interface), ())


def test_a_test_is_a_function_of_one_address(interface: Interface) -> None:
    case = Case("t", "__wbgt__a::t", ignored=False)
    with pytest.raises(UnsupportedModule, match="__wbgt__a::t is no test"):
        check_harness(interface, [case])
    other = replace(interface, raw_exports={case.export: FuncType((I64,), ())})
    with pytest.raises(UnsupportedModule, match="__wbgt__a::t is no test"):
        check_harness(other, [case])


def test_a_module_that_only_looks_like_a_test_binary_is_refused(
    test_runner: Runner, tmp_path: Path
) -> None:
    module = WasmModule.parse(RAW.read_bytes())
    function = next(item for item in module.exports if item.kind.name == "FUNCTION")
    module.add_export("__wbgt__raw::looks_like_a_test", function.kind, function.index)
    path = tmp_path / "fake.wasm"
    path.write_bytes(module.emit())
    ran = test_runner(path)
    assert ran.code == 1
    assert "WasmBindgenTestContext" in ran.err
