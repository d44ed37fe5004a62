"""The names that the web platform adds to the global object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison.web.console import CONSOLE

WEB_GLOBALS: Final[Mapping[str, object]] = {
    "console": CONSOLE,
}
"""A row per name, for `js.make_realm`: those of ECMA-429, Minimum Common Web API, but for `self`.

js-sys asks for `self` before `window`; a window that an embedder gives would never be found.
"""
