"""What TypeScript sees: names, types, optional parameters, properties, namespaces."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bindgen.binding import enumeration, exported, interface, struct
from unpoison.bindgen import (
    Clamped,
    EnumType,
    ExportKind,
    Extern,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Slice,
    Str,
    StructType,
    Type,
    Vector,
)
from unpoison.glue import GlueOptions, make_declarations
from unpoison.glue.declaration_types import TypeNames

U32, UNIT = Scalar("u32"), Scalar("unit")
POINT = StructType("Point", "demo")


def declared(*items: object, target: str = "node", **options: bool) -> str:
    """Give the declarations of some items."""
    made = interface(*items)  # type: ignore[arg-type]
    return make_declarations(made, target, GlueOptions("demo", **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "given", "taken"),
    [
        (U32, "number", "number"),
        (Scalar("i64"), "bigint", "bigint"),
        (Scalar("u128"), "bigint", "bigint"),
        (Scalar("bool"), "boolean", "boolean"),
        (Scalar("char"), "string", "string"),
        (UNIT, "void", "void"),
        (Str(), "string", "string"),
        (Ref(Str()), "string", "string"),
        (Extern(), "any", "any"),
        (Extern("Map<string, number>"), "Map<string, number>", "Map<string, number>"),
        (Extern("HTMLElement"), "HTMLElement", "HTMLElement"),
        (Extern("Promise<Gadget>"), "any", "any"),
        (Extern('"left" | "right"'), "any", "any"),
        (Vector(Scalar("u8")), "Uint8Array | number[]", "Uint8Array"),
        (Vector(Scalar("i64")), "BigInt64Array | bigint[]", "BigInt64Array"),
        (Ref(Slice(Scalar("i8")), mutable=True), "Int8Array", "Int8Array"),
        (Ref(Slice(Scalar("f64"))), "Float64Array | number[]", "Float64Array"),
        (Vector(Clamped(Scalar("u8"))), "Uint8ClampedArray", "Uint8ClampedArray"),
        (Vector(Str()), "string[]", "string[]"),
        (Vector(Scalar("bool")), "boolean[]", "boolean[]"),
        (Vector(Option(Str())), "(string | null | undefined)[]", "(string | undefined)[]"),
        (Option(U32), "number | null | undefined", "number | undefined"),
        (Nullable(U32), "number | null", "number | null"),
        (Result(POINT), "Point", "Point"),
        (POINT, "Point", "Point"),
    ],
    ids=str,
)
def test_each_type_has_a_name_given_and_taken(type_: Type, given: str, taken: str) -> None:
    names = TypeNames(interface(struct("Point")))
    assert (names.of(type_, given=True), names.of(type_, given=False)) == (given, taken)


def test_what_the_crate_declares_itself_is_known() -> None:
    made = replace(interface(), typescript=("export interface Gadget { size: number }",))
    assert TypeNames(made).of(Extern("Array<Gadget>"), given=True) == "Array<Gadget>"


def test_a_function_with_its_documentation() -> None:
    text = declared(exported("add", U32, U32, result=U32, docs=(" Add two numbers.", " */ end")))
    assert (
        "/**\n *  Add two numbers.\n *  *\\/ end\n */\n"
        "export function add(a: number, b: number): number;" in text
    )


def test_parameters_at_the_end_may_be_left_out() -> None:
    text = declared(exported("f", Option(U32), Str(), Option(Str())))
    assert "f(a: number | null | undefined, b: string, c?: string | null): void;" in text


def test_a_variadic_parameter_is_a_rest_parameter() -> None:
    text = declared(exported("f", U32, Ref(Slice(Scalar("f64"))), variadic=True))
    assert "f(a: number, ...b: number[]): void;" in text


def test_an_async_function_gives_a_promise() -> None:
    made = exported("f", result=Extern("Promise<any>"), is_async=True)
    text = declared(replace(made, declared_result=Result(U32)))
    assert "f(): Promise<number>;" in text


def test_a_name_that_is_a_keyword_is_exported_under_it() -> None:
    text = declared(exported("default", symbol="default_1"))
    assert "declare function _default_1(): void;\nexport { _default_1 as default };" in text


def test_a_class_with_members() -> None:
    members = [
        exported("new", U32, kind=ExportKind.CONSTRUCTOR, class_name="Point", result=POINT),
        exported("move", Ref(POINT), kind=ExportKind.METHOD, class_name="Point"),
        exported("origin", kind=ExportKind.STATIC, class_name="Point", result=POINT),
        exported("x", kind=ExportKind.GETTER, class_name="Point", property="x", result=U32),
        exported("set_x", U32, kind=ExportKind.SETTER, class_name="Point", property="x"),
        exported("y", kind=ExportKind.GETTER, class_name="Point", property="y", result=U32),
    ]
    text = declared(struct("Point", *members))
    for line in (
        "export class Point {",
        "    free(): void;",
        "    [Symbol.dispose](): void;",
        "    constructor(a: number);",
        "    move(a: Point): void;",
        "    static origin(): Point;",
        "    x: number;",
        "    readonly y: number;",
    ):
        assert f"{line}\n" in text
    assert "private constructor" not in text


def test_a_class_that_only_rust_makes_cannot_be_constructed() -> None:
    assert "    private constructor();\n" in declared(struct("Point"))


def test_what_is_private_can_be_named_and_not_imported() -> None:
    text = declared(struct("Point", private=True), exported("f", POINT))
    assert "\ndeclare class Point {" in text
    assert text.endswith("export {};\n")


def test_enums() -> None:
    text = declared(enumeration("Color", 0, 5), enumeration("Side", "left", "right"))
    assert "export enum Color {\n    V0 = 0,\n    V5 = 5,\n}" in text
    assert 'export type Side = "left" | "right";' in text
    kept = EnumType("Color", 99, "demo")
    assert TypeNames(interface(enumeration("Color", 0))).of(kept, given=True) == "Color"


def test_a_namespace_holds_what_is_in_it() -> None:
    made = struct("Point", namespace=("shapes", "flat"))
    text = declared(made, exported("f", POINT))
    assert "export namespace shapes.flat {\n    export class Point {\n" in text
    assert "f(a: shapes.flat.Point): void;" in text


def test_the_web_target_has_its_two_starts() -> None:
    text = declared(target="web", reset_state=True)
    assert "export function initSync(" in text
    assert "export default function init(" in text
    assert "export function __wbg_reset_state(): void;" in text


def test_the_same_text_each_time() -> None:
    assert declared(struct("Point")) == declared(struct("Point"))


def test_what_skips_typescript_is_not_declared() -> None:
    hidden = replace(exported("hidden"), skips_typescript=True)
    shown = exported("shown", POINT, result=POINT)
    text = declared(replace(struct("Point"), skips_typescript=True), hidden, shown)
    assert "hidden" not in text
    assert "Point" not in text
    assert "function shown(a: any): any;" in text
    method = exported("size", kind=ExportKind.METHOD, class_name="Point", result=U32)
    text = declared(struct("Point", replace(method, skips_typescript=True)))
    assert "class Point" in text
    assert "size" not in text
