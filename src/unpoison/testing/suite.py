"""Runs the tests of a binary one by one, in fresh instances after those that ended.

A test that ends its instance fails alone. In a panic=abort binary a panic ends the instance, and
whether the test should panic is known to the harness only: a fresh instance is asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from unpoison import js
from unpoison.bindgen import Panics
from unpoison.errors import AbortError
from unpoison.runtime import Module
from unpoison.testing.cases import Case
from unpoison.testing.harness import check_harness
from unpoison.testing.keepers import Keeper
from unpoison.testing.report import Outcome, Tally, judged
from unpoison.testing.session import Session
from unpoison.testing.waiting import SuiteLoop


class Output(Protocol):
    """Where a suite writes to."""

    def line(self, text: str) -> None:
        """Write a line of the report."""

    def console(self, method: str, text: str) -> None:
        """Write what a test gave to a method of `console`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and how: `limit` is the time for each test in seconds, None for any.

    `captures` keeps what tests print for the report of a failure, and shows nothing of it.
    """

    cases: Sequence[Case]
    filtered: int = 0
    include_ignored: bool = False
    captures: bool = True
    is_bench: bool = False
    limit: float | None = None


def run_suite(module: Module, plan: Plan, output: Output, keepers: Sequence[Keeper] = ()) -> bool:
    """Run the tests and write the report; tell whether all passed.

    It must not be called while an event loop runs. Raises UnsupportedModule when the binary has no
    harness that unpoison knows, LinkError when it imports what nobody gives.
    """
    check_harness(module.interface, plan.cases)
    with asyncio.Runner(loop_factory=SuiteLoop) as runner:
        suite = _Suite(module, plan, output, keepers, runner.get_loop())
        return runner.run(suite.run())


def in_order(plan: Plan) -> list[Case]:
    """Give the tests in the order of the harness: what is ignored, the others from the last."""
    runs = [case for case in plan.cases if plan.include_ignored or not case.ignored]
    return [case for case in plan.cases if case not in runs] + runs[::-1]


class _Suite:
    def __init__(
        self,
        module: Module,
        plan: Plan,
        output: Output,
        keepers: Sequence[Keeper],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        assert isinstance(loop, SuiteLoop)
        self._module = module
        self._plan = plan
        self._output = output
        self._keepers = keepers
        self._loop = loop
        self._session: Session | None = None
        self._starts = 0

    async def run(self) -> bool:
        plan, output = self._plan, self._output
        began = time.monotonic()
        if not plan.is_bench:
            noun = "test" if len(plan.cases) == 1 else "tests"
            output.line(f"running {len(plan.cases)} {noun}")
        outcomes = []
        for case in in_order(self._plan):
            outcome = await self._run(case)
            outcomes.append(outcome)
            if not plan.is_bench:
                output.line(outcome.line)
        self._end(self._session)
        seconds = time.monotonic() - began
        tally = Tally(outcomes, plan.filtered, max(self._starts - 1, 0), seconds)
        for line in tally.lines():
            output.line(line)
        return not tally.failures

    async def _run(self, case: Case) -> Outcome:
        session = self._live_session()
        outcome = await session.run(
            case, include_ignored=self._plan.include_ignored, is_bench=self._plan.is_bench
        )
        if session.abort is not None and self._module.interface.panics is Panics.ABORT:
            return await self._judge(case, session.abort, session.panic, outcome)
        return outcome

    async def _judge(
        self, case: Case, abort: AbortError, panic: str | None, outcome: Outcome
    ) -> Outcome:
        """Let the harness of a fresh instance say what the panic means for the test."""
        if self._plan.is_bench:
            return outcome
        verdict = await self._live_session().judge(case, js.Error(str(abort)))
        return judged(case.name, outcome, verdict, panic)

    def _live_session(self) -> Session:
        if self._session is None or self._session.dead:
            self._end(self._session)
            show = None if self._plan.captures else self._output.console
            self._session = Session(self._module, self._loop, show, self._plan.limit)
            self._starts += 1
            for keeper in self._keepers:
                keeper.give(self._session.call)
        return self._session

    def _end(self, session: Session | None) -> None:
        if session is None:
            return
        if not session.dead:
            for keeper in self._keepers:
                keeper.take(session.call)
        session.close()
