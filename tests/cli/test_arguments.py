"""Words of the command line, by the type of the parameter."""

from __future__ import annotations

import click
import pytest

from unpoison.bindgen import (
    EnumType,
    Extern,
    Option,
    Param,
    Ref,
    Scalar,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    Vector,
)
from unpoison.cli.arguments import read_arguments

U32, F64, BOOL = Scalar("u32"), Scalar("f64"), Scalar("bool")


def read(word: str, kind: Type) -> object:
    (value,) = read_arguments((word,), (Param("n", kind),))
    return value


@pytest.mark.parametrize(
    ("word", "kind", "value"),
    [
        ("7", U32, 7),
        ("-7", Scalar("i64"), -7),
        ("0x10", Scalar("u8"), 16),
        ("2.5", F64, 2.5),
        ("nan", Scalar("f32"), pytest.approx(float("nan"), nan_ok=True)),
        ("true", BOOL, True),
        ("False", BOOL, False),
        ("é", Scalar("char"), "é"),
        ("7", Str(), "7"),
        ("7", Ref(Str()), "7"),
        ("[1, 2]", Vector(U32), [1, 2]),
        ("[1.5]", Ref(Slice(F64)), [1.5]),
        ('["a"]', Vector(Extern("string")), ["a"]),
        ('{"a": [1, null]}', Extern(), {"a": [1, None]}),
        ("none", Option(U32), None),
        ("null", Option(Str()), None),
        ("5", Option(U32), 5),
        ("2", EnumType("Color", 3), 2),
        ("red", StringEnumType("Shade", 2), "red"),
    ],
)
def test_a_word_becomes_a_value_of_its_type(word: str, kind: Type, value: object) -> None:
    assert read(word, kind) == value


def test_numbers_keep_their_type() -> None:
    assert isinstance(read("2", F64), float)
    assert read("true", BOOL) is True


@pytest.mark.parametrize(
    ("word", "kind"),
    [("1.5", U32), ("x", F64), ("1", BOOL), ("1, 2", Vector(U32)), ("{}", Vector(U32))],
)
def test_a_word_of_another_type_is_a_usage_error(word: str, kind: Type) -> None:
    with pytest.raises(click.UsageError, match=r"n: .* is not a"):
        read(word, kind)


def test_what_cannot_be_written_in_words_is_a_usage_error() -> None:
    with pytest.raises(click.UsageError, match="Acc cannot be given"):
        read("1", StructType("Acc"))


def test_a_wrong_number_of_words_names_what_is_wanted() -> None:
    params = (Param("left", U32), Param("name", Ref(Str())))
    with pytest.raises(click.UsageError, match="left: u32, name: &str"):
        read_arguments(("1",), params)
