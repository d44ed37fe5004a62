"""How cargo is run, with a fake one; and, marked `toolchain`, that the real one repeats itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from unpoison.build import build
from unpoison.errors import ToolError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def crate(tmp_path):
    """A directory that looks like a crate."""
    directory = tmp_path / "own"
    directory.mkdir()
    (directory / "Cargo.toml").touch()
    return directory


@pytest.fixture
def rust(make_rust, facts, crate):
    """A fake Rust that builds the crate."""
    made = make_rust("rust")
    made.answers(facts(crate))
    wasm = made.root / "own.wasm"
    wasm.write_bytes(b"\0asm")
    made.builds(
        [{"reason": "compiler-artifact", "filenames": [str(wasm)]}],
        stderr="   Compiling own v1.0.0\n    Finished release\n",
    )
    return made


def flags(rust) -> list[str]:
    """What rustc was told."""
    return rust.environment["CARGO_ENCODED_RUSTFLAGS"].split("\x1f")


def test_unwind_builds_the_standard_library(rust, crate):
    build(crate, toolchain=rust.toolchain)
    assert "-Zbuild-std=std,panic_unwind" in rust.arguments
    assert rust.environment["RUSTC_BOOTSTRAP"] == "1"
    assert "-Cpanic=unwind" in flags(rust)


@pytest.mark.parametrize(("eh", "legacy"), [("legacy", "true"), ("exnref", "false")])
def test_the_dialect_is_said_in_both_cases(rust, crate, eh, legacy):
    build(crate, eh=eh, toolchain=rust.toolchain)
    assert f"-Cllvm-args=-wasm-use-legacy-eh={legacy}" in flags(rust)


def test_abort_with_the_target_builds_no_standard_library(rust, crate, monkeypatch):
    shutil.rmtree(rust.toolchain.library)
    libraries = rust.toolchain.sysroot / "lib/rustlib/wasm32-unknown-unknown/lib"
    libraries.mkdir(parents=True)
    (libraries / "libstd-1.rlib").touch()
    monkeypatch.setenv("RUSTC", str(rust.toolchain.rustc))
    monkeypatch.setenv("CARGO", str(rust.toolchain.cargo))
    built = build(crate, panic="abort")
    assert not [word for word in rust.arguments if word.startswith("-Z")]
    assert "RUSTC_BOOTSTRAP" not in rust.environment
    assert (built.panic, built.eh) == ("abort", None)


def test_the_profile_of_the_crate_cannot_strip_or_change_the_panic(rust, crate):
    build(crate, toolchain=rust.toolchain)
    assert rust.environment["CARGO_PROFILE_RELEASE_PANIC"] == "unwind"
    assert rust.environment["CARGO_PROFILE_RELEASE_STRIP"] == "none"


def test_a_rust_worker_is_built_as_worker_build_does(rust, crate, facts, monkeypatch):
    monkeypatch.delenv("WASM_BINDGEN_USE_JS_SYS", raising=False)
    build(crate, toolchain=rust.toolchain)
    assert "WASM_BINDGEN_USE_JS_SYS" not in rust.environment
    rust.answers(facts(crate, dep_needs=("worker",)))
    build(crate, toolchain=rust.toolchain)
    assert rust.environment["WASM_BINDGEN_USE_JS_SYS"] == "1"
    # Apart from other crates: what a macro made does not change when its environment does.
    assert "/target/unpoison/legacy-worker" in rust.environment["CARGO_BUILD_BUILD_DIR"]


def test_flags_of_the_environment_are_not_used(rust, crate, monkeypatch):
    monkeypatch.setenv("RUSTFLAGS", "-Ctarget-cpu=native")
    build(crate, toolchain=rust.toolchain)
    assert "RUSTFLAGS" not in rust.environment
    assert "-Ctarget-cpu=native" not in flags(rust)


@pytest.fixture
def home(rust, crate, monkeypatch, tmp_path):
    """A home with a cargo that has one registry, and a crate that takes source from there only."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    (tmp_path / "cargo/registry/src/index-1").mkdir(parents=True)
    return tmp_path


