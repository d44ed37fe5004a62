"""A guest with every trick in the book never reaches Python's insides."""

from __future__ import annotations

import array
import collections
import dataclasses
import decimal
import enum
import functools
import inspect
import io
import sys
import types
import weakref
from collections.abc import Iterator

import pytest

from unpoison import js
from unpoison.errors import PanicError


@dataclasses.dataclass
class Account:
    owner: str
    _secret: str = "secret"

    def balance(self) -> int:
        return 5

    @classmethod
    def make(cls) -> Account:
        return cls("made")


class Items(dict[str, object]):
    """A mapping with a method of its own."""

    def total(self) -> int:
        return len(self)


class Text(str):
    def shout(self) -> str:
        return self.upper()


class Proxy:
    """Forwards everything, as careless wrappers do."""

    def __init__(self, inner: object) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


class Colour(enum.Enum):
    RED = 1


class Careless:
    """Hands out what nobody should."""

    def __init__(self) -> None:
        self.frame = inspect.currentframe()
        self.code = Careless.__init__.__code__
        self.generator = generator()
        self.cell = (lambda: self).__closure__[0]  # type: ignore[index]
        self.slot = types.FunctionType.__code__


def generator() -> Iterator[int]:
    yield 1


async def coroutine() -> None:
    """Be a coroutine function."""


def failed() -> Exception:
    try:
        Account("x").missing  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        return error
    raise AssertionError


@functools.cache
def cached(value: int) -> int:
    return value


def host_objects() -> dict[str, object]:
    running = coroutine()
    running.close()
    return {
        "object": Account("me"),
        "class": Account,
        "enum member": Colour.RED,
        "enum class": Colour,
        "function": failed,
        "method": Account("me").balance,
        "classmethod": Account.make,
        "builtin": len,
        "bound builtin": [].append,
        "partial": functools.partial(failed),
        "cached": cached,
        "lambda": lambda: None,
        "generator": generator(),
        "coroutine": running,
        "exception": failed(),
        "group": ExceptionGroup("g", [ValueError()]),
        "panic": PanicError("p", 5),
        "list": [1],
        "tuple": (1,),
        "named tuple": collections.namedtuple("P", "x")(1),
        "dict": {"a": 1},
        "dict subclass": Items(a=1),
        "text": "text",
        "text subclass": Text("text"),
        "bytes": b"b",
        "bytearray": bytearray(b"b"),
        "memoryview": memoryview(b"b"),
        "array": array.array("i", [1]),
        "set": {1},
        "number": 5,
        "float": 1.5,
        "boolean": True,
        "decimal": decimal.Decimal(1),
        "careless": Careless(),
        "proxy of a function": Proxy(failed),
        "proxy of a generator": Proxy(generator()),
        "proxy of an exception": Proxy(failed()),
        "weak proxy": weakref.proxy(failed),
        "weak reference": weakref.ref(Account),
        "property": Account.__dict__["balance"],
        "module": types.ModuleType("m"),
        "method of a type": str.format,
        "stream": io.StringIO("x"),
        "promise": js.Promise(js.PromiseRealm(js.MicrotaskQueue(print))),
        "symbol": js.Symbol("s"),
        "typed array": js.Uint8Array([1]),
        "typed array of a host's bytes": js.Uint8Array.frombuffer(b"b"),
        "array buffer": js.ArrayBuffer(1),
        "data view": js.DataView(js.ArrayBuffer(1)),
        "null prototype": object(),
        "super": super(Account, Account("x")),
        "mapping proxy": types.MappingProxyType({"a": 1}),
        "chain map": collections.ChainMap({"a": 1}),
    }


EVERY_NAME = sorted(
    {name for value in host_objects().values() for name in dir(value)}
    | {name for kind in vars(types).values() if isinstance(kind, type) for name in dir(kind)}
    | {"constructor", "prototype", "__proto__", "globals", "func_globals", "caller", "arguments"}
)
OF_EVERY_OBJECT = {name for name in js.spec_of(object()).members if isinstance(name, str)}
INSIDES = (
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.CellType,
    types.GetSetDescriptorType,
    types.MappingProxyType,
    types.ModuleType,
)


def reachable(value: object, depth: int = 3) -> Iterator[tuple[str, object]]:
    """Give every value that property reads reach, with the names that led to it."""
    for name in EVERY_NAME:
        found = read(value, name)
        if found is None:
            continue
        yield name, found
        if depth and js.is_reference(found) and found is not value:
            yield from ((f"{name}.{rest}", deep) for rest, deep in reachable(found, depth - 1))


def read(value: object, name: str) -> object:
    try:
        return js.get(value, name)
    except (js.TypeError, ReferenceError, TypeError, ValueError, NotImplementedError):
        return None


def is_inside(value: object) -> bool:
    if isinstance(value, dict):
        return "__builtins__" in value or value is sys.modules
    return isinstance(value, (*INSIDES, type))


@pytest.mark.parametrize("kind", sorted(host_objects().keys() - {"careless"}))
def test_no_chain_of_properties_leads_inside(kind: str) -> None:
    target = host_objects()[kind]
    inside = [path for path, value in reachable(target, 1) if is_inside(value)]
    assert inside == []


def test_without_the_wall_the_same_names_lead_inside() -> None:
    inside = {
        kind
        for kind, value in host_objects().items()
        if any(is_inside(getattr(value, name, None)) for name in EVERY_NAME)
    }
    assert len(inside) > 40


