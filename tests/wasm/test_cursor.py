"""The reader: bounds, offsets and names."""

from __future__ import annotations

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm.cursor import Cursor, write_name, write_vector
from unpoison.wasm.leb128 import write_unsigned


def test_reads_move_on_and_stop_at_the_end_of_the_range() -> None:
    cursor = Cursor(b"\x01\x02\x03\x04", 1, 3)
    assert [cursor.read_u8(), cursor.peek_u8(), cursor.read_u32()] == [2, 3, 3]
    assert cursor.remaining == 0
    for read in (cursor.read_u8, cursor.peek_u8, cursor.read_u32, cursor.read_s64):
        with pytest.raises(MalformedModule):
            read()


def test_an_error_names_the_place_and_the_offset_in_the_module() -> None:
    cursor = Cursor(b"abc\x80", 3, where="type section", base=0x100)
    with pytest.raises(MalformedModule) as caught:
        cursor.read_u32()
    assert (caught.value.offset, caught.value.where) == (0x103, "type section")
    assert str(caught.value) == "input ends inside an integer in type section at offset 0x103"


def test_a_vector_reads_what_was_written() -> None:
    out = bytearray()
    write_vector(out, [1, 200, 70000], write_unsigned)
    assert Cursor(bytes(out)).read_vector(Cursor.read_u32, "numbers", 3) == [1, 200, 70000]


def test_a_count_over_its_limit_is_refused() -> None:
    with pytest.raises(MalformedModule, match="4 numbers; the limit is 3"):
        Cursor(b"\x04\0\0\0\0").read_count("numbers", 3)


def test_a_count_over_the_bytes_left_is_refused_before_anything_is_read() -> None:
    with pytest.raises(MalformedModule, match="4294967295 numbers announced with 0 bytes left"):
        Cursor(b"\xff\xff\xff\xff\x0f").read_count("numbers", 2**32)


@pytest.mark.parametrize("name", ["", "a", "grüße", "\0", "\U0001f980"])
def test_a_name_reads_what_was_written(name: str) -> None:
    out = bytearray()
    write_name(out, name)
    assert Cursor(bytes(out)).read_name() == name


@pytest.mark.parametrize("raw", [b"\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80"])
def test_a_name_that_is_not_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedModule, match="not valid UTF-8"):
        Cursor(bytes([len(raw)]) + raw).read_name()


def test_a_name_with_a_lone_surrogate_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        write_name(bytearray(), "\ud800")


def test_rest_is_refused_where_the_end_is_expected() -> None:
    with pytest.raises(MalformedModule, match="2 bytes too many"):
        Cursor(b"\0\0").expect_end()
