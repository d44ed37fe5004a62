"""Descriptions: looked up by name, run on request, casts found by their call."""

from __future__ import annotations

import pytest

from tests.bindgen.making import PLACEHOLDER, Guest, counter, function_words
from unpoison.bindgen import Descriptions, Scalar
from unpoison.errors import MalformedModule
from unpoison.wasm import I32, FunctionBody, FuncType, Module, encode_unsigned

CAST = [0, *function_words([[13]], [24])]
SIGNATURE = FuncType((I32, I32), (I32,))


def read(guest):
    return Descriptions(Module.parse(guest.module.emit()))


def test_a_description_is_found_by_the_name_of_what_it_describes():
    guest = Guest()
    guest.describes("f_00", [5])
    descriptions = read(guest)
    assert descriptions.get("f_00") == Scalar("u32")
    assert descriptions.get("g_00") is None
    assert descriptions.names == ("f_00",)
    assert descriptions.exports == ("__wbindgen_describe_f_00",)


def test_names_that_share_a_function_share_its_type():
    descriptions = Descriptions(Module.parse(counter()))
    types = [descriptions.get(name) for name in descriptions.names]
    assert len({id(described) for described in types}) < len(types)


def test_what_nobody_asks_for_is_not_run():
    guest = Guest()
    guest.describes("broken", [99])
    guest.describes("f", [5])
    descriptions = read(guest)
    assert descriptions.get("f") == Scalar("u32")
    with pytest.raises(MalformedModule, match="tag 99 is unknown") as caught:
        descriptions.get("broken")
    assert caught.value.where == "export __wbindgen_describe_broken"


@pytest.mark.parametrize("padding", [0, 1, 4])
def test_a_call_of_the_marker_is_found_in_any_encoding(padding):
    guest = Guest()
    short = encode_unsigned(guest.marker)
    padded = bytes([short[0] | 0x80]) + b"\x80" * (padding - 1) + b"\0" if padding else short
    said = FunctionBody.assemble([], [*guest.saying(CAST), ("i32.const", 0), ("i32.const", 0)])
    body = FunctionBody(said.raw + b"\x10" + padded + b"\x0b")
    index = guest.module.add_function(SIGNATURE, body)
    (found,) = read(guest).generic_imports()
    assert (found.function, found.key) == (index, "")


def test_bytes_that_only_look_like_a_call_are_no_cast():
    guest = Guest()
    guest.function(None, FuncType(), [("i64.const", 0x10 | guest.marker << 7), ("drop",)])
    assert list(read(guest).generic_imports()) == []


def test_two_calls_of_the_marker_in_one_function_are_malformed():
    guest = Guest()
    call = [("i32.const", 0), ("i32.const", 0), ("call", guest.marker), ("drop",)]
    guest.function(None, FuncType(), [*guest.saying(CAST), *call, *call])
    with pytest.raises(MalformedModule, match="more than one generic import"):
        list(read(guest).generic_imports())


def test_a_module_without_the_marker_has_no_casts():
    assert list(read(Guest(marker=False)).generic_imports()) == []


def test_the_marker_counts_only_when_it_is_imported_from_the_placeholder():
    guest = Guest(("env", "__wbindgen_describe_generic_import", SIGNATURE), marker=False)
    assert PLACEHOLDER != "env"
    call = [("i32.const", 0), ("i32.const", 0), ("call", 1), ("drop",)]
    guest.function(None, FuncType(), [*guest.saying(CAST), *call])
    assert list(read(guest).generic_imports()) == []
