"""A Rust Worker with everything around it: the way in for servers, for tests, for time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar

from unpoison import js
from unpoison.errors import AbortError, ConfigError, PanicError
from unpoison.runtime import Limits, Module
from unpoison.web import Fetcher
from unpoison.workers.actor import Kind
from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.clock import Clock, SystemClock
from unpoison.workers.config import Config, ObjectBinding
from unpoison.workers.config_reading import read_config
from unpoison.workers.context import make_context, make_scheduled_event
from unpoison.workers.crons import next_time
from unpoison.workers.environment import Binding, Kv, Refused, Service, Variable
from unpoison.workers.environment import Objects as ObjectsOf
from unpoison.workers.failures import ObjectError, OverloadedError, answer_to, text_of
from unpoison.workers.guest import Guest, is_pending, value_of
from unpoison.workers.ids import IdSpace, ObjectId
from unpoison.workers.isolation import MAX_INSTANCES, Exclusive, Isolation, Nursery, Shared
from unpoison.workers.kv_store import KvStore
from unpoison.workers.messages import HttpRequest, HttpResponse, discard
from unpoison.workers.module_file import find_module
from unpoison.workers.objects import Objects
from unpoison.workers.observers import Incident, Observer, Population
from unpoison.workers.places import Place
from unpoison.workers.program import CPU_SECONDS, MEMORY_BYTES, Program
from unpoison.workers.response import Given, HeadersGiven, Response, make_request
from unpoison.workers.transfer import request_for, response_of
from unpoison.workers.visit import Visit

log = logging.getLogger("unpoison.workers")

IsolationName = Literal["exclusive", "shared"]
ISOLATIONS: Final = ("exclusive", "shared")
INDEX_FILE: Final = "metadata.sqlite"

ALARM_DELETED_SINCE: Final = "2026-02-24"
"""The compatibility date since which deleteAll() deletes the alarm too. Facts 5.2."""

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
        self.config = config
        self.name = config.name
        self.clock = program.clock
        self.program = program
        self.observer = observer or Observer()
        self.neighbours: dict[str, Worker] = {self.name: self}
        self._place = Place(state)
        self._stores: dict[str, KvStore] = {}
        bindings: dict[str, Binding] = {}
        self._nursery = Nursery(self.name, program, bindings, self.observer)
        self._guests: Isolation = (
            Exclusive(self._nursery, most=max_instances, make_room=self._make_room)
            if isolation == "exclusive"
            else Shared(self._nursery)
        )
        self.objects = {name: self._objects(name) for name in self._own_classes()}
        bindings.update(self._bindings())
        self._nursery.on_death = self._died
        self._visits: set[Visit] = set()
        self._empty = asyncio.Event()
        self._crons: dict[str, js.Handle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closing = False

    @classmethod
    def from_config(
        cls,
        path: str | Path,
        *,
        environment: str | None = None,
        module: str | Path | bytes | None = None,
        isolation: IsolationName = "exclusive",
        max_instances: int = MAX_INSTANCES,
        limits: Limits | None = None,
        clock: Clock | None = None,
        fetch: Fetcher | None = None,
        services: Sequence[Worker] = (),
        state: str | Path | None = None,
        observer: Observer | None = None,
    ) -> Worker:
        """Make a worker from its wrangler configuration, a file or the folder that has one.

        `environment` is one of `env.<name>`. `module` is rustc's `.wasm`; without it the crate
        beside the configuration is built, or a ready module there is taken. `isolation` is
        "exclusive" (one request at a time per instance) or "shared" (one instance for all, as on
        the platform). `limits` replace the defaults: 128 MiB of memory, and the configuration's
        CPU time per event (2 s when it says none). `clock` is the real time, or a `ManualClock`
        that a test moves. `fetch` answers requests to the network, such as
        `unpoison.web.Fetch(allow=[...])`; without it they are refused. `services` are other
        workers that bindings may name. `state` is the folder of stored data (Durable Objects, KV);
        without it the data goes with the worker.

        Raises ConfigError, ToolError for a crate that does not compile, LinkError,
        MalformedModule and UnsupportedModule for a module that cannot be one of a worker.
        """
        config = read_config(path, environment)
        source = module if isinstance(module, bytes) else find_module(config, module)
        return cls.of(
            config,
            source,
            isolation=isolation,
            max_instances=max_instances,
            limits=limits,
            clock=clock,
            fetch=fetch,
            services=services,
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
        max_instances: int = MAX_INSTANCES,
        limits: Limits | None = None,
        clock: Clock | None = None,
        fetch: Fetcher | None = None,
        services: Sequence[Worker] = (),
        state: str | Path | None = None,
        observer: Observer | None = None,
    ) -> Worker:
        """Make a worker of a configuration and its module, read or not; see `from_config`."""
        program = Program(
            source if isinstance(source, Module) else Module.read(source),
            limits or Limits(memory=MEMORY_BYTES, cpu=config.cpu or CPU_SECONDS),
            clock or SystemClock(),
            fetch,
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

    def know(self, services: Sequence[Worker]) -> None:
        """Let bindings find other workers by their names, and the others find this one."""
        for other in services:
            self.neighbours[other.name] = other
            other.neighbours.setdefault(self.name, self)

    def check(self) -> None:
        """Raise ConfigError for what the module or the neighbours do not have."""
        where = str(self.config.path or self.config.folder)
        if not self.program.handlers & HANDLERS and not self.config.objects:
            raise ConfigError("the module exports no handler (fetch, scheduled) of a worker", where)
        for service in self.config.services:
            self._check_neighbour(service.name, service.service, where)
        for binding in self.config.objects:
            name = binding.script or self.name
            self._check_neighbour(binding.name, name, where)
            if binding.class_name not in self.neighbours[name].objects:
                raise ConfigError(
                    f"the binding {binding.name} names the class {binding.class_name}, which the "
                    f"module of {name} does not export",
                    where,
                )

    def _make_room(self) -> None:
        """Evict the object that has been idle for longest: another one needs a guest."""
        idle = [actor for each in self.objects.values() for actor in each.idle()]
        if idle:
            min(idle, key=lambda actor: actor.resting_since).evict()

    def _check_neighbour(self, binding: str, name: str, where: str) -> None:
        if name not in self.neighbours:
            raise ConfigError(
                f"the binding {binding} names the worker {name!r}, which is not here; "
                "give it in services",
                where,
            )

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

        Who is cancelled while waiting leaves the guest to finish alone.
        """
        visit = await self._begin("fetch")
        guest, realm = visit.guest, visit.guest.realm

        def enter() -> object:
            return guest.exports.fetch(
                request_for(realm, request), guest.env, make_context(realm, visit)
            )

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
        if self._is_closing:
            raise OverloadedError("the worker is shutting down")
        if handler not in self.program.handlers:
            raise ObjectError(f"Handler does not export a {handler}() function.", name="TypeError")
        visit = Visit(await self._guests.for_request(), self.clock, self._left)
        self._visits.add(visit)
        return visit

    async def _attend(
        self, visit: Visit, enter: Callable[[], object], convert: Callable[[Any], T]
    ) -> T:
        """Enter the guest and wait for its answer, in a task of its own when it takes time."""
        try:
            answer = visit.guest.enter(enter)
            if not is_pending(answer):
                return self._ended(visit, convert(value_of(answer)))
        except BaseException as error:
            self._failed(visit, error)
            raise
        task = asyncio.ensure_future(self._finish(visit, answer, convert))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._drop)
            raise

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
        if isinstance(answer, HttpResponse) and answer.body is not None:
            self._keep(asyncio.ensure_future(discard(answer.body)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _ended(self, visit: Visit, result: T) -> T:
        self._nursery.note(None)
        if isinstance(result, HttpResponse):
            visit.answered(result)
        else:
            visit.over()
        return result

    def _failed(self, visit: Visit, error: BaseException) -> None:
        self._nursery.note(error)
        if isinstance(error, PanicError):
            self.observer.incident(Incident.PANIC, error, self.name)
        visit.over()

    def _left(self, visit: Visit) -> None:
        self._visits.discard(visit)
        self._guests.release(visit.guest)
        if not self._visits:
            self._empty.set()

    # --- bindings ---

    def _bindings(self) -> dict[str, Binding]:
        config = self.config
        return {
            **{name: Variable(value) for name, value in config.vars.items()},
            **{each.name: Service(Neighbour(self, each.service)) for each in config.services},
            **{each.name: ObjectsOf(Elsewhere(self, each)) for each in config.objects},
            **{each.name: Kv(self._kv(each.id)) for each in config.kv},
            **{each.name: Refused(each.key) for each in config.refused},
        }

    def _own_classes(self) -> list[str]:
        bound = [each.class_name for each in self.config.objects if self._is_own(each)]
        return sorted({*bound, *self.config.object_classes} & self.program.classes)

    def _is_own(self, binding: ObjectBinding) -> bool:
        return binding.script in (None, self.name)

    def _objects(self, class_name: str) -> Objects:
        folder = self._place.objects(f"{self.name}-{class_name}")
        kind = Kind(
            class_name=class_name,
            worker=self.name,
            isolation=self._guests,
            clock=self.clock,
            observer=self.observer,
            executor=self._place.executor,
            folder=folder,
            index=AlarmIndex(folder / INDEX_FILE, executor=self._place.executor),
            cpu=self.program.limits.cpu,
            uses_sql=class_name in self.config.sqlite_classes,
            keeps_alarm=(self.config.compatibility_date or "") < ALARM_DELETED_SINCE,
        )
        return Objects(kind)

    def _kv(self, namespace: str) -> KvStore:
        store = self._stores.get(namespace)
        if store is None:
            store = self._stores[namespace] = KvStore(
                self._place.kv(namespace), self.clock.time, executor=self._place.executor
            )
        return store

    # --- life ---

    def start(self) -> None:
        """Begin to fire the alarms that are stored and the cron triggers, at their times.

        Raises StorageError.
        """
        for objects in self.objects.values():
            objects.start()
        for cron in self.config.crons:
            self._arm(cron)

    def hurry(self) -> None:
        """Make a running `close` wait for nothing that is under way any longer."""
        self._empty.set()

    async def close(self, grace: float = 10.0) -> None:
        """Let what is under way finish, for `grace` seconds at most, and free everything."""
        self._is_closing = True
        for handle in self._crons.values():
            handle.cancel()
        if self._visits:
            self._empty.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._empty.wait()
        for objects in self.objects.values():
            await objects.close()
        self._guests.close()
        for store in self._stores.values():
            store.close()
        self._place.close()

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _arm(self, cron: str) -> None:
        now = self.clock.time()
        due = next_time(cron, now)
        self._crons[cron] = self.clock.call_later(due - now, partial(self._ring, cron, due))

    def _ring(self, cron: str, due: float) -> None:
        self._arm(cron)
        task = asyncio.ensure_future(self.scheduled(cron, time=due))
        self._keep(task)
        task.add_done_callback(partial(self._rang, cron))

    def _rang(self, cron: str, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("%s: the cron trigger %s failed: %s", self.name, cron, text_of(error))

    def _died(self, guest: Guest, error: AbortError) -> None:
        self._guests.died(guest)

    # --- what operators ask ---

    @property
    def trouble(self) -> str | None:
        """What is wrong with it now, None when it can answer."""
        if self._is_closing:
            return f"{self.name} is shutting down"
        remaining = self._nursery.restarts.remaining(self.clock.monotonic())
        return None if not remaining else f"{self.name} keeps dying; it is given a pause"

    def population(self) -> Population:
        """Give how many instances and objects there are, and what they take."""
        guests = self._guests.census()
        objects = self.objects.values()
        return Population(
            instances_live=guests.live,
            instances_idle=guests.idle,
            requests_waiting=guests.waiting,
            memory=sum(guest.instance.memory_size for guest in self._nursery.guests),
            objects_live=sum(each.live for each in objects),
            objects_evicted=sum(each.evicted for each in objects),
            alarms_pending=sum(each.alarms for each in objects),
            storage=self._place.size(),
        )

    def __repr__(self) -> str:
        return f"<unpoison.workers.Worker {self.name}>"


class Elsewhere:
    """A binding to a class of objects, of this worker or another. ports.NamespacePort"""

    def __init__(self, worker: Worker, binding: ObjectBinding) -> None:
        self._worker = worker
        self._binding = binding
        self.ids = IdSpace(f"{binding.script or worker.name}-{binding.class_name}")

    async def fetch(self, id: ObjectId, request: HttpRequest) -> HttpResponse:  # noqa: A002
        """See NamespacePort."""
        name = self._binding.script or self._worker.name
        objects = self._worker.neighbours[name].objects[self._binding.class_name]
        return await objects.fetch(id, request)


class Neighbour:
    """A service binding: another worker, found when it is called. ports.ServicePort"""

    def __init__(self, worker: Worker, name: str) -> None:
        self._worker = worker
        self._name = name

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """See ServicePort."""
        try:
            return await self._worker.neighbours[self._name].serve(request)
        except ObjectError:
            raise
        except Exception as error:
            overloaded = isinstance(error, OverloadedError)
            raise ObjectError(text_of(error), remote=True, overloaded=overloaded) from error
