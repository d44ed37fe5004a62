"""What a failed request is answered."""

from __future__ import annotations

import pytest

from unpoison import AbortError, AbortReason, PanicError, TerminatedError, js
from unpoison.workers.failures import (
    HungError,
    ObjectError,
    OverloadedError,
    answer_to,
    has_died,
)

CANCELED = "The Workers runtime canceled this request"


@pytest.mark.parametrize(
    ("error", "status", "start"),
    [
        (PanicError("boom"), 500, "PanicError: boom"),
        (AbortError("Rust aborted", AbortReason.UNREACHABLE), 500, CANCELED),
        (AbortError("too long", AbortReason.CPU_LIMIT), 500, CANCELED),
        (TerminatedError("gone"), 500, CANCELED),
        (HungError(), 500, CANCELED),
        (OverloadedError("no instance was free"), 503, "no instance was free"),
        (js.TypeError("no"), 500, "TypeError: no"),
        (js.Error("why"), 500, "Error: why"),
        (ValueError("of a host function"), 500, "ValueError: of a host function"),
        (ObjectError("PanicError: x", remote=True), 500, "Error: PanicError: x"),
    ],
)
def test_each_failure_has_its_status_and_its_words(
    error: BaseException, status: int, start: str
) -> None:
    answer = answer_to(error)
    assert answer.status == status
    assert answer.text.startswith(start)


def test_an_abort_says_its_reason() -> None:
    assert answer_to(AbortError("m", AbortReason.MEMORY_LIMIT)).text.endswith("(memory limit)")


def test_only_what_ended_an_instance_counts_as_its_death() -> None:
    assert has_died(AbortError("m", AbortReason.PANIC))
    assert has_died(TerminatedError("m"))
    assert not has_died(PanicError("m"))
    assert not has_died(HungError())


def test_an_object_error_has_only_the_properties_that_are_true() -> None:
    assert ObjectError("m").properties() == {}
    error = ObjectError("m", retryable=True, overloaded=True, is_reset=True)
    assert error.properties() == {
        "retryable": True,
        "overloaded": True,
        "durableObjectReset": True,
    }
