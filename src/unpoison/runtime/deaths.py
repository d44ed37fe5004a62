"""An abort, step by step: the terminated word, the guest's hook, the promises, the embedder.

A KeyboardInterrupt may strike between any two steps. Each can be done again, and what is not done
yet is done by whoever calls `finish` next: `pending` stays until the last step is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from unpoison.bindgen import HOOK_SIGNATURE
from unpoison.engine import Slots
from unpoison.errors import AbortError
from unpoison.js import Promise, PromiseState
from unpoison.runtime.generation import Generation, Program
from unpoison.runtime.in_flight import InFlight
from unpoison.runtime.lifecycle import DYING, LIVE, STARTING, Event, Lifecycle

_TERMINATED = (1).to_bytes(4, "little")

HOOK_SECONDS = 1.0
"""CPU time that the guest's hook may use in an instance with limits, after one was reached."""

OnAbort = Callable[[AbortError], object]


@dataclass(slots=True)
class Death:
    """An abort that was seen and what of it is done.

    `struck` is an interrupt that came out of the guest's hook, to be raised when all is done. One
    that `is_undone` ends nothing: the guest goes back to where it was, and only the embedder hears.
    """

    error: AbortError
    home: Generation
    is_undone: bool = False
    struck: BaseException | None = None
    is_hooked: bool = False
    is_told: bool = False


class Deaths:
    """Carries out the deaths of one instance, one at a time.

    `calls` are its callers by entry number; `bury` frees a generation of which no frame is left.
    """

    def __init__(
        self,
        program: Program,
        lifecycle: Lifecycle,
        slots: Slots,
        calls: list[Callable[[], object]],
        in_flight: InFlight,
        bury: Callable[[Generation], None],
        on_abort: OnAbort | None,
    ) -> None:
        self.pending: Death | None = None
        self.finishing = False
        self._program = program
        self._lifecycle = lifecycle
        self._slots = slots
        self._calls = calls
        self._in_flight = in_flight
        self._bury = bury
        self._on_abort = on_abort
        self._hook = program.plan.closures.get(HOOK_SIGNATURE)

    def carry_out(self, error: AbortError, home: Generation, *, is_undone: bool = False) -> None:
        """Let a generation die of an abort. Raises an interrupt that struck in its hook."""
        self.pending = death = Death(error, home, is_undone)
        self.finish(death)
        if death.struck is not None:
            raise death.struck from error

    def finish(self, death: Death) -> None:
        """Do every step of a death that is not done yet."""
        life, home, error = self._lifecycle, death.home, death.error
        self.finishing = True
        try:
            if life.state in (LIVE, STARTING):
                life.abort(error, renews=not death.is_undone)
            if death.is_undone:
                home.pause()
            else:
                self._bring_down(death)
            if life.state is DYING:
                life.on(Event.HOOK_DONE)
            if not death.is_told:
                death.is_told = True
                self._tell(error)
            self._bury(home)
            self.pending = None
        finally:
            self.finishing = False

    def _bring_down(self, death: Death) -> None:
        home = death.home
        try:
            if not death.is_hooked:
                death.is_hooked = True
                self._write_word(home)
                self._run_hook(death)
        finally:
            home.retire()
        abandon_promises(home.promises, death.error)

    def _write_word(self, home: Generation) -> None:
        address = self._program.interface.terminated_word
        if address is None:
            return
        try:
            home.memory.write(address, _TERMINATED)
        except ValueError:  # a module that says a place which it has not
            return

    def _run_hook(self, death: Death) -> None:
        """Call what Rust registered with `set_on_abort`. contract facts 5.4; wasm-bindgen
        src/handler.rs. What goes wrong in it is noted on the error and changes nothing else.
        The generation is to be retired at once, for its entries let everybody in here.
        """
        if self._hook is None:
            return
        home = death.home
        try:
            index = home.read_word(self._program.interface.abort_handler_word)
        except ValueError:
            index = 0
        if not index:
            return
        home.inside.set(0)
        self._slots.u32[0] = index
        with home.store.grace(HOOK_SECONDS):
            has_failed = self._calls[self._hook.number]() or self._slots.trap
        if has_failed:
            fault = home.store.take_fault()
            death.error.add_note(f"the abort hook aborted: {fault.message}")
        elif self._slots.i32[0]:
            self._note_hook_failure(death, self._slots.u32[4])

    def _note_hook_failure(self, death: Death, ticket: int) -> None:
        thrown = self._in_flight.take(ticket)
        if thrown is None:
            death.error.add_note("the abort hook panicked")
            return
        death.error.add_note(f"the abort hook failed: {thrown!r}")
        if not isinstance(thrown, Exception):
            death.struck = thrown

    def _tell(self, error: AbortError) -> None:
        if self._on_abort is None:
            return
        try:
            self._on_abort(error)
        except Exception as problem:  # noqa: BLE001 - the embedder's callback must not hide the abort
            error.add_note(f"on_abort raised {problem!r}")


def abandon_promises(promises: Iterable[Promise[Any]], error: BaseException) -> None:
    """Reject every promise that is pending: nothing will settle it."""
    for promise in list(promises):
        if promise.state is PromiseState.PENDING:
            promise.subscribe(lambda _: None)  # not an unhandled rejection: nobody asked for it
            promise.abandon(error)
