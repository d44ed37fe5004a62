"""What a benchmark measured is kept in a file for its next run."""

from __future__ import annotations

from pathlib import Path

from unpoison.testing import Baseline


class Harness:
    def __init__(self, measured: bytes | None) -> None:
        self.measured = measured
        self.given: list[object] = []

    def call(self, name: str, *arguments: object) -> object:
        if name == "__wbgbench_import":
            self.given.extend(arguments)
            return None
        assert name == "__wbgbench_dump"
        return self.measured


def test_the_next_run_gets_what_the_last_one_measured(tmp_path: Path) -> None:
    path = tmp_path / "target" / "baseline.json"
    first, second = Harness(b'{"a": 1}'), Harness(None)
    Baseline(path).give(first.call)
    Baseline(path).take(first.call)
    Baseline(path).give(second.call)
    Baseline(path).take(second.call)
    assert first.given == []
    assert second.given == [b'{"a": 1}']
    assert path.read_bytes() == b'{"a": 1}'
