"""Writes docs/js-sys.md: what of js-sys is provided, told by js-sys's own schema.

`python -m docs.write_js_sys` rewrites the page; a test compares it, and tries what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from unpoison import js
from unpoison.bindgen import SECTION_NAME, Import, ImportKind, declared_imports, read_schema
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.lookup import Lookup
from unpoison.runtime.surface import RECEIVING, Surface
from unpoison.runtime.world import make_world
from unpoison.wasm import Module
from unpoison.web import PLATFORM_NAMES

PAGE = Path(__file__).parent / "js-sys.md"
SOURCE = Path(__file__).parents[1] / "examples" / "counter" / "counter.legacy.wasm"
REFUSED = ("Intl", "Temporal", "WebAssembly", "eval", "Function")
MISNAMED = {
    ("Array", "concat_many"), ("Atomics", "notify_bigint"), ("Atomics", "pause_with_hint"),
    ("Reflect", "set_symbol"), ("SharedArrayBuffer", "slice_from"), ("String", "concat_many"),
}  # fmt: skip
"""What js-sys 0.3.107 declares under a name that JavaScript has not."""
HEADER = """# What of js-sys is provided

This page is written by `docs/write_js_sys.py` from the schema of js-sys 0.3.107, which every module
that uses the crate carries. A member that is provided is the standard's, tested against Node.

* **refused**: needs a JavaScript engine or tables that are not here (`Intl`, `Temporal`,
  `WebAssembly`, code from text). A module that imports it loads; using it throws an error that
  names it.
* **absent**: a name of another kind of host, such as `window`: it reads as undefined.
* **shape**: js-sys names the shape of an object, such as an options bag; JavaScript has no such
  class. Its properties are read and set on any object, nothing is an `instanceof` it.
* **misnamed**: js-sys declares a name that JavaScript has not; a call throws a TypeError there too.
"""


class Status(Enum):
    """What becomes of an import of js-sys."""

    PROVIDED = "provided"
    REFUSED = "refused"
    ABSENT = "absent"
    SHAPE = "shape"
    MISNAMED = "misnamed"
    MISSING = "missing"


def js_sys_imports() -> list[Import]:
    """Give each import that js-sys declares, once."""
    module = Module.parse(SOURCE.read_bytes())
    sections = [item.payload for item in module.customs if item.name == SECTION_NAME]
    programs = [p for p in read_schema(sections).programs if p.crate.startswith("js-sys-")]
    found = {(item.kind, item.path, item.name): item for item in declared_imports(programs)}
    return list(found.values())


class Judge:
    """Tells the status of imports in a realm of its own."""

    def __init__(self) -> None:
        self.realm = make_world(Scheduler(set).realm)
        self._surface = Surface(self.realm, PLATFORM_NAMES)
        self._lookup = Lookup({}, self.realm)

    def status(self, item: Import) -> Status:
        """Give the status of an import."""
        if (owner(item), item.path[-1] if item.path else item.name) in MISNAMED:
            return Status.MISNAMED
        if self._is_refused(item):
            return Status.REFUSED
        if item.kind in RECEIVING or item.kind is ImportKind.INSTANCEOF:
            return self._class_status(item)
        if item.kind is ImportKind.INTRINSIC:
            return Status.ABSENT  # JSPI: asked for by every module that has futures
        known = self._surface.knows(item)
        if known:
            return Status.PROVIDED
        return Status.ABSENT if item.kind is ImportKind.STATIC else Status.MISSING

    def _is_refused(self, item: Import) -> bool:
        root = (item.path[0] if item.path else item.name).partition(".")[0]
        makes = item.kind in (ImportKind.CONSTRUCTOR, ImportKind.FUNCTION)
        if owner(item) == "WebAssembly.Memory" and not makes and self._surface.knows(item):
            return False  # the memory of the module itself
        return root in REFUSED[:3] or (root in REFUSED[3:] and len(item.path) == 1 and makes)

    def _class_status(self, item: Import) -> Status:
        path = item.path if item.kind is ImportKind.INSTANCEOF else item.path[:-1]
        if not isinstance(self._lookup.path(path).value, js.Constructor):
            return Status.SHAPE
        return Status.PROVIDED if self._surface.knows(item) else Status.MISSING


def owner(item: Import) -> str:
    """Give the class or namespace that an import belongs to, `global` for none."""
    if item.kind in (ImportKind.CONSTRUCTOR, ImportKind.INSTANCEOF):
        return ".".join(item.path)
    return ".".join(item.path[:-1]) or "global"


def label(item: Import) -> str:
    """Give the name of an import in its row."""
    name = item.path[-1] if item.path else item.name
    words = {
        ImportKind.CONSTRUCTOR: "new",
        ImportKind.INSTANCEOF: "instanceof",
        ImportKind.INDEXING_GETTER: "[i]",
        ImportKind.INDEXING_SETTER: "[i] =",
        ImportKind.INDEXING_DELETER: "delete [i]",
        ImportKind.SETTER: f"{name} =",
    }
    return words.get(item.kind, name)


def write_page() -> str:
    """Give the page: a count of each status, then a row per class or namespace."""
    judge = Judge()
    rows: dict[str, dict[Status, set[str]]] = defaultdict(lambda: defaultdict(set))
    counts: dict[Status, int] = defaultdict(int)
    for item in js_sys_imports():
        status = judge.status(item)
        counts[status] += 1
        rows[owner(item)][status].add(label(item))
    return "\n".join([HEADER, *_counts(counts), *_table(rows), ""])


def _counts(counts: dict[Status, int]) -> Iterator[str]:
    yield "| status | imports |"
    yield "|---|---|"
    for status in Status:
        if counts[status]:
            yield f"| {status.value} | {counts[status]} |"
    yield ""


def _table(rows: dict[str, dict[Status, set[str]]]) -> Iterator[str]:
    yield "| | provided | otherwise |"
    yield "|---|---|---|"
    for name in sorted(rows, key=str.lower):
        groups = rows[name]
        given = ", ".join(f"`{each}`" for each in sorted(groups[Status.PROVIDED]))
        others = [_others(status, groups[status]) for status in Status if groups[status]]
        yield f"| {name} | {given} | {'; '.join(filter(None, others))} |"


def _others(status: Status, names: set[str]) -> str:
    if status is Status.PROVIDED:
        return ""
    return f"{status.value}: {', '.join(f'`{each}`' for each in sorted(names))}"


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
