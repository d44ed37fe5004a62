"""The public way in: Module, Instance, load."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, TracebackType
from typing import Any, Literal, TypeVar

from unpoison import js
from unpoison.artefact import Artefact, Source, prepare, read_source
from unpoison.bindgen import Interface
from unpoison.engine import Budget, Engine
from unpoison.errors import SnapshotError, UnsupportedModule
from unpoison.runtime.border import Border
from unpoison.runtime.checkpoints import Checkpoint
from unpoison.runtime.clock import Clock
from unpoison.runtime.deaths import OnAbort
from unpoison.runtime.generation import Generation, Program
from unpoison.runtime.imports import Importer, choose_recipes
from unpoison.runtime.limits import Limits
from unpoison.runtime.objects import Exports
from unpoison.runtime.raw import RawExports
from unpoison.runtime.rollback import Rollback
from unpoison.runtime.snapshots import Snapshot, read_snapshot, read_snapshot_file
from unpoison.runtime.supervisor import Supervisor
from unpoison.runtime.world import make_world
from unpoison.web import PLATFORM_NAMES, Fetcher

Recovery = Literal["terminate", "reinit", "rollback"]
RollbackOn = Literal["panic"]
Threads = Literal["raise", "wait"]
Bind = Callable[[Border], Exports]


T = TypeVar("T")


class Module:
    """A module that is ready to be instantiated any number of times.

    `interface` is what it exports and imports. Make one with `Module.read`.
    """

    def __init__(self, artefact: Artefact, engine: Engine) -> None:
        bindings = artefact.bindings
        self.interface: Interface = bindings.interface
        self.facts = bindings.facts
        self.python_source = bindings.python_source
        self._program = Program(
            engine, bindings.interface, bindings.plan, artefact.guest, artefact.entries
        )
        self._recipes = choose_recipes(bindings.plan.hosts)
        self._bind = _load_bind(bindings.code())
        self._by_stack: dict[int | None, Program] = {None: self._program}

    @classmethod
    def read(cls, source: Source) -> Module:
        """Read rustc's `.wasm` from a path, bytes or a binary file, and do all per-module work.

        Translation, linking and compilation come from the cache when they were done before.
        Raises MalformedModule, UnsupportedModule, and OSError for a path that cannot be read.
        """
        engine = Engine()
        return cls(prepare(read_source(source), engine), engine)

    def instantiate(
        self,
        imports: Mapping[str, Any] | object | None = None,
        *,
        recovery: Recovery = "terminate",
        rollback_on: RollbackOn | None = None,
        on_abort: OnAbort | None = None,
        limits: Limits | None = None,
        start_timeout: float | None = 10.0,
        threads: Threads = "raise",
        fetch: Fetcher | None = None,
        clock: Clock | None = None,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        lazy_imports: bool = False,
        bind: Bind | None = None,
        start: bool = True,
    ) -> Instance:
        """Link, run the start functions, and give the instance.

        `imports` are given by JS name: `{"risky": f, "console": obj, "./env.js": {...}}`; those of
        a plain `extern` block as `{"env": {"name": f}}`; an object with attributes of those names
        does too. `recovery="reinit"` renews the instance at the first call after an abort,
        "rollback" lets a call that aborts, or that an exception of the host leaves, have no effect
        on the guest; with `rollback_on="panic"` one that panics too. `on_abort` is called once per
        abort, after the hook that Rust registered. `start_timeout` is in seconds, None for no
        limit. `threads="wait"` makes a call wait while another thread runs the instance. `fetch`
        answers the guest's requests, such as `unpoison.web.Fetch(allow=[...])`; without it they
        are refused. `clock` is the time of the guest's timers and dates, the real one if not
        given. `globals` are further names of the guest's global object: a `js.ClassSpec` becomes a
        class, a function (of the realm and the arguments) a function, any other value stays.
        `lazy_imports` is for one more instance of what was linked before: an import is looked for
        when it is first called, and raises LinkError then. `bind` is the function of bindings that
        `unpoison bind` wrote. `start=False` runs no start function, and no `main`.

        Raises LinkError for imports that were not given, what a start function raises, and
        UnsupportedModule for "rollback" with a module whose tables or further globals change.
        """
        self._check_recovery(recovery, rollback_on)
        _check_choice("threads", threads, ("raise", "wait"))
        supervisor = Supervisor(
            self._program_for(None if limits is None else limits.stack),
            limits or Limits(),
            renews=recovery != "terminate",
            rolls_back=self.facts.sha256 if recovery == "rollback" else None,
            rolls_back_panics=rollback_on == "panic",
            waits=threads == "wait",
            on_abort=on_abort,
            start_timeout=start_timeout,
            clock=clock,
        )
        return Instance(
            self,
            supervisor,
            {} if imports is None else imports,
            bind or self._bind,
            start=start,
            fetch=fetch,
            globals=globals,
            lazy_imports=lazy_imports,
        )

    def resume(
        self,
        source: str | os.PathLike[str] | bytes | Checkpoint,
        imports: Mapping[str, Any] | object | None = None,
        **options: Any,
    ) -> Instance:
        """Give an instance that goes on from a snapshot: its file, its bytes, or a checkpoint.

        The guest's memory and its handles are what they were; no start function runs, until the
        instance is renewed. Objects and closures of the instance before are not there any more, so
        what is wanted of it must be reached by what the module exports. `options` are those of
        `instantiate`.

        Raises SnapshotError for what is no snapshot of this module, and for one that does not fit
        into the limits; OSError for a file that cannot be read; what `instantiate` raises.
        """
        snapshot = _snapshot_of(source)
        if snapshot.module != self.facts.sha256:
            raise SnapshotError(
                f"the snapshot is of another module (SHA-256 {snapshot.module[:16]}..., not "
                f"{self.facts.sha256[:16]}...); load that one"
            )
        instance = self.instantiate(imports, **{**options, "start": False})
        try:
            instance._go_on_from(snapshot)
        except BaseException:
            instance.close()
            raise
        return instance

    def _check_recovery(self, recovery: object, rollback_on: object) -> None:
        _check_choice("recovery", recovery, ("terminate", "reinit", "rollback"))
        _check_choice("rollback_on", rollback_on, (None, "panic"))
        if recovery == "rollback":
            self.check_rollback()
        elif rollback_on is not None:
            raise ValueError('rollback_on needs recovery="rollback"')

    def check_rollback(self) -> None:
        """Raise UnsupportedModule for a module that `recovery="rollback"` cannot be had with."""
        if not self._program.plan.goes_back:
            raise UnsupportedModule(
                f"{self.interface.name} has a table that grows, a segment that is not applied at "
                "the start, or a memory of another kind: a call cannot be rolled back",
                advice='load it with recovery="reinit"',
            )

    def _program_for(self, stack: int | None) -> Program:
        found = self._by_stack.get(stack)
        if found is None and stack is not None:
            found = self._by_stack[stack] = self._program.with_stack(stack)
        return found or self._program

    def __repr__(self) -> str:
        return f"<unpoison.Module {self.interface.name}>"


class Instance:
    """A supervised instance: what Rust exports is on `exports`, what supervises is here.

    `raw_exports` are the plain `extern` functions of the module, by name: numbers only.

    It is a context manager; `close()` frees everything.
    """

    def __init__(
        self,
        module: Module,
        supervisor: Supervisor,
        imports: object,
        bind: Bind,
        *,
        start: bool,
        fetch: Fetcher | None,
        globals: Mapping[str, object] | None = None,  # noqa: A002
        lazy_imports: bool = False,
    ) -> None:
        self._module = module
        self._supervisor = supervisor
        self._scheduler = supervisor.scheduler
        border = Border(supervisor, ())
        supervisor.take_error = lambda handle: js.as_exception(border.take(handle))
        self._realm = realm = make_world(self._scheduler.realm, fetch, globals)
        importer = Importer(border, imports, realm, PLATFORM_NAMES)
        resolve = importer.resolve_when_called if lazy_imports else importer.resolve_all
        border.imported = resolve(module._recipes)
        self.exports: Any = bind(border)
        self.raw_exports = RawExports(border)
        supervisor.handlers = border.hosts
        self._starts = border.starts
        supervisor.run_starts = lambda: _call_all(border.starts if start else [])
        with supervisor.turn:
            supervisor.renew()

    @property
    def module(self) -> Module:
        """The module that this is an instance of."""
        return self._module

    @property
    def global_object(self) -> js.Object:
        """The guest's global object: `instance.global_object["URL"]` is its URL class.

        What is made with it can be given to the guest. It stays the same over re-initialisations.
        """
        return self._realm.global_object

    @property
    def realm(self) -> js.Realm:
        """The guest's realm, for what makes values of the guest; it too stays the same."""
        return self._realm

    @property
    def generation(self) -> int:
        """How many starts there were, the first included; grows with each re-initialisation."""
        return self._supervisor.lifecycle.generation

    @property
    def state(self) -> str:
        """Where the instance stands: "live", "dead", "closed", ..."""
        return self._supervisor.lifecycle.state.value

    @property
    def memory_size(self) -> int:
        """The size of the guest's linear memory in bytes; 0 when there is none any more."""
        return self._supervisor.home.memory_size()

    @property
    def live_handles(self) -> int:
        """How many of the host's values the guest holds."""
        return self._supervisor.home.handles.live()

    @property
    def is_idle(self) -> bool:
        """Whether nothing here goes on by itself: no job, timer or awaitable is outstanding.

        A promise that is pending then stays so, unless the embedder settles it.
        """
        return self._scheduler.is_idle

    @property
    def on_idle(self) -> Callable[[], object] | None:
        """What is called each time that jobs have run and the instance is idle then."""
        return self._scheduler.on_idle

    @on_idle.setter
    def on_idle(self, callback: Callable[[], object] | None) -> None:
        self._scheduler.on_idle = callback

    @property
    def on_stray(self) -> Callable[[str, BaseException], object] | None:
        """Called with what happened and an error that nobody can catch.

        Such is what a timer's callback or a spawned task raises, and the reason of a promise that
        was rejected and that nobody handles. Without it the event loop's handler hears of them.
        """
        return self._scheduler.on_stray

    @on_stray.setter
    def on_stray(self, callback: Callable[[str, BaseException], object] | None) -> None:
        self._scheduler.on_stray = callback

    @property
    def on_cut_off(self) -> Callable[[BaseException], object] | None:
        """Called when an exception of the host cuts a task of a panic=abort module off.

        Nothing of it was cleaned up, and whose promise it was may not be known: an embedder may end
        such an instance with `kill`, though not in this call.
        """
        return self._scheduler.tasks.on_cut_off

    @on_cut_off.setter
    def on_cut_off(self, callback: Callable[[BaseException], object] | None) -> None:
        self._scheduler.tasks.on_cut_off = callback

    def dump_memory(self) -> bytes:
        """Give a copy of the guest's linear memory; empty when there is none any more.

        Within `on_abort` it is that of the generation that has just died: for a post-mortem.
        """
        home = self._supervisor.home
        size = home.memory_size()
        return home.memory.read(0, size) if size else b""

    @property
    def budget(self) -> Budget | None:
        """The CPU time that calls share which begin from now on; None for none.

        Each call is charged to the budget of its beginning, whatever it is: a function, a timer,
        a promise job. A call that goes beyond it raises AbortError (CPU_LIMIT), and the instance
        is dead. Setting it raises ValueError for an instance without `Limits(cpu=...)`.
        """
        meter = self._supervisor.meter
        return None if meter is None else meter.budget

    @budget.setter
    def budget(self, budget: Budget | None) -> None:
        meter = self._supervisor.meter
        if meter is not None:
            meter.budget = budget
        elif budget is not None:
            raise ValueError("a budget needs an instance with limits=Limits(cpu=...)")

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Let no code of the guest run on `seconds` after the block has begun.

        A call that would is stopped: it raises AbortError (TIME_LIMIT), and the instance is dead.
        Blocks may be nested, the earliest deadline holds; one holds for the current generation. A
        host function is not stopped, but the code that called it is when it returns.
        """
        with self._supervisor.home.store.deadline(seconds):
            yield

    def reinit(self) -> None:
        """Start afresh now: objects and closures of before are stale from here on.

        Raises UnpoisonError while a call runs, TerminatedError when the instance is closed, and
        what the start functions raise; then the next call tries again.
        """
        self._supervisor.reinit()

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Call a function when the outermost call that runs has ended and was not rolled back.

        For an import that defers what it does outside the guest. With `recovery="rollback"` it is
        forgotten when the call is undone; what it raises comes out of the call. Where no call
        runs, or none is ever rolled back, it is called at once.
        """
        supervisor = self._supervisor
        if supervisor.rollback is None or not supervisor.is_running():
            callback()
        else:
            supervisor.rollback.on_commit(callback)

    def begin_span(self, may_undo: Callable[[], bool]) -> None:
        """Let an abort go back to what is there now, in calls and jobs, until the next span begins.

        For an embedder that serves events of several calls and jobs, and knows what of them was
        answered. `may_undo` is asked within each abort whether all since the begin may be undone;
        if not, the instance is renewed. Calls are no transactions of their own meanwhile, and
        exceptions undo nothing. A renewal ends the span.

        Needs `recovery="rollback"`, else it raises ValueError. Raises UnpoisonError while a call
        runs, TerminatedError when the instance is closed, CapacityError without room for a copy.
        """
        with self._between_calls("begin_span()") as home:
            self._rollback("begin_span()").begin_span(home, may_undo)

    def checkpoint(self) -> Checkpoint:
        """Give the state of the guest now, to go back to with `restore` or to `save`.

        Needs `recovery="rollback"`, else it raises ValueError. Raises UnpoisonError while a call
        runs, TerminatedError when the instance is closed.
        """
        with self._between_calls("checkpoint()") as home:
            return self._rollback("checkpoint()").checkpoint(home)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint of this instance: all is as it was, objects and closures too.

        Checkpoints that were made after it are gone then. Raises UnpoisonError for one that is
        gone, or while a call runs.
        """
        with self._between_calls("restore()") as home:
            self._rollback("restore()").restore(home, checkpoint)

    @contextmanager
    def _between_calls(self, what: str) -> Iterator[Generation]:
        """Hold the lock for what is done between two calls, and give the live generation."""
        supervisor = self._supervisor
        if not supervisor.turn[False]:
            supervisor.wait()
        try:
            supervisor.refuse_inside(what)
            supervisor.enter()
            yield supervisor.home
        finally:
            supervisor.turn.release()

    def _rollback(self, what: str) -> Rollback:
        rollback = self._supervisor.rollback
        if rollback is None:
            raise ValueError(f'{what} needs an instance with recovery="rollback"')
        return rollback

    def _go_on_from(self, snapshot: Snapshot) -> None:
        """Be the guest of a snapshot. Raises SnapshotError when it does not fit."""
        with self._between_calls("resume()") as home:
            home.go_on_from(snapshot)
        self._supervisor.run_starts = lambda: _call_all(self._starts)

    def kill(self, detail: str) -> None:
        """End this generation as an abort does, of AbortReason.HOST_EXCEPTION.

        For an embedder that knows the guest to be of no use any more. Nothing when it is not live.
        Raises UnpoisonError while a call runs.
        """
        self._supervisor.kill(detail)

    def run_jobs(self) -> int:
        """Run the promise jobs that are due, and those they cause; give their number."""
        return self._scheduler.run_jobs()

    def run_through(self, call: Callable[[], T]) -> T:
        """Make a call, such as one of an export, and `run_jobs`; give what the call gave."""
        return self._scheduler.run_through(call)

    def cancel_pending(self) -> None:
        """Cancel the timers and awaitables that are outstanding; what waits for them waits on.

        For an embedder that gives the instance its next piece of work and wants nothing of the
        one before to run in it.
        """
        self._scheduler.cancel_pending()

    def close(self) -> None:
        """Run the drops that are queued and free the instance; nothing the second time.

        Raises UnpoisonError while a call runs.
        """
        self._supervisor.close()

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        name = self._module.interface.name
        return f"<unpoison.Instance of {name}, {self.state}, generation {self.generation}>"


def load(
    source: Source,
    imports: Mapping[str, Any] | object | None = None,
    *,
    recovery: Recovery = "terminate",
    rollback_on: RollbackOn | None = None,
    on_abort: OnAbort | None = None,
    limits: Limits | None = None,
    start_timeout: float | None = 10.0,
    threads: Threads = "raise",
    fetch: Fetcher | None = None,
) -> Instance:
    """Read a module and instantiate it: `Module.read(source).instantiate(...)`."""
    return Module.read(source).instantiate(
        imports,
        recovery=recovery,
        rollback_on=rollback_on,
        on_abort=on_abort,
        limits=limits,
        start_timeout=start_timeout,
        threads=threads,
        fetch=fetch,
    )


def _snapshot_of(source: str | os.PathLike[str] | bytes | Checkpoint) -> Snapshot:
    if isinstance(source, Checkpoint):
        return source.snapshot()
    return read_snapshot(source) if isinstance(source, bytes) else read_snapshot_file(source)


def _load_bind(code: CodeType) -> Bind:
    namespace: dict[str, Any] = {"__name__": "unpoison_bindings"}
    exec(code, namespace)
    bind: Bind = namespace["bind"]
    return bind


def _call_all(functions: list[Callable[[], object]]) -> None:
    for function in functions:
        function()


def _check_choice(name: str, value: object, choices: tuple[str | None, ...]) -> None:
    if value not in choices:
        texts = " or ".join(map(repr, choices))
        raise ValueError(f"{name} must be {texts}, not {value!r}")
