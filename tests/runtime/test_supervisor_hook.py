"""The abort hook: once, at the border, before outer frames unwind, free to call any import."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import AbortError, AbortReason, TerminatedError

LOGS, LOGS_THEN_ASKS, PANICS, THROWS, ABORTS, REENTERS, ASKS, ASKS_THEN_LOGS, ASKS_THEN_PANICS = (
    range(1, 10)
)
LINES = ["hook, line 1", "hook, line 2", "hook, line 3"]


def abort_with(embedder: Embedder, kind: int, **options: Any) -> AbortError:
    rust = embedder.start(**options)
    rust.install_hook(kind)
    with pytest.raises(AbortError) as caught:
        rust.abort_now()
    assert caught.value.reason is AbortReason.UNREACHABLE
    return caught.value


def test_the_hook_may_call_imports_in_any_number(any_embedder: Embedder) -> None:
    error = abort_with(any_embedder, LOGS)
    assert any_embedder.printed == LINES
    assert not hasattr(error, "__notes__")


def test_the_hook_runs_once(any_embedder: Embedder, entered: list[str]) -> None:
    abort_with(any_embedder, LOGS)
    with pytest.raises(TerminatedError):
        any_embedder.instance.exports.bump()
    any_embedder.instance.close()
    assert entered.count("hook") == 1
    assert len(any_embedder.printed) == 3


def test_the_hook_runs_once_on_an_interleaved_stack(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.install_hook(LOGS)

    def reenter(n: int) -> int:
        return int(rust.call_back(n - 1) if n else rust.abort_now())

    any_embedder.reenter = reenter
    with pytest.raises(AbortError):
        rust.call_back(4)
    assert any_embedder.printed == LINES


def test_the_hook_runs_before_any_outer_frame_is_unwound(any_embedder: Embedder) -> None:
    rust = any_embedder.start(on_abort=lambda _: any_embedder.printed.append("on_abort"))
    rust.install_hook(LOGS)

    def reenter(n: int) -> int:
        try:
            return int(rust.abort_now())
        finally:
            any_embedder.printed.append("unwound")

    any_embedder.reenter = reenter
    with pytest.raises(AbortError):
        rust.call_back(1)
    assert any_embedder.printed == [*LINES, "on_abort", "unwound"]


def test_the_hook_has_the_stack_pointer_of_the_entry(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.install_hook(REENTERS)
    inside: list[int] = []

    def reenter(n: int) -> int:
        inside.append(any_embedder.stack_pointer)
        return n

    any_embedder.reenter = reenter
    rust.call_back(1)
    with pytest.raises(AbortError):
        rust.abort_shadow_stack(1)
    # Rust's stack was used up at the abort; the hook's frames stand where the call's stood.
    assert inside[0] - inside[1] < 1024


def test_after_an_overflow_of_the_engines_stack_the_hook_runs(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    rust.install_hook(LOGS)
    with pytest.raises(AbortError) as caught:
        rust.abort_native_stack(1)
    assert caught.value.reason is AbortReason.STACK_OVERFLOW
    assert any_embedder.printed == LINES


def test_the_hook_of_a_nested_abort_has_the_inner_entrys_stack_pointer(
    any_embedder: Embedder,
) -> None:
    rust = any_embedder.start()
    rust.install_hook(REENTERS)
    seen: list[int] = []

    def apply(_: object, number: int) -> int:
        seen.append(any_embedder.stack_pointer)
        return int(rust.abort_now())

    def reenter(n: int) -> int:
        seen.append(any_embedder.stack_pointer)
        return n

    any_embedder.apply, any_embedder.reenter = apply, reenter
    with pytest.raises(AbortError):
        rust.call_apply(1, 2)
    outer, hook = seen
    assert hook <= outer  # above it, the hook would write over the outer frames


@pytest.mark.parametrize("kind", [ASKS, LOGS_THEN_ASKS, ASKS_THEN_LOGS, ASKS_THEN_PANICS])
def test_the_hook_may_ask_for_a_fresh_start_at_any_place(any_embedder: Embedder, kind: int) -> None:
    abort_with(any_embedder, kind)
    assert any_embedder.instance.state == "dead"
    rust = any_embedder.instance.exports
    assert (rust.bump(), rust.starts()) == (1, 1)
    assert (any_embedder.instance.generation, any_embedder.instance.state) == (2, "live")


def test_a_hook_that_does_not_ask_gives_no_fresh_start(any_embedder: Embedder) -> None:
    abort_with(any_embedder, LOGS)
    with pytest.raises(TerminatedError):
        any_embedder.instance.exports.bump()
    assert any_embedder.instance.generation == 1


def test_an_entry_made_by_the_hook_raises_terminated_error(any_embedder: Embedder) -> None:
    seen: list[BaseException] = []

    def reenter(n: int) -> int:
        rust = any_embedder.instance.exports
        for call in (rust.bump, rust.ask_reinit, lambda: rust.greet("x"), acc.free):
            with pytest.raises(TerminatedError) as caught:
                call()
            seen.append(caught.value)
        return 7

    any_embedder.reenter = reenter
    rust = any_embedder.start()
    acc = rust.Acc()
    rust.install_hook(REENTERS)
    with pytest.raises(AbortError) as caught:
        rust.abort_now()
    assert [error.__cause__ for error in seen] == [caught.value] * 4
    assert any_embedder.printed == ["reenter gave 7"]


def test_renewing_and_closing_in_the_hook_are_refused(any_embedder: Embedder) -> None:
    seen: list[str] = []

    def reenter(n: int) -> int:
        for call in (any_embedder.instance.reinit, any_embedder.instance.close):
            with pytest.raises(Exception, match="while a call runs") as caught:
                call()
            seen.append(str(caught.value))
        return 0

    any_embedder.reenter = reenter
    abort_with(any_embedder, REENTERS)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (THROWS, "the abort hook failed: KeyError('thrown')"),
        (ABORTS, "the abort hook aborted: unreachable instruction executed"),
    ],
)
def test_a_failure_of_the_hook_is_noted_and_changes_nothing_else(
    any_embedder: Embedder, kind: int, note: str
) -> None:
    any_embedder.thrower = raiser(KeyError("thrown"))
    error = abort_with(any_embedder, kind)
    assert error.__notes__ == [note]
    assert any_embedder.instance.state == "dead"
    any_embedder.instance.reinit()
    assert any_embedder.instance.exports.bump() == 1


def test_a_panic_of_the_hook_is_noted_and_changes_nothing_else(embedder: Embedder) -> None:
    assert abort_with(embedder, PANICS).__notes__ == ["the abort hook panicked"]
    assert embedder.instance.state == "dead"


def test_a_panic_of_the_hook_of_a_panic_abort_module_is_an_abort_of_the_hook(
    abort_embedder: Embedder,
) -> None:
    assert "the abort hook aborted" in abort_with(abort_embedder, PANICS).__notes__[0]


def test_on_abort_is_called_after_a_hook_that_fails(any_embedder: Embedder) -> None:
    seen: list[AbortError] = []
    error = abort_with(any_embedder, ABORTS, on_abort=seen.append)
    assert seen == [error]


def test_a_keyboard_interrupt_in_the_hook_travels_out_after_the_death(
    any_embedder: Embedder,
) -> None:
    any_embedder.thrower = raiser(KeyboardInterrupt())
    rust = any_embedder.start()
    rust.install_hook(THROWS)
    with pytest.raises(KeyboardInterrupt) as caught:
        rust.abort_now()
    assert isinstance(caught.value.__cause__, AbortError)
    assert any_embedder.instance.state == "dead"
    assert any_embedder.lock_is_free()
    with pytest.raises(TerminatedError):
        rust.bump()


def test_a_fresh_generation_has_no_hook_until_it_is_installed(any_embedder: Embedder) -> None:
    abort_with(any_embedder, LOGS_THEN_ASKS)
    rust = any_embedder.instance.exports
    assert rust.bump() == 1
    with pytest.raises(AbortError):
        rust.abort_now()
    assert any_embedder.printed == LINES
    with pytest.raises(TerminatedError):
        rust.bump()
