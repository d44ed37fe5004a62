"""JSON to the letter of JavaScript. ECMA-262 25.5.

Python's `json` differs in spacing, in number formatting, in the order of keys that are
indices, in NaN and in lone surrogates.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from unpoison.js.classes import Property, spec_of
from unpoison.js.conversions import to_number, to_string
from unpoison.js.exceptions import (
    STACK_OVERFLOW,
    RangeError,
    SyntaxError,  # noqa: A004 - JavaScript's
    TypeError,  # noqa: A004
)
from unpoison.js.functions import invoke
from unpoison.js.integers import to_integer
from unpoison.js.json_scanner import Scanner, Snapshot, scan
from unpoison.js.lookup import Changes
from unpoison.js.members import Attributes
from unpoison.js.numbers import number_to_python
from unpoison.js.numeric_text import number_to_string
from unpoison.js.objects import Array, Object
from unpoison.js.own_properties import define
from unpoison.js.property import delete, get, own_keys
from unpoison.js.utf16 import joined_surrogates, split_surrogates
from unpoison.js.values import (
    Kind,
    is_function,
    is_reference,
    kind_of,
    null,
    same_value,
)
from unpoison.js.wrapper import Wrapper

MAX_JSON: Final = 1 << 27
"""Characters of the longest text that `stringify` makes: few objects can mean a huge text."""
COST_OF_REPEATED: Final = 256
"""What an object that was written before counts for: it costs the guest nothing to name it."""
MAX_INDENT: Final = 10

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class RawJson(Object):
    """What `JSON.rawJSON` gives: a text that is written as it is."""

    __slots__ = ()


def stringify(
    value: object,
    replacer: object = None,
    space: object = None,
    changes: Changes | None = None,
) -> str | None:
    """Give `JSON.stringify(...)`; None for what has no JSON (undefined, functions, symbols).

    `changes` are those of a guest's realm, which may have a `toJSON` for a class.

    Raises js.TypeError for a BigInt or a cycle, js.RangeError when nested too deeply or when
    the text would be too long.
    """
    writer = Writer(replacer, _gap(space), changes)
    try:
        text = writer.member(Object({"": value}), "", "\n")
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None
    return None if text is None else joined_surrogates(text)


def quote(text: str) -> str:
    """Give a string as a JSON literal; lone surrogates are escaped. ECMA-262 25.5.2.3."""
    literal = json.dumps(joined_surrogates(text), ensure_ascii=False)
    return _SURROGATE.sub(lambda unit: f"\\u{ord(unit[0]):04x}", literal)


def parse(text: str, reviver: object = None) -> object:
    """Give `JSON.parse(text, reviver)`; null is `js.null`.

    Raises js.SyntaxError for text that is no JSON, js.RangeError when nested too deeply.
    """
    try:
        if is_function(reviver):
            found = scan(text)
            return _revived(Object({"": found.value}), "", reviver, found)
        if _SURROGATE.search(text):
            return scan(text).value
        return _decoded(text)
    except RecursionError:
        raise RangeError(STACK_OVERFLOW) from None


def raw_json(value: object) -> RawJson:
    """Give `JSON.rawJSON(value)`: the text of a primitive. Raises js.SyntaxError for another."""
    text = to_string(value)
    if not text or text[-1] in "\t\n\r ":
        raise SyntaxError("Invalid value for JSON.rawJSON")
    if text[0] in "\t\n\r {[":
        Scanner(text).unexpected()
    scanner = Scanner(text)
    scanner.value()
    if scanner.at < len(scanner.text):
        raise SyntaxError("Invalid value for JSON.rawJSON")
    made = RawJson({"rawJSON": text})
    attributes = made._js_attributes = Attributes()
    attributes.prototype, attributes.extensible = null, False
    attributes.readonly.add("rawJSON")
    attributes.permanent.add("rawJSON")
    return made


def _decoded(text: str) -> object:
    try:
        return _as_value(_DECODER.decode(text))
    except ValueError:
        scan(text)
        raise AssertionError("the two parsers agree about what is JSON") from None


def _as_value(value: Any) -> object:
    """Give what Python's decoder made: null for None, an Array for a list."""
    if value is None:
        return null
    return Array(map(_as_value, value)) if type(value) is list else value


def _object(pairs: Iterable[tuple[str, Any]]) -> Object:
    return Object((name, _as_value(value)) for name, value in pairs)


def _number(literal: str) -> int | float:
    return number_to_python(float(literal))


def _refuse_constant(literal: str) -> NoReturn:
    raise ValueError(literal)


_DECODER: Final = json.JSONDecoder(
    parse_int=_number,
    parse_float=_number,
    parse_constant=_refuse_constant,
    object_pairs_hook=_object,
)


def _revived(holder: Object | Array, key: str, reviver: Any, snapshot: Snapshot | None) -> object:
    """Be InternalizeJSONProperty. ECMA-262 25.5.1.1; the source text is that of the proposal."""
    value = get(holder, key)
    if snapshot is not None and not same_value(value, snapshot.value):
        snapshot = None
    if is_reference(value):
        parts = {} if snapshot is None else snapshot.parts
        for name in _member_names(value):
            made = _revived(value, name, reviver, parts.get(name))
            if made is None:
                _try_delete(value, name)
            else:
                define(value, name, Property(made, enumerable=True), _ALL_FIELDS)
    context = Object()
    if snapshot is not None and snapshot.source is not None:
        context["source"] = snapshot.source
    return invoke(reviver, holder, key, value, context)


_ALL_FIELDS: Final = frozenset({"value", "writable", "enumerable", "configurable"})


def _try_delete(value: object, name: str) -> None:
    try:
        delete(value, name)
    except TypeError:
        return  # the standard ignores a property that cannot be deleted


