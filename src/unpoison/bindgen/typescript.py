"""TypeScript's type syntax, as far as a plain value needs it: text -> types and object shapes.

Rust crates say in TypeScript what a `JsValue` holds: `typescript_type`, `unchecked_param_type`
and `typescript_custom_section`. What is read here is the part that has an equal in Python: names
with arguments, arrays, tuples, unions, literals, functions, and interfaces with properties alone.
Everything else is refused as a whole, so that nothing is half understood.

Source: the TypeScript handbook, "Object Types" and "Everyday Types"; there is no specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 32
# What is not closed ends with the line or the text: each character is looked at once.
_TOKEN = re.compile(
    r"""\s+|//[^\n]*|(?P<comment>/\*.*?(?:\*/|\Z))|(?P<name>[^\W\d][\w$]*|\$[\w$]*)
    |(?P<text>"(?:[^"\\\n]|\\(?:.|\Z))*+(?:"|(?=\n)|\Z)
    |'(?:[^'\\\n]|\\(?:.|\Z))*+(?:'|(?=\n)|\Z))
    |(?P<number>-?\d[\w.]*+)|(?P<sign>=>|[^\w\s])""",
    re.DOTALL | re.VERBOSE,
)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)
_TEXT = re.compile(r"""(["'])(?:[^\\\n]|\\[\\'"nrt])*\1""")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_OPERATORS = frozenset({"abstract", "infer", "keyof", "new", "typeof", "unique"})


@dataclass(frozen=True, slots=True)
class Name:
    """`string`, `Point`, `Promise<number>`; a dotted name keeps its dots."""

    name: str
    arguments: tuple[TsType, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, an integer, true or false as a type."""

    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Array:
    """`T[]`; a tuple `[A, B]` is one of `A | B`, which is what Python sees of it."""

    item: TsType


@dataclass(frozen=True, slots=True)
class Union:
    """`A | B`."""

    members: tuple[TsType, ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """A function type, whatever it takes and gives."""


@dataclass(frozen=True, slots=True)
class Property:
    """`name?: T` of an object, with its documentation."""

    type: TsType
    optional: bool = False
    docs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these properties and no other; `bases` are interfaces that it extends."""

    properties: dict[str, Property]
    bases: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()


TsType = Name | Literal | Array | Union | Callback | Shape


class NotPlain(Exception):  # noqa: N818 - control flow, as NotBound
    """What is no type that is read here; never leaves the room."""


def parse_type(text: str) -> TsType:
    """Give the type that a text names. Raises NotPlain when it is none that is read here."""
    reader = _Reader(text)
    found = reader.read_type()
    if reader.peek():
        raise NotPlain(text)
    return found


def parse_declarations(text: str) -> dict[str, TsType]:
    """Give the interfaces and type aliases at the top of a text, those that can be read."""
    reader = _Reader(text)
    found: dict[str, TsType] = {}
    refused: set[str] = set()
    for name, type_ in reader.read_declarations():
        if type_ is None or name in found:  # declarations of one name would have to be merged
            refused.add(name)
        else:
            found[name] = type_
    return {name: type_ for name, type_ in found.items() if name not in refused}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    docs: tuple[str, ...] = ()


def _tokens(text: str) -> Iterator[_Token]:
    """Give the tokens; each has the `/** */` comment that stands before it."""
    docs: tuple[str, ...] = ()
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "comment":
            docs = _doc_lines(match[0]) if match[0].startswith("/**") else docs
        elif match.lastgroup is not None:
            yield _Token(match.lastgroup, match[0], docs)
            docs = ()


def _doc_lines(comment: str) -> tuple[str, ...]:
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in comment[3:-2].splitlines()]
    text = "\n".join(lines).strip()
    return tuple(text.splitlines())


_END = _Token("end", "")


def _closers(tokens: list[_Token]) -> dict[int, int]:
    """Give the place of the bracket that closes each opening one; none for one left open."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "sign" and token.text in "([{":
            opened.append(place)
        elif token.kind == "sign" and token.text in ")]}" and opened:
            found[opened.pop()] = place
    return found


class _Reader:
    """A recursive-descent reader over tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.closers = _closers(self.tokens)
        self.place = 0
        self.depth = 0

    def token(self, ahead: int = 0) -> _Token:
        place = self.place + ahead
        return self.tokens[place] if place < len(self.tokens) else _END

    def peek(self, ahead: int = 0) -> str:
        return self.token(ahead).text

    def next(self) -> _Token:
        token = self.token()
        self.place += 1
        return token

    def take(self, text: str) -> bool:
        """Move past a token if it is this one."""
        if self.peek() != text:
            return False
        self.place += 1
        return True

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise NotPlain(f"{text} expected, not {self.peek()}")

    def name(self) -> str:
        token = self.next()
        if token.kind != "name":
            raise NotPlain(token.text)
        return token.text

    def read_type(self) -> TsType:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotPlain("types are nested too deeply")
        self.take("|")
        members = [self._postfix()]
        while self.take("|"):
            members.append(self._postfix())
        self.depth -= 1
        return members[0] if len(members) == 1 else Union(tuple(members))

    def _postfix(self) -> TsType:
        self.take("readonly")
        found = self._primary()
        while self.peek() == "[" and self.peek(1) == "]":
            self.place += 2
            found = Array(found)
        return found

    def _primary(self) -> TsType:
        token = self.token()
        if token.text == "(":
            return self._parenthesis()
        if token.text == "{":
            return Shape(self.read_properties())
        if token.text == "[":
            return self._tuple()
        self.place += 1
        if token.kind in ("text", "number"):
            return Literal(_value(token.text))
        if token.text in ("true", "false"):
            return Literal(token.text == "true")
        if token.kind != "name" or token.text in _OPERATORS:
            raise NotPlain(token.text)
        return self._named(token.text)

    def _named(self, name: str) -> Name:
        while self.take("."):
            name = f"{name}.{self.name()}"
        arguments: list[TsType] = []
        if self.take("<"):
            arguments = self._list(">")
        return Name(name, tuple(arguments))

    def _list(self, end: str) -> list[TsType]:
        found: list[TsType] = []
        while not self.take(end):
            found.append(self.read_type())
            if self.peek() != end:
                self.expect(",")
        return found

    def _tuple(self) -> TsType:
        self.expect("[")
        items = self._list("]")
        if not items:
            return Array(Name("any"))
        return Array(items[0] if len(items) == 1 else Union(tuple(items)))

    def _parenthesis(self) -> TsType:
        """Read `(T)` or `(a: A) => B`; only what stands behind it tells which it is."""
        start = self.place
        self._skip_brackets()
        if self.take("=>"):
            self.read_type()
            return Callback()
        self.place = start
        self.expect("(")
        found = self.read_type()
        self.expect(")")
        return found

    def _skip_brackets(self) -> None:
        """Move past a pair of brackets and all that is inside."""
        if self.place not in self.closers:
            raise NotPlain(f"{self.peek()} is not closed")
        self.place = self.closers[self.place] + 1

    def read_properties(self) -> dict[str, Property]:
        self.expect("{")
        found: dict[str, Property] = {}
        while not self.take("}"):
            docs = self.token().docs
            if self.peek() == "readonly" and self.peek(1) not in (":", "?", "("):
                self.place += 1
            name = self._key()
            optional = self.take("?")
            found[name] = Property(self._value_type(), optional, docs)
            if not self.take(";"):
                self.take(",")
        return found

    def _key(self) -> str:
        token = self.next()
        if token.kind == "name":
            return token.text
        if token.kind == "text":
            return str(_value(token.text))
        raise NotPlain(token.text)

    def _value_type(self) -> TsType:
        """Read `: T` or the rest of a method, `(a: A): B`."""
        if self.peek() != "(":
            self.expect(":")
            return self.read_type()
        self._skip_brackets()
        if self.take(":"):
            self.read_type()
        return Callback()

    def read_declarations(self) -> Iterator[tuple[str, TsType | None]]:
        """Give each interface and alias at the top; None for what cannot be read."""
        docs: tuple[str, ...] = ()
        while self.token().kind != "end":
            docs = self.token().docs or docs
            word = self.peek()
            if word in ("interface", "type") and self.token(1).kind == "name":
                yield self._declaration(docs)
            elif word in ("(", "[", "{"):
                try:
                    self._skip_brackets()
                except NotPlain:
                    return
            else:
                self.place += 1
            if word not in ("export", "declare"):
                docs = ()

    def _declaration(self, docs: tuple[str, ...]) -> tuple[str, TsType | None]:
        is_interface = self.next().text == "interface"
        name = self.next().text
        start, self.depth = self.place, 0
        try:
            return name, self._interface(docs) if is_interface else self._alias(docs)
        except NotPlain:
            self.place = start
            return name, None

    def _interface(self, docs: tuple[str, ...]) -> Shape:
        bases = []
        if self.take("extends"):
            bases.append(self.name())
            while self.take(","):
                bases.append(self.name())
        return Shape(self.read_properties(), tuple(bases), docs)

    def _alias(self, docs: tuple[str, ...]) -> TsType:
        self.expect("=")
        found = self.read_type()
        if self.peek() in ("&", "extends", "["):
            raise NotPlain(self.peek())
        return Shape(found.properties, (), docs) if isinstance(found, Shape) else found


def _value(text: str) -> str | int:
    """Give what a literal says. Raises NotPlain for one that Python writes otherwise."""
    if not (_TEXT if text[0] in "\"'" else _INTEGER).fullmatch(text):
        raise NotPlain(text)
    if text[0] not in "\"'":
        return int(text)
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1])
