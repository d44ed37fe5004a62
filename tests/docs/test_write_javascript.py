"""The tables of the page on JavaScript are those of the code."""

from __future__ import annotations

from docs.write_javascript import PAGE, write_page
from unpoison.glue import RUNTIMES


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert write_page(page) == page, "repair it with: python -m docs.write_javascript"


def test_every_runtime_is_a_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for one in RUNTIMES:
        assert f"\n| {one.name} | {one.versions} | " in page
