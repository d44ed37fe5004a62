"""Stored values against V8 itself, through their own bytes, and against hostile bytes."""

from __future__ import annotations

import json
import math
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests._peers import node20
from tests.workers.v8_described import describe
from unpoison import js, web
from unpoison.workers.v8_values import decode_value, encode_value

HERE = Path(__file__).resolve().parent

SOURCES = [
    "undefined",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "2**31 - 1",
    "-(2**31)",
    "2**31",
    "2**53",
    "1.5",
    "NaN",
    "-Infinity",
    "0n",
    "-1n",
    "2n**64n",
    "-(2n**200n)",
    "''",
    "'abc'",
    "'é'",
    "'π'",
    "'a'.repeat(200) + 'π'",
    "'😀'",
    r"'\ud800'",
    r"'a\0b'",
    "{}",
    "{a: 1, b: {c: 'x'}}",
    "{5: 1, b: 2, 4294967295: 3, 2147483648: 4}",
    "{'π': 'π', x: ['π']}",
    "[]",
    "[1, 'a', [null, undefined]]",
    "Object.assign([1, 2], {x: 5})",
    "new Map([[1, {}], ['a', new Map()], [NaN, -0]])",
    "new Set(['a', 1, {}])",
    "new Date(0)",
    "new Date(-1234567890123)",
    "new Date(NaN)",
    r"/a\n/gimsuyd",
    "/[a--b]/v",
    "Object(1)",
    "Object(-0)",
    "Object('sé')",
    "Object(true)",
    "Object(false)",
    "Object(7n)",
    "Object.assign(new TypeError('m', {cause: {a: 1}}), {stack: 'at π'})",
    "Object.assign(new Error('m'), {stack: 's'})",
    "Object.assign(new RangeError(), {stack: 's'})",
    "new Uint8Array([1, 2, 3]).buffer",
    "new Uint8Array([1, 2, 3])",
    "new Uint8Array([1, 2, 3]).subarray(1)",
    "new Float64Array([1.5])",
    "new BigInt64Array([-1n])",
    "new Uint8ClampedArray([255])",
    "new DataView(new ArrayBuffer(4), 1, 2)",
    "new ArrayBuffer(2, {maxByteLength: 8})",
    "new Uint8Array(new ArrayBuffer(2, {maxByteLength: 8}))",
    "new Uint8Array(new ArrayBuffer(2, {maxByteLength: 8}), 0, 1)",
    "(() => {const o = {}; o.o = o; return [o, o, {o}]})()",
    "(() => {const b = new ArrayBuffer(8); return [new Uint8Array(b, 1), b, new DataView(b)]})()",
    "(() => {const m = new Map(); m.set(m, m); return m})()",
    "(() => {const s = new Set(); s.add(s); return s})()",
]
"""Values whose bytes V8 and we write alike."""

READ_ONLY_SOURCES = ["[1, , 3]", "new Array(5)", "[, 'a']"]
"""Values with holes, which come back as undefined."""


