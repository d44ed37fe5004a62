"""`unpoison build`: from source to a package, or what is missing."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli._running import ROOT, run

Capture = pytest.CaptureFixture[str]
CRATE = ROOT / "tests" / "crates" / "documented"
WHEEL = "documented-0.3.0b2-py3-none-any.whl"

RUSTC = """\
case "$*" in
  "--version") echo "rustc 1.96.0 (fake)";;
  "--print sysroot") echo "{root}";;
esac
"""
CARGO = """\
if [ "$1" = metadata ]; then exec cat "{root}/metadata.json"; fi
touch "{root}/built"
echo '{{"reason": "compiler-artifact", "filenames": ["{module}"]}}'
"""


@pytest.fixture
def rust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Rust that answers for the crate `documented` and "builds" its committed module."""
    root = tmp_path / "rust"
    (root / "lib/rustlib/src/rust/library/std").mkdir(parents=True)
    (root / "lib/rustlib/src/rust/library/std/Cargo.toml").touch()
    module = CRATE / "documented.legacy.wasm"
    for name, text in (("rustc", RUSTC), ("cargo", CARGO)):
        program = root / name
        program.write_text("#!/bin/sh\n" + text.format(root=root, module=module))
        program.chmod(0o755)
        monkeypatch.setenv(name.upper(), str(program))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    answer(root)
    return root


def answer(rust: Path, **changed: Any) -> None:
    """Set what the fake cargo says about the crate."""
    manifest = tomllib.loads((CRATE / "Cargo.toml").read_text())["package"]
    target = {"name": "documented", "crate_types": ["cdylib"]}
    package = {"id": "own", "manifest_path": str(CRATE / "Cargo.toml"), "readme": "README.md"}
    package |= {"source": None, "targets": [target]} | manifest | changed
    facts = {"packages": [package], "workspace_members": ["own"]}
    facts |= {"workspace_root": str(CRATE), "target_directory": str(rust / "target")}
    facts |= {"resolve": {"nodes": [{"id": "own", "dependencies": []}]}}
    (rust / "metadata.json").write_text(json.dumps(facts))


def test_a_folder_without_a_crate_is_refused(capsys: Capture, tmp_path: Path) -> None:
    ran = run(capsys, "build", tmp_path)
    assert ran.code in (3, 4)  # 4 where there is no Rust at all
    assert "Traceback" not in ran.err


