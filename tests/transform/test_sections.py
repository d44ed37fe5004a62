"""What becomes of custom sections."""

from __future__ import annotations

import pytest

from unpoison.transform import Options
from unpoison.transform.sections import add_names, edit_customs, make_readable
from unpoison.wasm import (
    Custom,
    Module,
    Names,
    read_producers,
    read_target_features,
    write_producers,
    write_target_features,
)


def edited(custom: Custom, *features: str, options: Options | None = None) -> Custom | None:
    module = Module()
    module.customs = [custom]
    edit_customs(module, features, options or Options(version="1.0"))
    return next(iter(module.customs), None)


@pytest.mark.parametrize(
    "name", [".debug_info", "reloc.CODE", "linking", "__wasm_bindgen_unstable", "sourceMappingURL"]
)
def test_what_is_for_the_linker_or_about_moved_bytes_goes(name: str) -> None:
    assert edited(Custom(name, b"")) is None


def test_a_section_of_somebody_else_stays() -> None:
    assert edited(Custom("somebody", b"\1\2")) == Custom("somebody", b"\1\2")


def test_the_producer_is_named_once_beside_others() -> None:
    before = {"language": [("Rust", "")], "processed-by": [("rustc", "1"), ("unpoison", "0.1")]}
    custom = edited(Custom("producers", write_producers(before)))
    assert custom is not None
    after = read_producers(custom.payload)
    assert after["processed-by"] == [("rustc", "1"), ("unpoison", "1.0")]
    assert after["language"] == [("Rust", "")]


def test_features_that_are_missing_are_added() -> None:
    payload = write_target_features([("+", "multivalue"), ("+", "sign-ext")])
    custom = edited(Custom("target_features", payload), "multivalue", "reference-types")
    assert custom is not None
    found = read_target_features(custom.payload)
    assert found == [("+", "multivalue"), ("+", "reference-types"), ("+", "sign-ext")]


@pytest.mark.parametrize("name", ["producers", "target_features"])
def test_a_broken_section_stays_as_it_is(name: str) -> None:
    assert edited(Custom(name, b"\xff"), "multivalue") == Custom(name, b"\xff")


def test_names_of_added_functions_come_to_those_that_are_there() -> None:
    module = Module()
    module.names = Names(module="m", functions={0: "old"}, locals={0: {0: "x"}}, globals={0: "g"})
    options = Options(readable=str.upper)
    add_names(module, {5: "new"}, options)
    make_readable(module, options)
    assert module.names == Names(module="m", functions={0: "OLD", 5: "NEW"}, globals={0: "g"})


def test_a_module_without_names_gets_none() -> None:
    module = Module()
    add_names(module, {5: "new"}, Options())
    assert module.find_custom("name") is None
