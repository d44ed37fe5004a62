"""The modules that are loaded: a small one and a large one, and a Worker between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import unpoison
from bench.sides.unpoison_side import IMPORTS, MODULE

EXAMPLES = Path(__file__).parent.parent / "examples"
SHOP = EXAMPLES / "shop" / "shop.legacy.wasm"
CDDL = EXAMPLES / "cddl_check" / "cddl_check.legacy.wasm"

LOADED: Mapping[str, Path] = MappingProxyType({"0.6 MB": MODULE, "4.3 MB": CDDL})
"""The work of the benchmarks, and a published crate (cddl) with all that it depends on."""


def loading(module: Path) -> Callable[[], None]:
    """Give what loads a module and ends its instance."""
    imports = IMPORTS if module is MODULE else {}
    return lambda: unpoison.load(module, imports=imports).close()
