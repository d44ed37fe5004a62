"""The table of intrinsics is complete and does what the glue does."""

from __future__ import annotations

import math

import pytest

from unpoison import js

# Those that are about handles, memory, control or the module: the runtime's.
ELSEWHERE = [
    "object_clone_ref",
    "object_drop_ref",
    "string_from_utf8_lossy",
    "throw",
    "rethrow",
    "memory",
    "exports",
    "module",
    "instance",
    "function_table",
    "copy_to_typed_array",
    "externref_heap_live_count",
    "init_externref_table",
    "panic_error",
    "reinit",
    "jspi_suspend",
    "jspi_in_context",
    "jspi_spawn_poll",
    "jspi_spawn_first",
]
ALL = [
    "jsval_eq",
    "jsval_loose_eq",
    "is_function",
    "is_undefined",
    "is_null",
    "is_null_or_undefined",
    "is_object",
    "is_symbol",
    "is_string",
    "is_bigint",
    "typeof",
    "in",
    "is_falsy",
    "try_into_number",
    "neg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bit_not",
    "shl",
    "shr",
    "unsigned_shr",
    "add",
    "sub",
    "div",
    "checked_div",
    "mul",
    "rem",
    "pow",
    "lt",
    "le",
    "ge",
    "gt",
    "bigint_get_as_i64",
    "number_get",
    "string_get",
    "boolean_get",
    "debug_string",
]


def test_every_value_intrinsic_of_0_2_130_is_there() -> None:
    assert sorted(js.INTRINSICS) == sorted(ALL)
    assert not set(js.INTRINSICS) & set(ELSEWHERE)


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("number_get", 5, 5.0),
        ("number_get", -0.0, -0.0),
        ("number_get", "5", None),
        ("number_get", True, None),
        ("number_get", js.BigInt(5), None),
        ("boolean_get", False, False),
        ("boolean_get", 0, None),
        ("string_get", "x", "x"),
        ("string_get", ["x"], None),
        ("bigint_get_as_i64", js.BigInt(2**63), -(2**63)),
        ("bigint_get_as_i64", js.BigInt(-1), -1),
        ("bigint_get_as_i64", 5, None),
        ("is_null_or_undefined", None, True),
        ("is_null_or_undefined", js.null, True),
        ("is_null_or_undefined", 0, False),
    ],
)
def test_getters(name: str, value: object, result: object) -> None:
    found = js.INTRINSICS[name](value)
    assert found == result
    assert type(found) is type(result)
    if isinstance(result, float):
        assert isinstance(found, float)
        assert math.copysign(1, found) == math.copysign(1, result)


def test_in_asks_the_right_operand() -> None:
    assert js.INTRINSICS["in"]("a", {"a": 1}) is True
    with pytest.raises(js.TypeError):
        js.INTRINSICS["in"]("a", "abc")
