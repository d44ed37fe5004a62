"""The bytes of translated functions."""

from __future__ import annotations

import time

import pytest

from tests.eh.flat_text import assemble
from unpoison.eh import to_exnref
from unpoison.errors import UnsupportedModule
from unpoison.wasm import EXNREF, FuncType, Module


def lowered(text: str, index: int = 0) -> str:
    """Give the instructions of a translated function, in hexadecimal, without its end."""
    return Module.parse(to_exnref(assemble(text))).bodies[index].code[:-1].hex(" ")


def locals_of(text: str) -> int:
    """Give how many exnref locals a translated function has."""
    groups = Module.parse(to_exnref(assemble(text))).bodies[0].locals
    return sum(count for count, type_ in groups if type_ == EXNREF)


def test_a_try_with_a_rethrow_is_the_example_of_the_theory() -> None:
    text = """
        func f
          try
            nop
          catch_all
            rethrow 0
          end
    """
    assert lowered(text) == "02 40 02 69 1f 40 01 03 00 01 0b 0c 01 0b 21 00 20 00 0a 0b"


def test_clauses_without_rethrow_catch_no_reference() -> None:
    text = """
        func f
          try
          catch $int
            drop
          catch_all
          end
    """
    assert lowered(text) == "02 40 02 40 02 7f 1f 40 02 00 01 00 02 01 0b 0c 02 0b 1a 0c 01 0b 0b"


def test_a_try_without_clauses_is_a_block() -> None:
    assert lowered("func f\n try\n nop\n end\n try\n catch_all\n end").startswith("02 40 01 0b")


def test_a_delegate_with_nothing_between_is_a_block() -> None:
    text = "func f\n try\n try\n nop\n delegate 0\n catch_all\n end"
    assert "02 40 01 0b" in lowered(text)


def test_a_delegate_to_the_caller_leaves_by_the_block_around_the_function() -> None:
    text = """
        func f
          try
            try
              nop
            delegate 1
          catch_all
          end
    """
    expected = (
        "02 69"  # block (result exnref)
        " 02 40 02 40 1f 40 01 02 00"  # the try: clause 0 is its catch_all
        " 1f 40 01 03 03 01 0b"  # the delegating one: to label 3, with the exception
        " 0b 0c 01 0b 0b"
        " 0f 0b 0a"  # return, end, throw_ref
    )
    assert lowered(text) == expected


def test_a_payload_with_its_exception_needs_a_type_which_is_added_at_the_end() -> None:
    text = "func f\n try\n catch $int\n drop\n rethrow 0\n end"
    before, after = (Module.parse(wasm) for wasm in (assemble(text), to_exnref(assemble(text))))
    assert after.subtypes[:-1] == before.subtypes
    params, results = after.func_type(len(after.subtypes) - 1), (EXNREF,)
    assert params == FuncType((), (*before.tag_type(1).params, *results))


@pytest.mark.parametrize(("text", "count"), [
    ("try\n catch_all\n end", 0),
    ("try\n catch_all\n rethrow 0\n end\n" * 2, 1),
    ("try\n try\n catch_all\n rethrow 0\n end\n catch_all\n rethrow 0\n end", 1),
    ("try\n catch_all\n try\n catch_all\n rethrow 0\n end\n rethrow 0\n end", 2),
    ("try\n catch_all\n try\n catch_all\n rethrow 1\n end\n end", 1),
])  # fmt: skip
def test_locals_are_as_many_as_catch_parts_that_rethrow_are_open(text: str, count: int) -> None:
    assert locals_of("func f\n" + text) == count


HOSTILE = {
    "tries": "try\n" * 20_000 + "catch_all\n end\n" * 20_000,
    "tries that rethrow": "try\n" * 20_000 + "catch_all\n rethrow 0\n end\n" * 20_000,
    "catch parts": "try\n catch_all\n" * 20_000 + "rethrow 19999\n" * 20_000 + "end\n" * 20_000,
    "delegates": "try\n" * 20_000 + "delegate 0\n" * 20_000 + "try\n end\n",
    "branches": "try\n" * 20_000 + "br 20000\n br 10000\n" * 20_000 + "end\n" * 20_000,
    "clauses": "try\n catch_all\n end\n" + "try\n" + "catch $empty\n" * 9_999 + "end",
    "a long br_table": "try\n i32.const 0\n br_table " + "1 " * 100_000 + "\n end",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_nesting_takes_linear_time(kind: str) -> None:
    wasm = assemble(f"func f\n {HOSTILE[kind]}")
    started = time.process_time()
    try:
        translated = to_exnref(wasm)
    except UnsupportedModule as error:
        assert "locals" in error.reason
    else:
        assert len(translated) < 20 * len(wasm)
    assert time.process_time() - started < 10


def test_delegates_that_reach_very_many_handlers_are_refused_in_bounded_time() -> None:
    tries, delegates = 3_000, 3_000
    body = (
        "try\n" * tries
        + "try\n nop\n delegate 1\n" * delegates
        + "catch $int\n drop\n end\n" * tries
    )
    wasm = assemble(f"func f\n {body}")
    started = time.process_time()
    with pytest.raises(UnsupportedModule, match="too many exception handlers"):
        to_exnref(wasm)
    assert time.process_time() - started < 10


def test_more_handlers_than_engines_take_are_refused() -> None:
    with pytest.raises(UnsupportedModule, match="10001 handlers"):
        to_exnref(assemble("func f\n try\n" + "catch $empty\n" * 10_001 + "end"))
