"""The reference says what the docstrings say, of every public name."""

from __future__ import annotations

import unpoison
from docs.write_reference import PAGE, SECTIONS, write_page


def test_the_page_is_up_to_date() -> None:
    assert write_page() == PAGE.read_text(), "repair it with: python docs/write_reference.py"


def test_every_public_name_is_in_the_reference() -> None:
    told = {name for _, names in SECTIONS for name, _ in names}
    public = {f"unpoison.{name}" for name in unpoison.__all__} - {"unpoison.js"}
    assert public <= told
