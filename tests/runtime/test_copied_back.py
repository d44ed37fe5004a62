"""`&mut [T]` of an export: Rust changes the host's own buffer. In panic=abort builds only."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator
from typing import Any

import pytest

import unpoison
from tests.runtime.test_classes import CRATE, Lamp
from tests.runtime.test_copies import SMALL, peak_of
from unpoison import js

KINDS = {
    "i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
    "f32": "f", "f64": "d",
}  # fmt: skip


IMPORTS = {
    "Lamp": Lamp, "Torch": Lamp, "Prefixed": Lamp, "VERSION": "1", "SETTINGS": None,
    "MISSING": None, "deep": {"er": {"DEPTH": 7, "dig": abs}}, "not-a-name": int,
}  # fmt: skip


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(CRATE / "classes.abort.wasm")


@pytest.fixture(scope="module")
def exports(module: unpoison.Module) -> Iterator[Any]:
    with module.instantiate(IMPORTS) as instance:
        yield instance.exports


@pytest.mark.parametrize(("kind", "code"), KINDS.items())
def test_a_buffer_of_the_host_is_changed_in_place(exports: Any, kind: str, code: str) -> None:
    numbers = array(code, [1, 2, 3])
    getattr(exports, f"reverse_{kind}")(numbers)
    assert numbers == array(code, [3, 2, 1])
    getattr(exports, f"reverse_{kind}")(array(code))


def test_any_writable_buffer_is_taken_and_nothing_else(exports: Any) -> None:
    data = bytearray(b"abc")
    assert exports.fill("text", data, 7) == "text"
    assert data == b"\7\7\7"
    exports.fill("", memoryview(data)[1:], 9)
    assert data == b"\7\x09\x09"
    for wrong in (b"abc", [1, 2], array("h", [1]), memoryview(data)[::2], "abc", None):
        with pytest.raises(TypeError, match="value must be"):
            exports.fill("text", wrong, 1)


def test_a_panic_in_the_midst_copies_nothing_back(module: unpoison.Module) -> None:
    with module.instantiate(IMPORTS) as instance:
        numbers = array("I", [1, 2, 0, 4])
        instance.exports.reverse_u32(numbers)
        with pytest.raises(unpoison.AbortError) as caught:
            instance.exports.double_until_zero(numbers)
        assert caught.value.reason is unpoison.AbortReason.PANIC
        assert numbers == array("I", [4, 0, 2, 1])
        numbers.append(5)  # nothing holds the buffer any more


@pytest.mark.parametrize("wrap", [lambda numbers: numbers, js.Float64Array.frombuffer])
def test_it_is_copied_from_memory_to_memory(exports: Any, wrap: Any) -> None:
    numbers = array("d", range(1 << 20))
    given = wrap(numbers)
    exports.reverse_f64(given)
    peak, _ = peak_of(lambda: exports.reverse_f64(given))
    assert numbers[1] == 1 and numbers[-1] == (1 << 20) - 1
    assert peak < SMALL


def test_a_buffer_larger_than_rust_can_hold_is_refused(exports: Any) -> None:
    with mmap.mmap(-1, 1 << 31) as pages, pytest.raises(OverflowError, match="value must have at"):
        exports.fill("text", pages, 1)
