"""A function body, as lazy as can be: a byte range that is looked into on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from unpoison.wasm.code import Instruction, assemble, read_instructions
from unpoison.wasm.cursor import Cursor, write_sized
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.limits import MAX_FUNCTION_SIZE, MAX_LOCALS
from unpoison.wasm.types import ValType, read_val_type, write_val_type


class FunctionBody:
    """One code entry: the declared locals and the expression. Core spec 5.5.13.

    It is the range `start` to `end` of `data`. A body that was read out of a module keeps
    the module's bytes, `entry_start` (where its size field begins) and `number` (its place in
    the code section), so that it is emitted as the bytes it came from and errors carry the
    module's offsets.
    """

    __slots__ = ("data", "end", "entry_start", "number", "start")

    def __init__(
        self,
        data: bytes,
        start: int = 0,
        end: int | None = None,
        *,
        entry_start: int | None = None,
        number: int | None = None,
    ) -> None:
        self.data = data
        self.start = start
        self.end = len(data) if end is None else end
        self.entry_start = entry_start
        self.number = number

    @classmethod
    def assemble(
        cls, locals_: Iterable[tuple[int, ValType]], instructions: Iterable[tuple[Any, ...]]
    ) -> FunctionBody:
        """Give the body with these groups of locals and instructions (`("end",)` included).

        Raises ValueError as `code.assemble` does.
        """
        return cls.build(locals_, assemble(instructions))

    @classmethod
    def build(cls, locals_: Iterable[tuple[int, ValType]], code: bytes) -> FunctionBody:
        """Give the body with these groups of locals and this encoded expression."""
        out = bytearray()
        groups = list(locals_)
        write_unsigned(out, len(groups))
        for count, type_ in groups:
            write_unsigned(out, count)
            write_val_type(out, type_)
        return cls(bytes(out + code))

    @property
    def raw(self) -> bytes:
        """The code entry without its size field."""
        return self.data[self.start : self.end]

    @property
    def locals(self) -> list[tuple[int, ValType]]:
        """The declared locals in groups of one type: (count, type), parameters not included.

        Raises MalformedModule, also when they are more than the limit.
        """
        return self._read_locals()[0]

    @property
    def code_start(self) -> int:
        """The offset in `data` of the expression, right after the locals."""
        return self._read_locals()[1].position

    @property
    def code(self) -> bytes:
        """The expression: the instructions, the last `end` included."""
        return self.data[self.code_start : self.end]

    def instructions(self) -> Iterator[Instruction]:
        """Give the instructions one by one; offsets count in `data`.

        Raises MalformedModule as `code.read_instructions` does, when it gets there.
        """
        return read_instructions(self._read_locals()[1])

    def cursor(self) -> Cursor:
        """Give a cursor over the body, locals first."""
        where = None if self.number is None else f"body {self.number} of the code section"
        return Cursor(self.data, self.start, self.end, where=where)

    def _read_locals(self) -> tuple[list[tuple[int, ValType]], Cursor]:
        cursor = self.cursor()
        groups: list[tuple[int, ValType]] = []
        total = 0
        for _ in range(cursor.read_count("groups of locals", MAX_FUNCTION_SIZE)):
            count = cursor.read_u32()
            total += count
            if total > MAX_LOCALS:
                raise cursor.error(f"{total} locals; the limit is {MAX_LOCALS}")
            groups.append((count, read_val_type(cursor)))
        return groups, cursor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionBody) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<FunctionBody {self.number} {self.start:#x}-{self.end:#x}>"


def read_body(cursor: Cursor) -> FunctionBody:
    """Give the next code entry without looking into it. Core spec 5.5.13."""
    entry_start = cursor.position
    size = cursor.read_count("bytes of code", MAX_FUNCTION_SIZE)
    start = cursor.position
    cursor.position = end = start + size
    return FunctionBody(cursor.data, start, end, entry_start=entry_start)


def write_body(out: bytearray, body: FunctionBody) -> None:
    """Append a code entry; one that was read is appended as it was, size field included."""
    if body.entry_start is None:
        write_sized(out, body.raw)
    else:
        out += body.data[body.entry_start : body.end]
