"""Requests at random moments of a clock that the test moves, against what an object promises."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers.shop import get, make
from unpoison.workers.clock import ManualClock

COUNTING = ("inc", "block?ms=20", "put-then?fail=panic")
"""Each adds one to the count, when it is answered as it should be."""

ROUTES = (*COUNTING, "sleep?ms=15", "tx", "tx?fail=1", "abort", "put-then?fail=abort", "get")


@dataclass(frozen=True)
class Step:
    """A request that is made so many milliseconds after the one before."""

    after: int
    route: str
    name: str


steps = st.lists(
    st.builds(Step, st.integers(0, 30), st.sampled_from(ROUTES), st.sampled_from("ab")),
    min_size=1,
    max_size=25,
)


async def play(schedule: list[Step], isolation: str) -> None:
    clock = ManualClock()
    async with make(clock=clock, isolation=isolation) as worker:
        asked = []
        for step in schedule:
            await clock.advance(step.after / 1000)
            route = f"/do/{step.name}/{step.route}"
            asked.append(asyncio.ensure_future(get(worker, route)))
        await clock.advance(2.0)
        assert all(task.done() for task in asked)  # nothing hangs
        answers = [task.result() for task in asked]
        for name in "ab":
            mine = [
                (step.route, *answer)
                for step, answer in zip(schedule, answers, strict=True)
                if step.name == name
            ]
            # In shared mode an abort in one object fails what is under way in the other.
            failing = schedule if isolation == "shared" else [s for s in schedule if s.name == name]
            aborts = any("abort" in step.route for step in failing)
            check_answers(mine, int((await get(worker, f"/do/{name}/get"))[1]), aborts)


def check_answers(answers: list[tuple[str, int, str]], stored: int, aborts: bool) -> None:
    """Compare the answers of one object with each other and with what it stores at the end."""
    given = [int(text) for route, status, text in answers if counts(route, status)]
    assert len(given) == len(set(given))  # no count is given twice
    panics = sum(route.endswith("panic") and "PanicError" in text for route, _, text in answers)
    assert stored >= len(given) + panics  # nothing that was acknowledged is lost
    if not aborts:
        assert stored == sum(route in COUNTING for route, _, _ in answers)
        assert all(status == 200 or "panic" in route for route, status, _ in answers)
    for route, status, text in answers:
        if route.startswith("tx") and status == 200:
            left, right = text.split()[-2:]
            assert left == right  # no transaction is torn


def counts(route: str, status: int) -> bool:
    return status == 200 and (route == "inc" or route.startswith("block"))


@pytest.mark.parametrize("isolation", ["exclusive", "shared"])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(schedule=steps)
def test_any_schedule_of_requests_keeps_the_promises(isolation: str, schedule: list[Step]) -> None:
    asyncio.run(play(schedule, isolation))
