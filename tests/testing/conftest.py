"""The committed binaries of the suite as files, and a way to run `unpoison test-runner` on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli._running import Ran, run
from tests.testing.original import BINARIES, unpack

Runner = Callable[..., Ran]


@pytest.fixture(scope="session")
def binaries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each build of the suite by its panic strategy."""
    folder = tmp_path_factory.mktemp("suite")
    return {build: unpack(build, folder) for build in BINARIES}


@pytest.fixture
def test_runner(
    binaries: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Runner:
    """Run the suite of a build, or any file, with arguments."""
    monkeypatch.delenv("WASM_BINDGEN_TEST_TIMEOUT", raising=False)

    def test(build: str | Path, *arguments: object) -> Ran:
        path = binaries[build] if isinstance(build, str) else build
        return run(capsys, "test-runner", path, *arguments)

    return test
