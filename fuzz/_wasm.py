"""Random modules, mutations and a runner, shared by the laws of the codec."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from unpoison.wasm import (
    EXTERNREF,
    F64,
    FUNCREF,
    I32,
    I64,
    TABLE,
    V128,
    BlockType,
    Catch,
    Custom,
    Data,
    Element,
    ExternKind,
    FieldType,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    MemArg,
    MemoryType,
    Module,
    Names,
    Op,
    RecGroup,
    SegmentMode,
    StructType,
    SubType,
    TableType,
    ValType,
    i32_expression,
)

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "counter"

Rng = random.Random
VALUE_TYPES = (I32, I64, F64, V128, FUNCREF, EXTERNREF, ValType(0x64, 0), ValType(0x63, 300))


def _signed(rng: Rng, bits: int) -> int:
    return rng.getrandbits(rng.randint(1, bits - 1)) * rng.choice((1, -1))


def _index(rng: Rng) -> int:
    return rng.getrandbits(rng.choice((3, 7, 14, 32)))


def _value_type(rng: Rng) -> ValType:
    return rng.choice(VALUE_TYPES)


def _block_type(rng: Rng) -> BlockType:
    return rng.choice((BlockType(), BlockType(_value_type(rng)), BlockType(None, _index(rng))))


def _memarg(rng: Rng) -> MemArg:
    memory = rng.choice((0, 0, 1, 200))
    return MemArg(rng.randrange(6), rng.getrandbits(rng.choice((3, 31, 64))), memory)


def _catch(rng: Rng) -> Catch:
    kind = rng.randrange(4)
    return Catch(kind, _index(rng) if kind < 2 else None, _index(rng))


def _many(rng: Rng, make: Callable[[Rng], Any], most: int = 5) -> tuple[Any, ...]:
    return tuple(make(rng) for _ in range(rng.randint(0, most)))


IMMEDIATE_MAKERS: dict[str, Callable[[Rng], Any]] = {
    "s32": lambda rng: _signed(rng, 32),
    "s64": lambda rng: _signed(rng, 64),
    "f32": lambda rng: rng.getrandbits(32),
    "f64": lambda rng: rng.getrandbits(64),
    "v128": lambda rng: rng.getrandbits(128),
    "lane": lambda rng: rng.randrange(32),
    "lanes": lambda rng: rng.randbytes(16),
    "fence": lambda rng: False,
    "block type": _block_type,
    "heap type": lambda rng: rng.choice((-0x10, -0x11, -0x17, _index(rng))),
    "memarg": _memarg,
    "labels": lambda rng: _many(rng, _index, 200),
    "catches": lambda rng: _many(rng, _catch),
    "select types": lambda rng: _many(rng, _value_type, 2),
    "cast flags": lambda rng: rng.randrange(4),
}


def random_instruction(rng: Rng, op: Op) -> tuple[Any, ...]:
    """Give `op` with random immediates, in the form that `assemble` takes."""
    makers = (IMMEDIATE_MAKERS.get(immediate.name, _index) for immediate in op.immediates)
    return (op.name, *(make(rng) for make in makers))


def random_body(rng: Rng, length: int = 30) -> list[tuple[Any, ...]]:
    """Give instructions that the grammar allows; they are not typed."""
    body, depth = [], 1
    for op in rng.choices(TABLE, k=rng.randint(0, length)):
        if depth + op.nesting > 0:
            body.append(random_instruction(rng, op))
            depth += op.nesting
    return [*body, *[("end",)] * depth]


def random_module(rng: Rng) -> Module:
    """Give a module that the grammar allows, with something in every section."""
    module = Module()
    _add_types(module, rng)
    _add_imports(module, rng)
    for _ in range(rng.randint(0, 4)):
        module.add_table(_table_type(rng), rng.choice((None, i32_expression(3))))
        module.add_memory(MemoryType(_limits(rng, memory=True)))
        module.add_tag(FuncType(_many(rng, _value_type)))
        module.add_global(GlobalType(_value_type(rng), rng.random() < 0.5), i32_expression(-7))
        body = FunctionBody.assemble([(rng.randrange(9), I32)], random_body(rng))
        module.add_function(FuncType(_many(rng, _value_type), _many(rng, _value_type)), body)
        module.add_export(_name(rng), rng.choice(list(ExternKind)), _index(rng))
        module.elements = [*module.elements, _element(rng)]
        module.datas = [*module.datas, _data(rng)]
    module.start = rng.choice((None, _index(rng)))
    module.data_count = len(module.datas)
    module.names = Names(_name(rng), {i: _name(rng) for i in range(4)}, {1: {0: _name(rng)}})
    places = (0, 1, 13, 10, 11)
    extra = [Custom(_name(rng), rng.randbytes(9), rng.choice(places)) for _ in range(3)]
    module.customs = [*extra, *module.customs]
    return module


def _add_types(module: Module, rng: Rng) -> None:
    field = FieldType(rng.choice((8, 16, I32, EXTERNREF)), True)
    struct = SubType(StructType((field,) * rng.randrange(4)), (), rng.random() < 0.5)
    recursive = RecGroup((struct, SubType(FuncType((ValType(0x63, 0),))), struct))
    module.types = [recursive, RecGroup((struct,)), RecGroup(())][: rng.randint(0, 3)]


def _add_imports(module: Module, rng: Rng) -> None:
    descs: list[FuncType | TableType | MemoryType | GlobalType] = [
        FuncType(_many(rng, _value_type)),
        _table_type(rng),
        MemoryType(_limits(rng, memory=True)),
        GlobalType(_value_type(rng), True),
    ]
    for desc in rng.sample(descs, rng.randint(0, 4)):
        module.add_import(_name(rng), _name(rng), desc)


def _name(rng: Rng) -> str:
    return "".join(rng.choices("ab_.\u00e9\U0001f980", k=rng.randint(0, 200)))


def _limits(rng: Rng, memory: bool = False) -> Limits:
    wide = rng.random() < 0.3
    bits = 64 if wide else 32
    maximum = rng.choice((None, rng.getrandbits(bits)))
    page = rng.choice((None, 0, 16)) if memory else None
    return Limits(rng.getrandbits(bits), maximum, memory and rng.random() < 0.3, wide, page)


def _table_type(rng: Rng) -> TableType:
    return TableType(rng.choice(VALUE_TYPES[4:]), _limits(rng))


def _element(rng: Rng) -> Element:
    items = rng.choice((_many(rng, _index), (i32_expression(1),), ()))
    mode = rng.choice(list(SegmentMode))
    # Function indices fit a table of functions only, whose type has a form of its own.
    type_ = FUNCREF if items and isinstance(items[0], int) else rng.choice(VALUE_TYPES[4:])
    if mode is SegmentMode.ACTIVE:
        return Element(items, mode, rng.choice((0, 5)), i32_expression(8), type_)
    return Element(items, mode, type=type_)


def _data(rng: Rng) -> Data:
    payload = rng.randbytes(rng.randrange(50))
    if rng.random() < 0.5:
        return Data(payload, SegmentMode.PASSIVE)
    return Data(payload, memory=rng.choice((0, 3)), offset=i32_expression(64))


def mutate(rng: Rng, data: bytes) -> bytes:
    """Give `data` with one to four small faults, most of them near the section headers."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        limit = len(out) if rng.random() < 0.7 else min(len(out), 200)
        at = rng.randrange(limit) if limit else 0
        rng.choice(_FAULTS)(rng, out, at)
    return bytes(out)


