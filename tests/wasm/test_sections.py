"""Entries of sections: bytes as the spec has them, both ways."""

from __future__ import annotations

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm import sections
from unpoison.wasm.body import FunctionBody
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.sections import (
    RANKS,
    SECTIONS,
    Data,
    Element,
    Export,
    ExternKind,
    FuncDesc,
    Global,
    Import,
    SegmentMode,
    Table,
)
from unpoison.wasm.types import (
    EXTERNREF,
    FUNCREF,
    I32,
    NON_NULLABLE,
    GlobalType,
    Limits,
    MemoryType,
    TableType,
    TagType,
    ValType,
    heap_type,
)

ZERO = bytes.fromhex("41000b")
NULL = bytes.fromhex("d0700b")
PASSIVE, DECLARED = SegmentMode.PASSIVE, SegmentMode.DECLARED
REF_FUNC = ValType(NON_NULLABLE, heap_type("func"))


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
        ("import", Import("m", "f", FuncDesc(2)), "016d 0166 00 02"),
        ("import", Import("m", "t", TableType(FUNCREF, Limits(1))), "016d 0174 01 700001"),
        ("import", Import("m", "m", MemoryType(Limits(1))), "016d 016d 02 0001"),
        ("import", Import("m", "g", GlobalType(I32, True)), "016d 0167 03 7f01"),
        ("import", Import("m", "e", TagType(1)), "016d 0165 04 0001"),
        ("table", Table(TableType(FUNCREF, Limits(1))), "700001"),
        ("table", Table(TableType(FUNCREF, Limits(1)), NULL), "4000 700001 d0700b"),
        ("global", Global(GlobalType(I32), ZERO), "7f00 41000b"),
        ("export", Export("e", ExternKind.TAG, 3), "0165 04 03"),
        ("element", Element((1, 2), offset=ZERO), "00 41000b 02 0102"),
        ("element", Element((1,), PASSIVE), "01 00 01 01"),
        ("element", Element((1,), table=4, offset=ZERO), "02 04 41000b 00 01 01"),
        ("element", Element((1,), DECLARED), "03 00 01 01"),
        ("element", Element((NULL,), offset=ZERO), "04 41000b 01 d0700b"),
        ("element", Element((NULL,), PASSIVE), "05 70 01 d0700b"),
        ("element", Element((), offset=ZERO, type=EXTERNREF), "06 00 41000b 6f 00"),
        ("element", Element((NULL,), DECLARED, type=REF_FUNC), "07 6470 01 d0700b"),
        ("data", Data(b"ab", offset=ZERO), "00 41000b 02 6162"),
        ("data", Data(b"ab", PASSIVE), "01 02 6162"),
        ("data", Data(b"", memory=1, offset=ZERO), "02 01 41000b 00"),
    ],
)
def test_an_entry_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    out = bytearray()
    getattr(sections, f"write_{kind}")(out, value)
    assert out == bytes.fromhex(encoded)
    cursor = Cursor(bytes(out))
    assert getattr(sections, f"read_{kind}")(cursor) == value
    assert cursor.remaining == 0


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("import", "016d 0166 05 00", "not an external kind"),
        ("import", "016d 02ff", "announced with 1 bytes left"),
        ("table", "4001 700001 d0700b", "reserved byte"),
        ("table", "7f0001", "i32 is not a reference type"),
        ("global", "7f00 4100", "unexpected end"),
        ("export", "01ff 00 00", "UTF-8"),
        ("element", "08", "element segment flags"),
        ("element", "01 01 00", "kind of elements"),
        ("data", "03", "data segment flags"),
        ("data", "01 03 6162", "3 bytes of data announced with 2 bytes left"),
    ],
)
def test_a_broken_entry_is_refused(kind: str, encoded: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        getattr(sections, f"read_{kind}")(Cursor(bytes.fromhex(encoded)))


@pytest.mark.parametrize("segment", [Element((1,)), Data(b"")])
def test_an_active_segment_without_an_offset_cannot_be_written(segment: Element | Data) -> None:
    write = sections.write_element if isinstance(segment, Element) else sections.write_data
    with pytest.raises(ValueError, match="offset"):
        write(bytearray(), segment)


def test_a_data_segment_cannot_be_declared_only() -> None:
    with pytest.raises(ValueError, match="declared"):
        sections.write_data(bytearray(), Data(b"", DECLARED))


def test_sections_stand_in_the_order_of_the_spec() -> None:
    assert [section.id for section in SECTIONS] == [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]
    assert RANKS[0] < min(RANKS[section.id] for section in SECTIONS)


def test_a_section_with_bytes_too_many_is_refused() -> None:
    with pytest.raises(MalformedModule, match="1 bytes too many"):
        sections.FUNCTION.read(Cursor(b"\x01\x00\x00"))


def test_bodies_know_their_numbers() -> None:
    bodies = sections.CODE.read(Cursor(bytes.fromhex("02 02000b 02000b")))
    assert [(body.number, body.start, body.end) for body in bodies] == [(0, 2, 4), (1, 5, 7)]
    assert bodies[0] == FunctionBody(b"\x00\x0b")
