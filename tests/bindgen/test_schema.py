"""The schema section: real ones to the last byte, and everything that can be wrong with one."""

from __future__ import annotations

import pytest

from fuzz import schema_mutations
from tests.bindgen.making import (
    BUILDS,
    counter,
    crate,
    encode,
    export,
    field,
    import_function,
    imported,
    program,
    section,
    sections,
    sized,
    struct,
)
from unpoison.bindgen import SECTION_NAME, read_schema
from unpoison.bindgen import records as r
from unpoison.errors import MalformedModule, UnsupportedModule

EVERYTHING = program(
    exports=(
        export("bump", "by", comments=(" Adds.",)),
        export("area", class_name="Acc", method_kind=r.Constructor(), start=r.StartKind.PUBLIC),
        *(
            export("x", method_kind=r.Operation(False, kind))
            for kind in (
                r.RegularThis(), r.Getter("x"), r.Setter("y"), r.IndexingGetter(),
                r.IndexingSetter(), r.IndexingDeleter(),
            )
        ),
    ),
    enums=(
        r.NumericEnum(
            "Color", True, (r.EnumVariant("Red", 2**32 - 1, ()),), (" C.",), True, ("a", "b"), True
        ),
    ),
    imports=(
        imported(import_function("s1", "log", "x", catch=True), js_namespace=("console",)),
        imported(import_function("s2", "new", method=r.Method("W", r.Constructor()))),
        imported(r.ImportStatic("X", "s3"), module=r.RawNamed("./env.js"), reexport="y"),
        imported(r.ImportString("s4", "text"), module=r.Named("key")),
        imported(r.ImportType("W", "s5", ("webkit",)), module=r.Inline(3)),
        imported(r.StringEnum("Mode", ("fast",), (), True, False, None)),
        imported(r.DynamicUnion("U", ("a",), 2, (), True, False, True)),
    ),
    structs=(struct("Acc", field("x", readonly=True), extends="Base", js_namespace=("ns",)),),
    typescript=("type T = 1;",),
    local_modules=(r.LocalModule("a.js", "export {}", True),),
    inline_js=("export {}",),
    package_json="/x/package.json",
    linked_modules=(r.LinkedModule(r.Inline(0), "link"),),
)  # fmt: skip


@pytest.mark.parametrize("build", BUILDS)
def test_a_real_section_is_read_to_the_last_byte(build):
    schema = read_schema(sections(counter(build)))
    assert (schema.schema_version, schema.tool_version) == ("0.2.130", "0.2.130")
    assert len(schema.programs) > 200
    exports = {item.function.name for each in schema.programs for item in each.exports}
    assert {"bump", "greet", "push", "call_risky"} <= exports


@pytest.mark.parametrize("data", [counter(), crate("types"), crate("starts")])
def test_what_was_read_can_be_written_and_read_again(data):
    programs = read_schema(sections(data)).programs
    assert read_schema([section(*programs)]).programs == programs


def test_every_record_and_every_variant_is_read():
    assert read_schema([section(EVERYTHING)]).programs == (EVERYTHING,)


def test_programs_of_several_sections_come_in_order():
    first, second, third = (program(crate=f"c{number}-00") for number in range(3))
    schema = read_schema([section(first, second), section(third)])
    assert schema.programs == (first, second, third)


def test_padded_integers_are_read():
    # The length of module_path is always padded to five bytes.
    plain = encode(program(module_path="demo"))
    at = plain.rindex(b"\x04demo")
    padded = plain[:at] + b"\x84\x80\x80\x80\x00demo" + plain[at + 5 :]
    handshake = section(program())[: -4 - len(plain)]
    assert read_schema([handshake + sized(padded)]).programs == (program(module_path="demo"),)


@pytest.mark.parametrize(
    ("schema", "version", "said"),
    [
        ("0.2.122", "0.2.127", "numeric enums cross as i32"),
        ("0.2.128", "0.2.129", "numeric enums cross as i32"),
        ("0.2.999", "0.2.999", "unpoison reads schema 0.2.130"),
    ],
)
def test_another_schema_version_is_refused_naming_both(schema, version, said):
    with pytest.raises(UnsupportedModule) as caught:
        read_schema([section(program(), schema=schema, version=version)])
    text = str(caught.value)
    assert version in text and schema in text and said in text
    assert "cargo update -p wasm-bindgen --precise 0.2.130" in text


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\1", "unexpected end"),
        (b"\xff\xff\xff\xff{}", "unexpected end"),
        (sized(b"{}"), "handshake"),
        (sized(b"[]"), "handshake"),
        (sized(b"\xff"), "handshake"),
        (sized(b"[" * 100_000), "handshake"),
        (section(program())[:-1], "unexpected end"),
        (section(program())[: -len(sized(encode(program())))], "unexpected end"),
    ],
)
def test_a_broken_frame_is_malformed(payload, reason):
    with pytest.raises(MalformedModule, match=reason) as caught:
        read_schema([payload])
    assert caught.value.where == f"section {SECTION_NAME}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (encode(program()) + b"\0", "1 bytes too many"),
        (encode(program())[:-4], "unexpected end"),
        (b"\xff\xff\xff\xff\x0f", "4294967295 records"),
        (b"\x01\x02", "not a bool"),
        (b"\x00\x00\x00\x00\x01\x01\xff", "not valid UTF-8"),
        (b"\x00\x00\x01\x00\x00\x00\x00\x06", "variant 6 of 6"),
    ],
)
def test_a_broken_program_is_malformed(body, reason):
    start = section(program())[: -len(sized(encode(program())))]
    with pytest.raises(MalformedModule, match=reason) as caught:
        read_schema([start + sized(body)])
    assert caught.value.offset is not None


def test_no_section_at_all_is_no_program():
    assert read_schema([]).programs == ()


@pytest.mark.parametrize("seed", range(100))
def test_mutated_sections_are_read_or_refused(seed):
    schema_mutations.check(seed)
