"""A guest with Proxy, Reflect, iterators and collections reaches nothing, and burns nothing."""

from __future__ import annotations

import time

import pytest

from tests.js.script import World
from unpoison import js


class Secret:
    """An object of the host with something to hide."""

    def __init__(self) -> None:
        self.shown = 1
        self._hidden = 2


@pytest.mark.parametrize(
    "text",
    [
        "Reflect.get(host, '_hidden')",
        "Reflect.get(host, '__class__')",
        "Reflect.get({}, '__class__', host)",
        "Reflect.getOwnPropertyDescriptor(host, '__dict__')",
        "Reflect.getOwnPropertyDescriptor(host, '_hidden')",
        "new Proxy(host, {}).__class__",
        "new Proxy(host, {})._hidden",
        "Object.create(host).__class__",
        "Object.create(host)._hidden",
        "Object.setPrototypeOf({}, host).__init__",
        "Reflect.get(new Proxy([], {}), '__class__')",
        "new Map([[1, host]]).__class__",
        "new Map([[1, host]])._entries",
        "new Map()._js_own",
        "new Set([host])._entries",
        "new WeakRef(host)._js_attributes",
        "new WeakMap().entries",
        "new DisposableStack().resources",
        "[].values()._items",
        "[1].values().map(x => x)._steps",
        "[].map._method",
        "Map._realm",
        "Map.prototype._realm",
        "Map.spec",
        "(x => x).bind(null)._target",
        "(x => x).bind(null).bound_target",
        "new Proxy(host, {}).js_target",
        "new Proxy(() => 1, {})._target",
        "generator.gi_frame",
        "generator.send",
        "Reflect.get(generator, 'gi_code')",
        "new FinalizationRegistry(() => 1).registry",
    ],
)
def test_no_way_leads_to_what_is_hidden(text: str) -> None:
    world = World(host=Secret(), generator=(x for x in ()))
    assert world.run(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Reflect.set(host, '_hidden', 5)",
        "Reflect.set({}, '__class__', 5, host)",
        "Reflect.defineProperty(host, '__dict__', {value: 1})",
        "Reflect.deleteProperty(host, '__init__') && !Reflect.has(host, 'shown')",
        "Reflect.setPrototypeOf(host, {})",
        "Reflect.preventExtensions(host)",
        "Reflect.set(host.constructor, 'mark', 5) && false",
    ],
)
def test_a_host_object_cannot_be_turned(text: str) -> None:
    host = Secret()
    before = dict(vars(host))
    outcome = World(host=host).outcome(text)
    assert outcome == "false" or outcome.startswith("throws TypeError")
    assert vars(host) == before


def test_keys_are_the_public_ones() -> None:
    world = World(host=Secret())
    assert world.run("Reflect.ownKeys(host)") == ["shown"]
    assert world.run("Reflect.ownKeys(new Proxy(host, {}))") == ["shown"]
    assert world.run("Object.keys({...host})") == ["shown"]


@pytest.mark.parametrize(
    "text",
    [
        "let a = ['x']; for (let i = 0; i < 40; i++) { a = [a, a]; } return a.join();",
        "let a = ['x']; for (let i = 0; i < 40; i++) { a = [a, a]; } return a.flat(Infinity);",
        "let a = [1]; for (let i = 0; i < 40; i++) { a = a.concat(a); } return a.length;",
        "Array.prototype.map.call({length: 2 ** 53 - 1}, x => x)",
        "Array.prototype.fill.call({length: 2 ** 53 - 1}, 0)",
        "Array.from({length: 2 ** 32})",
        "Array.prototype.join.call({length: 2 ** 40})",
        "Array.prototype.includes.call({length: 2 ** 40}, 1)",
        "Reflect.apply(Math.max, null, {length: 2 ** 32})",
        "new Array(2 ** 31)",
        "const a = []; a.length = 2 ** 31; return a;",
        "const a = []; a.push(a); return a.flat(Infinity);",
        "let p = {}; for (let i = 0; i < 2000; i++) { p = new Proxy(p, {}); } return p.x;",
        "let f = () => 1; for (let i = 0; i < 2000; i++) { f = f.bind(null); } return f();",
        "const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); return p.x;",
        "const h = {}; const p = new Proxy({}, h); Object.setPrototypeOf(h, p); return p.x;",
    ],
)
def test_no_call_takes_all_time_or_memory(text: str) -> None:
    start = time.monotonic()
    outcome = World().outcome(text)
    assert outcome.startswith(("throws RangeError", "throws TypeError", "throws RecursionError"))
    assert time.monotonic() - start < 30


def test_a_chain_of_prototypes_that_is_a_ring_is_refused() -> None:
    outcome = World().outcome("const a = {}, b = Object.create(a); Object.setPrototypeOf(a, b);")
    assert outcome == "throws TypeError: Cyclic __proto__ value"


def test_prototypes_and_constructors_are_each_guests_own() -> None:
    first, second = World(), World()
    first.run("Map.prototype.get = () => 'mine'; Array.prototype.extra = 1; return 0;")
    first.run("Object.getPrototypeOf([].values()).next = () => 5; return 0;")
    assert first.run("[new Map().get(1), [].extra, [].values().next()]") == ["mine", 1, 5]
    assert second.run("[new Map().get(1), [].extra]") == [None, None]
    assert second.run("[].values().next().done") is True
    assert js.Map({1: 2}).get(1) == 2


def test_an_error_of_a_trap_is_the_guests_own() -> None:
    error = KeyError("k")

    def trap(*arguments: object) -> object:
        raise error

    world = World(trap=trap)
    for text in (
        "p.a",
        "p.a = 1",
        "'a' in p",
        "delete p.a",
        "Object.keys(p)",
        "Reflect.set(p, 1, 1)",
    ):
        with pytest.raises(KeyError) as raised:
            world.run(
                "const p = new Proxy({}, {get: trap, set: trap, has: trap, deleteProperty: trap,"
                f" ownKeys: trap}}); return {text};"
            )
        assert raised.value is error
