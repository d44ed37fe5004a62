"""Many requests at once, some of which fail in every way there is: who else notices.

The choice is by a seed; `-m slow` runs more of them.
"""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.workers.shop import CANCELED, get, make
from unpoison.runtime import Limits

FINE = (
    "/hello/a", "/slow?ms=5", "/slow?ms=30", "/service", "/kv/none/metadata", "/do/{n}/inc",
    "/do/{n}/sleep?ms=10", "/do/{n}/sql", "/do/{n}/tx", "/do/{n}/call?to=other{n}",
    "/do/{n}/block?ms=5",
)  # fmt: skip
FAILING = (
    "/panic", "/panic/after?ms=5", "/abort", "/abort/after?ms=5", "/throw", "/throw/after?ms=5",
    "/recurse", "/oom/after?ms=3", "/do/bad{n}/panic", "/do/bad{n}/abort", "/do/bad{n}/throw",
    "/do/bad{n}/put-then?fail=abort", "/do/bad{n}/recurse",
)  # fmt: skip
STREAM = "/stream?chunks=3&ms=3"  # broken off, with its status sent, when its instance dies
AT_ONCE = 16
FAILING_SHARE = 0.15
SECONDS = 60.0
BUILDS = {"unwind": "legacy", "abort": "abort"}
KNOWN_FAILURES = ("PanicError: the shop panics", CANCELED, "keeps dying")


@pytest.mark.parametrize("build", BUILDS)
def test_in_exclusive_isolation_nobody_else_notices(build: str) -> None:
    asyncio.run(_storm(build, "exclusive", 1, 150))


@pytest.mark.parametrize("build", BUILDS)
def test_in_shared_isolation_everybody_is_answered(build: str) -> None:
    asyncio.run(_storm(build, "shared", 2, 150))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(10, 16))
@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
@pytest.mark.parametrize("build", BUILDS)
def test_many_more_of_them(build: str, isolation: str, seed: int) -> None:
    asyncio.run(_storm(build, isolation, seed, 600))


async def _storm(build: str, isolation: str, seed: int, count: int) -> None:
    chance = random.Random(seed)
    fine = (*FINE, STREAM) if isolation == "exclusive" else FINE
    paths = [_choose(chance, fine) for _ in range(count)]
    wrong: list[tuple[str, int, str]] = []
    limits = Limits(memory=64 << 20, cpu=30.0)
    async with make(BUILDS[build], isolation=isolation, limits=limits) as worker:

        async def ask_in_turn() -> None:
            while paths:
                path, fails = paths.pop()
                status, text = await asyncio.wait_for(get(worker, path), SECONDS)
                failed = status in (500, 503) and any(each in text for each in KNOWN_FAILURES)
                is_well = status == 200 and not fails
                if not (is_well or (failed and (fails or isolation == "shared"))):
                    wrong.append((path, status, text))

        await asyncio.gather(*(ask_in_turn() for _ in range(AT_ONCE)))
    assert wrong == []


def _choose(chance: random.Random, fine: tuple[str, ...]) -> tuple[str, bool]:
    fails = chance.random() < FAILING_SHARE
    path = chance.choice(FAILING if fails else fine)
    return path.format(n=chance.randrange(4)), fails
