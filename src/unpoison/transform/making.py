"""A module of rustc and its interface -> the module for a JavaScript host."""

from __future__ import annotations

from unpoison.bindgen import Interface
from unpoison.errors import UnsupportedModule
from unpoison.transform.records import Adapted, Options
from unpoison.wasm import Module


def make_javascript_module(
    module: Module, interface: Interface, options: Options | None = None
) -> Adapted:
    """Give the module that JavaScript glue can instantiate. The given one is edited.

    Raises UnsupportedModule for what cannot be made yet.
    """
    del module, options
    raise UnsupportedModule(f"no module for JavaScript can be made of {interface.name} yet")
