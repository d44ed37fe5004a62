"""A small part of JavaScript, run in a realm of ours: what the tests ask Node and us alike.

It has expressions, arrow functions, `const`/`let`, `return` and `throw`, and every value and
operation in it is the library's own; so one text tells what Node gives and what we give.
There are no statements that loop, no classes, templates or regular expressions.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from unpoison import js

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>0[xX][0-9a-fA-F]+n?|0[bB][01]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?n?)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<mark>=>|\.\.\.|===|!==|>>>|\*\*|==|!=|<=|>=|&&|\|\||\?\?|<<|>>|[-+*/%&|^~!<>=?:;,.(){}\[\]])
    )""",
    re.VERBOSE,
)
ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
LEVELS = [
    ["??"], ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!=", "===", "!=="],
    ["<", ">", "<=", ">=", "instanceof", "in"], ["<<", ">>", ">>>"], ["+", "-"], ["*", "/", "%"],
]  # fmt: skip
OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "&": "bit_and",
    "|": "bit_or", "^": "bit_xor", "<<": "shl", ">>": "shr", ">>>": "unsigned_shr", "<": "lt",
    ">": "gt", "<=": "le", ">=": "ge", "===": "jsval_eq", "==": "jsval_loose_eq",
}  # fmt: skip
WORDS = {"true": True, "false": False, "null": js.null, "undefined": None}

Scope = dict[str, Any]
Code = Callable[[Scope], Any]


class Thrown(Exception):  # noqa: N818 - it carries a value, which may be no error
    """A `throw` of a value that is no Error."""

    def __init__(self, value: object) -> None:
        self.value = value


class Return(Exception):  # noqa: N818
    """A `return` on its way out."""

    def __init__(self, value: object) -> None:
        self.value = value


def evaluate(text: str, realm: js.Realm) -> Any:
    """Run a program and give the value of its last statement."""
    scope: Scope = {"": realm}
    return compiled(text)(scope)


@functools.lru_cache
def compiled(text: str) -> Code:
    """Compile a program once."""
    parser = Parser(text)
    return parser.statements("")


def unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code else ESCAPES.get(match[4], match[4])


