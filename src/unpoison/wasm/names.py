"""The custom sections that tools agree on: name, producers, target_features.

Core spec 7.4 (names); tool-conventions ProducersSection.md and Linking.md (the others).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from unpoison.errors import MalformedModule
from unpoison.wasm.cursor import Cursor, write_name, write_sized, write_vector
from unpoison.wasm.leb128 import write_unsigned
from unpoison.wasm.limits import MAX_FUNCTIONS, MAX_NAME_SIZE

T = TypeVar("T")

NameMap = dict[int, str]
IndirectNameMap = dict[int, NameMap]


@dataclass(slots=True)
class Names:
    """The name section: index -> name per kind; for locals, labels and fields owner -> index.

    `unknown` keeps subsections with other ids as (id, bytes). `malformed` is None, or why the
    section was ignored: a custom section never makes a module invalid. Core spec 2.5.1, 7.4.
    """

    module: str | None = None
    functions: NameMap = field(default_factory=dict)
    locals: IndirectNameMap = field(default_factory=dict)
    labels: IndirectNameMap = field(default_factory=dict)
    types: NameMap = field(default_factory=dict)
    tables: NameMap = field(default_factory=dict)
    memories: NameMap = field(default_factory=dict)
    globals: NameMap = field(default_factory=dict)
    elements: NameMap = field(default_factory=dict)
    datas: NameMap = field(default_factory=dict)
    fields: IndirectNameMap = field(default_factory=dict)
    tags: NameMap = field(default_factory=dict)
    unknown: list[tuple[int, bytes]] = field(default_factory=list)
    malformed: str | None = None


_MODULE_ID = 0
# Subsection id -> attribute. Ids 3 and up: core spec 7.4 and the extended-name-section proposal.
_MAPS = {1: "functions", 4: "types", 5: "tables", 6: "memories", 7: "globals"} | {
    8: "elements",
    9: "datas",
    11: "tags",
}
_INDIRECT_MAPS = {2: "locals", 3: "labels", 10: "fields"}
_LAST_KNOWN_ID = 11


def read_names(payload: bytes, base: int = 0) -> Names:
    """Give what a name section says; `.malformed` is set, and nothing else, when it is broken.

    `base` is the payload's offset in the module.
    """
    names = Names()
    cursor = Cursor(payload, where="name section", base=base)
    try:
        while cursor.remaining:
            _read_subsection(cursor, names)
    except MalformedModule as error:
        return Names(malformed=str(error))
    return names


def _read_subsection(cursor: Cursor, names: Names) -> None:
    id_ = cursor.read_u8()
    size = cursor.read_count("bytes", cursor.end)
    base = cursor.base + cursor.position
    inner = Cursor(cursor.read_bytes(size), where=cursor.where, base=base)
    if id_ == _MODULE_ID:
        names.module = inner.read_name()
    elif id_ in _MAPS:
        getattr(names, _MAPS[id_]).update(_read_name_map(inner))
    elif id_ in _INDIRECT_MAPS:
        getattr(names, _INDIRECT_MAPS[id_]).update(_read_indirect_name_map(inner))
    else:
        names.unknown.append((id_, inner.read_bytes(size)))
    inner.expect_end()


def _read_name_map(cursor: Cursor) -> NameMap:
    count = cursor.read_count("names", MAX_FUNCTIONS)
    return {cursor.read_u32(): cursor.read_name() for _ in range(count)}


def _read_indirect_name_map(cursor: Cursor) -> IndirectNameMap:
    count = cursor.read_count("name maps", MAX_FUNCTIONS)
    return {cursor.read_u32(): _read_name_map(cursor) for _ in range(count)}


def write_names(names: Names) -> bytes:
    """Give the content of a name section, subsections by id, names by index."""
    out = bytearray()
    if names.module is not None:
        _write_subsection(out, _MODULE_ID, names.module, write_name)
    for id_ in range(1, _LAST_KNOWN_ID + 1):
        if id_ in _MAPS and (flat := getattr(names, _MAPS[id_])):
            _write_subsection(out, id_, flat, _write_name_map)
        elif id_ in _INDIRECT_MAPS and (nested := getattr(names, _INDIRECT_MAPS[id_])):
            _write_subsection(out, id_, nested, _write_indirect_name_map)
    for id_, payload in names.unknown:
        out.append(id_)
        write_sized(out, payload)
    return bytes(out)


def _write_subsection(
    out: bytearray, id_: int, value: T, write: Callable[[bytearray, T], None]
) -> None:
    inner = bytearray()
    write(inner, value)
    out.append(id_)
    write_sized(out, inner)


def _write_name_map(out: bytearray, names: NameMap) -> None:
    write_vector(out, sorted(names.items()), _write_association)


def _write_association(out: bytearray, item: tuple[int, str]) -> None:
    write_unsigned(out, item[0])
    write_name(out, item[1])


def _write_indirect_name_map(out: bytearray, maps: IndirectNameMap) -> None:
    write_vector(out, sorted(maps.items()), _write_indirect_association)


def _write_indirect_association(out: bytearray, item: tuple[int, NameMap]) -> None:
    write_unsigned(out, item[0])
    _write_name_map(out, item[1])


Producers = dict[str, list[tuple[str, str]]]


def read_producers(payload: bytes) -> Producers:
    """Give the producers section: field -> (tool, version) pairs. Raises MalformedModule."""
    cursor = Cursor(payload, where="producers section")
    count = cursor.read_count("fields", MAX_NAME_SIZE)
    producers = {
        cursor.read_name(): cursor.read_vector(_read_producer, "tools", MAX_NAME_SIZE)
        for _ in range(count)
    }
    cursor.expect_end()
    return producers


def _read_producer(cursor: Cursor) -> tuple[str, str]:
    return cursor.read_name(), cursor.read_name()


def write_producers(producers: Producers) -> bytes:
    """Give the content of a producers section."""
    out = bytearray()
    write_vector(out, producers.items(), _write_producer_field)
    return bytes(out)


def _write_producer_field(out: bytearray, item: tuple[str, list[tuple[str, str]]]) -> None:
    write_name(out, item[0])
    write_vector(out, item[1], _write_producer)


def _write_producer(out: bytearray, item: tuple[str, str]) -> None:
    write_name(out, item[0])
    write_name(out, item[1])


def read_target_features(payload: bytes) -> list[tuple[str, str]]:
    """Give the target_features section: (prefix, feature), "+" for used, "-" for disallowed.

    Raises MalformedModule.
    """
    cursor = Cursor(payload, where="target_features section")
    features = cursor.read_vector(_read_feature, "features", MAX_NAME_SIZE)
    cursor.expect_end()
    return features


def _read_feature(cursor: Cursor) -> tuple[str, str]:
    return chr(cursor.read_u8()), cursor.read_name()


def write_target_features(features: list[tuple[str, str]]) -> bytes:
    """Give the content of a target_features section."""
    out = bytearray()
    write_vector(out, features, _write_feature)
    return bytes(out)


def _write_feature(out: bytearray, item: tuple[str, str]) -> None:
    out.append(ord(item[0]))
    write_name(out, item[1])
