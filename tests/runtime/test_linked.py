"""Names that a host may not have: snippets of the crate, modules, names of the web platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from unpoison import LinkError, Module, ThrownError, js
from unpoison.runtime import Provider, describe, find_providers

LINKED = Path(__file__).parents[1] / "crates" / "linked" / "linked.legacy.wasm"


class Counter:
    def __init__(self, n: int) -> None:
        self.n = n

    def next(self) -> int:
        self.n += 1
        return self.n - 1


LOCAL = {"double": lambda n: 2 * n, "Counter": Counter}
FIRST = {"first": lambda: "uno"}
SECOND = {"second": str.upper, "answer": 42}
GIVEN = {
    "/src/js/local.js": LOCAL,
    "linked/inline0.js": FIRST,
    "linked/inline1.js": SECOND,
    "left-pad": {"default": lambda text, width: text.rjust(width, ".")},
    "alert": lambda text: None,
}


@pytest.fixture(scope="module")
def module() -> Module:
    return Module.read(LINKED)


@pytest.fixture
def linked(module: Module) -> Iterator[Any]:
    with module.instantiate(GIVEN) as instance:
        yield instance.exports


# --- snippets and modules ---


def test_a_snippet_that_is_not_given_is_named_with_what_to_do(module: Module) -> None:
    with pytest.raises(LinkError) as caught:
        module.instantiate()
    missing = {item.name: item for item in caught.value.missing}
    assert set(missing) >= {
        "/src/js/local.js: double", "/src/js/local.js: Counter", "left-pad: default",
        "linked/inline0.js: first", "linked/inline1.js: second", "linked/inline1.js: answer",
    }  # fmt: skip
    assert "give a Python object" in str(missing["/src/js/local.js: double"])
    assert "give a Python object" in str(missing["linked/inline0.js: first"])
    assert missing["left-pad: default"].note is None


def test_python_objects_stand_in_for_snippets_and_modules(linked: Any) -> None:
    assert linked.snippets() == "uno TWO 42 7"
    assert linked.padded("abc") == "..abc"


@pytest.mark.parametrize(
    ("local", "first"),
    [
        ("./src/js/local.js", "inline0.js"),
        ("src/js/local.js", "linked/inline0.js"),
        ("linked/src/js/local.js", "linked-{hash}/inline0.js"),
        ("linked-{hash}/src/js/local.js", "./snippets/linked-{hash}/inline0.js"),
        ("./snippets/linked-{hash}/src/js/local.js", "inline0.js"),
    ],
)
def test_a_snippet_may_be_given_under_each_of_its_names(
    module: Module, local: str, first: str
) -> None:
    symbol = module.interface.functions[0].symbol
    names = [name.format(hash=symbol.rpartition("_")[2]) for name in (local, first)]
    given = {key: value for key, value in GIVEN.items() if key.startswith(("left", "alert"))}
    given |= {names[0]: LOCAL, names[1]: FIRST, "inline1.js": SECOND}
    with module.instantiate(given) as instance:
        assert instance.exports.snippets() == "uno TWO 42 7"


# --- names of the web platform ---


def test_a_static_of_the_platform_reads_undefined(linked: Any) -> None:
    assert linked.has_window() is False
    with pytest.raises(ThrownError) as caught:
        linked.title()
    assert caught.value.value == "no window"  # type: ignore[attr-defined]


def test_nothing_is_an_instance_of_a_class_that_is_not_here(linked: Any) -> None:
    assert not linked.is_element({"tagName": "A"})
    assert not linked.is_element(None)


def test_making_a_class_that_is_not_here_is_a_reference_error(linked: Any) -> None:
    with pytest.raises(js.ReferenceError, match=r"^Document is not defined$"):
        linked.new_document()


def test_a_member_is_looked_for_in_whatever_the_receiver_is(linked: Any) -> None:
    assert linked.tag_of({"tagName": "DIV"}) == "DIV"
    document = {"createElement": lambda name: {"tagName": name}}
    assert linked.canvas_of(document) == {"tagName": "canvas"}
    with pytest.raises(js.TypeError, match="createElement is not a function"):
        linked.canvas_of({})


def test_an_embedder_may_give_the_platform(module: Module) -> None:
    class Window:
        document: ClassVar = {"title": "Home"}

    with module.instantiate({**GIVEN, "Window": Window, "window": Window()}) as instance:
        assert instance.exports.has_window() is True
        assert instance.exports.title() == "Home"


def test_providers_tell_what_this_host_has_not(module: Module) -> None:
    providers = {describe(item): who for item, who in find_providers(module).items()}
    assert providers["Document"] is Provider.ABSENT
    assert providers["linked/inline0.js: first"] is Provider.EMBEDDER
    assert providers["console.log"] is Provider.UNPOISON


# --- structural or not ---


class Joiner(list[object]):
    def join(self, separator: str) -> str:
        return f"my {separator}"


def test_a_final_method_is_the_prototypes_whatever_the_receiver_has(linked: Any) -> None:
    assert linked.joined(Joiner([1, 2]), False) == "1-2"
    assert linked.joined(Joiner([1, 2]), True) == "my -"
    assert linked.joined([1, 2], True) == "1-2"
