"""The interpreter: what describe functions do, and what a module could make it do."""

from __future__ import annotations

import time

import pytest

from tests.bindgen.making import BUILDS, NO_VALUES, PLACEHOLDER, Guest, counter
from unpoison.bindgen import Descriptions
from unpoison.bindgen.interpreter import MAX_CALL_DEPTH, Interpreter
from unpoison.errors import MalformedModule, UnpoisonError, UnsupportedItem
from unpoison.wasm import F64, I32, I64, BlockType, ExternKind, FuncType, MemArg, Module

WHERE = "export f"
VOID = BlockType()


def run(code, *, guest=None, signature=NO_VALUES, locals_=()):
    """Give the words that one function describes."""
    guest = guest or Guest()
    function = guest.function("f", signature, code, locals_)
    return Interpreter(Module.parse(guest.module.emit())).run(function, WHERE)


def say(*code):
    """Give code that describes the i32 that `code` computes; the import is function 0."""
    return [*code, ("call", 0)]


def const(value):
    return ("i32.const", value)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ([const(-1)], 2**32 - 1),
        ([const(7), const(5), ("i32.sub",)], 2),
        ([const(5), const(7), ("i32.sub",)], 2**32 - 2),
        ([const(-1), const(1), ("i32.add",)], 0),
        ([const(1), const(33), ("i32.shl",)], 2),
        ([const(-8), const(1), ("i32.shr_s",)], 2**32 - 4),
        ([const(-8), const(1), ("i32.shr_u",)], 2**31 - 4),
        ([const(-1), const(1), ("i32.lt_s",)], 1),
        ([const(-1), const(1), ("i32.lt_u",)], 0),
        ([const(0), ("i32.eqz",)], 1),
        ([const(6), const(3), ("i32.and",)], 2),
        ([const(6), const(3), ("i32.xor",)], 5),
        ([("i64.const", -1), ("i32.wrap_i64",)], 2**32 - 1),
        ([const(-1), ("i64.extend_i32_s",), ("i64.const", -1), ("i64.eq",)], 1),
        ([const(-1), ("i64.extend_i32_u",), ("i64.const", -1), ("i64.eq",)], 0),
        ([const(4), const(9), const(0), ("select",)], 9),
        ([const(4), const(9), const(1), ("select",)], 4),
    ],
)
def test_integers_are_computed_as_the_core_specification_says(code, word):
    assert run(say(*code)) == (word,)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        # A block is left by a branch, and what follows in it is skipped.
        ([("block", VOID), ("br", 0), *say(const(1)), ("end",), *say(const(2))], (2,)),
        ([("block", VOID), const(0), ("br_if", 0), *say(const(1)), ("end",)], (1,)),
        ([("block", BlockType(I32)), const(8), const(9), ("br", 0), ("end",), ("call", 0)], (9,)),
        (
            [const(7), ("block", BlockType(I32)), const(8), const(9), ("br", 0), ("end",),
             ("call", 0), ("call", 0)],
            (9, 7),
        ),
        # Leaving two blocks at once leaves none of their labels behind.
        (
            [("block", VOID), ("block", VOID), ("br", 1), ("end",), ("end",),
             *say(const(1)), ("br", 0), *say(const(2))],
            (1,),
        ),
        # An if takes one of its arms, and needs no else.
        ([const(1), ("if", VOID), *say(const(1)), ("else",), *say(const(2)), ("end",)], (1,)),
        ([const(0), ("if", VOID), *say(const(1)), ("else",), *say(const(2)), ("end",)], (2,)),
        ([const(0), ("if", VOID), *say(const(1)), ("end",), *say(const(3))], (3,)),
        # br_table counts from the innermost label; the default is the last one.
        (
            [("block", VOID), ("block", VOID), const(1), ("br_table", (0, 1), 0), ("end",),
             *say(const(1)), ("end",), *say(const(2))],
            (2,),
        ),
        (
            [("block", VOID), ("block", VOID), const(9), ("br_table", (1, 1), 0), ("end",),
             *say(const(1)), ("end",), *say(const(2))],
            (1, 2),
        ),
        ([*say(const(1)), ("return",), *say(const(2))], (1,)),
        # The body of a try runs; its catches, whatever is in them, do not.
        ([("try", VOID), *say(const(1)), ("catch_all",), ("unreachable",), ("end",)], (1,)),
        ([("try", VOID), *say(const(1)), ("catch", 0), ("memory.grow", 0), ("end",)], (1,)),
        ([("try", VOID), *say(const(1)), ("delegate", 0), *say(const(2))], (1, 2)),
        ([("try_table", VOID, ()), *say(const(1)), ("end",), *say(const(2))], (1, 2)),
    ],
)  # fmt: skip
def test_control_flow_is_followed(code, words):
    assert run(code) == words


