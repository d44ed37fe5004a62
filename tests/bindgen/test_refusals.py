"""Items without a binding are known before anything is used."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.bindgen.binding import exported, imported, interface, plan_of, struct
from unpoison.bindgen import (
    ExportKind,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    UnionType,
    Vector,
    make_python_source,
)
from unpoison.bindgen.refusals import mark_unsupported

U32, NESTED = Scalar("u32"), Option(Option(Scalar("u32")))
UNION = UnionType("Shape", "crate", 1, (U32,))

BOUND = [
    U32,
    Scalar("i128"),
    Str(),
    Option(U32),
    Vector(U32),
    Result(Vector(Str())),
    StructType("Acc", "demo"),
    UNION,
    Nullable(U32),
    Option(Nullable(Str())),
]
NOT_BOUND = [NESTED, Vector(UNION), Vector(Vector(U32)), Option(Option(UNION)), Result(NESTED)]


@pytest.mark.parametrize("kind", BOUND, ids=str)
def test_a_bound_result_is_not_marked(kind: Type) -> None:
    marked = mark_unsupported(interface(exported("f", U32, result=kind), struct("Acc")))
    assert marked.functions[0].unsupported is None


@pytest.mark.parametrize("kind", NOT_BOUND, ids=str)
def test_a_result_without_binding_is_marked_with_type_and_reason(kind: Type) -> None:
    (marked,) = mark_unsupported(interface(exported("f", result=kind))).functions
    assert marked.unsupported is not None
    assert all(marked.unsupported)


@pytest.mark.parametrize("kind", [NESTED, Vector(UNION), Ref(Slice(Nullable(U32)))], ids=str)
def test_a_parameter_without_binding_marks_its_export_and_import(kind: Type) -> None:
    marked = mark_unsupported(
        interface(
            exported("f", U32, kind),
            struct("Acc", exported("m", kind, kind=ExportKind.METHOD, class_name="Acc")),
            imported("good", U32),
            replace(imported("bad"), result=NESTED),
        )
    )
    assert marked.functions[0].unsupported is not None
    assert marked.classes[0].members[0].unsupported is not None
    assert [item.unsupported is None for item in marked.imports] == [True, False]


def test_a_struct_without_a_class_is_marked_by_its_name() -> None:
    marked = mark_unsupported(interface(exported("f", result=StructType("Gone"))))
    assert marked.functions[0].unsupported == ("Gone", "the module declares no such type")


@pytest.mark.parametrize("kind", [*BOUND, *NOT_BOUND], ids=str)
def test_the_generated_bindings_refuse_what_is_marked_and_nothing_else(kind: Type) -> None:
    given = interface(exported("f", result=kind), struct("Acc"))
    (marked,) = mark_unsupported(given).functions
    source = make_python_source(given, plan_of(given), "")
    refused = re.findall(r"_unsupported\(\s*[\"']f[\"']", source)
    assert bool(refused) is (marked.unsupported is not None)


def test_a_reason_that_linking_found_is_kept() -> None:
    given = interface(exported("f", result=NESTED, unsupported=("u8", "because")))
    assert mark_unsupported(given).functions[0].unsupported == ("u8", "because")
