"""The recovery matrix with recovery="rollback": a call that fails leaves nothing behind.

Each fault is made at each crossing. What the guest holds is looked at as the call begins and right
after it was undone; what follows gives what a twin gives that never made the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.crossings import CROSSINGS
from tests.runtime.faulty import (
    ABORT,
    ABORTING,
    EXNREF,
    MATRIX,
    NOTHING,
    PANIC,
    SPIN,
    THROW,
    Host,
    HostError,
    holdings,
    lock_is_free,
    raised,
)
from unpoison import AbortError, AbortReason, Limits, Module, PanicError
from unpoison.runtime.rollback import Rollback

IN_TASKS = {"async export", "async export under a loop", "stream read"}
"""Where the fault is in a job that goes on with a call whose promise is pending."""

AFTER_ANSWERS = {"promise callback", "task after an await"}
"""Where it is in a job, and a call that is no async export has answered since the idle moment."""

BY_THE_HOST = {
    "promise argument", "async import", "async import with catch", "reader of its own kind",
}  # fmt: skip
"""Where it is in a call that a coroutine of the embedder makes: Rust gets a rejection."""

DESTRUCTORS = {
    "destructor by free", "destructor by consumption", "destructor by collection",
}  # fmt: skip
"""Where the value is there again afterwards, and fails to be dropped once more."""

HAS_CATCH = {"import with catch", "iterator next"}
"""Where Rust gets an Err and returns it: no call is left by an exception."""

MADE_FIRST: dict[str, Callable[[Host], object]] = {"once closure": lambda h: h.rust.once_closure()}
"""What a row does before the call that fails, where it would not be there without that call."""

CALLS = [name for name in CROSSINGS if name not in IN_TASKS | AFTER_ANSWERS | BY_THE_HOST]
BUILDS = {"legacy": MATRIX, "exnref": EXNREF, "abort": ABORTING}

calls = pytest.mark.parametrize("name", CALLS)
builds = pytest.mark.parametrize("build", BUILDS)


def state(host: Host) -> tuple[object, ...]:
    """Give all that a guest can be told apart by."""
    home = host.instance._supervisor.home
    handles = home.handles
    live = [value for value in handles.values if not callable(value)]
    pages = home.vessel.pages
    return (
        host.instance.dump_memory(), len(handles.values), live, tuple(handles.free),
        tuple(handles.lent), int(home.stack_pointer.get()), int(home.inside.get()),
        int(home.entry_sp.get()), int(pages.get()), home.alive,
    )  # fmt: skip


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Compare the state after every roll-back with that at its begin; give the number of them."""
    hosts: dict[int, tuple[object, ...]] = {}
    idle: dict[int, tuple[object, ...]] = {}
    undone: list[int] = []
    begin, undo = Rollback.begin, Rollback.undo

    def seen(home: Any) -> tuple[object, ...]:
        host: Any = type("", (), {})()
        host.instance = type("", (), {})()
        host.instance._supervisor = type("", (), {"home": home})()
        host.instance.dump_memory = lambda: home.memory.read(0, home.memory_size())
        return state(host)

    def watch_begin(self: Rollback, home: Any, *, to_idle: bool) -> None:
        begin(self, home, to_idle=to_idle)
        hosts[id(self)] = seen(home)
        if to_idle:
            idle[id(self)] = hosts[id(self)]

    def watch_undo(self: Rollback, home: Any, error: BaseException) -> None:
        wanted = (idle if self._goes_to_idle else hosts)[id(self)]
        undo(self, home, error)
        undone.append(1)
        assert seen(home) == wanted

    monkeypatch.setattr(Rollback, "begin", watch_begin)
    monkeypatch.setattr(Rollback, "undo", watch_undo)
    yield undone


def pair(modules: Callable[[Path], Module], build: str, **options: Any) -> tuple[Host, Host]:
    """Give a host and its twin, both of which have done some work."""
    hosts = [Host(modules(BUILDS[build]), recovery="rollback", **options) for _ in range(2)]
    for host in hosts:
        host.rust.bump()
        raised(CROSSINGS["import whose error Rust swallows"].cross, host, THROW)
    return hosts[0], hosts[1]


def assert_like(host: Host, twin: Host, name: str) -> None:
    """Both do the same again, and hold the same after it."""
    MADE_FIRST.get(name, lambda _: None)(twin)
    cross = CROSSINGS[name].cross
    assert cross(host, NOTHING) == cross(twin, NOTHING) == 0
    if name not in DESTRUCTORS:
        assert holdings(host) == holdings(twin)


def faults(build: str) -> list[int]:
    return [PANIC, THROW, ABORT] if build == "abort" else [THROW, ABORT]


