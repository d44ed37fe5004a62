"""Obeys the lifecycle: lets calls in, sees how they leave, buries and renews.

Theory of operation. Generated code holds the lock for the length of a call, and asks `due`
before anything else. `due` is false on the plain path; everything unusual (a renewal that is due,
a death, queued drops, the running hook) makes it true, and `enter` sorts it out.

A call leaves in one of three ways. Normally, or by an exception that the entries module caught:
the call gave a status, `left` turns it into the exception to raise. By a trap: `fault` is asked.
The first trap of a generation is where the abort is seen: `_die` has `Deaths` write the terminated
word, run the guest's hook with the stack pointer of that entry, and tell the embedder.

A trap leaves the entries module's note INSIDE set, and a dead generation keeps it set: so every
entry is refused by Wasm code itself, and every import that returns traps. Thus each outer frame of
the interleaved stack unwinds to its own border, which finds the same AbortError. When the last one
has left, the store is freed.

A KeyboardInterrupt may strike anywhere here, also before anybody looked at a trap. So the flags
that decide are plain assignments (only calls and loops can be interrupted), each step can be done
again, and `_settle` does at the next entry what was left undone.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import SimpleNamespace

from unpoison.bindgen import (
    LEFT_BY_DEPTH,
    LEFT_BY_ERROR,
    LEFT_BY_FIELD_PANIC,
    LEFT_BY_THROW,
    LEFT_BY_TRAP,
    LEFT_BY_WORD,
    MAX_DEPTH,
    STATUS_RETURNED,
    STATUS_THROWN,
    Panics,
)
from unpoison.engine import (
    Dispatch,
    FaultKind,
    InstantiationError,
    Memory,
    Meter,
    Slots,
    Turn,
    make_meter,
    make_turn,
)
from unpoison.errors import (
    AbortError,
    AbortReason,
    BorrowError,
    PanicError,
    StaleHandleError,
    TerminatedError,
    UnpoisonError,
    WrongThreadError,
)
from unpoison.runtime import unwind
from unpoison.runtime.clock import Clock
from unpoison.runtime.deaths import Deaths, OnAbort, abandon_promises
from unpoison.runtime.generation import Generation, Program, Vessel
from unpoison.runtime.in_flight import InFlight
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.lifecycle import CLOSED, DEAD, DYING, LIVE, STARTING, Event, Lifecycle
from unpoison.runtime.limits import Limits
from unpoison.runtime.objects import Struct, stale_error
from unpoison.runtime.rollback import Rollback
from unpoison.runtime.throwing import is_thrown_by_rust
from unpoison.runtime.vessels import Vessels

VIEWS = ("i32", "u32", "i64", "u64", "f32", "f64")


class Mail:
    """The mailbox of the current generation, as typed views; cell i is at byte 8*i."""

    __slots__ = VIEWS

    i32: memoryview[int]
    u32: memoryview[int]
    i64: memoryview[int]
    u64: memoryview[int]
    f32: memoryview[float]
    f64: memoryview[float]


class Gate:
    """What every call asks first. The compiled calls look into its slots.

    `due` is True unless a call may go straight in; `home` is the current generation.
    """

    __slots__ = ("due", "home")

    due: bool
    home: Generation


class Supervisor(Gate):
    """One supervised instance, over all its generations."""

    def __init__(
        self,
        program: Program,
        limits: Limits,
        *,
        renews: bool,
        waits: bool,
        on_abort: OnAbort | None,
        start_timeout: float | None,
        clock: Clock | None = None,
        rolls_back: str | None = None,
        rolls_back_panics: bool = False,
    ) -> None:
        self.program = program
        self.limits = limits
        self.lifecycle = Lifecycle(renews=renews)
        self.due = True
        self.home: Generation = None  # type: ignore[assignment]  # set by the first start
        self.slots = Slots(program.slots)
        self.meter = _meter(program, limits)
        self.calls: list[Callable[[], object]] = []
        self.mail = Mail()
        self.console_error: str | None = None
        self.last_text: str | None = None
        # The panic that Rust has just unwound from: it has abandoned nothing in its own entry.
        self.unwound: weakref.ref[BaseException] | None = None
        self.handlers: list[Callable[[], object]] = []
        self.take_error: Callable[[int], BaseException] = _no_error
        self.on_memory: Callable[[Memory, int, Meter | None], None] = _nobody
        self.run_starts: Callable[[], None] = lambda: None
        self.scheduler = Scheduler(lambda: self.home.promises, self, clock)
        self.rollback: Rollback | None = None
        if rolls_back is not None:
            self.rollback = Rollback(
                self.scheduler,
                self.is_running,
                module=rolls_back,
                keeps_panics=program.interface.panics is Panics.UNWIND and not rolls_back_panics,
            )
        self.scheduler.tasks.unwinds = program.interface.panics is Panics.UNWIND
        self.turn: Turn = make_turn() if self.rollback is None else self.rollback.turn
        self._waits = waits
        self._start_timeout = start_timeout
        self._starting = False
        self._in_flight = InFlight()
        self._deaths = Deaths(
            program, self.lifecycle, self.slots, self.calls, self._in_flight, self._bury, on_abort
        )
        self._entries = program.numbered
        self._resolvers = [partial(self._resolve, number) for number in range(len(self._entries))]
        self.calls[:] = self._resolvers
        self._vessels = Vessels(program, self.calls, self._resolvers, self._build)

    # --- the way in ---

    def wait(self) -> None:
        """Take the lock that another thread holds, or refuse."""
        if not self._waits:
            raise WrongThreadError(
                'another thread runs this instance; give threads="wait" to wait for it'
            )
        self.turn[True]

    def enter(self, receiver: object = None, *, is_async: bool = False) -> None:
        """Make the instance fit to be entered. Raises TerminatedError when it cannot be.

        A call that `is_async` answers with a promise of Rust's.

        Using a `receiver` (an object or closure) that is freed, moved or of an old generation is
        no entry: it raises StaleHandleError and makes no renewal that is due.
        """
        if receiver is not None:
            home = getattr(receiver, "_home", None)
            is_old = home is not None and home is not self.home
            if is_old or (home is None and self.lifecycle.renewal_due):
                raise stale_error(receiver)
        self._settle()
        life = self.lifecycle
        if life.state is LIVE and not life.renewal_due:
            self.run_drops()
            if self.rollback is not None:
                self.rollback.enter(self.home, receiver, is_async=is_async)
            self._look()
            return
        if life.state is CLOSED:
            raise TerminatedError("the instance is closed")
        if self._deaths.finishing or (life.state is DEAD and not life.renewal_due):
            raise self._terminated()
        if life.state is STARTING:
            return
        if self.is_running():
            if life.state is LIVE:
                return
            raise self._terminated()
        self.renew()
        if self.rollback is not None:
            self.rollback.enter(self.home, receiver, is_async=is_async)

    def _settle(self) -> None:
        """Finish what an interrupt left unfinished: a death, a start."""
        if self._deaths.pending is not None and not self._deaths.finishing:
            self._deaths.finish(self._deaths.pending)
        if self.rollback is not None and self.rollback.is_due and not self._deaths.finishing:
            self._roll_back(UnpoisonError("the call was rolled back"))
        life = self.lifecycle
        if life.state is STARTING and not self._starting:
            life.on(Event.START_FAILED)
        if life.state is LIVE and self.home.alive and self.home.inside.get():
            raise self.fault()

    def _terminated(self) -> TerminatedError:
        error = TerminatedError("the instance was terminated by an abort; no code of it runs")
        error.__cause__ = self.lifecycle.cause
        return error

    def is_live(self) -> bool:
        """Tell whether the current generation has not died."""
        return self.home is not None and self.home.alive

    def is_running(self) -> bool:
        """Tell whether a host function of this generation is on this thread's stack."""
        is_inside = self.meter is None or self.meter.is_running  # which the store would ask, too
        return is_inside and self.home is not None and self.home.store.running()

    def _look(self) -> None:
        """Set `due` again after something unusual has been done."""
        self.due = self.lifecycle.needs_attention or self.rollback is not None
        if self.home.drops:  # after the assignment: a finaliser may add one at any moment
            self.due = True

    # --- start and renewal ---

    def renew(self) -> None:
        """Retire the generation, if there is one, and start a fresh one.

        What a start raises comes out here; the renewal stays due, and the next entry tries again.
        """
        life = self.lifecycle
        self.due = True
        if self.rollback is not None:
            self.rollback.close()
        if life.state in (LIVE, DEAD):
            life.on(Event.RETIRED)
        life.renewal_due = True
        if self.home is not None:
            if self.home.alive:
                stale = StaleHandleError("the instance was re-initialised")
                abandon_promises(self.home.promises, stale)
            self._bury(self.home)
        self._starting = True
        try:
            life.on(Event.BEGAN)
            self._start()
            life.on(Event.STARTED)
        except BaseException:
            self._starting = False
            self._settle()
            self._bury(self.home)
            raise
        finally:
            self._starting = False
        self._look()

    def _start(self) -> None:
        life = self.lifecycle
        self.console_error = None
        self._in_flight.clear()
        try:
            vessel = self._vessels.give()
        except InstantiationError as problem:
            raise self._stillborn(problem) from None
        self.home = Generation(self.program, life.generation + 1, vessel)
        self.scheduler.realm.created = self.home.promises.add  # with no call in between
        self._vessels.given()
        self._register_signals(vessel)
        if not self.program.interface.starts:
            return
        if self._start_timeout is None:
            self.run_starts()
            return
        with self.home.store.deadline(self._start_timeout):
            self.run_starts()

    def _register_signals(self, vessel: Vessel) -> None:
        """Have the module told when its limit of CPU time is near, if it looks for that."""
        word, meter = self.program.interface.signal_word, vessel.store.meter
        if word is None or word % 4 or word + 4 > vessel.memory.size():
            return
        vessel.memory.write(word, bytes(4))
        if meter is not None:
            meter.signals_at(vessel.memory.base + word)

    def _build(self) -> Vessel:
        """Make a vessel, and let all borders look into it."""
        vessel = Vessel(
            self.program,
            Dispatch(self.handlers, STATUS_RETURNED),
            self._throw,
            self.slots,
            self.limits.memory,
            self.meter,
            self._start_timeout,
            self.calls,
        )
        self.on_memory(vessel.memory, vessel.mailbox, vessel.store.meter)
        cells = vessel.memory.cells(vessel.mailbox, self.program.mailbox_bytes)
        for name in VIEWS:
            setattr(self.mail, name, getattr(cells, name))
        return vessel

    def _stillborn(self, problem: InstantiationError) -> AbortError:
        reason = unwind.classify(problem.fault, self._circumstances(0, 0))
        frames = unwind.backtrace(problem.fault.frames)
        message = unwind.abort_message(reason, problem.fault.message, frames, None)
        return AbortError(message, reason, frames, self.lifecycle.generation + 1)

    def _resolve(self, number: int) -> object:
        """Make the first call of an entry in this generation: find it, and leave its caller."""
        if not self.home.alive:
            raise self._cause()
        entry = self._entries[number]
        caller = self.home.store.caller(self.home.entries.function(entry.name), entry.slots)
        self.calls[number] = caller
        return caller()

    def _bury(self, home: Generation | None) -> None:
        """Free a generation of which no frame is left, or let it go back."""
        if self.rollback is not None and self.rollback.is_due:
            self._roll_back(self._cause())
            return
        vessel = None if home is None else home.vessel
        if home is None or vessel is None or home.store.running():
            return
        if home is self.home:
            self.scheduler.forget()
        if self.lifecycle.state is CLOSED:
            self.calls[:] = self._resolvers  # no caller of a store that is gone
            home.release()
            return
        home.empty()
        self._vessels.take_back(vessel, is_due=self.lifecycle.renewal_due)
        home.vessel = None

    def _roll_back(self, error: BaseException) -> None:
        """Undo the call that has failed, if it was the last frame that has left."""
        home = self.home
        if self.rollback is None or home.store.running():
            return
        self._in_flight.clear()
        self.rollback.undo(home, error)
        if self.lifecycle.state is DEAD:
            self.lifecycle.on(Event.ROLLED_BACK)

    # --- the host function ---

    def _throw(self, error: BaseException) -> int:
        """Let the exception of an import travel through Wasm."""
        self.mail.u32[0] = self._in_flight.put(error)
        return STATUS_THROWN

    # --- the ways out ---

    def left(self, status: int, payload: int, *objects: object) -> BaseException:
        """Give the exception to raise for an entry that did not leave normally.

        `objects` are the Rust objects that the call had: what was thrown through frames without
        cleanup may have left them borrowed.
        """
        if status == LEFT_BY_THROW:
            error = self._in_flight.take(payload)
            if error is None:
                return self.corrupt(f"an exception numbered {payload}, which was never thrown")
            if self.rollback is not None:
                is_panic = isinstance(error, PanicError) or is_thrown_by_rust(error)
                if self._undoes(error, is_panic=is_panic):
                    return error
            return self._note_borrows(error, objects)
        if status == LEFT_BY_ERROR:
            error = self.take_error(payload)
            return error if self._undoes(error) else self._note_borrows(error, objects)
        if status == LEFT_BY_FIELD_PANIC:
            error = self._field_panic(objects)
            self._undoes(error)
            return error
        if status == LEFT_BY_DEPTH:
            return RecursionError(f"more than {MAX_DEPTH} calls into one instance are nested")
        if status == LEFT_BY_TRAP:
            return self.fault()
        if status == LEFT_BY_WORD:
            return self._die(AbortReason.UNREACHABLE, "the module declared itself terminated")
        return self._die(AbortReason.PANIC, "a panic left code that must not unwind")

    def _undoes(self, error: BaseException, *, is_panic: bool = True) -> bool:
        """Undo the call that an exception has left, if that is asked for; tell whether it was."""
        if self.rollback is None or not self.rollback.ends(error, is_panic=is_panic):
            return False
        self._roll_back(error)
        return True

    def _field_panic(self, objects: tuple[object, ...]) -> BaseException:
        """Give the error of a field accessor whose panic is unwound but cannot be read."""
        if any(getattr(value, "_abandoned", None) is not None for value in objects):
            return self._note_borrows(BorrowError("the object is still borrowed by Rust"), objects)
        return PanicError(
            "a field's getter or setter or a plain export panicked, or its object is borrowed"
        )

    def _note_borrows(self, error: BaseException, objects: tuple[object, ...]) -> BaseException:
        if isinstance(error, BorrowError):
            for value in objects:
                abandoned = getattr(value, "_abandoned", None)
                if abandoned is not None and error.__cause__ is None:
                    error.__cause__ = abandoned
            return error
        if self.unwound is not None and self.unwound() is error:
            self.unwound = None
            # The frames of its import hold it: a cycle, which would keep the call's objects too.
            return error.with_traceback(None)
        for value in objects:
            if isinstance(value, Struct):
                value._abandoned = error
        return error

    def fault(self) -> BaseException:
        """Give the exception to raise for an entry that trapped."""
        self.due = True
        home = self.home
        fault = home.store.take_fault()
        lost = home.store.take_host_failure()
        if not home.alive or self.lifecycle.state is DYING:
            cause = self._cause()
            if not self._deaths.finishing:
                self._settle()
                if not home.alive:
                    self._bury(home)
            return cause
        overran = fault.kind is FaultKind.MEMORY_OUT_OF_BOUNDS
        reached = int(home.stack_pointer.get()) if overran else home.stack_top
        home.stack_pointer.set(home.entry_sp.get())
        reason = unwind.classify(fault, self._circumstances(reached, home.stack_top))
        frames = unwind.backtrace(fault.frames)
        if fault.kind is FaultKind.UNCAUGHT_EXCEPTION:
            frames = ()
        error = self._die(reason, fault.message, frames)
        if lost is not None and not isinstance(lost, Exception):
            # KeyboardInterrupt struck in the callback before it could answer: it must not be lost.
            lost.__cause__ = error
            return lost
        return error

    def _circumstances(self, stack_pointer: int, stack_top: int) -> unwind.Circumstances:
        return unwind.Circumstances(
            stack_pointer,
            stack_top,
            self.limits.memory is not None,
            self.console_error,
            self.program.interface.panics is Panics.UNWIND,
        )

    def corrupt(self, what: str) -> BaseException:
        """End the instance because the guest handed over something that cannot be."""
        return self._die(AbortReason.OUT_OF_BOUNDS, f"the guest handed over {what}")

    def _cause(self) -> BaseException:
        cause = self.lifecycle.cause
        return self._terminated() if cause is None else cause

    # --- death ---

    def _die(self, reason: AbortReason, detail: str, frames: tuple[str, ...] = ()) -> AbortError:
        """See an abort at its border; the stack pointer is the one that this entry had."""
        home = self.home
        if not home.alive or self.lifecycle.state is DYING:
            return self.lifecycle.cause  # type: ignore[return-value]
        is_undone = self.rollback is not None and self.rollback.covers()
        end = unwind.UNDONE if is_undone else unwind.ENDED if self.rollback is None else unwind.LOST
        message = unwind.abort_message(reason, detail, frames, self.console_error, end)
        error = AbortError(message, reason, frames, home.number, is_undone)
        self.due = True
        self._deaths.carry_out(error, home, is_undone=is_undone)
        return error

    # --- drops, close ---

    def note_drop(self) -> None:
        """Make the next entry run the queued drops."""
        self.due = True

    def run_drops(self) -> None:
        """Drop what was collected since the last entry. Failures go to `sys.unraisablehook`."""
        home = self.home
        while home.alive and home.drops:
            drop = home.drops.popleft()
            if self.rollback is not None:
                self.rollback.cover_drop(home, drop)
            number, first, second = drop
            self.slots.u32[0] = first
            self.slots.u32[4] = second
            error: BaseException | None = None
            if self.calls[number]() or self.slots.trap:
                error = self.fault()
            elif self.slots.i32[0]:
                error = self.left(self.slots.i32[0], self.slots.u32[4])
            if error is not None:
                _report(error)
        if not home.alive:
            raise self._terminated()

    def schedule(self) -> None:
        """Make a renewal due: the guest's `schedule_reinit`."""
        self.lifecycle.renewal_due = True
        self.due = True

    def reinit(self) -> None:
        """Renew now. Raises UnpoisonError while a call runs, TerminatedError when closed."""
        if not self.turn[False]:
            self.wait()
        try:
            if self.lifecycle.state is CLOSED:
                raise TerminatedError("the instance is closed")
            self.refuse_inside("reinit()")
            with suppress(AbortError):  # seen only now: an interrupt had hidden it
                self._settle()
            self.renew()
        finally:
            self.turn.release()

    def kill(self, detail: str) -> None:
        """Let the generation die of what the host did to it; nothing when it is not live.

        Raises UnpoisonError while a call runs.
        """
        if not self.turn[False]:
            self.wait()
        try:
            self.refuse_inside("kill()")
            if self.lifecycle.state is LIVE:
                self._die(AbortReason.HOST_EXCEPTION, detail)
        finally:
            self.turn.release()

    def close(self) -> None:
        """Run the queued drops and free everything. Raises UnpoisonError while a call runs."""
        if not self.turn[False]:
            self.wait()
        try:
            if self.lifecycle.state is CLOSED:
                return
            self.refuse_inside("close()")
            with suppress(AbortError, TerminatedError):
                self._settle()
                if self.lifecycle.state is LIVE:
                    self.run_drops()
            self.due = True
            if self.rollback is not None:
                self.rollback.close()
            self.lifecycle.on(Event.CLOSED)
            abandon_promises(self.home.promises, TerminatedError("the instance was closed"))
            self.scheduler.close()
            self._bury(self.home)
            self._vessels.close()
        finally:
            self.turn.release()

    def refuse_inside(self, what: str) -> None:
        """Raise UnpoisonError while a call runs."""
        if self._deaths.finishing or self._starting or self.is_running():
            raise UnpoisonError(f"{what} while a call runs; call it when the call has returned")


def _meter(program: Program, limits: Limits) -> Meter | None:
    is_free = limits.cpu is None and limits.wall is None
    return None if is_free else make_meter(program.engine.watchdog, limits.cpu, limits.wall)


def _no_error(handle: int) -> BaseException:
    raise AssertionError(f"handle {handle} before the border was made")


def _nobody(memory: Memory, mailbox: int, meter: Meter | None) -> None:
    pass


def _report(error: BaseException) -> None:
    sys.unraisablehook(
        SimpleNamespace(
            exc_type=type(error),
            exc_value=error,
            exc_traceback=error.__traceback__,
            err_msg="a Rust destructor failed in a queued drop",
            object=None,
        )
    )