@cache
def node(rows: str) -> Any:
    done = subprocess.run(
        [node20(), str(HERE / "v8_values.mjs")],
        input=rows,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@cache
def from_node() -> dict[str, Any]:
    sources = [*SOURCES, *READ_ONLY_SOURCES]
    return dict(zip(sources, node(json.dumps([{"source": each} for each in sources])), strict=True))


def back(value: Any) -> Any:
    return decode_value(encode_value(value))


# Against V8


@pytest.mark.peers
@pytest.mark.parametrize("source", SOURCES)
def test_what_v8_wrote_is_read_and_written_again_alike(source: str) -> None:
    theirs = from_node()[source]
    data = bytes.fromhex(theirs["bytes"])
    value = decode_value(data)
    assert describe(value) == theirs["described"]
    again = encode_value(value)
    if again != data:  # the order of keys that are no small integers may differ
        assert describe(decode_value(again)) == theirs["described"]
        assert node(json.dumps([{"bytes": again.hex()}]))[0]["described"] == theirs["described"]


@pytest.mark.peers
def test_the_bytes_are_v8s() -> None:
    rows = from_node()
    different = [
        source
        for source in SOURCES
        if encode_value(decode_value(bytes.fromhex(rows[source]["bytes"]))).hex()
        != rows[source]["bytes"]
    ]
    assert different == []


@pytest.mark.peers
@pytest.mark.parametrize("source", READ_ONLY_SOURCES)
def test_holes_of_v8_are_read_as_undefined(source: str) -> None:
    theirs = from_node()[source]
    assert describe(decode_value(bytes.fromhex(theirs["bytes"]))) == theirs["described"]


# There and back


def values() -> st.SearchStrategy[Any]:
    numbers = st.one_of(
        st.integers(-(2**53) + 1, 2**53 - 1), st.floats(), st.integers().map(js.BigInt)
    )
    plain = st.one_of(
        st.none(), st.just(js.null), st.booleans(), numbers, st.text(st.characters(codec=None))
    )
    buffers = st.binary(max_size=20).map(js.Uint8Array)
    leaves = st.one_of(
        plain,
        buffers,
        st.floats(-8.64e15, 8.64e15).map(js.Date),
        st.builds(js.RangeError, st.text()),
        st.one_of(st.booleans(), st.text()).map(js.Wrapper),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4).map(js.Array),
            st.dictionaries(st.text(), inner, max_size=4).map(js.Object),
            st.lists(st.tuples(inner, inner), max_size=4).map(js.Map),
            st.lists(inner, max_size=4).map(js.Set),
            inner.map(lambda each: js.Array([each, each])),
        ),
        max_leaves=12,
    )


@given(values())
@settings(max_examples=200, deadline=None)
def test_any_value_comes_back(value: Any) -> None:
    assert describe(back(value)) == describe(value)


def test_numbers_keep_their_kind() -> None:
    assert type(back(js.BigInt(5))) is js.BigInt
    assert back(2**60) == 2**60
    assert js.is_bigint(back(2**60))
    assert type(back(5.0)) is int
    assert math.copysign(1, back(-0.0)) == -1
    assert math.isnan(back(math.nan))


def test_undefined_and_null_stay_apart() -> None:
    value = back({"a": None, "b": js.null})
    assert value["a"] is None
    assert value["b"] is js.null


def test_what_the_host_gives_is_stored_as_what_a_guest_sees() -> None:
    assert back({"a": [1, (2,)], "b": {3}}) == {"a": [1, [2]], "b": js.Set([3])}
    assert back(b"\1\2") == js.Uint8Array([1, 2])
    error = back(KeyError("k"))
    assert isinstance(error, js.Error)
    assert error.message == "'k'"


def test_shared_parts_and_cycles_stay() -> None:
    part = js.Object({"x": 1})
    whole = js.Array([part, part])
    whole.append(whole)
    made = back(whole)
    assert made[0] is made[1]
    assert made[2] is made


def test_a_name_of_the_prototype_is_an_own_property() -> None:
    made = decode_value(encode_value(js.Object({"a": 1})).replace(b'"\x01a', b'"\x09__proto__'))
    assert js.own_keys(made) == ["__proto__"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (lambda: None, "could not be cloned"),
        ({"a": js.Symbol("q")}, r"Symbol\(q\) could not be cloned"),
        (js.Symbol("q"), "could not be cloned"),
        (js.SharedArrayBuffer(1), "could not be cloned"),
        (web.DOMException("m", "AbortError"), "could not be cloned"),
        ([web.Blob([])], "could not be cloned"),
        (object(), "could not be cloned"),
    ],
)
def test_what_cannot_be_stored(value: Any, text: str) -> None:
    with pytest.raises(web.DOMException, match=text) as caught:
        encode_value(value)
    assert caught.value.name == "DataCloneError"


def test_values_nested_too_deeply_are_refused() -> None:
    value = js.Array()
    for _ in range(100_000):
        value = js.Array([value])
    with pytest.raises(js.RangeError, match="Maximum call stack"):
        encode_value(value)


