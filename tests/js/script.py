"""Runs JavaScript test cases on a realm of ours, and describes their results as Node's recorder.

This is no engine: it is how a test says in JavaScript what a guest does, so that one text is the
question to Node and to us. Every operation goes through the realm, as a guest's imports do.
Evaluation is made of Python generators: what `yield` and `await` in a case stop, stops here.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Generator
from typing import Any

from tests.js.script_parser import Node, parse
from unpoison import js

Steps = Generator[Any, Any, Any]

BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "pow", "&": "bit_and",
    "|": "bit_or", "^": "bit_xor", "<<": "shl", ">>": "shr", ">>>": "unsigned_shr", "<": "lt",
    ">": "gt", "<=": "le", ">=": "ge", "===": "jsval_eq", "==": "jsval_loose_eq",
}  # fmt: skip


NAME_ONLY = "// name only"
"""At the end of a case: Node's message is not ours."""


class World:
    """A realm with its job queue, on which cases run."""

    def __init__(self, **names: object) -> None:
        self.queue = js.MicrotaskQueue(self._report)
        self.realm = js.make_realm(js.PromiseRealm(self.queue))
        for name, value in names.items():
            self.realm.global_object[name] = value
        self.errors: list[Exception] = []

    def _report(self, error: Exception) -> None:
        self.errors.append(error)

    def run(self, text: str) -> Any:
        """Give what a case evaluates to: the body of a function, or one expression.

        A promise is settled by running jobs, and its value given or its reason raised.
        """
        value = self.evaluate(text)
        if isinstance(value, js.Promise):
            self.queue.run_jobs()
            return value.result()
        return value

    def evaluate(self, text: str) -> Any:
        """Give what a case evaluates to, and run no job."""
        scope = Scope(None, {"this": None})
        return run_through(call_body(self, parse(as_body(text)), scope))

    def outcome(self, text: str) -> str:
        """Describe what a case gives or throws."""
        try:
            return self.show(self.run(text))
        except BaseException as error:  # noqa: BLE001 - whatever it throws
            return f"throws {self.show(js.from_exception(error))}"

    def show(self, value: object) -> str:
        """Describe a value; recorder.mjs has the same function in JavaScript."""
        return show(self.realm, value, 5)


def as_body(text: str) -> str:
    """Make an expression the body of a function."""
    text = text.removesuffix(NAME_ONLY).rstrip()
    is_body = text.startswith(("const ", "let ", "try ", "for ", "function")) or (
        not text.startswith("(") and "return " in text and ";" in text
    )
    return text if is_body else f"return ({text})"


def show(realm: js.Realm, value: Any, depth: int) -> str:
    kind = js.kind_of(value)
    if kind is js.Kind.NUMBER:
        return "-0" if value == 0 and str(value) == "-0.0" else js.number_to_string(value)
    if kind is js.Kind.STRING:
        return js.json_stringify(str(value)) or ""
    if kind is js.Kind.BIGINT:
        return f"{int(value)}n"
    if kind is js.Kind.SYMBOL:
        return repr(value)
    if kind is js.Kind.FUNCTION:
        return f"function {realm.get(value, 'name')}/{realm.get(value, 'length')}"
    if not js.is_reference(value):
        return js.string_of(value)
    return show_object(realm, value, depth - 1)


def show_object(realm: js.Realm, value: Any, depth: int) -> str:
    if isinstance(value, BaseException):
        return f"{realm.get(value, 'name')}: {realm.get(value, 'message')}"
    if not depth:
        return "..."
    tag = js.call_method(js.get(realm.prototype(js.spec_of({})), "toString"), "call", value)[8:-1]
    if tag in ("Map", "Set") and js.is_function(js.get(value, js.Symbol.iterator)):
        return f"{tag}({','.join(show(realm, each, depth) for each in js.iterate(value))})"
    if js.is_array(value):
        items = [realm.get(value, i) for i in range(realm.get(value, "length"))]
        inside = f"[{','.join(show(realm, each, depth) for each in items)}]"
        named = [k for k in js.own_keys(value) if isinstance(k, str) and not k.isdecimal()]
        members = ",".join(f"{k}:{show(realm, realm.get(value, k), depth)}" for k in named)
        return f"{inside}{{{members}}}" if members else inside
    if tag == "RegExp" and isinstance(value, js.RegExp):
        return f"{js.string_of(value)} at {show(realm, value.last_index, depth)}"
    if tag == "Date":
        return f"Date {show(realm, js.call_method(value, 'getTime'), depth)}"
    members = [f"{name(k)}:{show(realm, realm.get(value, k), depth)}" for k in js.own_keys(value)]
    return f"{'' if tag == 'Object' else tag}{{{','.join(members)}}}"