class Parser:
    """Makes Python closures of a program."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.place = at = 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match is not None, f"cannot read {text[at:]!r}"
            assert match.lastgroup is not None
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        self.tokens.append(("end", ""))

    def peek(self, *texts: str) -> bool:
        kind, text = self.tokens[self.place]
        return kind != "string" and text in texts

    def take(self, *texts: str) -> str | None:
        if not self.peek(*texts):
            return None
        self.place += 1
        return self.tokens[self.place - 1][1]

    def need(self, text: str) -> None:
        assert self.take(text) is not None, f"{text!r} expected at {self.tokens[self.place :][:5]}"

    def name(self) -> str:
        kind, text = self.tokens[self.place]
        assert kind == "name", f"a name expected at {self.tokens[self.place :][:5]}"
        self.place += 1
        return text

    def statements(self, end: str) -> Code:
        found: list[Code] = []
        while not self.peek(end):
            if not self.take(";"):
                found.append(self.statement())
        self.place += 1

        def run(scope: Scope) -> Any:
            result = None
            for each in found:
                result = each(scope)
            return result

        return run

    def statement(self) -> Code:
        if self.take("const", "let", "var"):
            name = self.name()
            self.need("=")
            value = self.expression()
            return lambda scope: scope.__setitem__(name, value(scope))
        if self.take("return"):
            value = self.expression()
            return lambda scope: leave(Return(value(scope)))
        if self.take("throw"):
            value = self.expression()
            return lambda scope: leave(thrown(value(scope)))
        return self.expression()

    def expression(self) -> Code:
        start = self.place
        arrow = self.arrow()
        if arrow is not None:
            return arrow
        self.place = start
        target = self.conditional()
        if self.take("="):
            return self.assignment(target, self.expression())
        return target

    @staticmethod
    def assignment(target: Any, value: Code) -> Code:
        if isinstance(target, Member):
            return lambda scope: target.assign(scope, value(scope))
        return lambda scope: target.assign(scope, value(scope))

    def arrow(self) -> Code | None:
        """Read an arrow function; None when there is none here."""
        parameters = []
        rest = None
        if self.tokens[self.place][0] == "name" and self.tokens[self.place + 1][1] == "=>":
            parameters = [self.name()]
        elif self.take("("):
            while not self.take(")"):
                if self.take("..."):
                    rest = self.name()
                elif self.tokens[self.place][0] == "name":
                    parameters.append(self.name())
                if not self.peek(")") and not self.take(","):
                    return None
        if not self.take("=>"):
            return None
        body = self.statements("}") if (block := self.take("{")) else self.expression()
        return lambda scope: function(scope, parameters, rest, body, block is not None)

    def conditional(self) -> Code:
        test = self.binary(0)
        if not self.take("?"):
            return test
        yes = self.expression()
        self.need(":")
        no = self.expression()
        return lambda scope: yes(scope) if not js.is_falsy(test(scope)) else no(scope)

    def binary(self, level: int) -> Code:
        if level == len(LEVELS):
            return self.power()
        left = self.binary(level + 1)
        while operator := self.take(*LEVELS[level]):
            left = combine(operator, left, self.binary(level + 1))
        return left

    def power(self) -> Code:
        base = self.unary()
        return combine("**", base, self.power()) if self.take("**") else base

    def unary(self) -> Code:
        operator = self.take("-", "+", "!", "~", "typeof", "void", "delete")
        if operator is None:
            return self.postfix(self.primary())
        value = self.unary()
        if operator == "delete":
            assert isinstance(value, Member)
            return value.remove
        return {
            "-": lambda scope: js.OPERATORS["neg"](value(scope)),
            "+": lambda scope: js.to_number(value(scope)),
            "!": lambda scope: js.is_falsy(value(scope)),
            "~": lambda scope: js.OPERATORS["bit_not"](value(scope)),
            "typeof": lambda scope: js.typeof(value(scope)),
            "void": lambda scope: void(value(scope)),
        }[operator]

    def postfix(self, value: Code, *, calls: bool = True) -> Code:
        while True:
            if self.take("."):
                value = Member(value, constant(self.tokens[self.place][1]))
                self.place += 1
            elif self.take("["):
                value = Member(value, self.expression())
                self.need("]")
            elif calls and self.take("("):
                value = call(value, self.items(")"))
            else:
                return value

    def items(self, end: str) -> Callable[[Scope], list[Any]]:
        found: list[tuple[bool, Code]] = []
        while not self.take(end):
            found.append((self.take("...") is not None, self.expression()))
            if not self.peek(end):
                self.need(",")

        def run(scope: Scope) -> list[Any]:
            values: list[Any] = []
            for spread, code in found:
                values.extend(js.iterate(code(scope)) if spread else [code(scope)])
            return values

        return run

    def primary(self) -> Code:
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "number":
            if text.endswith("n"):
                return constant(js.to_bigint(text[:-1]))
            return constant(js.to_number(text))
        if kind == "string":
            return constant(ESCAPE.sub(unescape, text[1:-1]))
        if text == "new":
            target = self.postfix(self.primary(), calls=False)
            arguments = self.items(")") if self.take("(") else lambda scope: []
            return lambda scope: js.construct(target(scope), *arguments(scope))
        if text == "(":
            inner = self.expression()
            self.need(")")
            return inner
        if text == "[":
            elements = self.items("]")
            return lambda scope: js.Array(elements(scope))
        if text == "{":
            return self.object_literal()
        assert kind == "name", f"unexpected {text!r}"
        return constant(WORDS[text]) if text in WORDS else Variable(text)

    def object_literal(self) -> Code:
        members: list[tuple[Code, Code]] = []
        while not self.take("}"):
            if self.take("["):
                key = self.expression()
                self.need("]")
            else:
                kind, text = self.tokens[self.place]
                self.place += 1
                key = constant(ESCAPE.sub(unescape, text[1:-1]) if kind == "string" else text)
            if self.peek("("):  # a method; it has no `this` here
                self.tokens.insert(self.place + self.closing(), ("mark", "=>"))
                members.append((key, self.expression()))
            elif self.take(":"):
                members.append((key, self.expression()))
            else:
                members.append((key, Variable(text)))
            if not self.peek("}"):
                self.need(",")
        return lambda scope: js.Object(
            (js.to_property_key(key(scope)), value(scope)) for key, value in members
        )

    def closing(self) -> int:
        texts = [text for _, text in self.tokens[self.place :]]
        return texts.index(")") + 1


class Variable:
    """A name: of the program, else of the global object."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, scope: Scope) -> Any:
        if self.name in scope:
            return scope[self.name]
        if self.name not in scope[""].global_object:
            raise js.ReferenceError(f"{self.name} is not defined")
        return scope[""].global_object[self.name]

    def assign(self, scope: Scope, value: object) -> object:
        scope[self.name] = value
        return value


