"""Handles of a module that was built without reference types."""

from __future__ import annotations

import random

import pytest

from tests.transform.hosting import Hosted
from tests.transform.little import CATCH_CODE, FIRST_HANDLE, STACK_TOP, UNIT, Little
from unpoison.bindgen import Extern, Result, Scalar, Vector
from unpoison.errors import UnsupportedModule
from unpoison.transform import make_javascript_module
from unpoison.wasm import FuncType

JS = Extern()
ALLOC, DEALLOC = "__externref_table_alloc", "__externref_table_dealloc"
DROP_SLICE = "__externref_drop_slice"


def little() -> Little:
    made = Little(handles=False)
    made.add_import("try", [JS], JS, catch=True)
    made.add_export("unused", [], UNIT, CATCH_CODE)
    made.add_export("pass", [JS], JS, [("local.get", 0)])
    made.add_export("all", [Vector(JS)], Vector(JS), [])
    made.add_export("checked", [], Result(Scalar("u32")), [])
    return made


@pytest.fixture
def hosted() -> Hosted:
    return Hosted(little().make())


def test_values_cross_as_they_do_with_reference_types(hosted: Hosted) -> None:
    assert str(hosted.adapted.exports["pass"].signature) == "(externref) -> externref"
    value = object()
    assert hosted.call("pass", value) is value


def test_handles_start_behind_the_constants_and_are_used_again(hosted: Hosted) -> None:
    handles = [hosted.call(ALLOC) for _ in range(3)]
    assert handles == [FIRST_HANDLE, FIRST_HANDLE + 1, FIRST_HANDLE + 2]
    hosted.call(DEALLOC, handles[1])
    hosted.call(DEALLOC, handles[0])
    assert [hosted.call(ALLOC) for _ in range(3)] == [handles[0], handles[1], FIRST_HANDLE + 3]


@pytest.mark.parametrize("handle", [0, 1023, 1024, 1027])
def test_a_constant_is_never_freed(hosted: Hosted, handle: int) -> None:
    hosted.call(DEALLOC, handle)
    assert hosted.call(ALLOC) == FIRST_HANDLE


def test_a_freed_slot_forgets_its_value(hosted: Hosted) -> None:
    hosted.call("pass", "value")
    assert hosted.slot(FIRST_HANDLE) is None


def test_a_slice_of_handles_is_freed_whole(hosted: Hosted) -> None:
    handles = [hosted.call(ALLOC) for _ in range(5)]
    for place, handle in enumerate(handles):
        hosted.write(64 + 4 * place, handle)
    hosted.call(DROP_SLICE, 64, 4)
    assert {hosted.call(ALLOC) for _ in range(4)} == set(handles[:4])
    assert hosted.call(ALLOC) == FIRST_HANDLE + 5


@pytest.mark.parametrize("seed", range(5))
def test_no_handle_is_given_twice(hosted: Hosted, seed: int) -> None:
    rng, live, most, highest = random.Random(seed), set[int](), 0, 0
    for _ in range(3000):
        if live and rng.random() < 0.49:
            handle = rng.choice(sorted(live))
            live.remove(handle)
            hosted.call(DEALLOC, handle)
        else:
            handle = hosted.call(ALLOC)
            assert handle not in live
            live.add(handle)
            highest = max(highest, handle)
        most = max(most, len(live))
    assert highest == FIRST_HANDLE + most - 1
    assert hosted.number("allocated") <= STACK_TOP + 4 * 4 * max(most, 64)


def test_without_malloc_either_it_is_refused() -> None:
    made = little()
    module, interface = made.finish(), made.interface()
    module.exports = [item for item in module.exports if item.name != "__wbindgen_malloc"]
    with pytest.raises(UnsupportedModule, match="__wbindgen_malloc"):
        make_javascript_module(module, interface)


def test_a_function_of_another_type_is_not_taken_for_it() -> None:
    made = Little()
    made.add_export("pass", [JS], JS, [("local.get", 0)])
    module, interface = made.finish(), made.interface()
    wrong = module.find_export(DEALLOC)
    assert wrong is not None
    module.functions = [
        module.add_func_type(FuncType())
        if place == wrong.index - module.imported_functions
        else old
        for place, old in enumerate(module.functions)
    ]
    with pytest.raises(UnsupportedModule, match="the type that it must have"):
        make_javascript_module(module, interface)
