"""Typed arrays, buffers and DataViews as Python code uses them, and the buffers of a host."""

from __future__ import annotations

import array
import ctypes
import mmap
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unpoison import js
from unpoison.js.base64_text import decode, decode_hex, encode


def strided() -> memoryview:
    return memoryview(b"abcd")[::2]


def test_it_is_made_of_values_of_a_buffer_or_of_a_length() -> None:
    assert js.Uint8Array() == js.Uint8Array(0)
    assert js.Uint8Array(3).tolist() == [0, 0, 0]
    assert js.Uint8Array([1, 256, -1]).tolist() == [1, 0, 255]
    assert js.Uint8Array(b"ab").tolist() == [97, 98]
    assert js.Int16Array(range(3)).tolist() == [0, 1, 2]
    assert js.Int16Array(n * n for n in range(3)).tolist() == [0, 1, 4]
    assert js.Float32Array(js.Float64Array([0.1])).tolist() == [0.10000000149011612]
    assert js.BigInt64Array([js.BigInt(-1)]).tolist() == [-1]
    assert js.Uint16Array(js.ArrayBuffer(6), 2).tolist() == [0, 0]
    assert js.Uint8Array(js.ArrayBuffer(6), 2, 1).tolist() == [0]


def test_a_buffer_that_is_copied_is_not_shared() -> None:
    data = bytearray(b"ab")
    made = js.Uint8Array(data)
    data[0] = 0
    assert made.tolist() == [97, 98]


def test_frombuffer_shares_the_bytes_of_a_host() -> None:
    data = bytearray(b"ab")
    made = js.Uint8Array.frombuffer(data)
    data[0] = 0
    made[1] = 7
    assert (made.tolist(), data) == ([0, 7], bytearray(b"\0\x07"))
    with pytest.raises(js.TypeError, match="read-only"):
        js.Uint8Array.frombuffer(b"ab")[0] = 1
    with pytest.raises(ValueError, match="no multiple of an element's 4"):
        js.Float32Array.frombuffer(bytes(6))
    with pytest.raises(TypeError):
        js.Uint8Array.frombuffer("text")


def test_it_is_a_sequence_of_fixed_length() -> None:
    one = js.Uint8Array([1, 2, 3, 4])
    assert (len(one), one[0], one[-1], list(one), 3 in one, 9 in one) == (
        4, 1, 4, [1, 2, 3, 4], True, False,
    )  # fmt: skip
    assert one[1:3] == js.Uint8Array([2, 3])
    assert one[::-1].tolist() == [4, 3, 2, 1]
    one[0] = 257
    one[1:3] = [9, 8]
    assert one.tolist() == [1, 9, 8, 4]
    copy = one[:]
    copy[0] = 0
    assert one[0] == 1
    for wrong in (4, -5):
        with pytest.raises(IndexError):
            one[wrong]
        with pytest.raises(IndexError):
            one[wrong] = 1
    with pytest.raises(ValueError, match="1 values for 2 elements"):
        one[:2] = [1]
    with pytest.raises(TypeError):
        hash(one)


def test_elements_are_python_numbers_of_the_js_kind() -> None:
    assert js.Float64Array([1.0, 1.5])[0] == 1
    assert type(js.Float64Array([1.0])[0]) is int
    assert type(js.BigUint64Array([js.BigInt(5)])[0]) is js.BigInt
    with pytest.raises(js.TypeError, match="Cannot convert 1 to a BigInt"):
        js.BigUint64Array([1])


def test_equality_is_of_class_and_elements() -> None:
    assert js.Uint8Array([1]) == js.Uint8Array([1])
    assert js.Uint8Array([1]) == b"\x01"
    assert js.Float64Array([1]) == array.array("d", [1])
    assert js.Uint8Array([1]) != js.Int8Array([1])
    assert js.Uint8Array([1]) != [1]
    assert js.Float64Array([float("nan")]) != js.Float64Array([float("nan")])


