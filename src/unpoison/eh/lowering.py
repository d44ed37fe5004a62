"""try, catch, delegate and rethrow -> try_table, branches and throw_ref; one function at a time.

How it works. Runs of bytes between the places that the scan found are copied; only places are
written anew. A try with n clauses

    try bt  BODY  catch x  HANDLER  catch_all  HANDLER  end                    becomes

    block bt                                 the own label of the try, for its handlers
      block (all)  block (x)                 one per clause, the first one innermost
        try_table bt (catch x 0) (catch_all 1)  BODY  end       own label, for the body
        br 2                                 the body ended well: over all handlers
      end  HANDLER  br 1                     with the payload of x on the stack
      end  HANDLER                           the last one falls out of the outer block
    end

A clause whose exception is rethrown catches with the reference form and stores it in a local;
`rethrow` is `local.get`, `throw_ref`. The locals are as many as catch parts of such tries can
be open at a time.

A delegate needs no second throw: the handlers of its target enclose it, so its own try_table
names them. Which ones: those of the tries in their do part, from the target outward, up to the
first catch-all. Without one the exception may be the caller's, and goes to a block around the
whole function whose end is a `throw_ref`; no other body has that block. That it is needed is
seen only on the way, and then the function is started again.

Labels are counted from the outside, in the input and in the output ("position"). Each open try
knows where its own label is and how many more labels are open in the output than in the input.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from unpoison.eh import patterns
from unpoison.eh.handler_types import HandlerTypes
from unpoison.eh.limits import MAX_CLAUSES
from unpoison.eh.scan import Place, Try
from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import (
    BY_NAME,
    CATCH,
    CATCH_ALL,
    CATCH_ALL_REF,
    CATCH_REF,
    EXNREF,
    BlockType,
    assemble,
    encode_unsigned,
)

_BLOCK = BY_NAME["block"].encoding
_BRANCH = BY_NAME["br"].encoding
_END = BY_NAME["end"].encoding
_LOCAL_GET = BY_NAME["local.get"].encoding
_LOCAL_SET = BY_NAME["local.set"].encoding
_THROW_REF = BY_NAME["throw_ref"].encoding
_TRY_TABLE = BY_NAME["try_table"].encoding
_TO_CALLER = 1  # the position of the block around the function
_ONE_BYTE = tuple(bytes([number]) for number in range(0x80))


class Exit(NamedTuple):
    """A clause of a try_table: its kind and tag, and the position of the block it leaves."""

    kind: int
    tag: int | None
    position: int


@dataclass(slots=True)
class _Region:
    """An open try: the input's, and where its part that is now open stands in the output."""

    source: Try
    outer: int  # position of its outermost block
    base: int  # surplus labels around it
    position: int  # position of its own label
    surplus: int  # surplus labels inside of it
    exits: Sequence[Exit]  # what its try_table catches; empty once the do part is over
    catching: int  # how many tries have exits, from this one outward
    part: int = 0  # the clause now open, 0 for the do part


class Allowance:
    """How many more clauses may be looked at for delegates; see SPARE_DELEGATED."""

    def __init__(self, clauses: int) -> None:
        self._left = clauses

    def spend(self) -> None:
        """Count one. Raises UnsupportedModule when there are too many."""
        self._left -= 1
        if self._left < 0:
            raise UnsupportedModule(
                "delegates reach too many exception handlers",
                advice="no compiler nests so deep; build the module again",
            )


@dataclass(frozen=True, slots=True)
class Lowered:
    """Translated instructions, and how many exnref locals they use."""

    code: bytes
    slots: int


@dataclass(frozen=True, slots=True)
class Source:
    """The instructions of a function: `start` to `end` of `data`, and the places among them.

    `locals` is how many it has, parameters included; `where` names it in errors.
    """

    data: bytes
    start: int
    end: int
    places: Sequence[Place]
    locals: int
    where: str


def lower(source: Source, types: HandlerTypes, allowance: Allowance) -> Lowered:
    """Give the instructions in the exnref dialect; new locals follow those of the function."""
    lowered = _Lowering(source, types, allowance, to_caller=False).run()
    if lowered is None:
        lowered = _Lowering(source, types, allowance, to_caller=True).run()
    assert lowered is not None  # only the block to the caller can be missing
    return lowered


