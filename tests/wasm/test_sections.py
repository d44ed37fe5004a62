"""Entries of sections: bytes as the spec has them, both ways."""

from __future__ import annotations

import pytest

from tests.wasm._pairs import check_pair, check_refused
from unpoison.errors import MalformedModule
from unpoison.wasm import sections
from unpoison.wasm.body import FunctionBody
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.externs import GlobalType, Limits, MemoryType, TableType, TagType
from unpoison.wasm.sections import (
    RANKS,
    SECTIONS,
    Export,
    ExternKind,
    FuncDesc,
    Global,
    Import,
    Table,
)
from unpoison.wasm.types import FUNCREF, I32

ZERO = bytes.fromhex("41000b")
NULL = bytes.fromhex("d0700b")


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
    ],
)
def test_an_entry_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    check_pair(sections, kind, value, encoded)


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("import", "016d 0166 05 00", "not an external kind"),
        ("import", "016d 02ff", "announced with 1 bytes left"),
        ("table", "4001 700001 d0700b", "reserved byte"),
        ("table", "7f0001", "i32 is not a reference type"),
        ("global", "7f00 4100", "unexpected end"),
        ("export", "01ff 00 00", "UTF-8"),
    ],
)
def test_a_broken_entry_is_refused(kind: str, encoded: str, reason: str) -> None:
    check_refused(sections, kind, encoded, reason)


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