def test_a_loop_runs_until_its_branch_is_not_taken():
    code = [
        ("loop", VOID), ("local.get", 0), const(1), ("i32.add",), ("local.tee", 0), ("call", 0),
        ("local.get", 0), const(3), ("i32.lt_u",), ("br_if", 0), ("end",),
    ]  # fmt: skip
    assert run(code, locals_=[(1, I32)]) == (1, 2, 3)


def test_a_branch_to_a_loop_takes_its_parameters():
    guest = Guest()
    takes_one = guest.module.add_func_type(FuncType((I32,), ()))
    code = [
        const(3), ("loop", BlockType(None, takes_one)), ("local.tee", 0), ("call", 0),
        ("local.get", 0), const(1), ("i32.sub",), ("local.tee", 0), ("local.get", 0),
        ("br_if", 0), ("drop",), ("end",),
    ]  # fmt: skip
    assert run(code, guest=guest, locals_=[(1, I32)]) == (3, 2, 1)


def test_arguments_are_zeros():
    signature = FuncType((I32, F64), ())
    assert run(say(("local.get", 0)), signature=signature) == (0,)


def test_the_shadow_stack_is_memory():
    guest = Guest()
    sp = guest.stack_pointer()
    at = MemArg(2, 8)
    code = [
        ("global.get", sp), const(16), ("i32.sub",), ("local.tee", 0), ("global.set", sp),
        ("local.get", 0), ("f64.const", 0x4045000000000000), ("f64.store", MemArg(3)),
        ("local.get", 0), const(-2), ("i32.store", at),
        *say(("local.get", 0), ("i32.load", at)),
        *say(("local.get", 0), ("i32.load8_s", at)),
        *say(("local.get", 0), ("i32.load16_u", at)),
        *say(("local.get", 0), ("i32.load", MemArg(2, 4))),
    ]  # fmt: skip
    words = run(code, guest=guest, locals_=[(1, I32)])
    assert words == (2**32 - 2, 2**32 - 2, 0xFFFE, 0x40450000)


def test_every_run_starts_from_the_initial_globals():
    guest = Guest()
    sp = guest.stack_pointer(64)
    leak = [*say(("global.get", sp)), const(0), ("global.set", sp)]
    functions = [guest.function(None, FuncType(), leak) for _ in range(2)]
    interpreter = Interpreter(Module.parse(guest.module.emit()))
    assert [interpreter.run(function, WHERE) for function in functions] == [(64,), (64,)]


def test_a_call_passes_arguments_and_results():
    guest = Guest()
    swap = guest.function(
        None, FuncType((I32, I32), (I32, I32)), [("local.get", 1), ("local.get", 0)]
    )
    code = [const(1), const(2), ("call", swap), ("call", 0), ("call", 0)]
    assert run(code, guest=guest) == (1, 2)


def test_a_tail_call_ends_the_function():
    guest = Guest()
    inner = guest.function(None, FuncType(), say(const(1)))
    assert run([("return_call", inner), *say(const(2))], guest=guest) == (1,)


def test_the_marker_ends_the_run():
    assert run([*say(const(1)), const(0), const(0), ("call", 1), ("drop",), *say(const(2))]) == (1,)