class Member:
    """`target[key]`."""

    def __init__(self, target: Code, key: Code) -> None:
        self.target, self.key = target, key

    def __call__(self, scope: Scope) -> Any:
        target = self.target(scope)
        return scope[""].get(target, js.to_property_key(self.key(scope)))

    def assign(self, scope: Scope, value: object) -> object:
        scope[""].set(self.target(scope), js.to_property_key(self.key(scope)), value)
        return value

    def remove(self, scope: Scope) -> bool:
        scope[""].delete(self.target(scope), js.to_property_key(self.key(scope)))
        return True


def call(target: Code, arguments: Callable[[Scope], list[Any]]) -> Code:
    def run(scope: Scope) -> Any:
        if isinstance(target, Member):
            this = target.target(scope)
            function = scope[""].get(this, js.to_property_key(target.key(scope)))
        else:
            this, function = None, target(scope)
        if not js.is_function(function):
            raise js.TypeError("not a function")
        return js.invoke(function, this, *arguments(scope))

    return run


def combine(operator: str, left: Code, right: Code) -> Code:
    if operator == "&&":
        return lambda scope: right(scope) if not js.is_falsy(x := left(scope)) else x
    if operator == "||":
        return lambda scope: right(scope) if js.is_falsy(x := left(scope)) else x
    if operator == "??":
        return lambda scope: right(scope) if js.is_nullish(x := left(scope)) else x
    if operator in ("!==", "!="):
        equal = js.strict_equal if operator == "!==" else js.loose_equal
        return lambda scope: not equal(left(scope), right(scope))
    if operator == "instanceof":
        return lambda scope: js.instance_of(left(scope), right(scope))
    if operator == "in":
        return lambda scope: scope[""].has(y, x) if (x := left(scope), y := right(scope)) else None
    apply = js.INTRINSICS[OPERATORS[operator]]
    return lambda scope: apply(left(scope), right(scope))


def function(scope: Scope, names: list[str], rest: str | None, body: Code, block: bool) -> Any:
    def run(*given: object) -> Any:
        values = [*given, *[None] * len(names)]
        inner = {**scope, **dict(zip(names, values, strict=False))}
        if rest is not None:
            inner[rest] = js.Array(given[len(names) :])
        if not block:
            return body(Linked(inner, scope))
        try:
            body(Linked(inner, scope))
        except Return as left:
            return left.value
        return None

    return js.NativeFunction("", run, len(names))


class Linked(dict[str, Any]):
    """The scope of a call: what it sets of the outer scope is set there."""

    def __init__(self, inner: Scope, outer: Scope) -> None:
        super().__init__(inner)
        self.outer = outer

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        if name in self.outer:
            self.outer[name] = value


def constant(value: Any) -> Code:
    return lambda scope: value


def void(value: object) -> None:
    """Be the operator `void`."""


def leave(error: Exception) -> None:
    raise error


def thrown(value: object) -> Exception:
    return value if isinstance(value, Exception) else Thrown(value)
