"""The tasks of a guest: runs their batches, and knows whose promise a failed one leaves pending.

Theory of operation. js-sys keeps its tasks in a queue of its own and has one closure run as a
microtask, which polls every task that is queued: a *batch* (js-sys src/futures/queue.rs). An
exception of the host that leaves a poll leaves that closure too. What upstream does then: the
failed task is never polled again, its promise stays pending for ever, and the rest of the batch
waits for the next wake.

Here the rest runs at once: the closure is called again until it returns. A release build takes
that well. A debug build asserts that each call was scheduled; but there each poll goes through
the host, as `console.createTask(name).run(poll)`, and what a poll raises never reaches the queue.

A task belongs to the promise in whose executor it was spawned (`future_to_promise` is made so).
Whose task failed is told by the ConsoleTask that ran, in a debug build. In others the failed task
is dropped while the exception travels (js-sys src/futures/task/singlethread.rs, ClearOnUnwind),
and with it go the functions that alone could settle its promise: that promise is it. With
panic=abort nothing is dropped; then it can only be told when a single promise is outstanding.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any, ClassVar, Protocol

from unpoison import js
from unpoison.errors import PanicError

Closure = Callable[[object], object]


class Owner:
    """A promise that was made with an executor, and how many tasks were spawned in it.

    `name` is that of the export that made it.
    """

    __slots__ = ("__weakref__", "_promise", "_resolve", "_watch", "name", "tasks")

    def __init__(self) -> None:
        self.name = ""
        self.tasks = 0
        self._promise: weakref.ref[js.Promise[object]] | None = None
        self._resolve: object = None
        self._watch: object = None

    def take(self, promise: js.Promise[object], forget: Callable[[Any], None]) -> None:
        """Note the promise, weakly: `forget` is called when it is settled or nobody has it."""
        self._promise = weakref.ref(promise, forget)
        promise.when_settled(forget)

    def drop(self) -> None:
        """Forget the promise."""
        self._promise = None

    def hearing(self, executor: Any) -> Any:
        """Give an executor that notes what it is given, for `watch`."""
        if not js.is_function(executor):
            return executor

        def execute(resolve: object, reject: object) -> object:
            self._resolve = resolve
            return executor(resolve, reject)

        return execute

    def watch(self, lose: Callable[[Owner], None]) -> None:
        """Have an ear for the end of the functions that the executor was given."""
        resolve, self._resolve = self._resolve, None
        if resolve is None:
            return
        watched = weakref.ref(self)

        def note() -> None:
            owner = watched()
            if owner is not None:
                lose(owner)

        self._watch = js.when_unreachable(resolve, note)

    def pending(self) -> js.Promise[object] | None:
        """Give the promise while a task has still to settle it."""
        promise = None if self._promise is None else self._promise()
        if promise is None or promise.state is not js.PromiseState.PENDING:
            return None
        return promise


class ConsoleTask(js.JsObject):
    """What `console.createTask` gives: it polls one task, and keeps its failure from the queue."""

    __slots__ = ("_is_over", "_owner", "_tasks")

    _js_class: ClassVar[str] = "ConsoleTask"

    def __init__(self, tasks: Tasks, owner: Owner | None) -> None:
        super().__init__()
        self._tasks = tasks
        self._owner = owner
        self._is_over = False

    def run(self, poll: Callable[[], object]) -> object:
        """Poll; tell whether the task is ready, which has Rust drop it.

        A task whose poll raised is never polled again. It is dropped when its frames were seen to
        be unwound; to drop a future whose frames were not would be unsound, and it stays.
        """
        if self._is_over:
            return False
        epoch = self._tasks.epoch
        try:
            return poll()
        except BaseException as error:  # an interrupt is raised after the batch
            if self._tasks.is_gone() or epoch != self._tasks.epoch:
                raise
            self._is_over = True
            self._tasks.fail(error, self._owner, known=True)
            return self._tasks.has_lost(self._owner)


class Report(Protocol):
    """How a failure that is nobody's is told."""

    def __call__(
        self, message: str, error: BaseException, promises: list[js.Promise[object]]
    ) -> None:
        """Tell of it, with the promises that may be the failed task's."""


