"""Which calls are compiled, and the letters that say what they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from unpoison.bindgen import (
    Export,
    Extern,
    Nullable,
    Option,
    Param,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    Vector,
    read_interface,
)
from unpoison.bindgen.compiled_form import MOST_PARAMS, compiled_form, import_form, result_letter
from unpoison.bindgen.interface import ExportKind
from unpoison.wasm import FuncType, Module

COUNTER = Path(__file__).parent.parent.parent / "examples" / "counter" / "counter.legacy.wasm"

U8S = Vector(Scalar("u8"))
NOTHING = Scalar("unit")


def export(params: list[Type], result: Type = NOTHING) -> Export:
    named = tuple(Param(f"p{place}", type_) for place, type_ in enumerate(params))
    kind = ExportKind.FUNCTION
    return Export("f", "f", FuncType((), ()), kind, None, None, named, result, result)


@pytest.mark.parametrize(
    ("type_", "letter"),
    [
        (Scalar("i8"), "b"),
        (Scalar("u32"), "I"),
        (Scalar("f64"), "d"),
        (Scalar("bool"), "?"),
        (Option(Scalar("f64")), "~d"),
        (Str(), "s"),
        (Ref(Str()), "s"),
        (Option(Str()), "~s"),
        (U8S, "y"),
        (Ref(Slice(Scalar("u8"))), "y"),
        (Extern(None), "O"),
        (Ref(Extern("Function")), "o"),
    ],
)
def test_a_parameter_has_a_letter(type_: Type, letter: str) -> None:
    assert compiled_form(export([type_]), on_object=False) == (letter, "-")


@pytest.mark.parametrize(
    "type_",
    [
        Scalar("i128"),
        Scalar("char"),
        Nullable(Scalar("f64")),
        Option(Nullable(Scalar("f64"))),
        Option(Extern(None)),
        Extern("Promise<undefined>"),
        Extern("string"),
        Ref(Slice(Scalar("u8")), True),
        Vector(Scalar("f64")),
        StructType("Point", ""),
    ],
)
def test_what_has_no_letter_is_left_to_the_generated_code(type_: Type) -> None:
    assert compiled_form(export([Scalar("u32"), type_]), on_object=False) is None


@pytest.mark.parametrize(
    ("type_", "letter"),
    [
        (Scalar("unit"), "-"),
        (Scalar("u64"), "Q"),
        (Option(Scalar("u64")), "~Q"),
        (Str(), "s"),
        (Str(True), None),
        (U8S, "y"),
        (Extern(None), "o"),
        (Result(Scalar("unit")), "!-"),
        (Result(Option(Str())), "!~s"),
        (Result(Vector(Str())), None),
        (Option(Scalar("unit")), None),
        (Nullable(Str()), None),
    ],
)
def test_a_result_has_a_letter_or_none(type_: Type, letter: str | None) -> None:
    assert result_letter(type_) == letter


def test_the_receiver_comes_first() -> None:
    form = compiled_form(export([Scalar("f64"), Str()], Scalar("bool")), on_object=True)
    assert form == ("@ds", "?")


def test_there_is_room_for_so_many_parameters() -> None:
    most = [Scalar("u8")] * MOST_PARAMS
    assert compiled_form(export(most), on_object=False) == ("B" * MOST_PARAMS, "-")
    assert compiled_form(export(most), on_object=True) is None


def test_imports_of_a_real_module_have_letters() -> None:
    imports = {
        item.name: item for item in read_interface(Module.parse(COUNTER.read_bytes())).imports
    }
    assert import_form(imports["reenter"]) == ("I", "I")
    assert import_form(imports["log"]) == ("s", "-")
    assert import_form(imports["apply"]) is None  # a closure that is lent
    assert import_form(imports["raw_hook"]) is None  # numbers that nobody described
