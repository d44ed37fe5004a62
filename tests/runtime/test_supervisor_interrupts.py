"""Ctrl-C, cancellation and deep recursion at any point: never a crash, never a lost lock."""

from __future__ import annotations

import _thread
import gc
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.runtime.conftest import Embedder, in_thread
from unpoison import AbortError, PanicError, TerminatedError, UnpoisonError
from unpoison.bindgen import MAX_DEPTH

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here"),
    # SIGALRM is these tests' own: by default it is what tells pytest-timeout that the time is over.
    pytest.mark.timeout(method="thread"),
]


class Alarm(BaseException):
    """What the handler of the storm raises: no Exception, as KeyboardInterrupt."""


def end_alarms(before: Any) -> None:
    """Stop the timer and put the handler of before back; one more alarm may be on its way.

    The kernel may have given it to a sleeping thread of the engine, which runs the handler when it
    gets to it: Python then calls whoever has the signal, and ignores it when nobody has.
    """
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_IGN)  # forgets the one that no thread has taken yet
    signal.signal(signal.SIGALRM, before)


def storm(action: Callable[[], object], seconds: float, every: float = 1e-4) -> int:
    """Do the action over and over while alarms strike anywhere in it; give their number."""
    armed, strikes = [False], [0]

    def strike(*_: object) -> None:
        if armed[0]:
            strikes[0] += 1
            raise Alarm

    def act() -> None:
        armed[0] = True
        try:
            action()
        finally:
            armed[0] = False

    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            with suppress(Alarm, UnpoisonError):
                act()
    finally:
        end_alarms(before)
    return strikes[0]


def assert_well(embedder: Embedder) -> None:
    """The lock is free, and the instance works or raises what it must."""
    assert embedder.lock_is_free()
    instance = embedder.instance
    gc.collect()
    try:
        instance.exports.bump()
    except AbortError:
        if not instance._supervisor.lifecycle.renewal_due:
            with pytest.raises(TerminatedError):
                instance.exports.bump()
    except (TerminatedError, Alarm):
        pass  # an alarm that ended the instance inside a callback is delivered here at the latest
    assert embedder.lock_is_free()
    instance.reinit()
    rust = instance.exports
    assert (rust.bump(), rust.greet("you"), rust.drops()) == (1, "Hello, you!", 0)
    assert rust.Acc.starting_at(2.0).half().total == 1.0
    assert embedder.lock_is_free()


def scalar(embedder: Embedder) -> None:
    embedder.instance.exports.add(1, 2)


def string(embedder: Embedder) -> None:
    embedder.instance.exports.greet("world")


def value(embedder: Embedder) -> None:
    embedder.instance.exports.echo({"a": 1})


def lent(embedder: Embedder) -> None:
    embedder.instance.exports.call_function(len, "four")


def objects(embedder: Embedder) -> None:
    rust = embedder.instance.exports
    with rust.Acc.starting_at(2.0) as acc:
        acc.push(1.0)
        rust.merge(acc.half(), rust.Acc())


def closures(embedder: Embedder) -> None:
    rust = embedder.instance.exports
    rust.adder(2)(1)
    rust.ticker()()
    rust.call_apply_mut(1)


def catching(embedder: Embedder) -> None:
    embedder.instance.exports.risky_failures(3)


def reentering(embedder: Embedder) -> None:
    embedder.reenter = lambda n: embedder.instance.exports.call_back(n - 1) if n else 0
    embedder.instance.exports.call_back(5)


def panicking(embedder: Embedder) -> None:
    embedder.instance.exports.boom()


def aborting(embedder: Embedder) -> None:
    rust = embedder.instance.exports
    embedder.reenter = lambda n: rust.abort_now()
    rust.install_hook(1)
    rust.call_back(1)


def renewing(embedder: Embedder) -> None:
    embedder.instance.reinit()
    embedder.instance.exports.bump()


def promises(embedder: Embedder) -> None:
    embedder.instance.exports.slow(2).result()


ACTIONS = (
    scalar, string, value, lent, objects, closures, catching, reentering, panicking, aborting,
    renewing, promises,
)  # fmt: skip


