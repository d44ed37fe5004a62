"""Runs the tests of a binary in a JavaScript host, with the glue that unpoison makes for it.

A test that ends its instance fails alone, as in the Python host: the script goes on in a fresh
instance. A test that ends the host, or takes too long, fails alone too: a fresh host goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from unpoison.bindgen import Panics, read_interface
from unpoison.errors import ToolError
from unpoison.glue import PackageOptions, make_javascript_package
from unpoison.symbols import demangle
from unpoison.testing.cases import Case
from unpoison.testing.console import METHODS
from unpoison.testing.harness import check_harness
from unpoison.testing.javascript_driver import DRIVER, PAGE
from unpoison.testing.javascript_host import (
    EndedError,
    Host,
    HostKind,
    LateError,
    Post,
    running_host,
)
from unpoison.testing.post_mortem import find_panic_message
from unpoison.testing.report import (
    Outcome,
    Tally,
    console_text,
    indent,
    judged,
    read_outcome,
)
from unpoison.testing.suite import Output, Plan, in_order
from unpoison.wasm import Module

START_S = 60.0
"""The time that a host has to load the binary."""

BROWSER_LIMIT_S = 20.0
"""The time for each test in a browser when none is given, which waits for ever otherwise."""

_STEM = "suite"
_UNSETTLED = 13
"""Node's exit status when a promise that is awaited can never settle."""


def run_javascript_suite(
    wasm: bytes, plan: Plan, output: Output, kind: HostKind, program: str
) -> bool:
    """Run the tests in Node or Chromium and write the report; tell whether all passed.

    Raises UnsupportedModule when the binary has no harness that unpoison knows or cannot be bound,
    ToolError when the host does not start or refuses the module.
    """
    interface = read_interface(Module.parse(wasm))
    check_harness(interface, plan.cases)
    options = PackageOptions(name=_STEM, typescript=False, readable=demangle)
    _, files = make_javascript_package(wasm, "web", options)
    files |= {"driver.mjs": DRIVER.encode(), "index.html": PAGE.encode()}
    limit = plan.limit
    if limit is None and kind == "chromium":
        limit = BROWSER_LIMIT_S
    suite = _Suite(files, plan, output, kind, program, limit, interface.panics is Panics.ABORT)
    return suite.run()


@dataclass
class _Suite:
    files: dict[str, bytes]
    plan: Plan
    output: Output
    kind: HostKind
    program: str
    limit: float | None
    keeps_panics: bool
    starts: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    def run(self) -> bool:
        began = time.monotonic()
        cases = in_order(self.plan)
        noun = "test" if len(cases) == 1 else "tests"
        self.output.line(f"running {len(cases)} {noun}")
        while len(self.outcomes) < len(cases):
            for outcome in self._in_one_host(cases[len(self.outcomes) :]):
                self.outcomes.append(outcome)
                self.output.line(outcome.line)
        seconds = time.monotonic() - began
        tally = Tally(self.outcomes, self.plan.filtered, max(self.starts - 1, 0), seconds)
        for line in tally.lines():
            self.output.line(line)
        return not tally.failures

    def _in_one_host(self, cases: Sequence[Case]) -> Iterator[Outcome]:
        """Give the outcomes of cases until all have run or the host has ended."""
        plan = {
            "stem": _STEM,
            "keeps_panics": self.keeps_panics,
            "includes_ignored": self.plan.include_ignored,
            "cases": [{"name": case.name, "export": case.export} for case in cases],
        }
        files = self.files | {"plan.json": json.dumps(plan).encode()}
        with running_host(self.kind, self.program, files) as host:
            self._wait_until_ready(host)
            before = self.starts
            self.starts += 1
            for case in cases:
                try:
                    report, panic = self._report(host)
                except (EndedError, LateError) as problem:
                    yield Outcome.failed(case.name, self._ended_text(problem))
                    return
                self.starts = before + report["starts"]
                if not self.plan.captures:
                    for method, text in report["printed"]:
                        self.output.console(method, text)
                yield self._outcome(case, report, panic)

    def _wait_until_ready(self, host: Host) -> None:
        try:
            what, body = host.next(START_S)
        except EndedError as error:
            message = f"{self.program} ended before the tests began ({error}): {error.log}"
            raise ToolError(message) from error
        except LateError as error:
            raise ToolError(f"{self.program} has not begun in {START_S:g} s") from error
        if what == "broken":
            raise ToolError(f"{self.program} cannot load the tests: {json.loads(body)}")

    def _report(self, host: Host) -> tuple[dict[str, Any], str | None]:
        """Give what the script says of the next case, and the panic that its memory holds."""
        panic = None
        for what, body in self._posts(host):
            if what == "memory":
                panic = find_panic_message(body)
            elif what == "end":
                report: dict[str, Any] = json.loads(body)
                break
        return report, panic

    def _posts(self, host: Host) -> Iterator[Post]:
        while True:
            yield host.next(self.limit)

    def _ended_text(self, problem: EndedError | LateError) -> str:
        if isinstance(problem, LateError):
            return f"the test did not finish in {self.limit:g} s\n"
        if self.kind == "node" and problem.code == _UNSETTLED:
            return "the test waits for a promise that nothing is left to settle\n"
        return f"the host ended ({problem}):\n{indent(problem.log)}"

    def _outcome(self, case: Case, report: dict[str, Any], panic: str | None) -> Outcome:
        if report.get("trap") is None:
            if report.get("thrown") is not None:
                return _failed(case, report, "JS exception that was thrown", report["thrown"])
            return read_outcome(case.name, report["messages"], report["passed"])
        died = _failed(case, report, "RuntimeError that ended the instance", report["trap"])
        if "judged" not in report:
            return died
        said = report["judged"]
        verdict = read_outcome(case.name, said["messages"], said["passed"])
        return judged(case.name, died, verdict, panic)


def _failed(case: Case, report: dict[str, Any], title: str, text: str) -> Outcome:
    recorded = report["recorded"]
    printed = console_text({name: recorded[name] for name in METHODS if name in recorded})
    return Outcome.failed(case.name, f"{printed}{title}:\n{indent(text)}")
