"""Regular expressions that run over instructions, derived from the opcode table.

Each alternative starts with a byte of its own and nothing is ever given back (possessive
quantifiers), so a pattern cannot lose the instruction border: it takes exactly the bytes that
the codec would take, or stops. What is rare (long br_tables, typed selects, memory indices,
reference types, GC branches) is left to the codec. Compiling takes some 20 ms, hence on first
use.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from unpoison.wasm import BY_NAME, TABLE, Immediate, Op

Bytes = re.Pattern[bytes]

# Whatever has these bytes stops at the last one, with no bits beyond the width it is read as.
_U32 = rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x00-\x0f])"
_S32 = rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x00-\x07\x78-\x7f])"
_S64 = rb"(?:[\x80-\xff]{0,8}+[\x00-\x7f]|[\x80-\xff]{9}[\x00\x7f])"
_OFFSET = rb"[\x80-\xff]{0,4}+[\x00-\x7f]"
_MEMARG = rb"[\x00-\x3f]" + _OFFSET  # the next bit says that a memory index follows
# Nothing, a number, a reference that cannot be exnref, or a type index.
_BLOCK_TYPE = (
    rb"(?:[\x40\x6a-\x73\x7b-\x7f]|[\x80-\xff]{0,3}+[\x00-\x3f]|[\x80-\xff]{4}[\x00-\x0f])"
)
_VALUE_TYPE = rb"[\x6a-\x73\x7b-\x7f]"  # of one byte, and not exnref
_MAX_TABLE = 8  # labels of a br_table that a pattern still takes
_MAX_GROUPS = 8  # groups of locals that a pattern still takes

_IMMEDIATES = {"s32": _S32, "s64": _S64, "memarg": _MEMARG}
_DIALECTS = ("legacy-exceptions", "exceptions")
_STRUCTURE = ("block type", "label", "labels", "heap type", "select types", "cast flags")

BLOCK, END, BRANCH, TRY, CATCH, CATCH_ALL, DELEGATE, RETHROW, OTHER, CUT = range(1, 11)
"""The groups of `places`."""


@cache
def plain_code() -> Bytes:
    """Everything from here on that is neither exception handling nor rare; may match nothing."""
    return re.compile(_run([*_plain(), *_nesting()]), re.DOTALL)


@cache
def plain_body() -> Bytes:
    """The locals of a body, then as `plain_code`; no match when the locals are rare."""
    return re.compile(_locals() + _run([*_plain(), *_nesting()]), re.DOTALL)


@cache
def legacy_body() -> Bytes:
    """As `plain_body`, with legacy exception handling taken, too."""
    return re.compile(_locals() + _run([*_plain(), *_nesting(), *_legacy()]), re.DOTALL)


@cache
def places() -> Bytes:
    """A run of instructions that never change, then one that may; see the groups above.

    CUT is the end of the input. OTHER is one byte of something to be read by the codec: without
    it a search would silently skip what no alternative knows.
    """
    blocks, end, branches, _ = _nesting()
    groups = (blocks, end, branches, *_legacy(), b".", rb"\Z")
    grouped = b"|".join(b"(%s)" % group for group in groups)
    return re.compile(_run(_plain()) + b"(?:%s)" % grouped, re.DOTALL)


def _plain() -> list[bytes]:
    """One alternative for each kind of straight-line instruction, and `else`."""
    short: dict[bytes, list[int]] = defaultdict(list)
    prefixed: dict[int, list[Op]] = defaultdict(list)
    for op in filter(_is_plain, TABLE):
        if op.prefix:
            prefixed[op.prefix].append(op)
        else:
            short[_immediates(op)].append(op.code)
    shapes = sorted(short, key=lambda shape: -len(short[shape]))
    return [_class(short[shape]) + shape for shape in shapes] + [
        _class([prefix]) + _sub_opcodes(ops) for prefix, ops in prefixed.items()
    ]


def _is_plain(op: Op) -> bool:
    if op.name == "throw":
        return True
    rare = any(immediate.name in _STRUCTURE for immediate in op.immediates)
    return op.nesting == 0 and op.feature not in _DIALECTS and not rare


def _immediates(op: Op) -> bytes:
    return b"".join(map(_immediate, op.immediates))


def _immediate(immediate: Immediate) -> bytes:
    if isinstance(immediate.shape, int):
        return b".{%d}" % immediate.shape
    if immediate.shape == "leb":
        return _IMMEDIATES.get(immediate.name, _U32)
    return _IMMEDIATES[immediate.name]


def _sub_opcodes(ops: Iterable[Op]) -> bytes:
    """The instructions behind one prefix, by how they go on."""
    tails: dict[bytes, list[int]] = defaultdict(list)
    for op in ops:
        first, *rest = op.encoding[1:]
        tails[b"".join(_class([byte]) for byte in rest) + _immediates(op)].append(first)
    return b"(?:%s)" % b"|".join(_class(firsts) + tail for tail, firsts in tails.items())


def _nesting() -> list[bytes]:
    """What opens, closes and leaves blocks, without exception handling."""
    table = b"|".join(_class([n]) + _U32 * (n + 1) for n in range(_MAX_TABLE))
    return [
        _any_of(["block", "loop", "if"]) + _BLOCK_TYPE,
        _any_of(["end"]),
        _any_of(["br", "br_if", "br_on_null", "br_on_non_null"]) + _U32,
        _any_of(["br_table"]) + b"(?:%s)" % table,
    ]


def _legacy() -> list[bytes]:
    """Legacy exception handling, in the order of the groups of `places`."""
    return [
        _any_of(["try"]) + _BLOCK_TYPE,
        _any_of(["catch"]) + _U32,
        _any_of(["catch_all"]),
        _any_of(["delegate"]) + _U32,
        _any_of(["rethrow"]) + _U32,
    ]


def _locals() -> bytes:
    group = _U32 + _VALUE_TYPE
    counts = (_class([n]) + group * n for n in range(_MAX_GROUPS))
    return b"(?:%s)" % b"|".join(counts)


def _run(alternatives: list[bytes]) -> bytes:
    return b"(?:%s)*+" % b"|".join(alternatives)


def _any_of(names: Iterable[str]) -> bytes:
    return _class([BY_NAME[name].code for name in names])


def _class(codes: Iterable[int]) -> bytes:
    return b"[%s]" % b"".join(rb"\x%02x" % code for code in sorted(codes))
