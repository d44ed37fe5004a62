"""Which of wasm-bindgen's own functions the glue is given, by what crosses and which way."""

from __future__ import annotations

import pytest

from tests.transform.little import UNIT
from unpoison.bindgen import (
    Closure,
    Export,
    ExportKind,
    Extern,
    Function,
    Import,
    ImportKind,
    Interface,
    Option,
    Panics,
    Param,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    Vector,
)
from unpoison.transform.needs import needed_support
from unpoison.wasm import FuncType

NOTHING = FuncType((), ())
JS = Extern()
MEMORY = {"malloc", "realloc", "free"}
HANDLES = {"table_alloc", "table_dealloc"}

INWARD: list[tuple[Type, set[str]]] = [
    (Scalar("u32"), set()),
    (JS, set()),
    (Ref(JS), set()),
    (Option(JS), {"table_alloc"}),
    (Str(), MEMORY),
    (Option(Ref(Str())), MEMORY),
    (Vector(Scalar("u8")), {"malloc", "free"}),
    (Ref(Slice(Scalar("f64"))), {"malloc", "free"}),
    (Vector(JS), {"malloc", "free", "drop_slice", *HANDLES}),
    (Vector(StructType("Acc")), {"malloc", "free", "drop_slice", *HANDLES}),
]

OUTWARD: list[tuple[Type, set[str]]] = [
    (Scalar("u32"), set()),
    (JS, set()),
    (Option(JS), set()),
    (Str(), {"free"}),
    (Ref(Str()), set()),
    (Ref(Slice(Scalar("u8"))), set()),
    (Ref(Slice(Scalar("bool"))), {"free"}),
    (Vector(JS), {"free", "drop_slice", "table_dealloc"}),
    (Result(UNIT), {"table_dealloc"}),
    (Result(Str()), {"table_dealloc", "free"}),
]


def needed(*items: Export | Import, catches: bool = True) -> set[str]:
    interface = Interface(
        name="needs",
        schema_version="",
        tool_version="",
        panics=Panics.UNWIND,
        functions=tuple(item for item in items if isinstance(item, Export)),
        imports=tuple(item for item in items if isinstance(item, Import)),
    )
    found = needed_support(interface, catches=catches)
    return {name.removeprefix("__wbindgen_").removeprefix("__externref_") for name in found}


def export(*params: Type, result: Type = UNIT) -> Export:
    given = tuple(Param("p", type_) for type_ in params)
    return Export("f", "f", NOTHING, ExportKind.FUNCTION, None, None, given, result, result)


def imported(*params: Type, result: Type = UNIT, catch: bool = False) -> Import:
    given = tuple(Param("p", type_) for type_ in params)
    kind = ImportKind.FUNCTION
    return Import(0, "env", "f", NOTHING, kind, "f", params=given, result=result, catch=catch)


@pytest.mark.parametrize(("described", "expected"), INWARD)
def test_on_the_way_in(described: Type, expected: set[str]) -> None:
    assert needed(export(described)) == expected
    assert needed(imported(result=described)) == expected


@pytest.mark.parametrize(("described", "expected"), OUTWARD)
def test_on_the_way_out(described: Type, expected: set[str]) -> None:
    assert needed(export(result=described)) == expected
    assert needed(imported(described)) == expected


def test_what_a_closure_is_called_with_goes_in() -> None:
    function = Function(1, (Str(),), Vector(Scalar("u8")), UNIT)
    assert needed(imported(Closure(True, True, function))) == {*MEMORY, "destroy_closure"}
    assert needed(imported(Ref(function))) == MEMORY


@pytest.mark.parametrize(("catches", "expected"), [(True, set()), (False, {"exn_store"})])
def test_glue_stores_exceptions_where_the_module_does_not(
    catches: bool, expected: set[str]
) -> None:
    assert needed(imported(catch=True), catches=catches) - HANDLES == expected
