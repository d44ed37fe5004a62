"""What statements and expressions have in common: dispatch by node, functions, patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.script.functions import ScriptFunction
from tests.script.source import name_of
from tests.script.steps import Leave, Missing, Scope, Steps
from unpoison import js


class Walker:
    """Walks trees in one realm: `do_X` runs a statement, `get_X` gives an expression."""

    realm: js.Realm

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
        """Run statements; give the value of the last expression, as `eval` does."""
        for each in statements:
            if each.type == "FunctionDeclaration":
                scope.names[each.id.name] = self.function(each, scope)
        result = None
        for each in statements:
            value = yield from self.find("do", each)(each, scope)
            result = value if each.type == "ExpressionStatement" else result
        return result

    def find(self, prefix: str, node: Any) -> Callable[[Any, Scope], Steps]:
        found = getattr(self, f"{prefix}_{node.type}", None)
        if found is None:
            raise Missing(node.type)
        return found  # type: ignore[no-any-return]

    def value(self, node: Any, scope: Scope) -> Steps:
        return (yield from self.find("get", node)(node, scope))

    def key(self, node: Any, computed: bool, scope: Scope) -> Steps:
        if not computed and node.type == "Identifier":
            return node.name
        return js.to_property_key((yield from self.value(node, scope)))

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
                if each.type != "Property":
                    raise Missing(f"{each.type} of an object")
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
