"""Texts of the console: format specifiers, values, tables. Console standard 2.2, 2.3."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from unpoison import js

_SPECIFIER: Final = re.compile("%[sdifoOc%]")
_INTEGER: Final = re.compile(r"\s*([+-]?)([0-9]+)")
_DECIMAL: Final = re.compile(
    r"\s*([+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))"
)
MAX_TABLE_CELLS: Final = 10_000
"""A table of more cells is printed as any other value: its width must be known first."""


def format_values(values: Sequence[object]) -> str:
    """Give the line for the arguments of `console.log`."""
    if not values:
        return ""
    first, *rest = values
    if isinstance(first, str) and rest:
        first, rest = _substituted(first, rest)
    return " ".join(shown(value) for value in (first, *rest))


def shown(value: object) -> str:
    """Give the text of one value: a string as it is, an object as its debug text."""
    if isinstance(value, str):
        return str.__str__(value)
    try:
        return js.debug_string(value)
    except js.RangeError:  # nested too deeply
        return js.class_tag(value)


def table(rows: object, columns: object) -> str | None:
    """Give the lines of `console.table`, None for what is no table. Console standard 1.1.7."""
    if not js.is_reference(rows):
        return None
    wanted = (
        None if js.is_nullish(columns) else [js.to_string(each) for each in js.iterate(columns)]
    )
    keys = js.own_keys(rows)
    cells = [(_key_text(key), _cells(js.get(rows, key), wanted)) for key in keys]
    names = dict.fromkeys(name for _, row in cells for name in row if name is not _VALUES)
    if len(cells) * (len(names) + 1) > MAX_TABLE_CELLS:
        return None
    has_values = any(_VALUES in row for _, row in cells)
    head = ["(index)", *map(str, names), *(["Values"] if has_values else [])]
    order = [*names, *([_VALUES] if has_values else [])]
    body = [[key, *(row.get(name, "") for name in order)] for key, row in cells]
    return "\n".join(_drawn(head, body))


_VALUES: Final = object()
"""The column of rows that are primitive values."""


def _cells(row: Any, wanted: Sequence[str] | None) -> dict[Any, str]:
    if not js.is_reference(row):
        return {_VALUES: _quoted(row)}
    keys = js.own_keys(row) if wanted is None else [key for key in wanted if js.has(row, key)]
    return {_key_text(key): _quoted(js.get(row, key)) for key in keys}


def _key_text(key: object) -> str:
    return key if isinstance(key, str) else repr(key)


def _quoted(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else shown(value)


def _drawn(head: Sequence[str], body: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) + 2 for column in zip(head, *body, strict=True)]
    bars = ["─" * width for width in widths]
    yield f"┌{'┬'.join(bars)}┐"
    yield _drawn_row(head, widths)
    yield f"├{'┼'.join(bars)}┤"
    yield from (_drawn_row(row, widths) for row in body)
    yield f"└{'┴'.join(bars)}┘"


def _drawn_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f" {cell} ".ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"│{'│'.join(padded)}│"


def _substituted(text: str, values: Sequence[object]) -> tuple[str, list[object]]:
    """Be Formatter: put values where specifiers are; the values that are left follow. 2.2.1."""
    left = list(values)

    def replace(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        return SPECIFIERS[found[0]](left.pop(0)) if left else found[0]

    return _SPECIFIER.sub(replace, text), left


def _string(value: object) -> str:
    return shown(value) if js.is_object(value) else js.string_of(value)


def _integer(value: object) -> str:
    found = None if js.is_symbol(value) else _INTEGER.match(js.to_string(value))
    if found is None:
        return "NaN"
    sign = "-" if found[1] == "-" else ""
    return f"{sign}{found[2].lstrip('0') or '0'}"


def _decimal(value: object) -> str:
    found = None if js.is_symbol(value) else _DECIMAL.match(js.to_string(value))
    return "NaN" if found is None else js.to_string(js.to_number(found[1]))


SPECIFIERS: Final[dict[str, Callable[[Any], str]]] = {
    "%s": _string,
    "%d": _integer,
    "%i": _integer,
    "%f": _decimal,
    "%o": shown,
    "%O": shown,
    "%c": lambda _: "",  # CSS, which a log has not
}
