"""Imports: each kind of record becomes what a host must give."""

from __future__ import annotations

import pytest

from tests.bindgen.making import (
    CRATE,
    HASH,
    METHOD,
    PLACEHOLDER,
    Guest,
    function_words,
    import_function,
    imported,
    program,
    struct,
)
from unpoison.bindgen import Extern, ImportKind, Scalar, read_interface, rust_type
from unpoison.bindgen import records as r
from unpoison.bindgen.descriptor_types import StructType
from unpoison.errors import UnsupportedModule
from unpoison.wasm import I32, FuncType

SHIM = "__wbg_f_00"
STATIC = r.Operation(True, r.Regular())
UNARY = FuncType((I32,), (I32,))
U32, HANDLE = [5], [19, 24]


def on(class_name, kind):
    return r.Method(class_name, kind)


def link(record, words=None, signature=UNARY, *, shim=SHIM, **given):
    """Give what one Wasm import with this record becomes."""
    guest = Guest((PLACEHOLDER, shim, signature))
    if words is not None:
        guest.describes(shim, words)
    module = guest.with_schema(program(imports=(record,), **given))
    (item,) = read_interface(module).imports
    return item


def function(name, *args, words=None, signature=UNARY, where=None, **given):
    """Give what an imported function of one number becomes."""
    record = imported(import_function(SHIM, name, *(args or ("x",)), **given), **where or {})
    return link(record, words or function_words([U32], U32), signature)


TWO_HANDLES = {
    "words": function_words([HANDLE, U32], U32),
    "signature": FuncType((I32, I32), (I32,)),
}


@pytest.mark.parametrize(
    ("given", "where", "kind", "path"),
    [
        ({}, {}, ImportKind.FUNCTION, ("f",)),
        ({}, {"js_namespace": ("a", "b")}, ImportKind.FUNCTION, ("a", "b", "f")),
        ({"method": on("W", r.Constructor())}, {}, ImportKind.CONSTRUCTOR, ("W",)),
        ({"method": on("W", STATIC)}, {}, ImportKind.FUNCTION, ("W", "f")),
        ({"method": on("W", METHOD)}, {}, ImportKind.METHOD, ("W", "f")),
        (
            {"method": on("W", METHOD)},
            {"js_namespace": ("Intl",)},
            ImportKind.METHOD,
            ("Intl", "W", "f"),
        ),
        (
            {"method": on("W", r.Operation(False, r.Getter("size")))},
            {},
            ImportKind.GETTER,
            ("W", "size"),
        ),
        (
            {"method": on("W", r.Operation(False, r.Setter("size")))},
            {},
            ImportKind.SETTER,
            ("W", "size"),
        ),
        (
            {"method": on("W", r.Operation(True, r.Getter("size")))},
            {},
            ImportKind.STATIC,
            ("W", "size"),
        ),
        (
            {"method": on("W", r.Operation(False, r.IndexingGetter()))},
            {},
            ImportKind.INDEXING_GETTER,
            ("W", "f"),
        ),
        (
            {"method": on("W", r.Operation(False, r.IndexingSetter()))},
            {},
            ImportKind.INDEXING_SETTER,
            ("W", "f"),
        ),
        (
            {"method": on("W", r.Operation(False, r.IndexingDeleter()))},
            {},
            ImportKind.INDEXING_DELETER,
            ("W", "f"),
        ),
    ],
)
def test_a_function_has_its_kind_and_path(given, where, kind, path):
    item = function("f", where=where, **given)
    assert (item.kind, item.path, item.unsupported) == (kind, path, None)
    assert item.name == (path[-1] if kind is not ImportKind.CONSTRUCTOR else "f")
    assert item.class_name == ("W" if "method" in given else None)


def test_a_function_keeps_names_types_and_flags():
    item = function("f", "_this", "n", catch=True, variadic=True, structural=False, **TWO_HANDLES)
    params = [(param.name, rust_type(param.type)) for param in item.params]
    assert params == [("_this", "&JsValue"), ("n", "u32")]
    assert item.result == Scalar("u32")
    assert (item.catch, item.variadic, item.structural) == (True, True, False)
    assert (item.crate, item.js_module, item.index) == ("demo", None, 2)


def test_a_function_of_wasm_bindgen_itself_is_an_intrinsic_by_its_plain_name():
    where = {"module": r.RawNamed(PLACEHOLDER)}
    item = function("__wbindgen_throw", where=where)
    assert (item.kind, item.name) == (ImportKind.INTRINSIC, "__wbindgen_throw")
    assert (item.path, item.js_module) == ((), None)


def test_a_function_of_a_package_names_its_module():
    item = function("f", where={"module": r.RawNamed("./env.js")})
    assert (item.js_module, item.unsupported) == ("./env.js", None)


def test_a_file_of_the_crate_is_named_as_in_its_source_first():
    item = function("f", where={"module": r.Named(f"{CRATE}/js/x.js")})
    assert (item.js_module, item.unsupported) == ("/js/x.js", None)
    assert item.js_module_names == (
        "./js/x.js", "js/x.js", "demo/js/x.js", f"{CRATE}/js/x.js", f"./snippets/{CRATE}/js/x.js",
    )  # fmt: skip


def test_an_inline_snippet_is_named_by_its_place_in_the_crate():
    item = function("f", where={"module": r.Inline(0)})
    assert (item.js_module, item.unsupported) == ("demo/inline0.js", None)
    assert item.js_module_names == (
        "inline0.js", f"{CRATE}/inline0.js", f"./snippets/{CRATE}/inline0.js",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"method": on("W", r.Operation(False, r.RegularThis()))}, "static RegularThis"),
        ({"words": U32}, "the descriptor"),
        ({"words": function_words([], U32)}, "fn() -> u32"),
        ({"signature": FuncType()}, "() -> ()"),
    ],
)
def test_a_function_that_cannot_be_bound_is_there_and_refused(given, said):
    item = function("f", **given)
    assert item.unsupported is not None and item.unsupported[0] == said


