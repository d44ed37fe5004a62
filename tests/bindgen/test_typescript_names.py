"""TypeScript's types in Python's words, given and taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.bindgen.typescript_names import MAX_LENGTH, TypeScriptNames, read_names

SECTIONS = [
    "interface Point { x: number; next?: Point }",
    "interface Named extends Point { name: string; x: 'a' } type Alias = Point;",
    "interface Lost extends Gone {} interface Own extends Own {} type Also = Lost;",
    "type Mode = 'a' | 'b' | undefined; type More = Mode | 3 | null;",
    "type Json = string | Json[]; type Visit = (point: Point) => void;",
]


def names(*sections: str, prefix: str = "_") -> TypeScriptNames:
    classes = {"Place": "_Place", "Level": "int"}
    found = read_names(sections or SECTIONS, classes, lambda name: name == "taken")
    return found.with_prefix(prefix)


@pytest.mark.parametrize(
    ("text", "given", "taken"),
    [
        ("string", "str", "str"),
        ("number", "float", "float"),
        ("boolean", "bool", "bool"),
        ("bigint", "int", "int"),
        ("void", "None", "None"),
        ("null", "JsNull", "JsNull"),
        ("any", "object", "object"),
        ("HTMLElement", "object", "object"),
        ("Function", "Callable[..., object]", "Callable[..., object]"),
        ("(a: A) => B", "Callable[..., object]", "Callable[..., object]"),
        ("string[]", "Sequence[str]", "list[str]"),
        ("Array<string>", "Sequence[str]", "list[str]"),
        ("ReadonlyArray<string>", "Sequence[str]", "list[str]"),
        ("[string, number]", "Sequence[str | float]", "list[str | float]"),
        ("Promise<number>", "Awaitable[float]", "Promise[float]"),
        ("Promise<void>", "Awaitable[None]", "Promise[None]"),
        ("Promise", "Awaitable[object]", "Promise[object]"),
        ("Promise<A, B>", "object", "object"),
        ("Record<string, number>", "Mapping[str, float]", "dict[str, float]"),
        ("Record<Mode, number>", "object", "object"),
        ("{ a: number }", "Mapping[str, object]", "dict[str, object]"),
        ("string | undefined", "str | None", "str | None"),
        ("undefined | string | null", "str | JsNull | None", "str | JsNull | None"),
        ("any | string", "object", "object"),
        ("'a' | number | 'b'", "Literal['a', 'b'] | float", "Literal['a', 'b'] | float"),
        ("true", "Literal[True]", "Literal[True]"),
        ("Point", "_Point", "_Point"),
        ("Point[]", "Sequence[_Point]", "list[_Point]"),
        ("Alias", "_Point", "_Point"),
        ("Named", "_Named", "_Named"),
        ("Lost", "object", "object"),
        ("Own", "object", "object"),
        ("Also", "object", "object"),
        ("More", "Literal['a', 'b', 3] | JsNull | None", "Literal['a', 'b', 3] | JsNull | None"),
        ("Json", "str | Sequence[object]", "str | list[object]"),
        ("Visit", "Callable[..., object]", "Callable[..., object]"),
        ("Place", "_Place", "_Place"),
        ("Level", "int", "int"),
        ("Set<string>", "object", "object"),
        ("keyof Point", "object", "object"),
    ],
)
def test_a_type_in_python(text: str, given: str, taken: str) -> None:
    known = names()
    assert known.annotation(text, given=True) == given
    assert known.annotation(text, given=False) == taken


def test_a_shape_has_what_its_bases_have() -> None:
    shapes = names().shapes()
    assert list(shapes) == ["Point", "Named"]
    assert list(shapes["Named"].properties) == ["x", "next", "name"]


def test_a_name_that_is_taken_is_no_shape() -> None:
    known = names("interface taken { a: string } interface b extends taken {}")
    assert known.shapes() == {}
    assert known.annotation("taken", given=True) == "object"


def test_names_that_double_at_each_step_stay_short() -> None:
    aliases = "".join(f"type A{n} = Record<string, A{n + 1}> | A{n + 1}[];" for n in range(30))
    known = names(aliases)
    assert len(known.annotation("A0", given=True)) <= MAX_LENGTH
    bases = "".join(f"interface B{n} extends B{n + 1}, B{n + 1} {{}}" for n in range(30))
    assert names(bases + "interface B30 { a: string }").annotation("B0", given=True) == "_B0"


def test_a_shape_of_too_many_properties_is_none() -> None:
    many = " ".join(f"a{n}: string;" for n in range(1000))
    assert names(f"interface Big {{ {many} }}").shapes() == {}


@given(st.text("AB|[]()<>{}:;, '?=interfacetypextends&", max_size=60))
def test_any_declaration_gives_an_annotation(text: str) -> None:
    known = names(f"type A = string; interface B {{ a: {text} }} type C = {text};")
    for name in "ABC":
        for is_given in (True, False):
            compile(known.annotation(name, given=is_given), "<annotation>", "eval")
