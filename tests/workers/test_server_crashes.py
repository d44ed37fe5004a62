"""kill -9 of the server at any moment: no acknowledged write is lost, no transaction is torn."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.workers.processes import ServeProcess

OBJECTS = 4


class Ledger:
    """What each object was asked for, and what it acknowledged."""

    def __init__(self) -> None:
        self.asked = dict.fromkeys(range(OBJECTS), 0)
        self.acknowledged = dict.fromkeys(range(OBJECTS), 0)
        self.transactions = dict.fromkeys(range(OBJECTS), 0)


async def write(client: httpx.AsyncClient, ledger: Ledger, name: int, rng: random.Random) -> None:
    """Count in one object for as long as the server answers."""
    with contextlib.suppress(httpx.HTTPError):
        while True:
            if rng.random() < 0.5:
                ledger.asked[name] += 1
                answer = await client.get(f"/do/{name}/inc")
                assert answer.status_code == 200, answer.text
                ledger.acknowledged[name] = max(ledger.acknowledged[name], int(answer.text))
            else:
                answer = await client.get(f"/do/{name}/tx")
                assert answer.status_code == 200, answer.text
                ledger.transactions[name] = int(answer.text.split()[-1])


async def check(client: httpx.AsyncClient, ledger: Ledger) -> None:
    """Compare what is stored with what was acknowledged."""
    for name in range(OBJECTS):
        count = int((await client.get(f"/do/{name}/get")).text)
        assert ledger.acknowledged[name] <= count <= ledger.asked[name]
        torn = (await client.get(f"/do/{name}/tx?fail=1")).text
        left, right = map(int, torn.split()[-2:])
        assert left == right >= ledger.transactions[name]
        ledger.acknowledged[name] = count


async def live(server: ServeProcess, ledger: Ledger, rng: random.Random) -> None:
    """Check what is there, then write until the server is killed."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
        await check(client, ledger)
        writers = [asyncio.ensure_future(write(client, ledger, n, rng)) for n in range(OBJECTS)]
        await asyncio.sleep(rng.uniform(0.0, 0.6))
        server.kill()
        await asyncio.gather(*writers)


def crash(folder: Path, times: int, seed: int) -> Ledger:
    rng = random.Random(seed)
    ledger = Ledger()
    for _ in range(times):
        with ServeProcess(folder) as server:
            asyncio.run(live(server, ledger, rng))
    return ledger


def test_a_few_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger = crash(tmp_path, 3, seed=1)
    assert sum(ledger.acknowledged.values()) > 0


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger = crash(tmp_path, 200, seed=2)
    assert min(ledger.acknowledged.values()) > 0


def test_an_alarm_that_was_set_before_a_kill_rings_after_it(tmp_path: Path) -> None:
    with ServeProcess(tmp_path) as server:
        answer = httpx.get(f"{server.url}/do/a/alarm?in=1500", timeout=60)
        assert answer.text == "true"
    with ServeProcess(tmp_path) as server:
        told, deadline = "", time.monotonic() + 60
        while told != "1 1 false" and time.monotonic() < deadline:
            told = httpx.get(f"{server.url}/do/a/alarmed", timeout=60).text
            time.sleep(0.05)
        assert told == "1 1 false"
