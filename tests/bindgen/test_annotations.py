"""What a type is in Python's own words, given and taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bindgen.binding import exported
from unpoison.bindgen import (
    Clamped,
    Closure,
    EnumType,
    ExportKind,
    Extern,
    Function,
    Option,
    Param,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
    signature_text,
)
from unpoison.bindgen.annotations import parameter_annotation, result_annotation

POINT = StructType("Point")
UNIT = Scalar("unit")


@pytest.mark.parametrize(("type_", "given", "taken"), [
    (Scalar("i8"), "int", "int"), (Scalar("u64"), "int", "int"), (Scalar("u128"), "int", "int"),
    (Scalar("raw_pointer"), "int", "int"), (Scalar("f32"), "float", "float"),
    (Scalar("bool"), "bool", "bool"), (Scalar("char"), "str", "str"),
    (Scalar("unit"), "None", "None"), (Str(), "str", "str"), (Ref(Str()), "str", "str"),
    (Extern(None), "object", "object"), (Ref(Extern("Object")), "object", "object"),
    (Extern("string"), "str", "str"),
    (Option(Scalar("u8")), "int | None", "int | None"), (Option(Extern(None)), "object", "object"),
    (Option(Str()), "str | None", "str | None"),
    (Vector(Scalar("u8")), "Buffer | Sequence[int]", "bytes"),
    (Ref(Slice(Scalar("u8"))), "Buffer | Sequence[int]", "bytes"),
    (Clamped(Vector(Scalar("u8"))), "Buffer | Sequence[int]", "bytes"),
    (Vector(Scalar("i64")), "Buffer | Sequence[int]", "array[int]"),
    (Ref(Slice(Scalar("f32"))), "Buffer | Sequence[float]", "array[float]"),
    (Option(Vector(Scalar("f64"))), "Buffer | Sequence[float] | None", "array[float] | None"),
    (Vector(Extern("string")), "Sequence[str]", "list[str]"),
    (Vector(Extern(None)), "Sequence[object]", "list[object]"),
    (Vector(Scalar("bool")), "Sequence[bool]", "list[bool]"),
    (POINT, "X.Point", "X.Point"), (Ref(POINT), "X.Point", "X.Point"),
    (Vector(POINT), "Sequence[X.Point]", "list[X.Point]"),
    (Option(POINT), "X.Point | None", "X.Point | None"),
    (EnumType("Color", 2), "X.Color", "X.Color"), (StringEnumType("Mode", 2), "X.Mode", "X.Mode"),
    (Result(Option(Str())), "object", "str | None"),
])  # fmt: skip
def test_a_type_in_python(type_: Type, given: str, taken: str) -> None:
    assert parameter_annotation(type_, "X.") == given
    assert result_annotation(type_, "X.") == taken


def signature(*params: Type, result: Type = UNIT, **more: object) -> str:
    export = exported("f", *params, result=result, **more)
    return signature_text(export, [param.name for param in export.params])


def test_a_signature_in_python() -> None:
    assert signature() == "() -> None"
    assert signature(Str(), Scalar("f64"), result=Result(Str())) == "(a: str, b: float) -> str"


def test_options_at_the_end_may_be_left_out() -> None:
    number = Option(Scalar("u8"))
    assert signature(number, Str(), number, number) == (
        "(a: int | None, b: str, c: int | None = None, d: int | None = None) -> None"
    )


def test_a_setter_has_no_default() -> None:
    text = signature(Option(Str()), class_name="Point", kind=ExportKind.SETTER, property="x")
    assert text == "(a: str | None) -> None"


def test_a_variadic_function_takes_the_elements_one_by_one() -> None:
    text = signature(Option(Str()), Vector(Scalar("f64")), variadic=True)
    assert text == "(a: str | None, *b: float) -> None"


@pytest.mark.parametrize(("declared", "promised"), [
    (UNIT, "None"), (Result(UNIT), "None"), (Scalar("u64"), "int"), (Scalar("f64"), "float"),
    (Result(Option(Str())), "str | None"), (Vector(Scalar("u8")), "bytes"), (POINT, "Point"),
    (EnumType("Color", 2), "int"), (StringEnumType("Mode", 2), "str"),
    (Option(EnumType("Color", 2)), "int | None"), (Extern(None), "object"),
    (Extern("Point", ("A", "B")), "B"),
])  # fmt: skip
def test_an_async_function_gives_a_promise_of_what_javascript_sees(
    declared: Type, promised: str
) -> None:
    export = exported("f", result=Extern(None), is_async=True)
    text = signature_text(replace(export, declared_result=declared), [])
    assert text == f"() -> Promise[{promised}]"


NUMBER = Scalar("f64")


@pytest.mark.parametrize(("function", "given", "taken"), [
    (Function(0, (), UNIT, UNIT), "Callable[[], object]", "Callable[[], None]"),
    (Function(0, (NUMBER, POINT), Option(NUMBER), UNIT),
     "Callable[[float, X.Point], float | None]", "Callable[[float, X.Point], float | None]"),
    (Function(0, (Vector(NUMBER),), Vector(NUMBER), UNIT),
     "Callable[[array[float]], Buffer | Sequence[float]]",
     "Callable[[Buffer | Sequence[float]], array[float]]"),
])  # fmt: skip
def test_a_closure_says_what_it_takes_and_gives(function: Function, given: str, taken: str) -> None:
    for closure in (Ref(function), Ref(function, mutable=True), Closure(True, False, function)):
        assert parameter_annotation(closure, "X.") == given
        assert result_annotation(closure, "X.") == taken
    assert parameter_annotation(Option(Ref(function)), "X.") == f"{given} | None"


def test_a_javascript_value_is_what_its_hint_says() -> None:
    hinted = Extern("Point", ("Given", "Taken"))
    for type_ in (hinted, Ref(hinted)):
        assert parameter_annotation(type_) == "Given"
        assert result_annotation(type_) == "Taken"
    assert parameter_annotation(Option(hinted)) == "Given | None"
    assert result_annotation(Vector(hinted)) == "list[Taken]"


def test_what_typescript_may_leave_out_may_be_left_out() -> None:
    left = [Param("a", Extern(None), True), Param("b", Ref(Extern(None)), True)]
    hinted = Param("c", Extern("Point", ("Given", "Taken")), True)
    export = replace(exported("f"), params=(Param("n", NUMBER, True), *left, hinted))
    text = signature_text(export, ["n", "a", "b", "c"])
    assert text == (
        "(n: float, a: object = None, b: object = None, c: Given | None = None) -> None"
    )
