"""The signal of a request fires when its client leaves, with the flag that workerd has for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.workers import shop
from tests.workers.shop import get
from unpoison.workers.client_signals import ClientSignals, signals_by
from unpoison.workers.worker import Worker

ENABLED = ("enable_request_signal",)
LEFT = "AbortError: The client has disconnected"


@pytest.mark.parametrize(
    ("flags", "meaning"),
    [
        ((), ClientSignals.NONE),
        (("request_signal_passthrough",), ClientSignals.NONE),
        (ENABLED, ClientSignals.OWN),
        ((*ENABLED, "disable_request_signal"), ClientSignals.NONE),
        ((*ENABLED, "request_signal_passthrough"), ClientSignals.PASSING),
        ((*ENABLED, "nodejs_compat", "no_request_signal_passthrough"), ClientSignals.OWN),
    ],
)
def test_the_flags_say_what_a_client_that_leaves_does(
    flags: Sequence[str], meaning: ClientSignals
) -> None:
    assert signals_by(flags) is meaning


def make(flags: Sequence[str], **options: Any) -> Worker:
    config = replace(shop.config(), compatibility_flags=tuple(flags))
    return Worker.of(config, shop.module(), **options)


async def leave(worker: Worker, path: str) -> None:
    """Ask, and leave before there is an answer."""
    asking = asyncio.ensure_future(get(worker, path))
    await asyncio.sleep(0.1)
    asking.cancel()
    await asyncio.wait([asking])


async def said(worker: Worker, key: str) -> str:
    """Give what the signal had said, as the worker keeps it in the end."""
    async with asyncio.timeout(10):
        while (kept := await get(worker, f"/kv/{key}"))[0] == 404:
            await asyncio.sleep(0.01)
    return kept[1]


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
@pytest.mark.parametrize(("flags", "expected"), [(ENABLED, LEFT), ((), "nothing")])
def test_a_handler_is_told_that_its_client_has_left(
    isolation: str, flags: Sequence[str], expected: str
) -> None:
    async def test() -> None:
        async with make(flags, isolation=isolation) as worker:
            await leave(worker, "/signal/left?ms=400")
            assert await said(worker, "left") == expected

    asyncio.run(test())


def test_a_client_that_stays_is_never_said_to_have_left() -> None:
    async def test() -> None:
        async with make(ENABLED) as worker:
            assert await get(worker, "/signal/stayed?ms=50") == (200, "stayed")
            assert await said(worker, "stayed") == "nothing"

    asyncio.run(test())


@pytest.mark.parametrize("passes", [False, True])
def test_a_sub_request_made_of_the_request_is_cancelled_only_by_its_own_flag(passes: bool) -> None:
    # workerd, api/basics.c++: isIgnoredForSubrequests
    flags = (*ENABLED, "request_signal_passthrough") if passes else ENABLED

    async def test() -> None:
        async with make(flags) as worker:
            await leave(worker, "/do/a/sleep?ms=1500")
            await asyncio.sleep(0.2)
            assert len(worker._visits) == (0 if passes else 1)

    asyncio.run(test())
