"""The life of one supervised instance as a table: states, events, transitions. Pure.

Entering and leaving calls are no events: nesting is a depth that the guest's entries count, and
the table speaks only of what changes who may enter. `docs/recovery.md` draws this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from unpoison.errors import AbortError


class State(Enum):
    """Who may enter the instance."""

    COLD = "cold"  # no generation; the next entry makes one
    STARTING = "starting"  # a fresh generation runs its start functions
    LIVE = "live"  # calls are served
    DYING = "dying"  # an abort was seen, the guest's hook runs
    DEAD = "dead"  # no code of this generation ever runs again
    CLOSED = "closed"  # closed by the embedder, for good

    __hash__ = object.__hash__  # Enum's own is a function of Python


COLD, STARTING, LIVE, DYING, DEAD, CLOSED = State
# For what every entry and every death asks: to read one from its class is a call in CPython 3.11.


class Event(Enum):
    """What happens to an instance."""

    BEGAN = "began"
    STARTED = "started"
    START_FAILED = "start failed"
    ABORTED = "aborted"
    HOOK_DONE = "hook done"
    ROLLED_BACK = "rolled back"
    RETIRED = "retired"
    CLOSED = "closed"

    __hash__ = object.__hash__


TRANSITIONS: dict[State, dict[Event, State]] = {
    State.COLD: {Event.BEGAN: State.STARTING, Event.CLOSED: State.CLOSED},
    State.STARTING: {
        Event.STARTED: State.LIVE,
        Event.START_FAILED: State.COLD,
        Event.ABORTED: State.DYING,
    },
    State.LIVE: {
        Event.ABORTED: State.DYING,
        Event.RETIRED: State.COLD,
        Event.CLOSED: State.CLOSED,
    },
    State.DYING: {Event.HOOK_DONE: State.DEAD},
    State.DEAD: {
        Event.ROLLED_BACK: State.LIVE,
        Event.RETIRED: State.COLD,
        Event.CLOSED: State.CLOSED,
    },
    State.CLOSED: {},
}


class IllegalTransition(Exception):  # noqa: N818 - a bug of ours, never the embedder's
    """An event that the state does not know; nothing has changed."""


@dataclass(slots=True)
class Lifecycle:
    """The state with what must be remembered beside it.

    `renews` is the embedder's choice that an abort is followed by a renewal; `renewal_due` is
    set by the guest, the embedder or that choice, and cleared only by a start that succeeded.
    `generation` counts the starts that succeeded; `cause` is the abort of the current death.
    """

    renews: bool = False
    state: State = State.COLD
    generation: int = 0
    renewal_due: bool = False
    cause: AbortError | None = None

    def on(self, event: Event) -> None:
        """Take one event. Raises IllegalTransition and changes nothing when it does not fit."""
        target = TRANSITIONS[self.state].get(event)
        if target is None:
            raise IllegalTransition(f"{event.value} in state {self.state.value}")
        self.state = target
        if target is not LIVE:
            return
        self.cause = None
        if event is Event.STARTED:
            self.generation += 1
            self.renewal_due = False

    def abort(self, cause: AbortError, *, renews: bool = True) -> None:
        """Begin to die of `cause`; without `renews` no renewal follows it by itself."""
        self.on(Event.ABORTED)
        self.cause = cause
        if self.renews and renews:
            self.renewal_due = True

    @property
    def needs_attention(self) -> bool:
        """Whether the next entry must not go straight in."""
        return self.state is not LIVE or self.renewal_due
