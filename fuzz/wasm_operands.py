"""Law: the pattern finds the functions and tags that the codec finds; what is written agrees."""

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
    tags = [tag for item in before for tag in _tags(item)]
    assert [item.tag for item in operands if item.tag is not None] == tags
    places, new_tags = _places(named), _places(tags)
    after = rewrite_operands(body, operands, _encoded(places), _encoded(new_tags))
    said = [_said(item, places, new_tags) for item in before]
    assert said == [item[:2] for item in after.instructions()]
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


def _places(old: list[int]) -> dict[int, int]:
    return {old: new for new, old in enumerate(sorted(set(old)))}


def _encoded(places: dict[int, int]) -> dict[int, bytes]:
    return {old: encode_unsigned(new) for old, new in places.items()}


def _tags(item: Instruction) -> list[int]:
    if item.op.name in ("throw", "catch"):
        return [item.immediates[0]]
    if item.op.name == "try_table":
        return [clause.tag for clause in item.immediates[1] if clause.tag is not None]
    return []


def _said(item: Instruction, places: dict[int, int], tags: dict[int, int]) -> tuple[object, object]:
    if item.op.name in NAMERS:
        return item.op, (places[item.immediates[0]],)
    if item.op.name in ("throw", "catch"):
        return item.op, (tags[item.immediates[0]],)
    if item.op.name == "try_table":
        block_type, clauses = item.immediates
        named = (
            clause if clause.tag is None else clause._replace(tag=tags[clause.tag])
            for clause in clauses
        )
        return item.op, (block_type, tuple(named))
    return item[:2]


if __name__ == "__main__":
    main(check)
