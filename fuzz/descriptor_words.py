"""Law: any words at all are decoded as a descriptor or refused as MalformedModule."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main
from unpoison.bindgen import Function, rust_type
from unpoison.bindgen.descriptor import decode_descriptor, decode_generic_import
from unpoison.errors import MalformedModule

SECONDS_PER_WORD = 1e-4


def check(seed: int) -> None:
    rng = random.Random(seed)
    words = _damaged(rng, _type(rng, 5))
    started = time.process_time()
    try:
        assert isinstance(rust_type(decode_descriptor(words, "fuzz")), str)
    except MalformedModule as error:
        assert error.where == "fuzz"
    try:
        assert isinstance(decode_generic_import(words, "fuzz")[1], Function)
    except MalformedModule as error:
        assert error.where == "fuzz"
    assert time.process_time() - started < 0.1 + SECONDS_PER_WORD * len(words)


def _type(rng: random.Random, depth: int) -> list[int]:
    """Give the words of a type that is right, with up to `depth` levels."""
    tag = rng.randrange(39) if depth else rng.choice((0, 5, 13, 18, 24, 33))
    return [tag, *_operands(rng, tag, depth - 1)]


def _operands(rng: random.Random, tag: int, depth: int) -> list[int]:
    match tag:
        case 15:
            params = [_type(rng, depth) for _ in range(rng.randrange(4))]
            rest = [*_type(rng, depth), *_type(rng, depth)]
            return [rng.randrange(300), len(params), *_joined(params), *rest]
        case 16:
            return [rng.randrange(2), rng.randrange(2), 15, *_operands(rng, 15, depth)]
        case 19 | 20 | 21 | 22 | 23 | 31 | 32 | 34 | 38:
            return _type(rng, depth)
        case 25:
            return _text(rng)
        case 26 | 27:
            return [*_text(rng), rng.randrange(9), *_text(rng), rng.getrandbits(32)]
        case 28:
            variants = [_type(rng, depth) for _ in range(rng.randrange(4))]
            head = [*_text(rng), *_text(rng), rng.getrandbits(32)]
            return [*head, len(variants), *_joined(variants)]
        case 29:
            return [*_text(rng), *_text(rng)]
        case 37:
            return [rng.randrange(16), *_type(rng, depth)]
    return []


def _joined(parts: list[list[int]]) -> list[int]:
    return [word for part in parts for word in part]


def _text(rng: random.Random) -> list[int]:
    text = "".join(rng.choices("aB_\u00e9\U0001f980", k=rng.randrange(6)))
    return [len(text), *map(ord, text)]


def _damaged(rng: random.Random, words: list[int]) -> list[int]:
    """Give the words with up to three faults."""
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(words) + 1)
        fault = rng.randrange(4)
        if fault == 0:
            words[at : at + 1] = [rng.getrandbits(rng.choice((2, 6, 21, 32)))]
        elif fault == 1:
            del words[at:]
        elif fault == 2:
            words[at:at] = words[at : at + 9]
        else:
            words[at:at] = [rng.choice((19, 22, 23, 31, 32))] * rng.choice((1, 5, 100, 70_000))
    return words


if __name__ == "__main__":
    main(check)
