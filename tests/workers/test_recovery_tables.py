"""The recovery that Rust Workers are promised, as workers-rs tests it (`test/tests/panic.spec.ts`).

Each table has the steps of that file, for a build that unwinds and one that aborts; "count" asks
an object how many requests it had, which is lost with its memory. In shared isolation the tables
hold literally. In exclusive isolation an object's memory outlives an abort of the worker, which
never was in the object's instance.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.workers.shop import CANCELED, get, make
from unpoison.workers.worker import Worker

PATHS = {"count": "/do/table/mem", "hello": "/do/table/id"}
PANICS = {"unwind": "PanicError: the shop panics", "abort": CANCELED}
BUILDS = {"unwind": "legacy", "abort": "abort"}
NEW = "new"

# A step is a request, or several at once; a number is what the object counts, since the start or
# (after NEW) since it was made anew. Names of failures stand for a 500 with their text.
Step = str | int | tuple[str, ...]

TABLES: dict[str, dict[str, Sequence[Step]]] = {
    "unwind": {
        "basic": (1, 2, "panic", 3),
        "many": (1, "panic", "panic", "panic", 2),
        "concurrent": (("panic", "hello", "hello"),),
        "throw": (1, 2, "throw", 3),
        "abort": (1, 2, "abort", NEW, 1),
        "oom": (1, 2, "oom", NEW, 1),
    },
    "abort": {
        "basic": (1, 2, "panic", NEW, 1),
        "after": ("panic", ("hello", "hello", "hello")),
        "cycles": ("panic", "hello", "panic", "hello", "panic", "hello"),
        "throw": (1, 2, "throw", NEW, 1),
        "abort": (1, 2, "abort", NEW, 1),
        "oom": (1, 2, "oom", NEW, 1),
    },
}
CASES = [(build, name) for build, table in TABLES.items() for name in table]


@pytest.mark.parametrize("isolation", ["shared", "exclusive"])
@pytest.mark.parametrize(("build", "name"), CASES)
def test_the_table_holds(build: str, name: str, isolation: str) -> None:
    async def test() -> None:
        async with make(BUILDS[build], isolation=isolation) as worker:
            await _follow(worker, build, TABLES[build][name], isolation == "exclusive")

    asyncio.run(test())


@pytest.mark.parametrize("isolation", ["shared", "exclusive"])
def test_a_panic_of_a_build_that_aborts_takes_others_along_only_where_they_share(
    isolation: str,
) -> None:
    async def test() -> None:
        async with make("abort", isolation=isolation) as worker:
            await _ask(worker, "hello")
            answers = await asyncio.gather(*(_ask(worker, each) for each in ("panic", "hello")))
            failed = [text for status, text in answers if status == 500]
            assert 1 <= len(failed) <= (2 if isolation == "shared" else 1)
            assert all(CANCELED in text for text in failed)

    asyncio.run(test())


@pytest.mark.parametrize("isolation", ["shared", "exclusive"])
@pytest.mark.parametrize("build", BUILDS)
def test_a_host_error_in_an_object_never_leaves_its_caller_waiting(
    build: str, isolation: str
) -> None:
    # In shared isolation the worker's own promise waits too: it is not told which of them failed.
    async def test() -> None:
        async with make(BUILDS[build], isolation=isolation) as worker:
            async with asyncio.timeout(30):
                status, text = await get(worker, "/do/table/throw")
            assert status == 500
            assert CANCELED in text
            assert (await _ask(worker, "hello"))[0] == 200

    asyncio.run(test())


@pytest.mark.parametrize(("isolation", "status"), [("shared", 500), ("exclusive", 200)])
def test_a_host_error_in_a_build_that_aborts_answers_those_who_share_at_once(
    isolation: str, status: int
) -> None:
    async def test() -> None:
        async with make("abort", isolation=isolation) as worker:
            slow = asyncio.ensure_future(get(worker, "/slow?ms=2000"))
            await asyncio.sleep(0.05)  # it runs by then
            begin = asyncio.get_running_loop().time()
            assert (await _ask(worker, "throw"))[0] == 500
            assert (await slow)[0] == status
            took = asyncio.get_running_loop().time() - begin
            assert (took < 1.5) == (status == 500)

    asyncio.run(test())


async def _follow(worker: Worker, build: str, steps: Sequence[Step], keeps_memory: bool) -> None:
    kept = 0
    for step in steps:
        if isinstance(step, tuple):
            answers = await asyncio.gather(*(_ask(worker, each) for each in step))
            for name, answer in zip(step, answers, strict=True):
                _check(name, answer, build)
        elif isinstance(step, int):
            count = step + kept if keeps_memory else step
            assert await _ask(worker, "count") == (200, f"unstored_count: {count}")
        elif step == NEW:
            kept = 2
        else:
            _check(step, await _ask(worker, step), build)


def _check(name: str, answer: tuple[int, str], build: str) -> None:
    status, text = answer
    if name == "hello":
        assert status == 200
    else:
        assert status == 500
        assert (PANICS[build] if name == "panic" else CANCELED) in text


async def _ask(worker: Worker, name: str) -> tuple[int, str]:
    return await get(worker, PATHS.get(name, f"/{name}"))
