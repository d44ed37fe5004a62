"""What Object.prototype.toString names; typed arrays by width, not by letter."""

from __future__ import annotations

import array
import re

import pytest

from tests._ids import case_id
from unpoison import js


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        (None, "Undefined"),
        (js.null, "Null"),
        (1, "Number"),
        (js.BigInt(1), "BigInt"),
        (js.Symbol(), "Symbol"),
        ([], "Array"),
        (ValueError(), "Error"),
        (len, "Function"),
        (array.array("d"), "Float64Array"),
        (array.array("q"), "BigInt64Array"),
        (memoryview(b"").cast("b"), "Int8Array"),
        (memoryview(array.array("H")), "Uint16Array"),
        (bytearray(), "Uint8Array"),
        (re.compile(""), "RegExp"),
        (frozenset(), "Set"),
        (object(), "Object"),
    ],
    ids=case_id,
)
def test_class_tag(value: object, tag: str) -> None:
    assert js.class_tag(value) == tag


@pytest.mark.parametrize("code", "bBhHiIlLqQfd")
def test_every_array_has_the_typed_array_of_its_width(code: str) -> None:
    width = array.array(code).itemsize * 8
    tag = js.class_tag(array.array(code))
    assert str(width) in tag
    assert ("U" in tag.replace("BigU", "U")) == (code.isupper())
