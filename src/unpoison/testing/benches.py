"""The results of a benchmark's last run, which the harness compares with: one JSON file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class Baseline:
    """The file that keeps what `__wbgbench_dump` gives, for `__wbgbench_import` of the next run.

    Source: `wasm-bindgen-test` src/rt/criterion/baseline.rs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def give(self, call: Callable[..., object]) -> None:
        """Let the harness have the file's content, if there is a file."""
        if self._path.is_file():
            call("__wbgbench_import", self._path.read_bytes())

    def take(self, call: Callable[..., object]) -> None:
        """Write what the harness has measured, if it has measured anything."""
        measured = call("__wbgbench_dump")
        if measured is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(bytes(measured))  # type: ignore[call-overload]
