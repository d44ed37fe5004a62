"""Names, symbols, generic imports and promises that are rarely combined, from Python.

The programs in `tests/peers/programs` use the same crate as JavaScript does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from unpoison import js
from unpoison.bindgen import ImportKind

SYMBOLS = js.WELL_KNOWN_SYMBOLS
ODD = Path(__file__).parents[1] / "crates" / "odd" / "odd.legacy.wasm"


class Lamp:
    """A class of the host."""

    count = 12

    def __init__(self, *powers: int) -> None:
        self.own = sum(powers)

    @property
    def power(self) -> int:
        return self.own

    @power.setter
    def power(self, power: int) -> None:
        self.own = power

    def describe(self, *words: str) -> str:
        return f"{'/'.join(words)} of {self.power}"

    @staticmethod
    def make(power: int) -> Lamp | None:
        return LoudLamp(power) if power else None


class LoudLamp(Lamp):
    """One that says everything differently."""

    @property
    def power(self) -> int:
        return 100

    @power.setter
    def power(self, power: int) -> None:
        self.own = -power

    def describe(self, *words: str) -> str:
        return "LOUD"


class Bag:
    """A class that takes anything."""

    def __init__(self, first: object) -> None:
        self.items = [first]

    def put(self, value: object) -> int:
        self.items.append(value)
        return len(self.items)

    @property
    def last(self) -> object:
        return self.items[-1]


class Fancy:
    """A class that browsers have under three names."""

    @staticmethod
    def make(n: int) -> Fancy:
        return Fancy()


class Base:
    def __init__(self, name: str = "") -> None:
        self.name = name

    def who(self) -> str:
        return f"base {self.name}"


class Middle(Base):
    def who(self) -> str:
        return f"middle {self.name}"


class Leaf(Middle):
    def who(self) -> str:
        return f"leaf {self.name}"


async def later(value: object) -> object:
    await asyncio.sleep(0)
    return value


def same(value: Any) -> Any:
    return value


class _Every:
    """An object each of whose attributes gives its argument back."""

    def __getattr__(self, name: str) -> Any:
        return same


WISHES = {
    "WORDS": ["a", "b"], "BIG": None, "CALL": abs, "many": lambda *values: str(len(values)),
    "maybe_texts": lambda first, rest: rest, "maybe_token": same, "modes": same,
    "nothing": lambda *values: None, "with_text": lambda work: work("ab"),
    "with_bytes": lambda work: None, "with_eight": lambda work: 0.0,
    "with_closure": lambda work: work(1), "take_closure": lambda work: None,
}  # fmt: skip


def imports(**more: Any) -> dict[str, Any]:
    """What the crate wants of its host."""
    given: dict[str, Any] = {
        "Lamp": Lamp, "Bag": Bag, "Base": Base, "Middle": Middle, "Leaf": Leaf,
        "tools": {SYMBOLS["search"]: len},
        "Tool": {SYMBOLS["species"]: "s", SYMBOLS["hasInstance"]: bool},
        "generic": {
            "same": same, "pair": lambda first, second: second, "tell": print,
            "plain": lambda value: value + 1, "later": later,
        },
        "very": {"deep": {
            "Lamp": Lamp, "Torch": {"make": "torch {}".format},
            "join": lambda separator, *parts: separator.join(map(str, parts)),
            "sum-of": lambda first, *rest: first + sum(rest),
        }},
        "ends": _Every(), "calls": _Every(), "wishes": dict(WISHES), "onTop": same, "Grid": dict,
        "waits": {"text": later, "number": later, "setTimeout": same},
        "webkitFancy": Fancy,
    }  # fmt: skip
    return given | more


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(ODD)


@pytest.fixture
def odd(module: unpoison.Module) -> Iterator[Any]:
    with module.instantiate(imports()) as instance:
        yield instance.exports


# --- symbols are Python's protocols ---


def test_a_class_with_an_iterator_is_iterable(odd: Any) -> None:
    countdown = odd.Countdown(3)
    assert list(countdown) == [3, 2, 1]
    assert [max(countdown), 2 in countdown, 9 in countdown] == [3, True, False]
    first, *rest = countdown
    assert (first, rest) == (3, [2, 1])
    assert list(odd.walk_over(countdown)) == [3, 2, 1]
    countdown.free()
    with pytest.raises(unpoison.StaleHandleError):
        list(countdown)


def test_a_class_with_an_async_iterator_is_iterable_by_async_for(odd: Any) -> None:
    async def walk() -> list[object]:
        return [value async for value in odd.Countdown(2)]

    assert asyncio.run(walk()) == [2, 1]


def test_a_class_with_an_async_dispose_is_an_async_context_manager(odd: Any) -> None:
    async def use() -> Any:
        async with odd.Countdown(4) as countdown:
            assert countdown.pass_() == 4
        return countdown

    with pytest.raises(unpoison.StaleHandleError):  # its method took it over
        asyncio.run(use()).pass_()


def test_with_frees_whatever_the_dispose_symbol_has(odd: Any) -> None:
    with odd.Countdown(1) as countdown:
        countdown.Symbol_dispose()
        assert countdown._closed is True
    with pytest.raises(unpoison.StaleHandleError):
        countdown.pass_()


def test_members_under_symbols_have_names_too(odd: Any) -> None:
    countdown = odd.Countdown(5)
    assert countdown.Symbol_toPrimitive("number") == 5
    countdown.Symbol_toStringTag = "T"
    assert countdown.Symbol_toStringTag == "T"
    assert odd.Countdown.Symbol_species == "the species"
    assert odd.Countdown.Symbol_hasInstance(5.0) is True


def test_a_guest_finds_members_under_the_names_that_rust_gave(module: unpoison.Module) -> None:
    with module.instantiate(imports()) as instance:
        realm, countdown = instance.realm, instance.exports.Countdown(6)
        assert realm.call_method(countdown, "pass") == realm.call_method(countdown, "_secret") / 2
        realm.set(countdown, "$closed", True)
        assert realm.get(countdown, "$closed") is True
        assert realm.get(countdown, "_home") is None
        assert realm.call_method(instance.exports.Countdown, "of$two").pass_() == 2
        assert realm.get(countdown, "constructor") is instance.exports.Countdown


def test_an_object_of_the_host_is_walked_by_its_own_protocol(odd: Any) -> None:
    assert odd.walk_over(range(3)) == [0, 1, 2]
    assert odd.walk_over({"a": 1}.items()) == [("a", 1)]
    with pytest.raises(js.TypeError):
        odd.walk_over(5)


def test_what_a_namespace_or_a_class_has_under_a_symbol(odd: Any) -> None:
    assert odd.use_tools("x").startswith('3 true JsValue("s") ')


# --- generic imports ---


def test_a_generic_import_is_one_function_for_every_type(module: unpoison.Module) -> None:
    seen: list[object] = []

    def note(value: Any) -> Any:
        seen.append(value)
        return value

    given = imports()
    given["generic"] = {**given["generic"], "same": note}
    with module.instantiate(given) as instance:
        text = instance.exports.through_generic("text")
    assert text.startswith("7 -7 Some(2.5) None -1701411834604692317316873037158841057")
    assert [type(value).__name__ for value in seen] == [
        "Coin", "list", "int", "int", "int", "float", "NoneType", "int", "str",
    ]  # fmt: skip


def test_the_types_of_a_generic_import_are_those_of_each_use(module: unpoison.Module) -> None:
    found = [item for item in module.interface.imports if item.is_local]
    names = {"same", "pair", "tell", "later", "new", "put", "last"}
    assert {item.name for item in found} == names
    assert {item.kind for item in found} == {
        ImportKind.FUNCTION, ImportKind.METHOD, ImportKind.GETTER, ImportKind.CONSTRUCTOR,
    }  # fmt: skip
    assert all(item.unsupported is None for item in found)


def test_an_error_of_a_generic_import_is_an_err(module: unpoison.Module) -> None:
    def fail(first: object, second: object) -> object:
        raise ValueError("far")

    given = imports()
    given["generic"] = {**given["generic"], "pair": fail}
    with module.instantiate(given) as instance, pytest.raises(ValueError, match="far"):
        instance.exports.generic_error("x")


def test_an_async_generic_import_is_awaited(odd: Any) -> None:
    assert asyncio.run(_result(odd.generic_later)) == 'JsValue(3) JsValue("x")'


async def _result(function: Any, *arguments: object) -> Any:
    return await function(*arguments)


def test_a_missing_generic_import_is_named(module: unpoison.Module) -> None:
    given = imports()
    del given["generic"]
    with pytest.raises(unpoison.LinkError) as caught:
        module.instantiate(given)
    assert "generic.same: (value: Coin) -> Coin" in str(caught.value)


# --- statics, final members, prefixes ---


def test_a_static_that_may_be_absent_is_no_link_error(module: unpoison.Module) -> None:
    with module.instantiate(imports()) as instance:
        assert instance.exports.levels() == "None false"
    given = imports()
    given["very"]["deep"]["LEVEL"] = 4
    with module.instantiate(given) as instance:
        assert instance.exports.levels() == "Some(4) false"


def test_a_final_member_is_that_of_the_class_whatever_the_object_has(
    module: unpoison.Module,
) -> None:
    given = imports()
    given["very"]["deep"]["Lamp"] = LampMaker()
    with module.instantiate(given) as instance:
        assert instance.exports.use_lamp([1]) == "100 100 LOUD LOUD Some(100) true torch 4 12"
    with module.instantiate(imports()) as instance:
        text = instance.exports.use_lamp([40, 2])
    assert text == "42 53 a/b of 53 c of 53 Some(100) true torch 4 12"


class LampMaker:
    """What stands for a class but is none: members are then the object's own."""

    count = 12
    make = staticmethod(Lamp.make)

    def __call__(self, *powers: int) -> Lamp:
        return LoudLamp(*powers)