@pytest.mark.parametrize("kind", host_objects())
def test_no_underscore_name_is_seen_set_or_deleted(kind: str) -> None:
    target = host_objects()[kind]
    for name in (name for name in EVERY_NAME if name.startswith("_")):
        assert read(target, name) is None
        if js.is_reference(target) and not isinstance(target, dict):
            assert not js.has(target, name)
    if isinstance(target, js.JsObject):
        js.set_property(target, "__class__", 5)  # a property like any other, kept apart
        js.set_property(target, "_buffer", 5)
        assert type(target) is not int
        assert getattr(target, "_buffer", None) != 5
    elif not isinstance(target, dict | collections.ChainMap):
        for name in ("__class__", "__dict__", "_secret"):
            with pytest.raises(js.TypeError):
                js.set_property(target, name, 5)


@pytest.mark.parametrize("name", ["frame", "code", "generator", "cell", "slot"])
def test_insides_that_a_host_hands_out_are_dead_ends(name: str) -> None:
    inside = js.get(Careless(), name)
    assert inside is not None
    # A generator is an Iterator to a guest, as in JavaScript; that is all there is of it.
    assert all(isinstance(found, js.Method) for _, found in reachable(inside, 0))
    assert js.own_keys(inside) == []
    with pytest.raises(js.TypeError):
        js.set_property(inside, "f_trace", print)


@pytest.mark.parametrize("text", ["{0.__class__}", Text("{0.__class__}")])
def test_format_strings_are_out_of_reach(text: str) -> None:
    for name in ("format", "format_map", "__format__", "join", "shout"):
        assert js.get(text, name) is None
        with pytest.raises(js.TypeError):
            js.call_method(text, name, failed)


def test_an_exception_shows_what_an_error_has_and_its_own_attributes() -> None:
    error = failed()
    error.status = 404  # type: ignore[attr-defined]
    shown = {name for name in [*EVERY_NAME, "status", "message", "stack"] if read(error, name)}
    assert shown - OF_EVERY_OBJECT == {"name", "message", "stack", "status"}
    assert js.get(error, "obj") is None
    assert js.get(error, "name") == "AttributeError"


def test_a_function_shows_only_what_javascript_functions_have() -> None:
    shown = {name for name in EVERY_NAME if read(len, name) is not None}
    assert shown - OF_EVERY_OBJECT <= {"name", "length", "call", "apply", "bind"}


def test_builtin_methods_of_containers_are_no_properties() -> None:
    for value, name in (
        ([], "append"),
        ({}, "pop"),
        ((), "count"),
        (b"", "hex"),
        (set(), "update"),
    ):
        assert js.get(value, name) is None
        assert not js.has(value, name)


def test_builtin_methods_of_classes_are_no_properties() -> None:
    for kind, name in (
        (int, "from_bytes"),
        (Items, "fromkeys"),
        (Account, "mro"),
        (Text, "format"),
    ):
        assert js.get(kind, name) is None
    assert js.call_method(Account, "make").owner == "made"  # type: ignore[attr-defined]


def test_a_super_object_is_a_dead_end() -> None:
    class Savings(Account):
        """An account below another."""

    parent = super(Savings, Savings("me"))
    assert parent.balance() == 5
    assert js.get(parent, "balance") is None


def test_classes_and_modules_cannot_be_changed() -> None:
    module = types.ModuleType("m")
    for target in (Account, module, Colour):
        with pytest.raises(js.TypeError):
            js.set_property(target, "owner", 5)
        with pytest.raises(js.TypeError):
            js.set_property(target, "made_up", 5)


def test_a_module_hides_what_it_imported() -> None:
    module = types.ModuleType("m")
    module.sys = sys  # type: ignore[attr-defined]
    module.work = failed  # type: ignore[attr-defined]
    assert js.get(module, "sys") is None
    assert js.get(module, "work") is failed
    module.__all__ = ["sys"]  # type: ignore[attr-defined]
    assert js.get(module, "sys") is sys
    assert js.get(module, "work") is None


def test_names_that_only_look_public_are_not_normalised() -> None:
    for name in (
        "\uff3f\uff3fclass\uff3f\uff3f",
        "\ufe4d\ufe4dclass\ufe4d\ufe4d",
        "\u005f_class__",
    ):
        assert js.get(Account("x"), name) is None


def test_a_huge_index_does_not_fill_the_memory() -> None:
    items: list[object] = [1]
    with pytest.raises(js.TypeError):
        js.set_property(items, 2**32 - 2, 1)
    js.set_property(items, 4, "x")
    assert items == [1, None, None, None, "x"]


def test_a_bigint_cannot_fill_the_memory() -> None:
    big = js.BigInt(2**40)
    for name in ("shl", "pow"):
        with pytest.raises(js.RangeError):
            js.OPERATORS[name](js.BigInt(3), big)
    assert js.OPERATORS["shr"](js.BigInt(-3), big) == -1
    assert js.OPERATORS["pow"](js.BigInt(-1), js.BigInt(2**40 + 1)) == -1
    half = js.BigInt(1 << 600_000)
    with pytest.raises(js.RangeError):
        js.OPERATORS["mul"](half, half)


def test_a_realm_shares_nothing_with_another() -> None:
    realm = js.PromiseRealm(js.MicrotaskQueue(print))
    mine, other = js.global_object(realm), js.global_object(realm)
    stack: list[tuple[object, object]] = [(mine, other)]
    seen = set()
    while stack:
        left, right = stack.pop()
        for key in js.own_keys(left):
            a, b = js.get(left, key), js.get(right, key)
            if js.is_reference(a) and id(a) not in seen:
                assert a is not b, key
                seen.add(id(a))
                js.set_property(a, "mark", 1)
                assert js.get(b, "mark") is None
                stack.append((a, b))
    assert len(seen) > 30
