"""What nothing can ever settle is answered at once, wherever it is awaited; the object goes on."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.workers.shop import CANCELED, get, make

SECONDS = 5.0


CASES = [
    ("exclusive", "/hang"),
    ("exclusive", "/do/a/hang"),
    ("exclusive", "/do/a/tx?hang=1"),
    # Who calls an object of its own instance waits for something of the outside, as far as can be
    # told: docs/workers.md, "Recovery".
    ("shared", "/hang"),
]


@pytest.mark.parametrize(("isolation", "path"), CASES)
def test_a_promise_that_nobody_settles_is_an_error_at_once(isolation: str, path: str) -> None:
    # workerd answers the first so; who calls an object waits there for ever.
    async def test() -> None:
        async with make(isolation=isolation) as worker:
            assert await get(worker, "/do/a/inc") == (200, "1")
            began = time.monotonic()
            status, text = await get(worker, path)
            assert time.monotonic() - began < SECONDS
            assert (status, CANCELED in text) == (500, True)
            assert await get(worker, "/do/a/get") == (200, "1")
            assert await get(worker, "/do/a/tx") == (200, "done: 1 1")
            assert await get(worker, "/hello/ada") == (200, "Hello, ada!")

    asyncio.run(test())
