"""Integers: core spec 5.2.2 and the test suite's binary-leb128.wast."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.errors import MalformedModule
from unpoison.wasm.leb128 import encode_signed, encode_unsigned, read_signed, read_unsigned


@pytest.mark.parametrize("bits", [32, 64])
@given(data=st.data())
def test_unsigned_reads_what_it_wrote(bits: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, 2**bits - 1))
    encoded = encode_unsigned(value, bits)
    assert read_unsigned(encoded, 0, len(encoded), bits) == (value, len(encoded))


@pytest.mark.parametrize("bits", [32, 33, 64])
@given(data=st.data())
def test_signed_reads_what_it_wrote(bits: int, data: st.DataObject) -> None:
    value = data.draw(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
    encoded = encode_signed(value, bits)
    assert read_signed(encoded, 0, len(encoded), bits) == (value, len(encoded))


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("00", 0),
        ("8000", 0),
        ("8280808000", 2),
        ("ffffffff0f", 2**32 - 1),
    ],
)
def test_unsigned_accepts_padding_up_to_the_width(encoded: str, value: int) -> None:
    raw = bytes.fromhex(encoded)
    assert read_unsigned(raw, 0, len(raw), 32) == (value, len(raw))


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("7f", -1),
        ("ff7f", -1),
        ("ffffffff7f", -1),
        ("8080808078", -(2**31)),
        ("ffffffff07", 2**31 - 1),
        ("c000", 64),
        ("40", -64),
    ],
)
def test_signed_extends_the_sign(encoded: str, value: int) -> None:
    raw = bytes.fromhex(encoded)
    assert read_signed(raw, 0, len(raw), 32) == (value, len(raw))


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("", "input ends"),
        ("80", "input ends"),
        ("828080808000", "more bytes"),
        ("8280808010", "larger"),
        ("8280808070", "larger"),
        ("ffffffffff", "more bytes"),
    ],
)
def test_unsigned_refuses(encoded: str, reason: str) -> None:
    raw = bytes.fromhex(encoded)
    with pytest.raises(MalformedModule, match=reason):
        read_unsigned(raw, 0, len(raw), 32)


@pytest.mark.parametrize(
    ("encoded", "reason"),
    [
        ("ff", "input ends"),
        ("808080808000", "more bytes"),
        ("8080808070", "larger"),
        ("ffffffff0f", "larger"),
        ("ffffffff4f", "larger"),
    ],
)
def test_signed_refuses(encoded: str, reason: str) -> None:
    raw = bytes.fromhex(encoded)
    with pytest.raises(MalformedModule, match=reason):
        read_signed(raw, 0, len(raw), 32)


def test_nothing_is_read_beyond_the_end() -> None:
    with pytest.raises(MalformedModule, match="input ends"):
        read_unsigned(b"\x80\x01", 0, 1, 32)


@pytest.mark.parametrize("value", [-1, 2**32])
def test_unsigned_writer_refuses_what_does_not_fit(value: int) -> None:
    with pytest.raises(ValueError, match="unsigned integer of 32 bits"):
        encode_unsigned(value)


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_signed_writer_refuses_what_does_not_fit(value: int) -> None:
    with pytest.raises(ValueError, match="signed integer of 32 bits"):
        encode_signed(value, 32)
