"""Instructions decoded and encoded through the opcode table. Core spec 5.4.

The decoder is one loop over a plan with one entry per first byte. The plan is derived from the
table; it only adds shortcuts for the commonest immediates: one byte, indices that a linker padded
to five bytes, blocks without a type. They take three in four instructions of rustc's modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from unpoison.wasm.cursor import Cursor
from unpoison.wasm.immediates import BLOCK_TYPE, MEMARG, S32, S64, Immediate, MemArg
from unpoison.wasm.opcodes import BY_CODE, BY_NAME, PREFIXES, TABLE, Op
from unpoison.wasm.types import EMPTY_BLOCK


class Instruction(NamedTuple):
    """One decoded instruction; `start` and `end` are offsets into the bytes it was read from."""

    op: Op
    immediates: tuple[Any, ...]
    start: int
    end: int

    @property
    def source(self) -> tuple[Any, ...]:
        """The form that `assemble` takes."""
        return (self.op.name, *self.immediates)


# How the plan reads the immediates of an instruction.
_NONE, _UNSIGNED, _SIGNED, _MEMARG, _BLOCK, _GENERAL, _PREFIX, _UNKNOWN = range(8)

_NO_TYPE = 0x40
_EMPTY_BLOCKS = (EMPTY_BLOCK,)

# Five bytes as one little-endian word: what tells a padded u32, and how it looks then.
_ENDS, _PADDED = 0xF0_80_80_80_80, 0x00_80_80_80_80

_UNSIGNED_BYTES = tuple((value,) for value in range(0x80))
_SIGNED_BYTES = tuple((value - (value >> 6 << 7),) for value in range(0x80))


def _unpadded(word: int) -> int:
    return (
        word & 0x7F
        | word >> 1 & 0x7F << 7
        | word >> 2 & 0x7F << 14
        | word >> 3 & 0x7F << 21
        | word >> 4 & 0x0F << 28
    )


def _shortcut(immediates: tuple[Immediate, ...]) -> int:
    if not immediates:
        return _NONE
    if immediates == (MEMARG,):
        return _MEMARG
    if immediates in ((S32,), (S64,)):
        return _SIGNED
    if immediates == (BLOCK_TYPE,):
        return _BLOCK
    if len(immediates) == 1 and immediates[0].read is Cursor.read_u32:
        return _UNSIGNED
    return _GENERAL


def _plan_for(byte: int) -> tuple[Op, int, int]:
    op = BY_CODE.get(byte)
    if op is not None:
        return op, _shortcut(op.immediates), op.nesting
    # The op of these two is never looked at; one must stand there for the plan's type.
    return TABLE[0], _PREFIX if byte in PREFIXES else _UNKNOWN, 0


_PLAN = tuple(_plan_for(byte) for byte in range(0x100))


def read_instructions(cursor: Cursor) -> Iterator[Instruction]:
    """Give the instructions up to the end of the cursor's range, which must be one expression.

    The final `end` is given too. Raises MalformedModule for an unknown instruction, for one
    that the range cuts, and unless exactly the last `end` closes the expression. The cursor's
    position does not follow; offsets are those of its data.
    """
    data, position, end = cursor.data, cursor.position, cursor.end
    plan, make, from_bytes = _PLAN, tuple.__new__, int.from_bytes
    depth = 1
    while position < end:
        start = position
        op, shortcut, nesting = plan[data[position]]
        position += 1
        immediates: tuple[Any, ...] = ()
        if shortcut == _NONE:
            if nesting:
                depth -= 1
                if not depth:
                    yield Instruction(op, (), start, position)
                    break
        elif shortcut == _UNSIGNED and position < end and data[position] < 0x80:
            immediates = _UNSIGNED_BYTES[data[position]]
            position += 1
            depth += nesting
        elif shortcut == _SIGNED and position < end and data[position] < 0x80:
            immediates = _SIGNED_BYTES[data[position]]
            position += 1
        elif (
            shortcut == _MEMARG
            and position + 1 < end
            and data[position] < 0x40
            and data[position + 1] < 0x80
        ):
            immediates = (MemArg(data[position], data[position + 1]),)
            position += 2
        elif shortcut == _BLOCK and position < end and data[position] == _NO_TYPE:
            immediates = _EMPTY_BLOCKS
            position += 1
            depth += nesting
        elif (
            shortcut == _UNSIGNED
            and position + 5 <= end
            and (word := from_bytes(data[position : position + 5], "little")) & _ENDS == _PADDED
        ):
            immediates = (_unpadded(word),)
            position += 5
            depth += nesting
        else:
            cursor.position = start
            op, immediates = _read_general(cursor)
            position = cursor.position
            depth += nesting
        yield make(Instruction, (op, immediates, start, position))
    cursor.position = position
    if depth:
        raise cursor.error("the expression has no end")
    if position != end:
        raise cursor.error(f"{end - position} bytes after the end of the expression")


def _read_general(cursor: Cursor) -> tuple[Op, tuple[Any, ...]]:
    op = read_op(cursor)
    return op, tuple([immediate.read(cursor) for immediate in op.immediates])


def read_op(cursor: Cursor) -> Op:
    """Give the next instruction's row, moving past its opcode only."""
    start = cursor.position
    code = cursor.read_u8()
    if code in PREFIXES:
        sub_opcode = cursor.read_u32()
        # Beyond 16 bits it would run into the prefix of another row.
        code = code << 16 | sub_opcode if sub_opcode <= 0xFFFF else -1
    op = BY_CODE.get(code)
    if op is None:
        raise cursor.error(f"unknown instruction {cursor.data[start]:#04x}", start)
    return op


def read_expression(cursor: Cursor) -> bytes:
    """Give the bytes of the next expression, its `end` included. Core spec 5.4.9."""
    start = cursor.position
    depth = 1
    while depth:
        depth += _read_general(cursor)[0].nesting
    return cursor.data[start : cursor.position]


def write_instruction(out: bytearray, name: str, *immediates: Any) -> None:
    """Append one instruction.

    Raises ValueError when no instruction has that name, the number of immediates is wrong, or
    one of them is out of range.
    """
    op = BY_NAME.get(name)
    if op is None:
        raise ValueError(f"no instruction is called {name!r}")
    if len(immediates) != len(op.immediates):
        raise ValueError(f"{name} takes {len(op.immediates)} immediates, not {len(immediates)}")
    out += op.encoding
    for immediate, value in zip(op.immediates, immediates, strict=True):
        immediate.write(out, value)


def assemble(instructions: Iterable[tuple[Any, ...]]) -> bytes:
    """Give the bytes of instructions written as `("name", *immediates)`.

    Nothing is added: a body or a constant expression needs its `("end",)`. Immediates are those
    that `immediates.py` describes. Raises ValueError as `write_instruction` does.
    """
    out = bytearray()
    for instruction in instructions:
        write_instruction(out, *instruction)
    return bytes(out)
