"""Property access on each family of values; attacks on it are in test_attacks.py."""

from __future__ import annotations

import array
import collections
import dataclasses
import functools
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._ids import case_id
from unpoison import js


@dataclasses.dataclass
class Account:
    owner: str
    cents: int = 0
    _secret: str = "s"

    def pay(self, cents: int) -> int:
        self.cents += cents
        return self.cents

    @property
    def euros(self) -> float:
        return self.cents / 100

    @property
    def broken(self) -> float:
        raise AttributeError("from inside")


@dataclasses.dataclass(slots=True)
class Slotted:
    x: int
    y: int


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int


class Record(dict[str, object]):
    def total(self) -> int:
        return len(self)


def two(first: int, second: int, third: int = 0) -> int:
    return first + second + third


READS = [
    # strings: UTF-16 code units
    ("abc", "length", 3),
    ("a\U0001f600", "length", 3),
    ("abc", 1, "b"),
    ("abc", "1", "b"),
    ("\U0001f600", 1, "\ude00"),
    ("abc", 3, None),
    ("abc", "01", None),
    ("abc", "upper", None),
    # other primitive values have no properties here
    (5, "real", None),
    (True, "real", None),
    (1.5, "hex", None),
    (js.BigInt(5), "numerator", None),
    (js.Symbol("d"), "description", "d"),
    # arrays
    ([1, 2], "length", 2),
    ([1, 2], 0, 1),
    ([1, 2], "1", 2),
    ([1, 2], -1, None),
    ([1, 2], "-1", None),
    ([1, 2], 2, None),
    ([1, 2], 1.0, 2),
    ([1, 2], "append", None),
    ((1, 2), "length", 2),
    (collections.namedtuple("P", "x")(7), "x", 7),
    # bytes
    (b"ab", "length", 2),
    (b"ab", 0, 97),
    (array.array("i", [5, 6]), "byteLength", 8),
    (array.array("i", [5, 6]), 1, 6),
    # mappings: items first
    ({"a": 1}, "a", 1),
    ({"a": 1}, "b", None),
    ({1: "one"}, 1, "one"),
    ({1: "one"}, "1", "one"),
    ({"_id": 5}, "_id", 5),
    ({"pop": 5}, "pop", 5),
    ({}, "pop", None),
    ({"true": 1}, True, 1),
    ({"undefined": 1}, None, 1),
    ({"null": 1}, js.null, 1),
    ({"1e+21": 1}, 1e21, 1),
    (Record(total=9), "total", 9),
    # functions
    (two, "name", "two"),
    (two, "length", 2),
    (lambda: None, "name", ""),
    (Account, "name", "Account"),
    (Account, "prototype", None),
    (functools.partial(two, 1), "length", 1),
    (functools.partial(two, 1), "func", None),
    # errors
    (ValueError("m"), "name", "ValueError"),
    (ValueError("m"), "message", "m"),
    (ValueError("m"), "stack", "ValueError: m"),
    (ValueError("m"), "args", None),
    (js.Error("m", cause=5), "cause", 5),
    # ordinary objects
    (Account("me"), "owner", "me"),
    (Account("me", 250), "euros", 2.5),
    (Account("me"), "_secret", None),
    (Account("me"), "missing", None),
    (types.SimpleNamespace(x=1), "x", 1),
    (Slotted(1, 2), "y", 2),
]


@pytest.mark.parametrize(("target", "key", "value"), READS, ids=case_id)
def test_get(target: object, key: object, value: object) -> None:
    assert js.get(target, key) == value
    assert type(js.get(target, key)) is type(value)


@pytest.mark.parametrize("target", [None, js.null])
def test_undefined_and_null_have_no_properties(target: object) -> None:
    with pytest.raises(js.TypeError, match=r"Cannot read properties of .* \(reading 'x'\)"):
        js.get(target, "x")
    with pytest.raises(js.TypeError, match=r"Cannot set properties of .* \(setting 'x'\)"):
        js.set_property(target, "x", 1)


def test_a_getter_that_fails_travels_out() -> None:
    with pytest.raises(AttributeError, match="from inside"):
        js.get(Account("me"), "broken")


def test_methods_are_bound_and_keep_their_identity() -> None:
    account = Account("me")
    assert js.call_method(account, "pay", 5) == 5
    assert account.cents == 5
    assert js.strict_equal(js.get(account, "pay"), js.get(account, "pay"))


