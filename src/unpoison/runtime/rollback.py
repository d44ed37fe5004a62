"""A call that fails has no effect on the guest: what is kept at its begin, and put back.

The outermost entry is the transaction. Its begin makes what is there the state to go back to:
memory, the size of it, the handle table, and what is outstanding of jobs and timers; the other
globals are those of an idle instance. While it runs, the journal of the generation is told what
becomes of objects and closures. Nothing is done at its end: the next begin finds what holds.

A job (a task, a timer) is no call of the embedder's. What it goes on with was begun by calls that
have returned, with promises that are still pending. When it aborts, the guest goes back to the
last *idle* moment, at which nothing was outstanding, and those promises are rejected; unless a call
that has answered since would lose its effects.

An embedder that serves events, of many calls and jobs each, knows better what was answered: it
begins *spans*. While there is one, calls begin nothing of their own; an abort goes back to the
begin of the span, if the embedder says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any
from weakref import ref

from unpoison import js
from unpoison.engine import Checkpointer, make_checkpointer
from unpoison.errors import AbortError, CapacityError, UnpoisonError
from unpoison.runtime.checkpoints import Checkpoint
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.deaths import HOOK_SECONDS, abandon_promises
from unpoison.runtime.generation import Generation, Vessel
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.journal import Drop, Journal
from unpoison.runtime.tasks import Tasks

Callback = Callable[[], object]


class CommitTurn(dict[bool, bool]):
    """A lock like PlainTurn whose last release runs the callbacks that wait for it."""

    __slots__ = ("__missing__", "_finish", "_free")

    def __init__(self, finish: Callable[[Callable[[], None]], None]) -> None:
        lock = threading.RLock()
        self.__missing__ = lock.acquire
        self._free = lock.release
        self._finish = finish

    def release(self) -> None:
        """Free it once, and run what waits for the end of the outermost call."""
        self._finish(self._free)

    def __enter__(self) -> object:
        return self[True]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


class Around:
    """What of a generation is in Python, beside objects and closures, at one moment."""

    __slots__ = ("_changed", "_free", "_promises", "_put_back", "_values", "size")

    def __init__(self, home: Generation, scheduler: Scheduler) -> None:
        assert home.vessel is not None
        self.size = home.vessel.size()
        changing = home.vessel.changing
        self._changed = [] if changing is None else changing.save()
        self._values: list[Any] = home.handles.values[:]
        self._free = home.handles.free[:]
        self._promises = home.promises.save()
        self._put_back = scheduler.save()

    def put_back(self, home: Generation, error: BaseException) -> None:
        """Have all of it again; promises that are new are rejected with the error."""
        vessel = home.vessel
        assert vessel is not None
        with home.store.grace(HOOK_SECONDS):
            if not vessel.begin_anew():
                raise AssertionError("a limit stopped a function that ends")
        if vessel.pages is not None:
            vessel.pages.set(self.size >> 16)
        if vessel.changing is not None:
            vessel.changing.put_back(self._changed)
        home.handles.values[:] = self._values
        home.handles.free[:] = self._free
        home.handles.lent.clear()
        self._put_back()
        abandon_promises(home.promises.since(self._promises), error)

    @property
    def table(self) -> tuple[list[Any], list[int]]:
        """The values of the handle table, and the slots of it that are free."""
        return self._values, self._free


class Idle:
    """The last moment at which nothing was outstanding, and what was called since.

    `last_is_async` is whether the last call answers by a promise of Rust's.
    """

    __slots__ = ("_has_answered", "_settled", "around", "journal", "last_is_async")

    def __init__(self, around: Around, settled: int) -> None:
        self.around = around
        self.journal = Journal()
        self.last_is_async = True
        self._has_answered = False
        self._settled = settled

    def next_call(self) -> None:
        """Note that the last call has returned, and another one begins."""
        if not self.last_is_async:
            self._has_answered = True
        self.last_is_async = True

    def answers_nothing(self, tasks: Tasks) -> bool:
        """Tell whether nobody was given anything but promises that are still pending."""
        self.next_call()
        return not self._has_answered and tasks.settled == self._settled

    def was_undone(self, *, all_of_it: bool) -> None:
        """Note that the last call had no effect, or that no call since had any."""
        self.last_is_async = True
        if all_of_it:
            self._has_answered = False


class Rollback:
    """What undoes the failed calls of one instance.

    `is_open` says that there is a state to go back to, `is_due` that the call that runs has failed
    and is to be undone when its last frame has left. With `keeps_panics` what Rust unwinds is not.
    `module` is the SHA-256 of the module, for checkpoints that travel.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        is_running: Callable[[], bool],
        *,
        module: str,
        keeps_panics: bool,
    ) -> None:
        self.is_open = False
        self.is_due = False
        self.turn = CommitTurn(self._finish)
        self._keeps_panics = keeps_panics
        self._module = module
        self._is_drop = self._goes_to_idle = False
        self._scheduler = scheduler
        self._is_running = is_running
        self._journal = Journal()
        self._callbacks: list[Callback] = []
        self._vessel: Vessel | None = None
        self._memory: Checkpointer | None = None
        self._around: Around | None = None
        self._idle: Idle | None = None
        self._may_undo: Callable[[], bool] | None = None
        self._checkpoints: list[ref[Checkpoint]] = []

    # --- the transaction ---

    def enter(self, home: Generation, receiver: object, *, is_async: bool) -> None:
        """Make the outermost call one that can be undone; any other is part of it.

        A closure of Rust's that a job calls is none: it goes on with what was begun before.
        """
        if self._may_undo is not None or self._is_running():
            return
        if self._scheduler.in_task and isinstance(receiver, RustFunction):
            self.is_open = False
            return
        if self._idle is not None:
            self._idle.next_call()
        self.begin(home, to_idle=self._is_idle())
        if self._idle is not None:
            self._idle.last_is_async = is_async

    def _is_idle(self) -> bool:
        """Tell whether nothing is outstanding: no job, timer or awaitable, and no task."""
        return self._scheduler.is_idle and not self._scheduler.tasks.outstanding()

    def cover_drop(self, home: Generation, drop: Drop) -> None:
        """Let a drop that is about to run be a transaction of its own, or a part of the call."""
        is_own = self._may_undo is None and not self._is_running()
        if is_own and not self._scheduler.in_task:
            if self._idle is not None:
                self._idle.next_call()
            self.begin(home, to_idle=self._is_idle())
            self._is_drop = True
        self._journal.dropped(drop)

    def covers(self) -> bool:
        """Tell whether what aborts is undone, which is then due: a call, or all since idleness."""
        if self._may_undo is not None:
            self.is_due = self.is_open and self._may_undo()
        elif not self.is_open and self._scheduler.in_task:
            idle = self._idle
            self._goes_to_idle = idle is not None and idle.answers_nothing(self._scheduler.tasks)
            self.is_due = self._goes_to_idle
        else:
            self.is_due = self.is_open
        return self.is_due

    def begin_span(self, home: Generation, may_undo: Callable[[], bool]) -> None:
        """Begin a span; see `begin`. `may_undo` is asked at each abort until the next one."""
        self._may_undo = self._idle = None
        self.begin(home, to_idle=False)
        self._may_undo = may_undo

    def begin(self, home: Generation, *, to_idle: bool) -> None:
        """Let what is there now be the state to go back to. No frame of the guest may be running.

        `to_idle` says that nothing is outstanding: it becomes the idle moment too. Raises
        CapacityError when there is no room for the copy.
        """
        self.is_open = self._is_drop = False
        if to_idle:
            self._idle = None
        self._settle()
        assert home.vessel is not None
        if self._vessel is not home.vessel:
            self.close()
            self._vessel, self._memory = home.vessel, make_checkpointer(home.vessel.memory)
        assert self._memory is not None
        self._around = Around(home, self._scheduler)
        on_top = not to_idle and self._idle is not None
        try:
            self._memory.commit(self._around.size, on_top=on_top)
        except (OSError, MemoryError) as problem:
            raise CapacityError(
                f"no room for a copy of {self._around.size} bytes of the guest's memory: {problem}"
                '; load it with recovery="reinit", which needs none'
            ) from problem
        if to_idle:
            self._idle = Idle(self._around, self._scheduler.tasks.settled)
        home.journal = self._journal
        self.is_open = True

    def _settle(self) -> None:
        """Let what the journal has hold, and remember it for whoever may go back further."""
        if self._idle is not None:
            self._idle.journal.absorb(self._journal)
        if self._checkpoints:
            for checkpoint in self._alive():
                checkpoint.journal.absorb(self._journal)
        self._journal.clear()

    def undo(self, home: Generation, error: BaseException) -> None:
        """Go back to the begin of the call that has failed, or to the idle moment before a job.

        The last frame must have left. It can be done again when an interrupt has struck. A drop
        that failed is not run again.
        """
        self.is_due = True
        home.pause()
        assert self._memory is not None
        idle = self._idle if self._goes_to_idle else None
        around, journal = self._around, self._journal
        if idle is not None:
            self._settle()
            around, journal = idle.around, idle.journal
        assert around is not None
        self._memory.roll_back(to_base=idle is not None)
        around.put_back(home, error)
        if self._is_drop:
            journal.clear()
        journal.undo(home.drops)
        self._callbacks.clear()
        if self._idle is not None:
            self._idle.was_undone(all_of_it=idle is not None)
        self.is_due = self.is_open = self._goes_to_idle = False
        home.alive = True
        journal.clear()

    def ends(self, error: BaseException, *, is_panic: bool) -> bool:
        """Tell whether an exception that leaves the outermost entry undoes the call.

        A panic, and what Rust itself throws, unwinds in a panic=unwind module: its effects are
        Rust's own and stay, unless it is asked otherwise. An exception of the host has passed
        frames that had no say. A span is ended by aborts only.
        """
        if self._may_undo is not None:
            return False
        if isinstance(error, AbortError) or not self.is_open or self._is_running():
            return False
        return not (self._keeps_panics and is_panic)

    def forget(self) -> None:
        """Have no state to go back to: what follows is no call."""
        self.is_open = self.is_due = self._goes_to_idle = False
        self._callbacks.clear()
        self._settle()
        self._idle = self._may_undo = None

    def close(self) -> None:
        """Free the copy of the memory. No checkpoint can be gone back to any more."""
        self.forget()
        for checkpoint in self._alive():
            checkpoint.is_gone = True
        self._checkpoints.clear()
        memory, self._memory, self._vessel, self._around = self._memory, None, None, None
        if memory is not None:
            memory.close()

    # --- checkpoints ---

    def checkpoint(self, home: Generation) -> Checkpoint:
        """Give what is there now. No frame of the guest may be running."""
        self.begin(home, to_idle=self._is_idle())
        if self._idle is not None:
            self._idle.was_undone(all_of_it=False)
        assert self._around is not None
        made = Checkpoint(
            home.memory.read(0, self._around.size),
            self._around.table,
            self._around,
            module=self._module,
            mailbox=home.mailbox,
            is_idle=self._scheduler.is_idle,
            is_all=home.vessel is not None and home.vessel.changing is None,
        )
        self._checkpoints.append(ref(made, self._checkpoints.remove))
        return made

    def restore(self, home: Generation, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint; later ones are gone then. No frame may be running.

        Raises UnpoisonError for one that is gone.
        """
        alive = self._alive()
        if checkpoint.is_gone or checkpoint not in alive:
            raise UnpoisonError(
                "this checkpoint is gone: the instance was renewed or closed since, or went back "
                "to an earlier one; or it is another instance's"
            )
        self._settle()
        self._idle = None
        for later in alive[alive.index(checkpoint) + 1 :]:
            later.is_gone = True
            self._checkpoints[:] = [each for each in self._checkpoints if each() is not later]
        self.is_open = False
        home.pause()
        around = checkpoint.around
        assert isinstance(around, Around)
        home.memory.restore([(0, checkpoint.data)], len(checkpoint.data))
        around.put_back(home, js.Error("the instance went back to a checkpoint"))
        checkpoint.journal.undo(home.drops)
        home.alive = True
        checkpoint.journal.clear()

    def _alive(self) -> list[Checkpoint]:
        return [found for each in self._checkpoints if (found := each()) is not None]

    # --- what waits for the end ---

    def on_commit(self, callback: Callback) -> None:
        """Call it when the outermost call has ended and was not undone."""
        self._callbacks.append(callback)

    def _finish(self, free: Callable[[], None]) -> None:
        if not self._callbacks or self._is_running():
            free()
            return
        callbacks, self._callbacks = self._callbacks, []
        free()
        _run_all(callbacks)


def _run_all(callbacks: list[Callback]) -> None:
    """Call each; raise the first exception of them at the end, with notes of the others."""
    first: BaseException | None = None
    for callback in callbacks:
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - the others must hear of the commit too
            if first is None:
                first = error
            else:
                first.add_note(f"another callback of on_commit failed: {error!r}")
    if first is not None:
        raise first
