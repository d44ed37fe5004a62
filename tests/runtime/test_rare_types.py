"""Rows of the ABI table that few modules use, on a crate of their own with interned strings."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import unpoison
from unpoison import js

CRATE = Path(__file__).resolve().parent.parent / "crates" / "rare"


class Shelf:
    """A class of the host."""

    made = 0

    def __init__(self, name: str) -> None:
        Shelf.made += 1
        self.name = name
        self.items: list[Any] = []

    @staticmethod
    def count() -> int:
        return Shelf.made

    def push(self, item: object) -> int:
        self.items.append(item)
        return len(self.items)


# `noref` is the legacy build with -Ctarget-feature=-reference-types,-call-indirect-overlong added:
# there the host owns the table of handles. `examples/build.py` does not rebuild it.
@pytest.fixture(params=["legacy", "noref"])
def rare(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    host = SimpleNamespace(VERSION="v2")
    seen: list[Any] = []
    for kind in (
        "texts", "strings", "bools", "chars", "levels", "styles", "values", "numbers", "text"
    ):  # fmt: skip
        setattr(host, f"see_{kind}", lambda *given: seen.append(given))
    module = unpoison.Module.read(CRATE / f"rare.{request.param}.wasm")
    for item in module.interface.imports:
        if item.path[:1] == ("host",) and not hasattr(host, item.path[-1]):
            setattr(host, item.path[-1], None)

    def late(name: str) -> Any:
        return lambda *given: getattr(answers, name)(*given)

    answers = SimpleNamespace()
    for name, value in vars(host).items():
        if value is None:
            setattr(host, name, late(name))
    instance = module.instantiate({"host": host, "Shelf": Shelf})
    yield SimpleNamespace(exports=instance.exports, seen=seen, answers=answers, instance=instance)
    assert instance.state == "live"
    instance.close()


# --- slices and strings that Rust lends ---


def test_a_slice_of_each_kind_reaches_the_host(rare: SimpleNamespace) -> None:
    value = object()
    rare.exports.show_slices(value)
    level, style = rare.exports.Level, rare.exports.Style
    assert rare.seen == [
        (["", "é", "two"],), ([],), (["x"],), ([True, False],), (["a", "😀"],),
        ([level.High, level.Low],), ([style("a-b")],), ([value, js.null, value],),
        (b"\1\2", array("q", [-1]), None), (b"", array("q"), array("f", [0.5])),
        ("plain", None), ("", "given"),
    ]  # fmt: skip
    assert rare.instance.live_handles == 0


def test_an_interned_string_is_a_string(rare: SimpleNamespace) -> None:
    for text in ("interned", "", "😀"):
        assert rare.exports.show_interned(text) == text
        assert rare.seen[-1] == (text, text)
        assert rare.exports.interned(text, True) == text
        assert rare.exports.interned(text, False) is None


# --- what the host gives ---


def test_a_variadic_import_gets_its_arguments_one_by_one(rare: SimpleNamespace) -> None:
    rare.answers.sum = lambda *numbers: float(sum(numbers))
    rare.answers.join_all = lambda *values: "-".join(map(str, values))
    assert rare.exports.spread([1, "x", None]) == "6.5 1-x-None"
    assert rare.exports.spread([]) == "6.5 "


def test_what_the_host_gives_is_of_the_type_that_rust_wants(rare: SimpleNamespace) -> None:
    node, level = rare.exports.Node, rare.exports.Level
    nodes = [node(1), node(2, "x")]
    rare.answers.give_nodes = lambda: nodes
    rare.answers.give_bools = lambda: [True, False]
    rare.answers.give_levels = lambda: (level.High, 1)
    rare.answers.give_texts = lambda: ["", "a"]
    rare.answers.give_node = lambda: node(7)
    rare.answers.give_wide = lambda: 2**100
    expected = f'3 [true, false] [High, Low] Some(["", "a"]) Ok(Some(7)) {2**100}'
    assert rare.exports.ask() == expected
    with pytest.raises(unpoison.StaleHandleError):
        _ = nodes[0].value

    nodes = []
    rare.answers.give_texts = rare.answers.give_node = lambda: None
    rare.answers.give_wide = lambda: -1
    expected = f"0 [true, false] [High, Low] None Ok(None) {2**128 - 1}"
    assert rare.exports.ask() == expected


@pytest.mark.parametrize(("name", "bad", "error"), [
    ("give_nodes", [1], TypeError), ("give_nodes", None, TypeError),
    ("give_bools", [1], TypeError), ("give_bools", "ab", TypeError),
    ("give_levels", [0], ValueError), ("give_texts", ["\ud800"], ValueError),
])  # fmt: skip
def test_what_the_host_gives_is_checked(
    rare: SimpleNamespace, name: str, bad: object, error: type[Exception]
) -> None:
    for other in ("nodes", "bools", "levels"):
        setattr(rare.answers, f"give_{other}", list)
    rare.answers.give_texts = rare.answers.give_node = lambda: None
    rare.answers.give_wide = lambda: 0
    setattr(rare.answers, name, lambda: bad)
    with pytest.raises(error, match=f"{name}: result"):
        rare.exports.ask()


def test_a_wrong_result_of_a_catching_import_is_an_err(rare: SimpleNamespace) -> None:
    for other in ("nodes", "bools", "levels"):
        setattr(rare.answers, f"give_{other}", list)
    rare.answers.give_texts = lambda: None
    rare.answers.give_wide = lambda: 2**128
    stale = rare.exports.Node(1)
    stale.free()
    for bad in (3, stale):
        rare.answers.give_node = lambda bad=bad: bad
        text = rare.exports.ask()
        assert text.startswith("0 [] [] None Err(JsValue(")
        assert text.endswith(f" {2**128 - 1}")


def test_a_class_of_the_host_is_made_and_used(rare: SimpleNamespace) -> None:
    shelf = rare.exports.use_shelf("item")
    assert type(shelf) is Shelf
    assert shelf.name == "first of v2"
    # What stands in brackets is a property, an attribute here: 1 was set, and 0 never was.
    assert shelf.items == ["item", Shelf.made, "item"]


# --- closures ---


def test_closures_are_lent_with_arguments_of_every_kind(rare: SimpleNamespace) -> None:
    exports = rare.exports
    kept: list[Any] = []

    def run_plain(call: Any) -> str:
        kept.append(call)
        with pytest.raises(TypeError, match="arg0 must be a str"):
            call(1, None, [])
        with pytest.raises(OverflowError, match="arg1 must be from"):
            call("x", -1, [])
        return str(call("x", 2, [0.5]))

    def run_changing(call: Any) -> float:
        kept.append(call)
        assert call(1, "a", False) is None
        with pytest.raises(ValueError, match="arg1 must be one character"):
            call(1, "ab", True)
        return float(call(-1, "a", True))

    def run_typed(call: Any) -> Any:
        kept.append(call)
        with pytest.raises(TypeError, match="arg0 must be a Node"):
            call(1, 1, None)
        return call(exports.Node(5), exports.Level.High, "1st")

    rare.answers.run_plain = run_plain
    rare.answers.run_changing = run_changing
    rare.answers.run_typed = run_typed
    assert exports.lend_closures() == 'x Some(2) [0.5]; 98; 6 Some("First")'
    for call, given in zip(kept, [("x", 2, []), (1, "a", True)], strict=False):
        with pytest.raises(unpoison.StaleHandleError):
            call(*given)


def test_a_closure_that_is_kept_takes_texts_and_values(rare: SimpleNamespace) -> None:
    call = rare.exports.keep_texts()
    assert call(["a", "é"], None) == "a,é"
    with pytest.raises(unpoison.ThrownValue) as caught:
        call([], "why")
    assert caught.value.value == "why"
    error = KeyError("mine")
    with pytest.raises(KeyError) as same:
        call([], error)
    assert same.value is error
    with pytest.raises(TypeError, match=r"arg0\[0\] must be a str"):
        call([1], None)


def test_a_closure_that_is_kept_takes_bytes(rare: SimpleNamespace) -> None:
    call = rare.exports.keep_bytes()
    assert call(b"ab", None) == b"ba"
    assert call(bytearray(b"ab"), 99) == b"bac"
    assert call([1, 2]) == b"\2\1"
    with pytest.raises(OverflowError):
        call([256], None)


# --- exports ---


def test_results_of_every_shape(rare: SimpleNamespace) -> None:
    exports = rare.exports
    assert exports.results(0) == ["a", ""]
    for kind, value in ((1, "text"), (2, 5), (3, None)):
        with pytest.raises(unpoison.ThrownValue) as caught:
            exports.results(kind)
        assert caught.value.value == value
    assert exports.maybe_nodes() is None
    assert [node.value for node in exports.maybe_nodes(3)] == [0, 1, 2]
    assert exports.wide_result(2**128 - 1, False) == 2**128 - 1
    with pytest.raises(js.Error, match="too wide"):
        exports.wide_result(0, True)
    assert exports.level_result(2147483647) is exports.Level.High
    assert exports.level_result() is None


def test_a_string_enum_of_any_strings(rare: SimpleNamespace) -> None:
    style = rare.exports.Style
    assert [(item.name, item.value) for item in style] == [
        ("value_", ""), ("a_b", "a-b"), ("a_b_", "a.b"), ("title_", "title"), ("value_1st", "1st"),
    ]  # fmt: skip
    texts = [rare.exports.style_text(item) for item in style]
    assert texts == [f"Some({name})" for name in ("Nothing", "Dashed", "Dotted", "Title", "First")]
    assert rare.exports.style_text(None) == "None"


def test_members_with_hard_names(rare: SimpleNamespace) -> None:
    with rare.exports.Node(4, "x") as node:
        assert (node.value, node.maybe, node.wide) == (4, "x", -1)
        assert node._ptr_ == 3
        node._ptr_ = 4
        assert node.free_() == 4
        assert node.len("ab", 3) == 5
        assert node.len("ab") == 2
        node.wide = -(2**127)
        assert node.wide == -(2**127)
        with pytest.raises(OverflowError):
            node.wide = 2**127
        node.levels = [1, rare.exports.Level.High]
        assert node.levels == [rare.exports.Level.Low, rare.exports.Level.High]
        node.maybe = None
        assert node.maybe is None
        node.twice = 5
        assert node.value == 10
        assert node.next.value == 9
        node.next = rare.exports.Node(3)
        assert node.value == 3
        node.next = None
        assert node.next is None
        assert rare.exports.Node.total == 7


def test_methods_that_consume(rare: SimpleNamespace) -> None:
    node, other, third = (rare.exports.Node(value) for value in (1, 2, 4))
    node.merge(other, third)
    assert node.value == 7
    with pytest.raises(unpoison.StaleHandleError):
        _ = other.value
    with pytest.raises(unpoison.BorrowError):
        node.merge(third, third)
    assert third.value == 4
    assert rare.exports.borrowed_node(None, node) == 107
    assert rare.exports.borrowed_node(third, node) == 111
    assert node.into_value() == 111
    with pytest.raises(unpoison.StaleHandleError):
        node.into_value()


def test_variadic_exports(rare: SimpleNamespace) -> None:
    assert rare.exports.count_values("x", 1, None, object()) == "x 3"
    assert rare.exports.count_values("x") == "x 0"
    assert rare.exports.join_texts("a", "", "b") == "a++b"
    with pytest.raises(TypeError, match=r"rest\[1\] must be a str"):
        rare.exports.join_texts("a", 1)


def test_exports_with_hard_names(rare: SimpleNamespace) -> None:
    assert {rare.exports.meet(), rare.exports.meet_()} == {1, 2}
    assert rare.exports.type("ab", [1]) == 3
    assert rare.exports._init__() == 9
    assert rare.exports.clamped_sum(b"\1\2") == 3


def test_a_host_that_owns_the_handles_keeps_none_behind(rare: SimpleNamespace) -> None:
    handles = rare.instance._supervisor.home.handles
    before = handles.live()
    for _ in range(3):
        with pytest.raises(unpoison.ThrownValue):
            rare.exports.results(1)
        assert rare.exports.results(0) == ["a", ""]
        assert rare.exports.count_values("x", 1, None, "y") == "x 3"
    assert handles.live() == before
    assert len(handles.values) < 4 + 128 + 1
