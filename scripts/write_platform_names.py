"""Writes what the crate web-sys declares: the platform's global names, and members of interfaces.

`python scripts/write_platform_names.py DIR`, with DIR the unpacked crate, rewrites
src/unpoison/web/platform_names.py and docs/web_sys.json; a test compares. A global name of the web
platform is an interface or namespace that web-sys binds (its dictionaries are no names), or a
member of one of the global objects.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "src/unpoison/web/platform_names.py"
MEMBERS = ROOT / "docs/web_sys.json"
GLOBAL_OBJECTS = frozenset(
    {
        "DedicatedWorkerGlobalScope",
        "EventTarget",
        "ServiceWorkerGlobalScope",
        "SharedWorkerGlobalScope",
        "Window",
        "WorkerGlobalScope",
        "WorkletGlobalScope",
    }
)
ITEM = re.compile(
    r"#\[wasm_bindgen\((?P<options>[^\]]*?)\)\]"
    r"(?P<attributes>(?:\s*#\[[^\n]*\])*)\s*pub (?P<kind>fn|type) (?P<name>\w+)",
)
SPECIAL = r"\bconstructor\b|indexing_"
STRING = r'\s*=\s*"([^"]+)"'
HEADER = '''"""The global names of the web platform that the crate web-sys {version} knows.

Written by `scripts/write_platform_names.py` from the crate; do not edit. A host without a browser
has few of them (`WEB_GLOBALS`); a module that imports another one can be loaded all the same.
"""

from __future__ import annotations

from typing import Final

_TEXT: Final = """
{names}
"""
PLATFORM_NAMES: Final[frozenset[str]] = frozenset(_TEXT.split())
"""Interfaces, namespaces and members of the browsers' global objects."""
'''


def write_names(crate: Path) -> str:
    """Give the text of the generated file."""
    names = {name for path in crate.glob("src/features/gen_*.rs") for name in find_names(path)}
    lines = textwrap.wrap(" ".join(sorted(names)), 98, break_on_hyphens=False)
    version = crate.name.rpartition("-")[2]
    return HEADER.format(version=version, names="\n".join(lines))


def find_names(path: Path) -> Iterator[str]:
    """Give the global names that one feature of web-sys declares."""
    for item in ITEM.finditer(path.read_text(encoding="utf-8")):
        options = item["options"]
        name = _option(options, "js_name") or item["name"].removesuffix("_")
        if item["kind"] == "type":
            if "` class." in item["attributes"]:
                yield name
            continue
        owner = _option(options, "js_class")
        namespace = _option(options, "js_namespace")
        if namespace is not None:
            yield namespace
        if owner in GLOBAL_OBJECTS and "indexing_" not in options and "method" in options:
            yield name
        if owner is not None and re.search(r"\bconstructor\b", options):
            yield owner


def write_members(crate: Path) -> str:
    """Give the members of every interface and namespace as JSON: name -> sorted names."""
    members: dict[str, set[str]] = {}
    for path in crate.glob("src/features/gen_*.rs"):
        for item in ITEM.finditer(path.read_text(encoding="utf-8")):
            options = item["options"]
            owner = _option(options, "js_class") or _option(options, "js_namespace")
            if item["kind"] == "fn" and owner and not re.search(SPECIAL, options):
                name = _option(options, "js_name") or item["name"].removesuffix("_")
                members.setdefault(owner, set()).add(name)
    table = {name: sorted(found) for name, found in sorted(members.items())}
    return json.dumps(table, separators=(",", ":")).replace("],", "],\n") + "\n"


def _option(options: str, name: str) -> str | None:
    found = re.search(name + STRING, options)
    return None if found is None else found[1]


if __name__ == "__main__":
    CRATE = Path(sys.argv[1]).resolve()
    PAGE.write_text(write_names(CRATE), encoding="utf-8")
    MEMBERS.write_text(write_members(CRATE), encoding="utf-8")
