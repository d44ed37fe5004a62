"""The class String: its methods, except those that take patterns. ECMA-262 22.1, B.2.2.

A method works on the units of the string (see utf16.py). What depends on a language beyond the
default one (Turkish, Azeri, Lithuanian case) is refused with a js.RangeError.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

from unpoison.js.attributes import MISSING
from unpoison.js.classes import ClassSpec, Method, Property, PropertyKey, Static, register
from unpoison.js.collation import SENSITIVITIES, locale_compare
from unpoison.js.conversions import string_of, to_number, to_string
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.exotic import Exotic
from unpoison.js.integers import clamped, relative, to_integer, to_length
from unpoison.js.iterator_class import STRING_ITERATOR, JsIterator
from unpoison.js.keys import array_index
from unpoison.js.locales import languages
from unpoison.js.numbers import to_uint32
from unpoison.js.numeric_text import WHITESPACE
from unpoison.js.object_class import OBJECT
from unpoison.js.property import get, own_keys
from unpoison.js.regexp_object import is_regexp
from unpoison.js.string_patterns import PATTERN_METHODS
from unpoison.js.text_limits import check_length, join_units
from unpoison.js.utf16 import (
    code_points,
    joined_surrogates,
    split_surrogates,
    unit_length,
    well_formed,
)
from unpoison.js.values import Symbol, is_nullish
from unpoison.js.wrapper import Wrapper

FORMS: Final = ("NFC", "NFD", "NFKC", "NFKD")
LANGUAGES_OF_OTHER_CASE: Final = frozenset({"az", "lt", "tr"})
"""Languages whose upper and lower case are not Unicode's default. SpecialCasing.txt."""
MAX_PARTS: Final = 1 << 16
"""Parts of a template for `String.raw`."""
LONGEST_EXPANSION: Final = 18
"""Characters that normalizing may make of one. UAX 15."""
HTML_TAGS: Final = {
    "anchor": ("a", "name"),
    "big": ("big", ""),
    "blink": ("blink", ""),
    "bold": ("b", ""),
    "fixed": ("tt", ""),
    "fontcolor": ("font", "color"),
    "fontsize": ("font", "size"),
    "italics": ("i", ""),
    "link": ("a", "href"),
    "small": ("small", ""),
    "strike": ("strike", ""),
    "sub": ("sub", ""),
    "sup": ("sup", ""),
}
"""Method: element and attribute. B.2.2.2.1."""


class StringMethod(Method):
    """A method of String.prototype: its function is given `this` as a str."""

    __slots__ = ()

    def call_on(self, this: object, *arguments: object) -> Any:
        """Call it; js.TypeError when `this` is undefined or null."""
        if is_nullish(this):
            raise TypeError(f"String.prototype.{self.__name__} called on null or undefined")
        return super().call_on(this if type(this) is str else to_string(this), *arguments)


class StringObject(Wrapper, Exotic):
    """A string as an object: its units and its length are own properties. ECMA-262 10.4.3."""

    __slots__ = ()

    def js_read(self, key: PropertyKey) -> object:
        """Give a unit, the length, or what was set on it."""
        found = self._unit(key)
        return super().js_read(key) if found is MISSING else found

    def js_write(self, key: PropertyKey, value: object) -> bool:
        """Set a property that is none of the string's."""
        return self._unit(key) is MISSING and super().js_write(key, value)

    def js_remove(self, key: PropertyKey) -> bool:
        """Remove a property that is none of the string's."""
        return self._unit(key) is MISSING and super().js_remove(key)

    def js_define(self, key: PropertyKey, new: Property) -> bool:
        """Define a property that is none of the string's."""
        return self._unit(key) is MISSING and super().js_define(key, new)

    def js_describe(self, key: PropertyKey) -> Property | None:
        """Describe a property; the string's own cannot be changed."""
        found = self._unit(key)
        if found is MISSING:
            return super().js_describe(key)
        shown = key != "length"
        return Property(found, writable=False, enumerable=shown, configurable=False)

    def js_keys(self) -> list[PropertyKey]:
        """Give the indices, then what was set, then `length`."""
        indices = map(str, range(unit_length(str(self.value))))
        return [*indices, *super().js_keys(), "length"]

    def _unit(self, key: PropertyKey) -> object:
        units = split_surrogates(str(self.value))
        if key == "length":
            return len(units)
        index = array_index(key)
        return MISSING if index is None or index >= len(units) else units[index]


def _at(text: str, index: object) -> str | None:
    units = split_surrogates(text)
    position = to_integer(index)
    position += len(units) if position < 0 else 0
    return units[int(position)] if 0 <= position < len(units) else None


def _unit_at(text: str, index: object) -> str:
    position = to_integer(index)
    units = split_surrogates(text)
    return units[int(position)] if 0 <= position < len(units) else ""


def _char_code_at(text: str, index: object) -> int | float:
    unit = _unit_at(text, index)
    return ord(unit) if unit else float("nan")


