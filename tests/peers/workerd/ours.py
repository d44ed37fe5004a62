"""The shop served by unpoison: a real server, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from tests.peers.workerd.conversation import SECONDS, Server
from tests.peers.workerd.routes import CRON_TIME
from unpoison.web import Fetch
from unpoison.workers.asgi import Application
from unpoison.workers.server import serving as serving_on
from unpoison.workers.worker import IsolationName, Worker

Ready = Callable[[Server], None]


@contextmanager
def serve_ours(module: Path, isolation: IsolationName = "exclusive") -> Iterator[Server]:
    """Serve a module with the configuration beside it, on a free port of 127.0.0.1."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stopping = asyncio.Event()
    started: Future[Server] = Future()

    def ended(running: Future[None]) -> None:
        if not started.done():
            started.set_exception(running.exception() or AssertionError("it stopped at once"))

    serving = _serve(module, isolation, started.set_result, stopping)
    running = asyncio.run_coroutine_threadsafe(serving, loop)
    running.add_done_callback(ended)
    try:
        yield started.result(SECONDS)
        loop.call_soon_threadsafe(stopping.set)
        running.result(SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _serve(
    module: Path, isolation: IsolationName, ready: Ready, stopping: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    worker = Worker.from_config(
        module.parent,
        module=module,
        isolation=isolation,
        fetch=Fetch(allow=["*"], allow_private=True),
    )

    def schedule(cron: str) -> str:
        event = worker.scheduled(cron, time=CRON_TIME / 1000)
        asyncio.run_coroutine_threadsafe(event, loop).result(SECONDS)
        return "ok"

    async with (
        worker,
        serving_on(Application(worker.handle), host="127.0.0.1", grace=1.0) as server,
    ):
        ready(Server("127.0.0.1", server.port, schedule))
        await stopping.wait()
