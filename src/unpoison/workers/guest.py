"""One instance of a worker's module: how it is entered, waited for, and renewed.

What a guest promises may never come: its code has died, or nothing is left that could settle it.
Both are seen here and are errors at once. Where a later event could settle it, as in a Durable
Object, that is waited for, but not for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeGuard

from unpoison import js
from unpoison.errors import AbortError, UnpoisonError
from unpoison.runtime import Budget, Instance, Limits
from unpoison.web import host_of
from unpoison.workers.clock import Clock
from unpoison.workers.environment import Binding, make_env
from unpoison.workers.failures import HungError, ObjectError, has_died, text_of
from unpoison.workers.outside import Outside
from unpoison.workers.patience import Patience, give_up

log = logging.getLogger("unpoison.workers")

Enter = Callable[[], object]


BLOATED: Final = 0.75
"""The share of its memory limit beyond which a guest is started afresh between two events: Rust's
memory never shrinks, and what was left behind by events that were cut short stays in it."""


class Guest:
    """An instance, and those who wait for its promises.

    `bindings` are what `env` has, `limits` those of its instance; `limits.cpu` is for one event.
    `on_death` hears of each abort, within the call that died; then all `mourners` do. `on_stray`
    hears of errors that no request is told of; see `Instance.on_stray`. One that `rolls_back` may
    survive an abort: `error.rolled_back` tells.
    """

    def __init__(
        self,
        instantiate: Callable[[Callable[[AbortError], object]], Instance],
        bindings: Mapping[str, Binding],
        limits: Limits,
        on_death: Callable[[Guest, AbortError], object] = lambda guest, error: None,
        on_stray: Callable[[str, BaseException], object] | None = None,
        *,
        rolls_back: bool = False,
    ) -> None:
        self.rolls_back = rolls_back
        self._on_death = on_death
        self._cpu = limits.cpu
        self._memory = limits.memory
        self._waits: set[asyncio.Future[object]] = set()
        self._patience = Patience(self._is_stuck)
        self.mourners: set[Callable[[AbortError], object]] = set()
        self._idle_callbacks: list[Callable[[], object]] = []
        self._cut_off: BaseException | None = None
        self.instance = instantiate(self._died)
        self.instance.on_idle = self._give_up
        self.instance.on_stray = on_stray
        self.instance.on_cut_off = self._was_cut_off
        self.realm = self.instance.realm
        self.host = host_of(self.realm)
        self.outside = self.realm.part(Outside)
        self.outside.settled = self.settled
        self.outside.begin_event = self.begin_event
        self.env = make_env(self.realm, bindings)

    @property
    def exports(self) -> Any:
        """What the module exports."""
        return self.instance.exports

    @property
    def generation(self) -> int:
        """How many starts there were; objects of an earlier one are gone."""
        return self.instance.generation

    @property
    def is_live(self) -> bool:
        """Whether it can be entered without a fresh start."""
        return self.instance.state == "live" and self._cut_off is None

    @property
    def is_bloated(self) -> bool:
        """Whether so much of its memory is taken that it had better start afresh."""
        return self._memory is not None and self.instance.memory_size > BLOATED * self._memory

    def begin_event(self) -> None:
        """Give what comes now the CPU time of one event, over all its turns."""
        if self._cpu is not None:
            self.instance.budget = Budget(self._cpu)

    def begin_span(self, may_undo: Callable[[], bool]) -> None:
        """Let an abort go back to what is there now, if `may_undo`; see `Instance.begin_span`."""
        self.instance.begin_span(may_undo)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing in it goes on by itself, nor for it outside."""
        return self.is_live and self._is_stuck()

    def enter(self, call: Enter) -> object:
        """Make a call into the guest and run its jobs; give what it gave, perhaps a promise.

        Raises what the guest raises, AbortError when it dies.
        """
        return self.instance.run_through(call)

    async def settled(
        self,
        answer: object,
        waits: set[asyncio.Future[object]] | None = None,
        *,
        clock: Clock | None = None,
    ) -> Any:
        """Give an answer of this guest, or that of its promise when it is one.

        Who owns `waits` finds there what is waited for, and may make it fail. With a `clock`, an
        event that is to come may settle it; see Patience.

        Raises what the promise is rejected with; HungError for what nothing can settle any more,
        and for what an exception of the host left behind; AbortError when the guest dies.
        """
        if isinstance(answer, js.Promise) and answer.state is _PENDING:
            await self._wait(answer, waits, clock)
        return value_of(answer)

    async def _wait(
        self,
        promise: js.Promise[object],
        waits: set[asyncio.Future[object]] | None,
        clock: Clock | None,
    ) -> None:
        if clock is None and self._is_stuck():
            raise HungError
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        def wake(_: object) -> None:
            self._waits.discard(future)  # nobody need give it up
            if clock is not None:
                self._patience.discard(future)
            if not future.done():
                future.set_result(None)

        promise.subscribe(wake)
        if clock is None:
            self._waits.add(future)
        else:
            self._patience.add(future, clock)
        if waits is not None:
            waits.add(future)
        try:
            await future
        except BaseException:
            promise.unsubscribe(wake)
            raise
        finally:
            self._waits.discard(future)
            if clock is not None:
                self._patience.discard(future)
            if waits is not None:
                waits.discard(future)

    def _is_stuck(self) -> bool:
        """Tell whether nothing that could settle a promise is under way, here or outside."""
        return self.instance.is_idle and not self.outside.is_busy

    def when_idle(self, callback: Callable[[], object]) -> None:
        """Call once, when nothing in the guest goes on by itself any more."""
        self._idle_callbacks.append(callback)

    def forget_idle(self, callback: Callable[[], object]) -> None:
        """Take a callback back; nothing when it was called."""
        with suppress(ValueError):
            self._idle_callbacks.remove(callback)

    def _give_up(self) -> None:
        """Tell everybody who still waits that nothing comes, and before them who waits for just
        that, the last one first: it may have the guest go on."""
        while (self._waits or self._idle_callbacks or self._patience.is_asked) and self._is_stuck():
            if not self._idle_callbacks:
                give_up(self._waits)
                self._patience.begin()
                return
            self._idle_callbacks.pop()()

    # --- death and renewal ---

    def quiet(self) -> None:
        """Cancel what an event left behind: its timers and WebSockets, and what it waited for."""
        self.outside.abandon()
        self.instance.cancel_pending()

    def renew(self) -> None:
        """Start afresh now. Raises what a start raises; then the guest is of no use."""
        self._end()
        self.outside.abandon()
        self.begin_event()  # the time of the one that died may be spent
        self.instance.reinit()

    def close(self) -> None:
        """Free the instance."""
        self.instance.on_idle = None
        self._cut_off = None
        give_up(self._waits)
        self._patience.end()
        try:
            self.instance.close()
        except UnpoisonError as error:  # a destructor that aborts: it is freed all the same
            log.warning("an instance failed while it was closed: %s", error)

    def _was_cut_off(self, error: BaseException) -> None:
        """Hear that code of a panic=abort module was left in the middle: it is of no use any more.

        workers-rs counts that as an abort too (`test/tests/panic.spec.ts`, "JS error").
        """
        self._cut_off = error
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        error, self._cut_off = self._cut_off, None
        if error is not None:
            self.instance.kill(text_of(error))

    def _died(self, error: AbortError) -> None:
        # Not now: whoever hears of it may enter a guest, and this one's frames are on the stack.
        # Only what there is now: the next event may begin before the loop comes to it. Without a
        # loop nothing of the outside is under way yet.
        stop = self.outside.leave()
        gone = ObjectError(text_of(error), is_reset=not error.rolled_back)
        with suppress(RuntimeError):
            asyncio.get_running_loop().call_soon(stop, gone)
        self._on_death(self, error)
        for mourner in list(self.mourners):
            mourner(error)


_PENDING: Final = js.PromiseState.PENDING  # a member is slow to get at


def is_pending(answer: object) -> TypeGuard[js.Promise[Any]]:
    """Tell whether an answer is a promise that is not settled."""
    return isinstance(answer, js.Promise) and answer.state is _PENDING


def value_of(answer: object) -> Any:
    """Give an answer, or that of its promise, which is settled; see `Guest.settled`."""
    if not isinstance(answer, js.Promise):
        return answer
    if answer.is_abandoned:
        raise _abandoned(answer)
    return answer.result()


def _abandoned(promise: js.Promise[object]) -> BaseException:
    """Give the error for a promise that the host rejected in place of the guest."""
    try:
        promise.result()
    except Exception as error:  # noqa: BLE001 - of whatever import
        if isinstance(error, AbortError) or has_died(error):
            return error
        return HungError(error)
    raise AssertionError("an abandoned promise is rejected")
