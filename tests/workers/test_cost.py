"""What a request costs in our process, counted: the same numbers on every machine.

Times are for `make bench`. A number here that grows says that something is done per request which
was not before; one that shrinks may be written down.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.workers.shop import make
from unpoison.workers import syncing
from unpoison.workers.worker import Worker

REQUESTS = 10

HELLO = "http://shop/hello/ada"
WRITE = "http://shop/do/bench/inc"
STREAM = "http://shop/stream?chunks=5&ms=0"

BYTECODES = {HELLO: 10_120, WRITE: 45_950, STREAM: 76_500}
"""Without the compiled module, of a hello 9,640 when this was written, 20,850 before anything was
cut. A twentieth more is let pass."""

CALLS = {HELLO: 543, WRITE: 2_490, STREAM: 4_215}
"""Python functions that are entered."""

TURNS = {HELLO: 0, WRITE: 8, STREAM: 10}
"""Turns of the event loop that a request waits for."""

SYNCS = 1
"""Syncs of the disk per write of an object, when no other write comes meanwhile."""


@pytest.mark.parametrize("url", [HELLO, WRITE, STREAM])
def test_a_request_costs_no_more_bytecodes_and_calls_than_it_did(url: str) -> None:
    async def count(worker: Worker) -> tuple[int, int]:
        codes = calls = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal codes, calls
            if event == "call":
                calls += 1
                frame.f_trace_opcodes, frame.f_trace_lines = True, False
            elif event == "opcode":
                codes += 1
            return trace

        outer = sys.gettrace()
        sys.settrace(trace)
        try:
            await _ask(worker, url)
        finally:
            sys.settrace(outer)
        return codes, calls

    codes, calls = _with_worker(url, count)
    assert codes / REQUESTS < BYTECODES[url], "profile it: what is done that was not before?"
    assert calls / REQUESTS < CALLS[url], "profile it: what is done that was not before?"


@pytest.mark.parametrize("url", [HELLO, WRITE, STREAM])
def test_a_request_waits_for_no_more_turns_of_the_loop_than_it_did(url: str) -> None:
    async def count(worker: Worker) -> int:
        loop = asyncio.get_running_loop()
        run_once, turns = loop._run_once, 0  # type: ignore[attr-defined]

        def counted() -> None:
            nonlocal turns
            turns += 1
            run_once()

        loop._run_once = counted  # type: ignore[attr-defined]
        try:
            await _ask(worker, url)
        finally:
            del loop._run_once  # type: ignore[attr-defined]
        return turns

    assert _with_worker(url, count) / REQUESTS <= TURNS[url]


def test_a_write_of_an_object_syncs_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    synced = 0
    sync = syncing._sync_data

    def counted(descriptor: int) -> None:
        nonlocal synced
        synced += 1
        sync(descriptor)

    monkeypatch.setattr(syncing, "_sync_data", counted)
    monkeypatch.setattr(os, "fsync", counted)

    async def count(worker: Worker) -> int:
        before = synced
        await _ask(worker, WRITE)
        return synced - before

    assert _with_worker(WRITE, count, state=tmp_path) == SYNCS * REQUESTS


@pytest.mark.parametrize(("url", "most"), [(HELLO, 0), (WRITE, 16), (STREAM, 5)])
def test_a_request_leaves_few_objects_in_cycles(url: str, most: int) -> None:
    async def count(worker: Worker) -> int:
        await _ask(worker, url)
        gc.collect()
        gc.disable()
        try:
            await _ask(worker, url)
            await asyncio.sleep(0)
            return gc.collect()
        finally:
            gc.enable()

    assert _with_worker(url, count) / REQUESTS <= most


def _with_worker(url: str, count: Callable[[Worker], Any], **options: Any) -> Any:
    """Give what is counted in a worker that has answered a few requests already."""

    async def run() -> Any:
        async with make(max_instances=1, **options) as worker:
            for _ in range(2):
                await _ask(worker, url)
            return await count(worker)

    return asyncio.run(run())


async def _ask(worker: Worker, url: str) -> None:
    for _ in range(REQUESTS):
        response = await worker.fetch(url)
        assert response.status == 200
        await response.bytes()