def _code_point_at(text: str, index: object) -> int | None:
    position = to_integer(index)
    units = split_surrogates(text)
    if not 0 <= position < len(units):
        return None
    return ord(joined_surrogates(units[int(position) : int(position) + 2])[0])


def _concat(text: str, *texts: object) -> str:
    return join_units([text, *map(to_string, texts)])


def _searched(name: str, value: object) -> str:
    """Give the text to look for; a regular expression is a mistake."""
    if is_regexp(value):
        where = f"First argument to String.prototype.{name}"
        raise TypeError(f"{where} must not be a regular expression")
    return split_surrogates(to_string(value))


def _includes(text: str, search: object, *position: object) -> bool:
    wanted, units = _searched("includes", search), split_surrogates(text)
    return units.find(wanted, clamped(_first(position), len(units))) >= 0


def _starts_with(text: str, search: object, *position: object) -> bool:
    wanted, units = _searched("startsWith", search), split_surrogates(text)
    return units.startswith(wanted, clamped(_first(position), len(units)))


def _ends_with(text: str, search: object, *end: object) -> bool:
    wanted, units = _searched("endsWith", search), split_surrogates(text)
    last = len(units) if _first(end) is None else clamped(end[0], len(units))
    return units.endswith(wanted, 0, last)


def _index_of(text: str, search: object, *position: object) -> int:
    wanted, units = split_surrogates(to_string(search)), split_surrogates(text)
    return units.find(wanted, clamped(_first(position), len(units)))


def _last_index_of(text: str, search: object, *position: object) -> int:
    wanted, units = split_surrogates(to_string(search)), split_surrogates(text)
    number = to_number(_first(position))
    start = len(units) if number != number else clamped(number, len(units))
    return units.rfind(wanted, 0, start + len(wanted))


def _first(arguments: tuple[object, ...]) -> object:
    return arguments[0] if arguments else None


