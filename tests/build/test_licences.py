"""Which files are licences, and what names one."""

from __future__ import annotations

from pathlib import Path

import pytest

from unpoison.build.licences import find_licences, licence_expression


def names(crate: Path, workspace: Path, declared: str | None = None) -> list[str]:
    return [file.name for file in find_licences(crate, workspace, declared)]


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """An empty crate inside of a workspace."""
    folder = tmp_path / "workspace" / "crate"
    folder.mkdir(parents=True)
    return folder


def write(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(f"text of {file}")


def test_files_are_found_by_their_names(crate: Path) -> None:
    found = [
        "COPYING",
        "LICENSE-APACHE-2.0",
        "LICENSE.MIT",
        "NOTICE.txt",
        "UNLICENSE",
        "licence.md",
    ]
    write(
        crate,
        *found,
        "LICENSES/MIT.txt",
        "license.rs",
        "noticeboard.md",
        "README.md",
        "src/LICENSE",
    )
    assert names(crate, crate.parent) == sorted([*found, "LICENSES/MIT.txt"])


def test_what_the_manifest_names_is_one_too(crate: Path) -> None:
    write(crate, "docs/terms.txt", "LICENSE")
    assert names(crate, crate.parent, "docs/terms.txt") == ["LICENSE", "docs/terms.txt"]


def test_a_file_outside_of_the_crate_gets_no_path_that_leads_out(crate: Path) -> None:
    write(crate.parent, "TERMS")
    [file] = find_licences(crate, crate.parent, "../TERMS")
    assert (file.name, file.path.read_text()) == ("TERMS", "text of TERMS")


def test_a_crate_without_any_has_those_of_its_workspace(crate: Path) -> None:
    write(crate.parent, "LICENSE")
    assert names(crate, crate.parent) == ["LICENSE"]
    write(crate, "COPYING")
    assert names(crate, crate.parent) == ["COPYING"]


def test_a_folder_or_a_missing_file_is_no_licence(crate: Path) -> None:
    (crate / "LICENSE").mkdir()
    (crate / "NOTICE").symlink_to("nowhere")
    assert names(crate, crate.parent, "missing.txt") == []


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("MIT", "MIT"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        ("LicenseRef-Own", "LicenseRef-Own"),
        ("as you like", None),
        ("MIT OR", None),
        ("", None),
    ],
)
def test_an_expression_is_normal_or_none(text: str, expression: str | None) -> None:
    assert licence_expression(text) == expression
