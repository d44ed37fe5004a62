"""With a real Rust, marked `toolchain`: the committed modules come out again, byte by byte."""

from __future__ import annotations

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import _peers
from unpoison.build import Toolchain, build, find_toolchain
from unpoison.errors import ToolError

COUNTER = _peers.ROOT / "examples" / "counter"
VARIANTS = {
    "legacy": ("legacy", "unwind"),
    "exnref": ("exnref", "unwind"),
    "abort": ("legacy", "abort"),
}
UNSAFE = """\
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
extern "C" {
    fn apply(function: &mut dyn FnMut());
}
#[wasm_bindgen]
pub fn go() {
    let mut calls = 0;
    apply(&mut || calls += 1);
}
"""
NEAR = """\
#[track_caller]
pub fn place() -> &'static str {
    std::panic::Location::caller().file()
}
pub fn refuse(why: &str) -> String {
    panic!("{why} at {}", place())
}
"""
USES_NEAR = """\
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub fn go(why: &str) -> String {
    near::refuse(why)
}
"""
SAYS = """\
use wasm_bindgen::prelude::*;
#[wasm_bindgen]
pub fn go() -> String {
    "I am NAME.".into()
}
"""

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(1800)]


@pytest.fixture
def rust() -> Toolchain:
    """Debian's Rust, which built the committed modules, or another one that can."""
    debian = {"RUSTC": "/usr/bin/rustc", "CARGO": "/usr/bin/cargo"}
    try:
        return find_toolchain("unwind", os.environ | debian)
    except ToolError as error:
        _peers.missing(f"a Rust that builds for wasm32: {error}")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The counter's source in a directory with another name and depth."""
    directory = tmp_path / "some where" / "else"
    shutil.copytree(COUNTER, directory, ignore=shutil.ignore_patterns("target", "*.wasm"))
    return directory


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_counter_builds_to_the_committed_bytes(
    rust: Toolchain, copy: Path, variant: str
) -> None:
    committed = (COUNTER / f"counter.{variant}.wasm").read_bytes()
    if f"{rust.version} (".encode() not in committed:
        _peers.missing(f"the Rust that built the committed modules (this one is {rust.version})")
    eh, panic = VARIANTS[variant]
    built = build(copy, eh=eh, panic=panic, toolchain=rust).path.read_bytes()
    assert built == committed
    assert not machine_paths(built, copy, rust)


def test_a_path_dependency_leaves_no_name_of_this_machine(
    rust: Toolchain, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its flags are its own, and so is its standard library: not one more for each run of the test.
    monkeypatch.setenv("CARGO_BUILD_BUILD_DIR", str(tmp_path / "built"))
    manifest = '[package]\nname = "near"\nversion = "1.2.3"\nedition = "2021"\n'
    (tmp_path / "near" / "src").mkdir(parents=True)
    (tmp_path / "near" / "Cargo.toml").write_text(manifest)
    (tmp_path / "near" / "src" / "lib.rs").write_text(NEAR)
    own = (copy / "Cargo.toml").read_text()
    own = own.replace("[dependencies]", "[dependencies]\nnear = { path = '../../near' }")
    own = own.replace("[profile.release]", "[profile.release]\ndebug = 'line-tables-only'")
    (copy / "Cargo.toml").write_text(own)
    (copy / "src" / "lib.rs").write_text(USES_NEAR)
    built = build(copy, toolchain=rust).path.read_bytes()
    assert b"/deps/near-1.2.3/src/lib.rs" in built
    assert not machine_paths(built, tmp_path, rust)


def test_crates_of_one_name_that_are_built_at_once_are_not_taken_for_each_other(
    rust: Toolchain, copy: Path, tmp_path: Path
) -> None:
    crates = {name: tmp_path / name for name in ("one", "two")}
    for name, crate in crates.items():
        shutil.copytree(copy, crate)
        (crate / "src" / "lib.rs").write_text(SAYS.replace("NAME", name))
    with ThreadPoolExecutor() as pool:
        built = [pool.submit(build, crate, toolchain=rust) for crate in crates.values()]
    for name, one in zip(crates, built, strict=True):
        assert re.findall(rb"I am (\w+)\.", one.result().path.read_bytes()) == [name.encode()]


def test_unwind_safety_is_explained_in_one_line(rust: Toolchain, copy: Path) -> None:
    (copy / "src" / "lib.rs").write_text(UNSAFE)
    with pytest.raises(ToolError) as caught:
        build(copy, toolchain=rust)
    said = str(caught.value)
    assert said.count("\n") == 0
    assert "counter does not compile with panic=unwind: src/lib.rs:9: the type `&mut " in said
    assert "build with --panic abort" in said


def machine_paths(module: bytes, crate: Path, rust: Toolchain) -> list[bytes]:
    """Names of directories of this machine that a module holds."""
    names = [str(Path.home()), str(crate), str(rust.sysroot / "lib"), "registry"]
    return [name.encode() for name in names if re.search(re.escape(name.encode()), module)]
