"""What Rust names of its host: classes, methods, statics, namespaces, modules, promises."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

import unpoison

MODULE = Path(__file__).parents[1] / "crates" / "hosted" / "hosted.legacy.wasm"


class Thermometer:
    def __init__(self, place: str) -> None:
        if not place:
            raise ValueError("no place")
        self.place = place

    def measure(self, times: int) -> list[float]:
        return [1.5] * times

    def measureOrFail(self) -> float:  # noqa: N802 - the name that Rust imports
        raise OSError("broken")

    @staticmethod
    def absoluteZero() -> float:  # noqa: N802
        return -273.15


class Tools:
    seen: tuple[object, ...] = ()

    def weigh(self, name: str | None, parts: Any, raw: bytes) -> float | None:
        self.seen = (name, list(parts), raw)
        return None if name is None else sum(parts)


async def later(n: int) -> float:
    await asyncio.sleep(0)
    return n * 2.5


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(MODULE)


def given(**changes: object) -> dict[str, object]:
    return {
        "Thermometer": Thermometer,
        "VERSION": "1.2",
        "lab": {"tools": Tools()},
        "gather": lambda first, *rest: first + sum(rest),
        "pick": lambda words: words[-1] if words else None,
        "measure_later": later,
        "keep": lambda value: value,
        "split": lambda text: text.split(),
        "letter": str.upper,
        "wide": lambda number, _: number,
        "is_odd": lambda number: number % 2 == 1,
        "./lab.js": {"openLab": lambda day: f"day {day}"},
        **changes,
    }


@pytest.fixture
def exports(module: unpoison.Module) -> Any:
    return module.instantiate(given()).exports


def test_a_class_of_the_host_is_constructed_and_read(exports: Any) -> None:
    assert exports.place_of("cellar") == "cellar"


def test_a_failing_constructor_is_the_error_of_the_call(exports: Any) -> None:
    with pytest.raises(ValueError, match="no place"):
        exports.place_of("")


def test_methods_are_called_on_the_object_itself(exports: Any) -> None:
    roof = Thermometer("roof")
    assert exports.mean(roof, 3) == 1.5
    exports.relocate(roof, "attic")
    assert roof.place == "attic"
    with pytest.raises(OSError, match="broken"):
        exports.measured(roof)


def test_instanceof_asks_the_class_that_was_given(exports: Any) -> None:
    assert exports.is_thermometer(Thermometer("here"))
    assert not exports.is_thermometer("here")


def test_static_methods_and_statics_are_found(exports: Any) -> None:
    assert exports.zero() == -273.15
    assert exports.version() == "1.2"


def test_namespaces_are_nested_dicts_or_objects(module: unpoison.Module) -> None:
    tools = Tools()
    exports = module.instantiate(given(lab={"tools": tools})).exports
    assert exports.weighed("a", [1, 2.5]) == 3.5
    assert tools.seen == ("a", [1.0, 2.5], b"\x01\x02\xff")
    assert exports.weighed(None, []) is None
    assert tools.seen == (None, [], b"\x01\x02\xff")


def test_a_variadic_import_gets_its_rest_spread(exports: Any) -> None:
    assert exports.gathered(1, [2, 3]) == 6


def test_vectors_of_strings_cross_both_ways(exports: Any) -> None:
    assert exports.picked(3) == "item 2"
    assert exports.picked(0) is None
    assert exports.split_and_count("ab cde") == 5


def test_small_types_cross_an_import(exports: Any) -> None:
    assert exports.through("é", -(2**63)) == "É -9223372036854775808 true"


def test_a_module_is_given_by_its_specifier(exports: Any) -> None:
    assert exports.opened(3) == "day 3"


def test_a_value_keeps_its_identity_through_rust_and_host(exports: Any) -> None:
    value = object()
    assert exports.kept(value) is value


def test_a_coroutine_is_awaited_where_rust_wants_a_promise(exports: Any) -> None:
    async def main() -> object:
        return await exports.measured_later(4)

    assert asyncio.run(main()) == 10.0


def test_web_sys_prints_to_the_console_logger(
    exports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "unpoison.console"):
        exports.print("hello")
    assert caplog.messages == ["hello"]


def test_a_published_panic_hook_prints_and_the_panic_is_the_same(
    exports: Any, caplog: pytest.LogCaptureFixture
) -> None:
    exports.print_panics()
    with pytest.raises(unpoison.PanicError, match=r"^dropped$"):
        exports.boom("dropped")
    assert "panicked at" in caplog.text
    assert "dropped" in caplog.text


def test_an_import_that_gives_the_wrong_type_fails_its_own_call(module: unpoison.Module) -> None:
    exports = module.instantiate(given(pick=lambda words: 5)).exports
    with pytest.raises(TypeError, match="must be a str"):
        exports.picked(1)
    assert exports.gathered(1, [1]) == 2


def test_one_error_lists_every_import_that_is_missing(module: unpoison.Module) -> None:
    with pytest.raises(unpoison.LinkError) as caught:
        module.instantiate()
    names = {item.name for item in caught.value.missing}
    assert {"Thermometer", "lab.tools.weigh", "./lab.js: openLab", "VERSION"} <= names
    assert "gather: (first: u32, rest: Vec<u32>) -> u32" in str(caught.value)
