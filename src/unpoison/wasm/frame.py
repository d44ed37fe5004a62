"""The frame of a module: which sections it has, decoded on request, emitted as they came.

A section stays the bytes it came from until somebody sets it. Core spec 5.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm.cursor import Cursor, write_name, write_sized
from unpoison.wasm.limits import MAX_MODULE_SIZE
from unpoison.wasm.sections import (
    CODE,
    CUSTOM_ID,
    DATA,
    DATA_COUNT,
    FUNCTION,
    RANKS,
    SECTIONS,
    NumberFormat,
    SectionFormat,
)

T = TypeVar("T")

MAGIC = b"\0asm"
VERSION = b"\x01\0\0\0"
_PREAMBLE_SIZE = 8
_COMPONENT_LAYER = b"\x01\0"
_BY_ID = {section.id: section for section in SECTIONS}


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom section. `after` is the id of the section it follows, 0 at the module's front.

    `raw` is the whole section as it was read, None for a new one; `offset` is where the payload
    was in the module.
    """

    name: str
    payload: bytes
    after: int = DATA.id
    raw: bytes | None = field(default=None, repr=False, compare=False)
    offset: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Range:
    """Where a section is in the module: its id byte, its content, its end."""

    start: int
    content: int
    end: int


class Entries(Generic[T]):
    """A section as an attribute of a frame."""

    def __init__(self, section: SectionFormat[T]) -> None:
        self.section = section

    def __get__(self, frame: Frame, owner: type[Frame]) -> Sequence[T]:
        return frame.entries(self.section)

    def __set__(self, frame: Frame, items: Iterable[T]) -> None:
        frame.set_entries(self.section, list(items))


class Number:
    """A section of one number as an attribute of a frame: None when it is not there."""

    def __init__(self, section: NumberFormat) -> None:
        self.section = section

    def __get__(self, frame: Frame, owner: type[Frame]) -> int | None:
        return next(iter(frame.entries(self.section)), None)

    def __set__(self, frame: Frame, value: int | None) -> None:
        frame.set_entries(self.section, [] if value is None else [value])


