"""What each statement does."""
# ruff: noqa: N802 - a method is named after the node that it is for

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from tests.script.source import name_of
from tests.script.steps import Leave, Missing, Scope, Steps
from tests.script.walker import Walker
from unpoison import js


class Statements(Walker):
    """Statements, by node."""

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
