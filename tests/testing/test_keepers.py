"""What a benchmark measured and what a test covered is kept in files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from unpoison.testing import Baseline, Coverage


class Harness:
    """The functions of the harness, with results that a test chooses."""

    def __init__(self, **results: object) -> None:
        self.results = results
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def call(self, name: str, *arguments: object) -> object:
        self.calls.append((name, arguments))
        return self.results.get(name)


def test_the_next_run_gets_what_the_last_one_measured(tmp_path: Path) -> None:
    path = tmp_path / "target" / "baseline.json"
    first, second = Harness(__wbgbench_dump=b'{"a": 1}'), Harness()
    for harness in (first, second):
        Baseline(path).give(harness.call)
        Baseline(path).take(harness.call)
    assert first.calls == [("__wbgbench_dump", ())]
    assert second.calls == [("__wbgbench_import", (b'{"a": 1}',)), ("__wbgbench_dump", ())]
    assert path.read_bytes() == b'{"a": 1}'


def test_coverage_is_written_where_the_harness_says(tmp_path: Path) -> None:
    path = tmp_path / "some.profraw"
    harness = Harness(
        __wbgtest_cov_dump=bytearray(b"profile"),
        __wbgtest_module_signature=2**63,
        __wbgtest_coverage_path=str(path),
    )
    Coverage("%m.profraw").give(harness.call)
    Coverage("%m.profraw").take(harness.call)
    place = ("%m.profraw", os.getpid(), tempfile.gettempdir(), 2**63)
    assert harness.calls[-1] == ("__wbgtest_coverage_path", place)
    assert path.read_bytes() == b"profile"


def test_a_binary_without_coverage_writes_nothing() -> None:
    harness = Harness()
    Coverage(None).take(harness.call)
    assert harness.calls == [("__wbgtest_cov_dump", ())]