def test_an_import_that_suspends_refuses_the_module():
    with pytest.raises(UnsupportedModule, match=r"f suspends the calls below it \(JSPI"):
        function("f", suspending=True)


@pytest.mark.parametrize(("operation", "kind"), [
    (r.Setter("x"), ImportKind.CLASS_SETTER),
    (r.IndexingGetter(), ImportKind.CLASS_INDEXING_GETTER),
    (r.IndexingSetter(), ImportKind.CLASS_INDEXING_SETTER),
    (r.IndexingDeleter(), ImportKind.CLASS_INDEXING_DELETER),
])  # fmt: skip
def test_what_is_done_on_a_class_has_the_path_of_the_class(operation, kind):
    item = function("f", method=on("W", r.Operation(True, operation)))
    assert (item.kind, item.path, item.unsupported) == (kind, ("W",), None)


def test_a_function_without_a_descriptor_is_refused():
    item = link(imported(import_function(SHIM, "f", "x")))
    assert item.unsupported == ("the descriptor", "its describe function is missing")


def test_a_static_is_the_value_of_a_path():
    record = imported(r.ImportStatic("X", SHIM), js_namespace=("ns",))
    item = link(record, U32, FuncType((), (I32,)))
    assert (item.kind, item.path, item.result) == (ImportKind.STATIC, ("ns", "X"), Scalar("u32"))


def test_an_imported_type_is_an_instanceof_test():
    item = link(imported(r.ImportType("W", SHIM, ())))
    assert (item.kind, item.class_name, item.result) == (
        ImportKind.INSTANCEOF, "W", Scalar("bool"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "where", "given", "prefixed"),
    [
        ("f", {}, {"method": on("W", r.Constructor())}, ("webkitW", "mozW")),
        ("f", {}, {"method": on("W", STATIC)}, ("webkitW", "mozW")),
        ("f", {}, {"method": on("W", METHOD)}, ("webkitW", "mozW")),
        ("f", {}, {"method": on("W", r.Operation(True, r.IndexingGetter()))}, ("webkitW", "mozW")),
        ("W", {}, {}, ("webkitW", "mozW")),
        ("f", {}, {}, ()),
        ("f", {}, {"method": on("X", r.Constructor())}, ()),
        ("f", {"js_namespace": ("W",)}, {}, ()),
        ("W", {"module": r.RawNamed("a")}, {}, ()),
    ],
)
def test_a_vendors_prefixes_are_those_of_every_import_of_the_name(name, where, given, prefixed):
    types = tuple(
        imported(r.ImportType("W", f"t{prefix}", (prefix,))) for prefix in ("webkit", "moz")
    )
    record = imported(import_function(SHIM, name, "x", **given), **where)
    guest = Guest((PLACEHOLDER, SHIM, UNARY))
    guest.describes(SHIM, function_words([U32], U32))
    (item,) = read_interface(guest.with_schema(program(imports=(record, *types)))).imports
    assert item.prefixed == prefixed


def test_a_static_string_has_a_slot_by_its_place():
    records = [imported(r.ImportString(f"s{n}", text)) for n, text in enumerate("aba")]
    getter = FuncType((), (I32,))
    guest = Guest(*[(PLACEHOLDER, f"s{n}", getter) for n in range(3)])
    interface = read_interface(guest.with_schema(program(imports=tuple(records))))
    assert [item.string for item in interface.imports] == ["a", "b", "a"]
    assert interface.imports[0].result == Extern()
    assert interface.static_strings == ("a", "b")


@pytest.mark.parametrize(
    ("shim", "kind"), [("new", ImportKind.CLASS_WRAP), ("unwrap", ImportKind.CLASS_UNWRAP)]
)
def test_a_class_of_the_module_is_wrapped_and_unwrapped(shim, kind):
    own = struct("Acc", js_namespace=("ns",))
    signature = FuncType((I32,), (I32,))
    guest = Guest((PLACEHOLDER, f"__wbg_ns__acc_{shim}_{HASH}", signature))
    interface = read_interface(guest.with_schema(program(structs=(own,))))
    (item,) = interface.imports
    (class_,) = interface.classes
    assert (item.kind, item.class_name, item.crate) == (kind, "Acc", "demo")
    assert item.struct == StructType(class_.key, class_.crate)


def test_an_import_that_is_there_twice_is_one():
    guest = Guest(("env", "f", FuncType()), ("env", "f", FuncType((I32,))))
    (item,) = read_interface(guest.with_schema(program())).imports
    assert (item.index, item.kind, item.js_module) == (2, ImportKind.RAW, "env")


def test_a_link_to_a_javascript_file_is_refused():
    record = r.LinkedModule(r.Named("x.js"), SHIM)
    guest = Guest((PLACEHOLDER, SHIM, FuncType((I32,), ())))
    (item,) = read_interface(guest.with_schema(program(linked_modules=(record,)))).imports
    assert item.unsupported is not None and item.unsupported[0] == "link_to!"


def test_the_first_of_equal_records_counts():
    records = tuple(imported(import_function(SHIM, name, "x")) for name in ("first", "second"))
    guest = Guest((PLACEHOLDER, SHIM, FuncType((I32,), (I32,))))
    guest.describes(SHIM, function_words([U32], U32))
    (item,) = read_interface(guest.with_schema(program(imports=records))).imports
    assert item.name == "first"
