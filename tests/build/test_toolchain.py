"""Which Rust is chosen, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from unpoison.build import find_toolchain
from unpoison.errors import ToolError


def environment(*rusts, extra: Path | None = None) -> dict[str, str]:
    """A PATH with these Rusts only; the empty home hides the real ones."""
    directories = [str(rust.root / "bin") for rust in rusts]
    tools = [str(extra)] if extra is not None else []
    return {"PATH": ":".join([*tools, *directories, "/nowhere"]), "HOME": "/nowhere"}


@pytest.fixture(autouse=True)
def no_debian(monkeypatch):
    """Hide what this machine has in /usr/bin."""
    real = __import__("shutil").which
    hidden = lambda name, path: None if path == "/usr/bin" else real(name, path=path)  # noqa: E731
    monkeypatch.setattr("unpoison.build.toolchain.shutil.which", hidden)


def rustup(write_script, directory: Path, **toolchains) -> Path:
    """A fake rustup that knows these toolchains; gives its directory."""
    names = "\n".join(f"  echo '{name}-x86_64'" for name in toolchains)
    which = "\n".join(
        f"if [ \"$3\" = '{name}-x86_64' ]; then echo '{rust.toolchain.rustc}'; fi"
        for name, rust in toolchains.items()
    )
    text = f'if [ "$1" = toolchain ]; then\n{names}\n  exit 0\nfi\n{which}\n'
    return write_script(directory / "rustup", text).parent


def test_unwind_takes_a_rust_with_source(make_rust):
    rust = make_rust("debian")
    found = find_toolchain("unwind", environment(rust))
    assert found == rust.toolchain
    assert found.build_std
    assert found.bootstrap


def test_unwind_refuses_a_rust_without_source(make_rust):
    with pytest.raises(ToolError) as caught:
        find_toolchain("unwind", environment(make_rust("stable", source=False, target=True)))
    assert caught.value.missing


def test_the_error_names_both_ways_to_install():
    with pytest.raises(ToolError) as caught:
        find_toolchain("unwind", {"PATH": "/nowhere"})
    assert "rustup toolchain install nightly --component rust-src" in str(caught.value)
    assert "apt-get install rustc-web cargo-web rust-web-src" in str(caught.value)


def test_the_error_for_abort_names_the_target():
    with pytest.raises(ToolError, match="rustup target add wasm32-unknown-unknown"):
        find_toolchain("abort", {"PATH": "/nowhere"})


def test_abort_takes_a_stable_rust_with_the_target(make_rust):
    found = find_toolchain("abort", environment(make_rust("stable", source=False, target=True)))
    assert not found.build_std
    assert not found.bootstrap


def test_abort_falls_back_to_building_std(make_rust):
    assert find_toolchain("abort", environment(make_rust("debian"))).build_std


def test_abort_prefers_the_target_over_the_source(make_rust, write_script, tmp_path):
    nightly = make_rust("nightly", "1.97.0-nightly")
    stable = make_rust("stable", source=False, target=True)
    tools = rustup(write_script, tmp_path / "tools", nightly=nightly, stable=stable)
    assert find_toolchain("abort", environment(extra=tools)).rustc == stable.toolchain.rustc


def test_nightly_of_rustup_comes_before_the_path(make_rust, write_script, tmp_path):
    nightly = make_rust("nightly", "1.97.0-nightly")
    tools = rustup(write_script, tmp_path / "tools", nightly=nightly)
    found = find_toolchain("unwind", environment(make_rust("debian"), extra=tools))
    assert found.rustc == nightly.toolchain.rustc
    assert not found.bootstrap


def test_nightly_without_source_is_passed_over(make_rust, write_script, tmp_path):
    nightly = make_rust("nightly", "1.97.0-nightly", source=False)
    tools = rustup(write_script, tmp_path / "tools", nightly=nightly)
    debian = make_rust("debian")
    assert find_toolchain("unwind", environment(debian, extra=tools)) == debian.toolchain


def test_the_environment_names_a_compiler_that_comes_first(make_rust):
    chosen, other = make_rust("chosen"), make_rust("other")
    env = environment(other) | {
        "RUSTC": str(chosen.toolchain.rustc),
        "CARGO": str(chosen.toolchain.cargo),
    }
    assert find_toolchain("unwind", env) == chosen.toolchain


def test_a_compiler_that_does_not_run_is_passed_over(make_rust, write_script, tmp_path):
    broken = make_rust("broken")
    write_script(broken.toolchain.rustc, "exit 3\n")
    with pytest.raises(ToolError):
        find_toolchain("unwind", environment(broken))
