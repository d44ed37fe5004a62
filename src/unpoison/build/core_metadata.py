"""Core metadata of a distribution, version 2.4: the text of the file METADATA."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from packaging.metadata import Metadata

from unpoison.errors import ToolError

METADATA_VERSION = "2.4"
_CONTENT_TYPES = {".md": "text/markdown", ".markdown": "text/markdown", ".rst": "text/x-rst"}
_AUTHOR = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<email>[^<>\s]+@[^<>\s]+)>")
_SPECIAL = re.compile(r'[()<>@,:;".\[\]\\]')  # RFC 5322 3.2.3: a name with one is quoted


@dataclass(frozen=True, slots=True)
class CoreMetadata:
    """The fields that a crate can fill; `None` and empty ones are left out."""

    name: str
    version: str
    summary: str | None = None
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    author_emails: tuple[str, ...] = ()
    license_expression: str | None = None
    license: str | None = None
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    project_urls: tuple[tuple[str, str], ...] = ()
    requires_python: str | None = None
    requires: tuple[str, ...] = ()
    description: str | None = None
    description_content_type: str | None = None

    def render(self) -> bytes:
        """Give the file METADATA. Raises ToolError for a field that the specification refuses."""
        fields = ((name, _one_line(value)) for name, value in self._fields())
        lines = [f"{name}: {value}" for name, value in fields if value]
        if self.description is not None:
            lines += ["", self.description.replace("\r\n", "\n")]
        text = ("\n".join(lines).rstrip("\n") + "\n").encode()
        _check(text)
        return text

    def _fields(self) -> Iterator[tuple[str, str | None]]:
        yield "Metadata-Version", METADATA_VERSION
        yield "Name", self.name
        yield "Version", self.version
        yield "Summary", self.summary
        yield "Keywords", ",".join(word.replace(",", " ") for word in self.keywords)
        yield "Author", ", ".join(self.authors)
        yield "Author-email", ", ".join(self.author_emails)
        yield "License-Expression", self.license_expression
        yield "License", self.license
        yield from (("License-File", name) for name in self.license_files)
        yield from (("Classifier", name) for name in self.classifiers)
        yield from (("Project-URL", f"{label}, {url}") for label, url in self.project_urls)
        yield "Requires-Python", self.requires_python
        yield from (("Requires-Dist", name) for name in self.requires)
        yield "Description-Content-Type", self.description_content_type


def content_type(name: str) -> str:
    """Give the content type of a README by its name; what has no known ending is plain text."""
    kind = _CONTENT_TYPES.get(PurePath(name).suffix.lower(), "text/plain")
    return f"{kind}; charset=UTF-8"


def split_authors(authors: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give Cargo's authors without an address, and those with one, ready for their fields."""
    found = [(author, _AUTHOR.fullmatch(author.strip())) for author in authors]
    names = tuple(author for author, match in found if match is None)
    return names, tuple(
        _address(match["name"], match["email"]) for _, match in found if match is not None
    )


def _address(name: str, email: str) -> str:
    if not name:
        return email
    if _SPECIAL.search(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{email}>"


def _one_line(value: str | None) -> str:
    """A line break in a value would start another field."""
    return " ".join((value or "").split())


def _check(text: bytes) -> None:
    try:
        Metadata.from_email(text, validate=True)
    except ExceptionGroup as problems:
        reasons = "; ".join(str(problem) for problem in problems.exceptions)
        raise ToolError(f"Cargo.toml gives metadata that a wheel cannot have: {reasons}") from None
