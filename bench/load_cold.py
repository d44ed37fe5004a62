"""What the first load of a module costs, nothing cached, beside wasm-bindgen's CLI.

The CLI reads the same module and writes its glue; it compiles nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._environment import environment
from bench._measure import Comparison, compare, looped
from bench._modules import LOADED, loading
from bench._sides import run_cli

ROUNDS = 5


def measure() -> Iterator[Comparison]:
    """Yield the comparison with the CLI, for each size."""
    with TemporaryDirectory() as folder, environment(UNPOISON_CACHE="0"):
        for size, module in LOADED.items():
            yield compare(
                f"cold load, compiled, {size}",
                looped(loading(module)),
                looped(partial(run_cli, module, Path(folder))),
                peer_name="wasm-bindgen's CLI",
                rounds=ROUNDS,
            )
