"""What programs log, as the text that recorder.mjs has for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unpoison import js


def shown(value: object) -> str:
    """Give the text of a value that a program logged; the recorder has the same in JavaScript."""
    kind = js.kind_of(value)
    if kind is js.Kind.STRING:
        return js.json_stringify(value) or ""
    if kind is js.Kind.BIGINT:
        return f"{value}n"
    if isinstance(value, float) and value == 0:
        return "-0" if str(value) == "-0.0" else "0"
    if kind is js.Kind.FUNCTION:
        return "function"
    if isinstance(value, BaseException):
        return f"{js.error_name(value)}: {js.error_message(value)}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if kind is js.Kind.OBJECT:
        return _shown_object(value)
    return js.string_of(value)


def _shown_object(value: object) -> str:
    tag = js.class_tag(value)
    if tag.endswith("Array"):
        return f"{tag}[{', '.join(map(shown, js.iterate(value)))}]"
    members = ", ".join(f"{_name(key)}: {shown(js.get(value, key))}" for key in js.own_keys(value))
    return f"{'' if tag == 'Object' else tag}{{{members}}}"


def _name(key: object) -> str:
    return key if isinstance(key, str) else repr(key)


def lines_of(logged: Sequence[Sequence[object]]) -> Iterator[str]:
    """Give what a program logged, a line per call."""
    return (" ".join(map(shown, values)) for values in logged)
