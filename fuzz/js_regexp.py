"""Law: any text is a pattern that runs in bounded time, or a js.SyntaxError, soon."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main
from unpoison import js
from unpoison.js.regexp_compiler import compile_pattern
from unpoison.js.regexp_machine import Budget
from unpoison.js.regexp_parser import parse_pattern
from unpoison.js.regexp_syntax import Flags

PATTERNS = (
    r"^(?:(?<year>\d{4})-(\d\d))+?|\b[a-z\]-]*$",
    r"(?<=(a|\1b)*)(?!\k<x>)(?<x>[^\W\s]{2,3}?)",
    r"[\p{L}--[a-c\q{abc|d}]&&\w]+(?i-s:.x)",
    r"\u{1F600}\ud83d\ude00\x41\cA\0\12[\b]\/",
    r"((((a?){2,})*)+|b{0,2}c)\4\2$",
)
PARTS = (
    *"()[]{}|*+?^$.\\-,:<=!abkpuxq01 &~",
    "(?:",
    "(?<a>",
    "\\k<a>",
    "{2,}",
    "\\p{Lu}",
    "\U0001f600",
)
FLAG_SETS = ("", "i", "u", "iu", "v", "iv", "ms")
TEXTS = ("", "abcabc-x 2024-05", "a" * 40 + "b", "\U0001f600aZ\u017f\n\u2028", "\ud83d")


def check(seed: int) -> None:
    rng = random.Random(seed)
    source, letters = mutated(rng, rng.choice(PATTERNS)), rng.choice(FLAG_SETS)
    started = time.process_time()
    try:
        pattern = parse_pattern(source, Flags(*(letter in letters for letter in "imsuv")))
    except js.SyntaxError:
        return
    finally:
        assert time.process_time() - started < 3
    program = compile_pattern(pattern)
    for text in TEXTS:
        search(program, text)
    assert time.process_time() - started < 10


def search(program: object, text: str) -> None:
    budget = Budget()
    budget.left = 50_000
    try:
        found = program.search(text, 0, budget, sticky=False)  # type: ignore[attr-defined]
    except js.RangeError:
        return
    for span in found or []:
        assert span is None or 0 <= span[0] <= span[1] <= len(text)


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.randrange(6)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice((0, 0, 1, 1, 4, 20)))
        middle = rng.choice(("", rng.choice(PARTS), text[start:end] * rng.choice((2, 2, 300))))
        text = text[:start] + middle + text[end:]
    return text


if __name__ == "__main__":
    main(check)
