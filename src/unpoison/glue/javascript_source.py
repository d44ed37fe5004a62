"""Interface IR -> the JavaScript source of the bindings: one straight-line function per export."""

from __future__ import annotations

from unpoison.bindgen import Interface
from unpoison.errors import UnsupportedModule
from unpoison.glue.options import GlueOptions, Target
from unpoison.transform import Adapted


def make_javascript(
    interface: Interface, adapted: Adapted, target: Target, options: GlueOptions
) -> str:
    """Give the text of `NAME.js` (of `NAME_bg.js` for bundlers); the same input gives the same.

    What is imported from snippets is imported from the last of `Import.js_module_names`. Raises
    UnsupportedModule for what cannot be emitted.
    """
    raise UnsupportedModule(f"no JavaScript can be made of {interface.name} yet")


def make_bundler_entry(adapted: Adapted, options: GlueOptions) -> str:
    """Give the text of `NAME.js` for bundlers, which imports `NAME_bg.wasm` and starts it."""
    raise UnsupportedModule(f"no JavaScript can be made of {options.name} yet")
