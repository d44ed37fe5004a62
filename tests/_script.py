"""Runs a JavaScript program on the values of a realm, so that one text runs on Node and on ours.

A tree walker for what test programs need: expressions, functions (also async), the common
statements; no classes, generators or labels. The tree comes from esprima. A program that uses
what is missing fails with the name of the node.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import esprima

from unpoison import js

Steps = Generator[Any, Any, Any]
"""A computation that yields the promises that it awaits."""


class Leave(Exception):  # noqa: N818 - it is no error
    """`return`, `break` or `continue` on its way."""

    def __init__(self, how: str, value: object = None) -> None:
        self.how, self.value = how, value


class Scope:
    """The variables of a block."""

    def __init__(self, outer: Scope | None, names: dict[str, Any]) -> None:
        self.outer, self.names = outer, names

    def holder(self, name: str) -> dict[str, Any]:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.outer
        raise js.ReferenceError(f"{name} is not defined")


class ScriptFunction(js.JsFunction):
    """A function of a program."""

    __slots__ = ("interpreter", "node", "scope")

    def __init__(self, interpreter: Interpreter, node: Any, scope: Scope) -> None:
        super().__init__(node.id.name if node.id else "", len(node.params))
        self.interpreter, self.node, self.scope = interpreter, node, scope

    def call_on(self, this: object, *arguments: object) -> Any:
        steps = self.interpreter.run_function(self, this, arguments)
        return self.interpreter.start(steps) if self.node.isAsync else finish(steps)


def finish(steps: Steps) -> Any:
    """Run steps that await nothing."""
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise AssertionError("await outside of an async function")


class Interpreter:
    """Runs programs in one realm, with further names."""

    def __init__(self, realm: js.Realm, names: dict[str, Any]) -> None:
        self.realm = realm
        self.globals = Scope(Scope(None, realm.global_object), dict(names))

    def run(self, text: str) -> js.Promise:
        """Run a program as the body of an async function; give its promise."""
        tree = esprima.parseScript(f"async function program() {{{text}\n}}")
        body = tree.body[0].body.body
        return self.start(self.block(body, Scope(self.globals, {})))

    def start(self, steps: Steps) -> js.Promise:
        """Be an async function: run until the first await, go on when its promise is settled."""
        made = js.with_resolvers(self.realm.promises)

        def step(resume: Any, value: object) -> None:
            try:
                awaited = resume(value)
            except (StopIteration, Leave) as done:
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

    def run_function(
        self, function: ScriptFunction, this: object, arguments: Sequence[object]
    ) -> Steps:
        node, outer = function.node, function.scope
        names = {} if node.type == "ArrowFunctionExpression" else {"this": this}
        scope = Scope(outer, names)
        left = list(arguments)
        for parameter in node.params:
            if parameter.type == "RestElement":
                yield from self.bind(parameter.argument, js.Array(left), scope)
            else:
                yield from self.bind(parameter, left.pop(0) if left else None, scope)
        if node.body.type != "BlockStatement":
            return (yield from self.value(node.body, scope))
        try:
            yield from self.block(node.body.body, scope)
        except Leave as leave:
            return leave.value

    def block(self, statements: Sequence[Any], scope: Scope) -> Steps:
        for each in statements:
            if each.type == "FunctionDeclaration":
                scope.names[each.id.name] = ScriptFunction(self, each, scope)
        for each in statements:
            yield from getattr(self, f"do_{each.type}")(each, scope)

    # --- statements ---

    def do_FunctionDeclaration(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()

    def do_ExpressionStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from self.value(node.expression, scope)

    def do_BlockStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from self.block(node.body, Scope(scope, {}))

    def do_VariableDeclaration(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        for each in node.declarations:
            value = None if each.init is None else (yield from self.value(each.init, scope))
            yield from self.bind(each.id, value, scope)

    def do_ReturnStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        value = None if node.argument is None else (yield from self.value(node.argument, scope))
        raise Leave("return", value)

    def do_BreakStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        raise Leave("break")

    def do_ContinueStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        raise Leave("continue")

    def do_ThrowStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        raise js.as_exception((yield from self.value(node.argument, scope)))

    def do_IfStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        chosen = node.alternate
        if not js.is_falsy((yield from self.value(node.test, scope))):
            chosen = node.consequent
        if chosen is not None:
            yield from self.block([chosen], scope)

    def do_TryStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
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

    def do_WhileStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        while not js.is_falsy((yield from self.value(node.test, scope))):
            if (yield from self.body(node.body, scope)):
                return

    def do_ForStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        inner = Scope(scope, {})
        if node.init is not None:
            start = node.init.type == "VariableDeclaration"
            yield from (self.block([node.init], inner) if start else self.value(node.init, inner))
        while node.test is None or not js.is_falsy((yield from self.value(node.test, inner))):
            if (yield from self.body(node.body, inner)):
                return
            if node.update is not None:
                yield from self.value(node.update, inner)

    def do_ForOfStatement(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        values = yield from self.value(node.right, scope)
        if getattr(node, "await", False):
            yield from self.for_await(node, values, scope)
            return
        for value in js.iterate(values):
            inner = Scope(scope, {})
            yield from self.bind(node.left.declarations[0].id, value, inner)
            if (yield from self.body(node.body, inner)):
                return

    def for_await(self, node: Any, values: object, scope: Scope) -> Steps:
        iterator = self.realm.call_method(values, js.Symbol.async_iterator)
        while True:
            result = yield self.realm.call_method(iterator, "next")
            if self.realm.get(result, "done"):
                return
            inner = Scope(scope, {})
            value = self.realm.get(result, "value")
            yield from self.bind(node.left.declarations[0].id, value, inner)
            if (yield from self.body(node.body, inner)):
                yield self.realm.call_method(iterator, "return")
                return

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
        return (yield from getattr(self, f"get_{node.type}")(node, scope))

    def bind(self, pattern: Any, value: Any, scope: Scope) -> Steps:
        """Bind names to a value, or to parts of it."""
        if pattern.type == "AssignmentPattern":
            if value is None:
                value = yield from self.value(pattern.right, scope)
            yield from self.bind(pattern.left, value, scope)
        elif pattern.type == "Identifier":
            if isinstance(value, ScriptFunction) and not value.__name__:
                value.__name__ = pattern.name
            scope.names[pattern.name] = value
        elif pattern.type == "ArrayPattern":
            items = iter(js.iterate(value))
            for each in pattern.elements:
                if each is None:
                    next(items, None)
                elif each.type == "RestElement":
                    yield from self.bind(each.argument, js.Array(items), scope)
                else:
                    yield from self.bind(each, next(items, None), scope)
        else:
            assert pattern.type == "ObjectPattern", pattern.type
            for each in pattern.properties:
                found = self.realm.get(value, each.key.name)
                yield from self.bind(each.value, found, scope)

    def get_Literal(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        if node.regex is not None:
            return js.construct(
                self.realm.global_object["RegExp"], node.regex.pattern, node.regex.flags
            )
        if node.raw.endswith("n") and node.raw[0].isdigit():
            return js.BigInt(int(node.raw[:-1], 0))
        if node.value is None:
            return js.null
        if isinstance(node.value, float | int) and not isinstance(node.value, bool):
            return js.number_to_python(float(node.value))
        return node.value

    def get_TemplateLiteral(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        text = node.quasis[0].value.cooked
        for expression, quasi in zip(node.expressions, node.quasis[1:], strict=True):
            text += js.to_string((yield from self.value(expression, scope))) + quasi.value.cooked
        return text

    def get_Identifier(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        return scope.holder(node.name)[node.name]

    def get_ThisExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        return scope.holder("this")["this"]

    def get_ArrayExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        return js.Array((yield from self.arguments(node.elements, scope)))

    def get_ObjectExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        made = js.Object()
        for each in node.properties:
            if each.type == "SpreadElement":
                source = yield from self.value(each.argument, scope)
                made.update((key, self.realm.get(source, key)) for key in js.own_keys(source))
                continue
            key = yield from self.key(each.key, each.computed, scope)
            value = yield from self.value(each.value, scope)
            if each.kind == "init":
                made[key] = value
            else:
                self.define_accessor(made, key, each.kind, value)
        return made

    def define_accessor(self, target: object, key: object, kind: str, function: object) -> None:
        descriptor = js.Object({kind: function, "enumerable": True, "configurable": True})
        self.realm.call_method(
            self.realm.global_object["Object"], "defineProperty", target, key, descriptor
        )

    def get_ArrowFunctionExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        return ScriptFunction(self, node, scope)

    get_FunctionExpression = get_ArrowFunctionExpression  # noqa: N815

    def get_AwaitExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        return (yield (yield from self.value(node.argument, scope)))

    def get_SequenceExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        result = None
        for each in node.expressions:
            result = yield from self.value(each, scope)
        return result

    def get_ConditionalExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        test = yield from self.value(node.test, scope)
        return (
            yield from self.value(node.alternate if js.is_falsy(test) else node.consequent, scope)
        )

    def get_LogicalExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        left = yield from self.value(node.left, scope)
        stays = {
            "&&": js.is_falsy(left),
            "||": not js.is_falsy(left),
            "??": not js.is_nullish(left),
        }
        return left if stays[node.operator] else (yield from self.value(node.right, scope))

    def get_UnaryExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        operator, operand = node.operator, node.argument
        if operator == "delete":
            target = yield from self.value(operand.object, scope)
            key = yield from self.key(operand.property, operand.computed, scope)
            self.realm.delete(target, key)
            return True
        if operator == "typeof" and operand.type == "Identifier":
            try:
                scope.holder(operand.name)
            except js.ReferenceError:
                return "undefined"
        value = yield from self.value(operand, scope)
        return UNARY[operator](value)

    def get_BinaryExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        left = yield from self.value(node.left, scope)
        right = yield from self.value(node.right, scope)
        if node.operator == "in":
            return self.realm.has(right, left)
        return BINARY[node.operator](left, right)

    def get_AssignmentExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        target = node.left
        operator = node.operator.removesuffix("=")
        if target.type == "MemberExpression":
            holder = yield from self.value(target.object, scope)
            key = yield from self.key(target.property, target.computed, scope)
            old = self.realm.get(holder, key) if operator else None
            value = yield from self.assigned(operator, old, node.right, scope)
            self.realm.set(holder, key, value)
            return value
        names = scope.holder(target.name)
        value = yield from self.assigned(operator, names[target.name], node.right, scope)
        names[target.name] = value
        return value

    def assigned(self, operator: str, old: object, right: Any, scope: Scope) -> Steps:
        value = yield from self.value(right, scope)
        return BINARY[operator](old, value) if operator else value

    def get_UpdateExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        yield from ()
        names, name = scope.holder(node.argument.name), node.argument.name
        old = names[name]
        names[name] = old + (1 if node.operator == "++" else -1)
        return names[name] if node.prefix else old

    def get_ChainExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        try:
            return (yield from self.value(node.expression, scope))
        except Leave as leave:
            if leave.how != "chain":
                raise
            return None

    def get_MemberExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        target = yield from self.value(node.object, scope)
        if node.optional and js.is_nullish(target):
            raise Leave("chain")
        key = yield from self.key(node.property, node.computed, scope)
        return self.realm.get(target, key)

    def get_NewExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        target = yield from self.value(node.callee, scope)
        return js.construct(target, *(yield from self.arguments(node.arguments, scope)))

    def get_CallExpression(self, node: Any, scope: Scope) -> Steps:  # noqa: N802
        callee = node.callee
        if callee.type != "MemberExpression":
            function = yield from self.value(callee, scope)
            arguments = yield from self.arguments(node.arguments, scope)
            return js.call(function, *arguments)
        target = yield from self.value(callee.object, scope)
        if callee.optional and js.is_nullish(target):
            raise Leave("chain")
        key = yield from self.key(callee.property, callee.computed, scope)
        arguments = yield from self.arguments(node.arguments, scope)
        return self.realm.call_method(target, key, *arguments)

    def key(self, node: Any, computed: bool, scope: Scope) -> Steps:
        if not computed:
            return node.name if node.type == "Identifier" else js.to_string(node.value)
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


UNARY = {
    "!": js.is_falsy,
    "typeof": js.typeof,
    "void": lambda value: None,
    "-": js.OPERATORS["neg"],
    "+": js.to_number,
    "~": js.OPERATORS["bit_not"],
}
BINARY = {
    "+": js.OPERATORS["add"],
    "-": js.OPERATORS["sub"],
    "*": js.OPERATORS["mul"],
    "/": js.OPERATORS["div"],
    "%": js.OPERATORS["rem"],
    "**": js.OPERATORS["pow"],
    "<": js.OPERATORS["lt"],
    "<=": js.OPERATORS["le"],
    ">": js.OPERATORS["gt"],
    ">=": js.OPERATORS["ge"],
    "<<": js.OPERATORS["shl"],
    ">>": js.OPERATORS["shr"],
    "&": js.OPERATORS["bit_and"],
    "|": js.OPERATORS["bit_or"],
    "===": js.strict_equal,
    "!==": lambda left, right: not js.strict_equal(left, right),
    "==": js.loose_equal,
    "!=": lambda left, right: not js.loose_equal(left, right),
    "instanceof": js.instance_of,
}


def shown(value: object) -> str:
    """Give the text of a value that a program logged; the recorder has the same in JavaScript."""
    kind = js.kind_of(value)
    if kind is js.Kind.STRING:
        return js.json_stringify(value) or ""
    if kind is js.Kind.BIGINT:
        return f"{value}n"
    if isinstance(value, float) and value == 0:
        return "-0" if str(value) == "-0.0" else "0"
    if kind is js.Kind.FUNCTION:
        return "function"
    if isinstance(value, BaseException):
        return f"{js.error_name(value)}: {js.error_message(value)}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if kind is js.Kind.OBJECT:
        return _shown_object(value)
    return js.string_of(value)


def _shown_object(value: object) -> str:
    tag = js.class_tag(value)
    if tag.endswith("Array"):
        return f"{tag}[{', '.join(map(shown, js.iterate(value)))}]"
    members = ", ".join(f"{_name(key)}: {shown(js.get(value, key))}" for key in js.own_keys(value))
    return f"{'' if tag == 'Object' else tag}{{{members}}}"


def _name(key: object) -> str:
    return key if isinstance(key, str) else repr(key)


def lines_of(logged: Sequence[Sequence[object]]) -> Iterator[str]:
    """Give what a program logged, a line per call."""
    return (" ".join(map(shown, values)) for values in logged)