def name(key: object) -> str:
    return key if isinstance(key, str) else repr(key)


class Scope:
    """The variables of one block."""

    def __init__(self, outer: Scope | None, names: dict[str, Any]) -> None:
        self.outer = outer
        self.names = names

    def find(self, name: str) -> dict[str, Any] | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.outer
        return None


class Return(Exception):  # noqa: N818
    """A `return` statement on its way."""


class Break(Exception):  # noqa: N818
    """A `break` statement on its way."""


class Continue(Exception):  # noqa: N818
    """A `continue` statement on its way."""


class Await:
    """What an `await` stops with."""

    def __init__(self, value: object) -> None:
        self.value = value


CONTROL = (Return, Break, Continue, GeneratorExit)


def run_through(steps: Steps) -> Any:
    """Run steps that never stop."""
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("await or yield outside of a function that can stop")


class ScriptFunction(js.JsFunction):
    """A function that a case has written."""

    __slots__ = ("_node", "_scope", "_world")

    def __init__(self, world: World, node: Node, scope: Scope) -> None:
        _, name, parameters, _, _ = node
        plain = 0
        for each in parameters:
            if each[0] == "rest" or each[2] is not None:
                break
            plain += 1
        super().__init__(name, plain)
        self._world, self._node, self._scope = world, node, scope
        if node[4] == "function":
            prototype = js.Object()
            world.run_static("defineProperty", prototype, "constructor", {"value": self})
            self._js_own["prototype"] = prototype
            js.own_keys(self)

    @property
    def constructs(self) -> bool:
        return self._node[4] == "function"

    def call_on(self, this: object, *arguments: object) -> Any:
        _, _, parameters, body, kind = self._node
        names: dict[str, Any] = {} if "arrow" in kind else {"this": this}
        scope = Scope(self._scope, names)
        steps = self._steps(parameters, body, scope, arguments)
        if "generator" in kind:
            if "async" in kind:
                raise AssertionError("async generators are given by the host")
            return generator(steps)
        return self._drive(steps) if "async" in kind else run_through(steps)

    def _steps(self, parameters: Any, body: Any, scope: Scope, arguments: Any) -> Steps:
        yield from bind(self._world, ("array pattern", parameters), list(arguments), scope)
        return (yield from call_body(self._world, body, scope))

    def construct(self, *arguments: object) -> Any:
        made = js.Object()
        self._world.run_static("setPrototypeOf", made, js.get(self, "prototype"))
        result = self.call_on(made, *arguments)
        return result if js.is_reference(result) else made

    def _drive(self, steps: Steps) -> Any:
        made = js.with_resolvers(self._world.realm.promises)

        def step(resume: Callable[[], Any]) -> None:
            try:
                stopped = resume()
            except StopIteration as end:
                made.resolve(end.value)
            except Exception as error:  # noqa: BLE001 - rejects the promise
                made.reject(js.from_exception(error))
            else:
                awaited = js.resolve(self._world.realm.promises, stopped.value)
                awaited.then(
                    lambda value: step(lambda: steps.send(value)),
                    lambda reason: step(lambda: steps.throw(js.as_exception(reason))),
                )

        step(lambda: next(steps))
        return made.promise


def generator(steps: Steps) -> Generator[Any, Any, Any]:
    """Be the host's generator that the steps of a `function*` make."""
    return (yield from steps)


def call_body(world: World, body: list[Node], scope: Scope) -> Steps:
    try:
        yield from block(world, body, scope)
    except Return as returned:
        return returned.args[0]
    return None


