"""Linking: real modules, and each rule on a module made for it."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace

import pytest

from fuzz import interface_mutations
from tests.bindgen.making import (
    BUILDS,
    CRATE,
    HASH,
    PLACEHOLDER,
    Guest,
    counter,
    crate,
    export,
    field,
    function,
    function_words,
    import_function,
    imported,
    program,
    struct,
    text_words,
)
from unpoison import eh
from unpoison.bindgen import (
    Export,
    ExportKind,
    ImportKind,
    Panics,
    Scalar,
    read_interface,
    rust_type,
)
from unpoison.bindgen import records as r
from unpoison.bindgen.export_linking import with_descriptions
from unpoison.errors import UnsupportedModule
from unpoison.wasm import F64, I32, FuncType, Module

U32_WORDS, UNIT_WORDS = [5], [33]
CLOSURE = [16, 1, 1, *function_words([[5]], [33], shim=1)]
SHIM = FuncType((I32, I32, I32), ())


def read(data):
    return read_interface(Module.parse(data))


def functions(interface):
    return {item.name: item for item in interface.functions}


def classes(interface):
    return {item.name: item for item in interface.classes}


def refused(interface):
    """Give every item that is there and cannot be used."""
    members = [member for class_ in interface.classes for member in class_.members]
    items = [*interface.functions, *members, *interface.imports, *interface.casts]
    return [item for item in items if item.unsupported is not None]


# --- real modules ---


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", ["types", "starts", "counter"])
def test_everything_in_a_real_module_links_and_agrees_with_its_wasm_types(name, build):
    interface = read(counter(build) if name == "counter" else crate(name, build))
    assert refused(interface) == []
    assert interface.name == name
    assert interface.panics is (Panics.ABORT if build == "abort" else Panics.UNWIND)
    assert (interface.function_table, interface.stack_pointer) == (0, 0)
    assert interface.terminated_word and interface.abort_handler_word
    assert len(interface.panic_tags) == (build != "abort")


def test_builds_of_one_crate_offer_the_same():
    def offered(build):
        interface = read(crate("types", build))
        members = [(c.name, member.name) for c in interface.classes for member in c.members]
        return sorted(functions(interface)), sorted(members), interface.typescript

    assert offered("legacy") == offered("exnref") == offered("abort")


def test_translated_exception_handling_changes_nothing():
    legacy = counter("legacy")
    assert read(eh.to_exnref(legacy)) == read(legacy)


def test_linking_the_example_takes_a_fraction_of_a_second():
    module = Module.parse(counter())
    started = time.process_time()
    read_interface(module)
    assert time.process_time() - started < 1


def test_an_interface_survives_pickling():
    interface = read(counter())
    assert pickle.loads(pickle.dumps(interface)) == interface


def test_what_describes_parameters_and_results_is_documentation():
    found = functions(read(crate("documented", "legacy")))
    assert found["words"].docs == (
        "Types that only TypeScript knows.",
        "",
        "Args:",
        "    text: words with spaces between them",
        "",
        "Returns:",
        "    the words",
    )
    assert [p.typescript for p in found["words"].params] == ["string | undefined", "number"]
    assert [p.optional for p in found["words"].params] == [False, True]
    assert found["words"].result_typescript == "string[]"
    assert (found["later"].docs, found["later"].result_typescript) == (("Nothing, later.",), None)


def test_a_description_of_several_lines_hangs():
    argument = r.Argument("a", None, False, "first\n\nsecond ")
    described = replace(function("f"), args=(argument,), result_description="one\ntwo")
    assert with_descriptions((), described) == (
        "Args:",
        "    a: first",
        "",
        "        second",
        "",
        "Returns:",
        "    one",
        "        two",
    )


def test_the_counter_has_its_functions_with_types_names_and_docs():
    found = functions(read(counter()))
    greet = found["greet"]
    assert (greet.kind, greet.docs) == (ExportKind.FUNCTION, ("Greet somebody by name.",))
    assert [(p.name, rust_type(p.type)) for p in greet.params] == [("name", "&str")]
    assert rust_type(greet.result) == "String"
    assert str(greet.signature) == "(i32, i32, i32) -> ()"
    slow = found["slow"]
    assert slow.is_async
    assert (rust_type(slow.result), rust_type(slow.declared_result)) == (
        "JsValue", "Result<u32, JsValue>",
    )  # fmt: skip


def test_the_counter_has_a_class_with_every_kind_of_member():
    acc = classes(read(counter()))["Acc"]
    kinds = {(member.name, member.kind) for member in acc.members}
    assert acc.free == acc.members[0].symbol.replace("get_acc_pushes", "acc_free")
    assert {
        ("new", ExportKind.CONSTRUCTOR),
        ("push", ExportKind.METHOD),
        ("starting_at", ExportKind.STATIC),
        ("total", ExportKind.GETTER),
        ("set_total", ExportKind.SETTER),
        ("label", ExportKind.FIELD_GETTER),
        ("label", ExportKind.FIELD_SETTER),
    } <= kinds
    assert {member.name for member in acc.members if member.consumes_self} >= {"finish"}
    setter = next(member for member in acc.members if member.name == "set_total")
    assert setter.property == "total"


def test_the_counter_starts_with_its_start_function():
    interface = read(counter())
    assert [start.name for start in interface.starts] == ["start"]
    assert "start" in functions(interface)


def test_a_private_start_function_is_only_a_start():
    found = read(crate("starts"))
    assert [start.name for start in found.starts] == ["start"]


def test_the_counter_wants_its_imports_and_not_the_rest_of_js_sys():
    imports = {item.name: item for item in read(counter()).imports}
    assert len(read(counter()).imports) < 60
    risky = imports["risky"]
    assert (risky.kind, risky.catch, risky.crate) == (ImportKind.FUNCTION, True, "counter")
    assert imports["log"].path == ("console", "log")
    raw = imports["raw_plain"]
    assert (raw.kind, raw.js_module, raw.result) == (ImportKind.RAW, "env", None)
    assert imports["then"].kind is ImportKind.METHOD
    assert imports["then"].class_name == "Promise"
    assert imports["__wbindgen_throw"].kind is ImportKind.INTRINSIC
    assert imports["__wbindgen_externref_table_grow"].kind is ImportKind.INTRINSIC
    assert not {"__wbindgen_describe", "__wbindgen_describe_generic_import"} & set(imports)


def test_the_counter_makes_values_by_casts_and_lends_closures():
    interface = read(counter())
    casts = {(rust_type(cast.source), rust_type(cast.target)) for cast in interface.casts}
    assert {("f64", "JsValue"), ("&str", "JsValue")} <= casts
    closures = [shim.closure for shim in interface.closures]
    assert len(set(closures)) == len(closures) > 5
    assert {closure.owned for closure in closures} == {True, False}
    assert all(shim.signature.params[:2] == (I32, I32) for shim in interface.closures)


def test_enums_have_names_numbers_docs_and_a_hole():
    enums = {enum.name: enum for enum in read(crate("types")).enums}
    assert [(v.name, v.value) for v in enums["Color"].variants] == [
        ("Red", 0), ("Green", 1), ("Blue", 7),
    ]  # fmt: skip
    assert enums["Color"].variants[0].docs == ("Like blood.",)
    assert (enums["Color"].hole, enums["Sign"].hole, enums["Mode"].hole) == (2, 0, None)
    assert [v.value for v in enums["Sign"].variants] == [-1, 1]
    assert [v.value for v in enums["Mode"].variants] == ["fast", "not-so-fast"]


def test_the_hole_and_the_module_hash_are_those_of_the_descriptors():
    interface = read(crate("types"))
    color = next(enum for enum in interface.enums if enum.name == "Color")
    described = functions(interface)["echo_color"].result
    assert (described.hole, described.module_hash) == (color.hole, color.module_hash)
    assert (described.name, described.crate) == (color.key, color.crate)


def test_support_functions_and_describe_exports_are_told_apart():
    interface = read(counter())
    assert {"__wbindgen_malloc", "__externref_table_alloc"} <= set(interface.support)
    assert str(interface.support["__wbindgen_malloc"]) == "(i32, i32) -> i32"
    offered = {item.symbol for item in interface.functions}
    offered |= {member.symbol for class_ in interface.classes for member in class_.members}
    assert not offered & set(interface.support)
    assert not set(interface.describe_exports) & set(interface.support)
    assert "__wbindgen_skip_interpret_calls" in interface.describe_exports


# --- one rule each ---


def offering(*items, guest=None, **given):
    """Give the interface of a module with these (record, words, Wasm type)."""
    guest = guest or Guest()
    for record, words, signature in items:
        guest.offers(f"{record.function.name}_{HASH}", signature, words)
    records = tuple(record for record, _, _ in items)
    return read_interface(guest.with_schema(program(exports=records, **given)))


UNARY = function_words([U32_WORDS], U32_WORDS)
UNARY_TYPE = FuncType((I32,), (I32,))


def test_a_definition_of_two_programs_is_one():
    guest = Guest()
    guest.offers(f"f_{HASH}", UNARY_TYPE, UNARY)
    twice = program(exports=(export("f", "n"),))
    assert len(read_interface(guest.with_schema(twice, twice)).functions) == 1


def test_an_export_without_a_descriptor_was_not_compiled_in():
    guest = Guest()
    guest.function(f"f_{HASH}", UNARY_TYPE)
    interface = read_interface(guest.with_schema(program(exports=(export("f", "n"),))))
    assert interface.functions == ()


def test_functions_of_two_crates_with_one_name_are_numbered():
    guest = Guest()
    for number in ("00", "11"):
        guest.offers(f"f_{number}", UNARY_TYPE, UNARY)
    programs = [program(crate=f"c-{n}", exports=(export("f", "n"),)) for n in ("00", "11")]
    interface = read_interface(guest.with_schema(*programs))
    assert [item.name for item in interface.functions] == ["f", "f2"]


@pytest.mark.parametrize(
    ("record", "words", "signature", "said"),
    [
        (export("f", "n"), UNARY, FuncType((I32,), ()), "implies the Wasm type (i32) -> i32"),
        (export("f"), UNARY, UNARY_TYPE, "1 parameters described, 0 recorded"),
        (export("f"), U32_WORDS, UNARY_TYPE, "not one of a function"),
    ],
)  # fmt: skip
def test_an_export_that_cannot_be_right_is_there_and_refused(record, words, signature, said):
    (item,) = offering((record, words, signature)).functions
    assert item.unsupported is not None and said in item.unsupported[1]


def test_a_describe_function_that_cannot_be_run_refuses_one_item_only():
    guest = Guest()
    odd = [("i32.const", 1), ("memory.grow", 0), ("drop",)]
    guest.function(f"__wbindgen_describe_odd_{HASH}", FuncType(), odd)
    guest.function(f"odd_{HASH}")
    guest.offers(f"f_{HASH}", UNARY_TYPE, UNARY)
    records = (export("f", "n"), export("odd"))
    interface = read_interface(guest.with_schema(program(exports=records)))
    reasons = {item.name: item.unsupported for item in interface.functions}
    assert reasons["f"] is None
    assert reasons["odd"] is not None and reasons["odd"][0] == "instruction memory.grow"


def test_a_field_has_accessors_and_a_readonly_one_no_setter():
    guest = Guest()
    for name in ("x", "y"):
        guest.offers(f"__wbg_get_acc_{name}_{HASH}", UNARY_TYPE, U32_WORDS)
        guest.function(f"__wbg_set_acc_{name}_{HASH}", FuncType((I32, I32), ()))
    own = struct("Acc", field("x"), field("y", readonly=True), field("skipped"))
    (class_,) = read_interface(guest.with_schema(program(structs=(own,)))).classes
    assert [(member.name, member.kind) for member in class_.members] == [
        ("x", ExportKind.FIELD_GETTER),
        ("x", ExportKind.FIELD_SETTER),
        ("y", ExportKind.FIELD_GETTER),
    ]
    assert refused(read_interface(guest.with_schema(program(structs=(own,))))) == []


@pytest.mark.parametrize(
    ("imports", "tags", "panics"),
    [
        ([], 0, Panics.ABORT),
        ([], 1, Panics.UNWIND),
        (["__wbindgen_panic_error"], 0, Panics.UNWIND),
        (["__wbindgen_throw"], 0, Panics.ABORT),
    ],
)
def test_code_that_unwinds_has_a_tag_or_turns_payloads_into_errors(imports, tags, panics):
    guest = Guest(*[(PLACEHOLDER, name, UNARY_TYPE) for name in imports])
    for _ in range(tags):
        guest.module.add_tag(FuncType((I32,), ()))
    assert read_interface(guest.with_schema(program())).panics is panics


def test_jspi_refuses_the_module():
    plain = export("f", "n")
    record = replace(plain, function=replace(plain.function, jspi=True))
    with pytest.raises(UnsupportedModule, match=r"f suspends the calls below it \(JSPI") as caught:
        offering((record, UNARY, UNARY_TYPE))
    assert "async fn" in str(caught.value)


def test_main_runs_at_start_when_nothing_else_does():
    guest = Guest()
    guest.function("main", FuncType((I32, I32), (I32,)))
    (start,) = read_interface(guest.with_schema(program())).starts
    assert (start.symbol, [p.name for p in start.params]) == ("main", ["argc", "argv"])


def test_a_start_function_takes_the_place_of_main():
    guest = Guest()
    guest.function("main", FuncType((I32, I32), (I32,)))
    record = export("go", start=r.StartKind.PRIVATE)
    interface = offering((record, function_words([], UNIT_WORDS), FuncType()), guest=guest)
    assert [start.name for start in interface.starts] == ["go"]
    assert interface.functions == ()


def test_a_wasm_bindgen_function_called_main_is_no_c_main():
    signature = FuncType((I32, I32), ())
    guest = Guest()
    guest.function("main", signature)
    assert read_interface(guest.with_schema(program())).starts == ()


def cast(guest, words, signature=FuncType((I32, I32), (I32,))):  # noqa: B008 - it is frozen
    """Add a function that describes itself and calls the marker."""
    marker = [("i32.const", 0), ("i32.const", 0), ("call", guest.marker), ("drop",)]
    return guest.function(None, signature, [*guest.saying(words), *marker, ("unreachable",)])


def test_a_local_function_that_calls_the_marker_is_a_cast():
    guest = Guest()
    index = cast(guest, [0, *function_words([[19, 18]], [24])])
    (found,) = read_interface(guest.with_schema(program())).casts
    assert (found.index, rust_type(found.source), rust_type(found.target)) == (
        index, "&str", "JsValue",
    )  # fmt: skip
    assert found.unsupported is None


def test_an_import_per_monomorphisation_without_a_record_is_refused():
    guest = Guest()
    cast(guest, [*text_words("__wbg_f_00"), *function_words([[5]], [33])])
    (found,) = read_interface(guest.with_schema(program())).imports[-1:]
    assert found.unsupported == ("generic import __wbg_f_00", "it has no record")


def test_each_monomorphisation_of_a_generic_import_has_its_own_types():
    guest = Guest()
    key = text_words("__wbg_f_00")
    indices = [
        cast(guest, [*key, *function_words([[kind]], [33])], FuncType((value,), ()))
        for kind, value in ((5, I32), (13, F64))
    ]
    record = imported(import_function("__wbg_f_00", "f", "x", generic_per_mono=True))
    given = guest.with_schema(program(imports=(record,)))
    interface = read_interface(given)
    found = [item for item in interface.imports if item.is_local]
    assert [item.index for item in found] == indices
    assert interface.redirected == tuple(found)
    assert [(item.kind, item.path) for item in found] == [(ImportKind.FUNCTION, ("f",))] * 2
    assert [rust_type(item.params[0].type) for item in found] == ["u32", "f64"]
    assert [item.unsupported for item in found] == [None, None]


def test_a_cast_of_two_values_is_refused():
    guest = Guest()
    cast(guest, [0, *function_words([[5], [5]], [24])])
    (found,) = read_interface(guest.with_schema(program())).casts
    assert found.unsupported == ("fn(u32, u32) -> JsValue", "a cast takes one value")


def test_a_closure_comes_with_the_type_of_its_shim():
    guest = Guest()
    shim = guest.function(None, SHIM)
    guest.table(shim)
    cast(guest, [0, *function_words([CLOSURE], [24])])
    (found,) = read_interface(guest.with_schema(program())).closures
    assert (found.closure.function.shim, found.signature) == (1, SHIM)


def test_a_lent_function_is_a_borrowed_closure():
    guest = Guest()
    guest.table(guest.function(None, SHIM))
    lent = [20, *function_words([[5]], [33], shim=1)]
    guest.offers(f"f_{HASH}", FuncType((I32, I32), ()), function_words([lent], UNIT_WORDS))
    interface = read_interface(guest.with_schema(program(exports=(export("f", "g"),))))
    (found,) = interface.closures
    assert (found.closure.owned, found.closure.mutable) == (False, True)


@pytest.mark.parametrize(
    ("signature", "said"),
    [(None, "slot 1 of the function table is empty"), (FuncType(), "implies the Wasm type")],
)
def test_a_closure_whose_shim_is_not_right_refuses_its_item(signature, said):
    guest = Guest()
    if signature is not None:
        guest.table(guest.function(None, signature))
    cast(guest, [0, *function_words([CLOSURE], [24])])
    interface = read_interface(guest.with_schema(program()))
    (found,) = interface.casts
    assert found.unsupported is not None and said in found.unsupported[1]
    assert interface.closures == ()


def test_string_enums_of_libraries_are_kept_only_when_they_cross():
    def enum(name):
        kind = r.StringEnum(name, ("a", "b"), (), True, False, None)
        return r.Import(None, None, None, True, kind)

    guest = Guest()
    words = [27, *text_words("Used"), 2, *text_words("web-sys-00"), 0]
    guest.offers(f"f_{HASH}", UNARY_TYPE, function_words([words], U32_WORDS))
    library = program(crate="web-sys-00", imports=(enum("Used"), enum("Unused")))
    own = program(exports=(export("f", "n"),), imports=(enum("Own"),))
    interface = read_interface(guest.with_schema(library, own))
    assert [item.name for item in interface.enums] == ["Used", "Own"]


def test_an_export_record_is_what_the_interface_says():
    record = export("f", "n", comments=(" Two lines,", " both kept.", "", "   indented"))
    (item,) = offering((record, UNARY, UNARY_TYPE)).functions
    assert item == Export(
        "f", f"f_{HASH}", UNARY_TYPE, ExportKind.FUNCTION, None, None, item.params,
        Scalar("u32"), Scalar("u32"), (), ("Two lines,", "both kept.", "", "  indented"),
        crate=CRATE,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(100))
def test_mutated_modules_are_linked_or_refused(seed):
    interface_mutations.check(seed)
