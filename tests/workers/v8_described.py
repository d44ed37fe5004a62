"""Values as text, so that two engines can compare them; `describe` of v8_values.mjs."""

from __future__ import annotations

from typing import Any

from unpoison import js


def describe(value: Any, seen: list[Any] | None = None) -> str:
    """Give the structure of a value: its class, contents, order, shared parts and cycles."""
    seen = [] if seen is None else seen

    def inner(item: Any) -> str:
        return describe(item, seen)

    if not js.is_reference(value):
        return primitive(value)
    for index, each in enumerate(seen):
        if each is value:
            return f"#{index}"
    seen.append(value)
    return described_object(value, inner)


def primitive(value: Any) -> str:
    if js.is_string(value):
        return js.json_stringify(value)
    if js.is_bigint(value):
        return f"{int(value)}n"
    return "-0" if value == 0 and str(value) == "-0.0" else js.string_of(value)


def described_object(value: Any, inner: Any) -> str:
    def pairs(names: list[str]) -> str:
        return ",".join(f"{js.json_stringify(name)}:{inner(js.get(value, name))}" for name in names)

    match value:
        case js.Map():
            return f"Map[{','.join(f'{inner(k)}=>{inner(v)}' for k, v in value.items())}]"
        case js.Set():
            return f"Set[{','.join(map(inner, value))}]"
        case js.Date():
            return f"Date({'NaN' if value.time is None else value.time})"
        case js.RegExp():
            return js.string_of(value)
        case js.Error():
            cause = "" if value.cause is None else inner(value.cause)
            name = js.class_tag(value) if value.name == "" else value.name
            texts = map(js.json_stringify, (value.message, value.stack))
            return f"{name}({','.join(map(str, texts))},{cause})"
        case js.ArrayBuffer():
            limit = "" if value.limit is None else value.limit
            return f"ArrayBuffer({bytes(value.view()).hex()},{limit})"
        case js.TypedArray() | js.DataView():
            place = f"{js.get(value, 'byteOffset')},{js.get(value, 'byteLength')}"
            return f"{type(value).__name__}({inner(value.buffer)},{place})"
        case js.Wrapper():
            return f"{js.spec_of(value).name}({inner(value.value)})"
        case js.Array():
            rest = [name for name in js.own_keys(value)[len(value) :] if isinstance(name, str)]
            return f"[{','.join(map(inner, value))}|{pairs(rest)}]"
    return f"{{{pairs([name for name in js.own_keys(value) if isinstance(name, str)])}}}"
