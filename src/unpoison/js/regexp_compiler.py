"""Compiles regular expressions: nodes to operations, from the last one to the first.

Each function makes the operation of one kind of node; `after` is what comes next. Behind a
lookbehind the text is read backwards, so its nodes are compiled in that direction. Loops over
single characters are runs of Python's `re`. ECMA-262 22.2.2.2 to 22.2.2.7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from unpoison.js.character_sets import (
    CharSet,
    class_source,
    contains,
    is_wide,
    simple_fold,
    union,
    upper_unit,
)
from unpoison.js.exceptions import SyntaxError  # noqa: A004 - JavaScript's
from unpoison.js.regexp_machine import (
    CHARACTERS_PER_STEP,
    Budget,
    Captures,
    Machine,
    Operation,
    accept,
)
from unpoison.js.regexp_syntax import (
    Assertion,
    Backreference,
    Chars,
    Choice,
    Flags,
    Group,
    Look,
    Node,
    Pattern,
    Place,
    Repeat,
    Sequence,
)

MAX_WIDE_RUNS: Final = 64
"""Runs over sets that Python's `re` needs milliseconds to compile."""
GROUPS_PER_STEP: Final = 4
LINE_ENDS: Final = frozenset("\n\r\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled pattern."""

    pattern: Pattern
    start: Operation
    registers: int
    first: Callable[..., Any] | None

    @property
    def names(self) -> dict[str, tuple[int, ...]]:
        """The groups of each name."""
        return self.pattern.names

    def search(self, text: str, position: int, budget: Budget, *, sticky: bool) -> Captures | None:
        """Find the first match at or after a position, with `sticky` only at it.

        Raises js.RangeError when the budget is used up.
        """
        machine = Machine(text, self.registers, budget)
        while position <= machine.end:
            if self.first is not None and not sticky:
                found = self.first(text, position)
                if found is None:
                    return None
                budget.spend((found.start() - position) // CHARACTERS_PER_STEP)
                position = found.start()
            machine.position = position
            if machine.run(self.start):
                budget.spend(self.pattern.group_count // GROUPS_PER_STEP)
                return self._captures(machine, position)
            if sticky:
                return None
            position += 1
        return None

    def _captures(self, machine: Machine, start: int) -> Captures:
        registers: list[Any] = machine.registers
        groups = range(1, self.pattern.group_count + 1)
        spans = [(registers[2 * g], registers[2 * g + 1]) for g in groups]
        return [(start, machine.position), *(None if span[1] is None else span for span in spans)]


def compile_pattern(pattern: Pattern) -> Program:
    """Compile a parsed pattern."""
    compiler = Compiler(pattern)
    start = compiler.compile(pattern.body, accept, False)
    first = first_chars(pattern.body)
    search = None if first is None else re.compile(class_source(first)).search
    return Program(pattern, start, compiler.registers, search)


def first_chars(node: Node) -> CharSet | None:
    """Give the characters that a match can begin with; None for any, or for an empty match."""
    if isinstance(node, Chars):
        return node.chars
    if isinstance(node, Group):
        return first_chars(node.body)
    if isinstance(node, Repeat):
        return first_chars(node.body) if node.least else None
    if isinstance(node, Choice):
        found = [first_chars(option) for option in node.options]
        known = [chars for chars in found if chars is not None]
        return union(*known) if len(known) == len(found) else None
    if isinstance(node, Sequence):
        rest = [item for item in node.items if not isinstance(item, Assertion | Look)]
        return first_chars(rest[0]) if rest else None
    return None


class Compiler:
    """One pattern being compiled; it counts the registers."""

    def __init__(self, pattern: Pattern) -> None:
        self.flags: Flags = pattern.flags
        self.registers = 2 * (pattern.group_count + 1)
        self.wide_runs = 0

    def register(self) -> int:
        """Give a new register."""
        self.registers += 1
        return self.registers - 1

    def compile(self, node: Node, after: Operation, backward: bool) -> Operation:
        """Give the operation of a node."""
        if isinstance(node, Chars):
            return _one(node.chars, after, backward)
        if isinstance(node, Sequence):
            return self.sequence(node, after, backward)
        if isinstance(node, Choice):
            return _choice([self.compile(each, after, backward) for each in node.options])
        if isinstance(node, Group):
            return self.group(node, after, backward)
        if isinstance(node, Repeat):
            return self.repeat(node, after, backward)
        if isinstance(node, Look):
            return _look(node, self.compile(node.body, accept, node.behind), after)
        if isinstance(node, Backreference):
            fold = simple_fold if self.flags.full_unicode else upper_unit
            return _same(node.groups, fold if node.ignore_case else None, after, backward)
        assert isinstance(node, Assertion)
        return _place(node, after)

    def sequence(self, node: Sequence, after: Operation, backward: bool) -> Operation:
        """Compile the items, in the direction of reading; characters in a row are one text."""
        items = list(_joined_texts(node.items))
        for item in items if backward else reversed(items):
            if isinstance(item, str):
                after = _text(item, after, backward)
            else:
                after = self.compile(item, after, backward)
        return after

    def group(self, node: Group, after: Operation, backward: bool) -> Operation:
        """Compile a group: it captures when its end is reached."""
        begun = self.register()
        near, far = 2 * node.index, 2 * node.index + 1
        if backward:
            near, far = far, near

        def close(machine: Machine) -> Operation:
            machine.save(near, machine.registers[begun])
            machine.save(far, machine.position)
            return after

        body = self.compile(node.body, close, backward)

        def begin(machine: Machine) -> Operation:
            machine.save(begun, machine.position)
            return body

        return begin

    def repeat(self, node: Repeat, after: Operation, backward: bool) -> Operation:
        """Compile a loop: of single characters as a run, any other in rounds."""
        if node.most == 0:
            return after
        if isinstance(node.body, Chars) and not backward:
            self.wide_runs += is_wide(node.body.chars)
            if self.wide_runs > MAX_WIDE_RUNS:
                raise SyntaxError("Regular expression too large")
            if node.greedy:
                return _greedy_run(node, node.body.chars, after)
            if node.most is None:
                return _lazy_run(node, node.body.chars, after)
        return self.rounds(node, after, backward)

    def rounds(self, node: Repeat, after: Operation, backward: bool) -> Operation:
        """Be RepeatMatcher: each round resets its groups, and one that is not needed must
        match something. ECMA-262 22.2.2.3.1."""
        count, begun = self.register(), self.register()
        least, most, greedy = node.least, node.most, node.greedy
        captures = range(2 * node.first_group, 2 * node.last_group)
        limit = -1 if most is None else most

        def again(machine: Machine) -> Operation:
            done: Any = machine.registers[count]
            if done < least:
                return next_round
            if done == limit:
                return after
            way, other = (next_round, after) if greedy else (after, next_round)
            machine.offer(other, machine.position, machine.position)
            return way

        def next_round(machine: Machine) -> Operation:
            machine.save(count, machine.registers[count] + 1)  # type: ignore[operator]
            machine.save(begun, machine.position)
            if captures:
                machine.budget.spend(len(captures))
                for register in captures:
                    machine.save(register, None)
            return body

        def ended(machine: Machine) -> Operation | None:
            if machine.position == machine.registers[begun]:
                if machine.registers[count] > least:  # type: ignore[operator]
                    return None
                machine.save(count, least)  # the other rounds would do the same
            return again

        body = self.compile(node.body, ended, backward)

        def enter(machine: Machine) -> Operation:
            machine.save(count, 0)
            return again

        return enter


def _joined_texts(items: Iterable[Node]) -> Iterable[Node | str]:
    """Give the items of a sequence, single characters in a row as one text."""
    text = ""
    for item in items:
        if isinstance(item, Chars) and len(item.chars) == 1 and len(set(item.chars[0])) == 1:
            text += chr(item.chars[0][0])
            continue
        if text:
            yield text
        text = ""
        yield item
    if text:
        yield text


def _one(chars: CharSet, after: Operation, backward: bool) -> Operation:
    has = contains(chars)

    def read(machine: Machine) -> Operation | None:
        position = machine.position
        if position < machine.end and has(machine.text[position]):
            machine.position = position + 1
            return after
        return None

    def read_back(machine: Machine) -> Operation | None:
        position = machine.position - 1
        if position >= 0 and has(machine.text[position]):
            machine.position = position
            return after
        return None

    return read_back if backward else read


def _text(wanted: str, after: Operation, backward: bool) -> Operation:
    length = len(wanted)

    def read(machine: Machine) -> Operation | None:
        if machine.text.startswith(wanted, machine.position):
            machine.position += length
            return after
        return None

    def read_back(machine: Machine) -> Operation | None:
        if machine.text.endswith(wanted, 0, machine.position):
            machine.position -= length
            return after
        return None

    return read_back if backward else read


def _choice(options: list[Operation]) -> Operation:
    first, *others = options
    others.reverse()

    def choose(machine: Machine) -> Operation:
        position = machine.position
        for other in others:
            machine.offer(other, position, position)
        return first

    return choose


def _greedy_run(node: Repeat, chars: CharSet, after: Operation) -> Operation:
    most = "" if node.most is None else node.most
    match = re.compile(f"{class_source(chars)}{{{node.least},{most}}}").match
    least = node.least

    def run(machine: Machine) -> Operation | None:
        position = machine.position
        found = match(machine.text, position)
        if found is None:
            return None
        end = found.end()
        machine.budget.spend((end - position) // CHARACTERS_PER_STEP)
        if end > position + least:
            machine.offer(after, end - 1, position + least)
        machine.position = end
        return after

    return run


def _lazy_run(node: Repeat, chars: CharSet, after: Operation) -> Operation:
    match = re.compile(f"{class_source(chars)}{{{node.least}}}").match
    has = contains(chars)

    def run(machine: Machine) -> Operation | None:
        found = match(machine.text, machine.position)
        if found is None:
            return None
        machine.position = found.end()
        machine.offer(one_more, machine.position, machine.position)
        return after

    def one_more(machine: Machine) -> Operation | None:
        position = machine.position
        if position >= machine.end or not has(machine.text[position]):
            return None
        machine.position = position + 1
        machine.offer(one_more, position + 1, position + 1)
        return after

    return run


def _look(node: Look, body: Operation, after: Operation) -> Operation:
    def look(machine: Machine) -> Operation | None:
        position, base = machine.position, len(machine.stack)
        if not machine.run(body):
            return None
        machine.settle(base)
        machine.position = position
        return after

    def look_for_none(machine: Machine) -> Operation | None:
        position, base = machine.position, len(machine.stack)
        if machine.run(body):
            machine.undo(base)
            return None
        machine.position = position
        return after

    return look_for_none if node.negative else look


def _same(
    groups: tuple[int, ...], fold: Callable[[int], int] | None, after: Operation, backward: bool
) -> Operation:
    def canonical(text: str) -> object:
        return text if fold is None else [fold(ord(character)) for character in text]

    def read(machine: Machine) -> Operation | None:
        registers: list[Any] = machine.registers
        taken = [group for group in groups if registers[2 * group + 1] is not None]
        if not taken:
            return after
        wanted = machine.text[registers[2 * taken[0]] : registers[2 * taken[0] + 1]]
        machine.budget.spend(len(wanted) // (CHARACTERS_PER_STEP if fold is None else 1))
        start = machine.position - len(wanted) * backward
        end = start + len(wanted)
        if start < 0 or end > machine.end:
            return None
        if canonical(machine.text[start:end]) != canonical(wanted):
            return None
        machine.position = start if backward else end
        return after

    return read


def _place(node: Assertion, after: Operation) -> Operation:
    is_there = PLACES[node.place]
    word = contains(node.words)

    def check(machine: Machine) -> Operation | None:
        return after if is_there(machine.text, machine.position, word) else None

    return check


def _at_boundary(text: str, position: int, word: Callable[[str], Any]) -> bool:
    before = position > 0 and bool(word(text[position - 1]))
    return before != (position < len(text) and bool(word(text[position])))


PLACES: Final[dict[Place, Callable[[str, int, Callable[[str], Any]], bool]]] = {
    Place.START: lambda text, position, _: position == 0,
    Place.END: lambda text, position, _: position == len(text),
    Place.LINE_START: lambda text, position, _: position == 0 or text[position - 1] in LINE_ENDS,
    Place.LINE_END: lambda text, position, _: position == len(text) or text[position] in LINE_ENDS,
    Place.BOUNDARY: _at_boundary,
    Place.NO_BOUNDARY: lambda text, position, word: not _at_boundary(text, position, word),
}
