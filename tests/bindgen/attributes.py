"""Which attributes `#[wasm_bindgen(...)]` a Rust source has."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(r"#\[wasm_bindgen\(")
_COMMENT = re.compile(r"//[^\n]*")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"(?:^|,)\s*(?:r#)?(\w+)")


def attributes_of(source: str) -> frozenset[str]:
    """Give the names of all attributes that the source gives to the macro."""
    plain = _COMMENT.sub("", _TEXT.sub('""', source))
    found = (_NAME.findall(_arguments(plain, m.end())) for m in _ATTRIBUTE.finditer(plain))
    return frozenset(name for names in found for name in names)


def _arguments(source: str, begin: int) -> str:
    """Give what stands from here to the parenthesis that closes, without what is nested."""
    depth, kept = 1, ""
    for character in source[begin:]:
        depth += (character in "([") - (character in ")]")
        if not depth:
            return kept
        if depth == 1:
            kept += character
    raise ValueError("an attribute does not end")
