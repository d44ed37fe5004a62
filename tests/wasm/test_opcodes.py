"""The table: every row, against itself and against wasmtime's assembler."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterable

import pytest
import wasmtime

from fuzz._wasm import random_instruction
from unpoison.wasm.code import assemble, read_instructions
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.module import Module
from unpoison.wasm.opcodes import BY_CODE, BY_NAME, TABLE, Op

every_row = pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)

# How the text format writes immediates; empty for those that may be left out.
TEXT = {
    "s32": "-7",
    "s64": "-7",
    "f32": "1.5",
    "f64": "1.5",
    "v128": "i64x2 1 2",
    "lane": "1",
    "lanes": " ".join(map(str, range(16))),
    "block type": "(result i32)",
    "heap type": "func",
    "memarg": "offset=16",
    "labels": "0 0",
    "catches": "(catch_all 0)",
    "select types": "(result i32)",
    "cast flags": "",
    "fence": "",
}
WITHIN_BLOCKS = {"end", "else", "catch", "catch_all", "delegate"}
REFERENCES = {"ref.test", "ref.cast", "ref.test_null", "ref.cast_null"}


def test_codes_and_names_are_unique() -> None:
    assert len(BY_CODE) == len(BY_NAME) == len(TABLE) == 575


@every_row
def test_a_row_reads_what_it_wrote(op: Op) -> None:
    rng = random.Random(op.code)
    for _ in range(10):
        instruction = random_instruction(rng, op)
        encoded = assemble([instruction])
        cursor = Cursor(encoded)
        # Read through the row itself, then through the decoder and its shortcuts.
        cursor.position = len(op.encoding)
        values = tuple(immediate.read(cursor) for immediate in op.immediates)
        assert ((op.name, *values), cursor.remaining) == (instruction, 0)
        closed = encoded + b"\x0b" * (1 + op.nesting)
        first = next(read_instructions(Cursor(closed)))
        assert (first.op, first.immediates, first.end) == (op, values, len(encoded))


@pytest.mark.parametrize(
    "op", [op for op in TABLE if op.name not in WITHIN_BLOCKS], ids=lambda op: op.name
)
def test_a_row_agrees_with_the_assembler(op: Op) -> None:
    assert op in _ops_of(_text_of(op))


def test_the_rows_that_close_blocks_agree_with_the_assembler() -> None:
    text = "try catch 0 catch_all end try delegate 0 i32.const 1 if else end"
    assert [op.name for op in _ops_of(text)] == [
        *["try", "catch", "catch_all", "end", "try", "delegate"],
        *["i32.const", "if", "else", "end", "end"],
    ]


@pytest.mark.parametrize(
    ("name", "nesting"),
    [("block", 1), ("try_table", 1), ("try", 1), ("end", -1), ("delegate", -1), ("catch", 0)],
)
def test_nesting(name: str, nesting: int) -> None:
    assert BY_NAME[name].nesting == nesting


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("nop", ()),
        ("call", ("leb",)),
        ("call_indirect", ("leb", "leb")),
        ("f64.const", (8,)),
        ("v128.load8_lane", ("", 1)),
        ("br_on_cast", (1, "leb", "leb", "leb")),
    ],
)
def test_shapes_tell_how_long_immediates_are(name: str, shapes: Iterable[str | int]) -> None:
    assert BY_NAME[name].shapes == shapes


def test_a_row_keeps_its_identity_through_pickling() -> None:
    assert pickle.loads(pickle.dumps(BY_NAME["i8x16.relaxed_swizzle"])) is BY_CODE[0xFD0100]


def _text_of(op: Op) -> str:
    name = op.name.removesuffix("_t") if op.name == "select_t" else op.name
    if op.name in REFERENCES:
        null = "null " if name.endswith("_null") else ""
        return f"{name.removesuffix('_null')} (ref {null}func)"
    if op.name.endswith("call_indirect"):
        return f"{name} (type 0)"
    if op.name.startswith("br_on_cast"):
        return f"{name} 0 anyref eqref"
    if op.name in ("memory.init", "table.init"):
        return f"{name} 0"
    words = [name, *(TEXT.get(immediate.name, "0") for immediate in op.immediates)]
    return " ".join([*words, "end"] if op.nesting > 0 else words)


def _ops_of(text: str) -> list[Op]:
    module = Module.parse(
        wasmtime.wat2wasm(f"(module (memory 1) (table 1 funcref) (type (func)) (func {text}))")
    )
    return [each.op for each in module.bodies[0].instructions()]
