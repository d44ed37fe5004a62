"""The crate `matrix` with a host that faults as a test says: see tests/crates/matrix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.runtime.conftest import in_thread
from unpoison import Instance, Module

CRATES = Path(__file__).parents[1] / "crates"
MATRIX = CRATES / "matrix" / "matrix.legacy.wasm"
EXNREF = MATRIX.with_name("matrix.exnref.wasm")
ABORTING = MATRIX.with_name("matrix.abort.wasm")
CHECKED = CRATES / "checked" / "checked.legacy.wasm"

NOTHING, PANIC, THROW, ABORT, SPIN = range(5)


class HostError(Exception):
    """What the host raises, where it is told to."""


class Host:
    """Whoever loads the crate. What it raises is `error`, always that very object."""

    def __init__(self, module: Module, **options: Any) -> None:
        self.error = HostError("the host's")
        self.reports: list[dict[str, Any]] = []
        self.apply: Callable[..., Any] = lambda function, kind: function(kind)
        self.answer: Callable[[int], Any] = lambda kind: kind
        self.instance: Instance = module.instantiate(self._imports(), **options)
        self.rust: Any = self.instance.exports

    def _imports(self) -> dict[str, Any]:
        return {
            "thrower": self.throw,
            "host": self.fault,
            "apply": lambda function, kind: self.apply(function, kind),
            "apply_mut": lambda function, kind: self.apply(function, kind),
            "answer": lambda kind: self.answer(kind),
        }

    def throw(self) -> None:
        """Be the import `thrower`."""
        # Without the frames of earlier raises, which the object would collect.
        raise self.error.with_traceback(None)

    def fault(self, kind: int) -> int:
        """Do as the host what `fault` does in Rust: it panics and aborts by a call of that."""
        if kind == THROW:
            self.throw()
        return int(self.rust.fault(kind))


def holdings(host: Host) -> tuple[int, int, int]:
    """Give the bytes of the heap, the number of host values held, the stack pointer.

    Nothing is collected for it: no crossing leaves a cycle that would hold anything.
    """
    stack_pointer = int(host.instance._supervisor.home.stack_pointer.get())
    return host.rust.allocated(), host.instance.live_handles, stack_pointer


def raised(cross: Callable[[Host, int], object], host: Host, kind: int) -> BaseException | None:
    """Give what comes out, without its frames, which hold values of the host."""
    try:
        cross(host, kind)
    except Exception as error:  # noqa: BLE001 - it is what a test looks at
        return error.with_traceback(None)
    return None


def lock_is_free(host: Host) -> bool:
    """Tell whether another thread could enter now."""
    lock = host.instance._supervisor.turn

    def take() -> bool:
        taken = lock[False]
        if taken:
            lock.release()
        return taken

    return in_thread(take) is True
