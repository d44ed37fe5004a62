"""What a name means: in what the embedder gave, then in the global object."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.js.script import World
from unpoison import js
from unpoison.bindgen import Import, ImportKind
from unpoison.runtime.lookup import Lookup
from unpoison.wasm import FuncType


def host(*path: str, **more: Any) -> Import:
    signature = FuncType((), ())
    return Import(0, "m", "f", signature, ImportKind.FUNCTION, path[-1], path=path, **more)


def find(given: object, *path: str, **more: Any) -> Any:
    """Give what a path means, `...` for nothing."""
    found = Lookup(given, World().realm).find(host(*path, **more))
    return ... if found.is_absent else found.value


@pytest.mark.parametrize(
    "given",
    [{"a": {"b": 5}}, SimpleNamespace(a=SimpleNamespace(b=5)), {"a": js.Object({"b": 5})}],
)
def test_a_path_goes_through_mappings_and_attributes(given: object) -> None:
    assert find(given, "a", "b") == 5
    assert find(given, "a", "c") is ...
    assert find(given, "b") is ...


def test_what_the_embedder_gave_comes_before_the_global_object() -> None:
    assert find({"Math": {"max": 5}}, "Math", "max") == 5
    assert callable(find({"Math": {"max": 5}}, "Math", "min"))
    assert callable(find({}, "Math", "max"))


def test_a_name_in_the_global_object_may_be_given_alone() -> None:
    assert find({"f": 5}, "globalThis", "f") == 5
    assert find({"globalThis": {"f": 6}, "f": 5}, "globalThis", "f") == 6
    assert callable(find({}, "globalThis", "Math", "max"))
    assert find({}, "globalThis", "f") is ...


def test_prefixed_names_come_after_the_plain_one() -> None:
    names = {"prefixed": ("webkitF", "mozF")}
    assert find({"mozF": 1}, "F", **names) == 1
    assert find({"mozF": 1, "webkitF": 2}, "F", **names) == 2
    assert find({"mozF": 1, "F": 3}, "F", **names) == 3
    assert find({"mozF": {"make": 4}}, "F", "make", **names) == 4
    assert find({}, "F", **names) is ...


@pytest.mark.parametrize(
    ("name", "python"),
    [("from", "from_"), ("sum-of", "sum_of"), ("1st", "_1st"),
     ("[Symbol.search]", "Symbol_search"), ("left-pad", "left_pad")],
)  # fmt: skip
def test_what_no_attribute_can_be_called_has_its_name_in_python(name: str, python: str) -> None:
    assert find(SimpleNamespace(**{python: 5}), name) == 5
    assert find({python: 5}, name) == 5
    assert find({"a": SimpleNamespace(**{python: 5})}, "a", name) == 5
    assert find(SimpleNamespace(other=5), name) is ...


def test_the_name_itself_comes_before_its_name_in_python() -> None:
    assert find({"from": 1, "from_": 2}, "from") == 1
    search = js.WELL_KNOWN_SYMBOLS["search"]
    assert find({"a": {search: 1, "Symbol_search": 2}}, "a", "[Symbol.search]") == 1


def test_a_protocol_of_python_stands_for_a_symbol() -> None:
    found = find({"a": range(3)}, "a", "[Symbol.iterator]")
    assert js.is_function(found)


def test_a_name_with_dots_is_followed_when_nobody_has_it_as_it_is() -> None:
    assert find({"a": {"b.c": 1, "b": {"c": 2}}}, "a", "b.c") == 1
    assert find({"a": {"b": {"c": 2}}}, "a", "b.c") == 2


def test_a_module_may_be_given_under_each_of_its_names() -> None:
    names = {"js_module": "./x.js", "js_module_names": ("x.js",)}
    assert find({"x.js": {"f": 1}}, "f", **names) == 1
    assert find({"./x.js": {"f": 2}, "x.js": {"f": 1}}, "f", **names) == 2
    assert find(SimpleNamespace(_x_js=SimpleNamespace(f=3)), "f", **names) == 3
    assert find({"f": 1}, "f", **names) is ...
