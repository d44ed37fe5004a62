"""A crate's entry in `cargo metadata` as a project of Python's."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from unpoison.build import Project, project, read_project
from unpoison.build.project import project_of
from unpoison.errors import ToolError

FULL = {
    "name": "My_Crate",
    "version": "0.3.0-beta.2",
    "description": "Does it all",
    "authors": ["Ada <ada@example.org>", "Somebody"],
    "license": "MIT/Apache-2.0",
    "license_file": None,
    "readme": "README.md",
    "repository": "https://example.org/git",
    "homepage": "https://example.org",
    "documentation": None,
    "keywords": ["wasm"],
    "categories": ["compression", "wasm"],
    "metadata": None,
}
"""What cargo 1.96 prints of a package, as far as it is read."""


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A crate that lacks nothing."""
    (tmp_path / "README.md").write_text("# Read me")
    (tmp_path / "LICENSE").write_text("Do what you like.")
    (tmp_path / "Cargo.toml").touch()
    return tmp_path


def read(crate: Path, **changed: Any) -> Project:
    return project_of(FULL | changed, crate, crate)


def test_a_crate_that_lacks_nothing_has_no_notes(crate: Path) -> None:
    found = read(crate)
    said = found.metadata
    assert found.notes == ()
    assert (said.name, said.version, said.summary) == ("my-crate", "0.3.0b2", "Does it all")
    assert (said.authors, said.author_emails) == (("Somebody",), ("Ada <ada@example.org>",))
    assert (said.license_expression, said.license) == ("MIT OR Apache-2.0", None)
    assert said.license_files == ("LICENSE",)
    assert said.description == "# Read me"
    assert said.description_content_type == "text/markdown; charset=UTF-8"
    assert said.project_urls == (
        ("Homepage", "https://example.org"),
        ("Source", "https://example.org/git"),
    )
    assert "Topic :: System :: Archiving :: Compression" in said.classifiers


def test_the_unpoison_that_binds_is_the_one_that_runs(crate: Path) -> None:
    found = read(crate)
    assert found.generator == version("unpoison")
    [wanted] = found.metadata.requires
    assert wanted.startswith(f"unpoison>={version('unpoison')},<")
    assert found.metadata.requires_python == ">=3.11"


def test_the_metadata_of_any_of_these_can_be_written(crate: Path) -> None:
    assert b"\nName: my-crate\n" in read(crate).metadata.render()


BARE = dict.fromkeys(["description", "authors", "license", "readme", "repository", "homepage"])


def test_a_bare_crate_is_noted_and_not_refused(tmp_path: Path) -> None:
    found = read(tmp_path, **BARE, keywords=[], categories=[])
    assert [note.partition(";")[0] for note in found.notes] == [
        "there is no licence file",
        "Cargo.toml names no license",
        "there is no README",
        "Cargo.toml has no description",
    ]
    assert b"\nName: my-crate\n" in found.metadata.render()


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"license": "as you like"}, "license 'as you like' is no SPDX expression"),
        ({"license_file": "gone.txt"}, "license-file gone.txt is not there"),
        ({"readme": "gone.md"}, "the README is left out: gone.md: No such file"),
        ({"readme": "binary"}, "the README is left out: binary: is not UTF-8"),
        ({"version": "1.0.0+here"}, "version 1.0.0+here is a local one"),
    ],
)
def test_what_cannot_be_said_is_noted(crate: Path, changed: dict[str, str], note: str) -> None:
    (crate / "binary").write_bytes(b"\xff")
    found = read(crate, **changed)
    [said] = found.notes
    assert said.startswith(note)
    assert b"\nName: my-crate\n" in found.metadata.render()


def test_a_licence_without_an_expression_is_given_as_text(crate: Path) -> None:
    said = read(crate, license="as you like").metadata
    assert (said.license_expression, said.license) == (None, "as you like")


def test_a_licence_file_alone_is_enough(crate: Path) -> None:
    found = read(crate, license=None, license_file="LICENSE")
    assert (found.notes, found.metadata.license_files) == ((), ("LICENSE",))


def test_the_crate_may_give_its_wheel_another_name_and_version(crate: Path) -> None:
    own = {"unpoison": {"name": "Other.Name", "version": "2.0.post1"}, "docs": {"all": True}}
    said = read(crate, metadata=own, version="1.0.0-nightly.1").metadata
    assert (said.name, said.version) == ("other-name", "2.0.post1")


@pytest.mark.parametrize(
    ("own", "reason"),
    [
        ({"nmae": "x"}, "nmae = 'x'"),
        ({"version": 2}, "version = 2"),
        ({"version": "two"}, "'two' is not a version of Python's"),
        ("x", "is not a table"),
    ],
)
def test_settings_that_are_not_known_are_refused(crate: Path, own: Any, reason: str) -> None:
    with pytest.raises(ToolError, match=reason):
        read(crate, metadata={"unpoison": own})


@pytest.mark.parametrize(("name", "found"), [("_lead", "lead"), ("a__b-c_", "a-b-c")])
def test_a_name_has_the_form_of_the_index(crate: Path, name: str, found: str) -> None:
    assert read(crate, name=name).metadata.name == found


@pytest.mark.parametrize("name", ["größe", "_", "-"])
def test_a_name_that_the_index_cannot_have_is_refused(crate: Path, name: str) -> None:
    with pytest.raises(ToolError, match=r"is no name for a wheel.*package\.metadata\.unpoison"):
        read(crate, name=name)


def test_without_an_installed_unpoison_there_is_nothing_to_require(
    crate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(project, "version", fail)
    with pytest.raises(ToolError, match="pip install it first") as caught:
        read(crate)
    assert caught.value.missing


def test_the_facts_come_from_cargo(make_rust: Any, facts: Any, crate: Path) -> None:
    rust = make_rust("rust")
    said = facts(crate)
    said["packages"][0] |= FULL
    rust.answers(said)
    assert read_project(crate, rust.toolchain).metadata.name == "my-crate"
