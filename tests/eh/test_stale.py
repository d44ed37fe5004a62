"""Custom sections after a translation: right, or gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.eh.flat_text import assemble
from unpoison.eh import Dialect, dialect_of, to_exnref
from unpoison.wasm import Custom, Module, Names, write_names

COUNTER = Path(__file__).resolve().parents[2] / "examples" / "counter"
TEXT = """
    func changed i32 ->
      local i64
      try
      catch_all
        rethrow 0
      end
    func kept ->
      block
      end
"""
STALE = (
    ".debug_info",
    ".debug_line",
    "sourceMappingURL",
    "external_debug_info",
    "build_id",
    "metadata.code.branch_hint",
    "reloc.CODE",
    "linking",
)
KEPT = ("producers", "target_features", "__wasm_bindgen_unstable", "dylink.0", "my.debug_", "")


def translated(*customs: Custom) -> Module:
    module = Module.parse(assemble(TEXT))
    module.customs = customs
    return Module.parse(to_exnref(module.emit()))


@pytest.mark.parametrize("name", STALE)
def test_sections_that_count_bytes_of_code_are_dropped(name: str) -> None:
    assert translated(Custom(name, b"\0" * 9)).find_custom(name) is None


@pytest.mark.parametrize("name", KEPT)
def test_other_sections_stay_as_they_are(name: str) -> None:
    section = translated(Custom(name, b"payload", after=1)).find_custom(name)
    assert section == Custom(name, b"payload", after=1)


def test_names_stay_right_and_label_names_of_changed_functions_go() -> None:
    names = Names("module", {0: "changed", 1: "kept"}, {0: {0: "number", 1: "wide"}})
    names.labels = {0: {0: "the try"}, 1: {0: "the block"}}
    names.tags = {0: "empty"}
    after = translated(Custom("name", write_names(names))).names
    assert after.labels == {1: {0: "the block"}}
    names.labels = after.labels
    assert after == names


def test_names_without_labels_stay_as_they_came() -> None:
    section = Custom("name", write_names(Names(functions={0: "changed"})), after=10)
    assert translated(section).find_custom("name") == section


def test_a_name_section_that_cannot_be_read_is_dropped() -> None:
    assert translated(Custom("name", b"\3\x99")).find_custom("name") is None


def test_the_counter_is_translated_and_keeps_its_names() -> None:
    legacy = (COUNTER / "counter.legacy.wasm").read_bytes()
    assert dialect_of(legacy) is Dialect.LEGACY
    result = to_exnref(legacy)
    assert dialect_of(result) is Dialect.EXNREF
    assert to_exnref(result) is result
    before, after = Module.parse(legacy), Module.parse(result)
    assert after.names == before.names
    assert len(result) < 1.05 * len(legacy)


@pytest.mark.parametrize(("name", "dialect"), [("exnref", "EXNREF"), ("abort", "NONE")])
def test_the_other_counters_come_back_as_they_are(name: str, dialect: str) -> None:
    wasm = (COUNTER / f"counter.{name}.wasm").read_bytes()
    assert dialect_of(wasm) is Dialect[dialect]
    assert to_exnref(wasm) is wasm
