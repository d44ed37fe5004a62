"""Everything at once for a while: panics, aborts, disconnects, evictions, sockets. Nothing may
leak, hang, or be answered wrongly.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.workers.shop import get, make
from unpoison.runtime import Limits
from unpoison.workers import actor
from unpoison.workers.sockets import Data, SocketEnd
from unpoison.workers.worker import Worker

NAMES = 12
"""Objects in use; each has a socket or two and is evicted now and then."""

RIGHT = {
    "/hello/ada": (200, "Hello, ada!"),
    "/slow?ms=5": (200, "waited 5 ms"),
    "/stream?ms=1": (200, "chunk 0\nchunk 1\nchunk 2\nchunk 3\nchunk 4\n"),
    "/panic": (500, "PanicError: the shop panics"),
    "/panic/after": (500, "PanicError: the shop panics"),
}
"""Routes that say the same every time, whatever else goes on."""

ABORTS = ("/abort", "/abort/after", "/recurse", "/throw", "/loop")


class Ear:
    """A client's end of a socket."""

    def __init__(self, end: SocketEnd) -> None:
        self.heard: asyncio.Queue[Data | None] = asyncio.Queue()
        end.accept(self)

    def message(self, data: Data) -> None:
        self.heard.put_nowait(data)

    def closed(self, code: int | None, reason: str, was_clean: bool) -> None:
        self.heard.put_nowait(None)

    def failed(self, error: Exception) -> None:
        self.heard.put_nowait(None)


class Soak:
    """Clients of one worker; `done` counts what they did."""

    def __init__(self, worker: Worker, seed: int, counts: dict[int, int]) -> None:
        self.worker = worker
        self.rng = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.counts = counts
        self.busy: set[int] = set()

    async def client(self, until: float) -> None:
        while time.monotonic() < until:
            step = self.rng.choice(
                [self.plain, self.plain, self.abort, self.leave, self.count, self.count,
                 self.break_object, self.talk]
            )  # fmt: skip
            async with asyncio.timeout(60):
                await step()
            self.done[step.__name__] += 1

    async def plain(self) -> None:
        path = self.rng.choice(list(RIGHT))
        assert await get(self.worker, path) == RIGHT[path]

    async def abort(self) -> None:
        status, _ = await get(self.worker, self.rng.choice(ABORTS))
        assert status == 500

    async def leave(self) -> None:
        """Leave before the answer, or in the middle of the body."""
        if self.rng.random() < 0.5:
            asking = asyncio.ensure_future(get(self.worker, "/slow?ms=20"))
            await asyncio.sleep(self.rng.uniform(0, 0.02))
            asking.cancel()
            await asyncio.wait([asking])
            return
        answer = await self.worker.fetch("http://shop/stream?ms=1&chunks=50")
        async for _ in answer:
            if self.rng.random() < 0.3:
                break
        await answer.aclose()

    async def count(self) -> None:
        """Count in an object of which nobody else asks anything meanwhile."""
        name = self.rng.randrange(NAMES)
        if name in self.busy:
            return
        self.busy.add(name)
        try:
            answer = await get(self.worker, f"/do/{name}/inc")
            assert answer == (200, str(self.counts[name] + 1)), answer
            self.counts[name] += 1
        finally:
            self.busy.discard(name)

    async def break_object(self) -> None:
        """Have an object fail; what it wrote in that turn is undone by an abort only."""
        name = self.rng.randrange(NAMES)
        if name in self.busy:
            return
        self.busy.add(name)
        try:
            kind = self.rng.choice(["abort", "panic"])
            status, _ = await get(self.worker, f"/do/{name}/put-then?fail={kind}")
            assert status == 500
            self.counts[name] += kind == "panic"
        finally:
            self.busy.discard(name)

    async def talk(self) -> None:
        """Open a socket to an object, say something, and leave cleanly or not."""
        name = f"talker{self.rng.randrange(3)}"
        answer = await self.worker.fetch(
            f"http://shop/do/{name}/ws?name=x", headers={"upgrade": "websocket"}
        )
        assert answer.status == 101
        assert answer.web_socket is not None
        ear = Ear(answer.web_socket)
        answer.web_socket.send("hello")
        assert await ear.heard.get() == "x: hello"
        if self.rng.random() < 0.5:
            answer.web_socket.close(1000, "bye")
            assert await ear.heard.get() is None
        else:
            answer.web_socket.abort()


def resident() -> int:
    """Give the resident memory of this process in KiB."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def soak(
    worker: Worker, seconds: float, seed: int, counts: dict[int, int], clients: int = 16
) -> Soak:
    made = Soak(worker, seed, counts)
    until = time.monotonic() + seconds
    await asyncio.gather(*(made.client(until) for _ in range(clients)))
    return made


async def rest(worker: Worker) -> None:
    """Wait until nothing is under way."""
    async with asyncio.timeout(60):
        while worker.objects["Counter"]._actors or worker._visits:
            await asyncio.sleep(0.05)
    gc.collect()


async def check(worker: Worker, warm: float, seconds: float) -> None:
    counts = dict.fromkeys(range(NAMES), 0)
    await soak(worker, warm, 1, counts)
    await rest(worker)
    before, files = resident(), handles()
    made = await soak(worker, seconds, 2, counts)
    await rest(worker)
    assert min(made.done.values()) > 0, made.done
    assert resident() - before < 48 * 1024, made.done
    assert handles() <= files + 4, made.done
    for name, count in counts.items():
        assert (await get(worker, f"/do/{name}/get"))[1] == str(count)


def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, isolation: str, warm: float, seconds: float
) -> None:
    monkeypatch.setattr(actor, "EVICTION_SECONDS", 0.2)
    logging.disable(logging.CRITICAL)

    async def test() -> None:
        limits = Limits(memory=64 << 20, cpu=0.3)
        options = {"isolation": isolation, "limits": limits, "state": tmp_path}
        async with make(max_instances=24, **options) as worker:
            await check(worker, warm, seconds)

    try:
        asyncio.run(test())
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_few_seconds_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, monkeypatch, "exclusive", 3.0, 6.0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_ten_minutes_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, monkeypatch, "exclusive", 60.0, 600.0)
