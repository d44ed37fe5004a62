"""Ids of Durable Objects. workerd, server/actor-id-impl.c++ and its test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison import js
from unpoison.workers.ids import IdSpace, ObjectId

SPACE = IdSpace("shop-Counter")


def test_a_name_gives_one_id_whose_text_is_64_hex_digits() -> None:
    made = SPACE.from_name("a")
    assert made == SPACE.from_name("a")
    assert made != SPACE.from_name("b")
    assert made.name == "a"
    assert len(str(made)) == 64
    assert str(made) == made.raw.hex()


def test_the_id_of_a_name_is_the_one_that_the_rule_gives() -> None:
    # Computed with OpenSSL's command line: key = sha256(unique key), two HMACs.
    assert (
        str(SPACE.from_name("a"))
        == "9f74ffecada7f12eecd4fb93f40bac8d9e190a0cd11d14f770f000571a8a7b3b"
    )


def test_a_name_belongs_to_its_namespace() -> None:
    assert SPACE.from_name("a") != IdSpace("shop-Room").from_name("a")


def test_an_id_read_from_its_text_is_equal_and_has_no_name() -> None:
    named = SPACE.from_name("a")
    read = SPACE.from_string(str(named))
    assert read == named
    assert hash(read) == hash(named)
    assert read.name is None
    assert SPACE.from_string(str(named).upper()) == named


def test_unique_ids_differ_have_no_name_and_are_valid() -> None:
    made = {SPACE.new_unique() for _ in range(100)}
    assert len(made) == 100
    assert all(SPACE.from_string(str(each)) == each and each.name is None for each in made)


@pytest.mark.parametrize("text", ["", "00", "g" * 64, "0" * 63, "0" * 65, " " + "0" * 63, "٣" * 64])
def test_what_is_not_64_hex_digits_is_refused(text: str) -> None:
    with pytest.raises(js.TypeError, match="must be 64 hex digits"):
        SPACE.from_string(text)


def test_an_id_of_another_namespace_is_refused() -> None:
    foreign = IdSpace("shop-Room").from_name("a")
    with pytest.raises(js.TypeError, match="not valid for this namespace"):
        SPACE.from_string(str(foreign))


@given(st.integers(0, 255), st.integers(1, 255))
def test_no_changed_bit_goes_unseen(place: int, change: int) -> None:
    raw = bytearray(SPACE.from_name("a").raw)
    raw[place % 32] ^= change
    with pytest.raises(js.TypeError, match="not valid for this namespace"):
        SPACE.from_string(str(ObjectId(bytes(raw))))


@given(st.text(st.characters(codec=None)))
def test_any_name_has_a_valid_id(name: str) -> None:
    made = SPACE.from_name(name)
    assert SPACE.from_string(str(made)) == made


def test_a_lone_surrogate_in_a_name_is_the_replacement_character() -> None:
    assert SPACE.from_name("\ud800") == SPACE.from_name("�")
