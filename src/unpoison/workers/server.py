"""An HTTP server on the running event loop, and how it stops.

uvicorn's connections (httptools, uvloop) were chosen over granian by measurement, which
docs/workers-http.md has.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from unpoison.errors import ServeError
from unpoison.workers.asgi import Application
from unpoison.workers.extras import missing_extra

if TYPE_CHECKING:
    from unpoison.workers.hub import Hub

Result = TypeVar("Result")

SWEEP_SECONDS: Final = 1.0
CLOSING_SECONDS: Final = 2.0
"""How long clients have to answer the closing handshake of their WebSockets at the end."""
BACKLOG: Final = 2048


class Server:
    """Serves one application on all addresses of one host and port; 0 is any free port."""

    def __init__(
        self, application: Application, *, host: str = "localhost", port: int = 8787
    ) -> None:
        self.host = host
        self.port = port
        self._application = application
        self._hub: Hub | None = None
        self._servers: list[asyncio.Server] = []
        self._sweeper: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    @property
    def url(self) -> str:
        """The address for a client; the port is known after `start`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return 0 if self._hub is None else len(self._hub.connections)

    async def start(self) -> None:
        """Run the application's start, then listen.

        Raises ServeError when the address cannot be used, ToolError without the extra `workers`.
        """
        make_connection = self._factory()
        sockets = await _listen(self.host, self.port)
        try:
            await self._application.start()
        except BaseException:
            for listener in sockets:
                listener.close()
            raise
        self.port = sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        for listener in sockets:
            self._servers.append(
                await loop.create_server(make_connection, sock=listener, backlog=BACKLOG)
            )
        self._sweeper = loop.create_task(self._sweep())

    async def stop(self, grace: float = 30.0) -> None:
        """Stop: no new connections, WebSockets closed with 1001, up to `grace` seconds for the
        exchanges under way, then the application's stop. What is left then is cancelled.
        """
        for server in self._servers:
            server.close()
        await self._drain(grace)
        await self._application.stop()
        if self._sweeper is not None:
            self._sweeper.cancel()

    def hurry(self) -> None:
        """Make a running `stop` wait for no exchange, and no work after one, any longer."""
        self._hurry.set()
        self._application.hurry()

    def _factory(self) -> Callable[[], asyncio.Protocol]:
        try:
            from uvicorn.config import Config

            from unpoison.workers.connections import Connection
            from unpoison.workers.hub import Hub
            from unpoison.workers.web_socket_connection import WebSocketConnection
        except ImportError as error:
            raise missing_extra("serving", error) from error
        limits = self._application.limits
        config = Config(
            self._application, http=Connection, ws=WebSocketConnection, interface="asgi3",
            ws_max_size=limits.web_socket_message, ws_per_message_deflate=False, log_config=None,
            access_log=False, proxy_headers=False, server_header=False, date_header=False,
            timeout_keep_alive=int(limits.keep_alive_seconds),
        )  # fmt: skip
        config.load()
        hub = self._hub = Hub(limits)
        return lambda: Connection(config, hub, {})

    async def _sweep(self) -> None:
        assert self._hub is not None
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._hub.tick()
            self._hub.sweep(SWEEP_SECONDS)

    async def _drain(self, grace: float) -> None:
        if self._hub is None:
            return
        self._application.close_web_sockets()
        await self._application.web_sockets_closed(CLOSING_SECONDS)
        for connection in tuple(self._hub.connections):
            connection.shutdown()
        await self._finish(set(self._hub.tasks), grace)
        for connection in tuple(self._hub.connections):
            connection.transport.close()

    async def _finish(self, tasks: set[asyncio.Task[None]], grace: float) -> None:
        hurry = asyncio.ensure_future(self._hurry.wait())
        deadline = asyncio.get_running_loop().time() + grace
        while tasks and not hurry.done():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await asyncio.wait({*tasks, hurry}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            tasks = {task for task in tasks if not task.done()}
        hurry.cancel()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSING_SECONDS)


@contextlib.asynccontextmanager
async def serving(
    application: Application, *, host: str = "localhost", port: int = 0, grace: float = 30.0
) -> AsyncIterator[Server]:
    """Serve for as long as the block runs."""
    server = Server(application, host=host, port=port)
    await server.start()
    try:
        yield server
    finally:
        await server.stop(grace)


async def serve(
    application: Application,
    *,
    host: str = "localhost",
    port: int = 8787,
    grace: float = 30.0,
    ready: Callable[[Server], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then stop within about `grace` seconds.

    A second signal stops without waiting. Raises what `Server.start` raises.
    """
    with StopSignals() as stopping:
        server = Server(application, host=host, port=port)
        await server.start()
        if ready is not None:
            ready(server)
        await stopping.wait()
        stop = asyncio.ensure_future(server.stop(grace))
        again = asyncio.ensure_future(stopping.wait())
        again.add_done_callback(lambda _: server.hurry())
        try:
            await stop
        finally:
            again.cancel()


class StopSignals:
    """SIGINT and SIGTERM of this process while the block runs; in the main thread only."""

    def __init__(self) -> None:
        self._arrived = asyncio.Event()
        self._signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)
        self._old: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopSignals:
        loop = asyncio.get_running_loop()

        def hear(number: int, frame: object) -> None:
            loop.call_soon_threadsafe(self._arrived.set)

        self._old = {number: signal.signal(number, hear) for number in self._signals}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)

    async def wait(self) -> None:
        """Wait for the next of the signals."""
        await self._arrived.wait()
        self._arrived.clear()


async def unless_stopped(work: Coroutine[Any, Any, object]) -> bool:
    """Do some work before there is a server; SIGINT and SIGTERM cancel it. Tell whether it is done.

    Raises what the work raises.
    """
    with StopSignals() as stopping:
        doing = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                await doing
                return True
            return False
        finally:
            for task in (doing, stop):
                task.cancel()
            await asyncio.wait({doing, stop})


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end on uvloop, or on asyncio's own loop where there is none."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


async def _listen(host: str, port: int) -> list[socket.socket]:
    """Give a listening socket for each address of a host, all of one port. Raises ServeError."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM,
                                       flags=socket.AI_PASSIVE)  # fmt: skip
    except OSError as error:
        raise ServeError(f"no address for the host {host!r}: {error.strerror}") from error
    sockets: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            number = sockets[0].getsockname()[1] if sockets else port
            listener = _bind(family, (address[0], number))
            if listener is not None:
                sockets.append(listener)
    except OSError as error:
        for listener in sockets:
            listener.close()
        raise ServeError(_unusable(host, port, error)) from error
    if not sockets:
        raise ServeError(f"no address of the host {host!r} is of this machine")
    return sockets


def _bind(family: int, address: tuple[Any, ...]) -> socket.socket | None:
    """Give a bound socket; None for an address family that this machine has not."""
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL and family == socket.AF_INET6:
            return None
        raise
    return listener


def _unusable(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is in use; stop the other program or choose another port"
    return f"{host}:{port} cannot be used: {error.strerror}"
