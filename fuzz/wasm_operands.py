"""Law: the pattern finds the functions that the codec finds, and what is written says the same."""

from __future__ import annotations

import random

from fuzz._wasm import main, random_body
from unpoison.errors import MalformedModule
from unpoison.wasm import (
    FunctionBody,
    Instruction,
    assemble,
    encode_unsigned,
    read_operands,
    rewrite_operands,
)

NAMERS = ("call", "return_call", "ref.func")


def check(seed: int) -> None:
    rng = random.Random(seed)
    code = padded(rng, assemble(random_body(rng, 60)))
    for _ in range(rng.choice((0, 0, 1, 3))):
        code[rng.randrange(len(code))] = rng.getrandbits(8)
    body = FunctionBody(b"\0" + bytes(code))
    try:
        before = list(body.instructions())
    except MalformedModule:
        return
    operands = read_operands(body)
    named = [item.immediates[0] for item in before if item.op.name in NAMERS]
    assert [item.function for item in operands if item.function is not None] == named
    places = {old: new for new, old in enumerate(sorted(set(named)))}
    encoded = {old: encode_unsigned(new) for old, new in places.items()}
    after = rewrite_operands(body, operands, encoded)
    assert [_said(item, places) for item in before] == [item[:2] for item in after.instructions()]
    assert after.end - after.start <= body.end - body.start


def padded(rng: random.Random, code: bytes) -> bytearray:
    """Give code with some of its one-byte indices and constants in five bytes."""
    out = bytearray()
    body = FunctionBody(b"\0" + code)
    for item in body.instructions():
        raw = body.data[item.start : item.end]
        if item.op.name in PADDABLE and len(raw) == 2 and raw[1] < 0x40 and rng.random() < 0.5:
            raw = bytes([raw[0], raw[1] | 0x80, 0x80, 0x80, 0x80, 0x00])
        out += raw
    return out


PADDABLE = (*NAMERS, "i32.const", "local.get", "local.set", "global.get", "global.set", "throw")


def _said(item: Instruction, places: dict[int, int]) -> tuple[object, object]:
    if item.op.name in NAMERS:
        return item.op, (places[item.immediates[0]],)
    return item[:2]


if __name__ == "__main__":
    main(check)
