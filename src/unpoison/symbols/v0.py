"""Rust's v0 symbol mangling, read into Rust-like text.

One recursive-descent reader over RFC 2603 and "v0 Symbol Format" of the rustc book; each method
reads one production and gives its text. A symbol is hostile input (it comes from a module), so
depth, number of productions and length of the text are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_DEPTH = 100
MAX_PRODUCTIONS = 20_000
MAX_TEXT = 100_000

_BASIC_TYPES = {
    "b": "bool",
    "c": "char",
    "e": "str",
    "u": "()",
    "a": "i8",
    "s": "i16",
    "l": "i32",
    "x": "i64",
    "n": "i128",
    "i": "isize",
    "h": "u8",
    "t": "u16",
    "m": "u32",
    "y": "u64",
    "o": "u128",
    "j": "usize",
    "f": "f32",
    "d": "f64",
    "z": "!",
    "p": "_",
    "v": "...",
}
_POINTERS = {"R": "&", "Q": "&mut ", "P": "*const ", "O": "*mut "}
_SPECIAL_NAMESPACES = {"C": "closure", "S": "shim"}
_SIGNED = frozenset("aslxni")
_UNSIGNED = frozenset("htmyoj")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_BASE_62 = re.compile("([0-9A-Za-z]*)_")
_HEX = re.compile("([0-9a-f]*)_")
_NESTED = re.compile("(?:N[A-Za-z])+")
# A length of more digits is none of a text.
_NAMED = re.compile("(?:s([0-9A-Za-z]*)_)?(u?)(0|[1-9][0-9]{0,9})_?")
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\", "\0": "\\0"}


class InvalidSymbolError(Exception):
    """The text is not a mangled symbol, or it goes beyond a limit."""


def read_v0(text: str) -> tuple[str, str]:
    """Give the readable path of a symbol whose `_R` is removed, and what follows it.

    Raises InvalidSymbolError.
    """
    if not text.isascii():
        raise InvalidSymbolError
    reader = _Reader(text)
    name = reader.path(in_value=True)
    if reader.peek().isupper():  # the instantiating crate
        reader.path(in_value=False)
    return name, text[reader.next :]


class _Reader:
    """Where we are in the text, and how much was done so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.next = 0
        self.depth = 0
        self.productions = 0
        self.lifetimes = 0

    def peek(self) -> str:
        return self.text[self.next : self.next + 1]

    def eat(self, char: str) -> bool:
        if self.text[self.next : self.next + 1] != char:
            return False
        self.next += 1
        return True

    def take(self) -> str:
        char = self.text[self.next : self.next + 1]
        if not char:
            raise InvalidSymbolError
        self.next += 1
        return char

    def base_62(self) -> int:
        return _number_of(self._match(_BASE_62)[1])

    def optional_base_62(self, tag: str) -> int:
        return self.base_62() + 1 if self.eat(tag) else 0

    def identifier(self) -> str:
        digits, name = self._named()
        if digits is not None:
            raise InvalidSymbolError
        return name

    def path(self, *, in_value: bool) -> str:
        self._enter()
        tag = self.take()
        if tag == "N":
            text = self._nested_path(in_value)
        elif tag == "C":
            text = self._named()[1]
        else:
            text = self._other_path(tag, in_value)
        return self._leave(text)

    def type(self) -> str:
        tag = self.take()
        splat = ""
        if tag == "w":
            splat, tag = "#[splat] ", self.take()
        basic = _BASIC_TYPES.get(tag)
        if basic is not None:
            return splat + basic
        self._enter()
        return splat + self._leave(self._type(tag))

    def const(self, *, in_value: bool) -> str:
        self._enter()
        return self._leave(self._const(self.take(), in_value))

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.next)
        if found is None:
            raise InvalidSymbolError
        self.next = found.end()
        return found

    def _named(self) -> tuple[str | None, str]:
        """Read an identifier behind the digits of its disambiguator, which it may have."""
        found = _NAMED.match(self.text, self.next)
        if found is None:
            raise InvalidSymbolError
        digits, punycode, length = found.groups()
        start = found.end()
        self.next = start + int(length)
        if self.next > len(self.text):
            raise InvalidSymbolError
        name = self.text[start : self.next]
        return digits, _from_punycode(name) if punycode else name

    def _enter(self, levels: int = 1) -> None:
        self.depth += levels
        self.productions += levels
        if self.depth > MAX_DEPTH or self.productions > MAX_PRODUCTIONS:
            raise InvalidSymbolError

    def _leave(self, text: str) -> str:
        if len(text) > MAX_TEXT:
            raise InvalidSymbolError
        self.depth -= 1
        return text

    def _list(self, read: Callable[[], str]) -> list[str]:
        items = []
        while not self.eat("E"):
            items.append(read())
        return items

    def _backref(self, read: Callable[[], str]) -> str:
        start = self.next - 1
        target = self.base_62()
        if target >= start:
            raise InvalidSymbolError
        back, self.next = self.next, target
        text = read()
        self.next = back
        return text

    def _other_path(self, tag: str, in_value: bool) -> str:
        match tag:
            case "M" | "X" | "Y":
                return self._impl_path(tag)
            case "I":
                separator = "::<" if in_value else "<"
                generic = self.path(in_value=in_value)
                return generic + separator + ", ".join(self._list(self._generic)) + ">"
            case "B":
                return self._backref(lambda: self.path(in_value=in_value))
        raise InvalidSymbolError

    def _nested_path(self, in_value: bool) -> str:
        # A path begins with its parent: the tags of all come first, then the root, then the names.
        self.next -= 1
        namespaces = self._match(_NESTED)[0][1::2]
        inner = len(namespaces) - 1
        self._enter(inner)
        parts = [self.path(in_value=in_value)]
        for namespace in reversed(namespaces):
            digits, name = self._named()
            if namespace.isupper():
                kind = _SPECIAL_NAMESPACES.get(namespace, namespace)
                label = f"{kind}:{name}" if name else kind
                number = 0 if digits is None else _number_of(digits) + 1
                parts.append(f"{{{label}#{number}}}")
            elif name:
                parts.append(name)
        self.depth -= inner
        return "::".join(parts)

    def _impl_path(self, tag: str) -> str:
        if tag != "Y":  # where the impl is; its type says more
            self.optional_base_62("s")
            self.path(in_value=False)
        self_type = self.type()
        return f"<{self_type}>" if tag == "M" else f"<{self_type} as {self.path(in_value=False)}>"

    def _generic(self) -> str:
        if self.eat("L"):
            return self._lifetime(self.base_62())
        return self.const(in_value=False) if self.eat("K") else self.type()

    def _lifetime(self, index: int) -> str:
        if index == 0:
            return "'_"
        depth = self.lifetimes - index
        if depth < 0:
            raise InvalidSymbolError
        return f"'{chr(ord('a') + depth)}" if depth < 26 else f"'_{depth}"

    def _binder(self, read: Callable[[], str]) -> str:
        bound = self.optional_base_62("G")
        if bound > MAX_DEPTH:
            raise InvalidSymbolError
        names = []
        for _ in range(bound):
            self.lifetimes += 1
            names.append(self._lifetime(1))
        text = (f"for<{', '.join(names)}> " if names else "") + read()
        self.lifetimes -= bound
        return text

    def _type(self, tag: str) -> str:
        match tag:
            case "R" | "Q":
                lifetime = self.base_62() if self.eat("L") else 0
                named = f"{self._lifetime(lifetime)} " if lifetime else ""
                return f"&{named}{'mut ' if tag == 'Q' else ''}{self.type()}"
            case "P" | "O":
                return _POINTERS[tag] + self.type()
            case "S":
                return f"[{self.type()}]"
            case "A":
                return f"[{self.type()}; {self.const(in_value=True)}]"
            case "T":
                return _tuple(self._list(self.type))
            case "F":
                return self._binder(self._function)
            case "D":
                return self._dyn()
            case "B":
                return self._backref(self.type)
            case "W":
                return f"{self.type()} is {self._pattern()}"
        self.next -= 1
        return self.path(in_value=False)

    def _function(self) -> str:
        unsafe = "unsafe " if self.eat("U") else ""
        abi = ""
        if self.eat("K"):
            name = "C" if self.eat("C") else self.identifier().replace("_", "-")
            abi = f'extern "{name}" '
        parameters = ", ".join(self._list(self.type))
        result = "" if self.eat("u") else f" -> {self.type()}"
        return f"{unsafe}{abi}fn({parameters}){result}"

    def _dyn(self) -> str:
        traits = self._binder(lambda: " + ".join(self._list(self._dyn_trait)))
        if not self.eat("L"):
            raise InvalidSymbolError
        lifetime = self.base_62()
        return f"dyn {traits}" + (f" + {self._lifetime(lifetime)}" if lifetime else "")

    def _dyn_trait(self) -> str:
        trait = self.path(in_value=False)
        bindings = []
        while self.eat("p"):
            name = self.identifier()
            value = self.const(in_value=False) if self.eat("K") else self.type()
            bindings.append(f"{name} = {value}")
        if not bindings:
            return trait
        # A trait's own generic arguments and its bindings share one list.
        start = f"{trait[:-1]}, " if trait.endswith(">") and trait[0] != "<" else f"{trait}<"
        return f"{start}{', '.join(bindings)}>"

    def _pattern(self) -> str:
        match self.take():
            case "R":
                return f"{self.const(in_value=False)}..={self.const(in_value=False)}"
            case "O":
                self._enter()
                return self._leave(" | ".join(self._list(self._pattern)))
            case "N":
                return "!null"
        raise InvalidSymbolError

    def _const(self, tag: str, in_value: bool) -> str:
        if tag == "p":
            return "_"
        if tag in _UNSIGNED or tag in _SIGNED:
            return ("-" if tag in _SIGNED and self.eat("n") else "") + _number(self._hex())
        if tag == "b":
            return self._bool()
        if tag == "c":
            return _quoted("'", _character(self._hex()))
        if tag == "B":
            return self._backref(lambda: self.const(in_value=in_value))
        if tag == "R" and self.eat("e"):
            return self._string()
        text = self._expression(tag)
        return text if in_value else f"{{{text}}}"

    def _expression(self, tag: str) -> str:
        match tag:
            case "e":
                return "*" + self._string()
            case "R" | "Q":
                return _POINTERS[tag] + self.const(in_value=True)
            case "A":
                return f"[{', '.join(self._list(self._inner_const))}]"
            case "T":
                return _tuple(self._list(self._inner_const))
            case "V":
                return self.path(in_value=True) + self._fields()
        raise InvalidSymbolError

    def _inner_const(self) -> str:
        return self.const(in_value=True)

    def _fields(self) -> str:
        match self.take():
            case "U":
                return ""
            case "T":
                return f"({', '.join(self._list(self._inner_const))})"
            case "S":
                return f" {{ {', '.join(self._list(self._field))} }}"
        raise InvalidSymbolError

    def _field(self) -> str:
        return f"{self._named()[1]}: {self._inner_const()}"

    def _bool(self) -> str:
        text = {"0": "false", "1": "true"}.get(self._hex())
        if text is None:
            raise InvalidSymbolError
        return text

    def _string(self) -> str:
        try:
            return _quoted('"', bytes.fromhex(self._hex()).decode())
        except ValueError:
            raise InvalidSymbolError from None

    def _hex(self) -> str:
        return self._match(_HEX)[1]


def _number_of(digits: str) -> int:
    """Give the value of a base-62 number: none is 0, `0` is 1."""
    value = 0
    for digit in digits:
        value = value * 62 + _VALUES[digit]
    return value + 1 if digits else 0


def _tuple(items: list[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def _number(nibbles: str) -> str:
    return str(int(nibbles or "0", 16)) if len(nibbles.lstrip("0")) <= 16 else f"0x{nibbles}"


def _character(nibbles: str) -> str:
    code = int(nibbles or "0", 16) if len(nibbles) <= 8 else 0x110000
    if code >= 0x110000 or 0xD800 <= code < 0xE000:
        raise InvalidSymbolError
    return chr(code)


def _quoted(quote: str, text: str) -> str:
    return quote + "".join(_escaped(char, quote) for char in text) + quote


def _escaped(char: str, quote: str) -> str:
    if char == quote:
        return "\\" + char
    return _ESCAPES.get(char) or (char if char.isprintable() else f"\\u{{{ord(char):x}}}")


def _from_punycode(name: str) -> str:
    ascii_part, _, codes = name.rpartition("_")
    try:
        return f"{ascii_part}-{codes}".removeprefix("-").encode().decode("punycode")
    except ValueError:
        raise InvalidSymbolError from None
