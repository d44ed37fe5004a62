"""The gates of a Durable Object: lists of events, then any events against the rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from unpoison import js
from unpoison.workers.gates import MAX_DEPTH, Gate, InputGate, Lock, OutputGate, Section, Wait


class Visitor:
    """An event that wants in: what became of it."""

    def __init__(self, gate: Gate, name: str = "", log: list[str] | None = None) -> None:
        self.lock: Lock | None = None
        self.error: BaseException | None = None
        self.calls = 0
        self._name = name
        self._log = log
        self.wait: Wait = gate.enter(self._opened, self._failed)

    def _opened(self, lock: Lock) -> None:
        self.calls += 1
        self.lock = lock
        if self._log is not None:
            self._log.append(self._name)

    def _failed(self, error: BaseException) -> None:
        self.calls += 1
        self.error = error

    @property
    def is_in(self) -> bool:
        return self.lock is not None

    def go(self) -> None:
        """Release the lock."""
        assert self.lock is not None
        self.lock.release()

    def section(self) -> Section:
        assert self.lock is not None
        return self.lock.begin_section()


# --- the input gate ---


def test_events_come_in_one_at_a_time_in_their_order() -> None:
    gate = InputGate()
    one, two, three = (Visitor(gate) for _ in range(3))
    assert [one.is_in, two.is_in, three.is_in] == [True, False, False]
    one.go()
    assert [two.is_in, three.is_in, gate.waiting] == [True, False, 1]
    two.go()
    assert three.is_in
    assert not gate.is_open
    three.go()
    assert gate.is_open


def test_a_lock_is_released_once() -> None:
    gate = InputGate()
    one, two, three = (Visitor(gate) for _ in range(3))
    one.go()
    one.go()
    assert [two.is_in, three.is_in] == [True, False]
    with pytest.raises(ValueError, match="released"):
        one.section()


def test_a_shared_lock_keeps_the_gate_closed_after_the_first_is_released() -> None:
    gate = InputGate()
    one, two = Visitor(gate), Visitor(gate)
    assert one.lock is not None
    operation = one.lock.share()
    one.go()
    assert not two.is_in
    operation.release()
    assert two.is_in
    with pytest.raises(ValueError, match="released"):
        operation.share()


def test_who_gave_up_is_passed_over() -> None:
    gate = InputGate()
    one, two, three = (Visitor(gate) for _ in range(3))
    two.wait.cancel()
    one.go()
    assert (two.calls, three.is_in) == (0, True)
    three.wait.cancel()  # it is in already: nothing happens
    assert not gate.is_open


def test_thousands_go_through_at_once_without_recursion() -> None:
    gate = InputGate()
    first = Visitor(gate)
    seen: list[int] = []

    def pass_through(number: int) -> None:
        def opened(lock: Lock) -> None:
            seen.append(number)
            lock.release()

        gate.enter(opened, seen.append)  # type: ignore[arg-type]

    for number in range(5000):
        pass_through(number)
    first.go()
    assert seen == list(range(5000))


# --- critical sections ---


def test_a_section_keeps_others_out_until_it_has_succeeded() -> None:
    gate = InputGate()
    one, other = Visitor(gate), Visitor(gate)
    section = one.section()
    begun = Visitor(section)
    assert not begun.is_in
    one.go()  # the event that began it awaits its promise
    assert (begun.is_in, other.is_in) == (True, False)
    begun.go()
    inside = Visitor(section)
    assert (inside.is_in, other.is_in) == (True, False)
    back = section.succeed()
    inside.go()
    assert not other.is_in  # the event that began it goes on first
    back.release()
    assert other.is_in


def test_events_of_a_section_come_in_one_at_a_time_too() -> None:
    gate = InputGate()
    one = Visitor(gate)
    section = one.section()
    begun = Visitor(section)
    early = Visitor(section)
    one.go()
    late = Visitor(section)
    assert [begun.is_in, early.is_in, late.is_in] == [True, False, False]
    begun.go()
    assert [early.is_in, late.is_in] == [True, False]


def test_sections_begin_before_events_that_waited_longer() -> None:
    gate = InputGate()
    log: list[str] = []
    one = Visitor(gate)
    Visitor(gate, "event", log)
    section = one.section()
    Visitor(section, "section", log)
    one.go()
    assert log == ["section"]


def test_stragglers_of_a_section_wait_above_when_it_has_ended() -> None:
    gate = InputGate()
    one = Visitor(gate)
    section = one.section()
    begun = Visitor(section)
    one.go()
    straggler = Visitor(section)
    outer = Visitor(gate)
    back = section.succeed()
    begun.go()
    assert not straggler.is_in
    back.release()
    assert [straggler.is_in, outer.is_in] == [False, True]
    outer.go()
    assert straggler.is_in
    straggler.go()
    assert Visitor(section).is_in  # it is the gate above now


def test_sections_nest_and_the_inner_one_closes_the_outer_one() -> None:
    gate = InputGate()
    one = Visitor(gate)
    outer = one.section()
    in_outer = Visitor(outer)
    one.go()
    inner = in_outer.section()
    in_inner = Visitor(inner)
    in_outer.go()
    more = Visitor(outer)
    assert [in_inner.is_in, more.is_in] == [True, False]
    assert in_inner.lock is not None
    assert in_inner.lock.gate is inner
    in_inner.go()
    inner.succeed().release()
    assert more.is_in
    more.go()
    outer.succeed().release()
    assert gate.is_open


def test_sections_are_nested_64_deep_at_most() -> None:
    visitor = Visitor(InputGate())
    for _ in range(MAX_DEPTH):
        section = visitor.section()
        deeper = Visitor(section)
        visitor.go()
        visitor = deeper
    with pytest.raises(js.Error, match="nested too deeply"):
        visitor.section()


def test_a_failed_section_breaks_every_gate_for_good() -> None:
    told: list[BaseException] = []
    gate = InputGate(told.append)
    one, waiting = Visitor(gate), Visitor(gate)
    outer = one.section()
    in_outer = Visitor(outer)
    one.go()
    inner = in_outer.section()
    in_inner = Visitor(inner)
    in_outer.go()
    waiting_inside = Visitor(inner)
    cause = KeyError("why")
    inner.fail(cause)
    assert [waiting.error, waiting_inside.error] == [cause, cause]
    assert [gate.broken, outer.broken, inner.broken, *told] == [cause] * 4
    for late in (Visitor(gate), Visitor(outer), Visitor(inner)):
        assert (late.error, late.calls) == (cause, 1)
    in_inner.go()
    assert told == [cause]


def test_a_gate_that_is_broken_from_outside_fails_who_waits_in_its_sections() -> None:
    gate = InputGate()
    one = Visitor(gate)
    section, unborn = one.section(), one.section()
    begun = Visitor(section)
    one.go()
    waiting, waiting_to_begin = Visitor(section), Visitor(unborn)
    cause = KeyError("the object was reset")
    gate.break_with(cause)
    gate.break_with(KeyError("again"))
    assert [waiting.error, waiting_to_begin.error, section.broken] == [cause] * 3
    assert unborn.broken is cause
    begun.go()
    section.succeed().release()
    assert Visitor(section).error is cause


def test_only_a_section_that_runs_can_end() -> None:
    gate = InputGate()
    one = Visitor(gate)
    section = one.section()
    for end in (section.succeed, lambda: section.fail(KeyError())):
        with pytest.raises(ValueError, match="not begun"):
            end()
    Visitor(section)
    one.go()
    section.succeed()
    with pytest.raises(ValueError, match="has ended"):
        section.succeed()


class AnyEvents(RuleBasedStateMachine):
    """Any order of arrivals, releases, sections and ends; the rules hold after each step."""

    visitors = Bundle("visitors")

    def __init__(self) -> None:
        super().__init__()
        self.gate = InputGate()
        self.all: list[tuple[Gate, Visitor]] = []
        self.sections: list[tuple[Section, Visitor]] = []
        self.came_in: list[str] = []  # of those who arrived at the gate of the object
        self.arrivals = 0

    def _arrive(self, gate: Gate) -> Visitor:
        visitor = Visitor(gate)
        self.all.append((gate, visitor))
        return visitor

    @rule(target=visitors)
    def arrive(self) -> Visitor:
        self.arrivals += 1
        visitor = Visitor(self.gate, str(self.arrivals), self.came_in)
        self.all.append((self.gate, visitor))
        return visitor

    @rule(target=visitors, visitor=visitors)
    def arrive_within(self, visitor: Visitor) -> Visitor:
        """What a running event caused comes back to the scope of that event."""
        return self._arrive(visitor.lock.gate if visitor.lock is not None else self.gate)

    @rule(visitor=visitors)
    def release(self, visitor: Visitor) -> None:
        if visitor.is_in:
            visitor.go()

    @rule(visitor=visitors)
    def cancel(self, visitor: Visitor) -> None:
        visitor.wait.cancel()

    @rule(target=visitors, visitor=visitors)
    def begin(self, visitor: Visitor) -> Visitor:
        if visitor.lock is None or not visitor.lock._is_held or visitor.lock.gate.depth >= 5:
            return self._arrive(self.gate)
        section = visitor.lock.begin_section()
        made = self._arrive(section)
        self.sections.append((section, made))
        return made

    @rule(pick=st.randoms(use_true_random=False))
    def succeed(self, pick: Any) -> None:
        running = [s for s, first in self.sections if first.is_in and not s._has_ended]
        if running:
            section = pick.choice(running)
            self.sections = [pair for pair in self.sections if pair[0] is not section]
            section.succeed().release()

    @invariant()
    def everybody_is_called_once_at_most(self) -> None:
        assert all(visitor.calls <= 1 for _, visitor in self.all)

    @invariant()
    def one_event_runs_in_a_scope_and_those_above_stand_still(self) -> None:
        held = [v.lock for _, v in self.all if v.lock is not None and v.lock._is_held]
        for lock in held:
            here = lock.gate
            while isinstance(here, Section):
                here = here._parent.scope()
                assert here.locks > 0

    @invariant()
    def who_came_first_is_let_in_first(self) -> None:
        assert self.came_in == sorted(self.came_in, key=int)

    @invariant()
    def nobody_waits_at_an_open_gate(self) -> None:
        for gate in (self.gate, *(section for section, _ in self.sections)):
            assert not (gate.is_open and gate.waiting)

    def teardown(self) -> None:
        """When all is released and every section has ended, nobody is left waiting."""
        for _ in range(2 * len(self.all) + 1):
            for _, visitor in self.all:
                if visitor.is_in:
                    visitor.go()
            for section, first in self.sections:
                if first.is_in and not section._has_ended:
                    section.succeed().release()
        assert self.gate.waiting == 0
        cancelled = [v for _, v in self.all if v.calls == 0]
        assert all(v.wait._queue is None for v in cancelled)
        assert self.gate.locks == 0


TestAnyEvents = AnyEvents.TestCase
TestAnyEvents.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


# --- the output gate ---


class Message:
    """Something that wants to leave."""

    def __init__(self, gate: OutputGate, log: list[str] | None = None, name: str = "") -> None:
        self.is_out = False
        self.error: BaseException | None = None
        self._log, self._name = log, name
        self.wait = gate.leave(self._opened, self._failed)

    def _opened(self) -> None:
        assert not self.is_out
        self.is_out = True
        if self._log is not None:
            self._log.append(self._name)

    def _failed(self, error: BaseException) -> None:
        self.error = error


def test_a_message_waits_for_the_commits_of_before_and_for_no_later_one() -> None:
    gate = OutputGate()
    assert Message(gate).is_out
    first = gate.commit()
    message = Message(gate)
    second = gate.commit()
    later = Message(gate)
    assert (first, second, message.is_out, gate.is_open) == (1, 2, False, False)
    gate.confirm(first)
    assert [message.is_out, later.is_out] == [True, False]
    gate.confirm(second)
    assert later.is_out
    assert gate.is_open


def test_one_confirmation_is_for_all_commits_up_to_it() -> None:
    gate = OutputGate()
    log: list[str] = []
    for name in "abc":
        gate.commit()
        Message(gate, log, name)
    gate.confirm(3)
    gate.confirm(1)  # an older flush that comes late changes nothing
    assert (log, gate.is_open) == (["a", "b", "c"], True)


def test_a_confirmation_of_what_was_never_committed_is_refused() -> None:
    with pytest.raises(ValueError, match="never made"):
        OutputGate().confirm(1)


def test_a_cancelled_message_never_leaves() -> None:
    gate = OutputGate()
    gate.commit()
    message, next_one = Message(gate), Message(gate)
    message.wait.cancel()
    gate.confirm(1)
    assert [message.is_out, next_one.is_out] == [False, True]


def test_a_broken_gate_lets_nothing_out() -> None:
    told: list[BaseException] = []
    gate = OutputGate(told.append)
    gate.commit()
    waiting, cancelled = Message(gate), Message(gate)
    cancelled.wait.cancel()
    cause = OSError("no space left")
    gate.break_with(cause)
    gate.break_with(OSError("again"))
    gate.confirm(1)
    late = Message(gate)
    assert [waiting.error, late.error, cancelled.error] == [cause, cause, None]
    assert [waiting.is_out, late.is_out, gate.is_open] == [False, False, False]
    assert told == [cause]


class AnyOutput(RuleBasedStateMachine):
    """Against the rule itself: out when the commits of its time are durable, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = OutputGate()
        self.log: list[str] = []
        self.needs: list[int] = []
        self.committed = self.durable = 0

    @rule()
    def commit(self) -> None:
        self.committed += 1
        assert self.gate.commit() == self.committed

    @rule(share=st.floats(0, 1))
    def confirm(self, share: float) -> None:
        number = round(self.committed * share)
        self.durable = max(self.durable, number)
        self.gate.confirm(number)

    @rule()
    def leave(self) -> None:
        Message(self.gate, self.log, str(len(self.needs)))
        self.needs.append(self.committed)

    @invariant()
    def those_are_out_whose_commits_are_durable(self) -> None:
        out = [str(place) for place, need in enumerate(self.needs) if need <= self.durable]
        assert self.log == out


TestAnyOutput = AnyOutput.TestCase
