"""The page about workerd says what the tables say."""

from __future__ import annotations

from docs.write_workerd import PAGE, write_page
from tests.peers.workerd.differences import DIFFERENCES


def test_the_page_is_as_the_tables_are() -> None:
    command = "repair it with: python -m docs.write_workerd"
    assert write_page() == PAGE.read_text(encoding="utf-8"), command


def test_every_difference_has_a_reason_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(each.why in page for each in DIFFERENCES)
