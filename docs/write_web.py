"""Writes docs/web.md: which values of the web platform there are, by the tables of the room web.

`python docs/write_web.py` rewrites the page; a test compares it with the tables. What web-sys
declares is in docs/web_sys.json, which `scripts/write_platform_names.py` writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from unpoison import js
from unpoison.web import PLATFORM_NAMES, REFUSED_MEMBERS, WEB_GLOBALS

HERE = Path(__file__).parent
PAGE = HERE / "web.md"
HEADER = """# Values of the web platform

This page is written by `docs/write_web.py`. A module finds these names of the web platform without
its embedder, whoever imports them: web-sys, another crate or its own `extern` blocks. Give another
object under the same name in `imports=` to replace one. Python code finds the classes in
`unpoison.web`.

Each class keeps to its standard (WHATWG or W3C), and is compared with Node in the tests. *Not
provided* are members that web-sys declares and that are not there: reading one gives undefined, as
in a browser of another age. *Refused* are members whose call raises or rejects with an error
"NotSupportedError" that names it.
"""
FOOTER = """## Other names

web-sys knows {count} more names, which a host without a browser does not have: `window`,
`document`, `HTMLElement`, `requestAnimationFrame`, `localStorage`, ... They do not stop a load: a
static reads undefined (`web_sys::window()` is `None`), `instanceof` is false, a call raises
`js.ReferenceError`.
"""


def write_page() -> str:
    """Give the page."""
    return "\n".join([HEADER, *_interfaces(), *_functions(), *_footer()])


def provided_members(spec: js.ClassSpec) -> set[str]:
    """Give the names that a class has, on its prototype or its constructor, refused ones too."""
    own = [*spec.own_members, *spec.statics, *spec.static_getters]
    return {key for key in own if isinstance(key, str)} - {"constructor"}


def missing_members(name: str, spec: js.ClassSpec, declared: Mapping[str, list[str]]) -> set[str]:
    """Give what web-sys declares of a class that is not there."""
    inherited = {key for key in spec.members if isinstance(key, str)}
    return set(declared.get(name, ())) - provided_members(spec) - inherited


def declared_members() -> dict[str, list[str]]:
    """Give what web-sys declares of each interface."""
    found: dict[str, list[str]] = json.loads((HERE / "web_sys.json").read_text(encoding="utf-8"))
    return found


def _interfaces() -> Iterator[str]:
    declared = declared_members()
    yield "## Classes and namespaces\n"
    yield "| Name | Members | Not provided | Refused |"
    yield "|---|---|---|---|"
    for name, value in sorted(WEB_GLOBALS.items(), key=lambda row: row[0].lower()):
        if isinstance(value, js.ClassSpec):
            refused = set(REFUSED_MEMBERS.get(name, ()))
            here = {each for each in provided_members(value) - refused if not each.isupper()}
            missing = missing_members(name, value, declared)
            cells = (_title(name, value), _listed(here), _listed(missing), _listed(refused))
            yield f"| {' | '.join(cells)} |"
    yield ""


def _title(name: str, spec: js.ClassSpec) -> str:
    parent = spec.parent
    return f"`{name}`" if parent is None or parent is js.OBJECT else f"`{name}` : `{parent.name}`"


def _functions() -> Iterator[str]:
    values = [name for name, row in WEB_GLOBALS.items() if isinstance(row, js.RealmValue)]
    functions = {
        name
        for name, row in WEB_GLOBALS.items()
        if not isinstance(row, js.RealmValue | js.ClassSpec)
    }
    yield f"Values: {_listed(values)}.\n"
    yield f"Functions: {_listed(functions)}, and `queueMicrotask`.\n"


def _footer() -> Iterator[str]:
    yield FOOTER.format(count=len(PLATFORM_NAMES - WEB_GLOBALS.keys() - js.GLOBALS.keys()))


def _listed(names: object) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))  # type: ignore[call-overload]


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
