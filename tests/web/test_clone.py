"""structuredClone where Node leaves the standard, and of a host's values."""

from __future__ import annotations

import pytest

from tests.web.world import World
from unpoison import js
from unpoison.web import DOMException, Event, structured_clone


@pytest.mark.parametrize("value", [Event("x"), object(), World, print, js.Symbol("s"), [print]])
def test_what_cannot_be_cloned_is_a_data_clone_error(value: object) -> None:
    with pytest.raises(DOMException) as caught:
        structured_clone(value)
    assert (caught.value.name, caught.value.code) == ("DataCloneError", 25)
    assert "could not be cloned" in caught.value.message


def test_a_hosts_containers_become_values_of_javascript() -> None:
    original = {"a": [1, (2, 3)], "s": {4}}
    copied = structured_clone(original)
    assert copied == {"a": [1, [2, 3]], "s": {4}}
    assert isinstance(copied, js.Object)
    assert isinstance(copied["a"], js.Array)
    assert isinstance(copied["s"], js.Set)


def test_an_exception_of_the_host_becomes_an_error_without_its_insides() -> None:
    cause = KeyError("inner")
    error = ValueError("outer")
    error.secret = "s"  # type: ignore[attr-defined]
    error.__cause__ = cause
    copied = structured_clone(error)
    assert type(copied) is js.Error
    assert (copied.name, copied.message, type(copied.cause)) == ("Error", "outer", js.Error)
    assert js.get(copied, "secret") is None


def test_nesting_without_end_is_a_range_error(world: World) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(js.RangeError, match="Maximum call stack"):
        structured_clone(deep)
    while deep:
        deep = deep.pop()  # type: ignore[assignment]


def test_nothing_is_transferred_twice() -> None:
    with pytest.raises(DOMException, match="DataCloneError"):
        structured_clone(1, [shared := js.Object(), shared])


def test_a_value_that_cannot_be_transferred_is_refused() -> None:
    with pytest.raises(DOMException, match="not transferable"):
        structured_clone(1, [js.Object()])


def test_report_error_tells_the_host(world: World) -> None:
    assert world.run("reportError(new RangeError('r')); reportError('text')") == [
        '"reported" RangeError: r',
        "\"reported\" ThrownValue: Rust threw 'text'",
    ]
