"""The recovery matrix for a module that was built to abort: what its panics and throws leave.

A panic ends the instance as an abort does. An exception of the host passes frames of Rust that
have nothing to run for it: the caller gets that very exception and the instance goes on, but what
the frames held stays: values are not dropped, objects stay borrowed. Where an import has `catch`,
or Rust gets a promise that rejects, Rust has an Err instead, and nothing stays.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.crossings import CROSSINGS, Crossing
from tests.runtime.faulty import (
    ABORT,
    ABORTING,
    NOTHING,
    PANIC,
    THROW,
    Host,
    holdings,
    lock_is_free,
    raised,
)
from unpoison import AbortError, Module, TerminatedError
from unpoison.errors import BorrowError

# Where Rust has an Err, or no frame that holds anything.
TIDY = {
    "sequence conversion", "import with catch", "import whose error Rust swallows",
    "iterator next", "promise argument", "async import with catch", "stream read",
    "reader of its own kind",
}  # fmt: skip
# Rust panics for what it is given.
FATAL_THROWS = {"async import"}
# The object is borrowed by the frames that are gone, and the row frees it.
BORROWED = {"getter", "setter", "method"}

rows = pytest.mark.parametrize("name", CROSSINGS)
deaths = pytest.mark.parametrize("kind", [PANIC, ABORT], ids=["panic", "abort"])


@pytest.fixture
def matrix(modules: Callable[[Path], Module]) -> Module:
    return modules(ABORTING)


def warm(host: Host, crossing: Crossing) -> None:
    """Make what stays for good: the handle table's first slots, the task queue."""
    host.rust.swallow(THROW)
    assert crossing.cross(host, NOTHING) == 0


@rows
def test_nothing_is_left_without_a_fault(matrix: Module, name: str) -> None:
    crossing, host = CROSSINGS[name], Host(matrix)
    warm(host, crossing)
    before, drops = holdings(host), host.rust.drops()
    assert crossing.cross(host, NOTHING) == 0
    assert (holdings(host), host.rust.drops() - drops) == (before, crossing.drops)
    host.instance.close()


@rows
@deaths
def test_the_instance_ends_and_refuses_every_call(
    matrix: Module, name: str, kind: int, unraisable: list[BaseException]
) -> None:
    crossing, host = CROSSINGS[name], Host(matrix)
    warm(host, crossing)
    error = raised(crossing.cross, host, kind)
    told = [error, *unraisable, None if error is None else error.__cause__]
    (death,) = {id(each): each for each in told if isinstance(each, AbortError)}.values()
    assert host.instance._supervisor.lifecycle.cause is death
    assert (host.instance.state, host.instance.memory_size) == ("dead", 0)
    assert host.instance.live_handles == 0
    with pytest.raises(TerminatedError):
        host.rust.bump()
    assert lock_is_free(host)
    host.instance.close()


@rows
@deaths
def test_the_next_call_has_a_fresh_instance(
    matrix: Module, name: str, kind: int, unraisable: list[BaseException]
) -> None:
    crossing, host = CROSSINGS[name], Host(matrix, recovery="reinit")
    warm(host, crossing)
    host.rust.bump()
    raised(crossing.cross, host, kind)
    assert host.rust.bump() == 1
    assert host.instance.generation == 2
    assert crossing.cross(host, NOTHING) == 0
    host.instance.close()


@pytest.mark.parametrize("name", [name for name in CROSSINGS if name not in FATAL_THROWS])
def test_an_exception_of_the_host_reaches_the_caller(
    matrix: Module, name: str, unraisable: list[BaseException]
) -> None:
    crossing, host = CROSSINGS[name], Host(matrix)
    warm(host, crossing)
    host.rust.bump()
    before, drops = holdings(host), host.rust.drops()
    error = raised(crossing.cross, host, THROW)
    if THROW in crossing.kept:
        assert (error, unraisable) in [(None, []), (None, [host.error])]
    elif name in BORROWED:
        assert type(error) is BorrowError
        assert error.__context__ is host.error
    else:
        assert error is host.error
    heap, handles, stack_pointer = holdings(host)
    dropped = host.rust.drops() - drops
    if name in TIDY:
        assert (heap, handles, stack_pointer, dropped) == (*before, crossing.drops)
    else:
        assert heap > before[0]
        assert stack_pointer == before[2]
        assert dropped < crossing.drops
    assert (host.instance.state, host.instance.generation) == ("live", 1)
    assert host.rust.bump() == 2
    assert lock_is_free(host)
    host.instance.close()


@pytest.mark.parametrize("name", sorted(FATAL_THROWS))
def test_a_rejection_that_nobody_catches_in_rust_is_a_panic(matrix: Module, name: str) -> None:
    crossing, host = CROSSINGS[name], Host(matrix)
    warm(host, crossing)
    assert type(raised(crossing.cross, host, THROW)) is AbortError
    assert host.instance.state == "dead"
    host.instance.close()