def _pad(text: str, length: object, fill: object) -> str:
    """Give what is missing of a length. ECMA-262 22.1.3.17.1."""
    wanted = to_length(length) - unit_length(text)
    filler = " " if fill is None else split_surrogates(to_string(fill))
    if wanted <= 0 or not filler:
        return ""
    check_length(wanted + unit_length(text))
    return (filler * (wanted // len(filler) + 1))[:wanted]


def _pad_end(text: str, length: object, *fill: object) -> str:
    return joined_surrogates(text + _pad(text, length, _first(fill)))


def _pad_start(text: str, length: object, *fill: object) -> str:
    return joined_surrogates(_pad(text, length, _first(fill)) + text)


def _repeat(text: str, count: object) -> str:
    times = to_integer(count)
    if times < 0 or times == float("inf"):
        raise RangeError(f"Invalid count value: {to_string(count)}")
    if not text:
        return ""
    check_length(times * unit_length(text))
    return joined_surrogates(text * int(times))


def _slice(text: str, start: object, end: object) -> str:
    units = split_surrogates(text)
    first, last = relative(start, len(units)), relative(end, len(units), len(units))
    return joined_surrogates(units[first:last])


def _substring(text: str, start: object, end: object) -> str:
    units = split_surrogates(text)
    first = clamped(start, len(units))
    last = len(units) if end is None else clamped(end, len(units))
    return joined_surrogates(units[min(first, last) : max(first, last)])


def _substr(text: str, start: object, length: object) -> str:
    units = split_surrogates(text)
    first = relative(start, len(units))
    count = len(units) if length is None else clamped(length, len(units))
    return joined_surrogates(units[first : first + count])


def _normalize(text: str, *form: object) -> str:
    name = "NFC" if _first(form) is None else to_string(form[0])
    if name not in FORMS:
        raise RangeError(f"The normalization form should be one of {', '.join(FORMS)}.")
    check_length(len(text) * LONGEST_EXPANSION if not text.isascii() else 0)
    return unicodedata.normalize(name, text)  # type: ignore[arg-type]


def _check_case_locale(locales: object) -> None:
    """Raise js.RangeError for a language whose letter case is not the default one."""
    for language in languages(locales)[:1]:
        if language in LANGUAGES_OF_OTHER_CASE:
            raise RangeError(f"letter case of the language '{language}' is not supported")


def _locale_lower(text: str, *locales: object) -> str:
    _check_case_locale(_first(locales))
    return text.lower()


def _locale_upper(text: str, *locales: object) -> str:
    _check_case_locale(_first(locales))
    return text.upper()


def _locale_compare(text: str, that: object, *options: object) -> int:
    other = to_string(that)
    locales, bag = (*options, None, None)[:2]
    for language in languages(locales)[:1]:
        if language != "en":
            raise RangeError(f"the order of the language '{language}' is not supported (Intl)")
    return locale_compare(text, other, _sensitivity(bag))


def _sensitivity(bag: object) -> str:
    """Give the option of that name; js.RangeError for any other option."""
    if bag is None:
        return "variant"
    if is_nullish(bag):
        raise TypeError("String.prototype.localeCompare called on null or undefined")
    given = {name: value for name in own_keys(bag) if (value := get(bag, name)) is not None}
    value = given.pop("sensitivity", "variant")
    if given:
        names = ", ".join(sorted(map(str, given)))
        raise RangeError(f"the options {names} of localeCompare are not supported (Intl.Collator)")
    sensitivity = to_string(value)
    if sensitivity not in SENSITIVITIES:
        where = "String.prototype.localeCompare options property sensitivity"
        raise RangeError(f"Value {sensitivity} out of range for {where}")
    return sensitivity


def _html(element: str, attribute: str) -> Callable[..., str]:
    if not attribute:
        return lambda text: f"<{element}>{text}</{element}>"

    def wrap(text: str, value: object) -> str:
        quoted = to_string(value).replace('"', "&quot;")
        return f'<{element} {attribute}="{quoted}">{text}</{element}>'

    return wrap


def _from_char_code(realm: Any, *codes: object) -> str:
    return joined_surrogates("".join(chr(to_uint32(to_number(code)) & 0xFFFF) for code in codes))


def _from_code_point(realm: Any, *codes: object) -> str:
    return joined_surrogates("".join(map(_code_point, codes)))


def _code_point(code: object) -> str:
    number = to_number(code)
    if number != number or number != to_integer(number) or not 0 <= number <= 0x10FFFF:
        raise RangeError(f"Invalid code point {string_of(number)}")
    return chr(int(number))


def _raw(realm: Any, template: object, *substitutions: object) -> str:
    if is_nullish(template):
        raise TypeError("Cannot convert undefined or null to object")
    raw = get(template, "raw")
    if is_nullish(raw):
        raise TypeError("Cannot convert undefined or null to object")
    length = to_length(get(raw, "length"))
    if length > MAX_PARTS:  # an array-like says any length that it likes
        raise RangeError(f"a template of more than {MAX_PARTS} parts is not supported")
    parts: list[str] = []
    for index in range(length):
        parts.append(to_string(get(raw, index)))
        if index + 1 < length and index < len(substitutions):
            parts.append(to_string(substitutions[index]))
    return join_units(parts)


def _this_string(name: str) -> Callable[[object], str]:
    def read(this: object) -> str:
        value = this.value if isinstance(this, StringObject) else this
        if not isinstance(value, str):
            raise TypeError(f"String.prototype.{name} requires that 'this' be a String")
        return str.__str__(value)

    return read


def _string(realm: Any, *values: object) -> str:
    return string_of(values[0]) if values else ""


def _construct(realm: Any, *values: object) -> StringObject:
    return StringObject(to_string(values[0]) if values else "")


def _trimmed(strip: Callable[[str, str], str]) -> Callable[[str], str]:
    return lambda text: strip(text, WHITESPACE)


TRIM_END: Final = StringMethod("trimEnd", _trimmed(str.rstrip))
TRIM_START: Final = StringMethod("trimStart", _trimmed(str.lstrip))

TEXT_METHODS: Final[dict[PropertyKey, Callable[..., object]]] = {
    "at": _at,
    "charAt": _unit_at,
    "charCodeAt": _char_code_at,
    "codePointAt": _code_point_at,
    "endsWith": _ends_with,
    "includes": _includes,
    "indexOf": _index_of,
    "isWellFormed": lambda text: not any("\ud800" <= c <= "\udfff" for c in code_points(text)),
    "lastIndexOf": _last_index_of,
    "localeCompare": _locale_compare,
    "normalize": _normalize,
    "padEnd": _pad_end,
    "padStart": _pad_start,
    "repeat": _repeat,
    "slice": _slice,
    "startsWith": _starts_with,
    "substr": _substr,
    "substring": _substring,
    "toLocaleLowerCase": _locale_lower,
    "toLocaleUpperCase": _locale_upper,
    "toLowerCase": lambda text: text.lower(),
    "toUpperCase": lambda text: text.upper(),
    "toWellFormed": well_formed,
    "trim": _trimmed(str.strip),
    **{name: _html(*tag) for name, tag in HTML_TAGS.items()},
    Symbol.iterator: lambda text: JsIterator(code_points(text), STRING_ITERATOR),
}

STRING: Final = ClassSpec(
    "String",
    OBJECT,
    methods={
        **{key: StringMethod("", run) for key, run in TEXT_METHODS.items()},
        **{key: StringMethod("", run) for key, run in PATTERN_METHODS.items()},
        "concat": StringMethod("", _concat, 1),
        "toString": _this_string("toString"),
        "trimEnd": TRIM_END,
        "trimLeft": TRIM_START,
        "trimRight": TRIM_END,
        "trimStart": TRIM_START,
        "valueOf": _this_string("valueOf"),
    },
    statics={
        "fromCharCode": Static(_from_char_code, 1),
        "fromCodePoint": Static(_from_code_point, 1),
        "raw": _raw,
    },
    call=_string,
    construct=_construct,
    instance_names=("length",),
    length=1,
    tag="String",
)
register(STRING, str)
