"""TypeScript's types as far as they are read; everything else is refused as a whole."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.bindgen.typescript import (
    MAX_DEPTH,
    Array,
    Callback,
    Literal,
    Name,
    NotPlain,
    Property,
    Shape,
    TsType,
    Union,
    parse_declarations,
    parse_type,
)

STRING, NUMBER = Name("string"), Name("number")


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("string", STRING),
        (" /* a */ string // b", STRING),
        ("Intl.Locale", Name("Intl.Locale")),
        ("$el", Name("$el")),
        ("Promise<number>", Name("Promise", (NUMBER,))),
        ("Map<string, Array<X>>", Name("Map", (STRING, Name("Array", (Name("X"),))))),
        ("string[][]", Array(Array(STRING))),
        ("readonly string[]", Array(STRING)),
        ("string | number", Union((STRING, NUMBER))),
        ("| string | number", Union((STRING, NUMBER))),
        ("(string | number)[]", Array(Union((STRING, NUMBER)))),
        ("string | number[]", Union((STRING, Array(NUMBER)))),
        ("[string, number]", Array(Union((STRING, NUMBER)))),
        ("[string]", Array(STRING)),
        ("[]", Array(Name("any"))),
        ("'a' | \"b'c\" | 'it\\'s'", Union((Literal("a"), Literal("b'c"), Literal("it's")))),
        ("'\0\r' | '\\n\\\\n'", Union((Literal("\0\r"), Literal("\n\\n")))),
        ("3 | -4 | true | false", Union(tuple(map(Literal, (3, -4, True, False))))),
        ("() => void", Callback()),
        ("(a: {b: c}, d?: (e)) => (f) => g", Callback()),
        ("((a: b) => c) | string", Union((Callback(), STRING))),
        ("{}", Shape({})),
        (
            "{a: string; readonly 'b c'?: number, readonly: string\n type(x): y }",
            Shape(
                {
                    "a": Property(STRING),
                    "b c": Property(NUMBER, True),
                    "readonly": Property(STRING),
                    "type": Property(Callback()),
                }
            ),
        ),
    ],
)
def test_a_type(text: str, type_: TsType) -> None:
    assert parse_type(text) == type_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "string number",
        "A & B",
        "keyof A",
        "typeof a",
        "unique symbol",
        "new () => A",
        "A extends B ? C : D",
        "A['b']",
        "x is string",
        "`a${b}`",
        "1.5",
        "0x10",
        "12345678901234567",
        "'open",
        "'line\nbreak'",
        "'\\u0041'",
        "(",
        "A<",
        "A<B",
        "{a: b",
        "{[key: string]: number}",
        "{get a(): number}",
        "{a}",
        "{a, b: c}",
        "{1: string}",
        "[a: string]",
        "[...string[]]",
        "#a",
    ],
)
def test_what_has_no_plain_meaning_is_refused(text: str) -> None:
    with pytest.raises(NotPlain):
        parse_type(text)


def test_types_are_nested_to_a_limit() -> None:
    depth = MAX_DEPTH - 1
    assert parse_type("(" * depth + "a" + ")" * depth) == Name("a")
    with pytest.raises(NotPlain, match="too deeply"):
        parse_type("(" * 10_000 + "a" + ")" * 10_000)


DECLARATIONS = """
import { X } from "./x";
/** Where something is. */
export interface Point {
    /**
     * To the right.
     *   In pixels.
     */
    x: number;
    y?: number
}
export function make(p: { type: A }): Point;
declare type Mode = "fast" | "safe";
/** An alias of an object. */
type Inline = { a: Point };
interface Named extends Point, Mode { name: string }
namespace inner { interface Hidden { a: string } }
"""


def test_declarations_at_the_top_are_read() -> None:
    found = parse_declarations(DECLARATIONS)
    assert found == {
        "Point": Shape(
            {
                "x": Property(NUMBER, docs=("To the right.", "  In pixels.")),
                "y": Property(NUMBER, True),
            },
            docs=("Where something is.",),
        ),
        "Mode": Union((Literal("fast"), Literal("safe"))),
        "Inline": Shape({"a": Property(Name("Point"))}, docs=("An alias of an object.",)),
        "Named": Shape({"name": Property(STRING)}, ("Point", "Mode")),
    }


@pytest.mark.parametrize(
    "broken",
    [
        "interface A<T> { a: T }",
        "interface A { [key: string]: number }",
        "interface A { a: keyof B }",
        "interface A { (): void }",
        "interface A extends B<C> { a: D }",
        "type A<T> = T[];",
        "type A = B & C;",
        "type A = B extends C ? D : E;",
        "type A = B['c'];",
        "interface A { a: string } interface A { b: string }",
        "interface A {",
    ],
)
def test_a_declaration_that_is_not_plain_is_left_out_alone(broken: str) -> None:
    assert parse_declarations(f"type Z = string;\n{broken}") == {"Z": STRING}
    if broken.endswith(("}", ";")):
        assert parse_declarations(f"{broken}\ntype Z = string;") == {"Z": STRING}


NAMES = st.sampled_from(["A", "b", "$c", "Promise", "é"]).map(Name)
TEXTS = st.text("ab'\"\\ \n\t", max_size=4)
TYPES: st.SearchStrategy[TsType] = st.recursive(
    NAMES | st.builds(Literal, TEXTS | st.integers(-99, 99) | st.booleans()) | st.just(Callback()),
    lambda inner: st.one_of(
        st.builds(Array, inner),
        st.builds(Union, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Name, st.just("Map"), st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(
            Shape,
            st.dictionaries(TEXTS | st.just("readonly"), st.builds(Property, inner, st.booleans())),
        ),
    ),
    max_leaves=8,
)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"'


def written(type_: TsType) -> str:
    """A type as TypeScript writes it."""
    match type_:
        case Name(name, arguments):
            return f"{name}<{', '.join(map(written, arguments))}>" if arguments else name
        case Literal(value):
            return quoted(value) if isinstance(value, str) else str(value).lower()
        case Array(item):
            return f"({written(item)})[]"
        case Union(members):
            return f"({' | '.join(map(written, members))})"
        case Callback():
            return "((a: b) => c)"
        case Shape(properties):
            items = (
                f"{quoted(key)}{'?' if item.optional else ''}: {written(item.type)};"
                for key, item in properties.items()
            )
            return f"{{{' '.join(items)}}}"


@given(TYPES)
def test_what_was_written_is_read(type_: TsType) -> None:
    assert parse_type(written(type_)) == type_


@given(st.text("ab<>()[]{}|&=:;,?'\"`\\/* \n.1-$typeinrfac", max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    parse_declarations(text)
    with contextlib.suppress(NotPlain):
        assert parse_type(text) == parse_type(f" {text} ")


@pytest.mark.parametrize(
    "piece",
    [
        "/*",
        '"\\',
        "(",
        "'",
        "1",
        "type A = (",
        "type A = [B<{",
        "interface A {",
        "[]",
        "type A = a|",
    ],
)
def test_a_hostile_text_takes_time_in_proportion(piece: str) -> None:
    def seconds(count: int) -> float:
        return min(one_run(count) for _ in range(3))  # the others had the processor meanwhile

    def one_run(count: int) -> float:
        start = time.process_time()
        parse_declarations(piece * count)
        with contextlib.suppress(NotPlain):
            parse_type(piece * count)
        return time.process_time() - start

    # Forty times as long a text; a time that grew with its square would be 1600 times.
    assert seconds(20_000) < 300 * max(seconds(500), 0.002)
