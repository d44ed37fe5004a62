"""Every attribute that the macro knows is used by a crate here, or has no effect in a module.

Source of the list: `attrgen!` in wasm-bindgen-macro-support 0.2.130, `src/parser.rs`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bindgen.attributes import attributes_of

ROOT = Path(__file__).resolve().parents[2]
PARSER = "registry/src/*/wasm-bindgen-macro-support-0.2.130/src/parser.rs"

RUNTIME = "tests/runtime/test_"
CLASSES, HOSTED = "tests/crates/classes/src/", "tests/crates/hosted/src/lib.rs"
CLOSURES, ROWS = "tests/crates/closures/src/attributes.rs", "tests/crates/rows/src/"
LINKED, COUNTER = "tests/crates/linked/src/lib.rs", "examples/counter/src/"

ATTRIBUTES = f"{RUNTIME}closure_kinds.py::test_attributes_that_leave_no_trace"
OF_A_CLASS = f"{RUNTIME}classes.py::test_a_class_of_the_host_with_members_of_every_kind"
OF_THE_CLASS = f"{RUNTIME}classes.py::test_what_belongs_to_the_class_itself"
INDEXING = f"{RUNTIME}classes.py::test_indexing_members_are_methods_and_subscripts"
NAMED = f"{RUNTIME}classes.py::test_names_that_the_attributes_gave"
NAMESPACED = f"{RUNTIME}classes.py::test_a_parent_with_another_name_in_a_namespace"
DESCRIBED = (
    "tests/bindgen/test_linking.py::test_what_describes_parameters_and_results_is_documentation"
)
A_ROW = "tests/peers/test_rows.py::test_a_row_does_what_the_glue_does"

USED: dict[str, tuple[str, str]] = {
    "catch": (
        f"{COUNTER}host.rs",
        f"{RUNTIME}imports.py::test_a_result_that_does_not_fit_is_an_err_to_a_catch_import",
    ),
    "constructor": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "method": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "this": (
        f"{CLASSES}members.rs",
        f"{RUNTIME}classes.py::"
        "test_a_function_with_this_has_it_first_and_gets_the_receiver_of_a_call",
    ),
    "static_method_of": (f"{CLASSES}hosts.rs", OF_THE_CLASS),
    "js_namespace": (
        HOSTED,
        f"{RUNTIME}hosted.py::test_namespaces_are_nested_dicts_or_objects",
    ),
    "module": (
        LINKED,
        f"{RUNTIME}linked.py::test_python_objects_stand_in_for_snippets_and_modules",
    ),
    "raw_module": (HOSTED, f"{RUNTIME}hosted.py::test_a_module_is_given_by_its_specifier"),
    "inline_js": (
        LINKED,
        f"{RUNTIME}linked.py::test_a_snippet_that_is_not_given_is_named_with_what_to_do",
    ),
    "getter": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "setter": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "indexing_getter": (f"{CLASSES}members.rs", INDEXING),
    "indexing_setter": (f"{CLASSES}members.rs", INDEXING),
    "indexing_deleter": (f"{CLASSES}members.rs", INDEXING),
    "structural": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "final": (
        LINKED,
        f"{RUNTIME}linked.py::test_a_final_method_is_the_prototypes_whatever_the_receiver_has",
    ),
    "readonly": (
        f"{CLASSES}members.rs",
        "tests/bindgen/test_linking.py::test_a_field_has_accessors_and_a_readonly_one_no_setter",
    ),
    "js_name": (f"{CLASSES}attributes.rs", NAMED),
    "js_class": (f"{CLASSES}hosts.rs", OF_A_CLASS),
    "inspectable": (
        f"{CLASSES}members.rs",
        f"{RUNTIME}classes.py::test_an_inspectable_struct_shows_its_readable_properties",
    ),
    "is_type_of": (
        f"{CLASSES}hosts.rs",
        f"{RUNTIME}classes.py::test_instances_are_told_apart",
    ),
    "extends": (
        f"{CLASSES}family.rs",
        f"{RUNTIME}classes.py::test_a_child_is_a_subclass_with_the_members_of_its_parent",
    ),
    "extends_js_class": (f"{CLASSES}family.rs", NAMESPACED),
    "extends_js_namespace": (f"{CLASSES}family.rs", NAMESPACED),
    "no_deref": (f"{CLASSES}hosts.rs", f"{RUNTIME}classes.py::test_instances_are_told_apart"),
    "no_upcast": (CLOSURES, ATTRIBUTES),
    "no_promising": (CLOSURES, ATTRIBUTES),
    "no_into_js_generic": (CLOSURES, ATTRIBUTES),
    "vendor_prefix": (
        f"{CLASSES}hosts.rs",
        f"{RUNTIME}classes.py::test_a_class_of_the_host_may_have_a_vendors_prefix",
    ),
    "variadic": (HOSTED, f"{RUNTIME}hosted.py::test_a_variadic_import_gets_its_rest_spread"),
    "typescript_custom_section": (
        f"{CLASSES}attributes.rs",
        f"{RUNTIME}classes.py::test_typescript_sections_are_kept",
    ),
    "skip_typescript": (f"{CLASSES}attributes.rs", NAMED),
    "skip_jsdoc": (f"{CLASSES}attributes.rs", NAMED),
    "private": (f"{CLASSES}attributes.rs", NAMED),
    "fallback": (f"{ROWS}kinds.rs", A_ROW),
    "start": (
        "tests/crates/starts/src/lib.rs",
        f"{RUNTIME}instance.py::test_start_timeout_bounds_the_start",
    ),
    "wasm_bindgen": (CLOSURES, ATTRIBUTES),
    "js_sys": (CLOSURES, ATTRIBUTES),
    "skip": (f"{CLASSES}members.rs", f"{RUNTIME}classes.py::test_fields_of_every_type"),
    "slice_to_array": (f"{ROWS}borrowed.rs", A_ROW),
    "slice": (f"{ROWS}borrowed.rs", A_ROW),
    "vec": (f"{ROWS}borrowed.rs", A_ROW),
    "typescript_type": (
        "tests/crates/documented/src/lib.rs",
        "tests/cli/test_bind.py::test_what_typescript_declares_is_documentation",
    ),
    "getter_with_clone": (
        f"{CLASSES}members.rs",
        f"{RUNTIME}classes.py::test_fields_of_every_type",
    ),
    "static_string": (CLOSURES, ATTRIBUTES),
    "thread_local": (CLOSURES, ATTRIBUTES),
    "thread_local_v2": (
        f"{CLASSES}hosts.rs",
        f"{RUNTIME}classes.py::test_statics_and_names_of_the_host",
    ),
    "unchecked_return_type": (f"{CLASSES}attributes.rs", NAMED),
    "return_description": ("tests/crates/documented/src/lib.rs", DESCRIBED),
    "unchecked_param_type": (f"{CLASSES}attributes.rs", NAMED),
    "unchecked_optional_param_type": (f"{CLASSES}attributes.rs", NAMED),
    "param_description": ("tests/crates/documented/src/lib.rs", DESCRIBED),
    "reexport": (CLOSURES, ATTRIBUTES),
    "experimental_generic_mono": (
        "tests/crates/odd/src/mono.rs",
        f"{RUNTIME}odd.py::test_a_generic_import_is_one_function_for_every_type",
    ),
    "assert_no_shim": (CLOSURES, ATTRIBUTES),
}
"""Attribute to the source that has it and the test that runs it."""

LINKING = "tests/bindgen/test_linking.py::"
NOT_USED: dict[str, tuple[str, str]] = {
    "main": (
        "makes the C `main` of a binary crate, which runs at start",
        f"{LINKING}test_main_runs_at_start_when_nothing_else_does",
    ),
    "jspi": (
        "needs a JavaScript engine that suspends WebAssembly: refused",
        f"{LINKING}test_jspi_refuses_the_module",
    ),
    "suspending": (
        "as jspi, for an import",
        "tests/bindgen/test_import_linking.py::test_an_import_that_suspends_refuses_the_module",
    ),
    "experimental_tokio": (
        "an experiment behind a cfg: other Rust code polls an async function; the export stays",
        f"{RUNTIME}awaitables.py::test_a_promise_is_awaited_under_each_loop",
    ),
    "wasm_bindgen_futures": (
        "names the crate that the macro's code calls; leaves no trace in a module",
        f"{RUNTIME}awaitables.py::test_a_promise_is_awaited_under_each_loop",
    ),
}
"""Attribute to why no crate here has it, and the test that stands in."""


@pytest.mark.parametrize(("attribute", "row"), USED.items())
def test_an_attribute_is_in_the_source_that_is_named(attribute: str, row: tuple[str, str]) -> None:
    source, _ = row
    assert attribute in attributes_of((ROOT / source).read_text(encoding="utf-8"))


@pytest.mark.parametrize("attribute", NOT_USED)
def test_an_attribute_that_is_not_used_is_in_no_source(attribute: str) -> None:
    sources = [*ROOT.glob("examples/*/src/*.rs"), *ROOT.glob("tests/crates/*/src/*.rs")]
    assert sources
    users = [s for s in sources if attribute in attributes_of(s.read_text(encoding="utf-8"))]
    assert users == []


@pytest.mark.parametrize("test", sorted({test for _, test in (*USED.values(), *NOT_USED.values())}))
def test_the_test_that_is_named_is_there(test: str) -> None:
    path, name = test.split("::")
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_the_tables_have_every_attribute_of_the_macro_once() -> None:
    assert len({*USED, *NOT_USED}) == len(USED) + len(NOT_USED) == 60


@pytest.mark.toolchain
def test_the_tables_have_the_attributes_that_the_parser_has() -> None:
    parsers = list((Path.home() / ".cargo").glob(PARSER))
    if not parsers:
        pytest.skip("wasm-bindgen-macro-support 0.2.130 is not in cargo's registry")
    text = parsers[0].read_text(encoding="utf-8")
    known = re.findall(r"^ {12}\((?:r#)?(\w+), (?:true|false), ", text, re.MULTILINE)
    assert sorted(known) == sorted([*USED, *NOT_USED])


def test_attributes_are_read_across_lines_strings_and_nesting() -> None:
    source = """
    // #[wasm_bindgen(commented)]
    #[wasm_bindgen(
        js_name = "a, b", js_namespace = ["c", "d"], // e
        r#final,
    )]
    fn f(#[wasm_bindgen(slice = copy)] value: &[u8]);
    """
    assert attributes_of(source) == {"js_name", "js_namespace", "final", "slice"}
