"""TypedDicts of TypeScript's interfaces: their text, and what they are when they run."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.bindgen.shape_source import is_shape_name, make_shapes
from unpoison.bindgen.typescript_names import read_names


def source(*sections: str) -> str:
    names = read_names(sections, {"Place": "_Place"}, lambda name: not is_shape_name(name))
    return make_shapes("demo", names, names.shapes(), {"_Place": "Place"})


def run(text: str) -> ModuleType:
    module = ModuleType("demo_shapes")
    sys.modules["demo_shapes"] = module  # where TypedDict looks for what annotations name
    exec(compile(text, "<shapes>", "exec", dont_inherit=True), module.__dict__)
    return module


POINT = '''\
"""Plain objects of demo, as it declares them in TypeScript."""

from typing import NotRequired, TypedDict


class Point(TypedDict):
    """Where something is."""

    x: float
    """To the right."""
    y: NotRequired[float | None]
'''


def test_an_interface_is_a_class_with_its_documentation() -> None:
    text = source(
        "/** Where something is. */ interface Point { /** To the right. */ x: number; y?: number }"
    )
    assert text == POINT


def test_it_checks_nothing_and_is_a_dict() -> None:
    point = run(source("interface Point { x: number; y?: number }")).Point
    assert point(x=1) == {"x": 1}
    assert point.__required_keys__ == {"x"}
    assert point.__optional_keys__ == {"y"}


ODD = """
interface Point { x: number }
interface Odd {
    'a b': string; class: Point; float: number; Literal: 'x'; Point?: Point; __a: Odd;
    "it's": "Sequence"; m(): void; ﬁ: string;
}
"""


def test_keys_that_no_class_can_have_are_kept() -> None:
    module = run(source(ODD))
    hints: dict[str, Any] = get_type_hints(module.Odd, vars(module))
    assert list(hints) == ["a b", "class", "float", "Literal", "Point", "__a", "it's", "m", "ﬁ"]
    assert hints["class"] is module.Point
    assert hints["Point"] == module.Point | None
    assert hints["__a"] is module.Odd
    assert module.Odd.__optional_keys__ == {"Point"}


def test_only_what_annotations_name_is_imported() -> None:
    assert "from typing import Literal, TypedDict\n" in source("interface A { a: 'Sequence' }")
    assert "collections" not in source("interface A { a: 'Sequence' }")


def test_a_rust_type_is_known_to_type_checkers() -> None:
    text = source("interface A { place: Place; at: Promise<null> }")
    assert "if TYPE_CHECKING:\n    from . import Place as _Place\n" in text
    assert "from collections.abc import Awaitable\n" in text
    assert "\n\nfrom unpoison.js import JsNull\n" in text
    assert run(text).A(place=1) == {"place": 1}


@pytest.mark.parametrize("name", ["str", "TypedDict", "_A", "class", "None", "é", "$a", "a-b"])
def test_a_name_that_would_hide_another_is_no_shape(name: str) -> None:
    assert not is_shape_name(name)


@given(
    st.dictionaries(
        st.text("ab'\"\\ _:", max_size=6) | st.sampled_from(["x", "float", "A"]),
        st.sampled_from(["string", "A", "'a'[]", "null", "B", "Promise<A>"]),
        max_size=4,
    )
)
def test_any_keys_give_a_module_that_runs(properties: dict[str, str]) -> None:
    def quoted(key: str) -> str:
        return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'

    items = "".join(f"{quoted(key)}: {type_};" for key, type_ in properties.items())
    module = run(source(f"interface A {{ {items} }} type B = A | undefined;"))
    assert list(module.A.__annotations__) == list(properties)
