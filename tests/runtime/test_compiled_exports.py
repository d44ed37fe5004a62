"""A compiled export is the function that it stands for, in all but its speed."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.runtime.conftest import Embedder
from tests.runtime.typed import load_types
from unpoison.engine import IS_COMPILED
from unpoison.errors import StaleHandleError, WrongThreadError

pytestmark = pytest.mark.skipif(not IS_COMPILED, reason="the compiled module is not in use")


def outcome(call: Callable[..., object], *arguments: object, **named: object) -> object:
    """Give what a call gives, or the type and text of what it raises."""
    try:
        result = call(*arguments, **named)
    except Exception as error:  # noqa: BLE001 - it is what a test compares
        return type(error), str(error)
    return type(result), result


class Whole(int):
    """An int of another type."""


class Text(str):
    """A str of another type."""

    __slots__ = ()


class Index:
    """What can be used as an int."""

    def __index__(self) -> int:
        return 7


ODD = [
    0, 1, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**32, 2**63, -(2**63), 2**64, 2**100,
    True, None, 1.5, float("nan"), float("inf"), "", "1", "é", "\udc80", "a" * 5000, b"x", Whole(5),
    Text("sub"), Index(), [], object,
]  # fmt: skip


@pytest.mark.parametrize("name", ["add", "greet"])
def test_any_argument_gives_what_the_generated_function_gives(
    any_embedder: Embedder, name: str
) -> None:
    exports = any_embedder.start()
    function = getattr(exports, name)
    count = len(inspect.signature(function).parameters)
    for value in ODD:
        given = [value] * count
        assert outcome(function, *given) == outcome(function.__wrapped__, *given), value


@pytest.mark.parametrize("make", [("adder", 2), ("joiner", "a")])
def test_a_closure_gives_what_the_generated_function_gives(
    any_embedder: Embedder, make: tuple[str, object]
) -> None:
    exports = any_embedder.start()
    closure = getattr(exports, make[0])(make[1])
    invoke = closure._invoke
    assert type(invoke) is type(exports.add)
    for value in ODD:
        assert outcome(closure, value) == outcome(invoke.__wrapped__, closure, value), value
    assert (closure._count, closure._running) == (1, False)


def test_a_closure_is_called_with_as_many_arguments_as_it_has(any_embedder: Embedder) -> None:
    closure = any_embedder.start().adder(1)
    plain = type(closure).__call__.__wrapped__
    for arguments in ((), (2,), (2, 3), (2, *[0] * 20)):
        assert outcome(closure, *arguments) == outcome(plain, closure, *arguments)
    with pytest.raises(TypeError):
        closure(left=1)
    assert closure.__call__(2) == 3


def test_arguments_may_be_named_and_their_number_is_checked(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    assert exports.add(left=1, right=2) == exports.add(1, right=2) == 3
    for arguments in ((), (1,), (1, 2, 3)):
        assert outcome(exports.add, *arguments) == outcome(exports.add.__wrapped__, *arguments)


def test_it_looks_like_the_function(any_embedder: Embedder) -> None:
    add = any_embedder.start().add
    function = add.__wrapped__
    assert type(add) is not type(function)
    assert (add.__name__, add.__doc__) == (function.__name__, function.__doc__)
    assert add.__annotations__ == function.__annotations__
    assert inspect.signature(add) == inspect.signature(function)
    assert repr(add) == repr(function)
    with pytest.raises(AttributeError):
        _ = add.nothing_of_that_name


def test_a_method_is_bound_to_its_object(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    acc = exports.Acc()
    push = acc.push
    push(1.5)
    exports.Acc.push(acc, 2.0)
    assert acc.total == 3.5
    assert push.__self__ is acc
    acc.pushes = 7
    assert acc.pushes == 7


def test_the_receiver_is_checked(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    acc = exports.Acc()
    for value in (None, 5, object(), exports):
        assert outcome(exports.Acc.push, value, 1.0) == outcome(
            exports.Acc.push.__wrapped__, value, 1.0
        )
    acc.free()
    with pytest.raises(StaleHandleError):
        acc.push(1.0)
    with pytest.raises(StaleHandleError):
        _ = acc.pushes


def test_an_object_of_an_earlier_generation_is_stale(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    acc = exports.Acc()
    any_embedder.instance.reinit()
    with pytest.raises(StaleHandleError):
        acc.push(1.0)
    assert exports.add(1, 2) == 3


def test_an_object_of_another_instance_is_refused(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    other = any_embedder.module.instantiate(any_embedder.imports())
    try:
        stranger = other.exports.Acc()
        assert outcome(exports.Acc.push, stranger, 1.0) == outcome(
            exports.Acc.push.__wrapped__, stranger, 1.0
        )
        assert stranger.pushes == 0
    finally:
        other.close()


def test_a_call_in_another_thread_is_refused_while_one_runs(any_embedder: Embedder) -> None:
    seen: list[object] = []

    def reenter(number: int) -> int:
        thread = threading.Thread(target=lambda: seen.append(outcome(exports.add, 1, 2)))
        thread.start()
        thread.join()
        seen.append(exports.add(1, 2))
        return number

    exports: Any = any_embedder.start()
    any_embedder.reenter = reenter
    assert exports.call_back(1) == 2
    assert seen[0][0] is WrongThreadError  # type: ignore[index]
    assert seen[1] == 3
    assert any_embedder.lock_is_free()


def test_a_string_that_is_not_ascii_leaves_no_copy_behind(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    text = "grüße" * 1000
    size = text.__sizeof__()
    assert text in exports.greet(text)
    assert text.__sizeof__() == size


def test_memory_that_grows_during_the_call_is_seen(any_embedder: Embedder) -> None:
    exports = any_embedder.start()
    before = any_embedder.instance.memory_size
    text = "x" * (8 << 20)
    assert exports.greet(text) == f"Hello, {text}!"
    assert any_embedder.instance.memory_size > before


# --- every compiled export of the crate of types, with any values ---

EDGES = [sign * 2**bits for bits in (7, 8, 15, 16, 31, 32, 63, 64) for sign in (1, -1)]
VALUES = st.one_of(
    st.integers(-(2**65), 2**65),
    st.sampled_from([edge + step for edge in EDGES for step in (-1, 0, 1)]),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(st.characters(codec=None), max_size=40),
    st.binary(max_size=40),
    st.lists(st.integers(-300, 300), max_size=5),
    st.builds(Whole, st.integers(-300, 300)),
    st.builds(Text, st.text(max_size=5)),
)
MODULE = load_types("legacy")
COMPILED = sorted(
    name
    for name, function in vars(MODULE.exports).items()
    if hasattr(function, "__wrapped__") and not isinstance(function, type)
)


def same(left: object, right: object) -> bool:
    texts = [re.sub("at 0x[0-9a-f]+", "at", repr(side)) for side in (left, right)]
    return left == right or texts[0] == texts[1]  # nan is nan, and each call makes its own object


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(COMPILED), st.lists(VALUES, max_size=3))
def test_a_compiled_export_cannot_be_told_from_its_function(name: str, given: list[object]) -> None:
    function = getattr(MODULE.exports, name)
    count = len(inspect.signature(function).parameters)
    arguments = [*given, *given, *given, 0, 0, 0][:count]
    assert same(outcome(function, *arguments), outcome(function.__wrapped__, *arguments))


def test_most_kinds_of_values_are_compiled() -> None:
    assert len(COMPILED) > 20
