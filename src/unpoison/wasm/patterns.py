"""Regular expressions that run over instructions, derived from the opcode table.

Each alternative starts with a byte of its own and nothing is ever given back (possessive
quantifiers), so a pattern cannot lose the instruction border: it takes exactly the bytes that
the codec would take, or stops. What is rare (long br_tables, typed selects, memory indices,
reference types, GC branches) is left to the codec.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from unpoison.wasm.immediates import Immediate
from unpoison.wasm.opcodes import BY_NAME, TABLE, Op

# Whatever has these bytes stops at the last one, with no bits beyond the width it is read as.
U32 = rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x00-\x0f])"
PADDED_U32 = rb"[\x80-\xff]{4}\x00"
"""Five bytes where four would do, as a linker leaves what it filled in; positive as an s32, too."""

ALIGNMENT = rb"[\x00-\x3f]"  # the next bit says that a memory index follows
# Nothing, a number, a reference that cannot be exnref, or a type index.
BLOCK_TYPE = rb"(?:[\x40\x6a-\x73\x7b-\x7f]|[\x80-\xff]{0,3}+[\x00-\x3f]|[\x80-\xff]{4}[\x00-\x0f])"
_S64 = rb"(?:[\x80-\xff]{0,8}+[\x00-\x7f]|[\x80-\xff]{9}[\x00\x7f])"
_VALUE_TYPE = rb"[\x6a-\x73\x7b-\x7f]"  # of one byte, and not exnref
_MAX_TABLE = 8  # labels of a br_table that a pattern still takes
_MAX_GROUPS = 8  # groups of locals that a pattern still takes

Forms = Mapping[str, bytes]

ANY_FORM: Forms = MappingProxyType(
    {
        "": U32,
        "s32": rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x00-\x07\x78-\x7f])",
        "s64": _S64,
        "memarg": ALIGNMENT + rb"[\x80-\xff]{0,4}+[\x00-\x7f]",
    }
)
"""How immediates are encoded by their names; "" is an index."""

UNPADDED: Forms = MappingProxyType(
    {
        "": rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x01-\x0f])",
        "s32": rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x01-\x07\x78-\x7f])",
        "s64": _S64,
        "memarg": ALIGNMENT + rb"(?:[\x80-\xff]{0,3}+[\x00-\x7f]|[\x80-\xff]{4}[\x01-\x7f])",
    }
)
"""The same without what PADDED_U32 takes."""

_DIALECTS = ("legacy-exceptions", "exceptions")
_STRUCTURE = ("block type", "label", "labels", "heap type", "select types", "cast flags")


def straight_line(forms: Forms, ops: Iterable[Op] = TABLE) -> list[bytes]:
    """Give one alternative for each kind of straight-line instruction among `ops`, and `else`."""
    short: dict[bytes, list[int]] = defaultdict(list)
    prefixed: dict[int, list[Op]] = defaultdict(list)
    for op in filter(is_straight_line, ops):
        if op.prefix:
            prefixed[op.prefix].append(op)
        else:
            short[_immediates(op, forms)].append(op.code)
    shapes = sorted(short, key=lambda shape: -len(short[shape]))
    return [any_byte(short[shape]) + shape for shape in shapes] + [
        any_byte([prefix]) + _sub_opcodes(ops, forms) for prefix, ops in prefixed.items()
    ]


def is_straight_line(op: Op) -> bool:
    """Whether an instruction neither opens, closes nor leaves a block, and its form is common."""
    if op.name == "throw":
        return True
    rare = any(immediate.name in _STRUCTURE for immediate in op.immediates)
    return op.nesting == 0 and op.feature not in _DIALECTS and not rare


def _immediates(op: Op, forms: Forms) -> bytes:
    return b"".join(_immediate(immediate, forms) for immediate in op.immediates)


def _immediate(immediate: Immediate, forms: Forms) -> bytes:
    if isinstance(immediate.shape, int):
        return b".{%d}" % immediate.shape
    if immediate.shape == "leb":
        return forms.get(immediate.name, forms[""])
    return forms[immediate.name]


def _sub_opcodes(ops: Iterable[Op], forms: Forms) -> bytes:
    """The instructions behind one prefix, by how they go on."""
    tails: dict[bytes, list[int]] = defaultdict(list)
    for op in ops:
        first, *rest = op.encoding[1:]
        tails[b"".join(any_byte([byte]) for byte in rest) + _immediates(op, forms)].append(first)
    return b"(?:%s)" % b"|".join(any_byte(firsts) + tail for tail, firsts in tails.items())


def nesting() -> list[bytes]:
    """Give what opens, closes and leaves blocks, without exception handling."""
    table = b"|".join(any_byte([n]) + U32 * (n + 1) for n in range(_MAX_TABLE))
    return [
        any_of(["block", "loop", "if"]) + BLOCK_TYPE,
        any_of(["end"]),
        any_of(["br", "br_if", "br_on_null", "br_on_non_null"]) + U32,
        any_of(["br_table"]) + b"(?:%s)" % table,
    ]


def local_groups() -> bytes:
    """Give the pattern of the locals in front of a body."""
    group = U32 + _VALUE_TYPE
    counts = (any_byte([n]) + group * n for n in range(_MAX_GROUPS))
    return b"(?:%s)" % b"|".join(counts)


def run_of(alternatives: Iterable[bytes]) -> bytes:
    """Give the pattern of any number of the alternatives, none of which is given back."""
    return b"(?:%s)*+" % b"|".join(alternatives)


def any_of(names: Iterable[str]) -> bytes:
    """Give the pattern of the opcodes of these instructions."""
    return any_byte([BY_NAME[name].code for name in names])


def any_byte(codes: Iterable[int]) -> bytes:
    """Give the pattern of one of these bytes."""
    return b"[%s]" % b"".join(rb"\x%02x" % code for code in sorted(codes))
