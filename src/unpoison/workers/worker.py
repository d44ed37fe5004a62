"""A Rust Worker with everything around it: the way in for servers, for tests, for time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar

from unpoison import js
from unpoison.errors import AbortError, ConfigError, PanicError
from unpoison.runtime import Limits, Module
from unpoison.web import Fetcher
from unpoison.workers.client_signals import make_signal, signals_by
from unpoison.workers.clock import Clock, SystemClock
from unpoison.workers.config import Config
from unpoison.workers.config_reading import read_config
from unpoison.workers.context import make_context, make_scheduled_event
from unpoison.workers.cron_triggers import CronTriggers, check_cron
from unpoison.workers.environment import Binding
from unpoison.workers.failures import CLOSING, ObjectError, OverloadedError, answer_to
from unpoison.workers.guest import Guest, is_pending, value_of
from unpoison.workers.isolation import MAX_INSTANCES, Exclusive, Isolation, Shared
from unpoison.workers.lasting import LastingEvents
from unpoison.workers.messages import HttpRequest, HttpResponse, drop
from unpoison.workers.module_file import find_module
from unpoison.workers.neighbours import Neighbours
from unpoison.workers.nursery import Nursery
from unpoison.workers.objects import Objects
from unpoison.workers.observers import Incident, Observer, Population
from unpoison.workers.program import (
    CPU_SECONDS,
    MEMORY_BYTES,
    OBJECT_RECOVERIES,
    ObjectRecovery,
    Program,
)
from unpoison.workers.provisions import Provisions, names_errors
from unpoison.workers.response import Given, HeadersGiven, Response, make_request
from unpoison.workers.transfer import request_for, response_of
from unpoison.workers.visit import WAIT_UNTIL_SECONDS, Visit

log = logging.getLogger("unpoison.workers")

IsolationName = Literal["exclusive", "shared"]
ISOLATIONS: Final = ("exclusive", "shared")
HANDLERS: Final = frozenset({"fetch", "scheduled"})

T = TypeVar("T")


class Worker:
    """One Rust Worker: answers requests, whatever happens to single instances of it.

    Make one with `Worker.from_config`. It belongs to the event loop that it is first used in.
    `async with` closes it; `close()` does too.
    """

    def __init__(
        self,
        config: Config,
        program: Program,
        *,
        isolation: IsolationName = "exclusive",
        max_instances: int = MAX_INSTANCES,
        state: Path | None = None,
        observer: Observer | None = None,
    ) -> None:
        if isolation not in ISOLATIONS:
            raise ValueError(f"isolation must be one of {ISOLATIONS}, not {isolation!r}")
        _check_object_recovery(program, isolation)
        self.config = config
        self.name = config.name
        self.clock = program.clock
        self.program = program
        self.observer = observer or Observer()
        self.neighbours = Neighbours(self)
        bindings: dict[str, Binding] = {}
        self._nursery = Nursery(self.name, program, bindings, self.observer)
        self._guests: Isolation = (
            Exclusive(
                self._nursery,
                most=max_instances,
                make_room=self._make_room,
                make_place=self._make_place,
            )
            if isolation == "exclusive"
            else Shared(self._nursery)
        )
        self._provisions = Provisions(config, program, self._guests, self.observer, state)
        bindings.update(self._provisions.bindings(self.neighbours))
        self._nursery.on_death = self._died
        self._visits: set[Visit] = set()
        self._lasting = LastingEvents(self._guests, self.clock)
        self._empty = asyncio.Event()
        self._signals = signals_by(config.compatibility_flags)
        self._crons = CronTriggers(self.name, config.crons, self.clock, self._fire)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_config(
        cls,
        path: str | Path,
        *,
        environment: str | None = None,
        module: str | Path | bytes | None = None,
        isolation: IsolationName = "exclusive",
        object_recovery: ObjectRecovery = "reinit",
        max_instances: int = MAX_INSTANCES,
        limits: Limits | None = None,
        clock: Clock | None = None,
        fetch: Fetcher | None = None,
        services: Sequence[Worker] = (),
        imports: Mapping[str, object] | None = None,
        state: str | Path | None = None,
        observer: Observer | None = None,
    ) -> Worker:
        """Make a worker from its wrangler configuration, a file or the folder that has one.

        `environment` is one of `env.<name>`. `module` is rustc's `.wasm`; without it the crate
        beside the configuration is built, or a ready module there is taken. `isolation` is
        "exclusive" (one request at a time per instance) or "shared" (one instance for all, as on
        the platform). `object_recovery` says what becomes of a Durable Object whose code aborts:
        "reinit" makes it anew, as on the platform; "rollback" has it go on from when it was last
        idle, if nothing was committed, answered or let out since. `limits` replace the defaults:
        128 MiB of memory, and the configuration's CPU time per event (2 s when it says none).
        `clock` is the real time, or a `ManualClock` that a test moves. `fetch` answers requests to
        the network, such as `unpoison.web.Fetch(allow=[...])`; without it they are refused.
        `services` are other workers that bindings may name. `imports` are Python objects in place
        of JavaScript that the crate brings along, as `load` takes them. `state` is the folder of
        stored data (Durable Objects, KV); without it the data goes with the worker.

        Raises ConfigError, ToolError for a crate that does not compile, LinkError,
        MalformedModule and UnsupportedModule for a module that cannot be one of a worker.
        """
        config = read_config(path, environment)
        source = module if isinstance(module, bytes) else find_module(config, module)
        return cls.of(
            config,
            source,
            isolation=isolation,
            object_recovery=object_recovery,
            max_instances=max_instances,
            limits=limits,
            clock=clock,
            fetch=fetch,
            services=services,
            imports=imports,
            state=state,
            observer=observer,
        )

    @classmethod
    def of(
        cls,
        config: Config,
        source: Path | bytes | Module,
        *,
        isolation: IsolationName = "exclusive",
        object_recovery: ObjectRecovery = "reinit",
        max_instances: int = MAX_INSTANCES,
        limits: Limits | None = None,
        clock: Clock | None = None,
        fetch: Fetcher | None = None,
        services: Sequence[Worker] = (),
        imports: Mapping[str, object] | None = None,
        state: str | Path | None = None,
        observer: Observer | None = None,
    ) -> Worker:
        """Make a worker of a configuration and its module, read or not; see `from_config`."""
        program = Program(
            source if isinstance(source, Module) else Module.read(source),
            limits or Limits(memory=MEMORY_BYTES, cpu=config.cpu or CPU_SECONDS),
            clock or SystemClock(),
            fetch,
            imports or {},
            object_recovery,
        )
        worker = cls(
            config,
            program,
            isolation=isolation,
            max_instances=max_instances,
            state=None if state is None else Path(state),
            observer=observer,
        )
        worker.know(services)
        worker.check()
        worker._guests.warm()
        return worker

    @property
    def names_errors(self) -> bool:
        """Whether an error of it keeps its name on the way to a caller."""
        return names_errors(self.config)

    @property
    def objects(self) -> Mapping[str, Objects]:
        """Its Durable Objects, by their class."""
        return self._provisions.objects

    def know(self, services: Sequence[Worker]) -> None:
        """Let bindings find other workers by their names, and the others find this one."""
        for other in services:
            self.neighbours.add(other)
            other.neighbours.add(self, replace=False)
            self._provisions.join(other._provisions)

    def check(self) -> None:
        """Raise ConfigError for what the module does not have."""
        where = str(self.config.path or self.config.folder)
        if not self.program.handlers & HANDLERS and not self.config.objects:
            raise ConfigError("the module exports no handler (fetch, scheduled) of a worker", where)
        self.neighbours.check(self.config)
        for cron in self.config.crons:
            check_cron(cron, where)

    def missing(self) -> Iterator[str]:
        """Say what the worker may ask for and is not provided; each use of it is refused."""
        for refused in self.config.refused:
            yield f"{refused.name} ({refused.key}) is not provided; its use is refused"
        yield from self.neighbours.missing(self.config)
        for module in self.program.missing_modules:
            yield f"{module} is JavaScript, which needs an engine; its use is refused"
        for key in self.config.unknown:
            yield f"the key {key} says nothing to unpoison"

    # --- events ---

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: HeadersGiven = None,
        body: Given = None,
        json: Any = None,
    ) -> Response:
        """Send a request and give the answer, as a client of the server would get it.

        `url` is absolute; its host is what the worker sees. `json` is sent as JSON.
        """
        return Response(await self.handle(make_request(url, method, headers, body, json)))

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; a failure is an answer too."""
        try:
            return await self.serve(request)
        except Exception as error:  # noqa: BLE001 - the border of one request
            answer = answer_to(error)
            media = ("content-type", "text/plain;charset=UTF-8")
            return HttpResponse(answer.status, [media], answer.text.encode())

    async def serve(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, or raise how it failed.

        Who is cancelled while waiting leaves the guest to finish alone, for WAIT_UNTIL_SECONDS.
        """
        visit = await self._begin("fetch")
        guest, realm = visit.guest, visit.guest.realm
        visit.signal = make_signal(realm, self._signals)

        def enter() -> object:
            given = request_for(realm, request, visit.signal)
            return guest.exports.fetch(given, guest.env, make_context(realm, visit))

        return await self._attend(visit, enter, response_of)

    async def scheduled(self, cron: str = "", *, time: float | None = None) -> None:
        """Send a scheduled event: `time` is when it was due, in seconds since 1970, default now.

        Raises what the handler raises.
        """
        visit = await self._begin("scheduled")
        guest, realm = visit.guest, visit.guest.realm
        due = float(int((self.clock.time() if time is None else time) * 1000))

        def enter() -> object:
            event = make_scheduled_event(realm, cron, due, visit)
            return guest.exports.scheduled(event, guest.env, make_context(realm, visit))

        await self._attend(visit, enter, lambda value: None)

    async def _begin(self, handler: str) -> Visit:
        if self._closing is not None:
            raise OverloadedError(CLOSING)
        if handler not in self.program.handlers:
            raise ObjectError(f"Handler does not export a {handler}() function.", name="TypeError")
        guest = await self._guests.for_request()
        guest.begin_event()
        visit = Visit(guest, self.clock, self._left)
        self._visits.add(visit)
        return visit

    async def _attend(
        self, visit: Visit, enter: Callable[[], object], convert: Callable[[Any], T]
    ) -> T:
        """Enter the guest and wait for its answer."""
        try:
            answer = visit.guest.enter(enter)
            if is_pending(answer):
                await self._wait(visit, answer, convert)
            return self._ended(visit, convert(value_of(answer)))
        except _LeftError as left:
            raise left.error from None
        except BaseException as error:
            self._failed(visit, error)
            raise

    async def _wait(
        self, visit: Visit, answer: js.Promise[Any], convert: Callable[[Any], object]
    ) -> None:
        """Wait until an answer is there. Raises _LeftError when who waits is cancelled: then the
        guest finishes in a task of its own."""
        try:
            await visit.guest.settled(answer)
        except asyncio.CancelledError as error:
            visit.client_left()
            task = asyncio.ensure_future(self._finish(visit, answer, convert))
            task.add_done_callback(self._drop)
            # Not for ever: clients that come and leave would take one instance after another.
            alarm = self.clock.call_later(WAIT_UNTIL_SECONDS, task.cancel)
            task.add_done_callback(lambda _: alarm.cancel())
            raise _LeftError(error) from None

    async def _finish(
        self, visit: Visit, answer: js.Promise[Any], convert: Callable[[Any], T]
    ) -> T:
        try:
            return self._ended(visit, convert(await visit.guest.settled(answer)))
        except BaseException as error:
            self._failed(visit, error)
            raise

    def _drop(self, task: asyncio.Task[Any]) -> None:
        """Drop an answer that nobody waits for any more."""
        if task.cancelled() or task.exception() is not None:
            return
        answer = task.result()
        if isinstance(answer, HttpResponse):
            self._keep(asyncio.ensure_future(drop(answer)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _ended(self, visit: Visit, result: T) -> T:
        self._nursery.note(None)
        if isinstance(result, HttpResponse):
            visit.answered(result)
            self._lasting.add(visit)
        else:
            visit.close()
        return result

    def _failed(self, visit: Visit, error: BaseException) -> None:
        self._nursery.note(error)
        if isinstance(error, PanicError):
            self.observer.incident(Incident.PANIC, error, self.name)
        visit.close()

    def _left(self, visit: Visit) -> None:
        self._visits.discard(visit)
        self._lasting.discard(visit)
        self._guests.release(visit.guest)
        if not self._visits:
            self._empty.set()

    # --- life ---

    def start(self) -> None:
        """Begin to fire the alarms that are stored and the cron triggers, at their times.

        Raises StorageError.
        """
        self._provisions.start()
        self._crons.start()

    def hurry(self) -> None:
        """Make a running `close` wait for nothing that is under way any longer."""
        self._empty.set()

    async def close(self, grace: float = 10.0) -> None:
        """Let what is under way finish, for `grace` seconds at most, and free everything.

        A second call waits for the first one, which goes on when its caller is cancelled.
        """
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close(grace))
        await asyncio.shield(self._closing)

    async def _close(self, grace: float) -> None:
        self._crons.stop()
        if self._visits:
            self._empty.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._empty.wait()
        await self._provisions.close_objects()
        self._guests.close()
        await self._provisions.close()

    async def __aenter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            await self.close(0.0)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _fire(self, cron: str, due: float) -> None:
        await self.scheduled(cron, time=due)

    def _make_place(self) -> None:
        self._lasting.make_place()

    def _make_room(self) -> None:
        self._provisions.make_room()

    def _died(self, guest: Guest, error: AbortError) -> None:
        self._guests.died(guest)

    # --- what operators ask ---

    @property
    def trouble(self) -> str | None:
        """What is wrong with it now, None when it can answer."""
        if self._closing is not None:
            return f"{self.name} is shutting down"
        remaining = self._nursery.restarts.remaining(self.clock.monotonic())
        return None if not remaining else f"{self.name} keeps dying; it is given a pause"

    async def measure(self) -> None:
        """Find out how much is stored, for `population`."""
        await self._provisions.measure()

    def population(self) -> Population:
        """Give how many instances and objects there are, and what they take; `storage` is that of
        the last `measure`."""
        guests = self._guests.census()
        objects = self.objects.values()
        return Population(
            instances_live=guests.live,
            instances_idle=guests.idle,
            instances_apart=guests.apart,
            requests_waiting=guests.waiting,
            memory=sum(guest.instance.memory_size for guest in self._nursery.guests),
            objects_live=sum(each.live for each in objects),
            objects_evicted=sum(each.evicted for each in objects),
            alarms_pending=sum(each.alarms for each in objects),
            storage=self._provisions.size,
        )

    def __repr__(self) -> str:
        return f"<unpoison.workers.Worker {self.name}>"


class _LeftError(Exception):
    """Whoever waited for an answer has left; the guest goes on."""

    def __init__(self, error: asyncio.CancelledError) -> None:
        super().__init__()
        self.error = error


def _check_object_recovery(program: Program, isolation: IsolationName) -> None:
    """Raise ValueError for what is no recovery of objects, or cannot be had in a shared guest."""
    chosen = program.object_recovery
    if chosen not in OBJECT_RECOVERIES:
        raise ValueError(f"object_recovery must be one of {OBJECT_RECOVERIES}, not {chosen!r}")
    if chosen == "rollback" and isolation == "shared":
        raise ValueError(
            'object_recovery="rollback" needs isolation="exclusive": in a shared instance the '
            "memory of an object is that of all the others too"
        )
    if chosen == "rollback":
        program.module.check_rollback()