def test_a_cast_that_fails_gives_the_value_back(odd: Any) -> None:
    assert odd.casts(Leaf("l")) == "leaf leaf l leaf l base l false false"
    assert odd.casts(Middle("m")) == "middle middle m false false false"
    assert odd.casts(Base("b")) == "base base b false false"
    assert odd.casts({"kind": "a"}) == "none false true"


def test_a_global_may_be_named_by_the_global_object(module: unpoison.Module) -> None:
    with module.instantiate(imports(onTop=lambda n: n + 1)) as instance:
        text = instance.exports.by_hand([])
    assert text == '5 3 3 true JsValue([1, Object({"a":null})]) 255 12 18446744073709551615'


def test_what_is_no_value_is_no_argument(module: unpoison.Module) -> None:
    seen: list[object] = []
    given = imports()
    given["wishes"]["nothing"] = lambda *values: seen.extend(values)
    with module.instantiate(given) as instance:
        instance.exports.rare_arguments()
    assert seen == []


# --- objects as a guest sees them ---


def test_a_guest_that_sets_a_property_does_not_read_it(module: unpoison.Module) -> None:
    with module.instantiate(imports()) as instance:
        money, realm = instance.exports.Money(5), instance.realm
        with pytest.raises(js.Error, match="no debt"):
            realm.get(money, "debt")
        assert realm.has(money, "debt")
        with pytest.raises(js.Error, match="negative debt"):
            realm.set(money, "debt", -1)
        realm.set(money, "debt", 3)
        assert realm.get(money, "debt") == 3