def test_without_a_toolchain_it_says_what_to_install(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("unpoison.build.toolchain._candidates", lambda env: iter(()))
    ran = run(capsys, "build", ROOT / "examples" / "stats", "-o", tmp_path)
    assert ran.code == 4
    assert "rustup toolchain install nightly" in ran.err


@pytest.mark.parametrize("option", [("--eh", "other"), ("--panic", "other")])
def test_an_unknown_choice_is_wrong_usage(capsys: Capture, option: tuple[str, str]) -> None:
    assert run(capsys, "build", ".", *option).code == 2


def test_a_wheel_has_the_package_and_what_the_crate_says(
    capsys: Capture, rust: Path, tmp_path: Path
) -> None:
    ran = run(capsys, "build", CRATE, "--wheel", "-o", tmp_path / "new" / "dist")
    assert ran.code == 0, ran.err
    path = tmp_path / "new" / "dist" / WHEEL
    assert ran.err.splitlines()[-1] == f"{path}: import documented"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        wasm = archive.read("documented/documented.wasm")
        said = archive.read("documented-0.3.0b2.dist-info/METADATA").decode()
    assert wasm == (CRATE / "documented.legacy.wasm").read_bytes()
    assert {"documented/py.typed", "documented/__init__.py", "documented/__init__.pyi"} < {*names}
    assert "License-Expression: MIT OR Apache-2.0\nLicense-File: LICENSE-APACHE\n" in said
    assert "Classifier: Topic :: Scientific/Engineering :: GIS\n" in said
    assert said.endswith((CRATE / "README.md").read_text())


def test_a_wheel_is_told_about_in_json(capsys: Capture, rust: Path, tmp_path: Path) -> None:
    answer(rust, license=None, readme=None)
    ran = run(capsys, "build", CRATE, "--wheel", "--json", "-o", tmp_path)
    told = json.loads(ran.out)
    content = (tmp_path / WHEEL).read_bytes()
    notes = told.pop("notes")
    assert [note.partition(";")[0] for note in notes] == [
        "Cargo.toml names no license",
        "there is no README",
    ]
    assert [line for line in ran.err.splitlines() if line.startswith("note: ")] == [
        f"note: {note}" for note in notes
    ]
    assert told == {
        "crate": "documented",
        "panic": "unwind",
        "eh": "legacy",
        "rust": "1.96.0",
        "kind": "wheel",
        "path": str(tmp_path / WHEEL),
        "import": "documented",
        "name": "documented",
        "version": "0.3.0b2",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_a_package_is_told_about_in_json(capsys: Capture, rust: Path, tmp_path: Path) -> None:
    ran = run(capsys, "build", CRATE, "--json", "-o", tmp_path)
    told = json.loads(ran.out)
    assert (told["kind"], told["import"], told["notes"]) == ("package", "documented", [])
    assert (Path(told["path"]) / "documented.wasm").is_file()


def test_what_no_wheel_can_say_is_refused_before_the_build(
    capsys: Capture, rust: Path, tmp_path: Path
) -> None:
    answer(rust, version="1.0.0-nightly.7")
    ran = run(capsys, "build", CRATE, "--wheel", "-o", tmp_path)
    assert ran.code == 3
    assert "the pre-release -nightly.7 has no equal" in ran.err
    assert not (rust / "built").exists()


def test_the_time_of_the_files_is_that_of_the_environment(
    capsys: Capture, rust: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")
    assert run(capsys, "build", CRATE, "--wheel", "-o", tmp_path).code == 0
    with zipfile.ZipFile(tmp_path / WHEEL) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    ran = run(capsys, "build", CRATE, "--wheel", "-o", tmp_path)
    assert (ran.code, "SOURCE_DATE_EPOCH is 'today'" in ran.err) == (3, True)


USE = """
import asyncio, documented
from importlib.metadata import distribution
assert documented.__file__.startswith({home!r}), documented.__file__
assert documented.sum({{"x": 1, "y": 2}}) == 3
assert documented.Place("here").name == "here"
async def main():
    assert await documented.later_number(2.5) == 2.5
asyncio.run(main())
said = distribution("documented")
assert (said.metadata["Version"], said.metadata["Name"]) == ("0.3.0b2", "documented")
assert [str(file) for file in said.files if "licenses" in str(file)] == [
    "documented-0.3.0b2.dist-info/licenses/LICENSE-APACHE",
    "documented-0.3.0b2.dist-info/licenses/LICENSE-MIT",
]
"""


def install(wheel: Path, folder: Path) -> Path:
    """Make a clean environment, let pip install the wheel there, and give its Python.

    unpoison and what it needs are found where they are: nothing is downloaded.
    """
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps"]
    options = ["--no-index", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run([*pip, *options, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [packages] = folder.glob("lib/python*/site-packages")
    found = [str(ROOT / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
    (packages / "borrowed.pth").write_text("\n".join(found))
    return python


def test_pip_installs_a_wheel_into_a_clean_environment(
    capsys: Capture, rust: Path, tmp_path: Path
) -> None:
    assert run(capsys, "build", CRATE, "--wheel", "-o", tmp_path).code == 0
    python = install(tmp_path / WHEEL, tmp_path / "venv")
    program = USE.format(home=str(tmp_path / "venv"))
    done = subprocess.run(
        [python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.toolchain
@pytest.mark.parametrize("panic", ["unwind", "abort"])
def test_a_crate_becomes_a_package(capsys: Capture, tmp_path: Path, panic: str) -> None:
    crate = tmp_path / "stats"
    source = ROOT / "examples" / "stats"
    shutil.copytree(source, crate, ignore=shutil.ignore_patterns("target", "*.wasm"))
    ran = run(capsys, "build", crate, "--panic", panic, "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    program = "import stats; print(stats.mean([1, 2]))"
    path = f"{ROOT / 'src'}:{tmp_path / 'out'}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1.5\n"


WORKSPACE = """\
[workspace]
members = ["inner"]
resolver = "2"

[workspace.package]
version = "2.1.0-rc.3"
authors = ["The workspace <ws@example.org>"]
license = "MIT"
readme = "README.md"
repository = "https://example.org/ws"
keywords = ["shared"]
categories = ["compression"]
"""
INHERITING = """\
[package]
name = "inner_crate"
edition = "2021"
description = "Takes what it can from its workspace"
version.workspace = true
authors.workspace = true
license.workspace = true
readme.workspace = true
repository.workspace = true
keywords.workspace = true
categories.workspace = true

[lib]
crate-type = ["cdylib"]

[dependencies]
wasm-bindgen = "=0.2.130"
"""
SAID = """\
Metadata-Version: 2.4
Name: inner-crate
Version: 2.1.0rc3
Summary: Takes what it can from its workspace
Keywords: shared
Author-email: The workspace <ws@example.org>
License-Expression: MIT
License-File: LICENSE
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Rust
Classifier: Topic :: System :: Archiving :: Compression
Classifier: Typing :: Typed
Project-URL: Source, https://example.org/ws
Requires-Python: >=3.11
"""


@pytest.mark.toolchain
@pytest.mark.timeout(1800)
def test_a_crate_of_a_workspace_becomes_a_wheel_twice_the_same(
    capsys: Capture, tmp_path: Path
) -> None:
    crate = tmp_path / "ws" / "inner"
    shutil.copytree(ROOT / "examples" / "stats" / "src", crate / "src")
    (crate / "Cargo.toml").write_text(INHERITING)
    (tmp_path / "ws" / "Cargo.toml").write_text(WORKSPACE)
    (tmp_path / "ws" / "README.md").write_text("# The workspace\n")
    (tmp_path / "ws" / "LICENSE").write_text("Do what you like.\n")
    wheels = []
    for name in ("one", "two"):
        ran = run(capsys, "build", crate, "--wheel", "-o", tmp_path / name)
        assert ran.code == 0, ran.err
        assert "note: " not in ran.err
        [wheel] = (tmp_path / name).iterdir()
        wheels.append((wheel.name, wheel.read_bytes()))
    assert wheels[0] == wheels[1]
    assert wheels[0][0] == "inner_crate-2.1.0rc3-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / "one" / wheels[0][0]) as archive:
        said = archive.read("inner_crate-2.1.0rc3.dist-info/METADATA").decode()
    assert said.startswith(SAID)
    assert said.endswith("\n\n# The workspace\n")
    python = install(tmp_path / "one" / wheels[0][0], tmp_path / "venv")
    program = "import inner_crate; print(inner_crate.mean([1, 2]))"
    done = subprocess.run(
        [python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1.5\n"
