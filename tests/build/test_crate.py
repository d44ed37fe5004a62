"""What is read from `cargo metadata`."""

from __future__ import annotations

import pytest

from unpoison.build.crate import read_crate
from unpoison.errors import ToolError


@pytest.fixture
def crate(tmp_path):
    """A directory that looks like a crate."""
    directory = tmp_path / "own"
    directory.mkdir()
    (directory / "Cargo.toml").touch()
    return directory


def test_a_crate_is_its_cdylib_and_its_directories(make_rust, facts, crate):
    rust = make_rust("rust")
    rust.answers(facts(crate))
    found = read_crate(crate, rust.toolchain, {})
    assert (found.package, found.library, found.workspace) == ("own", "own", crate)


def test_a_registry_is_one_directory_and_a_path_dependency_its_own(make_rust, facts, crate):
    rust = make_rust("rust")
    rust.answers(facts(crate))
    assert dict(read_crate(crate, rust.toolchain, {}).sources) == {
        crate.parent / "cargo/registry/src/index-1": "/deps",
        crate.parent / "near": "/deps/near-1.0.0",
    }


@pytest.mark.parametrize(
    ("dep_needs", "all_needed"),
    [((), {"own", "dep", "near"}), (("worker",), {"own", "dep", "near", "worker"})],
)
def test_dependencies_are_those_of_the_crate_and_not_of_its_neighbours(
    make_rust, facts, crate, dep_needs, all_needed
):
    rust = make_rust("rust")
    rust.answers(facts(crate, dep_needs=dep_needs))
    assert read_crate(crate, rust.toolchain, {}).dependencies == all_needed


def test_a_directory_without_a_manifest_is_no_crate(make_rust, tmp_path):
    with pytest.raises(ToolError, match=r"is not a crate: it has no Cargo\.toml"):
        read_crate(tmp_path, make_rust("rust").toolchain, {})


def test_a_crate_without_a_cdylib_is_told_what_to_add(make_rust, facts, crate):
    rust = make_rust("rust")
    rust.answers(facts(crate, crate_types=("lib",)))
    with pytest.raises(ToolError, match=r'add crate-type = \["cdylib"\]'):
        read_crate(crate, rust.toolchain, {})


def test_a_workspace_without_a_crate_of_its_own(make_rust, facts, crate, tmp_path):
    rust = make_rust("rust")
    rust.answers(facts(tmp_path / "elsewhere"))
    with pytest.raises(ToolError, match="name one of its crates"):
        read_crate(crate, rust.toolchain, {})


def test_what_cargo_says_is_in_the_error(make_rust, write_script, crate):
    rust = make_rust("rust")
    write_script(rust.toolchain.cargo, "echo 'error: no network' >&2; exit 101\n")
    with pytest.raises(ToolError, match="no network"):
        read_crate(crate, rust.toolchain, {})


def test_a_cargo_that_is_not_there_is_missing(make_rust, crate):
    rust = make_rust("rust")
    rust.toolchain.cargo.unlink()
    with pytest.raises(ToolError) as caught:
        read_crate(crate, rust.toolchain, {})
    assert caught.value.missing
