"""Where a body names functions and tags, and which integers in it take more bytes than they need.

A linker leaves each integer that it filled in (indices of functions, globals and types, addresses)
in five bytes; they are a tenth of rustc's code. All are found in one pass of a pattern, without
decoding what is between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from unpoison.wasm.body import FunctionBody
from unpoison.wasm.code import Instruction, read_instructions
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.immediates import CATCH_ALL, FUNCTION, MEMARG, TAG, Immediate
from unpoison.wasm.leb128 import encode_signed, encode_unsigned, read_unsigned
from unpoison.wasm.opcodes import BY_NAME, TABLE, Op
from unpoison.wasm.patterns import (
    ALIGNMENT,
    BLOCK_TYPE,
    PADDED_U32,
    U32,
    UNPADDED,
    any_byte,
    any_of,
    is_straight_line,
    nesting,
    run_of,
    straight_line,
)

_FUNCTION, _TAG, _INDICES, _CONSTANT, _MEMARG, _OTHER, _CUT = range(1, 8)
_EXNREF_RESULT = rb"\x69"  # the block type that BLOCK_TYPE leaves out
_TRY_TABLE = BY_NAME["try_table"]
_MAX_CATCHES = 4  # clauses of a try_table that a pattern still takes


class Operand(NamedTuple):
    """Bytes of a body that can be written anew: their range, and how they are in short.

    `function` is the index of a function that they stand for, `tag` of a tag; both are None for
    anything else.
    """

    start: int
    end: int
    short: bytes
    function: int | None = None
    tag: int | None = None


def read_operands(body: FunctionBody) -> list[Operand]:
    """Give each place that names a function or tag, and each integer that a linker padded.

    They are in order.

    Raises MalformedModule for an instruction that does not exist or that the body's end cuts.
    """
    found: list[Operand] = []
    position: int | None = body.code_start
    while position is not None:
        position = _scan(body, position, found)
    return found


def rewrite_operands(
    body: FunctionBody,
    operands: Iterable[Operand],
    functions: Mapping[int, bytes],
    tags: Mapping[int, bytes] | None = None,
) -> FunctionBody:
    """Give the body with its operands in short and `functions` (encoded) instead of the indices.

    Tags keep their indices unless `tags` are given.
    """
    data, position = body.data, body.start
    parts: list[bytes] = []
    for start, end, short, function, tag in operands:
        parts.append(data[position:start])
        if function is not None:
            parts.append(functions[function])
        else:
            parts.append(short if tag is None or tags is None else tags[tag])
        position = end
    parts.append(data[position : body.end])
    return FunctionBody(b"".join(parts)) if len(parts) > 1 else body


def _scan(body: FunctionBody, position: int, found: list[Operand]) -> int | None:
    """Scan up to something rare, and give where to go on after it; None at the end."""
    data = body.data
    for match in _places().finditer(data, position, body.end):
        kind = match.lastindex
        if kind == _OTHER:
            return _read_other(body, match.start(kind), found)
        if kind is None or kind == _CUT:
            break
        start, end = match.start(kind) + 1, match.end()
        raw = data[start:end]
        if kind == _FUNCTION:
            found.append(Operand(start, end, *_index(raw)))
        elif kind == _TAG:
            short, tag = _index(raw)
            found.append(Operand(start, end, short, None, tag))
        elif kind == _INDICES:
            found.append(Operand(start, end, _short_indices(raw)))
        elif kind == _CONSTANT:
            found.append(Operand(start, end, _short_constant(raw)))
        else:
            found.append(Operand(start + 1, end, _short_indices(raw[1:])))
    return None


def _read_other(body: FunctionBody, position: int, found: list[Operand]) -> int:
    """Read one instruction with the codec; what names a function is never rare."""
    cursor = Cursor(body.data, position, body.end, where=body.cursor().where)
    instruction: Instruction = next(read_instructions(cursor))
    assert FUNCTION not in instruction.op.immediates
    if instruction.op is _TRY_TABLE:
        found.extend(_tags_of_clauses(instruction, cursor))
    return instruction.end


def _tags_of_clauses(instruction: Instruction, cursor: Cursor) -> Iterator[Operand]:
    cursor.position = instruction.start + 1
    instruction.op.immediates[0].read(cursor)
    for _ in range(cursor.read_u32()):
        kind = cursor.read_u8()
        start = cursor.position
        index = cursor.read_u32()
        if kind < CATCH_ALL:
            yield Operand(start, cursor.position, encode_unsigned(index), None, index)
            cursor.read_u32()


@cache
def _places() -> re.Pattern[bytes]:
    """A run of instructions without operands, then one with some; OTHER is for the codec."""
    kept = [op for op in TABLE if not _names(op)]
    run = [
        *straight_line(UNPADDED, kept),
        *nesting(),
        *_exception_handling(),
    ]
    groups = (
        _with_immediates((FUNCTION,)) + U32,
        _with_immediates((TAG,)) + U32,
        b"|".join(_indices()),
        any_of(["i32.const"]) + PADDED_U32,
        _with_immediates((MEMARG,)) + ALIGNMENT + PADDED_U32,
        b".",
        rb"\Z",
    )
    grouped = b"|".join(b"(%s)" % group for group in groups)
    return re.compile(run_of(run) + b"(?:%s)" % grouped, re.DOTALL)


def _exception_handling() -> Iterator[bytes]:
    yield any_of(["try"]) + BLOCK_TYPE
    yield any_of(["delegate", "rethrow"]) + U32
    yield any_of(["catch_all", "throw_ref"])
    yield any_of(["block", "loop", "if"]) + _EXNREF_RESULT
    clause = rb"[\x02\x03]" + U32  # without a tag
    counts = (any_byte([n]) + clause * n for n in range(_MAX_CATCHES + 1))
    result = b"(?:%s|%s)" % (BLOCK_TYPE, _EXNREF_RESULT)
    yield any_of(["try_table"]) + result + b"(?:%s)" % b"|".join(counts)


def _with_immediates(immediates: tuple[Immediate, ...]) -> bytes:
    return any_byte(op.code for op in TABLE if op.immediates == immediates)


def _indices() -> Iterator[bytes]:
    """What has indices only. The run before took those of which none is padded."""
    for count in (1, 2):
        codes = [op.code for op in TABLE if _has_indices(op) and len(op.immediates) == count]
        yield any_byte(codes) + U32 * count


def _has_indices(op: Op) -> bool:
    indices = all(immediate.read is Cursor.read_u32 for immediate in op.immediates)
    straight = is_straight_line(op) and not op.prefix
    return indices and straight and not _names(op)


def _names(op: Op) -> bool:
    return FUNCTION in op.immediates or TAG in op.immediates


@lru_cache(maxsize=1 << 14)
def _index(raw: bytes) -> tuple[bytes, int]:
    index, _ = read_unsigned(raw, 0, len(raw), 32)
    return encode_unsigned(index), index


@lru_cache(maxsize=1 << 12)
def _short_indices(raw: bytes) -> bytes:
    cursor = Cursor(raw)
    out = b""
    while cursor.remaining:
        out += encode_unsigned(cursor.read_u32())
    return out


@lru_cache(maxsize=1 << 12)
def _short_constant(raw: bytes) -> bytes:
    return encode_signed(Cursor(raw).read_s32(), 32)
