"""Law: a valid legacy module becomes a valid exnref module, and that one comes back as it is."""

from __future__ import annotations

import wasmtime

from fuzz._wasm import main
from tests.eh.generator import legacy_module
from unpoison.eh import Dialect, dialect_of, to_exnref

FIRST = 10_000_000  # seeds of its own: those of the tests run anyway


def check(seed: int) -> None:
    legacy = legacy_module(FIRST + seed)
    assert dialect_of(legacy) is Dialect.LEGACY
    translated = to_exnref(legacy)
    assert dialect_of(translated) is Dialect.EXNREF
    assert to_exnref(translated) is translated
    wasmtime.Module.validate(wasmtime.Engine(), translated)


if __name__ == "__main__":
    main(check)
