"""The file METADATA: what `packaging` reads in it is what was said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.metadata import Metadata, parse_email

from unpoison.build.core_metadata import CoreMetadata, content_type, split_authors
from unpoison.errors import ToolError

FULL = CoreMetadata(
    name="demo",
    version="1.0",
    summary="Says\n  what it is: été",
    keywords=("a", "b,c"),
    authors=("Somebody",),
    author_emails=("a@example.org",),
    license_expression="MIT",
    license_files=("LICENSE", "docs/NOTICE"),
    classifiers=("Typing :: Typed",),
    project_urls=(("Homepage", "https://example.org"),),
    requires_python=">=3.11",
    requires=("unpoison>=1,<2",),
    description="# Title\n\nName: no field\n\n  text ✓\n",
    description_content_type="text/markdown; charset=UTF-8",
)


def test_every_field_is_read_back() -> None:
    raw, unparsed = parse_email(FULL.render())
    assert unparsed == {}
    assert raw == {
        "metadata_version": "2.4",
        "name": "demo",
        "version": "1.0",
        "summary": "Says what it is: été",
        "keywords": ["a", "b c"],
        "author": "Somebody",
        "author_email": "a@example.org",
        "license_expression": "MIT",
        "license_files": ["LICENSE", "docs/NOTICE"],
        "classifiers": ["Typing :: Typed"],
        "project_urls": {"Homepage": "https://example.org"},
        "requires_python": ">=3.11",
        "requires_dist": ["unpoison>=1,<2"],
        "description_content_type": "text/markdown; charset=UTF-8",
        "description": "# Title\n\nName: no field\n\n  text ✓\n",
    }


def test_what_is_not_known_is_left_out() -> None:
    assert CoreMetadata("demo", "1.0").render() == (
        b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"
    )


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_no_text_of_a_crate_becomes_another_field(summary: str, author: str) -> None:
    authors, emails = split_authors([author])
    written = CoreMetadata("demo", "1", summary, (), authors, emails).render()
    fields = {line.partition(b":")[0] for line in written.splitlines() if line}
    known = {b"Metadata-Version", b"Name", b"Version", b"Summary", b"Author", b"Author-email"}
    assert fields <= known
    assert Metadata.from_email(written).summary == (" ".join(summary.split()) or None)


def test_metadata_that_is_refused_is_an_error_of_ours() -> None:
    with pytest.raises(ToolError, match="wheel cannot have: 'no name' is invalid for 'name'"):
        CoreMetadata("no name", "1").render()


@pytest.mark.parametrize(
    ("author", "name", "address"),
    [
        ("Ada", "Ada", None),
        ("Ada L. <ada@example.org>", None, '"Ada L." <ada@example.org>'),
        ("Zoë <z@example.org>", None, "Zoë <z@example.org>"),
        (
            'The A, B and "C" team<t@example.org>',
            None,
            '"The A, B and \\"C\\" team" <t@example.org>',
        ),
        ("<a@example.org>", None, "a@example.org"),
        ("not <an address>", "not <an address>", None),
    ],
)
def test_an_author_is_a_name_or_an_address(
    author: str, name: str | None, address: str | None
) -> None:
    assert split_authors([author]) == (
        () if name is None else (name,),
        () if address is None else (address,),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("README.md", "text/markdown"),
        ("../readme.Markdown", "text/markdown"),
        ("README.rst", "text/x-rst"),
        ("README", "text/plain"),
        ("README.adoc", "text/plain"),
    ],
)
def test_the_content_type_is_told_by_the_name(name: str, kind: str) -> None:
    assert content_type(name) == f"{kind}; charset=UTF-8"