class Frame:
    """The sections of a module. `Frame()` has none."""

    def __init__(self) -> None:
        self._data = MAGIC + VERSION
        self._ranges: dict[int, _Range] = {}
        self._decoded: dict[int, list[Any]] = {}
        self._edited: set[int] = set()
        self._customs: list[Custom] = []
        self._customs_edited = False

    @classmethod
    def parse(cls, data: bytes | bytearray | memoryview) -> Self:
        """Give the module in `data`, with its sections found but not decoded yet.

        Raises MalformedModule when the frame is broken (magic number, section order, sizes,
        numbers of functions and bodies that differ), UnsupportedModule for a component.
        """
        frame = cls()
        frame._data = bytes(data)
        _check_preamble(frame._data)
        frame._find_sections()
        frame._check_counts()
        return frame

    def copy(self) -> Self:
        """Give the same module, to be changed apart from this one."""
        frame = type(self)()
        frame._data = self._data
        frame._ranges = self._ranges
        frame._decoded = {id_: list(items) for id_, items in self._decoded.items()}
        frame._edited = set(self._edited)
        frame._customs = list(self._customs)
        frame._customs_edited = self._customs_edited
        return frame

    def emit(self) -> bytes:
        """Give the module as bytes: untouched sections and bodies as they came.

        Raises ValueError when something that was set cannot be encoded.
        """
        if not self._edited and not self._customs_edited:
            return self._data
        out = bytearray(self._data[:_PREAMBLE_SIZE])
        customs = sorted(self._customs, key=lambda custom: RANKS[custom.after])
        done = _emit_customs(out, customs, 0, CUSTOM_ID)
        for section in SECTIONS:
            self._emit_section(out, section)
            done = _emit_customs(out, customs, done, section.id)
        return bytes(out)

    def entries(self, section: SectionFormat[T] | NumberFormat) -> list[Any]:
        """Give the entries of a section, which must not be mutated; [] when it is not there.

        Raises MalformedModule when the section is broken.
        """
        items = self._decoded.get(section.id)
        if items is None:
            found = self._ranges.get(section.id)
            items = [] if found is None else section.read(self._cursor(found, section.name))
            self._decoded[section.id] = items
        return items

    def set_entries(self, section: SectionFormat[T] | NumberFormat, items: list[Any]) -> None:
        """Replace the entries of a section."""
        self._decoded[section.id] = items
        self._edited.add(section.id)

    def append_entry(self, section: SectionFormat[T], item: T) -> int:
        """Add an entry at the end of a section and give its place."""
        items = self.entries(section)
        items.append(item)
        self._edited.add(section.id)
        return len(items) - 1

    @property
    def customs(self) -> Sequence[Custom]:
        """The custom sections, in order; the order also counts among those after one section."""
        return self._customs

    @customs.setter
    def customs(self, customs: Iterable[Custom]) -> None:
        self._customs = list(customs)
        self._customs_edited = True

    def find_custom(self, name: str) -> Custom | None:
        """Give the first custom section with that name."""
        return next((custom for custom in self._customs if custom.name == name), None)

    def _find_sections(self) -> None:
        cursor = Cursor(self._data, _PREAMBLE_SIZE)
        last = CUSTOM_ID
        while cursor.remaining:
            start = cursor.position
            id_ = cursor.read_u8()
            size = cursor.read_count("bytes of a section", MAX_MODULE_SIZE)
            found = _Range(start, cursor.position, cursor.position + size)
            cursor.position = found.end
            if id_ == CUSTOM_ID:
                self._customs.append(self._read_custom(found, last))
            else:
                self._check_order(id_, last, start)
                self._ranges[id_] = found
                last = id_

    def _check_order(self, id_: int, last: int, start: int) -> None:
        if id_ not in RANKS:
            raise MalformedModule(f"{id_} is not a section id", offset=start)
        if RANKS[id_] <= RANKS[last]:
            name, before = _BY_ID[id_].name, _BY_ID[last].name
            raise MalformedModule(f"{name} section after the {before} section", offset=start)

    def _read_custom(self, found: _Range, after: int) -> Custom:
        cursor = self._cursor(found, "custom")
        name = cursor.read_name()
        payload = self._data[cursor.position : found.end]
        return Custom(name, payload, after, self._data[found.start : found.end], cursor.position)

    def _check_counts(self) -> None:
        functions, bodies = self._count(FUNCTION), self._count(CODE)
        if functions != bodies:
            raise MalformedModule(f"{functions or 0} functions but {bodies or 0} bodies")
        announced = next(iter(self.entries(DATA_COUNT)), None)
        if announced is not None and announced != (self._count(DATA) or 0):
            raise MalformedModule(f"{announced} data segments announced, but there are others")

    def _count(self, section: SectionFormat[Any]) -> int | None:
        found = self._ranges.get(section.id)
        count = None if found is None else self._cursor(found, section.name).read_u32()
        return count or None

    def _cursor(self, found: _Range, name: str) -> Cursor:
        return Cursor(self._data, found.content, found.end, where=f"{name} section")

    def _emit_section(self, out: bytearray, section: SectionFormat[Any] | NumberFormat) -> None:
        found = self._ranges.get(section.id)
        if section.id in self._edited:
            if items := self._decoded[section.id]:
                content = bytearray()
                section.write(content, items)
                out.append(section.id)
                write_sized(out, content)
        elif found is not None:
            out += self._data[found.start : found.end]


def _emit_customs(out: bytearray, customs: list[Custom], done: int, after: int) -> int:
    while done < len(customs) and customs[done].after == after:
        custom = customs[done]
        if custom.raw is None:
            content = bytearray()
            write_name(content, custom.name)
            out.append(CUSTOM_ID)
            write_sized(out, content + custom.payload)
        else:
            out += custom.raw
        done += 1
    return done


def _check_preamble(data: bytes) -> None:
    if len(data) > MAX_MODULE_SIZE:
        raise MalformedModule(f"{len(data)} bytes; the limit is {MAX_MODULE_SIZE}")
    if data[:4] != MAGIC:
        text = data[:64].lstrip()[:1] in (b"(", b";")
        advice = "this looks like text: assemble it first (wat2wasm)" if text else None
        raise MalformedModule("not a WebAssembly module", offset=0, advice=advice)
    version = data[4:_PREAMBLE_SIZE]
    if version != VERSION:
        if version[2:] == _COMPONENT_LAYER:
            raise UnsupportedModule(
                "this is a component, not a core module",
                offset=4,
                advice="give the core module (.wasm) that it was made from",
            )
        raise MalformedModule(f"unknown version {version.hex(' ')}", offset=4)
