"""The script that rebuilds the committed modules, without a compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples import build as script


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two crates: one with a module of one variant, one that was never built."""
    for name in ("examples/old", "tests/crates/new"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "Cargo.toml").touch()
    (tmp_path / "examples/old/old.exnref.wasm").write_bytes(b"before")
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "build_one", lambda crate, variant: f"{variant}!".encode())
    return tmp_path


def modules(repository: Path) -> dict[str, bytes]:
    """Every module of the repository."""
    return {path.name: path.read_bytes() for path in sorted(repository.rglob("*.wasm"))}


def test_a_crate_keeps_its_variants_and_a_new_one_gets_all(repository: Path) -> None:
    assert script.main([]) == 0
    assert modules(repository) == {
        "new.abort.wasm": b"abort!",
        "new.exnref.wasm": b"exnref!",
        "new.legacy.wasm": b"legacy!",
        "old.exnref.wasm": b"exnref!",
    }


def test_a_check_changes_nothing_and_fails(repository: Path) -> None:
    assert script.main(["--check"]) == 1
    assert modules(repository) == {"old.exnref.wasm": b"before"}


def test_a_check_of_what_was_just_built_succeeds(repository: Path) -> None:
    script.main([])
    assert script.main(["--check"]) == 0


def test_the_crates_of_this_repository_are_found() -> None:
    names = {path.name for path in script.crates()}
    assert {"counter", "stats", "types", "starts", "plain"} <= names