@calls
@builds
def test_a_call_that_fails_has_no_effect(
    modules: Callable[[Path], Module],
    watched: list[int],
    unraisable: list[BaseException],
    name: str,
    build: str,
) -> None:
    crossing = CROSSINGS[name]
    host, twin = pair(modules, build)
    for each in (host, twin):
        assert crossing.cross(each, NOTHING) == 0
    for kind in faults(build):
        before = len(watched)
        error = raised(crossing.cross, host, kind)
        if kind in (PANIC, ABORT):
            assert len(watched) > before
            told = [error, *unraisable]
            assert any(isinstance(each, AbortError) for each in told)
        elif len(watched) > before:
            assert error is host.error or host.error in unraisable
        assert (host.instance.state, host.instance.generation) == ("live", 1)
        assert lock_is_free(host)
        assert_like(host, twin, name)
        assert host.rust.bump() == twin.rust.bump()
    host.instance.close()
    twin.instance.close()


@calls
@builds
def test_a_limit_that_is_reached_has_no_effect(
    modules: Callable[[Path], Module], watched: list[int], unraisable: list[BaseException],
    name: str, build: str,
) -> None:  # fmt: skip
    crossing = CROSSINGS[name]
    host, twin = pair(modules, build, limits=Limits(cpu=0.1))
    for each in (host, twin):
        assert crossing.cross(each, NOTHING) == 0
    error = raised(crossing.cross, host, SPIN)
    (death,) = [each for each in (error, *unraisable) if isinstance(each, AbortError)][:1]
    assert death.reason is AbortReason.CPU_LIMIT
    assert watched
    assert_like(host, twin, name)
    assert host.rust.bump() == twin.rust.bump()


@calls
@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_a_panic_that_unwinds_keeps_the_contract(
    modules: Callable[[Path], Module], watched: list[int], name: str, build: str
) -> None:
    crossing = CROSSINGS[name]
    if PANIC in crossing.fatal:
        pytest.skip("an abort there")
    host, _ = pair(modules, build)
    crossing.cross(host, NOTHING)
    drops = host.rust.drops()
    error = raised(crossing.cross, host, PANIC)
    assert PANIC in crossing.kept or type(error) is PanicError
    assert host.rust.drops() - drops == crossing.drops
    assert not watched


@calls
@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_a_panic_is_undone_where_it_is_asked(
    modules: Callable[[Path], Module], watched: list[int], name: str, build: str
) -> None:
    crossing = CROSSINGS[name]
    host, twin = pair(modules, build, rollback_on="panic")
    for each in (host, twin):
        assert crossing.cross(each, NOTHING) == 0
    error = raised(crossing.cross, host, PANIC)
    if PANIC not in crossing.kept and name not in DESTRUCTORS:
        assert bool(watched) == (name not in HAS_CATCH)
        assert isinstance(error, AbortError if PANIC in crossing.fatal else PanicError)
    if name in HAS_CATCH:
        raised(crossing.cross, twin, PANIC)
    assert_like(host, twin, name)
    assert host.rust.bump() == twin.rust.bump()


@pytest.mark.parametrize("name", sorted(IN_TASKS))
@builds
def test_an_abort_in_a_job_goes_back_to_the_idle_moment(
    modules: Callable[[Path], Module], watched: list[int], name: str, build: str
) -> None:
    crossing = CROSSINGS[name]
    host, twin = pair(modules, build)
    for each in (host, twin):
        assert crossing.cross(each, NOTHING) == 0
    error = raised(crossing.cross, host, ABORT)
    assert isinstance(error, AbortError)
    assert watched
    assert (host.instance.state, host.instance.generation) == ("live", 1)
    assert crossing.cross(host, NOTHING) == crossing.cross(twin, NOTHING) == 0
    assert holdings(host) == holdings(twin)
    assert host.rust.bump() == twin.rust.bump()


@pytest.mark.parametrize("name", sorted(AFTER_ANSWERS))
@builds
def test_an_abort_in_a_job_after_an_answer_renews_and_says_so(
    modules: Callable[[Path], Module], watched: list[int], name: str, build: str
) -> None:
    crossing = CROSSINGS[name]
    host, _ = pair(modules, build)
    crossing.cross(host, NOTHING)
    error = raised(crossing.cross, host, ABORT)
    assert isinstance(error, AbortError)
    assert str(error).endswith("so the instance starts afresh")
    assert not watched
    assert host.rust.bump() == 1
    assert host.instance.generation == 2


@pytest.mark.parametrize("name", sorted(BY_THE_HOST))
@builds
def test_an_abort_in_a_call_of_a_coroutine_undoes_that_call(
    modules: Callable[[Path], Module], watched: list[int], name: str, build: str
) -> None:
    crossing = CROSSINGS[name]
    host, _ = pair(modules, build)
    crossing.cross(host, NOTHING)
    raised(crossing.cross, host, ABORT)
    assert watched
    assert host.instance.state in ("live", "dead")
    assert host.rust.bump() in (1, 2)


def test_the_host_error_is_told_as_it_was(modules: Callable[[Path], Module]) -> None:
    host, _ = pair(modules, "legacy")
    with pytest.raises(HostError) as caught:
        host.rust.call_import(THROW)
    assert caught.value is host.error
