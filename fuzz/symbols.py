"""Law: any text at all is demangled or comes back as it is, in bounded time and space."""

from __future__ import annotations

import random
import time

from fuzz._wasm import main
from unpoison.symbols import demangle
from unpoison.symbols.v0 import MAX_TEXT

SYMBOLS = (
    "_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator"
    "9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
    "_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1_3std",
    "_RIC0KVNtC3foo3BarS1sRe616263_2chc78_5sliceRAh1_h2_h3_EEE",
    "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
    "_RMC0TTTTTTpB8_EB7_EB6_EB5_EB4_EB3_E",
    "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3barE",
    "_ZN3foo17h05af221e174051e9E.llvm.9D1C9369",
)
ALPHABET = "_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$.\u0493"


def check(seed: int) -> None:
    rng = random.Random(seed)
    symbol = mutated(rng, rng.choice(SYMBOLS))
    started = time.process_time()
    name = demangle(symbol)
    assert time.process_time() - started < 2
    assert name == symbol or len(name) <= MAX_TEXT + len(symbol)


def mutated(rng: random.Random, symbol: str) -> str:
    for _ in range(rng.randrange(5)):
        start = rng.randrange(len(symbol) + 1)
        end = min(len(symbol), start + rng.choice((0, 0, 1, 1, 4, 30)))
        middle = rng.choice(("", rng.choice(ALPHABET), symbol[start:end] * rng.choice((2, 2, 40))))
        symbol = symbol[:start] + middle + symbol[end:]
    return symbol


if __name__ == "__main__":
    main(check)
