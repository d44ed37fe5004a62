"""Members that Rust wants as their class has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.js.script import World
from unpoison import js
from unpoison.bindgen import Import, ImportKind
from unpoison.runtime.final_members import find_final
from unpoison.wasm import FuncType

METHOD, GETTER, SETTER = ImportKind.METHOD, ImportKind.GETTER, ImportKind.SETTER


def host(kind: ImportKind, name: str) -> Import:
    return Import(0, "m", "f", FuncType((), ()), kind, name, path=("Class", name))


class Parent:
    own = "an attribute"

    def __init__(self) -> None:
        self.level = 1

    def f(self, by: int) -> int:
        return self.level + by

    @property
    def size(self) -> int:
        return self.level

    @size.setter
    def size(self, size: int) -> None:
        self.level = size


class Child(Parent):
    def f(self, by: int) -> int:
        return -1

    @property
    def size(self) -> int:
        return -1


PROGRAM = """
    function Class() { this.level = 1; }
    Class.prototype.f = function (by) { return this.level + by; };
    Object.defineProperty(Class.prototype, 'size', {
        get() { return this.level; },
        set(size) { this.level = size; },
    });
    const child = Object.create(Class.prototype, {
        level: {value: 1, writable: true}, f: {value: () => -1}, size: {value: -1},
    });
    return [Class, child];
"""


@pytest.fixture(params=["Python", "JavaScript"])
def family(request: pytest.FixtureRequest) -> tuple[Any, Any, js.Realm]:
    """A class, and an object that has members of its own in the place of the class's."""
    world = World()
    if request.param == "Python":
        return Parent, Child(), world.realm
    class_, child = world.run(PROGRAM)
    return class_, child, world.realm


def test_a_method_is_that_of_the_class(family: tuple[Any, Any, js.Realm]) -> None:
    class_, child, realm = family
    assert find_final(class_, host(METHOD, "f"), realm)(child, 2) == 3  # type: ignore[misc]


def test_an_accessor_is_that_of_the_class(family: tuple[Any, Any, js.Realm]) -> None:
    class_, child, realm = family
    find_final(class_, host(SETTER, "size"), realm)(child, 5)  # type: ignore[misc]
    assert find_final(class_, host(GETTER, "size"), realm)(child) == 5  # type: ignore[misc]


def test_a_member_of_a_standard_class_is_its_prototypes() -> None:
    realm = World().realm
    map_class = realm.global_object["Map"]
    given = js.Map([(1, 2)])
    assert find_final(map_class, host(GETTER, "size"), realm)(given) == 1  # type: ignore[misc]
    entries = find_final(map_class, host(METHOD, "[Symbol.iterator]"), realm)
    assert entries is not None
    assert list(js.iterate(entries(given))) == [[1, 2]]
    assert find_final(map_class, host(METHOD, "nothing"), realm) is None


@pytest.mark.parametrize("name", ["nothing", "own", "level"])
def test_what_no_class_has_is_the_receivers(name: str) -> None:
    assert find_final(Parent, host(METHOD, name), World().realm) is None


@pytest.mark.parametrize("target", [None, 5, lambda: 1, {"f": abs}])
def test_what_is_no_class_has_no_final_member(target: object) -> None:
    assert find_final(target, host(METHOD, "f"), World().realm) is None


@pytest.mark.parametrize("kind", [METHOD, GETTER, SETTER])
def test_a_class_of_javascript_without_the_member_is_a_type_error(kind: ImportKind) -> None:
    world = World()
    function = find_final(world.run("return function Class() {};"), host(kind, "f"), world.realm)
    assert function is not None
    with pytest.raises(js.TypeError, match=rf"^Class\.f has no {kind.value}$"):
        function(js.Object(), 1)
