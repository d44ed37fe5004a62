"""A call that fails while its arguments are converted leaves nothing behind in the guest."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests.runtime.guest_heap import flat, held
from tests.runtime.test_closure_kinds import CRATE, Host
from unpoison import StaleHandleError
from unpoison.runtime import handles

NAMES = (
    "text", "value", "token", "bytes", "lent", "values", "texts", "borrowed", "changed", "last",
)  # fmt: skip


class OddError(Exception):
    """What an argument's own code raises."""


class Raising(list[Any]):
    """A sequence whose own code raises at its last element."""

    def __init__(self, items: list[Any]) -> None:
        super().__init__(items)
        self.length = len(items)

    def __iter__(self) -> Iterator[Any]:
        yield from (self[index] for index in range(self.length))
        raise OddError

    def __len__(self) -> int:
        return self.length + 1


class OddNumber:
    """A number whose own code raises."""

    def __index__(self) -> int:
        raise OddError


class Lazy:
    """A number whose own code calls the guest."""

    def __init__(self, rust: Any) -> None:
        self.rust = rust

    def __index__(self) -> int:
        rust = self.rust
        return int(rust.take_all(*good(rust).values()))


def good(rust: Any) -> dict[str, Any]:
    """Give arguments that fit: their sum is 38."""
    return {
        "text": "ten bytes.",
        "value": object(),
        "token": rust.Token(1),
        "bytes": b"12345",
        "lent": object(),
        "values": [object(), 1],
        "texts": ["ab", "é"],
        "borrowed": rust.Token(2),
        "changed": bytearray(3),
        "last": 12,
    }


BAD: dict[str, tuple[object, type[Exception]]] = {
    "text": (5, TypeError),
    "token": (5, TypeError),
    "bytes": ([1, 2, 256], OverflowError),
    "values": (Raising([object(), 1]), OddError),
    "texts": (["text" * 100, 5], TypeError),
    "borrowed": (None, TypeError),
    "changed": (b"read only", TypeError),
    "last": (OddNumber(), OddError),
}
"""For each parameter that refuses anything, what it refuses."""


@pytest.fixture
def instance(modules: Callable[[Path], unpoison.Module]) -> Iterator[Any]:
    made = modules(CRATE / "closures.legacy.wasm").instantiate({"host": Host()})
    yield made
    made.close()


def test_a_call_takes_all_of_them(instance: Any) -> None:
    arguments = good(instance.exports)
    assert list(arguments) == list(NAMES)
    assert instance.exports.take_all(*arguments.values()) == 10 + 1 + 1 + 5 + 1 + 2 + 4 + 2 + 12
    assert arguments["changed"] == b"\7\7\7"
    with pytest.raises(StaleHandleError):
        _ = arguments["token"].number


def test_calls_that_succeed_leave_nothing_behind(instance: Any) -> None:
    flat(instance, lambda: instance.exports.take_all(*good(instance.exports).values()))


@pytest.mark.parametrize("name", BAD)
def test_an_argument_that_is_refused_leaves_nothing_of_those_before(
    instance: Any, name: str
) -> None:
    rust = instance.exports
    bad, error = BAD[name]

    def once() -> None:
        arguments = {**good(rust), name: bad}
        with pytest.raises(error):
            rust.take_all(*arguments.values())

    flat(instance, once)


@pytest.mark.parametrize("name", sorted(BAD.keys() - {"token"}))
def test_an_object_of_a_call_that_was_refused_is_still_pythons(instance: Any, name: str) -> None:
    rust = instance.exports
    arguments = {**good(rust), name: BAD[name][0]}
    with pytest.raises(BAD[name][1]):
        rust.take_all(*arguments.values())
    assert arguments["token"].number == 1
    if name != "changed":
        assert arguments["changed"] == bytes(3)
    again = {**good(rust), "token": arguments["token"]}
    assert rust.take_all(*again.values()) == 38


def test_an_argument_whose_own_code_calls_the_guest_is_taken(instance: Any) -> None:
    rust = instance.exports

    def once() -> None:
        arguments = {**good(rust), "last": Lazy(rust)}
        assert rust.take_all(*arguments.values()) == 38 - 12 + 38

    flat(instance, once, 100)


def test_one_object_that_is_moved_and_borrowed_is_refused_whole(instance: Any) -> None:
    rust = instance.exports

    def once() -> None:
        arguments = good(rust)
        with pytest.raises((unpoison.BorrowError, StaleHandleError)):
            rust.take_all(*{**arguments, "borrowed": arguments["token"]}.values())
        assert arguments["token"].number == 1

    flat(instance, once)


def test_lent_values_beyond_their_slots_leave_nothing_behind(instance: Any) -> None:
    rust = instance.exports
    lent = instance._supervisor.home.handles.lent
    filler = [object()] * (handles.LENT - 1)
    rust.take_all(*good(rust).values())
    before = held(instance)
    lent.extend(filler)
    arguments = good(rust)
    with pytest.raises(RecursionError, match="more than 1023 values"):
        rust.take_all(*arguments.values())
    assert len(lent) == len(filler)
    lent.clear()
    assert arguments["token"].number == 1
    del arguments
    gc.collect()
    assert held(instance) == before
    assert rust.take_all(*good(rust).values()) == 38


def test_a_full_table_of_handles_ends_the_instance(
    instance: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = good(instance.exports)
    monkeypatch.setattr(handles, "MAX_HANDLES", len(instance._supervisor.home.handles.values))
    with pytest.raises(unpoison.AbortError):
        instance.exports.take_all(*{**arguments, "values": [object()] * 1000}.values())
    assert (instance.state, instance.live_handles) == ("dead", 0)


def test_a_text_beyond_the_memory_limit_ends_the_instance_with_its_name(
    modules: Callable[[Path], unpoison.Module],
) -> None:
    module = modules(CRATE / "closures.legacy.wasm")
    limits = unpoison.Limits(memory=4 << 20)
    with module.instantiate({"host": Host()}, limits=limits) as small:
        arguments = {**good(small.exports), "texts": ["x" * (8 << 20)]}
        with pytest.raises(unpoison.AbortError) as caught:
            small.exports.take_all(*arguments.values())
        assert caught.value.reason is unpoison.AbortReason.MEMORY_LIMIT
        assert small.memory_size <= 4 << 20
