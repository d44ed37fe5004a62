"""What the parts of one source text share: the text, the plan, the numbers of closure types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from unpoison.bindgen.descriptor_types import Type
from unpoison.bindgen.interface import Interface
from unpoison.bindgen.naming import TEXT_NAMES, defined_names
from unpoison.bindgen.plan import Plan
from unpoison.bindgen.text import Text
from unpoison.wasm import FuncType


class SourceContext:
    """The text of the bindings of one interface, whose names are Python names already."""

    def __init__(self, interface: Interface, plan: Plan) -> None:
        self.interface = interface
        self.plan = plan
        self.text = Text()
        self.closures: dict[Type, int] = {}
        self.signatures: Mapping[tuple[int, tuple[Type, ...]], FuncType] = {
            (shim.closure.function.shim, shim.closure.function.params): shim.signature
            for shim in interface.closures
        }
        defined = defined_names(interface)
        self.hidden = TEXT_NAMES & defined
        self.owner = "_Exports" if "Exports" in defined else "Exports"

    def number_closure(self, type_: Type) -> int:
        """Give the number of a closure type; one that is new gets the next."""
        return self.closures.setdefault(type_, len(self.closures))

    def plain(self, text: str, params: Iterable[str] = ()) -> str:
        """Give a signature or a decorator that no exported name changes the meaning of.

        Names in a class body hide those around it, for type checkers, and for decorators;
        inside of a function its `params` do.
        """
        hidden = self.hidden | TEXT_NAMES.intersection(params)
        if not hidden:
            return text
        pattern = rf"(?<![\w.])({'|'.join(sorted(hidden))})\b(?!:|\.setter)"
        return re.sub(pattern, r"_py_\1", text)
