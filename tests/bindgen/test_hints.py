"""Which JavaScript values TypeScript says more about, and where that is put."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bindgen.binding import exported, imported, interface, struct
from unpoison.bindgen import (
    ExportKind,
    Extern,
    Option,
    Param,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    Type,
    Vector,
)
from unpoison.bindgen.hints import with_hints
from unpoison.bindgen.typescript_names import read_names

NAMES = read_names(["interface Point { x: number }"], {}, lambda name: False).with_prefix("_")
POINT = Extern("Point", ("_Point", "_Point"))
ANY = Extern(None)
NUMBERS = ("Sequence[float]", "list[float]")


def hinted(type_: Type, override: str | None = None) -> Type:
    """The type of a parameter, once hints were put."""
    export = replace(exported("f"), params=(Param("a", type_, False, override),))
    return with_hints(interface(export), NAMES).functions[0].params[0].type


@pytest.mark.parametrize(
    ("type_", "wanted"),
    [
        (Extern("Point"), POINT),
        (Ref(Extern("Point")), Ref(POINT)),
        (Option(Vector(Extern("Point"))), Option(Vector(POINT))),
        (Extern("number[]"), Extern("number[]", NUMBERS)),
        (Extern("Unheard"), Extern("Unheard")),
        (Extern("keyof Point"), Extern("keyof Point")),
        (ANY, ANY),
        (Str(), Str()),
    ],
)
def test_a_named_value_gets_what_its_name_says(type_: Type, wanted: Type) -> None:
    assert hinted(type_) == wanted


@pytest.mark.parametrize(
    ("type_", "override", "wanted"),
    [
        (ANY, "number[]", Extern(None, NUMBERS)),
        (Ref(ANY), "Point", Extern(None, ("_Point", "_Point"))),
        (Option(ANY), "Point", Option(Extern(None, ("_Point", "_Point")))),
        (Vector(ANY), "number[]", Extern(None, NUMBERS)),
        (Ref(Slice(ANY)), "number[]", Extern(None, NUMBERS)),
        (Extern("Point"), "Unheard", POINT),
        (Scalar("f64"), "Point", Scalar("f64")),
        (Vector(Scalar("f64")), "Point", Vector(Scalar("f64"))),
    ],
)
def test_an_override_counts_where_rust_knows_nothing_better(
    type_: Type, override: str, wanted: Type
) -> None:
    assert hinted(type_, override) == wanted


def test_a_result_is_overridden_and_stays_a_result() -> None:
    export = replace(exported("f", result=Result(ANY)), result_typescript="Point")
    found = with_hints(interface(export), NAMES).functions[0].result
    assert found == Result(Extern(None, ("_Point", "_Point")))


def test_the_result_of_an_async_function_is_its_promises() -> None:
    export = exported("f", result=ANY, is_async=True)
    export = replace(export, declared_result=Result(ANY), result_typescript="Point")
    found = with_hints(interface(export), NAMES).functions[0]
    assert found.result == ANY
    assert found.declared_result == Result(Extern(None, ("_Point", "_Point")))


def test_members_and_imports_get_hints_too() -> None:
    method = exported(
        "m", Extern("Point"), class_name="Place", kind=ExportKind.METHOD, result=Extern("Point")
    )
    given = interface(struct("Place", method), imported("i", Extern("Point"), result=ANY))
    found = with_hints(given, NAMES)
    member = found.classes[0].members[0]
    assert (member.params[0].type, member.result) == (POINT, POINT)
    assert found.imports[0].params[0].type == POINT
