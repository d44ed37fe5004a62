"""One random, well-typed function body in the legacy dialect.

The writer keeps the operand types of the innermost block and the open labels, so everything
it emits is valid. Whatever could be lost on the way (payloads, locals, block results) is
mixed into a running hash, the trace, and conditions are drawn from that hash: two runs that
differ anywhere soon take different ways and end with different traces.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.eh.assembler import ModuleParts, Signature, body, op, s64, u32

MIX, TICK, RUN, FIRST = range(4)
"""Function indices: hash a number, the same and burn fuel, the export, the random ones."""
TRACE, FUEL = 0, 1
MAX_DEPTH = 9

TO_I32 = {
    "i32": b"",
    "i64": op("i32.wrap_i64"),
    "f32": op("i32.trunc_sat_f32_s"),
    "f64": op("i32.trunc_sat_f64_s"),
    "v128": op("i32x4.extract_lane") + b"\0",
    "funcref": op("ref.is_null"),
    "externref": op("ref.is_null"),
}
TYPES = tuple(TO_I32)
NUMBERS = ("i32", "i32", "i32", "i64", "f32", "f64")


@dataclass(slots=True)
class Label:
    """An open label: what opened it (a try: which part is open) and what a branch carries."""

    kind: str
    types: tuple[str, ...]


def random_types(random: Random, most: int) -> tuple[str, ...]:
    """Give up to `most` value types, mostly numbers."""
    pool = NUMBERS if random.random() < 0.8 else TYPES
    return tuple(random.choice(pool) for _ in range(random.randint(0, most)))


class RandomBody:
    """Writes one function body; `write` gives its bytes with their length."""

    def __init__(
        self, random: Random, parts: ModuleParts, signatures: Sequence[Signature], index: int
    ) -> None:
        self._random = random
        self._parts = parts
        self._signatures = signatures
        self._index = index
        params, self._results = signatures[index]
        self._declared = self._random_locals()
        self._locals = (*params, *self._declared)
        self._budget = random.randint(4, 20)
        self._out = bytearray()
        self._stack: list[str] = []
        self._labels = [Label("function", self._results)]
        self._statements, self._weights = zip(*self._choices(), strict=True)

    def write(self) -> bytes:
        self._tick()
        self._fill(self._results)
        self._out += op("end")
        return body(self._declared, bytes(self._out))

    def _random_locals(self) -> tuple[str, ...]:
        many = ("i32",) * 130 if self._random.random() < 0.08 else ()
        return many + random_types(self._random, 6)

    def _choices(self) -> list[tuple[Callable[[], bool], float]]:
        """Every statement with its weight; a statement gives True when nothing follows it."""
        return [
            (self._push_any, 5),
            (self._observe, 3),
            (self._store, 3),
            (self._tick, 2),
            (self._various, 1),
            (self._block, 2),
            (self._loop, 1.5),
            (self._if, 2),
            (self._try, 20),
            (self._branch_if, 3),
            (self._call, 2),
            (lambda: self._perhaps(self._branch), 2),
            (lambda: self._perhaps(self._branch_table), 1),
            (lambda: self._perhaps(self._return), 0.7),
            (lambda: self._perhaps(self._throw), 3),
            (lambda: self._perhaps(self._rethrow), 4),
            (lambda: self._perhaps(self._tail_call), 0.8),
            (lambda: self._perhaps(self._unreachable), 0.1),
        ]

    # Blocks

    def _fill(self, results: Sequence[str], least: int = 1, most: int = 5) -> None:
        """Write statements, and leave exactly `results` on the stack (or dead code)."""
        for _ in range(self._random.randint(least, most)):
            if self._random.choices(self._statements, self._weights)[0]():
                self._stack.clear()
                if self._random.random() < 0.5:
                    return
                self._use_dead_operands()
        self._settle(results)

    def _fill_part(
        self, results: Sequence[str], raising: Callable[[], bool], probability: float
    ) -> None:
        """Fill a part of a try, with an exception at its end or not.

        Handlers are reached only when that is likely, at all depths.
        """
        if self._random.random() < probability:
            self._fill((), 0, 3)
            raising()
        else:
            self._fill(results)

    def _settle(self, results: Sequence[str]) -> None:
        same = 0
        while same < min(len(self._stack), len(results)) and self._stack[same] == results[same]:
            same += 1
        while len(self._stack) > same:
            self._observe()
        for name in results[same:]:
            self._push(name)

    def _use_dead_operands(self) -> None:
        """After an unconditional branch operands come from nowhere."""
        if self._random.random() < 0.3:
            self._out += op("i32.add") + op("i64.extend_i32_s") + op("drop")

    def _take_params(self) -> tuple[str, ...]:
        start = len(self._stack) - min(self._random.choice((0, 0, 1, 2)), len(self._stack))
        taken = tuple(self._stack[start:])
        del self._stack[start:]
        return taken

    def _open(
        self, name: str, kind: str, params: tuple[str, ...], results: tuple[str, ...]
    ) -> None:
        self._out += op(name) + self._parts.block_type((params, results))
        self._labels.append(Label(kind, params if kind == "loop" else results))
        self._stack = list(params)

    def _structured(self, name: str, kind: str) -> tuple[list[str], tuple[str, ...]]:
        """Open a block over some operands; give the operands below it and its results."""
        params, results = self._take_params(), random_types(self._random, 2)
        below = self._stack
        self._open(name, kind, params, results)
        return below, results

    def _close(self, below: list[str], results: Sequence[str]) -> bool:
        self._labels.pop()
        self._stack = [*below, *results]
        return False

    def _exhausted(self) -> bool:
        self._budget -= 1
        return self._budget < 0 or len(self._labels) > MAX_DEPTH

    def _block(self) -> bool:
        if self._exhausted():
            return self._push_any()
        below, results = self._structured("block", "block")
        self._fill(results)
        self._out += op("end")
        return self._close(below, results)

    def _loop(self) -> bool:
        if self._exhausted():
            return self._push_any()
        below, results = self._structured("loop", "loop")
        self._tick()
        self._fill(results)
        self._out += op("end")
        return self._close(below, results)

    def _if(self) -> bool:
        if self._exhausted():
            return self._push_any()
        params, results = self._take_params(), random_types(self._random, 2)
        below = self._stack
        self._condition()
        self._open("if", "if", params, results)
        self._fill(results)
        if params != results or self._random.random() < 0.7:
            self._out += op("else")
            self._stack = list(params)
            self._fill(results)
        self._out += op("end")
        return self._close(below, results)

    def _try(self) -> bool:
        if self._exhausted():
            return self._push_any()
        below, results = self._structured("try", "do")
        clauses = [] if self._random.random() < 0.3 else self._clauses()
        rest, *shares = self._shares(2 + len(clauses))
        self._budget = shares[0]
        self._fill_part(results, self._random.choice((self._throw, self._rethrow)), 0.6)
        for clause, share in zip(clauses, shares[1:], strict=True):
            self._budget = share
            self._labels[-1].kind = "catch"
            self._catch(clause)
            self._fill_part(results, self._rethrow, 0.35)
        self._budget = rest
        if clauses or self._random.random() < 0.1:
            self._out += op("end")
            return self._close(below, results)
        self._close(below, results)
        self._out += op("delegate") + self._depth(self._random.randrange(len(self._labels)))
        return False

    def _shares(self, count: int) -> list[int]:
        """Divide what may still be opened, so that the last parts get some of it, too."""
        shares = [0] * count
        for _ in range(max(0, self._budget)):
            shares[self._random.randrange(count)] += 1
        return shares

    def _clauses(self) -> list[int | None]:
        """Tags in any order, even twice; None is catch_all."""
        count = self._random.choice((0, 1, 1, 2, 2, 3))
        tags: list[int | None] = [self._tag() for _ in range(count)]
        return [*tags, None] if self._random.random() < 0.4 else tags

    def _tag(self) -> int:
        """Half of all exceptions and clauses are about the first tag, so that they meet."""
        return self._random.choice((0, self._random.randrange(len(self._parts.tags))))

    def _catch(self, clause: int | None) -> None:
        if clause is None:
            self._out += op("catch_all")
            self._stack = []
        else:
            self._out += op("catch") + self._index_leb(clause)
            self._stack = list(self._parts.tags[clause][0])
        self._tick()
        if self._random.random() < 0.5:
            self._perhaps(self._rethrow)

    # What ends a block

    def _perhaps(self, terminator: Callable[[], bool]) -> bool:
        """Mostly under a condition, in a block of its own; else for good."""
        if self._random.random() < 0.06:
            return terminator()
        below = self._stack
        self._condition()
        self._open("if", "if", (), ())
        terminator()
        self._out += op("end")
        return self._close(below, ())

    def _branch(self) -> bool:
        target = self._random.randrange(len(self._labels))
        self._push_all(self._labels[target].types)
        self._out += op("br") + self._depth(target)
        return True

    def _branch_table(self) -> bool:
        wanted = self._random.choice(self._labels).types
        targets = [i for i, label in enumerate(self._labels) if label.types == wanted]
        self._push_all(wanted)
        self._out += op("global.get") + u32(TRACE) + op("i32.const") + s64(7) + op("i32.and")
        count = self._random.choice((0, 1, 2, 3, 6, 40))
        picked = [self._random.choice(targets) for _ in range(count + 1)]
        self._out += op("br_table") + u32(count) + b"".join(map(self._depth, picked))
        return True

    def _return(self) -> bool:
        self._push_all(self._results)
        self._out += op("return")
        return True

    def _throw(self) -> bool:
        tag = self._tag()
        self._push_all(self._parts.tags[tag][0])
        self._out += op("throw") + self._index_leb(tag)
        return True

    def _rethrow(self) -> bool:
        """Rethrow what any open catch part caught; throw when none is open."""
        catching = [i for i, label in enumerate(self._labels) if label.kind == "catch"]
        if not catching:
            return self._throw()
        if len(catching) > 1 and self._random.random() < 0.5:
            catching.pop()  # an outer one shows whether each part kept its own exception
        self._out += op("rethrow") + self._depth(self._random.choice(catching))
        return True

    def _tail_call(self) -> bool:
        fitting = [i for i, (_, results) in enumerate(self._signatures) if results == self._results]
        self._call_one(self._random.choice(fitting), "return_")
        return True

    def _unreachable(self) -> bool:
        self._out += op("unreachable")
        return True

    # Straight-line code

    def _branch_if(self) -> bool:
        target = self._random.randrange(len(self._labels))
        self._push_all(self._labels[target].types)
        self._condition()
        self._out += op("br_if") + self._depth(target)
        return False

    def _call(self) -> bool:
        later = range(self._index + 1, len(self._signatures))
        if not later or self._random.random() < 0.2:
            later = range(len(self._signatures))
        index = self._random.choice(later)
        self._call_one(index, "")
        self._stack += self._signatures[index][1]
        return False

    def _call_one(self, index: int, prefix: str) -> None:
        """Call a random function, directly or by the table."""
        signature = self._signatures[index]
        self._push_all(signature[0])
        del self._stack[len(self._stack) - len(signature[0]) :]
        if self._random.random() < 0.75:
            self._out += op(prefix + "call") + self._index_leb(FIRST + index)
        else:
            type_index = u32(self._parts.type_index(signature))
            self._out += op("i32.const") + s64(index)
            self._out += op(prefix + "call_indirect") + type_index + b"\0"

    def _tick(self) -> bool:
        self._out += op("i32.const") + s64(self._random.randrange(1 << 16)) + op("call") + u32(TICK)
        return False

    def _observe(self) -> bool:
        if self._stack:
            self._out += TO_I32[self._stack.pop()] + op("call") + u32(MIX)
        return False

    def _store(self) -> bool:
        fitting = [i for i, name in enumerate(self._locals) if self._stack[-1:] == [name]]
        if fitting:
            self._out += op("local.set") + self._index_leb(self._random.choice(fitting))
            self._stack.pop()
        return False

    def _various(self) -> bool:
        """Instructions with the rarer immediates, which a scanner must measure rightly."""
        address = op("i32.const") + s64(self._random.randrange(64))
        code, result = self._random.choice(
            [
                (address + op("i32.load") + b"\2\x88\x0e", "i32"),
                (address + op("i64.load8_u") + b"\0\x06", "i64"),
                (address + address + op("i32.store") + b"\2\x08", None),
                (address + address + address + op("memory.fill") + b"\0", None),
                (address + address + address + op("select"), "i32"),
                (address + address + address + op("select_t") + b"\1\x7f", "i32"),
                (op("ref.func") + u32(FIRST), "funcref"),
                (op("memory.size") + b"\0", "i32"),
            ]
        )
        self._out += code
        if result is not None:
            self._stack.append(result)
        return False

    def _condition(self) -> None:
        """Push something that is true in one of two, four or eight cases, by the trace."""
        shift, mask = self._random.randrange(29), self._random.choice((1, 3, 7))
        self._out += op("global.get") + u32(TRACE) + op("i32.const") + s64(shift)
        self._out += op("i32.shr_u") + op("i32.const") + s64(mask) + op("i32.and") + op("i32.eqz")

    def _push_any(self) -> bool:
        self._push(self._random.choice(TYPES) if self._random.random() < 0.3 else "i32")
        return False

    def _push_all(self, names: Sequence[str]) -> None:
        for name in names:
            self._push(name)

    def _push(self, name: str) -> None:
        fitting = [i for i, other in enumerate(self._locals) if other == name]
        if fitting and self._random.random() < 0.5:
            self._out += op("local.get") + self._index_leb(self._random.choice(fitting))
        else:
            self._out += self._constant(name)
        self._stack.append(name)

    def _constant(self, name: str) -> bytes:
        number = self._random.choice(
            (6, 7, 9, 0x18, 0x19, self._random.randint(-(1 << 30), 1 << 30))
        )
        if name in ("i32", "i64"):
            return op(f"{name}.const") + s64(number)
        if name in ("f32", "f64"):
            return op(f"{name}.const") + struct.pack("<f" if name == "f32" else "<d", number)
        if name == "v128":
            return op("v128.const") + struct.pack("<4i", number, 6, 7, 9)
        return op("ref.null") + (b"\x70" if name == "funcref" else b"\x6f")

    def _depth(self, target: int) -> bytes:
        return self._index_leb(len(self._labels) - 1 - target)

    def _index_leb(self, index: int) -> bytes:
        """Linkers write padded indices; so do we, now and then."""
        return u32(index, 5 if self._random.random() < 0.04 else 0)
