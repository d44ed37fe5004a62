"""What a wheel says about its crate: `cargo metadata` -> core metadata of Python.

Source of the fields: cargo's manual, "The Manifest Format" and `cargo metadata`; the core metadata
specification 2.4, and PEP 639 for licences.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from unpoison.build.cargo import cargo_environment
from unpoison.build.categories import classifiers_of
from unpoison.build.core_metadata import CoreMetadata, content_type, split_authors
from unpoison.build.crate import read_package
from unpoison.build.licences import LicenceFile, find_licences, licence_expression
from unpoison.build.toolchain import Toolchain
from unpoison.build.versions import checked_version, compatible_range, python_version
from unpoison.errors import ToolError

REQUIRES_PYTHON = ">=3.11"
_OWN_KEYS = ("name", "version")
_LINKS = (("Homepage", "homepage"), ("Documentation", "documentation"), ("Source", "repository"))
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Project:
    """A crate as a distribution of Python's: what its wheel says, and its licence files.

    `generator` is the version of unpoison that makes it; `notes` tell, a sentence each, what is
    missing for a good page in an index.
    """

    metadata: CoreMetadata
    licences: tuple[LicenceFile, ...]
    generator: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """One crate's facts, read field by field; what is missing is noted."""

    package: Mapping[str, Any]
    folder: Path
    workspace: Path
    notes: list[str] = field(default_factory=list)

    def licences(self) -> tuple[LicenceFile, ...]:
        declared = self.package.get("license_file")
        found = find_licences(self.folder, self.workspace, declared)
        if declared is not None and not (self.folder / declared).is_file():
            self.notes.append(f"license-file {declared} is not there")
        if not found:
            self.notes.append("there is no licence file; add LICENSE beside Cargo.toml")
        return found

    def licence(self) -> tuple[str | None, str | None]:
        """Give the SPDX expression, or else the text that names the licence."""
        text = self.package.get("license")
        if text is None:
            if self.package.get("license_file") is None:
                self.notes.append('Cargo.toml names no license; add license = "..."')
            return None, None
        expression = licence_expression(text)
        if expression is None:
            self.notes.append(f"license {text!r} is no SPDX expression; it is given as plain text")
            return None, text
        return expression, None

    def description(self) -> tuple[str | None, str | None]:
        """Give the README's text and its content type."""
        name = self.package.get("readme")
        if name is None:
            self.notes.append("there is no README; its text would be the page in an index")
            return None, None
        try:
            return (self.folder / name).read_text("utf-8"), content_type(name)
        except (OSError, UnicodeDecodeError) as error:
            reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
            self.notes.append(f"the README is left out: {name}: {reason}")
            return None, None

    def version(self, own: Mapping[str, str]) -> str:
        if "version" in own:
            found = checked_version(own["version"])
        else:
            found = python_version(self.package["version"])
        if "+" in found:
            self.notes.append(f"version {found} is a local one, which the public index refuses")
        return found


def read_project(crate_dir: str | Path, toolchain: Toolchain) -> Project:
    """Give what a wheel of a crate says about it; nothing is built.

    `[package.metadata.unpoison]` may give `name` and `version` of the distribution where those of
    the crate do not do. Raises ToolError: no crate, or a name or version without an equal.
    """
    folder = Path(crate_dir).resolve()
    environment = cargo_environment(os.environ, toolchain, "abort", ())
    package, workspace = read_package(folder, toolchain, environment)
    return project_of(package, folder, workspace)


def project_of(package: Mapping[str, Any], folder: Path, workspace: Path) -> Project:
    """Give the project of a crate from its entry in `cargo metadata`. Raises ToolError."""
    reader = _Reader(package, folder, workspace)
    own = _own_settings(package)
    generator = _own_version()
    licences = reader.licences()
    expression, licence_text = reader.licence()
    description, kind = reader.description()
    authors, emails = split_authors(package.get("authors") or ())
    if not package.get("description"):
        reader.notes.append('Cargo.toml has no description; add description = "..."')
    metadata = CoreMetadata(
        name=_name(own.get("name", package["name"])),
        version=reader.version(own),
        summary=package.get("description"),
        keywords=tuple(package.get("keywords") or ()),
        authors=authors,
        author_emails=emails,
        license_expression=expression,
        license=licence_text,
        license_files=tuple(file.name for file in licences),
        classifiers=tuple(classifiers_of(package.get("categories") or ())),
        project_urls=tuple((label, package[key]) for label, key in _LINKS if package.get(key)),
        requires_python=REQUIRES_PYTHON,
        requires=(f"unpoison{compatible_range(generator)}",),
        description=description,
        description_content_type=kind,
    )
    return Project(metadata, licences, generator, tuple(reader.notes))


def _own_settings(package: Mapping[str, Any]) -> Mapping[str, str]:
    """Give `[package.metadata.unpoison]`. Raises ToolError for what it does not know."""
    found = (package.get("metadata") or {}).get("unpoison") or {}
    where = "[package.metadata.unpoison] of Cargo.toml"
    if not isinstance(found, dict):
        raise ToolError(f"{where} is not a table")
    for key, value in found.items():
        if key not in _OWN_KEYS or not isinstance(value, str):
            raise ToolError(f"{where}: {key} = {value!r}: it has name and version, both strings")
    return found


def _name(name: str) -> str:
    """Give the name in the form of PEP 503, which is its own form in an index too."""
    found = canonicalize_name(name).strip("-")
    if not _NAME.fullmatch(found):
        raise ToolError(
            f"{name!r} is no name for a wheel: only ASCII letters, digits, - and _ make one; "
            'give it another: [package.metadata.unpoison] name = "..."'
        )
    return found


def _own_version() -> str:
    try:
        return version("unpoison")
    except PackageNotFoundError as error:
        raise ToolError(
            "a wheel requires the unpoison that made it, and this one is not installed; "
            "pip install it first",
            missing=True,
        ) from error
