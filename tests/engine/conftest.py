"""The fixtures of this room: one engine, and guests that are closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wasmtime

from tests.engine.guest import Guest
from unpoison.engine import Code, Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def compiled(engine: Engine) -> Callable[[str], Code]:
    cache: dict[str, Code] = {}

    def compile_text(text: str) -> Code:
        if text not in cache:
            cache[text] = engine.compile(bytes(wasmtime.wat2wasm(text)))
        return cache[text]

    return compile_text


@pytest.fixture
def guest(engine: Engine, compiled: Callable[[str], Code]) -> Iterator[Callable[..., Guest]]:
    made: list[Guest] = []

    def make(text: str, **options: object) -> Guest:
        made.append(Guest(engine, compiled(text), **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.store.close()


@pytest.fixture
def resident() -> Callable[[], int]:
    """Give a function that tells this process's resident memory in bytes (Linux)."""
    status = Path("/proc/self/statm")
    if not status.exists():
        pytest.skip("no /proc/self/statm on this system")
    return lambda: int(status.read_text().split()[1]) * 4096
