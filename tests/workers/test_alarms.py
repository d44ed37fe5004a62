"""The alarm policy of one object, and the queue of all: lists of events, no clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from unpoison.workers.alarms import MAX_RETRIES, Alarm, AlarmQueue, Outcome, Run, Verdict

NOW = 1_700_000_000_000
DONE, FAILED, PREVENTED = Outcome


def no_jitter(_: int) -> int:
    return 0


def run(alarm: Alarm, outcome: Outcome, now: int = NOW) -> Verdict:
    alarm.begin()
    return alarm.finish(outcome, now, no_jitter)


def test_an_object_without_an_alarm_never_runs_one() -> None:
    alarm = Alarm()
    assert (alarm.current, alarm.due, alarm.is_running) == (None, None, False)
    with pytest.raises(ValueError, match="no alarm waits"):
        alarm.begin()
    with pytest.raises(ValueError, match="no alarm runs"):
        alarm.finish(DONE, NOW, no_jitter)


def test_an_alarm_is_due_at_its_time_also_when_it_was_loaded() -> None:
    for alarm in (Alarm(), Alarm(5)):
        alarm.set(7)
        assert (alarm.current, alarm.due) == (7, 7)
    assert Alarm(5).due == 5


def test_setting_it_again_replaces_it_and_deleting_ends_it() -> None:
    alarm = Alarm(5)
    alarm.set(9)
    assert alarm.due == 9
    alarm.delete()
    assert (alarm.current, alarm.due) == (None, None)


def test_while_the_handler_runs_the_alarm_is_gone_and_success_deletes_it() -> None:
    alarm = Alarm(5)
    assert alarm.begin() == Run(5, 0)
    assert (alarm.current, alarm.due, alarm.is_running) == (None, None, True)
    with pytest.raises(ValueError, match="no alarm waits"):
        alarm.begin()
    assert alarm.finish(DONE, NOW, no_jitter) is Verdict.DELETE
    assert (alarm.current, alarm.due, alarm.is_running) == (None, None, False)


@pytest.mark.parametrize("outcome", Outcome)
def test_an_alarm_set_by_the_handler_comes_next_however_it_ended(outcome: Outcome) -> None:
    alarm = Alarm(5)
    alarm.begin()
    alarm.set(5)  # also at the same time: it is another one
    assert (alarm.current, alarm.due) == (5, None)
    assert alarm.finish(outcome, NOW, no_jitter) is Verdict.KEEP
    assert (alarm.current, alarm.due) == (5, 5)
    assert alarm.begin() == Run(5, 0)


@pytest.mark.parametrize("outcome", Outcome)
def test_an_alarm_deleted_by_the_handler_is_not_run_again(outcome: Outcome) -> None:
    alarm = Alarm(5)
    alarm.begin()
    alarm.set(9)
    alarm.delete()
    assert alarm.finish(outcome, NOW, no_jitter) is Verdict.KEEP
    assert (alarm.current, alarm.due) == (None, None)


def test_retries_wait_twice_as_long_each_time_and_the_seventh_failure_drops_it() -> None:
    alarm = Alarm(5)
    delays, now = [], NOW
    for retries in range(MAX_RETRIES):
        assert alarm.begin() == Run(5, retries)
        assert alarm.finish(FAILED, now, no_jitter) is Verdict.KEEP
        assert alarm.current == 5
        assert alarm.due is not None
        delays.append(alarm.due - now)
        now = alarm.due
    assert delays == [2_000, 4_000, 8_000, 16_000, 32_000, 64_000]
    assert run(alarm, FAILED) is Verdict.DROP
    assert (alarm.current, alarm.due) == (None, None)


def test_a_success_after_failures_ends_it_and_the_next_alarm_begins_afresh() -> None:
    alarm = Alarm(5)
    run(alarm, FAILED)
    assert run(alarm, DONE) is Verdict.DELETE
    alarm.set(6)
    assert alarm.begin() == Run(6, 0)
    alarm.finish(FAILED, NOW, no_jitter)
    assert alarm.due == NOW + 2_000


def test_what_the_runtime_prevented_does_not_count_and_waits_17_minutes_at_most() -> None:
    alarm = Alarm(5)
    delays = []
    for _ in range(30):
        assert run(alarm, PREVENTED) is Verdict.KEEP
        assert alarm.due is not None
        delays.append(alarm.due - NOW)
    assert delays[:3] == [2_000, 4_000, 8_000]
    assert set(delays[9:]) == {2_000 << 9}
    assert alarm.begin() == Run(5, 0)


def test_the_first_failure_that_counts_begins_with_the_shortest_delay() -> None:
    alarm = Alarm(5)
    for _ in range(4):
        run(alarm, PREVENTED)
    run(alarm, FAILED)
    assert alarm.due == NOW + 2_000
    run(alarm, FAILED)
    assert alarm.due == NOW + 4_000


def test_a_prevented_run_never_drops_it() -> None:
    alarm = Alarm(5)
    for _ in range(MAX_RETRIES):
        run(alarm, FAILED)
    assert run(alarm, PREVENTED) is Verdict.KEEP
    assert run(alarm, FAILED) is Verdict.DROP


@given(st.integers(0, 12), st.randoms())
def test_the_jitter_is_a_quarter_of_the_delay_at_most(failures: int, random: object) -> None:
    alarm = Alarm(5)
    for count in range(failures):
        alarm.begin()
        delay = 2_000 << min(count, 9)
        alarm.finish(PREVENTED, NOW, lambda most: random.randint(0, most))  # type: ignore[attr-defined]
        assert alarm.due is not None
        assert delay <= alarm.due - NOW <= delay * 1.25


def test_an_alarm_set_between_retries_replaces_them() -> None:
    alarm = Alarm(5)
    run(alarm, FAILED)
    alarm.set(9)
    assert alarm.due == 9
    assert alarm.begin() == Run(9, 0)


class AnyAlarm(RuleBasedStateMachine):
    """At least once: an alarm ends by success, by being replaced, or by seven failures."""

    def __init__(self) -> None:
        super().__init__()
        self.alarm = Alarm()
        self.owed: int | None = None  # the alarm that must still run, as a reader of the docs
        self.failures = 0
        self.set_inside = False

    @rule(time=st.integers(1, 100))
    def set(self, time: int) -> None:
        self.alarm.set(time)
        self.owed, self.failures, self.set_inside = time, 0, self.alarm.is_running

    @rule()
    def delete(self) -> None:
        self.alarm.delete()
        self.owed, self.failures, self.set_inside = None, 0, self.alarm.is_running

    @precondition(lambda self: self.alarm.due is not None)
    @rule()
    def begin(self) -> None:
        assert self.alarm.begin() == Run(self.owed or 0, self.failures)
        self.set_inside = False

    @precondition(lambda self: self.alarm.is_running)
    @rule(outcome=st.sampled_from(Outcome))
    def finish(self, outcome: Outcome) -> None:
        verdict = self.alarm.finish(outcome, NOW, no_jitter)
        if self.set_inside:
            assert verdict is Verdict.KEEP
            return
        if outcome is FAILED:
            self.failures += 1
        if outcome is DONE or self.failures > MAX_RETRIES:
            assert verdict is (Verdict.DELETE if outcome is DONE else Verdict.DROP)
            self.owed, self.failures = None, 0
        else:
            assert verdict is Verdict.KEEP

    @invariant()
    def what_is_owed_is_due_or_runs(self) -> None:
        if not self.alarm.is_running:
            assert self.alarm.current == self.owed
            assert (self.alarm.due is None) == (self.owed is None)
        elif self.set_inside:
            assert self.alarm.current == self.owed
        else:
            assert self.alarm.current is None


TestAnyAlarm = AnyAlarm.TestCase


# --- the queue ---


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 9))), st.integers(0, 9))
def test_the_queue_gives_each_object_once_at_its_last_time(
    changes: list[tuple[int, int | None]], now: int
) -> None:
    queue: AlarmQueue[int] = AlarmQueue()
    expected: dict[int, int] = {}
    for key, due in changes:
        queue.put(key, due)
        expected.pop(key, None)
        if due is not None:
            expected[key] = due
    assert len(queue) == len(expected)
    assert queue.next_time() == min(expected.values(), default=None)
    taken = queue.take_due(now)
    assert [expected[key] for key in taken] == sorted(t for t in expected.values() if t <= now)
    assert len(set(taken)) == len(taken)
    assert queue.take_due(10) != taken or not taken
    assert len(queue) == 0


def test_an_object_that_sets_its_alarm_again_and_again_takes_no_more_room() -> None:
    queue: AlarmQueue[str] = AlarmQueue()
    for time in range(10_000):
        queue.put("a", time)
    assert len(queue._heap) < 100
    assert queue.take_due(9_998) == []
    assert queue.take_due(9_999) == ["a"]
