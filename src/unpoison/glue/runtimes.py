"""Which runtimes of JavaScript run which dialect of exception handling: the one table. Pure.

`unpoison inspect` prints it, `docs/write_javascript.py` writes it into the page, and
`tests/glue/test_runtimes.py` runs every row that says it is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Evidence(Enum):
    """How a row is known; the value is its word for people."""

    TESTED = "tested"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Runtime:
    """One runtime: what of its versions run, without a flag, a package that unpoison made.

    `legacy` and `exnref` are the dialects; for exnref the runtime has `WebAssembly.JSTag`, too. A
    module without exception handling (panic=abort) runs where either does. `source` is the version
    that the tests ran, or where it was read.
    """

    name: str
    versions: str
    legacy: bool
    exnref: bool
    evidence: Evidence
    source: str

    def runs(self, dialect: str) -> bool:
        """Tell whether it runs a module of a dialect: "none", "legacy" or "exnref".

        Any other is a mix, which nothing runs.
        """
        by_dialect = {"none": self.legacy or self.exnref, "legacy": self.legacy}
        return (by_dialect | {"exnref": self.exnref}).get(dialect, False)


_TESTED, _READ = Evidence.TESTED, Evidence.READ
_COMPAT = "MDN browser-compat-data, exceptionsFinal"
_OLDER = "MDN browser-compat-data, exception-handling and reference-types"
_NODE = "wasm-bindgen 0.2.130 and Node's release notes"

RUNTIMES: Final = (
    Runtime("Node", "20", True, False, _TESTED, "20.20"),
    Runtime("Node", "22 before 22.22.3", True, False, _READ, _NODE),
    Runtime("Node", "22", True, True, _TESTED, "22.23"),
    Runtime("Node", "24 before 24.15", True, False, _READ, _NODE),
    Runtime("Node", "24", True, True, _TESTED, "24.21"),
    Runtime("Node", "25", True, True, _TESTED, "25.9"),
    Runtime("Node", "26", True, True, _TESTED, "26.10"),
    Runtime("Deno", "2", True, True, _TESTED, "2.9"),
    Runtime("workerd", "1.20261117", True, True, _TESTED, "1.20261117.1"),
    Runtime("Chromium", "156", True, True, _TESTED, "156.0, Debian's, headless"),
    Runtime("Firefox", "153", True, True, _TESTED, "153.8esr, Debian's, headless"),
    Runtime("WebKitGTK", "2.50", True, True, _TESTED, "2.50.6, Debian's; on Xvfb"),
    Runtime("Chrome, Edge", "96 to 136", True, False, _READ, _OLDER),
    Runtime("Chrome, Edge", "137 and later", True, True, _READ, _COMPAT),
    Runtime("Firefox", "100 to 130", True, False, _READ, _OLDER),
    Runtime("Firefox", "131 and later", True, True, _READ, _COMPAT),
    Runtime("Safari", "15.2 to 18.3", True, False, _READ, _OLDER),
    Runtime("Safari", "18.4 and later", True, True, _READ, _COMPAT),
)
"""The latest of a version where its row names none."""