def of_registry(told: dict) -> dict:
    """The facts of a crate whose dependencies are all of a registry."""
    [dep] = [one for one in told["packages"] if one["name"] == "dep"]
    place = {key: dep[key] for key in ("source", "manifest_path")}
    packages = [{**one, **place} if one["name"] == "near" else one for one in told["packages"]]
    return {**told, "packages": packages}


def test_all_crates_of_a_machine_are_given_the_same_flags(rust, crate, facts, home):
    rust.answers(of_registry(facts(crate)))
    build(crate, toolchain=rust.toolchain)
    assert flags(rust)[2:] == [
        f"--remap-path-prefix={home}/cargo=/cargo",
        f"--remap-path-prefix={home}/cargo/registry/src/index-1=/deps",
        f"--remap-path-prefix={rust.toolchain.sysroot}/lib=/sysroot/lib",
        f"--remap-path-prefix={rust.toolchain.library}=/rust",
        f"--remap-path-prefix={crate}/target/unpoison/legacy=/target",
    ]


def test_the_crates_own_directory_is_named_to_itself_alone(rust, crate, facts, home):
    rust.answers(of_registry(facts(crate)))
    build(crate, toolchain=rust.toolchain)
    own = rust.arguments[rust.arguments.index("--") :]
    assert own == [
        "--",
        f"--remap-path-prefix={home}=/home",
        f"--remap-path-prefix={crate}=/crate",
    ]


def test_a_path_dependency_is_named_to_all_and_built_apart(rust, crate, home):
    build(crate, toolchain=rust.toolchain)
    [near, target] = [flag.split("=", 1)[1] for flag in flags(rust)[-2:]]
    assert near == f"{home}/near=/deps/near-1.0.0"
    directory = rust.environment["CARGO_BUILD_BUILD_DIR"]
    assert target == f"{directory}=/target"
    assert re.fullmatch(rf"{crate}/target/unpoison/legacy-[0-9a-f]{{8}}", directory)


def test_the_crates_of_a_workspace_are_named_to_each_other(rust, crate, facts, home):
    told = of_registry(facts(crate))
    rust.answers({**told, "workspace_members": ["own", "other"]})
    build(crate, toolchain=rust.toolchain)
    assert f"--remap-path-prefix={crate}=/crate" in flags(rust)


def test_crates_may_share_the_build_directory_that_cargo_names(rust, crate, facts, home):
    told = of_registry(facts(crate))
    rust.answers({**told, "build_directory": str(home / "shared")})
    build(crate, eh="exnref", toolchain=rust.toolchain)
    assert rust.environment["CARGO_BUILD_BUILD_DIR"] == str(home / "shared/unpoison/exnref")
    where = rust.arguments[rust.arguments.index("--target-dir") + 1]
    assert where == str(crate / "target/unpoison/exnref")


def test_progress_gets_the_lines_of_cargo(rust, crate):
    lines: list[str] = []
    build(crate, toolchain=rust.toolchain, progress=lines.append)
    assert lines == ["   Compiling own v1.0.0", "    Finished release"]


def test_the_module_is_copied_where_it_is_wanted(rust, crate, tmp_path):
    built = build(crate, toolchain=rust.toolchain, out_dir=tmp_path / "new/place")
    assert built.path == tmp_path / "new/place/own.wasm"
    assert built.path.read_bytes() == b"\0asm"


def test_a_failed_build_raises_what_cargo_said(rust, crate):
    rust.builds([], stderr="error: linker `rust-lld` not found\n", status=101)
    with pytest.raises(ToolError, match="linker `rust-lld` not found"):
        build(crate, toolchain=rust.toolchain)


def test_a_build_without_a_module_is_an_error(rust, crate):
    rust.builds([])
    with pytest.raises(ToolError, match=r"named no \.wasm file"):
        build(crate, toolchain=rust.toolchain)