def _member_names(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(index) for index in range(len(value))]
    return [key for key in own_keys(value) if isinstance(key, str)]


def _gap(space: object) -> str:
    """Give the indentation that the third argument of `stringify` asks for."""
    if isinstance(space, Wrapper):
        space = _unwrapped(space)
    kind = kind_of(space)
    if kind is Kind.NUMBER:
        return " " * int(min(MAX_INDENT, max(0, to_integer(space))))
    return (
        joined_surrogates(split_surrogates(str(space))[:MAX_INDENT]) if kind is Kind.STRING else ""
    )


def _unwrapped(value: Wrapper) -> object:
    kind = kind_of(value.value)
    if kind is Kind.NUMBER:
        return to_number(value)
    return to_string(value) if kind is Kind.STRING else value.value


class Writer:
    """One `stringify`: its replacer, its indentation and the objects it is inside of."""

    def __init__(self, replacer: Any, gap: str, changes: Changes | None) -> None:
        self.changes = changes
        self.replacer = replacer if is_function(replacer) else None
        self.names = _allowed_names(replacer)
        self.gap = gap
        self.inside: list[tuple[Any, str]] = []
        self.seen: dict[int, Any] = {}
        self.size = 0

    def member(self, holder: Any, key: str, line: str) -> str | None:
        """Be SerializeJSONProperty; `line` begins a line at this depth. ECMA-262 25.5.2.2."""
        value = get(holder, key)
        kind = kind_of(value)
        if kind in (Kind.OBJECT, Kind.FUNCTION, Kind.BIGINT):
            to_json: Any = get(value, "toJSON", self.changes)
            if is_function(to_json):
                value = invoke(to_json, value, key)
        if self.replacer is not None:
            value = invoke(self.replacer, holder, key, value)
        if isinstance(value, Wrapper):
            value = _unwrapped(value)
        return self.text(value, key, line)

    def text(self, value: Any, key: str, line: str) -> str | None:
        """Give the text of a value that was replaced."""
        kind = kind_of(value)
        if kind is Kind.STRING:
            return self.counted(quote(str.__str__(value)))
        if kind is Kind.NUMBER:
            return self.counted(number_to_string(value) if math.isfinite(value) else "null")
        if kind is Kind.OBJECT:
            if isinstance(value, RawJson):
                return self.counted(str(value["rawJSON"]))
            return self.structure(value, key, line)
        if kind is Kind.BIGINT:
            raise TypeError("Do not know how to serialize a BigInt")
        if kind is Kind.BOOLEAN:
            return "true" if value else "false"
        return "null" if kind is Kind.NULL else None

    def counted(self, text: str) -> str:
        """Count a text; js.RangeError when all would be too long."""
        self.size += len(text) + 1
        if self.size > MAX_JSON:
            raise RangeError("Invalid string length")
        return text

    def structure(self, value: Any, key: str, line: str) -> str:
        """Be SerializeJSONArray or SerializeJSONObject. ECMA-262 25.5.2.5, 25.5.2.6."""
        if any(outer is value for outer, _ in self.inside):
            raise TypeError(_circle(self.inside, value, key))
        self.inside.append((value, key))
        inner = line + self.gap
        self.counted(inner)
        if id(value) in self.seen:
            self.size += COST_OF_REPEATED
        self.seen[id(value)] = value
        if isinstance(value, list | tuple):
            items = (self.member(value, str(index), inner) for index in range(len(value)))
            parts = ["null" if text is None else text for text in items]
            result = self.enclosed("[", parts, "]", line)
        else:
            result = self.enclosed("{", self.members(value, inner), "}", line)
        self.inside.pop()
        return result

    def members(self, value: Any, line: str) -> list[str]:
        """Give `"name":text` of each member that has a text."""
        colon = ": " if self.gap else ":"
        found = []
        for name in _member_names(value) if self.names is None else self.names:
            text = self.member(value, name, line)
            if text is not None:
                found.append(self.counted(quote(name) + colon) + text)
        return found

    def enclosed(self, start: str, parts: list[str], end: str, line: str) -> str:
        """Put parts between brackets, each on its line when there is an indentation."""
        self.counted("x" * len(parts))
        if not self.gap or not parts:
            return f"{start}{','.join(parts)}{end}"
        inner = line + self.gap
        self.size += len(inner) * len(parts)
        self.counted("")
        return f"{start}{inner}{f',{inner}'.join(parts)}{line}{end}"


def _allowed_names(replacer: Any) -> list[str] | None:
    """Give the names that an array as a replacer allows. ECMA-262 25.5.2, step 5."""
    if not isinstance(replacer, list | tuple):
        return None
    names = []
    for item in replacer:
        value = item.value if isinstance(item, Wrapper) else item
        if kind_of(value) in (Kind.STRING, Kind.NUMBER):
            names.append(to_string(item))
    return list(dict.fromkeys(names))


def _circle(inside: list[tuple[Any, str]], value: object, key: str) -> str:
    """Give V8's message for a cycle: the way from the object to itself."""
    start = next(index for index, (outer, _) in enumerate(inside) if outer is value)
    way = inside[start + 1 :]
    lines = [f"    --> starting at object with constructor {_constructor(value)}"]
    steps = [
        f"    |     {_step(name)} -> object with constructor {_constructor(each)}"
        for each, name in way
    ]
    if len(steps) > 3:
        steps = [*steps[:2], "    |     ...", steps[-1]]
    lines += [*steps, f"    --- {_step(key)} closes the circle"]
    return "\n".join(["Converting circular structure to JSON", *lines])


def _step(key: str) -> str:
    return f"index {key}" if key.isdecimal() else f"property '{key}'"


def _constructor(value: object) -> str:
    return f"'{spec_of(value).name}'"
