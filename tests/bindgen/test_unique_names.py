"""Names that differ."""

from __future__ import annotations

import pytest

from unpoison.bindgen import Class
from unpoison.bindgen.unique_names import numbered


def named(*items):
    """Give the names after numbering classes written as name, or name- for a private one."""
    classes = [
        Class(item.rstrip("-"), f"crate{place}-0", None, private=item.endswith("-"))
        for place, item in enumerate(items)
    ]
    return [class_.name for class_ in numbered(classes)]


@pytest.mark.parametrize(
    ("items", "names"),
    [
        (["A", "B"], ["A", "B"]),
        (["A-", "A-", "A-"], ["A", "A2", "A3"]),
        (["A-", "A"], ["A2", "A"]),
        (["A", "A"], ["A", "A2"]),
        (["A-", "A-", "A2"], ["A", "A3", "A2"]),
        ([], []),
    ],
)
def test_copies_are_numbered_and_public_ones_keep_their_name(items, names):
    assert named(*items) == names


def test_namespaces_keep_names_apart():
    classes = [Class("A", "c-0", None), Class("A", "d-0", None, namespace=("ns",))]
    assert [class_.name for class_ in numbered(classes)] == ["A", "A"]


def test_many_copies_take_no_more_than_linear_time():
    assert named(*["A-"] * 20_000)[-1] == "A20000"