@pytest.mark.parametrize(("name", "code"), [
    ("Int8Array", "b"), ("Uint8Array", "B"), ("Uint8ClampedArray", "B"), ("Int16Array", "h"),
    ("Uint16Array", "H"), ("Int32Array", "i"), ("Uint32Array", "I"), ("BigInt64Array", "q"),
    ("BigUint64Array", "Q"), ("Float16Array", "B"), ("Float32Array", "f"), ("Float64Array", "d"),
])  # fmt: skip
def test_a_memoryview_shows_the_elements(name: str, code: str) -> None:
    one = getattr(js, name)(2)
    view = one.to_memoryview()
    assert view.format == code
    view.cast("B")[0] = 1
    assert one[0] != 0
    assert bytes(one) == one.to_bytes() == view.tobytes()


def test_it_shows_itself() -> None:
    assert repr(js.Uint8Array([1, 2])) == "Uint8Array([1, 2])"
    assert repr(js.Uint8Array(101)).endswith("0, ...])")
    assert repr(js.ArrayBuffer(3)) == "<js ArrayBuffer, 3 bytes>"
    assert repr(js.DataView(js.ArrayBuffer(3))) == "<js DataView, 3 bytes>"


def test_a_detached_buffer_is_a_clear_error() -> None:
    buffer = js.ArrayBuffer(4)
    one, view = js.Uint8Array(buffer), js.DataView(buffer)
    moved = buffer.transfer()
    assert (len(moved), repr(buffer)) == (4, "<js ArrayBuffer, detached>")
    assert repr(one) == "<js Uint8Array, detached>"
    for use in (
        lambda: len(one), lambda: one[0], lambda: bytes(one), lambda: one.to_memoryview(),
        lambda: list(one), lambda: view.getInt8(0), lambda: buffer.to_bytes(),
        lambda: bytes(buffer),
    ):  # fmt: skip
        with pytest.raises(js.TypeError, match="detached"):
            use()


def test_a_memoryview_outlives_a_resize_with_the_old_bytes() -> None:
    buffer = js.ArrayBuffer(4, limit=8)
    view = buffer.to_memoryview()
    buffer.resize(8)
    view[0] = 9
    assert bytes(buffer) == bytes(8)


def test_buffers_are_bounded() -> None:
    for make in (js.ArrayBuffer, js.Uint8Array, js.SharedArrayBuffer):
        with pytest.raises(js.RangeError, match="allocation failed"):
            make(1 << 40)
    with pytest.raises(js.RangeError, match="allocation failed"):
        js.ArrayBuffer(1, limit=1 << 40)
    with pytest.raises(js.RangeError):
        js.ArrayBuffer(-1)


def test_the_length_of_an_array_like_is_checked_before_it_is_walked() -> None:
    with pytest.raises(js.RangeError):
        js.call_method(js.Uint8Array(4), "set", js.Object({"length": 2**53 - 1}))


# --- buffers of a host, seen by a guest ---

