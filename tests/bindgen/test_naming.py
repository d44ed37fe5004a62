"""Names of Rust and JavaScript that mean something in Python, in the runtime, or in a class."""

from __future__ import annotations

import enum
import keyword
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bindgen.binding import (
    UNIT,
    bound,
    enumeration,
    exported,
    interface,
    members_of,
    source_of,
    struct,
)
from tests.bindgen.hard_names import DOCS, EXPORTS, MEMBERS, TYPES
from unpoison.bindgen import (
    EnumType,
    ExportKind,
    Extern,
    Option,
    Param,
    Scalar,
    Str,
    StringEnumType,
    StructType,
    Vector,
)
from unpoison.bindgen.naming import (
    PythonNames,
    distinct_names,
    parameter_names,
    python_name,
)

U32 = Scalar("u32")


@pytest.mark.parametrize(("js", "python"), [
    ("plain", "plain"), ("camelCase", "camelCase"), ("_one", "_one"), ("from", "from_"),
    ("None", "None_"), ("match", "match"), ("", "_"), ("1st", "_1st"), ("a-b", "a_b"),
    ("$x", "_x"), ("__secret", "_secret"), ("__init__", "_init__"), ("___", "_"), ("é", "é"),
    ("a²", "a2"), ("a😀", "a_"), ("ﬁ", "fi"), ("Symbol.iterator", "Symbol_iterator"),
    ("[Symbol.iterator]", "Symbol_iterator"), ("[Symbol.a.b]", "_Symbol_a_b_"), ("[x]", "_x_"),
])  # fmt: skip
def test_a_js_name_becomes_an_identifier(js: str, python: str) -> None:
    assert python_name(js) == python


