"""wasm-bindgen's own imports: what they throw, and how a panic's payload is told."""

from __future__ import annotations

import pytest

from tests.runtime.conftest import Embedder
from unpoison import BorrowError, PanicError, StaleHandleError, ThrownValue, js
from unpoison.runtime.border import Border
from unpoison.runtime.intrinsics import drop_closure, make_intrinsics, panic_error
from unpoison.runtime.throwing import (
    BORROW_MESSAGE,
    NULL_MESSAGE,
    OWNERSHIP_MESSAGE,
    rethrow,
    throw,
)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("any text", js.Error),
        (BORROW_MESSAGE, BorrowError),
        (OWNERSHIP_MESSAGE, BorrowError),
        (NULL_MESSAGE, StaleHandleError),
    ],
)
def test_throw_raises_the_error_that_the_text_means(message: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        throw(message)
    assert type(caught.value) is kind
    assert str(caught.value) == message


def test_rethrow_raises_an_exception_as_itself_and_a_value_as_thrown_value() -> None:
    error = KeyError("k")
    with pytest.raises(KeyError) as caught:
        rethrow(error)
    assert caught.value is error
    with pytest.raises(ThrownValue) as thrown:
        rethrow(5)
    assert thrown.value.value == 5


def test_a_text_that_rust_has_just_made_is_no_payload() -> None:
    text = "".join(["bo", "om"])
    error = panic_error(text, text)
    assert isinstance(error, PanicError)
    assert (error.message, error.payload) == ("boom", None)


@pytest.mark.parametrize(
    ("payload", "message"), [("boom", "boom"), (7, "7"), (None, "undefined"), ([1, 2], "1,2")]
)
def test_a_value_is_the_payload(payload: object, message: str) -> None:
    error = panic_error(payload, "".join(["bo", "om"]))
    assert isinstance(error, PanicError)
    assert (error.message, error.payload) == (message, payload)


def test_a_panic_that_is_a_borrow_violation_is_a_borrow_error() -> None:
    assert isinstance(panic_error(BORROW_MESSAGE, None), BorrowError)


def test_dropping_what_is_no_closure_does_nothing() -> None:
    drop_closure("no closure")


def test_a_guest_is_told_that_it_may_not_suspend(one_embedder: Embedder) -> None:
    one_embedder.start()
    intrinsics = make_intrinsics(Border(one_embedder.instance._supervisor, ()))
    assert intrinsics["jspi_in_context"]() == 0
    assert intrinsics["string_from_utf8_lossy"](b"a\xff") == "a\ufffd"
    assert intrinsics["externref_heap_live_count"]() == one_embedder.instance.live_handles
