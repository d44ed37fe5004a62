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
LITERALS: dict[str, Any] = {
    "BigInt": js.BigInt(5), "Boolean": True, "Function": print, "Iterator": js.JsIterator([1]),
    "Number": 5, "String": "text",
}  # fmt: skip
ARGUMENTS: dict[str, Any] = {
    "AggregateError": js.Array([1]), "ArrayBuffer": 8, "DataView": js.ArrayBuffer(8), "Date": 0,
    "FinalizationRegistry": print, "Promise": lambda *_: None, "RegExp": "a",
    "SharedArrayBuffer": 8, "WeakRef": js.Object(),
}  # fmt: skip
"""What makes a value of a class, where `new Class()` does not do."""


def make_sample(realm: js.Realm, name: str) -> Any:
    """Give a value of a class."""
    if name in LITERALS:
        return LITERALS[name]
    constructor = realm.global_object[name]
    if name == "Symbol":
        return js.call(constructor)
    return js.construct(constructor, *([ARGUMENTS[name]] if name in ARGUMENTS else []))


def names(items: list[Import]) -> list[str]:
    return [f"{owner(item)}.{label(item)}" for item in items]


def test_the_page_is_up_to_date() -> None:
    repair = "repair it with: python -m docs.write_js_sys"
    assert write_page() == PAGE.read_text(encoding="utf-8"), repair


def test_nothing_is_missing() -> None:
    assert names(BY_STATUS[Status.MISSING]) == []


NOT_MADE = ("AsyncGenerator", "AsyncIterator", "Generator", "Iterator", "Proxy", "WebAssembly")
"""Classes whose values only a guest's code makes; tests/js has them."""

PROVIDED_METHODS = sorted(
    {
        (item.path[0], item.name)
        for item in BY_STATUS[Status.PROVIDED]
        if item.kind is ImportKind.METHOD and item.path[0] not in NOT_MADE
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
        with pytest.raises(js.Error, match=f"{item.path[-1]}.*(not supported|there is no)"):
            use(found.value, "text")


def test_names_that_js_sys_has_wrong_are_no_names_of_javascript() -> None:
    for item in BY_STATUS[Status.MISNAMED]:
        assert not JUDGE._surface.knows(item)
