"""The server under everything at once for ten minutes: nothing may leak, hang, or be wrong.

Panics, aborts, endless loops, clients that leave, objects that fail or are evicted, WebSockets of
the worker and of objects, all over HTTP. `SOAK_SECONDS` says for how long, in place of ten minutes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.workers.processes import ServeProcess
from tests.workers.test_soak import NAMES, RIGHT

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")

log = logging.getLogger(__name__)

CLIENTS = 16
LOOPS = 0.02
"""How many of the aborts are endless loops: each keeps all others waiting for its limit, 1 s."""
QUICK = ("/abort", "/abort/after", "/recurse", "/throw", "/oom")
PATIENCE = 60.0
ADMIN = re.compile(r"/health: (http://\S+)")


class Client:
    """One client; `counts` is what each object must have counted, `busy` who is asked now."""

    def __init__(
        self, url: str, rng: random.Random, counts: dict[int, int], busy: set[int]
    ) -> None:
        self.url, self.rng, self.counts, self.busy = url, rng, counts, busy
        self.done: Counter[str] = Counter()
        self.http = httpx.AsyncClient(base_url=url, timeout=PATIENCE)

    async def run(self, until: float) -> Counter[str]:
        steps = [self.plain, self.plain, self.abort, self.leave, self.leave_in_body, self.count,
                 self.count, self.break_object, self.talk, self.talk_to_worker]  # fmt: skip
        async with self.http:
            while time.monotonic() < until:
                step = self.rng.choice(steps)
                async with asyncio.timeout(PATIENCE):
                    await step()
                self.done[step.__name__] += 1
        return self.done

    async def get(self, path: str) -> tuple[int, str]:
        answer = await self.http.get(path)
        return answer.status_code, answer.text

    async def plain(self) -> None:
        path = self.rng.choice(list(RIGHT))
        assert await self.get(path) == RIGHT[path]

    async def abort(self) -> None:
        path = "/loop" if self.rng.random() < LOOPS else self.rng.choice(QUICK)
        status, text = await self.get(path)
        assert status == 500, text
        assert "Workers runtime canceled" in text

    async def leave(self) -> None:
        """Leave before the answer, with a closed or a reset connection."""
        reader, writer = await self._open("/slow?ms=50")
        await asyncio.sleep(self.rng.uniform(0, 0.05))
        if self.rng.random() < 0.5:
            writer.transport.abort()
        else:
            writer.close()
        await asyncio.wait([asyncio.ensure_future(reader.read())])

    async def leave_in_body(self) -> None:
        reader, writer = await self._open("/stream?ms=2&chunks=100")
        assert b"200" in await reader.readline()
        await asyncio.sleep(self.rng.uniform(0, 0.05))
        writer.transport.abort()

    async def _open(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
        return reader, writer

    async def count(self) -> None:
        await self._alone(self._count)

    async def _count(self, name: int) -> None:
        answer = await self.get(f"/do/{name}/inc")
        assert answer == (200, str(self.counts[name] + 1)), answer
        self.counts[name] += 1

    async def break_object(self) -> None:
        await self._alone(self._break)

    async def _break(self, name: int) -> None:
        kind = self.rng.choice(["abort", "panic", "recurse"])
        status, text = await self.get(f"/do/{name}/put-then?fail={kind}")
        assert status == 500, text
        self.counts[name] += kind == "panic"

    async def _alone(self, step: Callable[[int], Awaitable[None]]) -> None:
        """Do something with an object of which nobody else asks anything meanwhile."""
        name = self.rng.randrange(NAMES)
        if name not in self.busy:
            self.busy.add(name)
            try:
                await step(name)
            finally:
                self.busy.discard(name)

    async def talk(self) -> None:
        await self._talk(f"/do/talker{self.rng.randrange(3)}/ws?name=x", "x: hello")

    async def talk_to_worker(self) -> None:
        await self._talk("/ws", "hello")

    async def _talk(self, path: str, expected: str) -> None:
        socket = await connect(self.url.replace("http", "ws") + path, open_timeout=PATIENCE)
        await socket.send("hello")
        assert await socket.recv() == expected
        if self.rng.random() < 0.5:
            await socket.close()
        socket.transport.abort()


class Watched:
    """What the server takes, by what the system and its own metrics say."""

    def __init__(self, server: ServeProcess, admin: str) -> None:
        self._folder = Path(f"/proc/{server.process.pid}")
        self._admin = admin

    @property
    def resident(self) -> int:
        """KiB of resident memory."""
        pages = int((self._folder / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1024

    @property
    def handles(self) -> int:
        return len(list((self._folder / "fd").iterdir()))

    def metric(self, name: str) -> float:
        text = httpx.get(f"{self._admin}/metrics", timeout=PATIENCE).text
        found = re.search(rf"^unpoison_{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
        assert found is not None, text
        return float(found[1])

    async def rest(self) -> None:
        """Wait until every object is evicted and all idle instances are closed but one."""
        async with asyncio.timeout(180):
            while self.metric("objects_live") or self.metric("instances_live") > 1:
                await asyncio.sleep(0.5)


async def load(url: str, seconds: float, seed: int, counts: dict[int, int]) -> Counter[str]:
    busy = set[int]()
    clients = [Client(url, random.Random(f"{seed} {n}"), counts, busy) for n in range(CLIENTS)]
    until = time.monotonic() + seconds  # not earlier: to make the clients may take seconds
    done = await asyncio.gather(*(client.run(until) for client in clients))
    return sum(done, Counter[str]())


async def soak(server: ServeProcess, admin: str, seconds: float) -> str:
    watched, counts = Watched(server, admin), dict.fromkeys(range(NAMES), 0)
    await load(server.url, max(5.0, seconds / 10), 1, counts)
    await watched.rest()
    before, handles = watched.resident, watched.handles
    done = await load(server.url, seconds, 2, counts)
    await watched.rest()
    said = f"{dict(done)}, {before} to {watched.resident} KiB, {handles} to {watched.handles} files"
    assert min(done.values()) > 0, said
    assert watched.resident - before < 64 * 1024, said
    assert watched.handles <= handles + 8, said
    await check(server.url, counts)
    return said


async def check(url: str, counts: dict[int, int]) -> None:
    """Compare what the objects count with what was answered."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        for name, count in counts.items():
            assert (await http.get(f"/do/{name}/get")).text == str(count)


def test_some_seconds_of_everything_over_http(tmp_path: Path) -> None:
    async def some(url: str) -> None:
        counts = dict.fromkeys(range(NAMES), 0)
        assert (await load(url, 4.0, 3, counts)).total() > 0
        await check(url, counts)

    with ServeProcess(tmp_path, "--admin-port", "0") as server:
        server.drain(ADMIN)
        asyncio.run(some(server.url))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_minutes_of_everything_over_http(tmp_path: Path) -> None:
    seconds = float(os.environ.get("SOAK_SECONDS", "600"))
    with ServeProcess(tmp_path, "--admin-port", "0") as server:
        admin = server.drain(ADMIN).rstrip("/")
        log.info("%s", asyncio.run(soak(server, admin, seconds)))
