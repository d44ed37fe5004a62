"""What TypeScript types are in Python: annotations, given and taken, and shapes that have a class.

An object is a dict here and an Array a list, so an interface is a TypedDict. What has no exact
equal is `object`: a type checker then asks for nothing, and promises nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from unpoison.bindgen.typescript import (
    MAX_DEPTH,
    Array,
    Callback,
    Literal,
    Name,
    NotPlain,
    Property,
    Shape,
    TsType,
    Union,
    parse_declarations,
    parse_type,
)

_PLAIN = {
    "string": "str",
    "number": "float",
    "boolean": "bool",
    "bigint": "int",
    "undefined": "None",
    "void": "None",
    "null": "JsNull",
    "Function": "Callable[..., object]",
}
# Python gives any awaitable and sequence; what comes from Rust is the thing itself.
_GIVEN = {
    "Promise": "Awaitable[{}]",
    "Array": "Sequence[{}]",
    "ReadonlyArray": "Sequence[{}]",
    "Record": "Mapping[str, {}]",
}
_TAKEN = {
    "Promise": "Promise[{}]",
    "Array": "list[{}]",
    "ReadonlyArray": "list[{}]",
    "Record": "dict[str, {}]",
}

MAX_DECLARATIONS = 1000
MAX_PROPERTIES = 250
MAX_LENGTH = 2000  # of an annotation; aliases can double it at each step

BUILTINS = frozenset({"bool", "dict", "float", "int", "list", "object", "str"})
"""Names that annotations use and that are never imported."""

IMPORTED = {
    "Awaitable": "collections.abc",
    "Callable": "collections.abc",
    "JsNull": "unpoison.js",
    "Literal": "typing",
    "Mapping": "collections.abc",
    "Promise": "unpoison.js",
    "Sequence": "collections.abc",
}
"""The home of each other name that annotations use."""


class TypeScriptNames:
    """What the names in TypeScript types of one module mean.

    `declared` are its own interfaces and aliases, `classes` the annotations of its Rust types;
    `prefix` goes before the names of shapes.
    """

    def __init__(
        self, declared: Mapping[str, TsType], classes: Mapping[str, str], prefix: str = ""
    ) -> None:
        self._declared = declared
        self._classes = classes
        self._prefix = prefix
        self._aliases: dict[tuple[str, bool], list[str]] = {}
        self._shapes: dict[str, Shape | None] = {}

    def with_prefix(self, prefix: str) -> TypeScriptNames:
        """Give the same names with another prefix."""
        return TypeScriptNames(self._declared, self._classes, prefix)

    def shapes(self) -> dict[str, Shape]:
        """Give the interfaces that become classes, with the properties of their bases."""
        found = {name: self._flat(name, 0) for name in self._declared}
        return {name: shape for name, shape in found.items() if shape is not None}

    def annotation(self, text: str, *, given: bool) -> str:
        """Give the annotation of a type: of a value that Python gives, or takes from Rust."""
        try:
            return self.spell(parse_type(text), given=given)
        except NotPlain:
            return "object"

    def spell(self, type_: TsType, *, given: bool, depth: int = 0) -> str:
        """Give the annotation of a type that was read."""
        return _joined(self._parts(type_, given, depth))

    def _parts(self, type_: TsType, given: bool, depth: int) -> list[str]:
        """Give the annotations whose union the type is."""
        if depth > MAX_DEPTH:
            return ["object"]
        match type_:
            case Literal(value):
                return [f"Literal[{value!r}]"]
            case Callback():
                return ["Callable[..., object]"]
            case Shape():
                return ["Mapping[str, object]" if given else "dict[str, object]"]
            case Array(item):
                inner = self.spell(item, given=given, depth=depth + 1)
                return [f"{'Sequence' if given else 'list'}[{inner}]"]
            case Union(members):
                return [part for item in members for part in self._parts(item, given, depth + 1)]
            case Name(name, ()) if name in self._declared:
                return self._own(name, given, depth + 1)
            case Name():
                return [self._known(type_, given, depth + 1)]

    def _own(self, name: str, given: bool, depth: int) -> list[str]:
        declared = self._declared[name]
        if isinstance(declared, Shape):
            return ["object" if self._flat(name, 0) is None else f"{self._prefix}{name}"]
        key = name, given
        if key not in self._aliases:
            self._aliases[key] = ["object"]  # what it is inside of itself
            self._aliases[key] = list(dict.fromkeys(self._parts(declared, given, depth)))
        return self._aliases[key]

    def _known(self, type_: Name, given: bool, depth: int) -> str:
        name, arguments = type_.name, type_.arguments
        generic = (_GIVEN if given else _TAKEN).get(name)
        if generic is not None and not arguments:
            return generic.format("object")
        if generic is None or len(arguments) != (2 if name == "Record" else 1):
            return "object" if arguments else self._classes.get(name) or _PLAIN.get(name, "object")
        if name == "Record" and arguments[0] != Name("string"):
            return "object"
        return generic.format(self.spell(arguments[-1], given=given, depth=depth))

    def _flat(self, name: str, depth: int) -> Shape | None:
        """Give a shape with the properties of its bases; None when it or one of them is none."""
        if name not in self._shapes:
            self._shapes[name] = None  # what it is as a base of itself
            self._shapes[name] = self._flattened(self._declared.get(name), depth)
        return self._shapes[name]

    def _flattened(self, type_: TsType | None, depth: int) -> Shape | None:
        if not isinstance(type_, Shape) or depth > MAX_DEPTH:
            return None
        properties: dict[str, Property] = {}
        for base in type_.bases:
            flat = self._flat(base, depth + 1)
            if flat is None:
                return None
            properties |= flat.properties
        properties |= type_.properties
        if len(properties) > MAX_PROPERTIES:
            return None
        return Shape(properties, (), type_.docs)


def read_names(
    sections: Iterable[str],
    classes: Mapping[str, str],
    is_taken: Callable[[str], bool],
) -> TypeScriptNames:
    """Give what the custom sections of a module declare.

    A declaration whose name is no free Python name is left out, and what uses it is `object`.
    """
    declared = parse_declarations("\n;\n".join(sections))
    free = [name for name in declared if not is_taken(name)][:MAX_DECLARATIONS]
    return TypeScriptNames({name: declared[name] for name in free}, classes)


def _joined(parts: list[str]) -> str:
    """Give a union in Python's way: literals together, None last, and no more than can be read."""
    literals = [part[len("Literal[") : -1] for part in parts if part.startswith("Literal[")]
    others = dict.fromkeys(part for part in parts if not part.startswith("Literal["))
    merged = [f"Literal[{', '.join(dict.fromkeys(literals))}]"] if literals else []
    none = ["None"] if "None" in others else []
    found = " | ".join([*merged, *(part for part in others if part != "None"), *none])
    return "object" if "object" in others or len(found) > MAX_LENGTH else found
