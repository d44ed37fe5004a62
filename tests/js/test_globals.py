"""The global object of a realm and its constructors."""

from __future__ import annotations

from typing import Any

import pytest

from unpoison import js


class World:
    """A global object, with the words of JavaScript."""

    def __init__(self) -> None:
        self.queue = js.MicrotaskQueue(self._report)
        self.names = js.global_object(js.PromiseRealm(self.queue))
        self.errors: list[Exception] = []

    def _report(self, error: Exception) -> None:
        self.errors.append(error)

    def __getitem__(self, path: str) -> Any:
        value: object = self.names
        for name in path.split("."):
            value = js.get(value, name)
        return value

    def new(self, path: str, *arguments: object) -> Any:
        return js.construct(self[path], *arguments)

    def call(self, path: str, *arguments: object) -> Any:
        return js.call(self[path], *arguments)


@pytest.fixture
def world() -> World:
    return World()


def test_global_this_is_the_object_itself(world: World) -> None:
    assert world["globalThis.globalThis"] is world.names
    assert js.has(world.names, "undefined")


@pytest.mark.parametrize("path", ["queueMicrotask", "JSON.parse", "Promise.all", "Array.isArray"])
def test_functions_have_their_names(world: World, path: str) -> None:
    assert world[f"{path}.name"] == path.rpartition(".")[2]


@pytest.mark.parametrize("name", ["Error", "TypeError", "RangeError", "URIError"])
def test_errors_are_made_with_and_without_new(world: World, name: str) -> None:
    for make in (world.new, world.call):
        error = make(name, "m", {"cause": 5})
        assert (js.error_text(error), error.cause) == (f"{name}: m", 5)
        assert js.instance_of(error, world[name])
        assert js.instance_of(error, world["Error"])
    assert world.new(name).message == ""
    assert world.new(name, 5).message == "5"
    assert world[f"{name}.name"] == name


def test_an_aggregate_error_has_its_errors(world: World) -> None:
    error = world.new("AggregateError", [1, 2], "m")
    assert (error.errors, error.message) == ([1, 2], "m")


def test_every_python_exception_is_an_instance_of_error(world: World) -> None:
    assert js.instance_of(KeyError(), world["Error"])
    assert js.instance_of(TypeError(), world["TypeError"])
    assert not js.instance_of(KeyError(), world["TypeError"])
    assert not js.instance_of({"name": "Error"}, world["Error"])


@pytest.mark.parametrize(
    ("name", "members", "others"),
    [
        ("Object", [{}, [], print, ValueError()], [1, "", None, js.null, js.Symbol()]),
        ("Function", [print, World], [{}, "f"]),
        ("Array", [[], (1,)], [{}, "a", b""]),
        ("Number", [], [1, 1.5]),
        ("String", [], [""]),
        ("Boolean", [], [True]),
        ("Symbol", [], [js.Symbol()]),
        ("BigInt", [], [js.BigInt(1)]),
    ],
)
def test_instanceof(world: World, name: str, members: list[object], others: list[object]) -> None:
    assert all(js.instance_of(value, world[name]) for value in members)
    assert not any(js.instance_of(value, world[name]) for value in others)


@pytest.mark.parametrize(
    ("path", "arguments", "result"),
    [
        ("Array.isArray", ([],), True),
        ("Array.isArray", ({},), False),
        ("Number", (" 5 ",), 5),
        ("Number", (js.BigInt(5),), 5),
        ("Number", (js.BigInt(2**64),), 1.8446744073709552e19),
        ("String", (js.Symbol("s"),), "Symbol(s)"),
        ("Boolean", ([],), True),
        ("Boolean", (0, 1), False),
        ("BigInt", ("0x10",), js.BigInt(16)),
        ("BigInt", (True,), js.BigInt(1)),
        ("JSON.stringify", ({"a": [None]},), '{"a":[null]}'),
        ("JSON.parse", ('{"a":null}',), {"a": js.null}),
        ("Reflect.get", ({"a": 5}, "a"), 5),
        ("Reflect.has", ({"a": 5}, "b"), False),
        ("Reflect.set", ((), "length", 5), False),
        ("Reflect.set", ([], 0, 5), True),
        ("Reflect.deleteProperty", ({"a": 5}, "a"), True),
    ],
)
def test_functions(world: World, path: str, arguments: tuple[object, ...], result: object) -> None:
    assert js.strict_equal(world.call(path, *arguments), result) or (
        world.call(path, *arguments) == result
    )


@pytest.mark.parametrize(
    ("path", "argument", "error"),
    [
        ("BigInt", 1.5, js.RangeError),
        ("BigInt", "x", js.SyntaxError),
        ("BigInt", None, js.TypeError),
        ("Number", js.Symbol(), js.TypeError),
        ("JSON.parse", "{", js.SyntaxError),
        ("JSON.parse", None, js.SyntaxError),
        ("Promise", print, js.TypeError),
        ("Reflect.get", 5, js.TypeError),
        ("queueMicrotask", 5, js.TypeError),
        ("Promise.all.missing", 1, js.TypeError),
    ],
)
def test_errors_of_functions(
    world: World, path: str, argument: object, error: type[js.Error]
) -> None:
    with pytest.raises(error):
        world.call(path, argument)


@pytest.mark.parametrize("name", ["BigInt", "Symbol", "Promise"])
def test_what_is_no_constructor_refuses_new(world: World, name: str) -> None:
    with pytest.raises(js.TypeError):
        world.new(name)


def test_symbols_are_registered_per_realm(world: World) -> None:
    symbol = world.call("Symbol.for", "k")
    assert world.call("Symbol.for", "k") is symbol
    assert World().call("Symbol.for", "k") is not symbol
    assert world.call("Symbol", "k") is not symbol
    assert world["Symbol.iterator"] is World()["Symbol.iterator"]


def test_promises_are_made_on_the_queue_of_the_realm(world: World) -> None:
    log: list[object] = []
    promise = world.new("Promise", lambda resolve, reject: resolve(5))
    assert js.instance_of(promise, world["Promise"])
    js.call_method(promise, "then", log.append)
    js.call_method(world.call("Promise.all", [promise, 1]), "then", log.append)
    world.call("queueMicrotask", lambda: log.append("micro"))
    world.queue.run_jobs()
    assert log == [5, "micro", [5, 1]]


def test_with_resolvers(world: World) -> None:
    made = world.call("Promise.withResolvers")
    js.call_method(made, "resolve", 5)
    assert js.get(made, "promise").result() == 5  # type: ignore[attr-defined]


def test_an_error_of_a_microtask_is_reported(world: World) -> None:
    world.call("queueMicrotask", lambda: [][1])
    world.queue.run_jobs()
    assert [type(error) for error in world.errors] == [IndexError]


@pytest.mark.parametrize("name", ["Boolean", "Number", "String"])
def test_a_wrapper_takes_one_value_and_no_notice_of_more(world: World, name: str) -> None:
    made = world.new(name, 0, 1, 2)
    assert js.loose_equal(made, 0)
