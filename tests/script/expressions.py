"""What each expression gives."""
# ruff: noqa: N802 - a method is named after the node that it is for

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.script.operators import BINARY, UNARY, is_decided
from tests.script.source import name_of, text_of
from tests.script.steps import Leave, Missing, Scope, Steps
from tests.script.walker import Walker
from unpoison import js


class Expressions(Walker):
    """Expressions, by node."""

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
