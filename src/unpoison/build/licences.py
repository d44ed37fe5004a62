"""Which files of a crate are its licence, and the expression that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

_NAMES = re.compile(r"((un)?licen[cs]es?|copying|copyright|notice)([-_.].*)?", re.IGNORECASE)
_SOURCES = frozenset({".js", ".json", ".py", ".rs", ".sh", ".toml", ".yaml", ".yml"})
_FOLDER = "LICENSES"  # of the REUSE specification


@dataclass(frozen=True, slots=True)
class LicenceFile:
    """A licence file: where it is, and the path that it has below `licenses/` in a wheel."""

    name: str
    path: Path


def find_licences(crate: Path, workspace: Path, declared: str | None) -> tuple[LicenceFile, ...]:
    """Give the licence files of a crate, sorted by name; those of its workspace when it has none.

    `declared` is `license-file` of the manifest, relative to the crate. The others are found by
    their names: LICENSE*, UNLICENSE*, COPYING*, COPYRIGHT*, NOTICE* and what is in LICENSES.
    """
    found = _files_in(crate)
    if declared is not None and (crate / declared).is_file():
        path = crate / declared
        inside = path.resolve().is_relative_to(crate.resolve())
        name = path.resolve().relative_to(crate.resolve()).as_posix() if inside else path.name
        found.setdefault(name, path)
    found = found or _files_in(workspace)
    return tuple(LicenceFile(name, found[name]) for name in sorted(found))


def licence_expression(text: str) -> str | None:
    """Give an SPDX expression in its normal form, None when it is none.

    Cargo once took `MIT/Apache-2.0` too, where the slash means OR.
    """
    try:
        return canonicalize_license_expression(text.replace("/", " OR "))
    except InvalidLicenseExpression:
        return None


def _files_in(folder: Path) -> dict[str, Path]:
    paths = [
        path
        for path in folder.iterdir()
        if _NAMES.fullmatch(path.name) and path.suffix.lower() not in _SOURCES
    ]
    paths += _files_below(folder / _FOLDER)
    return {path.relative_to(folder).as_posix(): path for path in paths if path.is_file()}


def _files_below(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from folder.iterdir()
