"""The namespace JSON. ECMA-262 25.5."""

from __future__ import annotations

from typing import Final

from unpoison.js.classes import ClassSpec
from unpoison.js.conversions import to_string
from unpoison.js.json_text import RawJson, parse, raw_json, stringify
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Symbol

JSON: Final = ClassSpec(
    "JSON",
    OBJECT,
    statics={
        "isRawJSON": lambda realm, value: isinstance(value, RawJson),
        "parse": lambda realm, text, reviver: parse(to_string(text), reviver),
        "rawJSON": lambda realm, value: raw_json(value),
        "stringify": lambda realm, value, replacer, space: stringify(value, replacer, space, realm),
        Symbol.to_string_tag: "JSON",
    },
    is_namespace=True,
)