@given(st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_becomes_an_identifier_once_and_for_all(text: str) -> None:
    name = python_name(text)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert not name.startswith("__")
    assert python_name(name) == name


@given(st.lists(st.text("ab_-$1", max_size=3), max_size=8))
@settings(max_examples=200, deadline=None)
def test_distinct_names_are_distinct_and_stay(texts: list[str]) -> None:
    names = distinct_names(texts)
    assert len(set(names)) == len(names) == len(texts)
    assert distinct_names(names) == names


def test_the_name_that_needs_no_change_keeps_it() -> None:
    assert distinct_names(["a-b", "a_b", "from", "from_"]) == ["a_b_", "a_b", "from__", "from_"]
    assert distinct_names(["free", "a"], {"free"}) == ["free_", "a"]


@pytest.mark.parametrize(
    ("rust", "python"),
    [
        (["a", "b"], ["a", "b"]),
        (["self", "_x", "x"], ["self_", "x", "x_"]),
        (["len", "type", "int"], ["len_", "type_", "int_"]),
        (["_", "__", "_1"], ["arg0", "arg1", "arg2"]),
        (["lambda", "lambda_"], ["lambda_", "lambda__"]),
        (["_calls", "result"], ["calls", "result"]),
    ],
)
def test_parameters_hide_nothing_that_the_body_uses(rust: list[str], python: list[str]) -> None:
    assert parameter_names([Param(name, U32) for name in rust]) == python


def test_exports_may_have_any_name() -> None:
    exports, border = bound(
        *(exported(name, ("text", Str()), ("b", U32), result=U32) for name in EXPORTS)
    )
    border.answer = lambda slots: slots.u32.__setitem__(0, 7)
    names = distinct_names(EXPORTS, {"_binding"})
    for name in names:
        assert getattr(exports, name)("text", 1) == 7
    assert [step for step in border.steps() if step == "call"] == ["call"] * len(names)


@pytest.mark.parametrize(
    "name",
    [
        "len",
        "type",
        "int",
        "str",
        "self",
        "_calls",
        "_u32",
        "result",
        "_v0",
        "_d0",
        "float",
        "bool",
        "isinstance",
        "lambda",
        "arg0",
    ],
)
def test_parameters_may_have_any_name(name: str) -> None:
    point, color = StructType("Point", "demo"), EnumType("Color", 99, "demo")
    types = [U32, Scalar("bool"), Scalar("f64"), Scalar("char"), Str(), Vector(Scalar("u16"))]
    types += [point, color, Extern(None), Option(Str()), Option(color)]
    for type_ in types:
        exports, _border = bound(
            exported("f", (name, type_), ("other", Str()), result=color),
            struct(
                "Point",
                exported("new", class_name="Point", kind=ExportKind.CONSTRUCTOR, result=point),
            ),
            enumeration("Color", 0, 1),
        )
        given: dict[Any, Any] = {U32: 1, Scalar("bool"): True, Scalar("f64"): 1.0,
            Scalar("char"): "a", Str(): "a", Vector(Scalar("u16")): [1], color: 1, Extern(None): 1,
            Option(Str()): None, Option(color): 0}  # fmt: skip
        value = given.get(type_) if type_ != point else exports.Point()
        assert exports.f(value, "other") == exports.Color.V0


@pytest.mark.parametrize("kind", [ExportKind.METHOD, ExportKind.STATIC, ExportKind.GETTER])
def test_members_may_have_any_name(kind: ExportKind) -> None:
    def member(name: str) -> Any:
        name_of = {"property": name} if kind is ExportKind.GETTER else {}
        return exported(name, result=U32, class_name="Point", kind=kind, **name_of)

    point = StructType("Point", "demo")
    new = exported("new", result=point, class_name="Point", kind=ExportKind.CONSTRUCTOR)
    exports, border = bound(struct("Point", new, *map(member, MEMBERS)), enumeration("Color", 1))
    value = exports.Point()
    border.answer = lambda slots: slots.u32.__setitem__(0, 7)
    for name in distinct_names(
        [*MEMBERS], {"free", "_free", "_ptr", "_home", "_abandoned", "_runtime"}
    ):
        found = getattr(value, name)
        assert (found if kind is ExportKind.GETTER else found()) == 7
    assert callable(value.free)
    value._home = None


def test_classes_may_have_any_name() -> None:
    for name in TYPES:
        this = StructType(name, "demo")
        new = exported("new", result=this, class_name=name, kind=ExportKind.CONSTRUCTOR)
        take = exported("use_it", this, Option(this), Str(), result=Option(this))
        exports, border = bound(struct(name, new), take)
        (cls,) = (item for item in vars(exports).values() if isinstance(item, type))
        value = cls()
        value._ptr = 5
        assert exports.use_it(value, None, "x") is None
        assert border.given.u32[0] == 5
        assert value._home is None


@pytest.mark.parametrize("values", [(0, 1), ("a", "b")], ids=["numeric", "string"])
def test_enums_may_have_any_name(values: tuple[Any, ...]) -> None:
    numeric = values == (0, 1)
    for name in TYPES:
        this = EnumType(name, 99, "demo") if numeric else StringEnumType(name, 2, "demo")
        take = exported("use_it", this, Option(this), Vector(Scalar("i32")), result=this)
        exports, _ = bound(enumeration(name, *values), take)
        (cls,) = (item for item in vars(exports).values() if isinstance(item, type))
        assert issubclass(cls, enum.Enum)
        assert exports.use_it(values[1], None, [1]) is next(iter(cls))


def test_variants_may_have_any_name() -> None:
    names = [
        "name",
        "value",
        "mro",
        "real",
        "to_bytes",
        "None",
        "_x_",
        "__x",
        "1st",
        "",
        "_missing_",
        "ok",
    ]
    exports, _ = bound(enumeration("Color", *((name, place) for place, name in enumerate(names))))
    assert [item.value for item in exports.Color] == list(range(len(names)))
    assert [item.name for item in exports.Color] == [
        "name_", "value__", "mro_", "real_", "to_bytes_", "None_", "value_x_", "value_x",
        "value_1st", "value_", "value_missing_", "ok",
    ]  # fmt: skip


def test_strings_of_a_string_enum_may_be_anything() -> None:
    values = [
        "",
        " ",
        "a b",
        "a-b",
        "a_b",
        "1st",
        "_1st_",
        "title",
        "encode",
        "name",
        "'\"\\\n",
        "é",
    ]
    exports, _ = bound(enumeration("Mode", *values))
    assert [item.value for item in exports.Mode] == values
    assert exports.Mode.a_b.value == "a_b"
    assert exports.Mode("title").name == "title_"
    assert exports.Mode("é").encode() == "é".encode()


def test_types_of_one_name_from_two_crates_are_told_apart() -> None:
    mine, theirs = StructType("Point", "demo"), StructType("Point", "other")
    new = exported("new", result=mine, class_name="Point", kind=ExportKind.CONSTRUCTOR)
    exports, _border = bound(
        struct("Point", new),
        struct("Point2", crate="other", key="Point"),
        exported("make", result=theirs),
        exported("take", mine),
    )
    other = exports.make()
    assert type(other) is exports.Point2
    with pytest.raises(TypeError, match="a must be a Point, not Point2"):
        exports.take(other)
    other._home = None


def test_a_type_that_no_record_describes_is_refused_by_name() -> None:
    for type_ in (StructType("Ghost", "demo"), EnumType("Ghost", 1), StringEnumType("Ghost", 2)):
        exports, _ = bound(exported("f", type_), exported("g", result=Option(type_)))
        for call in (lambda exports=exports: exports.f(1), exports.g):
            with pytest.raises(NotImplementedError) as caught:
                call()
            assert "Ghost" in caught.value.args[1]


def test_two_exports_of_one_name_are_both_there() -> None:
    first, second = exported("f", symbol="one"), exported("f", symbol="two", namespace=("ns",))
    exports, _ = bound(first, second)
    assert exports.f is not exports.f_


def test_members_that_a_guest_finds_under_another_name_are_listed() -> None:
    kinds = {
        "f": ExportKind.METHOD, "class": ExportKind.METHOD, "[Symbol.iterator]": ExportKind.METHOD,
        "_x": ExportKind.STATIC, "new": ExportKind.CONSTRUCTOR,
    }  # fmt: skip
    members = [
        exported(name, class_name="C", kind=kind, symbol=name) for name, kind in kinds.items()
    ]
    (found,) = PythonNames(interface(struct("C", *members))).interface.classes
    assert found.renamed == (("class", "class_"), ("[Symbol.iterator]", "Symbol_iterator"))
    assert found.renamed_statics == (("_x", "_x"),)


def test_names_are_given_once() -> None:
    given = interface(
        exported("from", ("lambda", U32)),
        struct("int", exported("free", class_name="int", kind=ExportKind.METHOD)),
        enumeration("Mode", "a b"),
    )
    names = PythonNames(given).interface
    assert PythonNames(names).interface.functions == names.functions
    assert names.functions[0].params[0].name == "lambda_"
    assert names.classes[0].members[0].name == "free_"
    assert members_of(bound(*names.enums)[0].Mode) == [("a_b", "a b")]


@pytest.mark.parametrize("doc", DOCS, ids=ascii)
def test_docs_are_kept_whatever_they_hold(doc: str) -> None:
    exports, _ = bound(
        exported("one", docs=(doc,)),
        exported("two", docs=("First.", doc, "Last")),
        struct("Point", docs=(doc, doc)),
        enumeration("Color", 1, docs=(doc,)),
    )
    kept = doc.rstrip()
    assert exports.one.__doc__ == kept
    assert exports.two.__doc__.split("\n")[1].strip() == kept.strip()
    assert exports.Point.__doc__.split("\n")[0] == kept
    assert exports.Color.__doc__ == kept


def test_names_of_the_host_cannot_break_out_of_the_text() -> None:
    from tests.bindgen.binding import imported

    bad = 'x"""\n    raise SystemExit\n"""\\'
    source = source_of(imported(bad, Extern(bad), result=Extern(bad)), imported(bad, result=UNIT))
    compile(source, "<bindings>", "exec")
    _exports, border = bound(imported(bad, Extern(bad)))
    border.imported = [None]
    assert bad in border.hosts[0].__doc__
