"""Wasm symbols: as the macros of wasm-bindgen 0.2.130 made them."""

from __future__ import annotations

import pytest

from tests.bindgen.making import CRATE, HASH
from unpoison.bindgen.symbols import (
    class_symbol,
    crate_name,
    export_symbol,
    field_symbol,
    module_path_hash,
    qualified,
)


@pytest.mark.parametrize(
    ("namespace", "class_name", "name", "symbol"),
    [
        (None, None, "bump", "bump"),
        (None, None, "camelCase", "camelCase"),
        (None, None, "a-b", "a_b"),
        (("math", "fast"), None, "double", "math__fast__double"),
        (None, "Acc", "new", "acc_new"),
        (("ns",), "Acc", "push", "ns__acc_push"),
        (None, "Acc", "[Symbol.iterator]", "acc_Symbol_iterator"),
        (None, "Acc", "a-b", "acc_a_b"),
        (None, "\u00c4rger", "x", "\u00e4rger_x"),
    ],
)
def test_an_export_carries_namespace_class_and_crate(namespace, class_name, name, symbol):
    assert export_symbol(CRATE, namespace, class_name, name) == f"{symbol}_{HASH}"


def test_support_functions_of_a_class():
    assert class_symbol("free", CRATE, "Acc") == f"__wbg_acc_free_{HASH}"
    assert class_symbol("new", CRATE, "ns__Acc") == f"__wbg_ns__acc_new_{HASH}"
    assert field_symbol("get", CRATE, "Acc", "isHidden") == f"__wbg_get_acc_isHidden_{HASH}"


@pytest.mark.parametrize(
    ("crate", "name"),
    [
        (CRATE, "demo"),
        ("js-sys-0123456789abcdef", "js-sys"),
        ("odd", "odd"),
        ("my-crate", "my-crate"),
        ("-0123456789abcdef", "-0123456789abcdef"),
        ("a-0123456789ABCDEF", "a-0123456789ABCDEF"),
        ("a-0123456789abcdef\n", "a-0123456789abcdef\n"),
    ],
)
def test_the_name_of_a_crate_is_what_stands_before_the_hash(crate, name):
    assert crate_name(crate) == name


def test_qualified_names_join_with_two_underscores():
    assert qualified(("a", "b"), "C") == "a__b__C"
    assert qualified(None, "C") == qualified((), "C") == "C"


def test_module_paths_are_hashed_as_in_the_published_crate():
    # The empty string gives FNV-1a's offset basis, "a" the value in its reference tables.
    assert module_path_hash("") == 0x811C9DC5
    assert module_path_hash("a") == 0xE40C292C
