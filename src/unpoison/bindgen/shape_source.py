"""TypeScript's interfaces -> `_shapes.py` of a package: a documented TypedDict for each."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Mapping

from unpoison.bindgen.text import Text, docstring
from unpoison.bindgen.typescript import Property, Shape
from unpoison.bindgen.typescript_names import BUILTINS, IMPORTED, TypeScriptNames

_HOMES = IMPORTED | {
    "NotRequired": "typing",
    "TypedDict": "typing",
    "TYPE_CHECKING": "typing",
}
_OWN = BUILTINS | _HOMES.keys()
_LITERAL = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\''


def is_shape_name(name: str) -> bool:
    """Tell whether an interface of that name can be a class of that name."""
    is_plain = name.isidentifier() and name.isascii() and not name.startswith("_")
    return is_plain and not keyword.iskeyword(name) and name not in _OWN


def make_shapes(
    title: str, names: TypeScriptNames, shapes: Mapping[str, Shape], classes: Mapping[str, str]
) -> str:
    """Give the module's text. `classes` maps what annotations call a Rust type to its name."""
    writer = _Writer(names, shapes, classes)
    for name, shape in shapes.items():
        writer.add(name, shape)
    lines = [*docstring([f"Plain objects of {title}, as it declares them in TypeScript."]), ""]
    own = sorted(alias for alias in classes if alias in writer.used)
    lines += _import_lines(writer.used | ({"TYPE_CHECKING"} if own else set()))
    if own:
        lines += ["", "if TYPE_CHECKING:"]
        lines += [f"    from . import {classes[alias]} as {alias}" for alias in own]
    return "\n".join([*lines, "", "", writer.text.render()])


class _Writer:
    """The classes; `used` are the names in their annotations."""

    def __init__(
        self, names: TypeScriptNames, shapes: Collection[str], classes: Collection[str]
    ) -> None:
        self.text = Text()
        self.used = {"TypedDict"}
        self._names = names
        self._later = {*shapes, *classes}  # not defined yet, or never when this runs
        self._hidden = _OWN | set(shapes)

    def add(self, name: str, shape: Shape) -> None:
        # A key that is no identifier needs the call, and one that would hide a name from the
        # annotations after it.
        if all(_is_attribute(key) and key not in self._hidden for key in shape.properties):
            self._add_class(name, shape)
        else:
            self._add_call(name, shape)

    def _add_class(self, name: str, shape: Shape) -> None:
        self.text.add("", "", f"class {name}(TypedDict):")
        with self.text.indented():
            self.text.add(*docstring(shape.docs or (f"The TypeScript interface {name}.",)), "")
            for key, item in shape.properties.items():
                self.text.add(f"{key}: {self._annotation(item)}", *docstring(item.docs))

    def _add_call(self, name: str, shape: Shape) -> None:
        """Add the form that takes any key."""
        self.text.add("", "", f"{name} = TypedDict(", f'    "{name}",', "    {")
        for key, item in shape.properties.items():
            self.text.add(f"        {key!r}: {self._annotation(item)},")
        self.text.add("    },", ")", *docstring(shape.docs))

    def _annotation(self, item: Property) -> str:
        found = self._names.spell(item.type, given=True)
        # TypeScript reads a property that may be missing as undefined too.
        has_none = found == "object" or found.split(" | ")[-1] == "None"
        if item.optional and not has_none:
            found = f"{found} | None"
        used = set(re.findall(r"\w+", re.sub(_LITERAL, "", found)))
        self.used |= used
        if used & self._later:
            found = repr(found)
        if not item.optional:
            return found
        self.used.add("NotRequired")
        return f"NotRequired[{found}]"


def _is_attribute(key: str) -> bool:
    # Python reads an identifier in its NFKC form, so that another key may become of it.
    is_plain = key.isidentifier() and key.isascii()
    return is_plain and not keyword.iskeyword(key) and not key.startswith("__")


def _import_lines(used: Collection[str]) -> list[str]:
    lines: list[str] = []
    for home in sorted(set(_HOMES.values())):
        names = sorted((name for name in used if _HOMES.get(name) == home), key=_isort_key)
        if names:
            is_ours = home.startswith("unpoison")
            lines += [""] if is_ours and lines else []
            lines.append(f"from {home} import {', '.join(names)}")
    return lines


def _isort_key(name: str) -> tuple[bool, str]:
    return not name.isupper(), name
