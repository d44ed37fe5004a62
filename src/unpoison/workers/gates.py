"""The two gates of a Durable Object: who may come in, and what may go out. Pure.

Theory of operation. The *input gate* lets one event of the outside in at a time: who wants in
gives two callbacks, and the first is called with a Lock when no other is held. A *critical
section* (blockConcurrencyWhile) is a gate of its own below the one that it was begun in. It holds
a lock of that one, so only events that name the section come in until it has ended. Those that
wait for it then wait for the gate above. An exception breaks it and every gate above for good.

The *output gate* holds back what leaves the object until the writes made before are durable.
Writes are numbered commits; a flush makes durable all commits up to a number.

Nothing here knows a loop or a clock. Callbacks must not raise. Source: facts 5.1; workerd
`io/io-gate.h`.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from unpoison import js

MAX_DEPTH: Final = 64
"""Critical sections inside each other. workerd, `io/io-context.h`."""

Opened = Callable[["Lock"], object]
Failed = Callable[[BaseException], object]


class Wait:
    """Somebody who waits for a gate; exactly one of the callbacks is called, once."""

    __slots__ = ("_queue", "failed", "opened")

    def __init__(self, opened: Opened, failed: Failed) -> None:
        self.opened = opened
        self.failed = failed
        self._queue: OrderedDict[Wait, None] | None = None

    def join(self, queue: OrderedDict[Wait, None]) -> None:
        """Stand at the end of a queue."""
        self._queue = queue
        queue[self] = None

    def cancel(self) -> None:
        """Wait no more: no callback is called. Nothing when one was."""
        if self._queue is not None:
            self._queue.pop(self, None)
            self._queue = None

    def leave(self) -> None:
        """Be out of the queue: what comes is the call."""
        self._queue = None


class Lock:
    """The right to run in an object; release it when the event is over."""

    __slots__ = ("_gate", "_is_held")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._is_held = True
        gate.scope().locks += 1

    @property
    def gate(self) -> Gate:
        """The gate or critical section that events caused by this one wait for."""
        return self._gate.scope()

    def share(self) -> Lock:
        """Give another lock beside this one, for an operation that goes on longer.

        Raises ValueError when this one was released.
        """
        self._check()
        return Lock(self._gate)

    def begin_section(self) -> Section:
        """Make a critical section, which begins with its first `enter`.

        Raises js.Error when sections are nested deeper than MAX_DEPTH, ValueError when the lock
        was released.
        """
        self._check()
        return Section(self.gate)

    def release(self) -> None:
        """Let the next one in; nothing the second time."""
        if self._is_held:
            self._is_held = False
            gate = self.gate
            gate.locks -= 1
            gate.pump()

    def _check(self) -> None:
        if not self._is_held:
            raise ValueError("the lock was released")


class Gate:
    """What the gate of an object and a critical section have in common.

    `locks` counts the locks that are held, `broken` is the error that broke it.
    """

    def __init__(self) -> None:
        self.locks = 0
        self.broken: BaseException | None = None
        self.depth = 0
        self._running: Section | None = None
        self._sections: OrderedDict[Wait, None] = OrderedDict()
        self._events: OrderedDict[Wait, None] = OrderedDict()
        self._is_pumping = False

    @property
    def is_open(self) -> bool:
        """Whether who comes now goes straight in."""
        gate = self.scope()
        return not gate.locks and gate.broken is None and not gate._is_pumping

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._sections) + len(self._events)

    def scope(self) -> Gate:
        """Give the gate that counts: a section that has ended is none any more."""
        return self

    def enter(self, opened: Opened, failed: Failed) -> Wait:
        """Let an event in: now when no lock is held, else in the order of the calls.

        `failed` is called with the error that breaks the gate or has broken it.
        """
        wait = Wait(opened, failed)
        self.scope()._admit(wait, self.scope()._events)
        return wait

    def _admit(self, wait: Wait, queue: OrderedDict[Wait, None]) -> None:
        if self.broken is not None:
            wait.failed(self.broken)
            return
        wait.join(queue)
        self.pump()

    def pump(self) -> None:
        """Let in who may come in. Sections come first: the event that began one goes on."""
        if self._is_pumping:  # a loop, and no recursion: a thousand may go through at once
            return
        self._is_pumping = True
        try:
            while not self.locks and self.waiting:
                wait, _ = (self._sections or self._events).popitem(last=False)
                wait.leave()
                wait.opened(Lock(self))
        finally:
            self._is_pumping = False

    def break_with(self, error: BaseException) -> bool:
        """Fail who waits, here and in the section that runs, and who will; False when broken."""
        if self.broken is not None:
            return False
        self.broken = error
        if self._running is not None:
            self._running.break_with(error)
        for queue in (self._sections, self._events):
            while queue:
                wait, _ = queue.popitem(last=False)
                wait.leave()
                wait.failed(error)
        return True


class InputGate(Gate):
    """The input gate of one object. `on_broken` is told once of the error that breaks it."""

    def __init__(self, on_broken: Failed | None = None) -> None:
        super().__init__()
        self._on_broken = on_broken

    def break_with(self, error: BaseException) -> bool:
        """See Gate."""
        was_whole = super().break_with(error)
        if was_whole and self._on_broken is not None:
            self._on_broken(error)
        return was_whole


class Section(Gate):
    """A critical section: until it ends, only events that name it come in."""

    def __init__(self, parent: Gate) -> None:
        super().__init__()
        self.depth = parent.depth + 1
        if self.depth > MAX_DEPTH:
            raise js.Error("blockConcurrencyWhile() calls are nested too deeply.")
        self._parent = parent
        self._parent_lock: Lock | None = None
        self._has_begun = False
        self._has_ended = False
        self.locks = 1  # until it begins, so that nobody comes in earlier

    def scope(self) -> Gate:
        """See Gate."""
        here: Gate = self
        while isinstance(here, Section) and here._has_ended:
            here = here._parent
        return here

    def enter(self, opened: Opened, failed: Failed) -> Wait:
        """See Gate. The first call begins the section, as soon as it may begin."""
        if self._has_begun:
            return super().enter(opened, failed)
        self._has_begun = True
        begin = Wait(
            lambda lock: self._begin(lock, opened), lambda error: self._stop(error, failed)
        )
        above = self._parent.scope()
        above._admit(begin, above._sections)
        return begin

    def _begin(self, lock: Lock, opened: Opened) -> None:
        self._parent_lock = lock
        lock.gate._running = self
        first = Lock(self)
        self.locks -= 1
        opened(first)

    def _stop(self, error: BaseException, failed: Failed) -> None:
        self.break_with(error)
        failed(error)

    def succeed(self) -> Lock:
        """End it; give the lock above, in which the event that began it goes on.

        Who waits here waits above from now on, and locks of here are locks of there. Raises
        ValueError when it does not run.
        """
        lock = self._take_parent_lock()
        above = self._parent.scope()
        for mine, theirs in ((self._sections, above._sections), (self._events, above._events)):
            while mine:
                wait, _ = mine.popitem(last=False)
                wait.join(theirs)
        above.locks += self.locks
        above._running = self._running
        self.locks = 0
        self._has_ended = True
        return lock

    def fail(self, error: BaseException) -> None:
        """Break it and every gate above, for good. Raises ValueError when it does not run."""
        self._take_parent_lock()
        here: Gate = self
        while isinstance(here, Section):
            here = here._parent
        here.break_with(error)  # and so, downwards, all that run

    def _take_parent_lock(self) -> Lock:
        lock, self._parent_lock = self._parent_lock, None
        if lock is None:
            raise ValueError("the critical section has not begun, or has ended")
        return lock


class OutputGate:
    """The output gate of one object. `on_broken` is told once of the error that breaks it."""

    def __init__(self, on_broken: Failed | None = None) -> None:
        self.broken: BaseException | None = None
        self.committed = 0
        self.durable = 0
        self._on_broken = on_broken
        self._waits: deque[OutputWait] = deque()
        self._is_opening = False

    @property
    def is_open(self) -> bool:
        """Whether what goes now goes straight out."""
        return self.durable == self.committed and self.broken is None and not self._waits

    def commit(self) -> int:
        """Note one more commit that is not durable yet; give its number, from 1."""
        self.committed += 1
        return self.committed

    def confirm(self, number: int) -> None:
        """Note that every commit up to a number is durable, and let out what waited for those.

        Raises ValueError for a number that no commit has.
        """
        if not 0 <= number <= self.committed:
            raise ValueError(f"commit {number} was never made")
        self.durable = max(self.durable, number)
        self._open()

    def leave(self, opened: Callable[[], object], failed: Failed) -> OutputWait:
        """Call `opened` when every commit of before is durable: now, or in the order of the calls.

        `failed` is called with the error that breaks the gate or has broken it.
        """
        wait = OutputWait(self.committed, opened, failed)
        if self.broken is not None:
            wait.failed(self.broken)
        else:
            self._waits.append(wait)
            self._open()
        return wait

    def break_with(self, error: BaseException) -> None:
        """Let nothing out any more: a flush failed. Nothing the second time."""
        if self.broken is not None:
            return
        self.broken = error
        while self._waits:
            wait = self._waits.popleft()
            if not wait.is_cancelled:
                wait.failed(error)
        if self._on_broken is not None:
            self._on_broken(error)

    def _open(self) -> None:
        if self._is_opening:
            return
        self._is_opening = True
        try:
            while self._waits and self._waits[0].number <= self.durable:
                wait = self._waits.popleft()
                if not wait.is_cancelled:
                    wait.opened()
        finally:
            self._is_opening = False


class OutputWait:
    """Something that waits to go out; exactly one of the callbacks is called, once."""

    __slots__ = ("failed", "is_cancelled", "number", "opened")

    def __init__(self, number: int, opened: Callable[[], object], failed: Failed) -> None:
        self.number = number
        self.opened = opened
        self.failed = failed
        self.is_cancelled = False

    def cancel(self) -> None:
        """Do not go out: no callback is called. Nothing when one was."""
        self.is_cancelled = True
