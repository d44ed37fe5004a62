"""Reads the part of JavaScript that test cases are written in, as nested tuples.

A case runs on Node as it stands, and here on a realm of ours; see `script.py`. No classes, no
labels, no modules, no template literals; semicolons are not optional.
"""

from __future__ import annotations

import re
from typing import Any

Node = tuple[Any, ...]

TOKEN = re.compile(
    r"""\s*(?://[^\n]*\s*)*(?:
      (?P<number>0[xX][0-9a-fA-F]+n?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?n?)
    | (?P<name>[A-Za-z_$][\w$]*)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<mark>\.\.\.|=>|>>>=|>>>|\*\*=|<<=|>>=|&&=|\|\|=|\?\?=|===|!==|\*\*|<<|>>|<=|>=|==|!=|&&
        |\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|[-+*/%&|^!~<>=?:;,.(){}\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
REGEXP = re.compile(r"\s*/((?:[^/\\\[\n]|\\.|\[(?:[^\]\\]|\\.)*\])+)/([a-z]*)")
ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|.)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}

LEVELS = [
    {"??"}, {"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"===", "!==", "==", "!="},
    {"<", ">", "<=", ">=", "in", "instanceof"}, {"<<", ">>", ">>>"}, {"+", "-"}, {"*", "/", "%"},
]  # fmt: skip
ASSIGNMENTS = {
    "=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=",
    "||=", "??=",
}  # fmt: skip
UNARY = {"!", "-", "+", "~", "typeof", "void", "delete", "await"}


def parse(text: str) -> list[Node]:
    """Give the statements of a program: the body of a function."""
    parser = Parser(text)
    body = []
    while parser.peek()[1] != "":
        body.append(parser.statement())
    return body


class Parser:
    """A recursive-descent parser; `at` is the place of the next token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> tuple[str, str, int]:
        if not self.text[self.at :].strip():
            return "end", "", len(self.text)
        found = TOKEN.match(self.text, self.at)
        if found is None:
            raise SyntaxError(f"no token at {self.text[self.at : self.at + 20]!r}")
        kind = found.lastgroup or ""
        return kind, found[kind], found.end()

    def next(self) -> str:
        _, text, self.at = self.peek()
        return text

    def take(self, text: str) -> bool:
        kind, found, end = self.peek()
        if found != text or kind == "string":
            return False
        self.at = end
        return True

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise SyntaxError(f"expected {text!r} at {self.text[self.at : self.at + 30]!r}")

    def sees(self, *texts: str) -> bool:
        """Tell whether these tokens come next."""
        start = self.at
        found = all(self.take(text) for text in texts)
        self.at = start
        return found

    # Statements

    def statement(self) -> Node:
        _, text, _ = self.peek()
        if text in ("let", "const", "var"):
            return self.declaration()
        handler = getattr(self, f"{text}_statement", None) if text.isalpha() else None
        if handler is not None:
            self.next()
            return handler()  # type: ignore[no-any-return]
        if text == "{":
            return "block", self.block()
        if text == "function" or self.sees("async", "function"):
            made = self.function()
            return "let", ("name", made[1]), made
        value = self.expression()
        self.end()
        return "expression", value

    def end(self) -> None:
        if not self.sees("}") and self.peek()[1] != "":
            self.expect(";")

    def declaration(self, *, ends: bool = True) -> Node:
        self.next()
        found: list[Node] = []
        while True:
            target = self.pattern()
            found.append(("let", target, self.assignment() if self.take("=") else None))
            if not self.take(","):
                break
        if ends:
            self.end()
        return found[0] if len(found) == 1 else ("many", found)

    def block(self) -> list[Node]:
        self.expect("{")
        body = []
        while not self.take("}"):
            body.append(self.statement())
        return body

    def return_statement(self) -> Node:
        value = None if self.sees(";") or self.sees("}") else self.expression()
        self.end()
        return "return", value

    def throw_statement(self) -> Node:
        value = self.expression()
        self.end()
        return "throw", value

    def break_statement(self) -> Node:
        self.end()
        return ("break",)

    def continue_statement(self) -> Node:
        self.end()
        return ("continue",)

    def if_statement(self) -> Node:
        test = self.parenthesised()
        then = self.statement()
        return "if", test, then, self.statement() if self.take("else") else None

    def while_statement(self) -> Node:
        return "while", self.parenthesised(), self.statement()

    def for_statement(self) -> Node:
        waits = self.take("await")
        self.expect("(")
        start = self.at
        if self.peek()[1] in ("let", "const", "var"):
            self.next()
            target = self.pattern()
            if self.take("of"):
                source = self.expression()
                self.expect(")")
                return "for of", target, source, self.statement(), waits
            self.at = start
        first = self.declaration(ends=False) if self.peek()[1] in ("let", "var") else None
        self.expect(";")
        test = None if self.sees(";") else self.expression()
        self.expect(";")
        step = None if self.sees(")") else self.expression()
        self.expect(")")
        return "for", first, test, step, self.statement()

    def try_statement(self) -> Node:
        body = self.block()
        name, handler, final = None, None, None
        if self.take("catch"):
            if self.take("("):
                name = self.pattern()
                self.expect(")")
            handler = self.block()
        if self.take("finally"):
            final = self.block()
        return "try", body, name, handler, final

    def parenthesised(self) -> Node:
        self.expect("(")
        value = self.expression()
        self.expect(")")
        return value

    def pattern(self) -> Node:
        """A name, or an array or object pattern of such."""
        if self.take("["):
            return "array pattern", self.listed("]", self.element)
        if self.take("{"):
            return "object pattern", self.listed("}", self.field)
        return "name", self.next()

    def element(self) -> Node:
        if self.take("..."):
            return "rest", self.pattern()
        return "item", self.pattern(), self.assignment() if self.take("=") else None

    def field(self) -> Node:
        key = self.next()
        target = self.pattern() if self.take(":") else ("name", key)
        return key, target, self.assignment() if self.take("=") else None

    def listed(self, end: str, read: Any) -> list[Node]:
        found = []
        while not self.take(end):
            found.append(read())
            if not self.take(","):
                self.expect(end)
                break
        return found

    # Expressions

    def expression(self) -> Node:
        value = self.assignment()
        while self.take(","):
            value = ("sequence", value, self.assignment())
        return value

    def assignment(self) -> Node:
        if self.take("yield"):
            if self.take("*"):
                return "yield*", self.assignment()
            ends = any(self.sees(mark) for mark in (";", ")", "}", "]", ","))
            return "yield", None if ends else self.assignment()
        if self.is_arrow():
            return self.arrow()
        left = self.conditional()
        _, mark, _ = self.peek()
        if mark in ASSIGNMENTS:
            self.next()
            return "assign", mark[:-1], left, self.assignment()
        return left

    def is_arrow(self) -> bool:
        start = self.at
        self.take("async")
        kind, text, _ = self.peek()
        try:
            if kind == "name":
                self.next()
            elif text == "(":
                self.skip_parentheses()
            else:
                return False
            return self.sees("=>")
        finally:
            self.at = start

    def skip_parentheses(self) -> None:
        depth = 0
        while True:
            if self.peek()[1] == "/":
                self.regexp()
                continue
            text = self.next()
            depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
            if depth == 0 or text == "":
                return

    def arrow(self) -> Node:
        is_async = not self.sees("async", "=>") and self.take("async")
        parameters = self.parameters() if self.sees("(") else [("item", self.pattern(), None)]
        self.expect("=>")
        body = self.block() if self.sees("{") else [("return", self.assignment())]
        return "function", "", parameters, body, "async arrow" if is_async else "arrow"

    def parameters(self) -> list[Node]:
        self.expect("(")
        return self.listed(")", self.element)

    def function(self) -> Node:
        kind = "async " if self.take("async") else ""
        self.expect("function")
        kind += "generator" if self.take("*") else "function"
        name = "" if self.sees("(") else self.next()
        return "function", name, self.parameters(), self.block(), kind

    def conditional(self) -> Node:
        test = self.binary(0)
        if not self.take("?"):
            return test
        then = self.assignment()
        self.expect(":")
        return "conditional", test, then, self.assignment()

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.power()
        left = self.binary(level + 1)
        while self.peek()[1] in LEVELS[level] and self.peek()[0] != "string":
            left = ("binary", self.next(), left, self.binary(level + 1))
        return left

    def power(self) -> Node:
        left = self.unary()
        return ("binary", "**", left, self.power()) if self.take("**") else left

    def unary(self) -> Node:
        kind, mark, _ = self.peek()
        if kind != "string" and mark in UNARY:
            self.next()
            return "unary", mark, self.unary()
        if mark in ("++", "--"):
            self.next()
            return "assign", mark[0], self.unary(), ("value", 1)
        value = self.suffixes(self.primary())
        if self.peek()[1] in ("++", "--"):
            return "postfix", self.next()[0], value
        return value

    def suffixes(self, value: Node, *, calls: bool = True) -> Node:
        while True:
            if self.take("?."):
                if self.sees("("):
                    value = ("call", value, self.arguments(), True)
                elif self.take("["):
                    value = ("member", value, self.bracketed(), True)
                else:
                    value = ("member", value, ("value", self.next()), True)
            elif self.take("."):
                value = ("member", value, ("value", self.next()), False)
            elif self.take("["):
                value = ("member", value, self.bracketed(), False)
            elif calls and self.sees("("):
                value = ("call", value, self.arguments(), False)
            else:
                return value

    def bracketed(self) -> Node:
        key = self.expression()
        self.expect("]")
        return key

    def arguments(self) -> list[Node]:
        self.expect("(")
        return self.listed(")", self.argument)

    def argument(self) -> Node:
        return ("spread", self.assignment()) if self.take("...") else self.assignment()

    def primary(self) -> Node:
        kind, text, _ = self.peek()
        if text == "/" or text == "/=":
            return self.regexp()
        if kind == "string":
            return "value", unescaped(self.next()[1:-1])
        if kind == "number":
            return "value", number(self.next())
        if text == "(":
            return self.parenthesised()
        if self.take("["):
            return "array", self.listed("]", self.argument)
        if self.take("{"):
            return "object", self.listed("}", self.member)
        if text == "function" or self.sees("async", "function"):
            return self.function()
        if self.take("new"):
            target = self.suffixes(self.primary(), calls=False)
            return "new", target, self.arguments() if self.sees("(") else []
        return "name", self.next()

    def regexp(self) -> Node:
        found = REGEXP.match(self.text, self.at)
        if found is None:
            raise SyntaxError(f"no regular expression at {self.text[self.at :][:20]!r}")
        self.at = found.end()
        return "new", ("name", "RegExp"), [("value", found[1]), ("value", found[2])]

    def member(self) -> Node:
        if self.take("..."):
            return "spread", self.assignment()
        start = self.at
        for word in ("get", "set"):
            if self.take(word) and not any(self.sees(mark) for mark in (":", "(", ",", "}")):
                key = self.key()
                return word, key, ("function", "", self.parameters(), self.block(), "method")
            self.at = start
        kind = "async " if self.take("async") and not self.sees(":") and not self.sees("(") else ""
        if not kind:
            self.at = start
        generator = self.take("*")
        key = self.key()
        if self.sees("("):
            kind += "generator" if generator else "method"
            name = key[1] if key[0] == "value" else ""
            return "method", key, ("function", name, self.parameters(), self.block(), kind)
        if self.take(":"):
            return "property", key, self.assignment()
        return "property", key, ("name", key[1])

    def key(self) -> Node:
        if self.take("["):
            return self.bracketed()
        kind, text, _ = self.peek()
        self.next()
        if kind == "string":
            return "value", unescaped(text[1:-1])
        return "value", number(text) if kind == "number" else text


def number(text: str) -> Any:
    """Give the value of a numeric literal; a BigInt is given as `("bigint", value)`."""
    if text.endswith("n"):
        return "bigint", int(text[:-1], 0)
    value = int(text, 0) if re.fullmatch(r"0[xX].*|\d+", text) else float(text)
    if isinstance(value, int) and value > 2**53 - 1:
        return float(value)
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def unescaped(text: str) -> str:
    """Give the text of a string literal."""

    def one(found: re.Match[str]) -> str:
        code = found[2] or found[3] or found[4]
        return chr(int(code, 16)) if code else ESCAPES.get(found[1], found[1])

    joined = ESCAPE.sub(one, text)
    return joined.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