@pytest.mark.parametrize("recovery", ["terminate", "reinit"])
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_interrupts_at_arbitrary_points_lose_no_lock_and_crash_nothing(
    one_embedder: Embedder,
    action: Callable[[Embedder], None],
    recovery: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An alarm in a finaliser is reported there, as Python does with any exception.
    monkeypatch.setattr("sys.unraisablehook", [].append)
    one_embedder.start(recovery=recovery)
    strikes = storm(lambda: action(one_embedder), 0.4)
    assert strikes > 50
    assert_well(one_embedder)


def test_a_keyboard_interrupt_that_waits_for_an_import_leaves_the_instance_live(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()

    def reenter(n: int) -> int:
        _thread.interrupt_main()
        return n

    any_embedder.reenter = reenter
    with pytest.raises(KeyboardInterrupt):
        rust.call_back(1)
    assert rust.bump() == 1
    assert any_embedder.lock_is_free()


def test_a_keyboard_interrupt_during_rust_code_arrives_at_the_next_import(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    calls: list[int] = []

    def risky(n: int) -> int:
        calls.append(n)
        # As Ctrl-C while Rust computes: only a flag is set, which Python sees at the next callback.
        signal.setitimer(signal.ITIMER_REAL, 1e-5)
        return n

    def strike(*_: object) -> None:
        raise KeyboardInterrupt

    any_embedder.risky = risky
    before = signal.signal(signal.SIGALRM, strike)
    try:
        with pytest.raises(KeyboardInterrupt):
            rust.risky_failures(1_000_000)
    finally:
        end_alarms(before)
    assert rust.bump() == 1
    assert any_embedder.instance.state == "live"
    assert any_embedder.lock_is_free()


def test_raise_signal_in_an_import_comes_out(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.reenter = lambda n: signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        rust.call_back(1)
    assert rust.bump() == 1


# --- a trap that nobody looked at ---


def hide_next_trap(embedder: Embedder, entered: list[str]) -> None:
    """Make an abort whose trap is not looked at, as when an interrupt strikes before the look."""
    supervisor = embedder.instance._supervisor
    rust = embedder.instance.exports
    number = next(n for n, e in enumerate(supervisor._entries) if e.name.startswith("abort_now"))
    call = supervisor.calls[number]

    def interrupted() -> None:
        call()
        raise KeyboardInterrupt

    supervisor.calls[number] = interrupted
    with pytest.raises(KeyboardInterrupt):
        rust.abort_now()
    del entered[:]


def test_a_hidden_trap_is_seen_by_the_next_entry_before_any_guest_code(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    hide_next_trap(any_embedder, entered)
    with pytest.raises(AbortError) as caught:
        rust.greet("x")
    assert "abort_now" in caught.value.backtrace[0]
    assert [name for name in entered if name != "hook"] == []
    with pytest.raises(TerminatedError) as later:
        rust.bump()
    assert later.value.__cause__ is caught.value


def test_a_hidden_trap_below_an_import_ends_the_outer_frames(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()

    def reenter(n: int) -> int:
        hide_next_trap(any_embedder, entered)
        return n

    any_embedder.reenter = reenter
    with pytest.raises(AbortError):
        rust.call_back(1)
    assert [name for name in entered if name != "hook"] == []
    assert any_embedder.instance._supervisor.home.vessel is None


@pytest.mark.parametrize("end", ["reinit", "close"])
def test_a_hidden_trap_does_not_keep_from_renewing_or_closing(
    any_embedder: Embedder, entered: list[str], end: str
) -> None:
    any_embedder.start()
    hide_next_trap(any_embedder, entered)
    getattr(any_embedder.instance, end)()
    if end == "reinit":
        assert any_embedder.instance.exports.bump() == 1


def test_an_interrupt_of_the_hook_lets_no_outer_frame_go_on(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    hook = supervisor._deaths._hook
    assert hook is not None
    number = hook.number
    resolve = supervisor.calls[number]

    def interrupted() -> None:
        resolve()
        raise KeyboardInterrupt

    calls: list[int] = []

    def risky(n: int) -> int:
        calls.append(n)
        supervisor.calls[number] = interrupted
        with pytest.raises(KeyboardInterrupt):
            rust.abort_now()
        return n

    any_embedder.risky = risky
    with pytest.raises(AbortError):
        rust.risky_failures(5)
    assert calls == [0]
    assert entered[-1] == "hook"
    assert any_embedder.instance.state == "dead"
    assert supervisor.home.vessel is None


def test_an_interrupt_of_on_abort_comes_out_and_on_abort_is_not_called_again(
    any_embedder: Embedder,
) -> None:
    seen: list[AbortError] = []

    def on_abort(error: AbortError) -> None:
        seen.append(error)
        raise KeyboardInterrupt

    rust = any_embedder.start(on_abort=on_abort)
    with pytest.raises(KeyboardInterrupt):
        rust.abort_now()
    with pytest.raises(TerminatedError) as caught:
        rust.bump()
    assert [caught.value.__cause__] == seen
    assert any_embedder.instance._supervisor.home.vessel is None
    assert any_embedder.lock_is_free()


def test_a_caller_that_was_kept_finds_no_store_that_is_gone(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    rust.bump()
    with pytest.raises(AbortError) as caught:
        rust.abort_now()
    for call in supervisor.calls:
        with pytest.raises(AbortError) as again:
            call()
        assert again.value is caught.value


# --- recursion ---


def test_recursion_through_imports_ends_in_a_clear_recursion_error(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        with pytest.raises(RecursionError, match=f"more than {MAX_DEPTH} calls into one instance"):
            any_embedder.reenter = lambda n: rust.call_back(n + 1)
            rust.call_back(1)
    finally:
        sys.setrecursionlimit(limit)
    assert (rust.bump(), any_embedder.instance.state) == (1, "live")


def test_exactly_max_depth_calls_may_be_nested(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        one_embedder.reenter = lambda n: rust.call_back(n - 1) if n else 0
        assert rust.call_back(MAX_DEPTH - 1) == MAX_DEPTH
        with pytest.raises(RecursionError):
            rust.call_back(MAX_DEPTH)
        assert rust.call_back(MAX_DEPTH - 1) == MAX_DEPTH
    finally:
        sys.setrecursionlimit(limit)


def test_at_the_deepest_level_strings_and_values_still_cross(one_embedder: Embedder) -> None:
    rust = one_embedder.start()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    seen: list[object] = []

    def reenter(n: int) -> int:
        if n:
            return int(rust.call_back(n - 1))
        seen.append(rust.greet("deep"))
        seen.append(rust.echo({"a": 1}))
        return 0

    one_embedder.reenter = reenter
    try:
        rust.call_back(MAX_DEPTH - 2)
    finally:
        sys.setrecursionlimit(limit)
    assert seen == ["Hello, deep!", {"a": 1}]


@pytest.mark.parametrize("limit", [120, 200, 333, 500, 999])
def test_pythons_own_recursion_limit_ends_cleanly(
    one_embedder: Embedder, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.unraisablehook", lambda _: None)  # ctypes reports what it cannot pass
    rust = one_embedder.start()
    one_embedder.reenter = lambda n: rust.call_back(n + 1)

    def run() -> object:
        # A thread has a short stack of its own, so that the limit is what counts.
        with pytest.raises((RecursionError, AbortError)) as caught:
            rust.call_back(1)
        return caught.type

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        assert in_thread(run) in (RecursionError, AbortError)
    finally:
        sys.setrecursionlimit(before)
    assert one_embedder.lock_is_free()
    one_embedder.instance.reinit()
    assert rust.bump() == 1


def test_recursion_through_a_panicking_level_is_clean(embedder: Embedder) -> None:
    rust = embedder.start()

    def reenter(n: int) -> int:
        if n < 40:
            return int(rust.call_back(n + 1))
        return int(rust.boom())

    embedder.reenter = reenter
    with pytest.raises(PanicError):
        rust.call_back(0)
    assert rust.bump() == 1


# --- the text of calls ---


def test_the_text_of_every_call_takes_its_turn_right_before_the_block(
    one_embedder: Embedder,
) -> None:
    lines = [line.strip() for line in one_embedder.module.python_source.splitlines()]
    turns = [place for place, line in enumerate(lines) if line == "if not _turn[False]:"]
    assert len(turns) > 50
    assert {(lines[place + 1], lines[place + 2]) for place in turns} == {("_wait()", "try:")}
    releases = [place for place, line in enumerate(lines) if line == "_release()"]
    assert len(releases) == len(turns)
    assert {lines[place - 1] for place in releases} == {"finally:"}