def test_names_that_python_or_javascript_keeps(odd: Any) -> None:
    assert (odd.lambda_(1, 2), odd.lambda_(def_=1), odd._delete(1)) == (3, 1, 2)
    size = odd.Size(1.5)
    assert size.größer().länge == 3.0


def test_fields_of_a_tuple_struct_are_numbers_to_a_guest(odd: Any) -> None:
    pair = odd.Pair(1, "two")
    assert odd.reflect(pair, 0, 7) == "true JsValue(1) true JsValue(7)"
    assert (pair._0, pair._1) == (7, "two")


# --- imports that are async functions of Rust ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (later, "aa"),
        (lambda value: value, "aa"),
        (lambda value: js.Object({"then": lambda resolve, reject: resolve(value * 2)}), "aaaa"),
    ],
)
def test_what_an_async_import_gives_is_awaited(
    module: unpoison.Module, text: Any, found: str
) -> None:
    given = imports(waits={"text": text, "number": later, "setTimeout": same})
    with module.instantiate(given) as instance:
        assert asyncio.run(_result(instance.exports.shout, "a", 2)) == found


async def _broken(value: object) -> object:
    raise OSError("broken")


def _broken_at_once(value: object) -> object:
    raise OSError("broken")


@pytest.mark.parametrize("text", [_broken, _broken_at_once])
def test_what_an_async_import_raises_is_its_err(module: unpoison.Module, text: Any) -> None:
    given = imports(waits={"text": text, "number": later, "setTimeout": same})
    with module.instantiate(given) as instance:
        with pytest.raises(OSError, match="broken"):
            asyncio.run(_result(instance.exports.shout, "a"))
        assert asyncio.run(_result(instance.exports.maybe, 4)) == 5
