"""Workers behind HTTP: what is observed of them, the port for clients and the one for operators."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unpoison.workers.admin import Admin
from unpoison.workers.asgi import Application
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.logs import AccessLog, exchange_line, path_line
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.metrics import Metrics
from unpoison.workers.observers import Observers, Population, sum_of
from unpoison.workers.scheduled_route import answer_scheduled, is_scheduled
from unpoison.workers.server import Server, serve, serving
from unpoison.workers.status_board import StatusBoard
from unpoison.workers.worker import Worker

log = logging.getLogger("unpoison.workers")

GRACE_SECONDS: Final = 30.0
"""How long a stop waits for what is under way."""

REPLACE_SECONDS: Final = 3.0
"""How long a replacement waits for requests under way, and again for what they leave behind."""

CLOSING_SECONDS: Final = 10.0
"""How long a worker that closes waits for bodies and for what `waitUntil` was given."""

YOUNG_OBJECTS: Final = 10_000
"""Objects until Python's collector looks for cycles. By its default of 700 it takes a tenth of the
time of a server with twenty instances; requests leave few cycles behind."""

TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a host listens; `admin` (metrics, health, status page) is None for nowhere."""

    host: str = "localhost"
    port: int = 8787
    admin: int | None = None


class Host:
    """One worker, which may be replaced while it runs, behind an HTTP application.

    `observers` hears everything; give it to the workers. `grace` is how many seconds a stop waits
    for what is under way in the worker when no exchange is. With `develops` the host is one for a
    developer: scheduled events can be sent over HTTP, and the access log has paths.
    """

    def __init__(
        self, name: str, limits: HttpLimits | None = None, *, develops: bool = False
    ) -> None:
        self.name = name
        self.metrics = Metrics(self._population)
        self.board = StatusBoard(self._population)
        access = AccessLog(path_line if develops else exchange_line)
        self.observers = Observers([self.metrics, self.board, access])
        self.workers: Sequence[Worker] = ()
        self.absence = "there is no worker yet"
        self.application = Application(
            self._handle,
            limits=limits,
            observer=self.observers,
            on_start=self._start,
            on_stop=self._end,
            on_hurry=self._hurry,
        )
        self.admin = Admin(name, self.metrics, self.board, self._health, self._measure)
        self.grace = CLOSING_SECONDS
        self._develops = develops
        self._closing: Sequence[Worker] = ()
        self._is_hurried = False
        self._is_started = False
        self._replacing: asyncio.Event | None = None
        self._under_way = 0
        self._idle = asyncio.Event()

    @property
    def worker(self) -> Worker | None:
        """The worker that answers clients; those after it are its services. None: 503."""
        return self.workers[0] if self.workers else None

    async def replace(self, workers: Sequence[Worker], *, grace: float = REPLACE_SECONDS) -> None:
        """Close the workers of now, then let others answer, which were not started yet.

        Both may use the same stored data, and one worker at a time can have it: so requests that
        come meanwhile wait. Those under way have `grace` seconds to finish, and lose their stored
        data then; WebSockets are closed with 1001. Raises StorageError when stored data cannot be
        opened; until the next replacement there is no worker then.
        """
        opened = self._replacing = asyncio.Event()
        try:
            self.application.close_web_sockets()
            await self._drain(grace)
            await self._stop(grace)
            self.workers = workers
            if self._is_started:
                await self._start()
        except BaseException as error:
            self.absence = f"the worker cannot be started: {error}"
            # Whatever was reached: none of them is left open.
            self.workers = [*(each for each in self.workers if each not in workers), *workers]
            await self._stop(0.0)
            raise
        finally:
            self._replacing = None
            opened.set()

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        while self._replacing is not None:
            await self._replacing.wait()
        worker = self.worker
        if worker is None:
            return HttpResponse(503, [("content-type", TEXT)], f"{self.absence}\n".encode())
        self._under_way += 1
        try:
            if self._develops and is_scheduled(request):
                return await answer_scheduled(worker, request)
            return await worker.handle(request)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _drain(self, grace: float) -> None:
        """Wait until no request is under way; a worker that closes refuses calls of its own."""
        self._idle.clear()
        if self._under_way:
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._idle.wait()

    async def _start(self) -> None:
        self._is_started = True
        for worker in self.workers:
            worker.start()

    async def _end(self) -> None:
        while self._replacing is not None:  # or a successor would start when nobody stops it
            await self._replacing.wait()
        await self._stop()

    async def _stop(self, grace: float | None = None) -> None:
        self._closing, self.workers = self.workers, ()
        for worker in self._closing:
            seconds = self.grace if grace is None else grace
            try:
                await worker.close(0.0 if self._is_hurried else seconds)
            except Exception:  # the others are to be closed all the same
                log.exception("%s could not be closed", worker.name)
        self._closing = ()

    def _hurry(self) -> None:
        self._is_hurried = True
        for worker in self._closing:
            worker.hurry()

    def _health(self) -> str | None:
        if not self.workers:
            return self.absence
        return next((wrong for each in self.workers if (wrong := each.trouble) is not None), None)

    async def _measure(self) -> None:
        for worker in self.workers:
            await worker.measure()

    def _population(self) -> Population:
        return sum_of(each.population() for each in self.workers)


async def host(
    hosted: Host,
    ports: Ports,
    *,
    grace: float = GRACE_SECONDS,
    ready: Callable[[Server, Server | None], None] = lambda server, admin: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop within about `grace` seconds; a second signal
    stops at once.

    Raises ServeError for an address that cannot be used, ToolError without the extra `workers`.
    """
    hosted.grace = min(hosted.grace, grace)
    _raise_file_limit()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    async with AsyncExitStack() as stack:
        admin = None
        if ports.admin is not None:
            application = Application(hosted.admin)
            admin = await stack.enter_async_context(
                serving(application, host="localhost", port=ports.admin, grace=0.0)
            )
        await serve(
            hosted.application,
            host=ports.host,
            port=ports.port,
            grace=grace,
            ready=lambda server: ready(server, admin),
        )


def _raise_file_limit() -> None:
    """Let this process have as many files open as it may: an object takes four."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def asgi(path: str | Path, *, limits: HttpLimits | None = None, **options: Any) -> Application:
    """Give an ASGI application that serves the worker of a wrangler configuration.

    `options` are those of `Worker.from_config`; `limits` are those of HTTP. The server must run
    the lifespan events: they start the alarms and cron triggers, and close the worker.
    """
    given = Path(path)
    hosted = Host(given.name if given.is_dir() else given.resolve().parent.name, limits)
    options.setdefault("observer", hosted.observers)
    hosted.workers = [Worker.from_config(path, **options)]
    return hosted.application
