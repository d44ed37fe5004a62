"""What the first load of a module costs, nothing cached, beside wasm-bindgen's CLI.

The CLI reads the same module and writes its glue; it compiles nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._counter import COUNTER, load_counter
from bench._environment import environment
from bench._measure import Comparison, compare, looped
from bench._sides import run_cli

ROUNDS = 5


def measure() -> Iterator[Comparison]:
    """Yield the comparison with the CLI."""
    with TemporaryDirectory() as folder, environment(UNPOISON_CACHE="0"):
        yield compare(
            "cold load: read, translate, link, compile, start",
            looped(lambda: load_counter().close()),
            looped(lambda: run_cli(COUNTER, Path(folder))),
            peer_name="wasm-bindgen's CLI",
            rounds=ROUNDS,
        )
