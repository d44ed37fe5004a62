"""What is copied at the border: bytes and numbers once in, once out, counted by their memory."""

from __future__ import annotations

import ctypes
import mmap
import tracemalloc
from array import array
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from tests.runtime.typed import load_types
from unpoison import js
from unpoison.runtime.border import Border

LENGTH = 1 << 21
SMALL = 1 << 16
"""Bytes that do not depend on the data: objects of the call."""


@pytest.fixture(scope="module")
def rust() -> Iterator[Any]:
    loaded = load_types("legacy")
    loaded.exports.reverse_f64(array("d", [0.0]) * LENGTH)  # its memory has grown from here on
    yield loaded.exports
    loaded.instance.close()


def peak_of(call: Callable[[], object]) -> tuple[int, object]:
    """Give the most memory of Python that a call had beside its arguments, and its result."""
    tracemalloc.start()
    try:
        result = call()
        return tracemalloc.get_traced_memory()[1], result
    finally:
        tracemalloc.stop()


def f64s(make: Callable[[array[float]], Any]) -> tuple[Any, list[float]]:
    numbers = array("d", range(LENGTH))
    return make(numbers), [float(LENGTH - 1), float(LENGTH - 2)]


BUFFERS: dict[str, Callable[[array[float]], Any]] = {
    "array": lambda numbers: numbers,
    "memoryview": memoryview,
    "memoryview of a part": lambda numbers: memoryview(array("d", [9.0]) + numbers)[1:],
    "ctypes": lambda numbers: (ctypes.c_double * LENGTH).from_buffer(numbers),
    "read-only": lambda numbers: memoryview(numbers).toreadonly(),
}


@pytest.mark.parametrize("kind", BUFFERS)
def test_numbers_are_copied_once_each_way(rust: Any, kind: str) -> None:
    given, first = f64s(BUFFERS[kind])
    peak, result = peak_of(lambda: rust.reverse_f64(given))
    assert isinstance(result, array)
    assert list(result[:2]) == first and len(result) == LENGTH
    assert peak < 1.1 * 8 * LENGTH + SMALL


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, lambda data: array("B", data)])
def test_bytes_are_copied_once_each_way(rust: Any, make: Callable[[bytes], Any]) -> None:
    given = make(bytes(range(256)) * (8 * LENGTH // 256))
    peak, result = peak_of(lambda: rust.reverse_u8(given))
    assert isinstance(result, bytes)
    assert result[:3] == b"\xff\xfe\xfd" and len(result) == 8 * LENGTH
    assert peak < 1.1 * 8 * LENGTH + SMALL


def test_a_typed_array_of_a_vector_is_its_only_further_copy() -> None:
    numbers = array("d", range(LENGTH))
    peak, made = peak_of(lambda: Border.typed_array(numbers, "d"))
    assert isinstance(made, js.Float64Array)
    assert made.to_memoryview()[-1] == LENGTH - 1
    assert peak < 1.1 * 8 * LENGTH + SMALL
    assert bytes(Border.typed_array(array("d"), "d")) == b""
    assert bytes(Border.typed_array(b"", "C")) == b""


def test_a_string_is_decoded_once(rust: Any) -> None:
    text = "x" * (8 * LENGTH)
    peak, result = peak_of(lambda: rust.echo_string(text))
    assert result == text
    # The pure path encodes the argument; the compiled one takes its bytes from the str.
    assert peak < 2.1 * 8 * LENGTH + SMALL


def test_numbers_with_gaps_are_packed_and_in_order(rust: Any) -> None:
    numbers = array("d", range(12))
    assert list(rust.reverse_f64(memoryview(numbers)[::3])) == [9.0, 6.0, 3.0, 0.0]
    assert list(rust.reverse_f64(memoryview(numbers)[::-1])) == list(map(float, range(12)))
    assert rust.reverse_u8(memoryview(b"abcdef")[::2]) == b"eca"


def test_a_buffer_can_be_resized_after_the_call(rust: Any) -> None:
    numbers = array("d", [1.0, 2.0])
    assert list(rust.reverse_f64(numbers)) == [2.0, 1.0]
    numbers.append(3.0)
    result = rust.reverse_f64(numbers)
    result.append(0.0)  # it is the caller's own
    assert list(result) == [3.0, 2.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (array("f", [1.0]), "format 'd'"),
        (array("q", [1]), "format 'd'"),
        (b"\0" * 8, "format 'd'"),
        (memoryview(array("d", range(4))).cast("B").cast("d", (2, 2)), "one dimension"),
        (ctypes.c_double(1.0), "one dimension"),
        ((ctypes.c_double.__ctype_be__ * 2)(1.0, 2.0), "format 'd'"),
        ("1.0", "sequence"),
        (1.0, "sequence"),
        ({1.0: 2.0}, "sequence"),
    ],
    ids=["f32", "i64", "bytes", "matrix", "scalar", "big-endian", "text", "number", "mapping"],
)
def test_another_buffer_is_one_clear_error(rust: Any, given: object, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        rust.reverse_f64(given)


@pytest.mark.parametrize("wide", [False, True])
def test_more_than_rust_can_hold_is_refused_and_the_instance_lives(rust: Any, wide: bool) -> None:
    with mmap.mmap(-1, 1 << 31) as pages, memoryview(pages) as whole:  # never touched, so no memory
        given = whole.cast("d") if wide else whole
        with pytest.raises(OverflowError, match=r"at most 2147483647 bytes, not 2147483648"):
            (rust.reverse_f64 if wide else rust.reverse_u8)(given)
        given.release()
    assert rust.reverse_u8(b"abc") == b"cba"


@pytest.mark.skipif(find_spec("numpy") is None, reason="numpy is not installed")
def test_arrays_of_numpy_are_buffers_like_others(rust: Any) -> None:
    import numpy  # type: ignore[import-not-found,unused-ignore]

    numbers = numpy.arange(LENGTH, dtype=numpy.float64)
    peak, result = peak_of(lambda: rust.reverse_f64(numbers))
    assert numpy.array_equal(numpy.frombuffer(result), numbers[::-1])
    assert peak < 1.1 * 8 * LENGTH + SMALL
    with pytest.raises(TypeError, match="format 'd'"):
        rust.reverse_f64(numbers.astype(numpy.float32))
    assert list(rust.reverse_f64(numbers[:6:2])) == [4.0, 2.0, 0.0]
