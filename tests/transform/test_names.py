"""Names for JavaScript and for the name section."""

from __future__ import annotations

import pytest

from unpoison.transform.names import canonical, unique_names


@pytest.mark.parametrize(
    ("symbol", "crate", "expected"),
    [
        ("acc_push_0123456789abcdef", "crate-0123456789abcdef", "acc_push"),
        ("__wbg_acc_free_0123456789abcdef", "crate-0123456789abcdef", "__wbg_acc_free"),
        ("acc_push", "crate-0123456789abcdef", "acc_push"),
        ("acc_push_0123456789abcdef", "crate-fedcba9876543210", "acc_push_0123456789abcdef"),
    ],
)
def test_a_symbol_loses_the_hash_of_its_crate(symbol: str, crate: str, expected: str) -> None:
    assert canonical(symbol, crate) == expected


def test_equal_names_are_numbered_after_the_first() -> None:
    names = {0: "f.1", 3: "g", 4: "f.2", 9: "f.3"}
    readable = unique_names(names, lambda name: name[0])
    assert readable == {0: "f", 3: "g", 4: "f[1]", 9: "f[2]"}
