"""One instance of a test binary and the harness in it, as `wasm-bindgen-test` has it.

The harness is the class `WasmBindgenTestContext`: it is given the exports of tests as functions,
calls each with its own address, and polls the futures that they register. Each test gets a context
of its own here, so that an instance that dies takes no other test's result along.
Source: `wasm-bindgen-test` src/rt/mod.rs; `wasm-bindgen-cli` wasm_bindgen_test_runner/node.rs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js
from unpoison.bindgen import Panics, python_name
from unpoison.errors import AbortError, UnpoisonError
from unpoison.runtime import Module
from unpoison.testing.cases import Case
from unpoison.testing.console import METHODS, CapturedConsole, Show
from unpoison.testing.harness import CONTEXT
from unpoison.testing.post_mortem import find_panic_message
from unpoison.testing.report import (
    Outcome,
    abort_text,
    console_text,
    indent,
    read_outcome,
)
from unpoison.testing.waiting import SlowError, StuckError, SuiteLoop


class Session:
    """One instance that runs the tests of a binary one by one; `dead` when it cannot go on.

    `show` gets what is printed (method, text), None for nowhere. `limit` is in seconds.
    """

    def __init__(
        self, module: Module, loop: SuiteLoop, show: Show | None, limit: float | None
    ) -> None:
        self._loop = loop
        self._limit = limit
        self._console = CapturedConsole(self._pass_on, show)
        self._messages: list[str] = []
        self._stand_in: Exception | None = None
        self._handlers: dict[str, Callable[..., object]] = {}
        self._keeps_panics = module.interface.panics is Panics.ABORT
        self.abort: AbortError | None = None
        self.panic: str | None = None
        self.dead = False
        self._instance = module.instantiate(
            self._imports(), start=False, on_abort=self._note_abort, start_timeout=None
        )
        self._exports: Any = self._instance.exports
        self._handlers = {method: self._find(f"__wbgtest_console_{method}") for method in METHODS}

    async def run(self, case: Case, *, include_ignored: bool, is_bench: bool) -> Outcome:
        """Run one test, or let the harness say that it is ignored.

        When the instance ends, `dead` is set and the outcome is a failure.
        """
        self._messages.clear()
        self._console.take_recorded()
        try:
            passed = await self._run(case, include_ignored, is_bench)
        except (SlowError, StuckError) as problem:
            self.dead = True
            return self._failed(case, _waiting_text(problem, self._limit))
        except UnpoisonError as error:
            if self.abort is None:
                self.dead = True
                return self._failed(case, _thrown_text(error))
        if self.abort is not None:
            self.dead = True
            return self._failed(case, abort_text(self.abort))
        return read_outcome(case.name, self._messages, bool(passed))

    async def judge(self, case: Case, error: Exception) -> Outcome:
        """Give what the harness says of a test that ended with `error`, without running it."""
        self._stand_in = error
        try:
            return await self.run(case, include_ignored=True, is_bench=False)
        finally:
            self._stand_in = None

    def call(self, name: str, *arguments: object) -> Any:
        """Call one of the harness's own functions."""
        return self._find(name)(*arguments)

    def close(self) -> None:
        """Free the instance."""
        self.dead = True
        self._instance.close()

    def _find(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self._exports, python_name(name))
        return found

    async def _run(self, case: Case, include_ignored: bool, is_bench: bool) -> object:
        test = self._instance.raw_exports[case.export]
        if self._limit is None:
            return await self._poll(test, include_ignored, is_bench)
        with self._instance.deadline(self._limit):
            return await self._poll(test, include_ignored, is_bench)

    async def _poll(
        self, test: Callable[[int], object], include_ignored: bool, is_bench: bool
    ) -> object:
        context = self._find(CONTEXT)(is_bench)
        context.include_ignored(include_ignored)
        promise = context.run([lambda address: test(int(address))])
        passed = await self._loop.settle(promise, self._limit)
        context.free()  # not after a failure: no more of the instance runs
        return passed

    def _failed(self, case: Case, text: str) -> Outcome:
        return Outcome.failed(case.name, console_text(self._console.take_recorded()) + text)

    # --- what the guest calls ---

    def _imports(self) -> dict[str, object]:
        return {
            "console": self._console,
            "__wbg_test_invoke": self._invoke,
            "__wbgtest_og_console_log": self._messages.append,
            "__wbg_test_output_writeln": self._messages.append,
        }

    def _invoke(self, poll: Callable[[], object]) -> None:
        if self._stand_in is not None:
            raise self._stand_in
        self._console.record(poll)

    def _pass_on(self, method: str, arguments: list[object]) -> None:
        handler = self._handlers.get(method)
        if handler is not None:
            handler(arguments)

    def _note_abort(self, error: AbortError) -> None:
        self.abort = error
        if self._keeps_panics:
            self.panic = find_panic_message(self._instance.dump_memory())


def _waiting_text(problem: SlowError | StuckError, limit: float | None) -> str:
    if isinstance(problem, SlowError):
        return f"the test did not finish in {limit:g} s\n"
    return "the test waits for a promise that nothing is left to settle\n"


def _thrown_text(error: UnpoisonError) -> str:
    return f"JS exception that was thrown:\n{indent(js.string_of(js.from_exception(error)))}"
