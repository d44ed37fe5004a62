"""Law: on any bytes, the patterns stop only at borders of instructions that the codec sees, too."""

from __future__ import annotations

import random

from fuzz._wasm import main, random_body
from unpoison.eh import patterns
from unpoison.errors import MalformedModule
from unpoison.wasm import Cursor, assemble, read_instructions


def check(seed: int) -> None:
    rng = random.Random(seed)
    code = bytearray(assemble(random_body(rng, 60)))
    for _ in range(rng.choice((0, 0, 1, 3))):
        code[rng.randrange(len(code))] = rng.getrandbits(8)
    data = bytes(code)
    borders = borders_of(data)
    match = patterns.plain_code().match(data)
    assert match is not None
    assert match.end() in borders
    for match in patterns.places().finditer(data):
        start = match.start(match.lastindex or 0)
        assert start in borders
        if match.lastindex == patterns.OTHER or start == len(data):
            break
        assert match.end() in borders


def borders_of(data: bytes) -> set[int]:
    """Where instructions start, one after the other, up to the first that is broken."""
    borders, position = {0}, 0
    while position < len(data):
        try:
            position = next(read_instructions(Cursor(data, position))).end
        except MalformedModule:
            break
        borders.add(position)
    return borders


if __name__ == "__main__":
    main(check)