def block(world: World, body: list[Node], scope: Scope) -> Steps:
    for statement in body:
        if statement[0] == "let" and statement[1][0] == "name" and is_function(statement[2]):
            scope.names[statement[1][1]] = None  # hoisted, so that functions see each other
    for statement in body:
        yield from execute(world, statement, scope)


def is_function(node: Node | None) -> bool:
    return node is not None and node[0] == "function"


def execute(world: World, node: Node, scope: Scope) -> Steps:
    yield from STATEMENTS[node[0]](world, node, scope)


def declare(world: World, node: Node, scope: Scope) -> Steps:
    value = None if node[2] is None else (yield from named(world, node[2], node[1], scope))
    yield from bind(world, node[1], value, scope)


def named(world: World, node: Node, target: Node, scope: Scope) -> Steps:
    """Evaluate; a function without a name is named after its variable."""
    if is_function(node) and not node[1] and target[0] in ("name", "value"):
        node = ("function", target[1], *node[2:])
    return (yield from evaluate(world, node, scope))


def bind(world: World, target: Node, value: Any, scope: Scope) -> Steps:
    kind, rest = target[0], target[1]
    if kind == "name":
        scope.names[rest] = value
        return
    if kind == "object pattern":
        for key, inner, default in rest:
            found = world.realm.get(value, key)
            if found is None and default is not None:
                found = yield from evaluate(world, default, scope)
            yield from bind(world, inner, found, scope)
        return
    items = js.iterate(value)
    for each in rest:
        if each[0] == "rest":
            yield from bind(world, each[1], js.Array(items), scope)
        else:
            found = next(items, None)
            if found is None and each[2] is not None:
                found = yield from named(world, each[2], each[1], scope)
            yield from bind(world, each[1], found, scope)


def many(world: World, node: Node, scope: Scope) -> Steps:
    for each in node[1]:
        yield from execute(world, each, scope)


def inner_block(world: World, node: Node, scope: Scope) -> Steps:
    yield from block(world, node[1], Scope(scope, {}))


def expression(world: World, node: Node, scope: Scope) -> Steps:
    yield from evaluate(world, node[1], scope)


def give_back(world: World, node: Node, scope: Scope) -> Steps:
    raise Return(None if node[1] is None else (yield from evaluate(world, node[1], scope)))


def throw(world: World, node: Node, scope: Scope) -> Steps:
    raise js.as_exception((yield from evaluate(world, node[1], scope)))


def leave(world: World, node: Node, scope: Scope) -> Steps:
    yield from ()
    raise Break if node[0] == "break" else Continue


def choose(world: World, node: Node, scope: Scope) -> Steps:
    test = yield from evaluate(world, node[1], scope)
    chosen = node[3] if js.is_falsy(test) else node[2]
    if chosen is not None:
        yield from execute(world, chosen, scope)


def loop(world: World, node: Node, scope: Scope) -> Steps:
    kind, *rest = node
    first, test, step, body = rest if kind == "for" else (None, rest[0], None, rest[1])
    inner = Scope(scope, {})
    if first is not None:
        yield from execute(world, first, inner)
    while test is None or not js.is_falsy((yield from evaluate(world, test, inner))):
        try:
            yield from execute(world, body, inner)
        except Break:
            return
        except Continue:
            pass
        if step is not None:
            yield from evaluate(world, step, inner)


def walk(world: World, node: Node, scope: Scope) -> Steps:
    _, target, source, body, waits = node
    values = js.iterate((yield from evaluate(world, source, scope)))
    try:
        for value in values:
            inner = Scope(scope, {})
            yield from bind(world, target, (yield Await(value)) if waits else value, inner)
            try:
                yield from execute(world, body, inner)
            except Break:
                break
            except Continue:
                continue
    finally:
        if isinstance(values, types.GeneratorType) or getattr(values, "js_closes", False):
            values.close()


def attempt(world: World, node: Node, scope: Scope) -> Steps:
    _, body, name, handler, final = node
    try:
        try:
            yield from block(world, body, Scope(scope, {}))
        except CONTROL:
            raise
        except Exception as error:
            if handler is None:
                raise
            inner = Scope(scope, {})
            if name is not None:
                yield from bind(world, name, js.from_exception(error), inner)
            yield from block(world, handler, inner)
    finally:
        if final is not None:
            yield from block(world, final, Scope(scope, {}))


