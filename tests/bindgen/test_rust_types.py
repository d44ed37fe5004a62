"""Types in Rust's words."""

from __future__ import annotations

import pytest

from tests.bindgen.making import function_words, text_words
from unpoison.bindgen import Scalar, Str, rust_signature, rust_type
from unpoison.bindgen.descriptor import decode_descriptor

ACC = [29, *text_words("Acc"), *text_words("c-0")]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([5], "u32"),
        ([33], "()"),
        ([36], "*mut _"),
        ([18], "String"),
        ([19, 18], "&str"),
        ([20, 22, 13], "&mut [f64]"),
        ([31, 23, 1], "Option<Vec<u8>>"),
        ([32, 5], "Result<u32, JsValue>"),
        ([32, 33], "Result<(), JsValue>"),
        ([24], "JsValue"),
        ([25, *text_words("any")], "JsValue"),
        ([25, *text_words("string")], "JsString"),
        ([25, *text_words("Promise<any>")], "Promise<any>"),
        ([23, 25, *text_words("string")], "Vec<String>"),
        (ACC, "Acc"),
        ([19, *ACC], "&Acc"),
        ([19, *function_words([[5]], [5])], "&dyn Fn(u32) -> u32"),
        ([20, *function_words([], [33])], "&mut dyn FnMut()"),
        ([16, 1, 1, *function_words([[18]], [33])], "Closure<dyn FnMut(String)>"),
        ([16, 0, 0, *function_words([], [5])], "&Closure<dyn Fn() -> u32>"),
        ([38, 5], "Nullable<u32>"),
        ([34, 19, 22, 1], "Clamped<&[u8]>"),
        ([37, 9, 19, 22, 1], "&[u8]"),
    ],
)
def test_a_type_reads_as_in_rust_source(words, text):
    assert rust_type(decode_descriptor(words, "here")) == text


def test_a_signature_reads_as_in_rust_source():
    params = (("n", Scalar("u32")), ("text", Str()))
    assert rust_signature("f", params, Scalar("bool")) == "f(n: u32, text: String) -> bool"
    assert rust_signature("g", (), Scalar("unit")) == "g()"
