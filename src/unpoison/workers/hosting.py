"""Workers behind HTTP: what is observed of them, the port for clients and the one for operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unpoison.workers.admin import Admin
from unpoison.workers.asgi import Application
from unpoison.workers.http_limits import HttpLimits
from unpoison.workers.logs import AccessLog
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.metrics import Metrics
from unpoison.workers.observers import Observers, Population, sum_of
from unpoison.workers.server import Server, serve, serving
from unpoison.workers.status_board import StatusBoard
from unpoison.workers.worker import Worker

GRACE_SECONDS: Final = 30.0
"""How long a stop waits for what is under way."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a host listens; `admin` (metrics, health, status page) is None for nowhere."""

    host: str = "localhost"
    port: int = 8787
    admin: int | None = None


class Host:
    """One worker, which may be replaced while it runs, behind an HTTP application.

    `observers` hears everything; give it to the worker.
    """

    def __init__(self, name: str, limits: HttpLimits | None = None) -> None:
        self.name = name
        self.metrics = Metrics(self._population)
        self.board = StatusBoard(self._population)
        self.observers = Observers([self.metrics, self.board, AccessLog()])
        self.workers: Sequence[Worker] = ()
        self.application = Application(
            self._handle,
            limits=limits,
            observer=self.observers,
            on_start=self._start,
            on_stop=self._stop,
        )
        self.admin = Admin(name, self.metrics, self.board, self._health)

    @property
    def worker(self) -> Worker:
        """The worker that answers clients; those after it are its services."""
        return self.workers[0]

    async def replace(self, workers: Sequence[Worker]) -> None:
        """Let other workers answer from now on; those of before finish what they do."""
        old, self.workers = self.workers, workers
        await self._start()
        for worker in old:
            await worker.close()

    async def _handle(self, request: HttpRequest) -> HttpResponse:
        return await self.worker.handle(request)

    async def _start(self) -> None:
        for worker in self.workers:
            worker.start()

    async def _stop(self) -> None:
        for worker in self.workers:
            await worker.close()

    def _health(self) -> str | None:
        return next((wrong for each in self.workers if (wrong := each.trouble) is not None), None)

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


def asgi(path: str | Path, *, limits: HttpLimits | None = None, **options: Any) -> Application:
    """Give an ASGI application that serves the worker of a wrangler configuration.

    `options` are those of `Worker.from_config`; `limits` are those of HTTP. The server must run
    the lifespan events: they start the alarms and cron triggers, and close the worker.
    """
    hosted = Host(Path(path).stem, limits)
    options.setdefault("observer", hosted.observers)
    hosted.workers = [Worker.from_config(path, **options)]
    return hosted.application
