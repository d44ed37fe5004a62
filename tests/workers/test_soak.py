"""Everything at once for a while: panics, aborts, disconnects, evictions, sockets, long polls.

Nothing may leak, hang, or be answered wrongly. In shared isolation an abort may fail whatever is in
flight, as a reset does; what is stored must be right all the same.
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

from tests.workers.shop import CANCELED, get, make
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


ANSWER_SECONDS = 10.0

RESETS = (CANCELED, "Durable Object", "evicted")
"""What somebody else's abort is told as, in shared isolation."""


class Soak:
    """Clients of one worker; `done` counts what they did, `failed` whom others' aborts failed."""

    def __init__(self, worker: Worker, seed: int, counts: dict[int, int]) -> None:
        self.worker = worker
        self.is_shared = worker._guests.is_shared
        self.failed = 0
        self.rng = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.counts = counts
        self.busy: set[int] = set()

    async def client(self, until: float) -> None:
        while time.monotonic() < until:
            step = self.rng.choice(
                [self.plain, self.plain, self.abort, self.leave, self.count, self.count,
                 self.break_object, self.talk, self.poll]
            )  # fmt: skip
            async with asyncio.timeout(60):
                await step()
            self.done[step.__name__] += 1

    async def plain(self) -> None:
        path = self.rng.choice(list(RIGHT))
        answer = await self.get(path)
        assert answer == RIGHT[path] or self.was_failed(answer), answer

    async def get(self, path: str) -> tuple[int, str]:
        """Give an answer; a body that breaks off is one of somebody else's abort."""
        try:
            return await get(self.worker, path)
        except Exception as error:
            if not self.is_shared:
                raise
            return 500, f"{CANCELED} {error}"

    def was_failed(self, answer: tuple[int, str]) -> bool:
        """Tell whether an answer is the failure that an abort of others may be."""
        status, text = answer
        failed = self.is_shared and status == 500 and any(reset in text for reset in RESETS)
        self.failed += failed
        return failed

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
        try:
            async for _ in answer:
                if self.rng.random() < 0.3:
                    break
        except Exception:  # noqa: BLE001 - whatever ends a body
            assert self.is_shared
        await answer.aclose()

    async def count(self) -> None:
        """Count in an object of which nobody else asks anything meanwhile."""
        name = self.rng.randrange(NAMES)
        if name in self.busy:
            return
        self.busy.add(name)
        try:
            answer = await self.get(f"/do/{name}/inc")
            if self.was_failed(answer):
                await self.look(name)
                return
            assert answer == (200, str(self.counts[name] + 1)), answer
            self.counts[name] += 1
        finally:
            self.busy.discard(name)

    async def look(self, name: int) -> None:
        """See whether what an abort of others failed was stored before it."""
        while self.was_failed(answer := await self.get(f"/do/{name}/get")):
            await asyncio.sleep(0.01)
        assert answer in [(200, str(self.counts[name] + more)) for more in (0, 1)], answer
        self.counts[name] = int(answer[1])

    async def poll(self) -> None:
        """Wait for what another request brings."""
        name = f"polled{self.rng.randrange(3)}"
        asking = asyncio.ensure_future(self.get(f"/do/{name}/next"))
        while not asking.done():
            counted = await self.get(f"/do/{name}/inc")
            assert counted[0] == 200 or self.was_failed(counted), counted
            await asyncio.sleep(self.rng.uniform(0, 0.02))
        told = asking.result()
        assert told[0] == 200 or self.was_failed(told), told

    async def break_object(self) -> None:
        """Have an object fail; what it wrote in that turn is undone by an abort only."""
        name = self.rng.randrange(NAMES)
        if name in self.busy:
            return
        self.busy.add(name)
        try:
            kind = self.rng.choice(["abort", "panic"])
            status, _ = await self.get(f"/do/{name}/put-then?fail={kind}")
            assert status == 500
            if self.is_shared:
                await self.look(name)
                return
            self.counts[name] += kind == "panic"
        finally:
            self.busy.discard(name)

    async def talk(self) -> None:
        """Open a socket to an object, say something, and leave cleanly or not."""
        name = f"talker{self.rng.randrange(3)}"
        answer = await self.worker.fetch(
            f"http://shop/do/{name}/ws?name=x", headers={"upgrade": "websocket"}
        )
        if answer.web_socket is None:
            assert self.was_failed((answer.status, await answer.text()))
            return
        assert answer.status == 101
        ear = Ear(answer.web_socket)
        answer.web_socket.send("hello")
        heard = await self.hear(ear)
        assert heard == "x: hello" or (self.is_shared and heard is None)
        if heard is not None and self.rng.random() < 0.5:
            answer.web_socket.close(1000, "bye")
            assert await ear.heard.get() is None
        else:
            answer.web_socket.abort()

    async def hear(self, ear: Ear) -> Data | None:
        """Give what is heard. What an object was told that an abort of others ended is lost."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS if self.is_shared else None):
                return await ear.heard.get()
        except TimeoutError:
            self.failed += 1
            return None


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, warm: float, seconds: float
) -> None:
    monkeypatch.setattr(actor, "EVICTION_SECONDS", 0.2)
    logging.disable(logging.CRITICAL)

    async def test() -> None:
        limits = Limits(memory=64 << 20, cpu=0.6)  # a collection of Python's garbage is in it
        options = {**KINDS[kind], "limits": limits, "state": tmp_path}
        async with make(max_instances=24, **options) as worker:
            await check(worker, warm, seconds)

    try:
        asyncio.run(test())
    finally:
        logging.disable(logging.NOTSET)


KINDS = {
    "exclusive": {"isolation": "exclusive"},
    "shared": {"isolation": "shared"},
    "rollback": {"isolation": "exclusive", "object_recovery": "rollback"},
}


@pytest.mark.parametrize("kind", ["exclusive", "shared"])
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_few_seconds_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    run(tmp_path, monkeypatch, kind, 2.0, 4.0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
@pytest.mark.parametrize("kind", KINDS)
def test_ten_minutes_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    run(tmp_path, monkeypatch, kind, 60.0, 600.0)
