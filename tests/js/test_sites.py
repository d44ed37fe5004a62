"""Members used at one place: what the search of the realm gives, whatever the object is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from unpoison import js
from unpoison.js.element_arrays import ElementArray
from unpoison.js.exotic import Exotic
from unpoison.js.values import Reference


def new_realm() -> js.Realm:
    return js.make_realm(js.PromiseRealm(js.MicrotaskQueue(report=print)))


@pytest.fixture
def realm() -> js.Realm:
    return new_realm()


class Plain:
    """An object of the host."""

    def __init__(self) -> None:
        self.size = 7

    def has(self, key: object) -> object:
        return ("plain", key)


def with_attribute(name: str) -> Any:
    def function(key: object) -> object:
        return ("function", key)

    setattr(function, name, lambda *given: ("its own", given))
    return function


TARGETS: dict[str, Callable[[], Any]] = {
    "map": lambda: js.Map([("a", 1)]),
    "map with its own": lambda: own(js.Map(), "size", 9),
    "map with another prototype": lambda: child(js.Map()),
    "bytes": lambda: js.Uint8Array.of_data(b"abc"),
    "function": lambda: js.NativeFunction("f", lambda a: a),
    "object": lambda: js.Object({"size": 3}),
    "object with functions": lambda: js.Object(dict.fromkeys(("has", "size", "call"), told_this())),
    "object with an accessor": lambda: accessor(js.Object(), "size"),
    "object with a method of the standard": lambda: js.Object({"has": method("Map", "has")}),
    "global object": lambda: new_realm().global_object,
    "empty object": lambda: js.Object(),
    "method of the host": lambda: Plain().has,
    "function of the host": lambda: Plain.has,
    "function of the host with attributes": lambda: with_attribute("call"),
    "builtin of the host": lambda: divmod,
    "array": lambda: js.Array([1]),
    "text": lambda: "text",
    "host": Plain,
    "proxy": lambda: js.construct(proxy_class(), js.Map(), js.Object()),
}
NAMES = ("size", "length", "name", "constructor", "Infinity", "missing", "a-b", "0", "__proto__")


def own(target: Any, name: str, value: object) -> Any:
    define = js.get(realm_object(), "defineProperty")
    define(target, name, js.Object({"value": value, "configurable": True}))
    return target


def accessor(target: Any, name: str) -> Any:
    define = js.get(realm_object(), "defineProperty")
    define(target, name, js.Object({"get": js.ThisFunction(lambda this: js.own_keys(this))}))
    return target


def told_this() -> js.ThisFunction:
    return js.ThisFunction(lambda this, *given: (js.debug_string(this), given))


def method(kind: str, name: str) -> Any:
    return js.get(js.get(new_realm().global_object[kind], "prototype"), name)


def child(target: Any) -> Any:
    js.get(realm_object(), "setPrototypeOf")(target, js.Object({"size": "inherited"}))
    return target


def realm_object() -> Any:
    return new_realm().global_object["Object"]


def proxy_class() -> Any:
    return new_realm().global_object["Proxy"]


def outcome(function: Callable[..., Any], *arguments: object) -> object:
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001 - the error is the outcome
        return type(error), str(error)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_getter_gives_what_the_search_gives(realm: js.Realm, target: str, name: str) -> None:
    value = TARGETS[target]()
    expected = outcome(realm.get, value, name)
    assert outcome(js.make_getter(realm, name), value) == expected


@pytest.mark.parametrize("name", [*NAMES, "toString"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_setter_does_what_the_search_does(realm: js.Realm, target: str, name: str) -> None:
    one, other = TARGETS[target](), TARGETS[target]()
    expected = outcome(realm.set, one, name, 5)
    assert outcome(js.make_setter(realm, name), other, 5) == expected
    assert outcome(realm.get, other, name) == outcome(realm.get, one, name)


@pytest.mark.parametrize("name", ["has", "set", "call", "push", "subarray", "missing", "a b"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_caller_does_what_the_search_does(realm: js.Realm, target: str, name: str) -> None:
    one, other = TARGETS[target](), TARGETS[target]()
    expected = shown(outcome(realm.call_method, one, name, 1, 2))
    assert shown(outcome(js.make_caller(realm, name), other, 1, 2)) == expected


def shown(found: object) -> object:
    return js.debug_string(found) if isinstance(found, js.JsObject) else found


def test_a_member_that_a_guest_gave_to_a_prototype_is_seen_from_then_on(realm: js.Realm) -> None:
    get, call = js.make_getter(realm, "size"), js.make_caller(realm, "has")
    target = js.Map([("a", 1)])
    assert (get(target), call(target, "a")) == (1, True)
    prototype = realm.get(realm.global_object["Map"], "prototype")
    realm.set(prototype, "has", js.ThisFunction(lambda this, key: ("mine", key)))
    js.get(realm_object(), "defineProperty")(prototype, "size", js.Object({"value": "mine"}))
    assert (get(target), call(target, "a")) == ("mine", ("mine", "a"))


@pytest.mark.parametrize("name", ["size", "length", "has", "call"])
@pytest.mark.parametrize("first", TARGETS)
def test_a_site_does_so_whatever_came_by_before(realm: js.Realm, first: str, name: str) -> None:
    get, call = js.make_getter(realm, name), js.make_caller(realm, name)
    outcome(get, TARGETS[first]())
    outcome(call, TARGETS[first](), 1, 2)
    for make in TARGETS.values():
        one, other = make(), make()
        assert outcome(get, one) == outcome(realm.get, one, name)
        expected = shown(outcome(realm.call_method, one, name, 1, 2))
        assert shown(outcome(call, other, 1, 2)) == expected


@pytest.mark.parametrize("name", ["concat", "toUpperCase", "at"])
def test_a_site_converts_this_each_time_for_a_method_that_does(realm: js.Realm, name: str) -> None:
    call = js.make_caller(realm, name)
    string = realm.global_object["String"]
    for text in ("a", "b"):
        expected = realm.call_method(text, name, 0)
        assert call(string.construct(text), 0) == expected, text


@pytest.mark.parametrize("arguments", [(), ("a",), ("a", 2), ("a", 2, 3), ("b",)])
def test_a_site_takes_any_number_of_arguments_each_time(
    realm: js.Realm, arguments: tuple[object, ...]
) -> None:
    call, one, other = js.make_caller(realm, "set"), js.Map(), js.Map()
    call(one, "b", 1)
    realm.call_method(other, "set", "b", 1)
    call(one, *arguments)
    realm.call_method(other, "set", *arguments)
    assert list(js.iterate(one)) == list(js.iterate(other))


def test_each_kind_of_exotic_object_says_what_is_special_of_it_or_nothing() -> None:
    def below(cls: type) -> set[type]:
        return {cls}.union(*(below(each) for each in cls.__subclasses__()))

    ordinary = {cls for cls in below(Exotic) if cls._js_special is not None}  # type: ignore[attr-defined]
    assert ordinary == below(ElementArray)


@pytest.mark.parametrize("value", [js.Map(), js.Object(), js.Array(), js.NativeFunction("f", len)])
def test_each_of_our_classes_knows_its_kind_and_its_class(value: Reference) -> None:
    assert value._js_kind is (js.Kind.FUNCTION if callable(value) else js.Kind.OBJECT)
    assert value._js_spec is js.spec_of(value)


class Host(js.HostObject):
    """One whose functions are called as JavaScript calls its own."""

    def method(self, first: object, second: object = "default") -> object:
        return first, second


FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "told this": (told_this(), js.Object()),
    "of a realm": (js.NativeFunction("f", lambda first, second: (first, second)), js.null),
    "of the standard": (method("Map", "has"), js.Map([(1, 2)])),
    "of a host object": (Host().method, None),
    "static, of a host object": (lambda first: first, Host()),
    "of the host": (lambda *given: given, js.null),
    "builtin": (divmod, None),
}


@pytest.mark.parametrize("arguments", [(), (1,), (7, 2), (1, 2, 3)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_bound_to_this_is_called_as_it_would_be(
    name: str, arguments: tuple[object, ...]
) -> None:
    function, this = FUNCTIONS[name]
    bound = js.bound(function, this)
    for _ in range(2):
        assert outcome(bound, *arguments) == outcome(js.invoke, function, this, *arguments)
