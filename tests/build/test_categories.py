"""The table of categories against the list of the index itself."""

from __future__ import annotations

import pytest
from trove_classifiers import classifiers

from unpoison.build.categories import ALWAYS, CLASSIFIERS, classifiers_of


@pytest.mark.parametrize("classifier", [*ALWAYS, *CLASSIFIERS.values()])
def test_a_classifier_is_one_that_the_index_knows(classifier: str) -> None:
    assert classifier in classifiers


def test_a_category_without_an_equal_adds_nothing() -> None:
    assert classifiers_of(["wasm", "no-std"]) == list(ALWAYS)


def test_classifiers_are_sorted_and_each_once() -> None:
    found = classifiers_of(["science::geo", "compilers", "science::geo"])
    assert found == [
        "Programming Language :: Python :: 3",
        "Programming Language :: Rust",
        "Topic :: Scientific/Engineering :: GIS",
        "Topic :: Software Development :: Compilers",
        "Typing :: Typed",
    ]
