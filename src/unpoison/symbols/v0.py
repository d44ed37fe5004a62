"""Rust's v0 symbol mangling, read into Rust-like text.

One recursive-descent reader over RFC 2603 and "v0 Symbol Format" of the rustc book; each method
reads one production and gives its text. A symbol is hostile input (it comes from a module), so
depth, number of productions and length of the text are bounded.
"""

from __future__ import annotations

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
_BASE_62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
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
        if self.peek() != char:
            return False
        self.next += 1
        return True

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise InvalidSymbolError
        self.next += 1
        return char

    def base_62(self) -> int:
        if self.eat("_"):
            return 0
        value = 0
        while not self.eat("_"):
            value = value * 62 + self._digit(_BASE_62)
        return value + 1

    def optional_base_62(self, tag: str) -> int:
        return self.base_62() + 1 if self.eat(tag) else 0

    def identifier(self) -> str:
        punycode = self.eat("u")
        length = self._digit("0123456789")
        while length and self.peek().isdigit():
            length = length * 10 + self._digit("0123456789")
        self.eat("_")
        name = self.text[self.next : self.next + length]
        if len(name) != length:
            raise InvalidSymbolError
        self.next += length
        return _from_punycode(name) if punycode else name

    def path(self, *, in_value: bool) -> str:
        return self._nested(lambda: self._path(self.take(), in_value))

    def type(self) -> str:
        splat = "#[splat] " if self.eat("w") else ""
        tag = self.take()
        basic = _BASIC_TYPES.get(tag)
        return splat + (basic or self._nested(lambda: self._type(tag)))

    def const(self, *, in_value: bool) -> str:
        return self._nested(lambda: self._const(self.take(), in_value))

    def _digit(self, digits: str) -> int:
        value = digits.find(self.take())
        if value < 0:
            raise InvalidSymbolError
        return value

    def _nested(self, read: Callable[[], str]) -> str:
        self.depth += 1
        self.productions += 1
        if self.depth > MAX_DEPTH or self.productions > MAX_PRODUCTIONS:
            raise InvalidSymbolError
        text = read()
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

    def _path(self, tag: str, in_value: bool) -> str:
        match tag:
            case "C":
                self.optional_base_62("s")
                return self.identifier()
            case "N":
                return self._nested_path(in_value)
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
        namespace = self.take()
        if not namespace.isalpha():
            raise InvalidSymbolError
        parent = self.path(in_value=in_value)
        number = self.optional_base_62("s")
        name = self.identifier()
        if namespace.isupper():
            kind = _SPECIAL_NAMESPACES.get(namespace, namespace)
            label = f"{kind}:{name}" if name else kind
            return f"{parent}::{{{label}#{number}}}"
        return f"{parent}::{name}" if name else parent

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
                return self._nested(lambda: " | ".join(self._list(self._pattern)))
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
        self.optional_base_62("s")
        return f"{self.identifier()}: {self._inner_const()}"

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
        start = self.next
        while not self.eat("_"):
            if self.take() not in "0123456789abcdef":
                raise InvalidSymbolError
        return self.text[start : self.next - 1]


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
