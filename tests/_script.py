"""Runs JavaScript programs on a realm of ours, so that one text is the question to Node and to us.

This is no engine: it walks the tree that esprima makes of a program, and every operation goes
through the realm, as a guest's imports do. It knows expressions, functions (also async ones and
generators), patterns and the common statements; no classes, labels or async generators. A program
that uses what is missing ends with `Missing`, which no `catch` of a program sees.
"""
# ruff: noqa: N802 - a method is named after the node that it is for

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from esprima.error_handler import Error as ParseError
from esprima.parser import Parser

from unpoison import js

Steps = Generator[Any, Any, Any]
"""A computation that stops at each value that it awaits or yields."""


class Missing(BaseException):
    """The program uses a part of JavaScript that is not here."""


class Leave(Exception):  # noqa: N818 - it is no error
    """`return`, `break`, `continue` or the end of an optional chain, on its way."""

    def __init__(self, how: str, value: object = None) -> None:
        self.how, self.value = how, value


class Scope:
    """The variables of a block."""

    def __init__(self, outer: Scope | None, names: dict[str, Any]) -> None:
        self.outer, self.names = outer, names

    def holder(self, name: str) -> dict[str, Any] | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.outer
        return None


class ScriptFunction(js.JsFunction):
    """A function of a program."""

    __slots__ = ("constructs", "interpreter", "node", "scope")

    def __init__(
        self, interpreter: Interpreter, node: Any, scope: Scope, name: str, *, method: bool
    ) -> None:
        super().__init__(name, parameter_count(node))
        self.interpreter, self.node, self.scope = interpreter, node, scope
        arrow = node.type == "ArrowFunctionExpression"
        self.constructs = not (arrow or method or node.isAsync or node.generator)
        if self.constructs:
            prototype = js.Object()
            interpreter.object_static("defineProperty", prototype, "constructor", {"value": self})
            self._js_own["prototype"] = prototype
            js.own_keys(self)

    def call_on(self, this: object, *arguments: object) -> Any:
        steps = self.interpreter.run_function(self, this, arguments)
        if self.node.generator:
            if self.node.isAsync:
                raise Missing("async generator")
            return generator(steps)
        return self.interpreter.start(steps) if self.node.isAsync else finish(steps)

    def construct(self, *arguments: object) -> Any:
        made = js.Object()
        self.interpreter.object_static("setPrototypeOf", made, js.get(self, "prototype"))
        result = self.call_on(made, *arguments)
        return result if js.is_reference(result) else made


def parameter_count(node: Any) -> int:
    """Give the `length` of a function: its parameters before a default or the rest."""
    for count, each in enumerate(node.params):
        if each.type in ("AssignmentPattern", "RestElement"):
            return count
    return len(node.params)


def generator(steps: Steps) -> Generator[Any, Any, Any]:
    """Be the host's generator that a `function*` makes."""
    return (yield from steps)


def finish(steps: Steps) -> Any:
    """Run steps that stop nowhere."""
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise Missing("await or yield outside of a function that can stop")


def parse(text: str) -> list[Any]:
    """Give the statements of a program. Its regular expressions are judged when they are made.

    Raises js.SyntaxError.
    """
    try:
        parser = Parser(text)
        parser.scanner.testRegExp = lambda pattern, flags: None
        return parser.parseScript().body
    except ParseError as error:
        raise js.SyntaxError(error.message) from error


