"""The page on differences says what the differential test checks."""

from __future__ import annotations

from docs.write_differences import PAGE, write_page
from tests.peers.differences import DIFFERENCES


def test_the_page_is_up_to_date() -> None:
    repair = "repair it with: python -m docs.write_differences"
    assert write_page() == PAGE.read_text(encoding="utf-8"), repair


def test_every_difference_is_a_row() -> None:
    rows = [line for line in write_page().splitlines() if line.startswith("| ")]
    for one in DIFFERENCES:
        assert any(row.startswith(f"| {one.title} |") for row in rows)
