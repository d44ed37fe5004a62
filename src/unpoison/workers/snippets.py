"""JavaScript that a crate brings along: refused by name when it is called, not before.

There is no engine to run it. Who has a Python object in its place gives it as an import.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from unpoison import js
from unpoison.bindgen import Import, ImportKind


class Refusal(dict[str, "Refusal"]):
    """A JavaScript module, or a name in it, that is not provided; its items are what it has."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __call__(self, *_: object) -> NoReturn:
        """Be the function or the class of that name. Raises js.Error."""
        raise js.Error(
            f"{self.name}: JavaScript of a crate needs an engine, which is not provided here; "
            "give a Python object for it in imports",
            name="NotSupportedError",
        )

    def item(self, name: str, text: str) -> Refusal:
        """Give the item of a name, which is called `text`."""
        return self.setdefault(name, Refusal(text))


def missing_modules(
    imports: Iterable[Import], given: Mapping[str, object]
) -> Mapping[str, Refusal]:
    """Give the JavaScript modules that a module imports from and that were not given."""
    missing: dict[str, Refusal] = {}
    for each in imports:
        module = each.js_module
        if module is None or each.kind is ImportKind.RAW:
            continue
        if not any(name in given for name in (module, *each.js_module_names)):
            found = missing.setdefault(module, Refusal(module))
            for name in each.path:
                found = found.item(name, f"{module}: {'.'.join(each.path)}")
    return missing
