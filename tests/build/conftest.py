"""Fake Rusts: shell scripts that answer as rustc, cargo and rustup do."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from unpoison.build import Toolchain


@dataclass
class FakeRust:
    """A directory with a fake compiler, and what its cargo will do."""

    root: Path
    toolchain: Toolchain

    def answers(self, metadata: dict[str, Any]) -> None:
        """Set what `cargo metadata` prints."""
        (self.root / "metadata.json").write_text(json.dumps(metadata))

    def builds(self, messages: list[dict[str, Any]], stderr: str = "", status: int = 0) -> None:
        """Set what `cargo build` prints, and its exit status."""
        lines = "".join(json.dumps(message) + "\n" for message in messages)
        (self.root / "messages").write_text(lines)
        (self.root / "stderr").write_text(stderr)
        (self.root / "status").write_text(str(status))

    @property
    def arguments(self) -> list[str]:
        """The arguments of the last `cargo build`."""
        return (self.root / "arguments").read_text().splitlines()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the last `cargo build`."""
        lines = (self.root / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


RustMaker = Callable[..., FakeRust]


@pytest.fixture
def make_rust(tmp_path: Path) -> RustMaker:
    """Make a fake Rust: `make_rust("name", version=..., source=..., target=...)`."""

    def make(
        name: str, version: str = "1.96.0", *, source: bool = True, target: bool = False
    ) -> FakeRust:
        root = tmp_path / name
        sysroot = root / "sysroot"
        if source:
            _touch(sysroot / "lib/rustlib/src/rust/library/std/Cargo.toml")
        if target:
            _touch(sysroot / "lib/rustlib/wasm32-unknown-unknown/lib/libstd-1.rlib")
        rustc = script(root / "bin/rustc", _RUSTC.format(version=version, sysroot=sysroot))
        cargo = script(root / "bin/cargo", _CARGO.format(root=root))
        return FakeRust(root, Toolchain(cargo, rustc, version, sysroot, True, True))

    return make


_RUSTC = """\
case "$*" in
  "--version") echo "rustc {version} (fake)";;
  "--print sysroot") echo "{sysroot}";;
  *) exit 1;;
esac
"""

_CARGO = """\
if [ "$1" = metadata ]; then exec cat "{root}/metadata.json"; fi
printf '%s\\n' "$@" > "{root}/arguments"
env > "{root}/environment"
cat "{root}/stderr" >&2
cat "{root}/messages"
exit "$(cat "{root}/status")"
"""


def script(path: Path, text: str) -> Path:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def crate_facts(
    directory: Path, crate_types: tuple[str, ...] = ("cdylib",), dep_needs: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What `cargo metadata` says about a crate with one dependency of each kind.

    The package `worker` belongs to the workspace's lock file; `own` needs it only when
    `dep_needs`, the dependencies of the package `dep`, name it.
    """
    registry = directory.parent / "cargo/registry/src/index-1"
    return {
        "workspace_root": str(directory),
        "workspace_members": ["own"],
        "target_directory": str(directory / "target"),
        "packages": [
            _package("own", directory, None, crate_types),
            _package("dep", registry / "dep-1.0.0", "registry+https://example.org/index"),
            _package("near", directory.parent / "near", None),
            _package("worker", registry / "worker-0.8.7", "registry+https://example.org/index"),
        ],
        "resolve": {
            "nodes": [
                {"id": "own", "dependencies": ["dep", "near"]},
                {"id": "dep", "dependencies": list(dep_needs)},
                {"id": "near", "dependencies": []},
                {"id": "worker", "dependencies": ["dep"]},
            ]
        },
    }


def _package(
    name: str, root: Path, source: str | None, crate_types: tuple[str, ...] = ("lib",)
) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "version": "1.0.0",
        "source": source,
        "manifest_path": str(root / "Cargo.toml"),
        "targets": [{"name": name, "crate_types": list(crate_types)}],
    }


@pytest.fixture
def facts() -> Callable[..., dict[str, Any]]:
    """`crate_facts`, as a fixture: test files of a folder cannot import each other."""
    return crate_facts


@pytest.fixture
def write_script() -> Callable[[Path, str], Path]:
    """`script`, as a fixture."""
    return script
