"""What is inside a type."""

from __future__ import annotations

from unpoison.bindgen import (
    Closure,
    Function,
    Option,
    Ref,
    Result,
    Scalar,
    Str,
    UnionType,
    Vector,
)
from unpoison.bindgen.type_walk import closures_in, nested_types

U32, UNIT = Scalar("u32"), Scalar("unit")
INNER = Closure(True, False, Function(1, (Str(),), UNIT, UNIT))
OUTER = Closure(True, True, Function(2, (Option(INNER),), Result(U32), U32))


def test_a_type_comes_before_what_is_inside_it():
    described = Vector(Option(UnionType("U", "c", 0, (U32, Str()))))
    names = [type(inner).__name__ for inner in nested_types(described)]
    assert names == ["Vector", "Option", "UnionType", "Scalar", "Str"]


def test_closures_are_found_inside_closures():
    assert list(closures_in(Option(OUTER))) == [OUTER, INNER]


def test_closures_are_found_in_results():
    given = Closure(True, False, Function(4, (), INNER, UNIT))
    declared = Closure(True, False, Function(4, (), UNIT, INNER))
    assert list(closures_in(given)) == [given, INNER]
    assert list(closures_in(declared)) == [declared, INNER]


def test_a_reference_to_a_function_is_a_borrowed_closure():
    function = Function(3, (), UNIT, UNIT)
    assert list(closures_in(Ref(function, mutable=True))) == [Closure(False, True, function)]
    assert list(closures_in(function)) == []
