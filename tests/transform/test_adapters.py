"""What an adapter does, for each kind of value and each way to end."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from tests.transform.hosting import RECOVERABLE, RETURNED, Hosted, Throws
from tests.transform.little import (
    CATCH_CODE,
    FIRST_HANDLE,
    STACK_TOP,
    TERMINATED_WORD,
    UNIT,
    Little,
)
from unpoison.bindgen import Extern, Option, Ref, Result, Scalar, Str
from unpoison.transform import IN_HOOK, LENT, TERMINATED, Options
from unpoison.wasm import I32, BlockType

JS = Extern()
LENT_JS = Ref(Extern())
NUMBER = Scalar("u32")
CATCHES = pytest.mark.parametrize("catches", [True, False], ids=["catches", "catches nothing"])
VALUE = object()
I32_BLOCK = BlockType(I32)


def little(*, catches: bool) -> Little:
    """Give a builder of a module that handles exceptions, or does not."""
    made = Little()
    made.add_import("look", [LENT_JS])
    made.add_import("keep", [JS])
    made.add_import("make", [], JS)
    made.add_import("fail", [NUMBER], NUMBER)
    made.add_import("try", [NUMBER], NUMBER, catch=True)
    if catches:
        made.add_export("unused", [], UNIT, CATCH_CODE)
    return made


LOOK, KEEP, MAKE, FAIL, TRY = range(2, 7)


@CATCHES
def test_an_owned_value_goes_in_as_a_new_handle(catches: bool) -> None:
    made = little(catches=catches)
    made.add_export("take", [JS, JS], NUMBER, [("local.get", 1)])
    hosted = Hosted(made.make())
    assert hosted.call("take", "first", "second") == FIRST_HANDLE + 1
    assert [hosted.slot(FIRST_HANDLE + n) for n in range(2)] == ["first", "second"]


@CATCHES
def test_a_lent_value_goes_in_below_the_constants_and_is_forgotten(catches: bool) -> None:
    made = little(catches=catches)
    code = [("local.get", 0), ("call", LOOK), ("local.get", 1), ("call", LOOK), ("local.get", 0)]
    made.add_export("lend", [LENT_JS, LENT_JS], NUMBER, code)
    seen: list[object] = []
    hosted = Hosted(made.make(), {"look": seen.append})
    assert hosted.call("lend", "one", "two") == 1022
    assert hosted.call("lend", "three", "four") == 1022
    assert seen == ["one", "two", "three", "four"]
    assert hosted.slot(1022) is None
    assert hosted.slot(1023) is None


@CATCHES
def test_an_owned_handle_comes_out_as_its_value_and_is_free(catches: bool) -> None:
    made = little(catches=catches)
    made.add_export("give", [JS], JS, [("local.get", 0)])
    hosted = Hosted(made.make())
    assert hosted.call("give", VALUE) is VALUE
    assert hosted.slot(FIRST_HANDLE) is None


@CATCHES
def test_an_optional_value_goes_in_as_a_handle_and_comes_out_as_itself(catches: bool) -> None:
    made = little(catches=catches)
    made.add_export("pass", [Option(JS)], Option(JS), [("local.get", 0)])
    export = made.make().exports["pass"]
    assert str(export.signature) == "(i32) -> externref"


@CATCHES
def test_an_import_takes_an_owned_value_and_its_handle_is_free(catches: bool) -> None:
    made = little(catches=catches)
    made.add_export("send", [JS], UNIT, [("local.get", 0), ("call", KEEP)])
    kept: list[object] = []
    hosted = Hosted(made.make(), {"keep": kept.append})
    hosted.call("send", VALUE)
    assert kept == [VALUE]
    assert hosted.slot(FIRST_HANDLE) is None


@CATCHES
def test_what_an_import_gives_is_a_new_handle(catches: bool) -> None:
    made = little(catches=catches)
    made.add_export("fetch", [], NUMBER, [("call", MAKE)])
    hosted = Hosted(made.make(), {"make": lambda: VALUE})
    assert hosted.call("fetch") == FIRST_HANDLE
    assert hosted.slot(FIRST_HANDLE) is VALUE


@CATCHES
@pytest.mark.parametrize(
    ("result", "stored", "expected"),
    [
        (Str(), [("i32.store", 0, 7), ("i32.store", 4, 9)], [7, 9]),
        (Option(Scalar("i64")), [("i32.store", 0, 1), ("i64.store", 8, -5)], [1, -5]),
        (
            Result(Option(Scalar("f64"))),
            [("i32.store", 0, 1), ("i32.store", 16, 3), ("i32.store", 20, 4)],
            [1, 0.0, 3, 4],
        ),
    ],
    ids=["string", "option", "result"],
)
def test_a_return_area_comes_out_as_results(
    catches: bool, result: Any, stored: list[Any], expected: list[Any]
) -> None:
    made = little(catches=catches)
    code: list[tuple[Any, ...]] = []
    for name, offset, value in stored:
        constant = f"{name.partition('.')[0]}.const"
        code += [("local.get", 0), (constant, value), (name, (2, offset))]
    made.add_export("many", [NUMBER], result, code)
    hosted = Hosted(made.make())
    assert hosted.call("many", 1) == expected
    assert hosted.number("__stack_pointer") == STACK_TOP


def test_an_export_of_numbers_needs_no_adapter_where_nothing_is_caught() -> None:
    made = little(catches=False)
    made.add_export("plain", [NUMBER], NUMBER, [("local.get", 0)])
    adapted = made.make()
    assert not adapted.exports["plain"].adapted
    assert adapted.tags == ()


def failing(*code: tuple[Any, ...]) -> Little:
    """Give a module with an export that moves the stack pointer before its code runs."""
    made = little(catches=True)
    push = [("global.get", 0), ("i32.const", 64), ("i32.sub",), ("global.set", 0)]
    made.add_export("run", [LENT_JS, NUMBER], NUMBER, [*push, *code])
    return made


def test_what_an_import_throws_goes_on_as_a_recoverable_error() -> None:
    made = failing(("local.get", 1), ("call", FAIL))
    hosted = Hosted(made.make(), {"fail": Throws(VALUE)})
    assert hosted.ending("run", "lent", 5) == (RECOVERABLE, VALUE)


def test_an_exception_puts_back_the_stack_pointer_and_what_was_lent() -> None:
    made = failing(("local.get", 1), ("call", FAIL))
    hosted = Hosted(made.make(), {"fail": Throws(VALUE)})
    for _ in range(1100):  # more than there are slots
        assert hosted.ending("run", "lent", 5)[0] == RECOVERABLE
    assert hosted.number("__stack_pointer") == STACK_TOP
    assert hosted.slot(1023) is None


def test_a_caught_import_stores_what_is_thrown_and_gives_zero() -> None:
    made = failing(("global.get", 0), ("i32.const", 64), ("i32.add",), ("global.set", 0),
                   ("local.get", 1), ("call", TRY))  # fmt: skip
    hosted = Hosted(made.make(), {"try": Throws(VALUE)})
    assert hosted.call("run", "lent", 5) == 0
    assert hosted.slot(hosted.number("stored")) is VALUE


def test_a_caught_import_that_returns_stores_nothing() -> None:
    made = failing(("global.get", 0), ("i32.const", 64), ("i32.add",), ("global.set", 0),
                   ("local.get", 1), ("call", TRY))  # fmt: skip
    hosted = Hosted(made.make(), {"try": lambda number: number + 1})
    assert hosted.call("run", "lent", 5) == 6
    assert hosted.number("stored") == 0


@pytest.mark.parametrize("index", [FAIL, TRY])
@pytest.mark.parametrize("throws", [True, False])
def test_behind_an_import_nothing_of_a_dead_instance_goes_on(index: int, throws: bool) -> None:
    made = failing(("local.get", 1), ("call", index))
    given: Any = Throws(VALUE) if throws else (lambda number: number)
    hosted = Hosted(made.make(), {"fail": given, "try": given})
    hosted.write(TERMINATED_WORD, TERMINATED)
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        hosted.ending("run", "lent", 5)
    assert hosted.number("stored") == 0


def test_the_abort_hook_may_call_imports() -> None:
    made = failing(("local.get", 1), ("call", FAIL))
    hosted = Hosted(made.make(), {"fail": lambda number: number})
    hosted.write(TERMINATED_WORD, IN_HOOK)
    assert hosted.ending("run", "lent", 5)[0] == RETURNED


def test_calls_that_are_nested_deeper_than_there_are_slots_trap() -> None:
    made = little(catches=False)
    again = [("local.get", 1), ("if", I32_BLOCK), ("local.get", 1), ("call", FAIL)]
    made.add_export(
        "run", [LENT_JS, NUMBER], NUMBER, [*again, ("else",), ("i32.const", 7), ("end",)]
    )
    hosted = Hosted(made.make(), {"fail": lambda number: hosted.call("run", "deep", number - 1)})
    assert hosted.call("run", "top", 40) == 7
    hosted.exported(LENT).set_value(hosted.store, 30)
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        hosted.call("run", "top", 40)


@pytest.mark.parametrize(("free", "fits"), [(0, False), (1, True), (2, True)])
def test_slot_0_is_never_lent(free: int, fits: bool) -> None:
    made = little(catches=False)
    made.add_export("run", [LENT_JS], NUMBER, [("local.get", 0)])
    hosted = Hosted(made.make())
    hosted.exported(LENT).set_value(hosted.store, free + 1)
    if fits:
        assert hosted.call("run", "value") == free
    else:
        with pytest.raises(wasmtime.Trap, match="unreachable"):
            hosted.call("run", "value")


def test_errors_of_javascript_are_fatal_when_that_is_forced() -> None:
    made = little(catches=False)
    made.add_export("run", [NUMBER], NUMBER, [("local.get", 0), ("call", FAIL)])
    adapted = made.make(Options(force_abort_handler=True))
    seen: list[object] = []
    given = {"fail": Throws(VALUE), "__wbindgen_rethrow_critical": seen.append}
    hosted = Hosted(adapted, given)
    with pytest.raises(wasmtime.Trap, match="unreachable"):
        hosted.call("run", 5)
    assert seen == [VALUE]