class Interpreter:
    """Runs programs in one realm, with further names."""

    def __init__(self, realm: js.Realm, names: dict[str, Any] | None = None) -> None:
        self.realm = realm
        self.globals = Scope(None, {"this": None, "undefined": None, **(names or {})})

    def start_program(self, text: str) -> js.Promise:
        """Run a program as the body of an async function; give its promise."""
        body = parse(f"async function program() {{{text}\n}}")[0].body.body
        return self.start(self.function_body(body, Scope(self.globals, {})))

    def run_body(self, text: str) -> Any:
        """Run a program as the body of a function; give what it returns."""
        body = parse(f"function program() {{{text}\n}}")[0].body.body
        return finish(self.function_body(body, Scope(self.globals, {})))

    def run_script(self, text: str) -> Any:
        """Run a program as `eval` does; give the value of its last statement."""
        return finish(self.block(parse(text), Scope(self.globals, {})))

    def start(self, steps: Steps) -> js.Promise:
        """Be an async function: run until the first await, go on when its promise is settled."""
        made = js.with_resolvers(self.realm.promises)

        def step(resume: Callable[[Any], Any], value: object) -> None:
            try:
                awaited = resume(value)
            except StopIteration as done:
                made.resolve(done.value)
            except Exception as error:  # noqa: BLE001 - it rejects the promise
                made.reject(js.from_exception(error))
            else:
                js.resolve(self.realm.promises, awaited).then(
                    lambda result: step(steps.send, result),
                    lambda reason: step(steps.throw, js.as_exception(reason)),
                )

        step(steps.send, None)
        return made.promise

    def object_static(self, name: str, *arguments: object) -> Any:
        return self.realm.call_method(self.realm.global_object["Object"], name, *arguments)

    # --- functions ---

    def function(self, node: Any, scope: Scope, name: str = "", *, method: bool = False) -> Any:
        return ScriptFunction(self, node, scope, node.id.name if node.id else name, method=method)

    def run_function(
        self, function: ScriptFunction, this: object, arguments: Sequence[object]
    ) -> Steps:
        node = function.node
        arrow = node.type == "ArrowFunctionExpression"
        scope = Scope(function.scope, {} if arrow else {"this": this})
        yield from self.bind_items(node.params, iter(arguments), scope)
        if node.body.type != "BlockStatement":
            return (yield from self.value(node.body, scope))
        return (yield from self.function_body(node.body.body, scope))

    def function_body(self, statements: Sequence[Any], scope: Scope) -> Steps:
        try:
            yield from self.block(statements, scope)
        except Leave as leave:
            return leave.value

    def block(self, statements: Sequence[Any], scope: Scope) -> Steps:
        """Run statements; give the value of the last one, which only `eval` looks at."""
        for each in statements:
            if each.type == "FunctionDeclaration":
                scope.names[each.id.name] = self.function(each, scope)
        result = None
        for each in statements:
            result = yield from self.find("do", each)(each, scope)
        return result

    def find(self, prefix: str, node: Any) -> Callable[[Any, Scope], Steps]:
        found = getattr(self, f"{prefix}_{node.type}", None)
        if found is None:
            raise Missing(node.type)
        return found  # type: ignore[no-any-return]

    # --- patterns ---

    def bind(self, pattern: Any, value: Any, scope: Scope) -> Steps:
        """Bind names to a value, or to parts of it."""
        if pattern.type == "AssignmentPattern":
            if value is None:
                value = yield from self.named(pattern.right, name_of(pattern.left), scope)
            yield from self.bind(pattern.left, value, scope)
        elif pattern.type == "Identifier":
            scope.names[pattern.name] = value
        elif pattern.type == "ArrayPattern":
            yield from self.bind_items(pattern.elements, js.iterate(value), scope)
        elif pattern.type == "ObjectPattern":
            for each in pattern.properties:
                key = yield from self.key(each.key, each.computed, scope)
                yield from self.bind(each.value, self.realm.get(value, key), scope)
        else:
            raise Missing(pattern.type)

    def bind_items(self, patterns: Sequence[Any], items: Iterator[Any], scope: Scope) -> Steps:
        for each in patterns:
            if each is None:
                next(items, None)
            elif each.type == "RestElement":
                yield from self.bind(each.argument, js.Array(items), scope)
            else:
                yield from self.bind(each, next(items, None), scope)

    def named(self, node: Any, name: str, scope: Scope, *, method: bool = False) -> Steps:
        """Evaluate; a function without a name takes this one."""
        if node.type in ("FunctionExpression", "ArrowFunctionExpression"):
            return self.function(node, scope, name, method=method)
        return (yield from self.value(node, scope))

    # --- statements ---

    def do_FunctionDeclaration(self, node: Any, scope: Scope) -> Steps:
        yield from ()

    do_EmptyStatement = do_FunctionDeclaration  # noqa: N815

    def do_ExpressionStatement(self, node: Any, scope: Scope) -> Steps:
        return (yield from self.value(node.expression, scope))

    def do_BlockStatement(self, node: Any, scope: Scope) -> Steps:
        yield from self.block(node.body, Scope(scope, {}))

    def do_VariableDeclaration(self, node: Any, scope: Scope) -> Steps:
        for each in node.declarations:
            value = None
            if each.init is not None:
                value = yield from self.named(each.init, name_of(each.id), scope)
            yield from self.bind(each.id, value, scope)

    def do_ReturnStatement(self, node: Any, scope: Scope) -> Steps:
        value = None if node.argument is None else (yield from self.value(node.argument, scope))
        raise Leave("return", value)

    def do_BreakStatement(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        raise Missing("label") if node.label else Leave("break")

    def do_ContinueStatement(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        raise Missing("label") if node.label else Leave("continue")

    def do_ThrowStatement(self, node: Any, scope: Scope) -> Steps:
        raise js.as_exception((yield from self.value(node.argument, scope)))

    def do_IfStatement(self, node: Any, scope: Scope) -> Steps:
        test = yield from self.value(node.test, scope)
        chosen = node.alternate if js.is_falsy(test) else node.consequent
        if chosen is not None:
            yield from self.block([chosen], scope)

    def do_TryStatement(self, node: Any, scope: Scope) -> Steps:
        try:
            try:
                yield from self.do_BlockStatement(node.block, scope)
            except Leave:
                raise
            except Exception as error:
                if node.handler is None:
                    raise
                inner = Scope(scope, {})
                if node.handler.param is not None:
                    yield from self.bind(node.handler.param, js.from_exception(error), inner)
                yield from self.block(node.handler.body.body, inner)
        finally:
            if node.finalizer is not None:
                yield from self.do_BlockStatement(node.finalizer, scope)

    # --- loops ---

    def do_WhileStatement(self, node: Any, scope: Scope) -> Steps:
        while not js.is_falsy((yield from self.value(node.test, scope))):
            if (yield from self.body(node.body, scope)):
                return

    def do_ForStatement(self, node: Any, scope: Scope) -> Steps:
        inner = Scope(scope, {})
        if node.init is not None:
            start = node.init.type == "VariableDeclaration"
            yield from (self.block([node.init], inner) if start else self.value(node.init, inner))
        while node.test is None or not js.is_falsy((yield from self.value(node.test, inner))):
            if (yield from self.body(node.body, inner)):
                return
            if node.update is not None:
                yield from self.value(node.update, inner)

    def do_ForOfStatement(self, node: Any, scope: Scope) -> Steps:
        values = js.iterate((yield from self.value(node.right, scope)))
        try:
            for value in values:
                if (yield from self.body_with(node, value, scope)):
                    return
        finally:
            if isinstance(values, Generator) or getattr(values, "js_closes", False):
                values.close()

    def do_ForAwaitStatement(self, node: Any, scope: Scope) -> Steps:
        values = yield from self.value(node.right, scope)
        if js.is_nullish(self.realm.get(values, js.Symbol.async_iterator)):
            for value in js.iterate(values):
                if (yield from self.body_with(node, (yield value), scope)):
                    return
            return
        iterator = self.realm.call_method(values, js.Symbol.async_iterator)
        while True:
            result = yield self.realm.call_method(iterator, "next")
            if self.realm.get(result, "done"):
                return
            if (yield from self.body_with(node, self.realm.get(result, "value"), scope)):
                yield self.realm.call_method(iterator, "return")
                return

    def body_with(self, node: Any, value: object, scope: Scope) -> Steps:
        """Run the body of a loop with a value of its variable; tell whether it was left."""
        inner = Scope(scope, {})
        yield from self.bind(node.left.declarations[0].id, value, inner)
        return (yield from self.body(node.body, inner))

    def body(self, node: Any, scope: Scope) -> Steps:
        """Run the body of a loop; tell whether it was left."""
        try:
            yield from self.block([node], scope)
        except Leave as leave:
            if leave.how == "return":
                raise
            return leave.how == "break"
        return False

    # --- expressions ---

    def value(self, node: Any, scope: Scope) -> Steps:
        return (yield from self.find("get", node)(node, scope))

    def get_Literal(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        if node.regex is not None:
            made = self.realm.global_object["RegExp"]
            return js.construct(made, text_of(node.regex.pattern), node.regex.flags)
        if node.raw.endswith("n") and node.raw[0].isdigit():
            return js.BigInt(int(node.raw[:-1], 0))
        if node.value is None:
            return js.null
        if isinstance(node.value, bool):
            return node.value
        if isinstance(node.value, float | int):
            return js.number_to_python(float(node.value))
        return text_of(node.value)

    def get_TemplateLiteral(self, node: Any, scope: Scope) -> Steps:
        text = node.quasis[0].value.cooked
        for expression, quasi in zip(node.expressions, node.quasis[1:], strict=True):
            text += js.to_string((yield from self.value(expression, scope))) + quasi.value.cooked
        return text_of(text)

    def get_Identifier(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        names = scope.holder(node.name)
        if names is not None:
            return names[node.name]
        if not js.has(self.realm.global_object, node.name):
            raise js.ReferenceError(f"{node.name} is not defined")
        return self.realm.get(self.realm.global_object, node.name)

    def get_ThisExpression(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        return (scope.holder("this") or {})["this"]

    def get_ArrayExpression(self, node: Any, scope: Scope) -> Steps:
        return js.Array((yield from self.arguments(node.elements, scope)))

    def get_ObjectExpression(self, node: Any, scope: Scope) -> Steps:
        made = js.Object()
        for each in node.properties:
            if each.type == "SpreadElement":
                source = yield from self.value(each.argument, scope)
                keys = [] if js.is_nullish(source) else js.own_keys(source)
                made.update((key, self.realm.get(source, key)) for key in keys)
                continue
            key = yield from self.key(each.key, each.computed, scope)
            accessor = each.kind != "init"
            name = f"{each.kind} {key}" if accessor else key
            value = yield from self.named(
                each.value, name, scope, method=accessor or bool(each.method)
            )
            if accessor:
                descriptor = {each.kind: value, "enumerable": True, "configurable": True}
                self.object_static("defineProperty", made, key, descriptor)
            else:
                made[key] = value
        return made

    def get_FunctionExpression(self, node: Any, scope: Scope) -> Steps:
        yield from ()
        return self.function(node, scope)

    get_ArrowFunctionExpression = get_FunctionExpression  # noqa: N815

    def get_AwaitExpression(self, node: Any, scope: Scope) -> Steps:
        return (yield (yield from self.value(node.argument, scope)))

    def get_YieldExpression(self, node: Any, scope: Scope) -> Steps:
        value = None if node.argument is None else (yield from self.value(node.argument, scope))
        if node.delegate:
            return (yield from js.iterate(value))
        return (yield value)

    def get_SequenceExpression(self, node: Any, scope: Scope) -> Steps:
        result = None
        for each in node.expressions:
            result = yield from self.value(each, scope)
        return result

    def get_ConditionalExpression(self, node: Any, scope: Scope) -> Steps:
        test = yield from self.value(node.test, scope)
        chosen = node.alternate if js.is_falsy(test) else node.consequent
        return (yield from self.value(chosen, scope))

    def get_LogicalExpression(self, node: Any, scope: Scope) -> Steps:
        left = yield from self.value(node.left, scope)
        if is_decided(node.operator, left):
            return left
        return (yield from self.value(node.right, scope))

    def get_UnaryExpression(self, node: Any, scope: Scope) -> Steps:
        operator, operand = node.operator, node.argument
        if operator == "delete":
            target = yield from self.value(operand.object, scope)
            key = yield from self.key(operand.property, operand.computed, scope)
            self.realm.delete(target, key)
            return True
        if operator == "typeof" and operand.type == "Identifier" and not self.knows(operand, scope):
            return "undefined"
        return UNARY[operator]((yield from self.value(operand, scope)))

    def knows(self, node: Any, scope: Scope) -> bool:
        """Tell whether a name is declared."""
        declared = scope.holder(node.name) is not None
        return declared or js.has(self.realm.global_object, node.name)

    def get_BinaryExpression(self, node: Any, scope: Scope) -> Steps:
        left = yield from self.value(node.left, scope)
        right = yield from self.value(node.right, scope)
        if node.operator == "in":
            return self.realm.has(right, js.to_property_key(left))
        return BINARY[node.operator](left, right)

    # --- places ---

    def place(self, node: Any, scope: Scope) -> Steps:
        """Give how a place is read and written."""
        if node.type == "Identifier":
            names = scope.holder(node.name)
            if names is None:
                raise js.ReferenceError(f"{node.name} is not defined")
            return (lambda: names[node.name]), (lambda value: names.__setitem__(node.name, value))
        if node.type != "MemberExpression":
            raise Missing(f"assignment to {node.type}")
        target = yield from self.value(node.object, scope)
        key = yield from self.key(node.property, node.computed, scope)
        get, set_ = self.realm.get, self.realm.set
        return (lambda: get(target, key)), (lambda value: set_(target, key, value))

    def get_AssignmentExpression(self, node: Any, scope: Scope) -> Steps:
        read, write = yield from self.place(node.left, scope)
        operator = node.operator.removesuffix("=")
        left = read() if operator else None
        if is_decided(operator, left):
            return left
        value = yield from self.named(node.right, name_of(node.left), scope)
        if operator in BINARY:
            value = BINARY[operator](left, value)
        write(value)
        return value

    def get_UpdateExpression(self, node: Any, scope: Scope) -> Steps:
        read, write = yield from self.place(node.argument, scope)
        old = read()
        old = old if js.is_bigint(old) else js.to_number(old)
        one = js.BigInt(1) if js.is_bigint(old) else 1
        new = BINARY[node.operator[0]](old, one)
        write(new)
        return new if node.prefix else old

    # --- members and calls ---

    def get_ChainExpression(self, node: Any, scope: Scope) -> Steps:
        try:
            return (yield from self.value(node.expression, scope))
        except Leave as leave:
            if leave.how != "chain":
                raise
            return None

    def get_MemberExpression(self, node: Any, scope: Scope) -> Steps:
        target, key = yield from self.member(node, scope)
        return self.realm.get(target, key)

    def member(self, node: Any, scope: Scope) -> Steps:
        """Give the object and the key of `object.key`."""
        target = yield from self.value(node.object, scope)
        if node.optional and js.is_nullish(target):
            raise Leave("chain")
        return target, (yield from self.key(node.property, node.computed, scope))

    def get_NewExpression(self, node: Any, scope: Scope) -> Steps:
        target = yield from self.value(node.callee, scope)
        return js.construct(target, *(yield from self.arguments(node.arguments, scope)))

    def get_CallExpression(self, node: Any, scope: Scope) -> Steps:
        if node.callee.type == "MemberExpression":
            return (yield from self.call_member(node, scope))
        function = yield from self.value(node.callee, scope)
        if node.optional and js.is_nullish(function):
            raise Leave("chain")
        arguments = yield from self.arguments(node.arguments, scope)
        if not js.is_function(function):
            raise js.TypeError(f"{node.callee.name or node.callee.raw} is not a function")
        return js.invoke(function, None, *arguments)

    def call_member(self, node: Any, scope: Scope) -> Steps:
        target, key = yield from self.member(node.callee, scope)
        if node.optional and js.is_nullish(self.realm.get(target, key)):
            raise Leave("chain")
        arguments = yield from self.arguments(node.arguments, scope)
        return self.realm.call_method(target, key, *arguments)

    def key(self, node: Any, computed: bool, scope: Scope) -> Steps:
        if not computed and node.type == "Identifier":
            return node.name
        return js.to_property_key((yield from self.value(node, scope)))

    def arguments(self, nodes: Sequence[Any], scope: Scope) -> Steps:
        values: list[object] = []
        for each in nodes:
            if each is None:
                values.append(None)
            elif each.type == "SpreadElement":
                values.extend(js.iterate((yield from self.value(each.argument, scope))))
            else:
                values.append((yield from self.value(each, scope)))
        return values


def name_of(target: Any) -> str:
    """Give the name that a function takes from the variable that it is assigned to."""
    return target.name if target.type == "Identifier" else ""


def text_of(text: str) -> str:
    """Give a text whose pairs of surrogates are one character each, as all text of ours has."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


def is_decided(operator: str, left: object) -> bool:
    """Tell whether a logical operator needs no right side."""
    if operator == "??":
        return not js.is_nullish(left)
    return operator in ("&&", "||") and js.is_falsy(left) == (operator == "&&")


UNARY: dict[str, Callable[[Any], object]] = {
    "!": js.is_falsy,
    "typeof": js.typeof,
    "void": lambda value: None,
    "-": js.OPERATORS["neg"],
    "+": js.to_number,
    "~": js.OPERATORS["bit_not"],
}
OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "&": "bit_and",
    "|": "bit_or", "^": "bit_xor", "<<": "shl", ">>": "shr", ">>>": "unsigned_shr", "<": "lt",
    ">": "gt", "<=": "le", ">=": "ge",
}  # fmt: skip
BINARY: dict[str, Callable[[Any, Any], object]] = {
    **{mark: js.OPERATORS[name] for mark, name in OPERATORS.items()},
    "===": js.strict_equal,
    "!==": lambda left, right: not js.strict_equal(left, right),
    "==": js.loose_equal,
    "!=": lambda left, right: not js.loose_equal(left, right),
    "instanceof": js.instance_of,
}
