"""One running function of the interpreter: its stack, locals and labels, and what each op does.

Values are unsigned integers of the width of their type; floats are their bits, which are only
ever stored and never computed with. An exception cannot occur, so the body of a try runs and its
catches are skipped: the same steps serve legacy and exnref bodies.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

M32 = 0xFFFF_FFFF
M64 = 0xFFFF_FFFF_FFFF_FFFF


class Machine(Protocol):
    """What a frame needs of the interpreter that runs it."""

    globals: dict[int, int]

    def call(self, index: int, stack: list[int]) -> None:
        """Run a function: its arguments are taken off the stack, its results put there."""

    def load(self, address: int, size: int) -> int:
        """Give `size` bytes of memory as a little-endian number."""

    def store(self, address: int, size: int, value: int) -> None:
        """Put the low `size` bytes of `value` into memory."""


class Label(NamedTuple):
    """Where a branch goes, how many values it takes, and the stack's height below them."""

    target: int
    arity: int
    height: int


class Block(NamedTuple):
    """A block as compiled: its branch target, the values it takes and a branch to it takes.

    `otherwise` is where an `if` goes when its condition is zero.
    """

    target: int
    params: int
    arity: int
    otherwise: int = 0


class Frame:
    """One call: `position` is the index of the next step."""

    __slots__ = ("labels", "locals", "machine", "position", "stack")

    def __init__(self, machine: Machine, values: list[int], body: Label) -> None:
        self.machine = machine
        self.locals = values
        self.stack: list[int] = []
        self.labels = [body]
        self.position = 0

    def branch(self, depth: int) -> None:
        """Go to a label. Raises IndexError when there are not so many."""
        label = self.labels[-1 - depth]
        if depth:
            del self.labels[-depth:]
        kept = self.stack[len(self.stack) - label.arity :]
        self.stack[label.height :] = kept
        self.position = label.target


Operation = Callable[[Frame, Any], None]


def _enter(frame: Frame, block: Block) -> None:
    frame.labels.append(Label(block.target, block.arity, len(frame.stack) - block.params))


def _enter_if(frame: Frame, block: Block) -> None:
    condition = frame.stack.pop()
    _enter(frame, block)
    if not condition:
        frame.position = block.otherwise


def _leave(frame: Frame, _: Any) -> None:
    frame.labels.pop()


def _skip_to(frame: Frame, target: int) -> None:
    frame.position = target


def _branch(frame: Frame, depth: int) -> None:
    frame.branch(depth)


def _branch_if(frame: Frame, depth: int) -> None:
    if frame.stack.pop():
        frame.branch(depth)


def _branch_table(frame: Frame, labels: tuple[int, ...]) -> None:
    frame.branch(labels[min(frame.stack.pop(), len(labels) - 1)])


def _return(frame: Frame, _: Any) -> None:
    frame.branch(len(frame.labels) - 1)


def _call(frame: Frame, index: int) -> None:
    frame.machine.call(index, frame.stack)


def _return_call(frame: Frame, index: int) -> None:
    frame.machine.call(index, frame.stack)
    frame.branch(len(frame.labels) - 1)


def _drop(frame: Frame, _: Any) -> None:
    frame.stack.pop()


def _select(frame: Frame, _: Any) -> None:
    condition, second = frame.stack.pop(), frame.stack.pop()
    if not condition:
        frame.stack[-1] = second


def _nothing(frame: Frame, _: Any) -> None:
    pass


def _constant(frame: Frame, value: int) -> None:
    frame.stack.append(value)


def _local_get(frame: Frame, index: int) -> None:
    frame.stack.append(frame.locals[index])


def _local_set(frame: Frame, index: int) -> None:
    frame.locals[index] = frame.stack.pop()


def _local_tee(frame: Frame, index: int) -> None:
    frame.locals[index] = frame.stack[-1]


def _global_get(frame: Frame, index: int) -> None:
    frame.stack.append(frame.machine.globals[index])


def _global_set(frame: Frame, index: int) -> None:
    frame.machine.globals[index] = frame.stack.pop()


CONTROL: dict[str, Operation] = {
    "block": _enter,
    "loop": _enter,
    "try": _enter,
    "try_table": _enter,
    "if": _enter_if,
    "else": _skip_to,
    "catch": _skip_to,
    "catch_all": _skip_to,
    "delegate": _leave,
    "end": _leave,
}
"""Operations whose immediate is made when a body is compiled."""

