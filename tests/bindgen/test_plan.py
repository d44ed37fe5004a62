"""The numbering of entries, closures and host functions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bindgen.binding import UNIT, exported, imported, interface, plan_of, struct
from unpoison.bindgen import (
    FREE,
    MALLOC,
    SHORT,
    Cast,
    Closure,
    ClosureShim,
    ExportKind,
    Extern,
    Function,
    Option,
    Ref,
    Result,
    Scalar,
    Str,
    StructType,
    Type,
    mailbox_bytes,
)
from unpoison.bindgen.abi import NotBound, raw_signature
from unpoison.bindgen.plan import (
    HOOK_SIGNATURE,
    check_cast,
    check_export,
    check_import,
    mailbox_cells,
    make_plan,
    split_area,
)
from unpoison.wasm import F64, I32, I64, FuncType, Module

U32 = Scalar("u32")


def shim(*params: Type, result: Type = UNIT, slot: int = 7) -> ClosureShim:
    described = Closure(True, False, Function(slot, params, result, result))
    return ClosureShim(described, raw_signature([U32, U32, *params], result))


def test_the_area_of_a_result_is_no_parameter_of_an_entry() -> None:
    assert split_area(FuncType((I32, F64), ()), (I32, I64)) == ((F64,), (I32, I64))
    assert split_area(FuncType((F64,), (I32,)), (I32,)) == ((F64,), (I32,))
    assert split_area(FuncType((F64,), ()), ()) == ((F64,), ())


def test_every_callable_export_has_one_entry() -> None:
    text = exported("f", Str(), result=Result(Str()))
    plan = plan_of(interface(text, exported("g"), exported("f2", symbol=text.symbol)))
    entry = plan.entries[text.symbol]
    assert (entry.number, entry.params, entry.results) == (0, (I32, I32), (I32, I32, I32, I32))
    assert entry.slots == 6
    assert [item.number for item in plan.entries.values()] == [0, 1]


def test_what_cannot_be_bound_has_no_entry() -> None:
    other = exported("h", U32, signature=FuncType((F64,), ()))
    marked = exported("i", unsupported=("JSPI", "no engine"))
    plan = plan_of(interface(exported("f", Option(Option(Str()))), other, marked))
    assert plan.entries == {}


def test_members_and_starts_are_entries_too() -> None:
    point = StructType("Point", "demo")
    new = exported("new", result=point, class_name="Point", kind=ExportKind.CONSTRUCTOR)
    get = exported("x", result=U32, class_name="Point", kind=ExportKind.FIELD_GETTER, property="x")
    begin = exported("begin")
    given = replace(interface(struct("Point", new, get)), starts=(begin,))
    plan = plan_of(given)
    assert plan.entries[get.symbol].params == (I32,)
    assert list(plan.entries) == [new.symbol, get.symbol, begin.symbol]
    assert [plan.entries[e.symbol].recovers for e in (new, get, begin)] == [False, True, False]


def test_functions_of_wasm_bindgen_run_while_the_word_is_set() -> None:
    given = replace(interface(exported("f")), support={"__wbindgen_free": FuncType((I32,) * 3, ())})
    plan = plan_of(given)
    assert not plan.entries["__wbindgen_free"].guarded
    assert all(e.guarded for name, e in plan.entries.items() if name != "__wbindgen_free")


def test_closures_of_one_type_share_an_entry() -> None:
    plan = plan_of(interface(shim(U32), shim(U32, slot=9), shim(Str(), result=Str())))
    known = {key[0]: entry for key, entry in plan.closures.items() if key != HOOK_SIGNATURE}
    assert [entry.params for entry in known.values()] == [
        (I32, I32, I32, I32),
        (I32, I32, I32, I32, I32),
    ]
    assert HOOK_SIGNATURE in plan.closures


def test_a_module_without_a_table_has_no_closures() -> None:
    given = replace(interface(shim(U32)), function_table=None)
    assert plan_of(given).closures == {}


def test_a_closure_that_was_compiled_otherwise_has_no_entry() -> None:
    wrong = replace(shim(U32), signature=FuncType((I32,), ()))
    assert list(plan_of(interface(wrong)).closures) == [HOOK_SIGNATURE]


def test_hosts_are_the_imports_in_order_then_the_casts() -> None:
    known = imported("f")
    cast = Cast(3, FuncType((F64,), (I32,)), Scalar("f64"), Extern(None))
    module = Module()
    module.add_import("env", "linker_only", FuncType())
    module.add_import(known.wasm_module, known.wasm_name, known.signature)
    assert make_plan(module, interface(known, cast)).hosts == ("linker_only", known, cast)


def test_an_allocator_of_other_types_is_not_called_by_entries() -> None:
    takes, gives = exported("f", Str()), exported("g", result=Str())
    good = {MALLOC: FuncType((I32, I32), (I32,)), FREE: FuncType((I32, I32, I32), ())}
    bad = {MALLOC: good[FREE], FREE: good[MALLOC]}
    for support, place in ((good, 0), (bad, None), ({MALLOC: good[MALLOC]}, None)):
        plan = plan_of(replace(interface(takes, gives), support=support))
        assert plan.entries[takes.symbol].short_param == place
        assert plan.entries[gives.symbol].gives_short is (place == 0)


def test_the_mailbox_has_a_cell_for_each_parameter_and_at_least_four() -> None:
    assert mailbox_cells([]) == 32
    assert mailbox_cells([FuncType((I32,) * 4)]) == 32
    assert mailbox_cells([FuncType((I64,) * 5), FuncType((I32,))]) == 48
    assert mailbox_cells([FuncType((I32,) * 9)]) % 16 == 0
    assert mailbox_bytes([]) == 32 + SHORT


def test_a_type_that_is_compiled_otherwise_than_it_is_declared_is_refused() -> None:
    wrong = FuncType((I64,), ())
    check_export(exported("f", U32))
    with pytest.raises(NotBound, match=r"declared .* but compiled as"):
        check_export(exported("f", U32, signature=wrong))
    with pytest.raises(NotBound, match=r"declared .* but compiled as"):
        check_import(replace(imported("f", U32), signature=wrong))
    with pytest.raises(NotBound, match=r"declared .* but compiled as"):
        check_cast(Cast(0, wrong, U32, Extern(None)))


def test_a_receiver_is_a_parameter_of_methods_only() -> None:
    this = {"class_name": "Point"}
    for kind in (ExportKind.METHOD, ExportKind.GETTER, ExportKind.FIELD_SETTER):
        check_export(exported("m", Ref(Str()), kind=kind, signature=FuncType((I32,) * 3), **this))
    for kind in (ExportKind.STATIC, ExportKind.CONSTRUCTOR):
        check_export(exported("m", Ref(Str()), kind=kind, signature=FuncType((I32,) * 2), **this))