class _Lowering:
    """One pass over the places of a function."""

    def __init__(
        self, source: Source, types: HandlerTypes, allowance: Allowance, *, to_caller: bool
    ) -> None:
        self._source = source
        self._types = types
        self._allowance = allowance
        self._to_caller = to_caller
        self._misses_caller = False
        self._out = bytearray()
        self._surplus = int(to_caller)
        self._open: list[_Region] = []
        self._labels: list[int] = []  # the labels of `_open`, for bisection
        self._slots: dict[int, int] = {}  # label of an open try -> its local
        self._most_slots = 0
        self._handlers: dict[int, Callable[[Place], None]] = {
            patterns.BRANCH: self._branch,
            patterns.TRY: self._try,
            patterns.CATCH: self._catch,
            patterns.CATCH_ALL: self._catch,
            patterns.DELEGATE: self._end,
            patterns.END: self._end,
            patterns.RETHROW: self._rethrow,
        }

    def run(self) -> Lowered | None:
        """Give the result; None when it needs the block to the caller and has none."""
        data, done = self._source.data, self._source.start
        if self._to_caller:
            self._out += assemble([("block", BlockType(EXNREF))])
        for place in self._source.places:
            self._out += data[done : place.start]
            done = place.end
            try:
                self._handlers[place.kind](place)
            except MalformedModule as error:  # a type or tag that is not there
                raise MalformedModule(
                    error.reason, offset=place.start, where=self._source.where
                ) from None
            if self._misses_caller:
                return None
        self._out += data[done : self._source.end]
        if self._to_caller:
            # The body's last `end` ends the block; results leave before it.
            self._out[-1:] = assemble([("return",), ("end",), ("throw_ref",), ("end",)])
        return Lowered(bytes(self._out), self._most_slots)

    def _branch(self, place: Place) -> None:
        innermost = place.target + place.depth + self._surplus
        self._out += _u32(innermost - self._position(place.target))

    def _position(self, label: int) -> int:
        """Give where a label of the input is in the output."""
        index = bisect_right(self._labels, label) - 1
        if index < 0:
            return label + self._to_caller if label else 0
        region = self._open[index]
        return region.position if region.source.label == label else label + region.surplus

    def _try(self, place: Place) -> None:
        source = _region_of(place)
        outer = source.label + self._surplus
        if source.clauses:
            exits = self._open_handlers(source, outer)
        else:
            exits = [] if source.target is None else self._exits_from(source.target)
            self._open_body(source, outer, exits)
        position = outer + (len(exits) + 1 if source.clauses else 0)
        surplus = position - source.label
        catching = self._catching(len(self._open) - 1) + bool(exits)
        base, self._surplus = self._surplus, surplus
        self._open.append(_Region(source, outer, base, position, surplus, exits, catching))
        self._labels.append(source.label)

    def _open_handlers(self, source: Try, outer: int) -> list[Exit]:
        """Write the blocks of a try with clauses, and give what its try_table catches."""
        count = len(source.clauses)
        self._out += _BLOCK + source.block_type
        for clause in reversed(source.clauses):
            self._out += _BLOCK + self._types.encoded(source.block_type, clause)
        exits = [
            Exit(_clause_kind(clause.tag, clause.rethrown), clause.tag, outer + count - index)
            for index, clause in enumerate(source.clauses)
        ]
        self._open_body(source, outer + count + 1, exits)
        return exits

    def _open_body(self, source: Try, position: int, exits: Sequence[Exit]) -> None:
        """Write the instruction that opens the do part; its own label is at `position`."""
        if not exits:
            self._out += _BLOCK + source.block_type
            return
        if len(exits) > MAX_CLAUSES:
            raise UnsupportedModule(f"a try with {len(exits)} handlers; engines take {MAX_CLAUSES}")
        self._out += _TRY_TABLE + source.block_type + _u32(len(exits))
        for kind, tag, target in exits:
            self._out.append(kind)
            if tag is not None:
                self._out += _u32(tag)
            self._out += _u32(position - 1 - target)

    def _exits_from(self, target: int) -> list[Exit]:
        """Give where exceptions go that a delegate hands to a label; empty: the usual way."""
        index = bisect_right(self._labels, target) - 1
        if self._catching(len(self._open) - 1) == self._catching(index):
            return []
        exits: dict[int | None, Exit] = {}
        while index >= 0 and None not in exits:
            self._allowance.spend()
            for exit_ in self._open[index].exits:
                self._allowance.spend()
                exits.setdefault(exit_.tag, exit_)
            index -= 1
        if None not in exits:
            exits[None] = Exit(CATCH_ALL_REF, None, _TO_CALLER)
            self._misses_caller = not self._to_caller
        return list(exits.values())

    def _catching(self, index: int) -> int:
        return self._open[index].catching if index >= 0 else 0

    def _catch(self, place: Place) -> None:
        region = self._open[-1]
        if not region.part:
            self._out += _END
            self._end_do_part(region)
        behind = len(region.source.clauses) - region.part
        self._out += _BRANCH + _u32(behind) + _END
        clause = region.source.clauses[region.part]
        region.part += 1
        region.position = region.outer
        region.surplus = self._surplus = region.base + behind - 1
        if clause.rethrown:
            self._out += _LOCAL_SET + self._local(region.source)

    def _end_do_part(self, region: _Region) -> None:
        """From here on exceptions pass this try by; its own are kept, if they are rethrown."""
        region.exits = ()
        region.catching = self._catching(len(self._open) - 2)
        if region.source.rethrown:
            self._slots[region.source.label] = len(self._slots)
            self._most_slots = max(self._most_slots, len(self._slots))

    def _end(self, place: Place) -> None:
        region = self._open.pop()
        self._labels.pop()
        self._slots.pop(region.source.label, None)
        self._surplus = region.base
        self._out += _END

    def _rethrow(self, place: Place) -> None:
        self._out += _LOCAL_GET + self._local(_region_of(place)) + _THROW_REF

    def _local(self, source: Try) -> bytes:
        return _u32(self._source.locals + self._slots[source.label])


def _region_of(place: Place) -> Try:
    assert place.region is not None  # all places but branches have one
    return place.region


def _u32(number: int) -> bytes:
    # Most numbers are small, and each place has one or more.
    return _ONE_BYTE[number] if 0 <= number < 0x80 else encode_unsigned(number)


def _clause_kind(tag: int | None, rethrown: bool) -> int:
    if tag is None:
        return CATCH_ALL_REF if rethrown else CATCH_ALL
    return CATCH_REF if rethrown else CATCH
