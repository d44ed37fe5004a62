"""What is refused by name: Intl, Temporal, WebAssembly but for the memory, eval of text."""

from __future__ import annotations

import pytest

from tests.js.script import World
from unpoison import js
from unpoison.js.refused import CLASS_FUNCTIONS, CLASSES, FUNCTIONS

NAMESPACES = ("Intl", "Temporal", "WebAssembly")
CALLS = [
    *(f"{space}.{name}" for space in NAMESPACES for name in FUNCTIONS[space]),
    *(f"{space}.{name}" for space in NAMESPACES for name in CLASSES[space]),
    *(
        f"{space}.{name}.{function}"
        for space in NAMESPACES
        for name in CLASSES[space]
        for function in CLASS_FUNCTIONS[space]
    ),
]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_throws_an_error_that_names_it(name: str) -> None:
    world = World()
    with pytest.raises(js.TypeError, match=f"{name} is not supported"):
        world.run(f"{name}()")


@pytest.mark.parametrize("name", [f"{s}.{name}" for s in NAMESPACES for name in CLASSES[s]])
def test_a_class_is_there_but_makes_nothing(name: str) -> None:
    world = World()
    assert world.run(f"typeof {name}") == "function"
    assert world.run(f"({{}}) instanceof {name}") is False
    with pytest.raises(js.TypeError, match=f"{name} is not supported"):
        world.run(f"new {name}()")


def test_eval_of_text_is_refused_and_of_a_value_is_the_value() -> None:
    world = World()
    with pytest.raises(js.EvalError, match="eval of text"):
        world.run("eval('1 + 1')")
    assert world.run("eval(5)") == 5
    with pytest.raises(js.EvalError, match="Function from text"):
        world.run("new Function('return 1')")
