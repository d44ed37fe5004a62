"""The patterns measure instructions as the codec does; broken bodies are refused with a place."""

from __future__ import annotations

from random import Random

import pytest

from fuzz._wasm import random_instruction
from tests.eh.flat_text import assemble
from unpoison.eh import patterns, to_exnref
from unpoison.eh.scan import scan
from unpoison.errors import MalformedModule
from unpoison.wasm import EMPTY_BLOCK, TABLE, Op
from unpoison.wasm import assemble as instructions

RARE = {"heap type", "select types", "cast flags", "labels", "catches"}


@pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)
def test_every_instruction_is_taken_whole_or_left_whole(op: Op) -> None:
    rng = Random(op.code)
    for _ in range(20):
        code = instructions([random_instruction(rng, op)])
        for pattern in (patterns.plain_code(), patterns.places()):
            match = pattern.match(code + b"\xff", 0, len(code))
            assert match is not None
            assert match.end() in (0, len(code)) or match.lastindex == patterns.OTHER


@pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)
def test_what_is_common_is_taken(op: Op) -> None:
    if op.feature in ("legacy-exceptions", "exceptions") and op.name != "throw":
        return
    if RARE.intersection(immediate.name for immediate in op.immediates):
        return
    code = op.encoding + b"".join(
        b"\0" * (immediate.shape if isinstance(immediate.shape, int) else 1)
        if immediate.name != "memarg"
        else b"\2\x80\x08"
        for immediate in op.immediates
    )
    match = patterns.plain_code().match(code)
    assert match is not None
    assert match.end() == len(code)


@pytest.mark.parametrize(
    "code",
    [
        b"\x20\x80\x80\x80\x80\x10",  # local.get: bit 33
        b"\x20\x80\x80\x80\x80\x80\x00",  # six bytes
        b"\x41\x80\x80\x80\x80\x08",  # i32.const: unused bits do not repeat the sign
        b"\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",  # i64.const: the same
        b"\x02\x80\x80\x80\x80\x10",  # block: no type index is so large
        b"\x02\x41",  # block: no value type
        b"\xfc\x12",  # no such instruction
        b"\x28\x42\x00\x00",  # a memory index: for the codec
    ],
)
def test_what_the_codec_must_judge_is_left(code: bytes) -> None:
    match = patterns.plain_code().match(code)
    assert match is not None
    assert match.end() == 0


def test_places_are_only_those_that_change() -> None:
    code = instructions([
        ("block", EMPTY_BLOCK),
        ("try", EMPTY_BLOCK),
        ("br", 0),  # the try itself: stays
        ("loop", EMPTY_BLOCK),
        ("br_if", 0),
        ("br", 2),  # the block around the try: a place
        ("end",),
        ("catch_all",),
        ("br", 0),  # a place in a catch part
        ("end",),
        ("br", 0),
        ("br", 1),  # the function: always a place
        ("end",),
        ("end",),
    ])  # fmt: skip
    kinds = [place.kind for place in scan(code, 0, len(code), "function 0")]
    assert kinds == [
        patterns.TRY,
        patterns.BRANCH,
        patterns.CATCH_ALL,
        patterns.BRANCH,
        patterns.END,
        patterns.BRANCH,
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("catch_all\n try\n end", "outside its try"),
        ("try\n block\n catch_all\n end\n end", "outside its try"),
        ("try\n end\n delegate 0", "outside its try"),
        ("try\n catch_all\n catch_all\n end", "after catch_all"),
        ("try\n catch_all\n catch $int\n end", "after catch_all"),
        ("try\n catch_all\n delegate 0", "delegate after a catch"),
        ("try\n delegate 1", "no label 1"),
        ("try\n rethrow 0\n end", "not a catch"),
        ("try\n catch_all\n rethrow 1\n end", "not a catch"),
        ("try\n catch_all\n rethrow 9\n end", "no label 9"),
        ("try\n br 2\n end", "no label 2"),
        ("try\n i32.const 0\n br_table 0 9\n end", "no label 9"),
        ("try\n end\n end\n nop", "after the end"),
        ("try\n", "no end"),
        ("try\n catch 99\n drop\n end", "tag 99"),
    ],
)
def test_broken_exception_handling_is_malformed(body: str, reason: str) -> None:
    wasm = assemble(f"func f\n {body}")
    with pytest.raises(MalformedModule, match=reason) as caught:
        to_exnref(wasm)
    assert caught.value.where == "function 0"
    assert caught.value.offset is not None
    assert 0 < caught.value.offset <= len(wasm)
