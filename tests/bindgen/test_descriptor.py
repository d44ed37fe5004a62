"""Descriptor words: every tag and its operands, and everything that can be wrong."""

from __future__ import annotations

import pytest

from fuzz import descriptor_words
from tests.bindgen.making import function_words, text_words
from unpoison.bindgen import (
    Clamped,
    Closure,
    EnumType,
    Extern,
    Function,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StringEnumType,
    StructType,
    UnionType,
    Vector,
)
from unpoison.bindgen.descriptor import (
    MAX_DEPTH,
    MAX_WORDS,
    decode_descriptor,
    decode_generic_import,
)
from unpoison.errors import MalformedModule

WHERE = "export __wbindgen_describe_f"
U8, U32, UNIT = Scalar("u8"), Scalar("u32"), Scalar("unit")

SCALARS = {
    0: "i8", 1: "u8", 2: "i16", 3: "u16", 4: "i32", 5: "u32", 6: "i64", 7: "u64",
    8: "i64_as_f64", 9: "u64_as_f64", 10: "i128", 11: "u128", 12: "f32", 13: "f64", 14: "bool",
    30: "char", 33: "unit", 35: "nonnull", 36: "raw_pointer",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "kind"), SCALARS.items())
def test_a_scalar_is_one_word(tag, kind):
    assert decode_descriptor([tag], WHERE) == Scalar(kind)


@pytest.mark.parametrize(
    ("words", "described"),
    [
        ([17], Str(cached=True)),
        ([18], Str()),
        ([19, 18], Ref(Str())),
        ([20, 22, 1], Ref(Slice(U8), mutable=True)),
        ([21, 24], Extern()),
        ([21, 18], Ref(Str(), long=True)),
        ([23, 1], Vector(U8)),
        ([24], Extern()),
        ([25, *text_words("Map<any, any>")], Extern("Map<any, any>")),
        ([26, *text_words("E"), 2, *text_words("c-0"), 9], EnumType("E", 2, "c-0", 9)),
        ([27, *text_words("M"), 3, *text_words("c-0"), 9], StringEnumType("M", 3, "c-0", 9)),
        (
            [28, *text_words("U"), *text_words("c-0"), 9, 2, 5, 18],
            UnionType("U", "c-0", 9, (U32, Str())),
        ),
        ([29, *text_words("Acc"), *text_words("c-0")], StructType("Acc", "c-0")),
        ([31, 5], Option(U32)),
        ([32, 33], Result(UNIT)),
        ([34, 19, 22, 1], Clamped(Ref(Slice(U8)))),
        ([37, 9, 19, 22, 1], Sequence(9, Ref(Slice(U8)))),
        ([38, 5], Nullable(U32)),
        (function_words([[5], [18]], [33]), Function(0, (U32, Str()), UNIT, UNIT)),
        ([15, 0, 1, 5, 24, 32, 5], Function(0, (U32,), Extern(), Result(U32))),
        (
            [16, 1, 0, *function_words([[5]], [5], shim=7)],
            Closure(True, False, Function(7, (U32,), U32, U32)),
        ),
    ],
)
def test_a_tag_takes_its_operands(words, described):
    assert decode_descriptor(words, WHERE) == described


def test_text_is_one_word_per_character_and_not_per_byte():
    assert decode_descriptor([25, 2, 0xE9, 0x1F980], WHERE) == Extern("\u00e9\U0001f980")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "ends too early"),
        ([39], "tag 39 is unknown"),
        ([5, 5], "1 words are left over"),
        ([23], "ends too early"),
        ([25, 3, 65, 66], "3 items do not fit"),
        ([25, 2**32 - 1], "4294967295 items do not fit"),
        ([25, 1, 0xD800], "0xd800 is not a character"),
        ([25, 1, 0x110000], "0x110000 is not a character"),
        ([16, 2, 0, 15], "2 is not a bool"),
        ([16, 1, 0, 5], "a closure without a signature"),
        ([23] * MAX_DEPTH + [5], f"deeper than {MAX_DEPTH}"),
        ([5] * (MAX_WORDS + 1), f"more than {MAX_WORDS}"),
    ],
)
def test_wrong_words_are_malformed_and_the_export_is_named(words, reason):
    with pytest.raises(MalformedModule, match=reason) as caught:
        decode_descriptor(words, WHERE)
    assert caught.value.where == WHERE


def test_nesting_up_to_the_limit_is_fine():
    assert decode_descriptor([23] * (MAX_DEPTH - 1) + [5], WHERE)


def test_only_nesting_is_limited_and_not_the_number_of_types():
    assert decode_descriptor(function_words([[23, 5]] * 200, [33]), WHERE)


def test_a_cast_has_an_empty_key():
    words = [*text_words(""), *function_words([[13]], [24])]
    signature = Function(0, (Scalar("f64"),), Extern(), Extern())
    assert decode_generic_import(words, WHERE) == ("", signature)


def test_a_generic_import_has_its_shim_as_key():
    key, _ = decode_generic_import([*text_words("__wbg_f"), *function_words([], [33])], WHERE)
    assert key == "__wbg_f"


def test_a_generic_import_without_a_signature_is_malformed():
    with pytest.raises(MalformedModule, match="u32 is not a function"):
        decode_generic_import([0, 5], WHERE)


@pytest.mark.parametrize("seed", range(100))
def test_random_words_are_decoded_or_refused(seed):
    descriptor_words.check(seed)
