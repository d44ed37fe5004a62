"""Law: any text is a date or none, soon, and what is printed reads back to the second."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main
from unpoison import js
from unpoison.js.date_math import MAX_TIME, fields_of
from unpoison.js.date_parsing import parse_date

TEXT = "0 1 12 31 99 2024 Jan february pm AM UTC gmt EST Z T + - : . / , ( ) 00 :: 999 foo"
WORDS = (
    *TEXT.split(),
    " ", "  ", "2024-02-03", "T04:05:06.789", "+0130", "GMT-8", "\u00e9", "9" * 400, "(" * 50,
)  # fmt: skip


def check(seed: int) -> None:
    rng = random.Random(seed)
    text = rng.choice(("", " ")).join(rng.choices(WORDS, k=rng.randrange(12)))
    started = time.process_time()
    found = parse_date(text)
    assert time.process_time() - started < 1
    date = js.Date(found)
    assert date.time is None or abs(date.time) <= MAX_TIME
    moment = rng.randrange(-MAX_TIME, MAX_TIME)
    if fields_of(moment).year > 100:
        assert parse_date(js.string_of(js.Date(moment))) == moment // 1000 * 1000


if __name__ == "__main__":
    main(check)