WRITES = [
    ({}, "a", {"a": 1}),
    ({1: 0}, "1", {1: 1}),
    ({"a": 0}, "_x", {"a": 0, "_x": 1}),
    ([0], 0, [1]),
    ([0], 2, [0, None, 1]),
    (types.SimpleNamespace(), "a", types.SimpleNamespace(a=1)),
    (Account("me"), "cents", Account("me", 1)),
    (Slotted(0, 0), "x", Slotted(1, 0)),
]


@pytest.mark.parametrize(("target", "key", "after"), WRITES, ids=case_id)
def test_set(target: object, key: object, after: object) -> None:
    js.set_property(target, key, 1)
    assert target == after
    assert js.get(target, key) == 1


REFUSED = [
    ("abc", 0),
    (5, "x"),
    (True, "x"),
    (js.Symbol("s"), "description"),
    ((1,), 0),
    (b"a", 0),
    ([], "x"),
    (types.MappingProxyType({}), "a"),
    (Frozen(1), "x"),
    (Account("me"), "euros"),
    (Account("me"), "_secret"),
    (Slotted(1, 2), "z"),
    (object(), "x"),
    (len, "x"),
    (two, "name"),
    (two, "length"),
    (ValueError("m"), "message"),
    (js.Error("m"), "message"),
    (Account, "owner"),
    ({}.keys(), "x"),
]


@pytest.mark.parametrize(("target", "key"), REFUSED, ids=case_id)
def test_a_refused_write_is_a_type_error(target: object, key: object) -> None:
    with pytest.raises(js.TypeError):
        js.set_property(target, key, 1)


def test_a_property_set_on_a_function_is_read_again() -> None:
    def function() -> None:
        """Be a function."""

    js.set_property(function, "extra", [1])
    assert js.get(function, "extra") == [1]
    js.delete(function, "extra")
    assert js.get(function, "extra") is None


def test_the_texts_of_an_error_can_be_set() -> None:
    error = js.Error("m")
    for key in ("name", "message", "stack", "cause", "code"):
        js.set_property(error, key, "new")
        assert js.get(error, key) == "new"
    assert js.debug_string(error) == "new: new"


def test_a_symbol_is_a_key_of_dicts_and_of_our_own_objects() -> None:
    symbol = js.Symbol("k")
    items: dict[object, object] = {}
    promise = js.resolve(js.PromiseRealm(js.MicrotaskQueue(print)), 1)
    for target in (items, promise):
        js.set_property(target, symbol, 5)
        assert js.get(target, symbol) == 5
        assert js.own_keys(target) == [symbol]
        js.delete(target, symbol)
        assert not js.has(target, symbol)
    assert js.get(Account("me"), symbol) is None


def test_has() -> None:
    assert js.has({"a": None}, "a")
    assert js.has([1], 0)
    assert js.has([1], "length")
    assert js.has(Account("me"), "pay")
    assert js.has(two, "call")
    assert not js.has([1], 1)
    assert not js.has({}, "a")
    assert js.has(js.Error("m", cause=5), "cause")
    assert not js.has(js.Error("m"), "cause")
    with pytest.raises(js.TypeError):
        js.has("abc", "length")


def test_delete() -> None:
    items = {"a": 1, 2: 3}
    for key in ("a", "2", "missing"):
        js.delete(items, key)
    assert items == {}
    for target, key in ((Account("me"), "owner"), (Slotted(1, 2), "x")):
        js.delete(target, key)
        assert not hasattr(target, key)
    js.delete(Account("me"), "pay")
    for target, key in (
        ([1], 0),
        ("abc", 0),
        (Account, "pay"),
        (types.MappingProxyType({1: 2}), 1),
        (Frozen(1), "x"),
    ):
        with pytest.raises(js.TypeError):
            js.delete(target, key)


@pytest.mark.parametrize(
    ("target", "keys"),
    [
        ({"b": 1, "10": 2, "a": 3, 9: 4, (): 5}, ["9", "10", "b", "a"]),
        ([5, 6], ["0", "1"]),
        ("ab", ["0", "1"]),
        (Account("me"), ["owner", "cents"]),
        (Slotted(1, 2), ["x", "y"]),
        (ValueError("m"), []),
        (js.Error("m"), []),
        (two, []),
        (5, []),
        (None, []),
    ],
    ids=case_id,
)
def test_own_keys(target: object, keys: list[str]) -> None:
    assert js.own_keys(target) == keys


