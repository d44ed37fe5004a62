"""The page on Workers: its examples run, and it names what differs from workerd."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peers.workerd.differences import DIFFERENCES
from unpoison.workers.actor import EVICTION_SECONDS, INACTIVE_SECONDS
from unpoison.workers.exchange import MAX_DEPTH
from unpoison.workers.isolation import (
    IDLE_SECONDS,
    MAX_APART,
    MAX_INSTANCES,
    MAX_OBJECTS,
    PATIENCE_SECONDS,
)
from unpoison.workers.life import SECTION_SECONDS
from unpoison.workers.program import CPU_SECONDS, MEMORY_BYTES
from unpoison.workers.restarts import ABORTS_IN_A_ROW, FIRST_PAUSE, LONGEST_PAUSE
from unpoison.workers.visit import WAIT_UNTIL_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "workers.md").read_text()


def example(of: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run the Python example that has a text in it; give its names."""
    monkeypatch.chdir(ROOT)
    (block,) = (b for b in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if of in b)
    names: dict[str, Any] = {}
    exec(block, names)
    return names


def test_the_test_in_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    example("ManualClock", monkeypatch)["test_the_alarm_rings_after_an_hour"]()


def test_the_application_in_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(application: Any) -> str:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://w") as client:
            text = (await client.get("/hello/ada")).text
        await application.stop()
        return text

    assert asyncio.run(ask(example("asgi(", monkeypatch)["app"])) == "Hello, ada!"


def test_the_worker_in_it_is_the_smallest_example() -> None:
    folder = ROOT / "examples" / "hello_worker"
    (source,) = re.findall(r"```rust\n// src/lib.rs\n(.*?)```", PAGE, re.DOTALL)
    assert source in (folder / "src" / "lib.rs").read_text()
    manifest = re.findall(r"```toml\n# Cargo.toml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert set(manifest.splitlines()) <= set((folder / "Cargo.toml").read_text().splitlines())


def test_it_gives_the_reason_of_each_difference_and_of_no_other() -> None:
    table = PAGE.partition("| where | why |")[2].partition("\n\n")[0]
    reasons = {row.split(" | ")[1].removesuffix(" |") for row in table.splitlines()[2:]}
    assert reasons == {each.why for each in DIFFERENCES} - {"as above"}


def test_its_numbers_are_those_of_the_code() -> None:
    said = {
        f"| CPU time of one event | {CPU_SECONDS:g} s |",
        f"| memory of one instance | {MEMORY_BYTES >> 20} MiB |",
        f"| instances for requests | {MAX_INSTANCES} |",
        f"stream a body, beside those | {MAX_APART:,} |",
        f"| instances for objects | {MAX_OBJECTS:,}; ",
        f"| a wait for an instance | {PATIENCE_SECONDS:g} s, ",
        f"| an idle instance | closed after {IDLE_SECONDS:g} s; ",
        f"| an idle object | evicted after {EVICTION_SECONDS:g} s; one whose timers go on, "
        f"after {INACTIVE_SECONDS:g} s |",
        f"| `waitUntil` after the answer; a request whose client left | {WAIT_UNTIL_SECONDS:g} s |",
        f"| workers and objects that call each other, nested | {MAX_DEPTH} deep |",
        f"a flush to disk | {SECTION_SECONDS:g} s, ",
        f"in {ABORTS_IN_A_ROW} requests in a row | 503 during pauses of {FIRST_PAUSE:g} s, doubled "
        f"up to {LONGEST_PAUSE:g} s",
    }
    assert {text for text in said if text not in PAGE} == set()
