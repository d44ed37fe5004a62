"""A fault inside a crossing inside a crossing: Rust calls the host, which crosses into Rust again.

The law of tests/runtime/test_matrix.py holds for the outer call: what the inner one raises goes
through it, or is swallowed by it, and both clean up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.crossings import CROSSINGS, Crossing
from tests.runtime.faulty import (
    ABORT,
    MATRIX,
    NOTHING,
    PANIC,
    THROW,
    Host,
    holdings,
    lock_is_free,
    raised,
)
from tests.runtime.test_matrix import assert_told, warm
from unpoison import AbortError, Module, TerminatedError

FAULTS = {"panic": PANIC, "throw": THROW, "abort": ABORT}
OUTER = (
    "import",
    "import with catch",
    "import whose error Rust swallows",
    "iterator next",
    "async import with catch",
)
INNER = (
    "argument conversion",
    "import",
    "owned closure",
    "immediate closure",
    "getter",
    "consuming method",
    "destructor by consumption",
)


class Nesting(Host):
    """A host that faults by making another crossing, instead of by itself."""

    inner: Crossing | None = None

    def fault(self, kind: int) -> int:
        inner, self.inner = self.inner, None
        if inner is None or kind == NOTHING:
            self.inner = inner
            return super().fault(kind)
        try:
            return int(inner.cross(self, kind))  # type: ignore[call-overload]
        finally:
            self.inner = inner


@pytest.fixture
def module(modules: Callable[[Path], Module]) -> Module:
    return modules(MATRIX)


@pytest.mark.parametrize("fault", ["panic", "throw"])
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("outer", OUTER)
def test_both_calls_fail_and_the_instance_goes_on(
    module: Module, outer: str, inner: str, fault: str
) -> None:
    crossing, host, kind = CROSSINGS[outer], Nesting(module), FAULTS[fault]
    warm(host, crossing)
    warm(host, CROSSINGS[inner])
    host.inner = CROSSINGS[inner]
    before, drops = holdings(host), host.rust.drops()
    assert_told(crossing, host, kind, raised(crossing.cross, host, kind), [])
    host.error.with_traceback(None)  # its frames hold values of the inner crossing
    assert host.rust.drops() - drops == crossing.drops + CROSSINGS[inner].drops
    assert (holdings(host), host.instance.state) == (before, "live")
    assert lock_is_free(host)
    host.instance.close()


@pytest.mark.parametrize("recovery", ["terminate", "reinit"])
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("outer", OUTER)
def test_an_abort_ends_both_and_nothing_swallows_it(
    module: Module, outer: str, inner: str, recovery: str
) -> None:
    crossing, host = CROSSINGS[outer], Nesting(module, recovery=recovery)
    warm(host, crossing)
    host.inner = CROSSINGS[inner]
    error = raised(crossing.cross, host, ABORT)
    assert isinstance(error, AbortError)
    assert host.instance._supervisor.lifecycle.cause is error
    assert host.instance.memory_size == 0
    if recovery == "reinit":
        assert (host.rust.bump(), host.instance.generation) == (1, 2)
    else:
        with pytest.raises(TerminatedError):
            host.rust.bump()
    assert lock_is_free(host)
    host.instance.close()
