"""The places of a function body that a translation changes.

The scan knows the number of open labels and the open tries, nothing of types. Labels are
counted from the outside here: the function's own is 0, so that a number stays the same however
deep the code is that names it. A branch is kept only when it leaves the innermost try (or, in a
catch part, names that try): all others keep their depth.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import NamedTuple

from unpoison.eh import patterns
from unpoison.errors import MalformedModule
from unpoison.wasm import Cursor, Instruction, read_instructions


@dataclass(slots=True)
class Clause:
    """One catch of a try: its tag (None for all), and whether a rethrow needs its exception."""

    tag: int | None
    rethrown: bool = False


@dataclass(slots=True)
class Try:
    """A legacy try: its label, its block type (as its bytes), and what ends its do part.

    `target` is the label that a delegate at its end names, None for any other end.
    """

    label: int
    block_type: bytes
    clauses: list[Clause] = field(default_factory=list)
    target: int | None = None

    @property
    def rethrown(self) -> bool:
        """Whether any clause needs its exception."""
        return any(clause.rethrown for clause in self.clauses)


class Place(NamedTuple):
    """Bytes that change: their range, a group of `patterns` as the kind, and what they say.

    A branch covers its label only, and has its target and the depth as it was written. Other
    kinds have the try that they belong to or, for a rethrow, that they name.
    """

    start: int
    end: int
    kind: int
    region: Try | None = None
    target: int = 0
    depth: int = 0


def scan(data: bytes, start: int, end: int, where: str) -> list[Place]:
    """Give the places of the instructions from `start` to `end`, in order.

    Raises MalformedModule for an unknown instruction, a label that is not there, and exception
    handling in the wrong order. Time and memory are linear in the size, whatever is nested.
    """
    scanner = _Scanner(data, end, where)
    position: int | None = start
    while position is not None:
        position = scanner.run(position)
    return scanner.places


class _Scanner:
    """The state of one scan: the number of open labels, the open tries, the places so far."""

    __slots__ = ("_catching", "_data", "_depth", "_end", "_limit", "_open", "_where", "places")

    def __init__(self, data: bytes, end: int, where: str) -> None:
        self._data = data
        self._end = end
        self._where = where
        self._depth = 1
        self._open: list[Try] = []
        self._catching: list[int] = []  # the labels of open tries in a catch part, ascending
        self._limit = 0  # the deepest label whose branches are kept
        self.places: list[Place] = []

    def run(self, position: int) -> int | None:
        """Scan up to something rare, and give where to go on after it; None at the end."""
        for match in patterns.places().finditer(self._data, position, self._end):
            kind = match.lastindex
            if kind == patterns.BLOCK:
                self._depth += 1
            elif kind == patterns.BRANCH:
                self._branch(match.start(kind) + 1, match.end())
            elif kind == patterns.END:
                self._depth -= 1
                if self._open and self._open[-1].label == self._depth:
                    self._close(match.start(kind), match.end())
                if not self._depth:
                    self._finish(match.end())
                    return None
            elif kind == patterns.OTHER:
                return self._other(match.start(kind))
            elif kind is None or kind == patterns.CUT:
                break
            else:
                self._handle(kind, match.start(kind), match.end())
        raise self._error("the body has no end", self._end)

    def _finish(self, position: int) -> None:
        if position != self._end:
            raise self._error("bytes after the end of the body", position)

    def _handle(self, kind: int, start: int, end: int) -> None:
        if kind == patterns.TRY:
            self._try(start, end)
        elif kind == patterns.RETHROW:
            self._rethrow(start, end)
        elif kind == patterns.DELEGATE:
            self._delegate(start, end)
        else:
            tag = None if kind == patterns.CATCH_ALL else self._read_u32(start + 1)
            self._catch(kind, start, end, tag)

    def _try(self, start: int, end: int) -> None:
        region = Try(self._depth, self._data[start + 1 : end])
        self._open.append(region)
        self.places.append(Place(start, end, patterns.TRY, region))
        self._limit = region.label - 1
        self._depth += 1

    def _catch(self, kind: int, start: int, end: int, tag: int | None) -> None:
        region = self._innermost(start)
        if not region.clauses:
            self._catching.append(region.label)
        elif region.clauses[-1].tag is None:
            raise self._error("a clause after catch_all", start)
        region.clauses.append(Clause(tag))
        self.places.append(Place(start, end, kind, region))
        self._limit = region.label

    def _close(self, start: int, end: int) -> None:
        region = self._open.pop()
        if region.clauses:
            self._catching.pop()
        self.places.append(Place(start, end, patterns.END, region))
        self._restore_limit()

    def _delegate(self, start: int, end: int) -> None:
        region = self._innermost(start)
        if region.clauses:
            raise self._error("a delegate after a catch", start)
        self._open.pop()
        self._depth -= 1
        region.target = self._target(self._read_u32(start + 1), start)
        self.places.append(Place(start, end, patterns.DELEGATE, region))
        self._restore_limit()

    def _restore_limit(self) -> None:
        if not self._open:
            self._limit = 0
        else:
            outer = self._open[-1]
            self._limit = outer.label if outer.clauses else outer.label - 1

    def _rethrow(self, start: int, end: int) -> None:
        target = self._target(self._read_u32(start + 1), start)
        index = bisect_left(self._catching, target)
        if index == len(self._catching) or self._catching[index] != target:
            raise self._error("a rethrow to a label that is not a catch", start)
        region = self._open[bisect_left(self._open, target, key=_label)]
        region.clauses[-1].rethrown = True
        self.places.append(Place(start, end, patterns.RETHROW, region))

    def _branch(self, start: int, end: int) -> None:
        depth = self._data[start]
        if depth > 0x7F:
            depth = self._read_u32(start)
        target = self._target(depth, start)
        if target <= self._limit:
            self.places.append(Place(start, end, patterns.BRANCH, None, target, depth))

    def _other(self, start: int) -> int:
        """Read one rare instruction with the codec; it may open a block or branch."""
        cursor = Cursor(self._data, start, self._end, where=self._where)
        instruction = next(read_instructions(cursor))
        if instruction.op.nesting > 0:
            self._other_block(instruction)
        else:
            self._other_branch(instruction, cursor)
        return instruction.end

    def _other_block(self, instruction: Instruction) -> None:
        if instruction.op.name == "try":
            self._try(instruction.start, instruction.end)
        else:
            self._depth += 1

    def _other_branch(self, instruction: Instruction, cursor: Cursor) -> None:
        cursor.position = instruction.start + 1
        if instruction.op.prefix:
            cursor.read_u32()
        for immediate in instruction.op.immediates:
            if immediate.name == "labels":
                for _ in range(cursor.read_u32()):
                    self._other_label(cursor)
            elif immediate.name == "label":
                self._other_label(cursor)
            else:
                immediate.read(cursor)

    def _other_label(self, cursor: Cursor) -> None:
        start = cursor.position
        cursor.read_u32()
        self._branch(start, cursor.position)

    def _innermost(self, position: int) -> Try:
        """The try whose parts are now divided or ended: it must be the innermost block."""
        if not self._open or self._open[-1].label != self._depth - 1:
            raise self._error("a catch or delegate outside its try", position)
        return self._open[-1]

    def _target(self, depth: int, position: int) -> int:
        if depth >= self._depth:
            raise self._error(f"no label {depth}", position)
        return self._depth - 1 - depth

    def _read_u32(self, position: int) -> int:
        return Cursor(self._data, position, self._end, where=self._where).read_u32()

    def _error(self, reason: str, position: int) -> MalformedModule:
        return MalformedModule(reason, offset=position, where=self._where)


def _label(region: Try) -> int:
    return region.label
