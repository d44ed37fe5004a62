"""Names that differ, for items that come from different crates or modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from unpoison.bindgen.interface import Class, EnumDef, Export

_Item = TypeVar("_Item", bound="Class | EnumDef | Export")

_Place = tuple[str, ...]


def numbered(items: Iterable[_Item]) -> Iterator[_Item]:
    """Give the items with names that differ: later copies of a name become Name2, Name3.

    A public copy keeps its name before private ones do. wasm-bindgen numbers private copies in
    the same way, and refuses to build a module with public ones.
    """
    copies = tuple(items)
    taken = set(map(_place, copies))
    owners: dict[_Place, int] = {}
    for number in sorted(range(len(copies)), key=lambda number: _is_private(copies[number])):
        owners.setdefault(_place(copies[number]), number)
    last: dict[_Place, int] = {}
    for number, item in enumerate(copies):
        place = _place(item)
        if owners[place] == number:
            yield item
            continue
        while place in taken:
            last[_place(item)] = last.get(_place(item), 1) + 1
            place = (*item.namespace, f"{item.name}{last[_place(item)]}")
        taken.add(place)
        yield replace(item, name=place[-1])


def _place(item: Class | EnumDef | Export) -> _Place:
    return (*item.namespace, item.name)


def _is_private(item: Class | EnumDef | Export) -> bool:
    return not isinstance(item, Export) and item.private
