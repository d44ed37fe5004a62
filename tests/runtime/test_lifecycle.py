"""The life of an instance, told as lists of events."""

from __future__ import annotations

import itertools

import pytest

from tests._ids import case_id
from unpoison import AbortError, AbortReason
from unpoison.runtime import TRANSITIONS, Event, Lifecycle, State
from unpoison.runtime.lifecycle import IllegalTransition

BEGAN, STARTED, START_FAILED = Event.BEGAN, Event.STARTED, Event.START_FAILED
ABORTED, HOOK_DONE, RETIRED, CLOSED = Event.ABORTED, Event.HOOK_DONE, Event.RETIRED, Event.CLOSED
ERROR = AbortError("gone", AbortReason.UNREACHABLE)


def lived(*events: Event, renews: bool = False) -> Lifecycle:
    life = Lifecycle(renews=renews)
    for event in events:
        if event is ABORTED:
            life.abort(ERROR)
        else:
            life.on(event)
    return life


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), State.COLD),
        ((BEGAN,), State.STARTING),
        ((BEGAN, STARTED), State.LIVE),
        ((BEGAN, START_FAILED), State.COLD),
        ((BEGAN, START_FAILED, BEGAN, STARTED), State.LIVE),
        ((BEGAN, ABORTED), State.DYING),
        ((BEGAN, ABORTED, HOOK_DONE), State.DEAD),
        ((BEGAN, STARTED, ABORTED), State.DYING),
        ((BEGAN, STARTED, ABORTED, HOOK_DONE), State.DEAD),
        ((BEGAN, STARTED, ABORTED, HOOK_DONE, RETIRED, BEGAN, STARTED), State.LIVE),
        ((BEGAN, STARTED, RETIRED), State.COLD),
        ((BEGAN, STARTED, CLOSED), State.CLOSED),
        ((BEGAN, STARTED, ABORTED, HOOK_DONE, CLOSED), State.CLOSED),
        ((CLOSED,), State.CLOSED),
    ],
    ids=case_id,
)
def test_a_list_of_events_leads_to_a_state(events: tuple[Event, ...], state: State) -> None:
    assert lived(*events).state is state


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)), ids=case_id)
def test_an_event_that_does_not_fit_raises_and_changes_nothing(state: State, event: Event) -> None:
    life = Lifecycle(state=state, generation=3, renewal_due=True, cause=ERROR)
    if event in TRANSITIONS[state]:
        life.on(event)
        assert life.state is TRANSITIONS[state][event]
        return
    with pytest.raises(IllegalTransition, match=f"{event.value} in state {state.value}"):
        life.on(event)
    assert life == Lifecycle(state=state, generation=3, renewal_due=True, cause=ERROR)


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(TRANSITIONS) == set(State)


def test_a_closed_instance_stays_closed() -> None:
    assert TRANSITIONS[State.CLOSED] == {}


def test_every_state_can_be_reached() -> None:
    reached, before = {State.COLD}, set[State]()
    while reached != before:
        before = set(reached)
        reached |= {target for state in before for target in TRANSITIONS[state].values()}
    assert reached == set(State)


def test_only_a_start_that_succeeded_counts_as_a_generation() -> None:
    assert lived(BEGAN, START_FAILED, BEGAN, ABORTED, HOOK_DONE).generation == 0
    assert lived(BEGAN, STARTED, RETIRED, BEGAN, START_FAILED).generation == 1
    assert lived(BEGAN, STARTED, RETIRED, BEGAN, STARTED).generation == 2


@pytest.mark.parametrize(("renews", "due"), [(False, False), (True, True)])
def test_an_abort_makes_a_renewal_due_when_the_embedder_chose_so(renews: bool, due: bool) -> None:
    assert lived(BEGAN, STARTED, ABORTED, renews=renews).renewal_due is due


def test_a_start_that_succeeded_clears_the_renewal_and_the_cause() -> None:
    life = lived(BEGAN, STARTED, ABORTED, HOOK_DONE, renews=True)
    assert life.cause is ERROR
    for event in (RETIRED, BEGAN, STARTED):
        life.on(event)
    assert (life.renewal_due, life.cause) == (False, None)


def test_a_start_that_failed_leaves_the_renewal_due() -> None:
    life = lived(BEGAN, STARTED)
    life.renewal_due = True
    for event in (RETIRED, BEGAN, START_FAILED):
        life.on(event)
    assert life.renewal_due


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("due", [False, True])
def test_only_a_live_instance_without_a_due_renewal_is_entered_straight(
    state: State, due: bool
) -> None:
    life = Lifecycle(state=state, renewal_due=due)
    assert life.needs_attention is (state is not State.LIVE or due)
