"""Structs that extend others: who is whose parent, and in which order they are defined.

Source: `wasm-bindgen` src/parent.rs. A child's object holds one pointer per ancestor, since the
parent's value is an allocation of its own, shared with the child's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unpoison.bindgen.interface import Class

Key = tuple[str, str]


def find_parents(classes: Sequence[Class]) -> dict[Key, Class]:
    """Give the parent of each class that has one, by the class's (key, crate).

    A parent in another crate is found by its name alone, when only one class has it. A class whose
    module cannot give the parent's pointer, or that is its own ancestor, has none.
    """
    known = {(cls.key, cls.crate): cls for cls in classes}
    parents: dict[Key, Class] = {}
    for child in classes:
        parent = _parent(child, known)
        if parent is not None and child not in _lineage(parent, parents):
            parents[child.key, child.crate] = parent
    return parents


def _parent(child: Class, known: dict[Key, Class]) -> Class | None:
    if child.extends is None or child.upcast is None:
        return None
    named = [cls for cls in known.values() if cls.key == child.extends]
    found = known.get((child.extends, child.crate), named[0] if len(named) == 1 else None)
    return found if found is not None and found.free is not None else None


def _lineage(cls: Class, parents: dict[Key, Class]) -> list[Class]:
    """Give a class and its ancestors, the nearest first."""
    found = [cls]
    while (parent := parents.get((found[-1].key, found[-1].crate))) is not None:
        found.append(parent)
    return found


def family_keys(parents: dict[Key, Class]) -> set[Key]:
    """Give every class that has a parent or a child."""
    return {*parents, *((parent.key, parent.crate) for parent in parents.values())}


def parents_first(classes: Iterable[Class]) -> list[Class]:
    """Give classes, whose `extends` are names, in an order in which each comes after its parent."""
    waiting, found, names = list(classes), [], set[str]()
    while waiting:
        ready = [cls for cls in waiting if cls.extends is None or cls.extends in names]
        found += ready
        names.update(cls.name for cls in ready)
        waiting = [cls for cls in waiting if cls not in ready]
    return found


def ancestors(cls: Class, classes: Iterable[Class]) -> list[Class]:
    """Give the ancestors of a class, whose `extends` is a name, the nearest first."""
    known = {other.name: other for other in classes}
    found: list[Class] = []
    while cls.extends is not None:
        cls = known[cls.extends]
        found.append(cls)
    return found
