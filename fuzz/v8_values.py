"""Law: any bytes are a stored value or the one documented error, and what is read is written."""

from __future__ import annotations

import random

from fuzz._wasm import main
from unpoison import js, web
from unpoison.workers.v8_values import decode_value, encode_value

TAGS = b"\xff\0_0TFIUNZSc\"^o{A$a@-Dyxnzs RM;:',BVr~.mcsETbBWq?"


def check(seed: int) -> None:
    rng = random.Random(seed)
    data = mutated(rng, encode_value(made(rng, 4)))
    try:
        value = decode_value(data)
    except web.DOMException as error:
        assert error.name == "DataCloneError", data.hex()
        return
    again = encode_value(value)
    assert encode_value(decode_value(again)) == again, data.hex()


def made(rng: random.Random, depth: int) -> object:
    """Make a value of any kind."""
    kind = rng.randrange(14 if depth else 8)
    parts = [made(rng, depth - 1) for _ in range(rng.randrange(4))] if kind >= 8 else []
    match kind:
        case 0:
            return rng.choice((None, js.null, True, False))
        case 1:
            return rng.choice((0, -1, 2**31, -0.0, 1.5, float("nan"), 2**52))
        case 2:
            return js.BigInt(rng.getrandbits(rng.choice((0, 1, 64, 130))) - 5)
        case 3:
            return "".join(rng.choices("aé\u03c0\U0001f600\ud800", k=rng.randrange(6)))
        case 4:
            return js.Date(rng.choice((None, 0, -5.0, 8.64e15)))
        case 5:
            return js.RegExp(rng.choice(("a", "[^b]\\/", "(?:)")), rng.choice(("", "g", "dimsuy")))
        case 6:
            return js.Wrapper(rng.choice((True, 5, "s", js.BigInt(3))))
        case 7:
            kinds = (js.Uint8Array, js.Int16Array, js.Float64Array, js.BigInt64Array)
            return rng.choice(kinds)(js.ArrayBuffer(16), 8, 1)
        case 8:
            return js.Object({rng.choice("ab5"): part for part in parts})
        case 9:
            return js.Map([(part, part) for part in parts])
        case 10:
            return js.Set(parts)
        case 11:
            return js.TypeError("m", cause=parts[0] if parts else None)
        case _:
            whole = js.Array([*parts, *parts[:1]])
            if rng.random() < 0.2:
                whole.append(whole)
            return whole


def mutated(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randrange(5)):
        place = rng.randrange(2, len(changed) + 1)
        match rng.randrange(4):
            case 0:
                changed[place:place] = bytes([rng.choice(TAGS)])
            case 1:
                del changed[place : place + rng.choice((1, 1, 4))]
            case 2:
                changed[place : place + 1] = bytes([rng.randrange(256)])
            case _:
                changed[place:place] = changed[place : place + rng.randrange(9)]
    return bytes(changed)


if __name__ == "__main__":
    main(check)
