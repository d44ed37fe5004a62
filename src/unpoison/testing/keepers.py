"""What outlives a run in a file: the results of benchmarks, and the coverage of tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

Call = Callable[..., Any]
"""Calls a function of the harness by its name."""


class Keeper(Protocol):
    """Gives something to the harness of a fresh instance, and takes something when it ends."""

    def give(self, call: Call) -> None:
        """Let the harness have what there is."""

    def take(self, call: Call) -> None:
        """Keep what the harness has; not called for an instance that died."""


class Baseline:
    """What the benchmarks of the last run measured, to compare with.

    Source: `wasm-bindgen-test` src/rt/criterion/baseline.rs.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def give(self, call: Call) -> None:
        """Let the harness have the file's content, if there is a file."""
        if self._path.is_file():
            call("__wbgbench_import", self._path.read_bytes())

    def take(self, call: Call) -> None:
        """Write what the harness has measured, if it has measured anything."""
        measured = call("__wbgbench_dump")
        if measured is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(bytes(measured))


class Coverage:
    """What a binary that was built with coverage says it has run.

    `pattern` is that of `LLVM_PROFILE_FILE`, None for the harness's own. Source:
    `wasm-bindgen-test` src/coverage.rs; `wasm-bindgen-cli` wasm_bindgen_test_runner/node.rs.
    """

    def __init__(self, pattern: str | None) -> None:
        self._pattern = pattern

    def give(self, call: Call) -> None:
        """Nothing: an instance begins without coverage."""

    def take(self, call: Call) -> None:
        """Write the profile, if the binary makes one."""
        profile = call("__wbgtest_cov_dump")
        if profile is not None:
            signature = call("__wbgtest_module_signature")
            place = (self._pattern, os.getpid(), tempfile.gettempdir(), signature)
            Path(call("__wbgtest_coverage_path", *place)).write_bytes(bytes(profile))