# Hostile bytes


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the data ends at offset 0"),
        (b"\xff", "the data ends"),
        (b"\x00\x0f_", "no version"),
        (b"\xff\x10_", "version 16"),
        (b"\xff\x0c_", "version 12"),
        (b"\xff\x0f?", "tag"),
        (b"\xff\x0f__", "bytes after the value"),
        (b"\xff\x0f\0\0\0", "the data ends"),
        (b"\xff\x0f^\x00", "reference to object 0"),
        (b'\xff\x0f"\x05ab', "length 5"),
        (b"\xff\x0fS\x01\xff", "utf-8"),
        (b"\xff\x0fc\x01a", "utf-16"),
        (b"\xff\x0fI" + b"\xff" * 11, "more than ten bytes"),
        (b"\xff\x0fA\xff\xff\xff\xff\x0f", "length 4294967295"),
        (b"\xff\x0fa\xff\xff\xff\xff\x0f", "a sparse array of 4294967295"),
        (b"\xff\x0fa\x01I\x02_@\x01\x01", "property 1 of an array of 1"),
        (b'\xff\x0fa\x01"\x06lengthI\x7f@\x01\x01', "property length"),
        (b"\xff\x0fo_I\x02{\x01", "a property name that is no string"),
        (b"\xff\x0fo{\x01", "a wrong count"),
        (b"\xff\x0f;_:\x02", "tag"),
        (b"\xff\x0fB\x05ab", "length 5"),
        (b"\xff\x0f~\x02\x01ab", "may have 1"),
        (b"\xff\x0f~\x00\xff\xff\xff\xff\xff\x0f", "allocation failed"),
        (b"\xff\x0fB\x02abVW\x01\x02\x00", "(?i)offset"),
        (b"\xff\x0fB\x02abVB\x00\x09\x00", "(?i)length"),
        (b"\xff\x0fB\x02abVW\x00\x01\x00", "a view of 1 bytes"),
        (b"\xff\x0fB\x02abVZ\x00\x01\x00", "view b'Z'"),
        (b"\xff\x0fB\x02abVB\x00\x01\x03", "a view of another buffer"),
        (b'\xff\x0fR"\x01(\x00', "Invalid regular expression"),
        (b'\xff\x0fR"\x01a\x40', "flags 0x40"),
        (b"\xff\x0fR_\x00", "no string"),
        (b"\xff\x0frX", "part b'X' of an Error"),
        (b"\xff\x0fA\x01" * 1 + b"A\x01" * 200_000, "length|deeply|ends"),
        (b"\xff\x0f" + b"o" + b'"\x01a' + b'o"\x01a' * 100_000, "deeply"),
    ],
)
def test_hostile_bytes_are_one_clear_error(data: bytes, reason: str) -> None:
    with pytest.raises(web.DOMException, match=reason) as caught:
        decode_value(data)
    assert caught.value.name == "DataCloneError"
    assert "Unable to deserialize cloned data" in str(caught.value)


TAGS = b"\xff\0_0TFIUNZSc\"^o{A$a@-Dyxnzs RM;:',BVr~.mcsETbBWq?"


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_a_value_or_the_one_error(data: bytes) -> None:
    check_bytes(b"\xff\x0f" + data)


@given(st.lists(st.sampled_from(list(TAGS)) | st.integers(0, 8), max_size=40))
@settings(max_examples=500, deadline=None)
def test_random_tags_are_a_value_or_the_one_error(data: list[int]) -> None:
    check_bytes(b"\xff\x0f" + bytes(data))


@given(values(), st.integers(0, 10_000), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_is_a_value_or_the_one_error(value: Any, place: int, byte: int) -> None:
    data = bytearray(encode_value(value))
    data[place % len(data)] = byte
    check_bytes(bytes(data))


def check_bytes(data: bytes) -> None:
    """Decode; what decodes can be stored again and described."""
    try:
        value = decode_value(data)
    except web.DOMException as error:
        assert error.name == "DataCloneError"
    else:
        describe(value)
        encode_value(value)


# Traps


def test_a_value_with_an_accessor_is_read_once_before_its_bytes() -> None:
    calls: list[str] = []
    value = js.Object({"z": 1})
    descriptor = {"enumerable": True, "get": lambda: calls.append("get") or js.Array([2])}
    names = js.global_object(js.PromiseRealm(js.MicrotaskQueue(print)))
    js.call_method(names["Object"], "defineProperty", value, "a", descriptor)
    assert back([value, value]) == [{"z": 1, "a": [2]}] * 2
    assert calls == ["get"]
