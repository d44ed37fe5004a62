"""Error objects are JavaScript values and Python exceptions at once."""

from __future__ import annotations

import copy
import pickle

import pytest

from unpoison import js
from unpoison.errors import PanicError, ThrownError, ThrownValue


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_an_error_has_name_message_and_cause() -> None:
    error = js.Error("boom", cause=5)
    assert (error.name, error.message, error.cause) == ("Error", "boom", 5)
    assert (js.Error().message, js.Error().cause) == ("", None)
    assert js.Error("x", name="Custom").name == "Custom"


@pytest.mark.parametrize("name", js.ERROR_CLASSES)
def test_each_class_has_its_name_and_is_an_error(name: str) -> None:
    error = js.ERROR_CLASSES[name]()
    assert js.error_name(error) == name
    assert isinstance(error, js.Error)
    assert isinstance(error, ThrownError)
    assert getattr(js, name) is js.ERROR_CLASSES[name]
    assert type(error).__module__ == "unpoison.js"


def test_the_cause_is_pythons_cause_when_it_is_an_exception() -> None:
    root = ValueError("root")
    assert js.Error("top", cause=root).__cause__ is root
    assert raised(js.Error("top"), root).cause is root  # type: ignore[attr-defined]


def test_an_aggregate_has_its_errors() -> None:
    error = js.AggregateError([1, "two"], "both")
    assert (error.errors, error.message) == ([1, "two"], "both")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (js.Error("m"), "m"),
        (js.TypeError("m"), "m"),
        (js.Error("m", name="Custom"), "Custom: m"),
        (js.Error("", name="Custom"), "Custom"),
    ],
)
def test_python_prints_the_message_and_a_name_of_its_own(error: js.Error, text: str) -> None:
    assert str(error) == text


def test_errors_survive_pickle_and_copy() -> None:
    error = js.RangeError("m", name="N", cause=[1])
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is js.RangeError
        assert (again.message, again.name, again.cause) == ("m", "N", [1])
    both = pickle.loads(pickle.dumps(js.AggregateError([1], "m")))
    assert (both.errors, both.message) == ([1], "m")


def test_a_python_exception_is_an_error() -> None:
    cause = KeyError("k")
    error = raised(ValueError("bad"), cause)
    assert js.is_error(error)
    assert js.error_name(error) == "ValueError"
    assert js.error_message(error) == "bad"
    assert js.error_cause(error) is cause
    assert js.error_text(error) == js.error_stack(error) == "ValueError: bad"


def test_a_panic_is_an_error_named_panic_error() -> None:
    assert js.error_text(PanicError("oh no")) == "PanicError: oh no"


def test_an_exception_that_cannot_say_its_message_has_none() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert js.error_message(MuteError()) == ""


def test_values_that_are_no_exceptions_are_no_errors() -> None:
    assert not any(map(js.is_error, (None, "Error", {"name": "Error", "message": "m"}, ValueError)))


def test_throwing_a_value_and_catching_it_gives_the_value_back() -> None:
    exception = ValueError()
    for value in (exception, js.Error("e"), 5, None, "text", [1]):
        assert js.from_exception(js.as_exception(value)) is value
    assert js.as_exception(exception) is exception
    assert isinstance(js.as_exception(5), ThrownValue)


def test_no_stack_names_the_host() -> None:
    error = raised(ValueError("bad"))
    assert error.__traceback__ is not None
    assert __file__ not in js.error_stack(error)
    own = js.Error("m")
    assert own.stack == "Error: m"
    own.stack = "at guest"
    assert js.error_stack(own) == "at guest"