def test_functions_have_call_apply_and_bind() -> None:
    assert js.call_method(two, "call", "this", 1, 2) == 3
    assert js.call_method(two, "apply", "this", [1, 2, 3]) == 6
    assert js.call_method(lambda: 7, "apply", "this") == 7
    assert js.call_method(lambda: 7, "call") == 7
    assert js.call(js.call_method(two, "bind", "this", 1), 2) == 3
    with pytest.raises(js.TypeError):
        js.call_method(two, "apply", "this", 5)


def test_calling_what_is_no_function_is_a_type_error() -> None:
    with pytest.raises(js.TypeError, match="x is not a function"):
        js.call_method({"x": 5}, "x")
    with pytest.raises(js.TypeError, match="undefined is not a function"):
        js.call(None)
    with pytest.raises(js.TypeError, match="number is not a constructor"):
        js.construct(5)


def test_construct_makes_an_object_of_a_class() -> None:
    made = js.construct(Account, "new")
    assert js.instance_of(made, Account)
    assert js.construct(lambda: made) is made


def test_instance_of() -> None:
    assert js.instance_of(Account("me"), Account)
    assert not js.instance_of(5, int)
    assert not js.instance_of(Account("me"), lambda: None)
    with pytest.raises(js.TypeError):
        js.instance_of(5, 5)


@given(st.lists(st.integers()), st.one_of(st.integers(), st.floats(), st.text()))
def test_reading_a_list_never_raises(items: list[int], key: object) -> None:
    value = js.get(items, key)
    assert value is None or key == "length" or value in items


@given(st.text())
def test_a_string_is_the_join_of_its_code_units(text: str) -> None:
    length = js.get(text, "length")
    assert isinstance(length, int)
    joined: object = ""
    for index in range(length):
        joined = js.OPERATORS["add"](joined, js.get(text, index))
    assert joined == text


# --- what Python cannot call as JavaScript does ---


class Keyworded:
    """An object with names that are keywords."""

    def __init__(self) -> None:
        self.from_ = "start"

    def return_(self) -> str:
        return "returned"

    @property
    def class_(self) -> str:
        return "first"


def test_a_keyword_of_python_is_the_name_with_an_underscore() -> None:
    value = Keyworded()
    assert js.get(value, "from") == "start"
    assert js.get(value, "class") == "first"
    assert js.call_method(value, "return") == "returned"
    assert js.has(value, "from")
    assert not js.has(value, "import")
    js.set_property(value, "from", "end")
    assert value.from_ == "end"
    with pytest.raises(js.TypeError, match="only a getter"):
        js.set_property(value, "class", "x")


def test_an_attribute_that_has_the_name_itself_comes_first() -> None:
    value = Keyworded()
    setattr(value, "from", 1)
    assert js.get(value, "from") == 1
    js.set_property(value, "from", 2)
    assert (getattr(value, "from"), value.from_) == (2, "start")
    js.set_property(value, "import", 3)
    assert getattr(value, "import") == 3
    assert not js.has(value, "lambda_")


def test_setting_or_asking_for_a_property_does_not_read_it() -> None:
    class Careful:
        seen: list[object] = []  # noqa: RUF012

        @property
        def value(self) -> object:
            raise LookupError

        @value.setter
        def value(self, value: object) -> None:
            self.seen.append(value)

    careful = Careful()
    assert js.has(careful, "value")
    js.set_property(careful, "value", 5)
    assert careful.seen == [5]
    with pytest.raises(LookupError):
        js.get(careful, "value")


def test_an_accessor_of_the_host_runs_on_objects_of_its_class_only() -> None:
    found = js.find_property(Account("o", 250), "euros")
    assert isinstance(found, js.Property)
    assert js.invoke(found.get, Account("p", 100)) == 1.0
    with pytest.raises(js.TypeError, match="on another object"):
        js.invoke(found.get, js.Object({"cents": 5}))
    assert found.set is None


def test_python_code_reads_the_members_of_a_class_as_attributes() -> None:
    found = js.RegExp("b", "i")
    assert found.ignoreCase is True
    assert found.test("aB") is True
    assert js.get(js.JsIterator([1]).next(), "value") == 1
    js.set_property(found, "ignored", 1)
    for name in ("ignored", "constructor", "_secret"):
        assert not hasattr(found, name)


def test_a_subclass_of_a_host_object_is_of_the_family_that_fits_it() -> None:
    class Plain(js.HostObject):
        colour = "red"

    class Mapped(Plain, dict[str, int]):
        pass

    assert js.get(Plain(), "colour") == "red"
    assert js.get(Mapped(size=5), "size") == 5
