"""The host side of imports and casts: the mailbox in, the call, the mailbox out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bindgen.binding import UNIT, FakeBorder, imported, interface, plan_of, struct
from unpoison.bindgen import (
    Cast,
    Closure,
    Extern,
    Function,
    Import,
    ImportKind,
    Nullable,
    Option,
    Ref,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    Vector,
    make_python_source,
)
from unpoison.bindgen.abi import raw_signature
from unpoison.wasm import F64, I32, I64, FuncType

U32, F64_TYPE, I64_TYPE = Scalar("u32"), Scalar("f64"), Scalar("i64")
POINT = StructType("Point", "demo")
FUNCTION = Function(3, (), UNIT, UNIT)


def hosted(*items: Any, border: FakeBorder | None = None) -> FakeBorder:
    """Bind the items to a border; its imports do nothing until a test sets `imported`."""
    given = interface(*items)
    namespace: dict[str, Any] = {"__name__": "bindings"}
    exec(make_python_source(given, plan_of(given), "test"), namespace)
    border = border or FakeBorder()
    border.imported = [lambda *_: None] * 8
    namespace["bind"](border)
    return border


def serve(border: FakeBorder, function: Any) -> None:
    """Run the first host function with this function of the embedder."""
    border.imported[0] = function
    border.hosts[0]()


# --- arguments ---


def test_arguments_are_read_from_their_cells() -> None:
    border = hosted(imported("f", U32, F64_TYPE, Str(), Option(I64_TYPE), Scalar("bool")))
    border.stored.append(b"text")
    border.mail.u32[0] = 7
    border.mail.f64[1] = -0.5
    border.mail.u32[4], border.mail.u32[6] = 4096, 4
    border.mail.i32[8], border.mail.i64[5] = 1, -9
    border.mail.i32[12] = 1
    seen: list[Any] = []
    serve(border, lambda *given: seen.extend(given))
    assert seen == [7, -0.5, "text", -9, True]


def test_what_rust_lends_is_read_and_what_it_gives_is_freed() -> None:
    border = hosted(imported("f", Ref(Str()), Ref(Slice(F64_TYPE)), Ref(Extern(None))))
    border.stored += [b"text", bytes(8)]
    border.handles.append("value")
    for cell, value in enumerate((4096, 4, 8192, 1, 1001)):
        border.mail.u32[2 * cell] = value
    serve(border, lambda *_: None)
    assert border.steps() == ["get_str", "get_numbers"]


def test_cells_are_read_before_anything_else_may_use_the_mailbox() -> None:
    border = hosted(imported("f", Str(), U32))
    border.stored.append(b"text")

    def take(pointer: int, length: int) -> str:
        border.mail.u32[4] = 99
        return "text"

    border.take_str = take  # type: ignore[attr-defined]
    hosted(imported("f", Str(), U32), border=border)
    border.mail.u32[4] = 5
    seen: list[Any] = []
    serve(border, lambda *given: seen.append(given))
    assert seen == [("text", 5)]


def test_a_variadic_import_gets_the_elements() -> None:
    border = hosted(imported("f", U32, Ref(Slice(F64_TYPE)), variadic=True))
    border.stored.append(bytes(16))
    border.mail.u32[2], border.mail.u32[4] = 4096, 2
    seen: list[Any] = []
    serve(border, lambda *given: seen.append(given))
    assert seen == [(0, 0.0, 0.0)]


# --- results ---


def test_a_result_is_checked_then_stored_then_mailed() -> None:
    border = hosted(imported("f", result=Str()))
    serve(border, lambda: "é")
    assert border.stored == ["é".encode()]
    assert (border.mail.u32[0], border.mail.u32[2]) == (4096, 2)
    for bad, error in ((1, TypeError), ("\ud800", ValueError), (None, TypeError)):
        with pytest.raises(error, match="f: result "):
            serve(border, lambda bad=bad: bad)
    assert len(border.stored) == 1


def test_a_result_for_nothing_may_be_anything() -> None:
    border = hosted(imported("f"))
    serve(border, lambda: object())
    assert bytes(border.mail.memory) == bytes(1024)


def test_an_object_that_is_returned_moves() -> None:
    border = hosted(struct("Point"), imported("f", result=POINT))
    cls = next(
        value for value in border.hosts[0].__closure__ or () if _is_class(value)
    ).cell_contents
    point = cls.__new__(cls)
    border.adopt(point, 64)
    serve(border, lambda: point)
    assert border.mail.u32[0] == 64
    assert ("move", point) in border.log


def _is_class(cell: Any) -> bool:
    return isinstance(cell.cell_contents, type)


# --- exceptions ---


def test_an_exception_travels_out_without_catch() -> None:
    border = hosted(imported("f", result=U32))
    with pytest.raises(KeyError):
        serve(border, lambda: {}["x"])
    assert "catch" not in border.steps()


@pytest.mark.parametrize(
    "result", [U32, Str(), Option(F64_TYPE), Option(I64_TYPE), UNIT, Extern(None)]
)
def test_an_exception_is_caught_with_catch_and_the_result_is_zero(result: Type) -> None:
    border = hosted(imported("f", result=result, catch=True))
    border.mail.u64[0] = border.mail.u64[1] = 2**64 - 1
    error = KeyError("x")

    def fail() -> None:
        raise error

    serve(border, fail)
    assert ("catch", error) in border.log
    if result != UNIT:
        assert border.mail.u32[0] == 0


def test_a_wrong_result_is_an_exception_like_any_other() -> None:
    border = hosted(imported("f", result=U32, catch=True))
    serve(border, lambda: -1)
    assert isinstance(border.log[-1][1], OverflowError)


def test_an_interrupt_is_never_caught() -> None:
    border = hosted(imported("f", result=U32, catch=True))

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(border, interrupt)
    assert "catch" not in border.steps()


def test_a_borrowed_closure_is_dropped_when_the_import_returns_or_fails() -> None:
    class Held:
        dropped = 0

        def _drop(self) -> None:
            Held.dropped += 1

    border = FakeBorder()
    border.immediate_closure = lambda *_: Held()  # type: ignore[attr-defined]
    hosted(imported("f", Ref(FUNCTION, True)), border=border)
    serve(border, lambda function: None)
    with pytest.raises(KeyError):
        serve(border, lambda function: {}[function])
    assert Held.dropped == 2


# --- raw imports, classes, casts ---


def raw(*params: Any, results: tuple[Any, ...] = ()) -> Import:
    return Import(0, "env", "f", FuncType(params, results), ImportKind.RAW, "f")


def test_a_raw_import_works_on_numbers() -> None:
    border = hosted(raw(I32, I64, F64, results=(I64,)))
    border.mail.i32[0], border.mail.i64[1], border.mail.f64[2] = -1, -2, 0.5
    seen: list[Any] = []
    serve(border, lambda *given: seen.extend(given) or 2**64 - 1)
    assert seen == [-1, -2, 0.5]
    assert border.mail.i64[0] == -1
    serve(border, lambda *_: None)
    assert border.mail.i64[0] == 0
    for bad, error in ((0.5, TypeError), (2**64, OverflowError), ("1", TypeError)):
        with pytest.raises(error, match="the result of f"):
            serve(border, lambda *_, bad=bad: bad)


def class_function(kind: ImportKind) -> Import:
    name = "__wbg_point_new_x"
    return Import(
        0, "__wbindgen_placeholder__", name, FuncType((I32,), (I32,)), kind, name,
        class_name="Point", struct=StructType("Point", "demo"), crate="demo",
    )  # fmt: skip


def test_a_pointer_becomes_the_handle_of_an_object_and_back() -> None:
    border = hosted(struct("Point"), class_function(ImportKind.CLASS_WRAP))
    border.mail.u32[0] = 64
    border.hosts[0]()
    assert border.mail.u32[0] == 1001
    assert border.handles[0]._ptr == 64

    hosted(struct("Point"), class_function(ImportKind.CLASS_UNWRAP), border=border)
    border.hosts[0]()
    assert border.log[-1][0] == "unwrap"
    assert border.log[-1][2] is border.handles[0]


def test_a_class_that_is_not_exported_is_refused() -> None:
    border = hosted(class_function(ImportKind.CLASS_WRAP))
    with pytest.raises(NotImplementedError):
        border.hosts[0]()


def cast(source: Type, target: Type) -> Cast:
    return Cast(0, raw_signature([source], target), source, target)


def test_a_cast_gives_the_handle_of_the_value() -> None:
    for source, step in ((F64_TYPE, "number"), (I64_TYPE, "bigint"), (Scalar("u64"), "bigint")):
        border = hosted(cast(source, Extern(None)))
        border.mail.f64[0] = 1.5
        border.hosts[0]()
        assert step in border.steps()
        assert border.mail.u32[0] == 1001


def test_borrowed_text_that_is_cast_is_remembered_for_the_panic_that_may_follow() -> None:
    border = hosted(cast(Ref(Str()), Extern(None)))
    border.stored.append(b"oh no")
    border.mail.u32[0], border.mail.u32[2] = 4096, 5
    border.hosts[0]()
    assert border.gate.last_text == "oh no"
    assert border.handles == ["oh no"]


def test_a_closure_that_is_cast_becomes_a_function() -> None:
    border = hosted(cast(Closure(True, False, FUNCTION), Extern(None)))
    border.mail.u32[0], border.mail.u32[2] = 11, 22
    border.hosts[0]()
    assert ("owned_closure", 0, 11, 22) in border.log


# --- refusals ---


@pytest.mark.parametrize(("item", "type_"), [
    (imported("f", Vector(Nullable(Str()))), "Vec<Nullable<String>>"),
    (imported("f", unsupported=("T", "why")), "T"),
    (cast(Ref(Extern(None)), Scalar("i64_as_f64")), "isize"),
])  # fmt: skip
def test_what_is_not_bound_refuses_when_rust_calls_it(item: Any, type_: str) -> None:
    border = hosted(item)
    with pytest.raises(NotImplementedError) as caught:
        border.hosts[0]()
    assert caught.value.args[1] == type_


def test_an_import_whose_type_is_unknown_or_another_refuses() -> None:
    other = Import(
        0, "env", "f", FuncType((I32,), ()), ImportKind.FUNCTION, "f", path=("f",), result=UNIT
    )
    with pytest.raises(NotImplementedError):
        hosted(other).hosts[0]()
    nullable = Import(
        0, "env", "f", FuncType(), ImportKind.FUNCTION, "f", path=("f",), result=Nullable(Str())
    )
    with pytest.raises(NotImplementedError):
        hosted(nullable).hosts[0]()