def test_constructors_that_the_linker_calls_in_every_export_are_skipped():
    guest = Guest()
    constructors = guest.function(None, FuncType(), [("memory.size", 0), ("drop",)])
    guest.function("__wbindgen_skip_interpret_calls", FuncType(), [("call", constructors)])
    assert run([("call", constructors), *say(const(1))], guest=guest) == (1,)


def test_coverage_functions_are_skipped_by_name():
    guest = Guest()
    profile = guest.function(None, FuncType((), (I32,)), [("memory.size", 0)])
    names = guest.module.names
    names.functions[profile] = "__llvm_profile_init"
    guest.module.names = names
    assert run([("call", profile), ("drop",), *say(const(1))], guest=guest) == (1,)


def test_an_instruction_that_it_does_not_know_makes_one_item_unsupported():
    with pytest.raises(UnsupportedItem) as caught:
        run([const(1), ("memory.grow", 0), ("drop",)])
    assert (caught.value.item, caught.value.type) == (WHERE, "memory.grow")


FOREIGN = ("env", "other", FuncType())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([("loop", VOID), ("br", 0), ("end",)], "steps in all"),
        ([("loop", VOID), *say(const(1)), ("br", 0), ("end",)], "more than 65536 words"),
        ([("call", 4)], f"calls nest deeper than {MAX_CALL_DEPTH}"),
        ([("call", 2)], "calls the imported function 2"),
        ([("call", 999)], "function 999 does not exist"),
        ([const(65536), ("i32.load8_u", MemArg(0)), ("drop",)], "outside of memory"),
        ([const(-1), ("i32.load", MemArg(2, 2**33)), ("drop",)], "outside of memory"),
        ([("drop",)], "not valid"),
        ([("local.get", 9)], "not valid"),
        ([("global.get", 9)], "not valid"),
        ([("br", 9)], "not valid"),
        ([("block", BlockType(None, 999)), ("end",)], "type 999 does not exist"),
    ],
)
def test_what_no_describe_function_does_is_malformed(code, reason):
    with pytest.raises(MalformedModule, match=reason) as caught:
        run(code, guest=Guest(FOREIGN))
    assert caught.value.where in (WHERE, None)


def test_locals_are_paid_for():
    guest = Guest()
    wide = guest.function(None, FuncType(), [], [(50_000, I64)])
    started = time.process_time()
    with pytest.raises(MalformedModule, match="steps in all"):
        run([("loop", VOID), ("call", wide), ("br", 0), ("end",)], guest=guest)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("build", BUILDS)
def test_all_describe_functions_of_a_real_module_run_in_well_under_a_second(build):
    module = Module.parse(counter(build))
    started = time.process_time()
    descriptions = Descriptions(module)
    types = [descriptions.get(name) for name in descriptions.names]
    casts = list(descriptions.generic_imports())
    assert time.process_time() - started < 2
    assert len(types) > 1500 and None not in types
    assert len(casts) > 5


def test_a_describe_function_is_run_once():
    guest = Guest()
    function = guest.function("f", FuncType(), say(const(1)))
    interpreter = Interpreter(Module.parse(guest.module.emit()))
    assert interpreter.run(function, WHERE) is interpreter.run(function, WHERE)


def test_a_module_without_describe_imports_has_no_marker():
    assert Interpreter(Module()).marker is None


def test_a_marker_of_another_module_is_none():
    module = Module()
    module.add_import("env", "__wbindgen_describe_generic_import", FuncType())
    assert Interpreter(module).marker is None
    module.add_import(PLACEHOLDER, "__wbindgen_describe_generic_import", FuncType())
    assert Interpreter(Module.parse(module.emit())).marker == 1


def test_a_skip_export_that_is_no_function_is_ignored():
    guest = Guest()
    guest.module.add_export("__wbindgen_skip_interpret_calls", ExternKind.MEMORY, 0)
    try:
        assert run(say(const(1)), guest=guest) == (1,)
    except UnpoisonError:
        pytest.fail("the export must not matter")