HOSTS: dict[str, tuple[Any, str]] = {
    "bytes": (b"\x01\x02", "Uint8Array"),
    "bytearray": (bytearray(b"\x01\x02"), "Uint8Array"),
    "memoryview": (memoryview(bytearray(b"\x01\x02")), "Uint8Array"),
    "array": (array.array("h", [1, 2]), "Int16Array"),
    "ctypes": ((ctypes.c_float * 2)(1, 2), "Float32Array"),
    "64 bits": (array.array("Q", [1, 2]), "BigUint64Array"),
    "doubles": (array.array("d", [1, 2]), "Float64Array"),
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_buffer_of_a_host_is_a_typed_array(host: str) -> None:
    value, name = HOSTS[host]
    assert js.class_tag(value) == name
    assert js.get(value, "length") == 2
    assert js.get(value, 0) == 1
    assert js.get(value, 5) is None
    assert js.own_keys(value) == ["0", "1"]
    assert js.has(value, 1)
    assert not js.has(value, 2)
    assert js.call_method(value, "join", "-") == "1-2"
    assert list(js.iterate(value)) == [1, 2]
    made = js.call_method(value, "slice", 1)
    assert type(made) is js.TYPED_ARRAY_TYPES[name]
    assert made.tolist() == [2]
    assert js.get(value, "buffer").to_bytes() == bytes(value)
    shown = js.typed_array_of(value)
    assert shown is not None
    assert js.bytes_of(value) == shown.read_bytes() == bytes(value)


def test_a_guest_writes_into_a_buffer_of_a_host() -> None:
    data = bytearray(2)
    js.set_property(data, 0, 300)
    js.set_property(data, 5, 1)
    js.call_method(data, "set", [7], 1)
    assert data == bytearray(b"\x2c\x07")
    with pytest.raises(js.TypeError, match="read-only"):
        js.set_property(b"ab", 0, 1)
    with pytest.raises(js.TypeError):
        js.set_property(data, "name", 1)
    assert js.call_method(data, "fill", 1) is data


def test_a_host_may_resize_its_bytearray_after_a_guest_has_read_it() -> None:
    data = bytearray(2)
    assert js.get(data, 0) == 0
    data.extend(b"x")
    assert js.get(data, "length") == 3


def test_a_mapped_file_is_a_typed_array_until_it_is_closed() -> None:
    mapped = mmap.mmap(-1, 4)
    assert js.class_tag(mapped) == "Uint8Array"
    mapped.close()
    assert js.class_tag(mapped) == "Object"


@pytest.mark.parametrize(
    "value",
    [strided(), memoryview(b"ab").cast("?"), ctypes.c_int(5)],
    ids=["strided", "booleans", "one number"],
)
def test_what_is_no_array_of_numbers_is_no_typed_array(value: Any) -> None:
    assert js.class_tag(value) == "Object"
    assert js.get(value, "length") is None
    assert js.get(value, "obj") is None


def test_big_endian_numbers_are_no_typed_array() -> None:
    value = (ctypes.c_int32.__ctype_be__ * 2)(1, 2)
    assert js.class_tag(value) == "Object"


# --- base64 and hexadecimal ---


@given(st.binary(max_size=60), st.sampled_from(["base64", "base64url"]), st.booleans())
@settings(max_examples=100)
def test_reading_what_was_written_gives_the_bytes(data: bytes, alphabet: str, padded: bool) -> None:
    text = encode(data, alphabet, padded=padded)
    found = decode(text, alphabet, "loose")
    assert (found.data, found.read, found.error) == (data, len(text), None)
    assert decode_hex(data.hex()).data == data


@given(st.text(alphabet="AZaz09+/-_= \n!", max_size=20), st.integers(0, 12))
@settings(max_examples=200)
def test_reading_any_text_ends_and_keeps_to_the_room(text: str, room: int) -> None:
    for handling in ("loose", "strict", "stop-before-partial"):
        found = decode(text, "base64", handling, room)
        assert len(found.data) <= room
        assert found.read <= len(text)
        assert found.error is None or isinstance(found.error, js.SyntaxError)


# --- Atomics that wait ---


def realm_with_timers() -> tuple[js.Realm, list[tuple[float, Any]], js.MicrotaskQueue]:
    timers: list[tuple[float, Any]] = []

    class Timer:
        def __init__(self, entry: tuple[float, Any]) -> None:
            self.entry = entry

        def cancel(self) -> None:
            timers.remove(self.entry)

    class Host:
        def call_later(self, seconds: float, callback: Any) -> Timer:
            timers.append((seconds, callback))
            return Timer(timers[-1])

    queue = js.MicrotaskQueue(print)
    host: Any = Host()
    return js.make_realm(js.PromiseRealm(queue, host=host)), timers, queue


def wait_async(realm: js.Realm, numbers: js.Int32Array, *rest: object) -> Any:
    atomics = realm.global_object["Atomics"]
    return js.get(js.call_method(atomics, "waitAsync", numbers, 0, 0, *rest), "value")


def test_wait_async_is_settled_by_notify_or_by_its_timer() -> None:
    realm, timers, _ = realm_with_timers()
    numbers = js.Int32Array(js.SharedArrayBuffer(4))
    woken, late = wait_async(realm, numbers, 50), wait_async(realm, numbers, 100)
    assert [seconds for seconds, _ in timers] == [0.05, 0.1]
    assert js.call_method(realm.global_object["Atomics"], "notify", numbers, 0, 1) == 1
    timers[0][1]()
    assert (woken.result(), late.result()) == ("ok", "timed-out")
    assert js.call_method(realm.global_object["Atomics"], "notify", numbers, 0) == 0


def test_wait_is_refused_as_on_the_main_thread_of_a_browser() -> None:
    realm, _, _ = realm_with_timers()
    numbers = js.Int32Array(js.SharedArrayBuffer(4))
    with pytest.raises(js.TypeError, match="cannot be called in this context"):
        js.call_method(realm.global_object["Atomics"], "wait", numbers, 0, 0)
