"""Element and data segments."""

from __future__ import annotations

import pytest

from tests.wasm._pairs import check_pair, check_refused
from unpoison.wasm import segments
from unpoison.wasm.segments import Data, Element, SegmentMode
from unpoison.wasm.types import EXTERNREF, NON_NULLABLE, ValType, heap_type

ZERO = bytes.fromhex("41000b")
NULL = bytes.fromhex("d0700b")
PASSIVE, DECLARED = SegmentMode.PASSIVE, SegmentMode.DECLARED
REF_FUNC = ValType(NON_NULLABLE, heap_type("func"))


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
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
def test_a_segment_is_written_and_read_as_the_spec_says(
    kind: str, value: object, encoded: str
) -> None:
    check_pair(segments, kind, value, encoded)


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        ("element", "08", "element segment flags"),
        ("element", "01 01 00", "kind of elements"),
        ("data", "03", "data segment flags"),
        ("data", "01 03 6162", "3 bytes of data announced with 2 bytes left"),
    ],
)
def test_a_broken_segment_is_refused(kind: str, encoded: str, reason: str) -> None:
    check_refused(segments, kind, encoded, reason)


def test_an_active_segment_without_an_offset_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="offset"):
        segments.write_element(bytearray(), Element((1,)))
    with pytest.raises(ValueError, match="offset"):
        segments.write_data(bytearray(), Data(b""))


def test_a_data_segment_cannot_be_declared_only() -> None:
    with pytest.raises(ValueError, match="declared"):
        segments.write_data(bytearray(), Data(b"", DECLARED))
