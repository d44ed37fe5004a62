"""Runs compiled regular expressions: a backtracking machine with a budget.

A compiled node is an *operation*: it looks at the text at `position`, moves on, and gives the
operation that comes next, or None when it fails. Where there is another way, an operation leaves
it on the stack; on a failure the machine goes back to the newest one. Registers (what groups
captured, counters) are restored on the way, as their old values are on the stack too.

Python's `re` has no time limit and no captures that a new round of a loop resets, so it serves
single characters only. A guest writes patterns that take exponential time: each step costs, and
a budget that is used up raises js.RangeError. ECMA-262 22.2.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from unpoison.js.exceptions import STACK_OVERFLOW, RangeError

Captures = list[tuple[int, int] | None]
"""(start, end) of the match and of each group, None for one that did not take part."""

MAX_GROUPS: Final = 1 << 12

MAX_STEPS: Final = 3_000_000
"""Steps of one operation of a guest, such as one `replace`: a few seconds."""
MAX_STACK: Final = 1 << 20
"""Entries of the stack; about 100 MB. V8 has 64 MB."""
CHARACTERS_PER_STEP: Final = 32
"""Characters that Python's `re` reads in the time of one step, at the least."""

Operation = Callable[["Machine"], Any]
"""Gives the next Operation or None; the type would be recursive."""


class Budget:
    """The steps that are left of one operation."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Take steps. Raises js.RangeError when there are no more."""
        self.left -= steps
        if self.left < 0:
            raise RangeError("the regular expression takes too many steps on this text")


class Machine:
    """One attempt to match: the text, the position, the registers and the stack."""

    __slots__ = ("budget", "end", "position", "registers", "stack", "text")

    def __init__(self, text: str, registers: int, budget: Budget) -> None:
        self.text = text
        self.end = len(text)
        self.position = 0
        self.registers: list[int | None] = [None] * registers
        self.stack: list[tuple[Any, Any, int]] = []
        self.budget = budget

    def save(self, register: int, value: int | None) -> None:
        """Set a register; its old value comes back when the machine goes back."""
        self.stack.append((register, self.registers[register], 0))
        self.registers[register] = value

    def offer(self, operation: Operation, position: int, lowest: int) -> None:
        """Leave another way: an operation at a position, then at each one down to the lowest."""
        self.stack.append((operation, position, lowest))

    def run(self, operation: Operation) -> bool:
        """Run up to `accept`; False, with all registers as before, when there is no way."""
        stack, base, budget = self.stack, len(self.stack), self.budget
        current: Any = operation
        while current is not accept:
            budget.left -= 1
            if budget.left < 0 or len(stack) > MAX_STACK:
                self._give_up()
            current = current(self)
            while current is None:
                if len(stack) == base:
                    return False
                current = self._go_back()
        return True

    def _go_back(self) -> Operation | None:
        """Take the newest entry of the stack: a way to try, or a register to restore."""
        what, value, lowest = self.stack.pop()
        if isinstance(what, int):
            self.registers[what] = value
            return None
        self.position = value
        if value > lowest:
            self.stack.append((what, value - 1, lowest))
        return what  # type: ignore[no-any-return]

    def _give_up(self) -> None:
        self.budget.spend(0)
        raise RangeError(STACK_OVERFLOW)

    def settle(self, base: int) -> None:
        """Forget the other ways above a height of the stack: a lookaround matches once."""
        self.stack[base:] = [entry for entry in self.stack[base:] if isinstance(entry[0], int)]

    def undo(self, base: int) -> None:
        """Restore all registers that were set above a height of the stack."""
        while len(self.stack) > base:
            what, value, _ = self.stack.pop()
            if isinstance(what, int):
                self.registers[what] = value


def accept(machine: Machine) -> None:
    """Stand for the end of the pattern; it is never run."""
    raise AssertionError("the machine stops here")
