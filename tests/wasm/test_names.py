"""The name section and its fellows."""

from __future__ import annotations

import dataclasses

import pytest
import wasmtime

from unpoison.errors import MalformedModule
from unpoison.wasm.module import Module
from unpoison.wasm.names import (
    Names,
    read_names,
    read_producers,
    read_target_features,
    write_names,
    write_producers,
    write_target_features,
)

EVERYTHING = Names(
    module="m",
    functions={0: "f", 200: "g"},
    locals={0: {0: "x", 1: "y"}},
    labels={0: {3: "outer"}},
    types={1: "t"},
    tables={0: "tab"},
    memories={0: "mem"},
    globals={0: "glob"},
    elements={0: "el"},
    datas={0: "dat"},
    fields={2: {0: "fld"}},
    tags={0: "tag"},
    unknown=[(99, b"whatever")],
)


def test_names_are_read_as_they_were_written() -> None:
    assert read_names(write_names(EVERYTHING)) == EVERYTHING


def test_no_names_are_no_bytes() -> None:
    assert write_names(Names()) == b""
    assert read_names(b"") == Names()


def test_names_are_those_that_the_assembler_wrote() -> None:
    text = """(module $m (type $t (func)) (memory $mem 1) (table $tab 1 funcref) (tag $tag)
      (global $glob i32 i32.const 0) (type $s (struct (field $fld i32)))
      (func $f (param $x i32) (local $y i32) (block $outer)) (data $dat "") (elem $el func))"""
    names = Module.parse(wasmtime.wat2wasm(text)).names
    expected = dataclasses.replace(
        EVERYTHING,
        functions={0: "f"},
        labels={0: {0: "outer"}},
        types={0: "t", 1: "s"},
        fields={1: {0: "fld"}},
        unknown=[],
    )
    assert names == expected


@pytest.mark.parametrize(
    "payload",
    [
        "01",
        "01 ff",
        "01 01 01",
        "01 04 01 00 01 ff",
        "01 03 01 00 05",
        "00 03 01 61 00",
        "01 06 ffffffff0f 00",
    ],
)
def test_a_broken_name_section_is_ignored_and_says_so(payload: str) -> None:
    names = read_names(bytes.fromhex(payload), base=0x40)
    assert names.malformed is not None
    assert "name section" in names.malformed
    assert names == Names(malformed=names.malformed)


def test_producers_are_read_as_they_were_written() -> None:
    producers = {"language": [("Rust", "")], "processed-by": [("rustc", "1.96.0"), ("lld", "22")]}
    assert read_producers(write_producers(producers)) == producers


def test_target_features_are_read_as_they_were_written() -> None:
    features = [("+", "exception-handling"), ("-", "atomics")]
    assert read_target_features(write_target_features(features)) == features


@pytest.mark.parametrize("read", [read_producers, read_target_features])
def test_broken_tool_sections_are_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(MalformedModule):
        read(b"\x05\x01")
