"""Law: Python's decoder and our scanner agree about any text, and what is written reads back."""

from __future__ import annotations

import random

from fuzz._wasm import main
from unpoison import js
from unpoison.js.json_scanner import scan

DOCUMENTS = (
    '{"a": [1, -0.5e3, true, null, "x\\u0041\\n"], "b": {"": []}}',
    '["\\ud83d\\ude00", "\ud83d", 12345678901234567890, 1e400]',
    ' [ { "__proto__" : 1 , "1" : 2 , "a" : 3, "a" : 4 } ] ',
)
PARTS = (*'{}[]",:\\/ \t\n0123456789.eE+-tfnu', "\\u", "null", "\x01", "\u2028", "\ud83d", "\ude00")


def check(seed: int) -> None:
    rng = random.Random(seed)
    text = mutated(rng, rng.choice(DOCUMENTS))
    mine, other = outcome(js.json_parse, text), outcome(lambda each: scan(each).value, text)
    assert mine == other, text
    if mine[0] == "value":
        written = js.json_stringify(mine[1])
        assert written is not None
        assert js.json_stringify(js.json_parse(written)) == written


def outcome(parse: object, text: str) -> tuple[str, object]:
    try:
        return "value", parse(text)  # type: ignore[operator]
    except (js.SyntaxError, js.RangeError) as error:
        return "error", error.message


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.randrange(5)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 1, 3, 10)))
        text = text[:start] + rng.choice(("", rng.choice(PARTS), text[start:end] * 2)) + text[end:]
    return text


if __name__ == "__main__":
    main(check)
