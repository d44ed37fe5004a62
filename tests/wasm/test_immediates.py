"""Immediates with a shape of their own. (Every kind is read and written in test_opcodes.)"""

from __future__ import annotations

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm import immediates
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.immediates import CATCH, CATCH_ALL_REF, Catch, Immediate, MemArg
from unpoison.wasm.types import I32


@pytest.mark.parametrize(
    ("kind", "value", "encoded"),
    [
        (immediates.MEMARG, MemArg(2, 200), "02 c801"),
        (immediates.MEMARG, MemArg(2, 8, 3), "42 03 08"),
        (immediates.MEMARG, MemArg(0, 2**63), "00 80808080808080808001"),
        (immediates.CATCHES, (Catch(CATCH, 1, 2), Catch(CATCH_ALL_REF, None, 0)), "02 000102 0300"),
        (immediates.LABELS, (0, 128), "02 00 8001"),
        (immediates.SELECT_TYPES, (I32,), "01 7f"),
        (immediates.F32_BITS, 0x7FA00000, "0000a07f"),  # a signalling NaN keeps its bits
        (immediates.LANES, bytes(range(16)), bytes(range(16)).hex()),
    ],
)
def test_an_immediate_is_written_and_read_as_the_spec_says(
    kind: Immediate, value: object, encoded: str
) -> None:
    out = bytearray()
    kind.write(out, value)
    assert out == bytes.fromhex(encoded)
    assert kind.read(Cursor(bytes(out))) == value


@pytest.mark.parametrize(
    ("kind", "encoded", "reason"),
    [
        (immediates.MEMARG, "8001 00", "alignment"),
        (immediates.MEMARG, "02", "input ends"),
        (immediates.CATCHES, "01 04 00", "not a catch clause"),
        (immediates.CATCHES, "914e" + "0200" * 10001, "10001 catch clauses; the limit is 10000"),
        (immediates.SELECT_TYPES, "0b" + "7f" * 11, "11 select types; the limit is 10"),
        (immediates.CAST_FLAGS, "04", "cast flags"),
        (immediates.FENCE, "02", "fence"),
        (immediates.V128_BITS, "00" * 15, "16 bytes wanted, 15 left"),
    ],
)
def test_a_broken_immediate_is_refused(kind: Immediate, encoded: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        kind.read(Cursor(bytes.fromhex(encoded)))


def test_an_alignment_that_does_not_fit_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="alignment"):
        immediates.MEMARG.write(bytearray(), (64, 0))
