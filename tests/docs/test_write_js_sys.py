"""The page on js-sys is true: what it calls provided is there, what it calls refused says so."""

from __future__ import annotations

from typing import Any

import pytest

from docs.write_js_sys import PAGE, Judge, Status, js_sys_imports, label, owner, write_page
from unpoison import js
from unpoison.bindgen import Import, ImportKind

JUDGE = Judge()
BY_STATUS = {
    status: [item for item in js_sys_imports() if JUDGE.status(item) is status] for status in Status
}
SAMPLES: dict[str, str] = {
    "AggregateError": "new:[1]", "ArrayBuffer": "new:8", "DataView": "buffer:8", "Date": "new:0",
    "FinalizationRegistry": "function", "Promise": "function", "Proxy": "proxy", "RegExp": "new:a",
    "SharedArrayBuffer": "new:8", "Symbol": "call", "BigInt": "bigint", "String": "text",
    "Number": "number", "Boolean": "boolean", "Function": "callable", "WeakRef": "object",
    "Iterator": "iterator", "Generator": "iterator", "AsyncIterator": "async", "AsyncGenerator": "async",
    "SuppressedError": "new:1",
}  # fmt: skip
"""How a value of a class is made, where `new Class()` does not do."""


def make_sample(realm: js.Realm, name: str) -> Any:
    """Give a value of a class."""
    how, _, argument = SAMPLES.get(name, "new:").partition(":")
    constructor = realm.global_object.get(name)
    made = {
        "bigint": js.BigInt(5), "text": "text", "number": 5, "boolean": True, "callable": print,
        "iterator": js.JsIterator([1, 2]),
    }  # fmt: skip
    if how in made:
        return made[how]
    if how == "buffer":
        return js.construct(constructor, js.ArrayBuffer(int(argument)))
    if how == "function":
        return js.construct(constructor, lambda *_: None)
    if how == "object":
        return js.construct(constructor, js.Object())
    if how == "call":
        return js.call(constructor)
    if name == "AggregateError":
        return js.construct(constructor, js.Array([1]))
    return js.construct(
        constructor, *([int(argument) if argument.isdigit() else argument] * bool(argument))
    )


def names(items: list[Import]) -> list[str]:
    return [f"{owner(item)}.{label(item)}" for item in items]


def test_the_page_is_up_to_date() -> None:
    repair = "repair it with: python -m docs.write_js_sys"
    assert write_page() == PAGE.read_text(encoding="utf-8"), repair


def test_nothing_is_missing() -> None:
    assert names(BY_STATUS[Status.MISSING]) == []


PROVIDED_METHODS = sorted(
    {
        (item.path[0], item.name)
        for item in BY_STATUS[Status.PROVIDED]
        if item.kind is ImportKind.METHOD
        and item.path[0] not in ("Generator", "AsyncGenerator", "AsyncIterator", "Proxy")
    }
)


@pytest.mark.parametrize("name", sorted({owner for owner, _ in PROVIDED_METHODS}))
def test_every_provided_method_is_a_function_of_a_value_of_its_class(name: str) -> None:
    sample = make_sample(JUDGE.realm, name)
    methods = [method for owner_, method in PROVIDED_METHODS if owner_ == name]
    found = {method: js.typeof(JUDGE.realm.get(sample, method)) for method in methods}
    assert found == dict.fromkeys(methods, "function")


def test_every_provided_function_and_constructor_is_one() -> None:
    kinds = (ImportKind.FUNCTION, ImportKind.CONSTRUCTOR)
    items = [item for item in BY_STATUS[Status.PROVIDED] if item.kind in kinds]
    broken = [item.path for item in items if not callable(JUDGE._lookup.find(item).value)]
    assert broken == []


def test_what_is_refused_says_its_name() -> None:
    kinds = (ImportKind.FUNCTION, ImportKind.CONSTRUCTOR)
    for item in BY_STATUS[Status.REFUSED]:
        found = JUDGE._lookup.find(item) if item.kind in kinds else None
        if found is None or found.is_absent:
            continue
        use = js.construct if item.kind is ImportKind.CONSTRUCTOR else js.call
        with pytest.raises(js.Error, match=f"{item.path[-1]}.* not supported"):
            use(found.value, "text")


def test_names_that_js_sys_has_wrong_are_no_names_of_javascript() -> None:
    for item in BY_STATUS[Status.MISNAMED]:
        assert not JUDGE._surface.knows(item)