STATEMENTS: dict[str, Callable[[World, Node, Scope], Steps]] = {
    "let": declare, "many": many, "block": inner_block, "expression": expression,
    "return": give_back, "throw": throw, "break": leave, "continue": leave, "if": choose,
    "while": loop, "for": loop, "for of": walk, "try": attempt,
}  # fmt: skip


def evaluate(world: World, node: Node, scope: Scope) -> Steps:
    return (yield from EXPRESSIONS[node[0]](world, node, scope))


def literal(world: World, node: Node, scope: Scope) -> Steps:
    yield from ()
    value = node[1]
    return js.BigInt(value[1]) if isinstance(value, tuple) else value


WORDS = {"undefined": None, "null": js.null, "true": True, "false": False}


def variable(world: World, node: Node, scope: Scope) -> Steps:
    yield from ()
    name = node[1]
    if name in WORDS:
        return WORDS[name]
    names = scope.find(name)
    if names is not None:
        return names[name]
    if not js.has(world.realm.global_object, name):
        raise js.ReferenceError(f"{name} is not defined")
    return world.realm.get(world.realm.global_object, name)


def array(world: World, node: Node, scope: Scope) -> Steps:
    return js.Array((yield from arguments(world, node[1], scope)))


def arguments(world: World, nodes: list[Node], scope: Scope) -> Steps:
    found: list[object] = []
    for node in nodes:
        if node[0] == "spread":
            found += js.iterate((yield from evaluate(world, node[1], scope)))
        else:
            found.append((yield from evaluate(world, node, scope)))
    return found


def object_literal(world: World, node: Node, scope: Scope) -> Steps:
    made = js.Object()
    for member in node[1]:
        if member[0] == "spread":
            source = yield from evaluate(world, member[1], scope)
            if not js.is_nullish(source):
                for key in js.own_keys(source):
                    made[key] = world.realm.get(source, key)
            continue
        kind, key_node, value_node = member
        key = js.to_property_key((yield from evaluate(world, key_node, scope)))
        name = f"{kind} {key}" if kind in ("get", "set") else key
        value = yield from named(world, value_node, ("value", name), scope)
        if kind in ("get", "set"):
            descriptor = {kind: value, "enumerable": True, "configurable": True}
            world.run_static("defineProperty", made, key, descriptor)
        else:
            made[key] = value
    return made


def run_static(world: World, name: str, *arguments: object) -> Any:
    return js.call_method(world.realm.global_object["Object"], name, *arguments)


World.run_static = run_static  # type: ignore[attr-defined]


def function(world: World, node: Node, scope: Scope) -> Steps:
    yield from ()
    return ScriptFunction(world, node, scope)


def conditional(world: World, node: Node, scope: Scope) -> Steps:
    test = yield from evaluate(world, node[1], scope)
    return (yield from evaluate(world, node[3] if js.is_falsy(test) else node[2], scope))


def sequence(world: World, node: Node, scope: Scope) -> Steps:
    yield from evaluate(world, node[1], scope)
    return (yield from evaluate(world, node[2], scope))


def binary(world: World, node: Node, scope: Scope) -> Steps:
    _, operator, left_node, right_node = node
    left = yield from evaluate(world, left_node, scope)
    if is_decided(operator, left):
        return left
    right = yield from evaluate(world, right_node, scope)
    return operate(world, operator, left, right)


def is_decided(operator: str, left: object) -> bool:
    """Tell whether a logical operator needs no right side."""
    if operator == "??":
        return not js.is_nullish(left)
    return operator in ("&&", "||") and js.is_falsy(left) == (operator == "&&")


def operate(world: World, operator: str, left: object, right: object) -> object:
    if operator in ("??", "&&", "||", ""):
        return right
    if operator in ("!==", "!="):
        return not operate(world, operator.replace("!", "="), left, right)
    if operator == "in":
        return world.realm.has(right, js.to_property_key(left))
    if operator == "instanceof":
        return js.instance_of(left, right)
    return js.OPERATORS[BINARY[operator]](left, right)