@dataclass
class Tasks:
    """The tasks of the current generation of one instance.

    `unwinds` is whether frames are cleaned up when an exception passes (panic=unwind). `is_gone`
    tells whether the generation has died: then there is nothing to go on with. `on_cut_off` hears
    of each exception that passed frames which nothing cleans up (panic=abort); who sets it deals
    with the promises of which one may be the failed task's. `epoch` changes when all tasks are
    forgotten; `settled` counts the promises of tasks that were settled or lost. `outermost` are
    the ids of the code of functions that call the guest while no export runs.
    """

    enqueue: Callable[[Callable[[], object]], None]
    report: Report
    is_gone: Callable[[], bool] = lambda: False
    unwinds: bool = False
    on_cut_off: Callable[[BaseException], object] | None = None
    _owners: dict[int, Owner] = field(default_factory=dict)
    _executing: list[Owner] = field(default_factory=list)
    _scheduled: set[int] = field(default_factory=set)
    _lost: list[Owner] = field(default_factory=list)
    _interrupt: BaseException | None = None
    _has_bare: bool = False
    epoch: int = 0
    settled: int = 0
    outermost: frozenset[int] = frozenset()

    def forget(self) -> None:
        """Forget the tasks of a generation that is gone, or went back."""
        self.epoch += 1
        self._owners.clear()
        self._scheduled.clear()
        self._lost.clear()
        self._interrupt = None
        self._has_bare = False

    def save(self) -> Callable[[], None]:
        """Give what puts back the tasks as they are now."""
        owners, scheduled, is_bare = dict(self._owners), set(self._scheduled), self._has_bare

        def put_back() -> None:
            self.forget()
            self._owners.update(owners)
            self._scheduled.update(scheduled)
            self._has_bare = is_bare

        return put_back

    # --- what the guest calls ---

    def construct(self, make: Callable[..., Any], executor: object = None) -> object:
        """Be `new Promise(executor)`; the tasks that the executor spawns belong to it."""
        owner = Owner()
        self._executing.append(owner)
        try:
            promise = make(owner.hearing(executor))
        finally:
            self._executing.pop()
        if owner.tasks:
            owner.watch(self._lose)
            # Not earlier: it is slow to find, and told of tasks only.
            owner.name = _export_name(self.outermost)
            self._owners[id(owner)] = owner
            owner.take(promise, partial(self._disown, owner))
        return promise

    def _lose(self, owner: Owner) -> None:
        if owner.pending() is not None:  # else it was settled by them
            self._lost.append(owner)

    def has_lost(self, owner: Owner | None) -> bool:
        """Tell whether what could settle an owner's promise went during this batch."""
        return owner is not None and owner in self._lost

    def _disown(self, owner: Owner, _: object) -> None:
        owner.drop()  # else the end of a promise that is settled would come here, too
        self.settled += 1
        self._owners.pop(id(owner), None)

    def spawning(self) -> int:
        """Be `jspi_in_context`, which js-sys asks before it makes a task; the answer is no.

        No guest of this host runs on a JavaScript stack that could be suspended.
        """
        owner = self._current()
        if owner is None:
            self._has_bare = True
        else:
            owner.tasks += 1
        return 0

    def create_task(self, name: object = "") -> ConsoleTask:
        """Be `console.createTask`, which debug builds call while they make a task."""
        del name
        return ConsoleTask(self, self._current())

    def schedule(self, run_all: Any) -> None:
        """Be the `queueMicrotask` of js-sys's queue: a batch is due."""
        self._scheduled.add(id(run_all))
        self.enqueue(partial(self._run_batch, run_all))

    def _current(self) -> Owner | None:
        return self._executing[-1] if self._executing else None

    # --- batches ---

    def _run_batch(self, run_all: Closure) -> None:
        """Run a batch to its end, whatever its tasks raise. Nothing when it ran already."""
        if id(run_all) not in self._scheduled:
            return
        all_ran = False
        while not all_ran:
            self._scheduled.discard(id(run_all))
            self._lost.clear()
            epoch = self.epoch
            try:
                run_all(None)
                all_ran = True
            except Exception as error:
                if self.is_gone() or epoch != self.epoch:
                    raise
                self.fail(error)
            except BaseException as interrupt:
                self.fail(interrupt)
                self._interrupt = None
                self.schedule(run_all)  # the rest, when the interrupt has been dealt with
                raise
        if self._interrupt is not None:
            self._raise_interrupt()

    def _raise_interrupt(self) -> None:
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            raise interrupt

    # --- failures ---

    def fail(
        self, error: BaseException, owner: Owner | None = None, *, known: bool = False
    ) -> None:
        """Deal with what left the poll of a task: the owner's (None for nobody's), if `known`."""
        if not isinstance(error, Exception):
            self._interrupt = error
        outstanding = self.outstanding()
        if not known:
            owner = self._guess(error, outstanding)
        promise = None if owner is None else owner.pending()
        cut_off = None if self.unwinds else self.on_cut_off
        if promise is not None:
            promise.abandon(js.from_exception(error))
        elif isinstance(error, Exception) and cut_off is None:
            is_bare = known or owner is not None or (self.unwinds and self._has_bare)
            named = [] if is_bare else outstanding
            pending = [promise for each in named if (promise := each.pending()) is not None]
            self.report(_message(named), error, pending)
        if cut_off is not None:
            cut_off(error)

    def _guess(self, error: BaseException, outstanding: list[Owner]) -> Owner | None:
        if self._lost:
            return self._lost[-1]
        # A promise's own task hands its panics to the promise, and drops what settles it when an
        # exception passes: what neither did was another's.
        is_bare = self._has_bare and (self.unwinds or isinstance(error, PanicError))
        return outstanding[0] if len(outstanding) == 1 and not is_bare else None

    def outstanding(self) -> list[Owner]:
        """Give the owners whose promise a task has still to settle, in the order of the calls."""
        if not self._owners:
            return []
        return [owner for owner in self._owners.values() if owner.pending() is not None]


def _message(outstanding: list[Owner]) -> str:
    if not outstanding:
        return "a task of a Rust module raised, which has no promise that could be rejected"
    names = ", ".join(owner.name for owner in outstanding)
    return f"a task of a Rust module raised; if it has a promise, that stays pending: {names}"


def _export_name(outermost: frozenset[int]) -> str:
    """Give the name of the export that is running: the nearest such function of the bindings.

    Nothing is looked for beyond a frame of `outermost`.
    """
    frame: FrameType | None = sys._getframe(2)  # the import body, in the same module
    bindings = None if frame is None else frame.f_globals
    while frame is not None:
        if frame.f_globals is bindings:
            code = frame.f_code
            if not code.co_name.startswith("_"):
                return code.co_qualname.rpartition("<locals>.")[2].removeprefix("Exports.")
        elif id(frame.f_code) in outermost:
            break
        frame = frame.f_back
    return "a promise"