def _flip(rng: Rng, out: bytearray, at: int) -> None:
    out[at : at + 1] = bytes([rng.getrandbits(8)])


def _delete(rng: Rng, out: bytearray, at: int) -> None:
    del out[at : at + rng.randint(1, 8)]


def _repeat(rng: Rng, out: bytearray, at: int) -> None:
    out[at:at] = out[at : at + rng.randint(1, 40)]


def _huge(rng: Rng, out: bytearray, at: int) -> None:
    out[at : at + rng.randint(0, 5)] = rng.choice((b"\xff\xff\xff\xff\x0f", b"\xff" * 11))


def _cut(rng: Rng, out: bytearray, at: int) -> None:
    del out[at:]


_FAULTS = (_flip, _flip, _flip, _delete, _repeat, _huge, _cut)


@cache
def real_modules() -> tuple[bytes, ...]:
    """Give the committed modules that rustc made."""
    return tuple(path.read_bytes() for path in sorted(EXAMPLES.glob("*.wasm")))


@cache
def small_real_modules() -> tuple[bytes, ...]:
    """Give rustc's modules with most bodies and data emptied; valid as long as they were."""
    return tuple(map(_shortened, real_modules()))


def _shortened(data: bytes) -> bytes:
    module = Module.parse(data)
    empty = FunctionBody.assemble([], [("unreachable",), ("end",)])
    module.bodies = [body if i % 20 == 0 else empty for i, body in enumerate(module.bodies)]
    module.datas = [replace(each, payload=each.payload[:50]) for each in module.datas]
    module.customs = []
    return module.emit()


def main(check: Callable[[int], object]) -> None:
    """Run a law for CASES seeds from FIRST on: `python -m fuzz.LAW [CASES [FIRST]]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    options = parser.parse_args()
    cases, first = options.cases, options.first
    started = time.monotonic()
    for seed in range(first, first + cases):
        try:
            check(seed)
        except BaseException:
            print(f"seed {seed}")
            raise
    print(f"{cases} cases held in {time.monotonic() - started:.1f} s")
