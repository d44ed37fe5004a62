"""The operators, each an operation of the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unpoison import js


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