def unary(world: World, node: Node, scope: Scope) -> Steps:
    _, operator, operand = node
    if operator == "delete":
        target = yield from evaluate(world, operand[1], scope)
        key = js.to_property_key((yield from evaluate(world, operand[2], scope)))
        world.realm.delete(target, key)
        return True
    value = yield from evaluate(world, operand, scope)
    if operator == "await":
        return (yield Await(value))
    return UNARY[operator](value)


UNARY: dict[str, Callable[[Any], object]] = {
    "!": js.is_falsy,
    "-": js.OPERATORS["neg"],
    "~": js.OPERATORS["bit_not"],
    "+": js.to_number,
    "typeof": js.typeof,
    "void": lambda value: None,
}


def reference(world: World, node: Node, scope: Scope) -> Steps:
    """Give how a place is read and written."""
    if node[0] == "name":
        names = scope.find(node[1])
        assert names is not None, f"{node[1]} is not declared"
        return (lambda: names[node[1]]), (lambda value: names.__setitem__(node[1], value))
    target = yield from evaluate(world, node[1], scope)
    key = js.to_property_key((yield from evaluate(world, node[2], scope)))
    realm = world.realm
    return (lambda: realm.get(target, key)), (lambda value: realm.set(target, key, value))


def assign(world: World, node: Node, scope: Scope) -> Steps:
    _, operator, target, value_node = node
    read, write = yield from reference(world, target, scope)
    if operator:
        left = read()
        if is_decided(operator, left):
            return left
        value = operate(world, operator, left, (yield from evaluate(world, value_node, scope)))
    else:
        value = yield from evaluate(world, value_node, scope)
    write(value)
    return value


def postfix(world: World, node: Node, scope: Scope) -> Steps:
    read, write = yield from reference(world, node[2], scope)
    before = js.to_number(read())
    write(operate(world, node[1], before, 1))
    return before


def member(world: World, node: Node, scope: Scope) -> Steps:
    target = yield from evaluate(world, node[1], scope)
    if node[3] and js.is_nullish(target):
        return None
    key = yield from evaluate(world, node[2], scope)
    return world.realm.get(target, js.to_property_key(key))


def call(world: World, node: Node, scope: Scope) -> Steps:
    _, callee, argument_nodes, optional = node
    if callee[0] == "member":
        return (yield from call_member(world, node, scope))
    target = yield from evaluate(world, callee, scope)
    if optional and js.is_nullish(target):
        return None
    given = yield from arguments(world, argument_nodes, scope)
    if not js.is_function(target):
        raise js.TypeError(f"{callee[1]} is not a function")
    return js.invoke(target, None, *given)


def call_member(world: World, node: Node, scope: Scope) -> Steps:
    _, (_, target_node, key_node, _), argument_nodes, _ = node
    target = yield from evaluate(world, target_node, scope)
    key = js.to_property_key((yield from evaluate(world, key_node, scope)))
    if (node[3] or node[1][3]) and (js.is_nullish(target) or world.realm.get(target, key) is None):
        return None
    given = yield from arguments(world, argument_nodes, scope)
    return world.realm.call_method(target, key, *given)


def new(world: World, node: Node, scope: Scope) -> Steps:
    target = yield from evaluate(world, node[1], scope)
    return js.construct(target, *(yield from arguments(world, node[2], scope)))


def give(world: World, node: Node, scope: Scope) -> Steps:
    return (yield None if node[1] is None else (yield from evaluate(world, node[1], scope)))


def give_all(world: World, node: Node, scope: Scope) -> Steps:
    return (yield from js.iterate((yield from evaluate(world, node[1], scope))))


EXPRESSIONS: dict[str, Callable[[World, Node, Scope], Steps]] = {
    "value": literal, "name": variable, "array": array, "object": object_literal,
    "function": function, "conditional": conditional, "sequence": sequence, "binary": binary,
    "unary": unary, "assign": assign, "postfix": postfix, "member": member, "call": call,
    "new": new, "yield": give, "yield*": give_all,
}  # fmt: skip