PLAIN: dict[str, Operation] = {
    "nop": _nothing,
    "br": _branch,
    "br_if": _branch_if,
    "br_table": _branch_table,
    "return": _return,
    "call": _call,
    "return_call": _return_call,
    "drop": _drop,
    "select": _select,
    "select_t": _select,
    "i32.const": _constant,
    "i64.const": _constant,
    "f32.const": _constant,
    "f64.const": _constant,
    "local.get": _local_get,
    "local.set": _local_set,
    "local.tee": _local_tee,
    "global.get": _global_get,
    "global.set": _global_set,
}


def _unary(compute: Callable[[int], int]) -> Operation:
    def operation(frame: Frame, _: Any) -> None:
        frame.stack[-1] = compute(frame.stack[-1])

    return operation


def _binary(compute: Callable[[int, int], int]) -> Operation:
    def operation(frame: Frame, _: Any) -> None:
        second = frame.stack.pop()
        frame.stack[-1] = compute(frame.stack[-1], second)

    return operation


def _signed(value: int, bits: int) -> int:
    return value - (value >> (bits - 1) << bits)


def _integer_operations(bits: int) -> dict[str, Operation]:
    mask = (1 << bits) - 1
    binary: dict[str, Callable[[int, int], int]] = {
        "add": lambda a, b: (a + b) & mask,
        "sub": lambda a, b: (a - b) & mask,
        "mul": lambda a, b: (a * b) & mask,
        "and": lambda a, b: a & b,
        "or": lambda a, b: a | b,
        "xor": lambda a, b: a ^ b,
        "shl": lambda a, b: (a << b % bits) & mask,
        "shr_u": lambda a, b: a >> b % bits,
        "shr_s": lambda a, b: (_signed(a, bits) >> b % bits) & mask,
        "eq": lambda a, b: a == b,
        "ne": lambda a, b: a != b,
        "lt_u": lambda a, b: a < b,
        "gt_u": lambda a, b: a > b,
        "le_u": lambda a, b: a <= b,
        "ge_u": lambda a, b: a >= b,
        "lt_s": lambda a, b: _signed(a, bits) < _signed(b, bits),
        "gt_s": lambda a, b: _signed(a, bits) > _signed(b, bits),
        "le_s": lambda a, b: _signed(a, bits) <= _signed(b, bits),
        "ge_s": lambda a, b: _signed(a, bits) >= _signed(b, bits),
    }
    operations = {f"i{bits}.{name}": _binary(compute) for name, compute in binary.items()}
    operations[f"i{bits}.eqz"] = _unary(lambda a: a == 0)
    return operations


def _load(size: int, signed: bool, mask: int) -> Operation:
    def operation(frame: Frame, argument: Any) -> None:
        value = frame.machine.load(frame.stack.pop() + argument.offset, size)
        frame.stack.append(_signed(value, size * 8) & mask if signed else value)

    return operation


def _store(size: int) -> Operation:
    def operation(frame: Frame, argument: Any) -> None:
        value, address = frame.stack.pop(), frame.stack.pop()
        frame.machine.store(address + argument.offset, size, value)

    return operation


def _memory_operations() -> dict[str, Operation]:
    operations: dict[str, Operation] = {}
    for name, size, mask in (("i32", 4, M32), ("i64", 8, M64), ("f32", 4, M32), ("f64", 8, M64)):
        operations[f"{name}.load"] = _load(size, False, mask)
        operations[f"{name}.store"] = _store(size)
    for name, widths, mask in (("i32", (8, 16), M32), ("i64", (8, 16, 32), M64)):
        for width in widths:
            operations[f"{name}.load{width}_u"] = _load(width // 8, False, mask)
            operations[f"{name}.load{width}_s"] = _load(width // 8, True, mask)
            operations[f"{name}.store{width}"] = _store(width // 8)
    return operations


PLAIN |= _integer_operations(32) | _integer_operations(64) | _memory_operations()
PLAIN |= {
    "i32.wrap_i64": _unary(lambda a: a & M32),
    "i64.extend_i32_u": _unary(lambda a: a),
    "i64.extend_i32_s": _unary(lambda a: _signed(a, 32) & M64),
}
