"""Function bodies: lazy, located, emitted as they came."""

from __future__ import annotations

import pytest

from unpoison.errors import MalformedModule
from unpoison.wasm.body import FunctionBody, read_body, write_body
from unpoison.wasm.cursor import Cursor
from unpoison.wasm.types import F64, I32

INSTRUCTIONS = [("local.get", 0), ("drop",), ("end",)]


def test_a_body_gives_back_what_it_was_assembled_from() -> None:
    body = FunctionBody.assemble([(2, I32), (300, F64)], INSTRUCTIONS)
    assert body.raw == bytes.fromhex("02 027f ac027c 2000 1a 0b")
    assert body.locals == [(2, I32), (300, F64)]
    assert body.code == bytes.fromhex("2000 1a 0b")
    assert [each.source for each in body.instructions()] == INSTRUCTIONS
    assert body == FunctionBody.build([(2, I32), (300, F64)], body.code)


def test_a_body_that_was_read_is_written_as_it_came() -> None:
    entry = bytes.fromhex("8280808000 00 0b")
    body = read_body(Cursor(b"\xff" + entry, 1))
    out = bytearray()
    write_body(out, body)
    assert out == entry


def test_nothing_is_decoded_before_it_is_asked_for() -> None:
    body = read_body(Cursor(bytes.fromhex("03 00 ff 0b")))
    assert body.code == bytes.fromhex("ff 0b")
    with pytest.raises(MalformedModule, match="unknown instruction 0xff"):
        list(body.instructions())


def test_offsets_count_in_the_module_and_errors_name_the_body() -> None:
    body = read_body(Cursor(bytes.fromhex("000000 03 00 01 ff")[:7], 3))
    body.number = 17
    with pytest.raises(MalformedModule) as caught:
        list(body.instructions())
    assert (caught.value.offset, caught.value.where) == (6, "body 17 of the code section")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "input ends"),
        ("01 d18603 7f 0b", "50001 locals; the limit is 50000"),
        ("02 a9c301 7f a8c301 7e 0b", "50001 locals; the limit is 50000"),
        ("02 ffffffff0f 7f 01 7f 0b", "the limit is 50000"),
        ("01 01 40 0b", "not a value type"),
        ("05 0b", "5 groups of locals announced"),
    ],
)
def test_broken_locals_are_refused(raw: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        _ = FunctionBody(bytes.fromhex(raw)).locals


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(MalformedModule, match="7654322 bytes of code; the limit is 7654321"):
        read_body(Cursor(bytes.fromhex("b297d303")))
