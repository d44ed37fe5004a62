"""Inheritance and members of every kind, on the crate `classes`."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import unpoison
from unpoison import js

CRATE = Path(__file__).resolve().parent.parent / "crates" / "classes"


class Lamp:
    """A class of the host."""

    brand = "Lux"

    def __init__(self, power: int) -> None:
        if not power:
            raise ValueError("no power")
        self.power = power
        self.on = False
        self.bulb: Any = None

    def dimBy(self, by: int) -> int:  # noqa: N802
        return self.power - by

    def describe(self) -> str:
        return f"{type(self).__name__} of {self.power}"

    def blink(self, *times: int) -> int:
        return sum(times)

    @staticmethod
    def count() -> int:
        return 5

    @staticmethod
    def sum(*powers: float) -> float:
        return sum(powers)


class Torch(Lamp):
    """A class of the host that extends another."""


def load(**more: Any) -> Any:
    """Give an instance of the crate; `more` imports take the place of the usual ones."""
    return unpoison.Module.read(CRATE / "classes.legacy.wasm").instantiate(imports() | more)


def imports() -> dict[str, Any]:
    """What the crate wants of its host."""
    lamp = type("Lamp", (Lamp,), {})
    return {
        "Lamp": lamp,
        "Torch": type("Torch", (lamp,), {}),
        "VERSION": "1.2",
        "SETTINGS": None,
        "MISSING": None,
        "deep": {"er": {"DEPTH": 7, "dig": lambda by: 2 * by}},
        "not-a-name": lambda: 10,
        "Prefixed": type("Prefixed", (), {}),
    }


@pytest.fixture
def classes() -> Iterator[Any]:
    with load() as instance:
        yield instance.exports


def live(classes: Any) -> list[int]:
    """Animals, dogs and puppies that are alive in Rust."""
    gc.collect()
    classes.untyped()  # what was collected is dropped when Rust is entered next
    return list(classes.live())


# --- inheritance ---


def test_a_child_is_a_subclass_with_the_members_of_its_parent(classes: Any) -> None:
    dog = classes.Dog("Rex", 3)
    assert isinstance(dog, classes.Animal)
    assert issubclass(classes.Puppy, classes.Dog)
    assert (dog.name, dog.legs, dog.tricks) == ("Rex", 4, 3)
    dog.name = "Max"
    dog.legs = 3
    assert dog.speak() == "Max barks"
    assert classes.Animal.speak(dog) == "Max is quiet"
    assert dog.lose_leg() == 2
    assert dog.legs == 2
    assert classes.Dog.kingdom() == "Animalia"


def test_a_child_is_passed_where_its_parent_is_borrowed(classes: Any) -> None:
    (puppy,) = classes.litter(1)
    assert type(puppy) is classes.Puppy
    assert classes.count_legs(puppy) == 4
    classes.add_leg(puppy)
    assert (puppy.legs, classes.count_legs(puppy), classes.count_tricks(puppy)) == (5, 5, 0)
    with pytest.raises(TypeError, match="dog must be a Dog, not Animal"):
        classes.count_tricks(classes.Animal("x"))


def test_a_child_is_not_moved_as_its_parent(classes: Any) -> None:
    dog = classes.Dog("Rex", 3)
    for call in (
        lambda: classes.take_animal(dog),
        lambda: classes.take_animals([classes.Animal("a"), dog]),
        lambda: classes.Animal.bury(dog),
        dog.bury,
    ):
        with pytest.raises(TypeError, match="must be a Animal itself, not a Dog"):
            call()
    assert dog.name == "Rex"
    assert classes.take_dog(dog) == 3
    with pytest.raises(unpoison.StaleHandleError):
        dog.name  # noqa: B018


def test_each_ancestor_is_freed_once(classes: Any) -> None:
    before = live(classes)
    dog, (puppy,) = classes.Dog("Rex", 3), classes.litter(1)
    assert live(classes) == [before[0] + 2, before[1] + 2, before[2] + 1]
    dog.free()
    dog.free()
    assert live(classes) == [before[0] + 1, before[1] + 1, before[2] + 1]
    with puppy:
        pass
    assert live(classes) == before


def test_collected_and_moved_children_free_their_ancestors(classes: Any) -> None:
    before = live(classes)
    found = classes.litter(5)
    found += [classes.puppy_value(), classes.maybe_puppy(True)]
    assert live(classes)[2] == before[2] + 7
    del found
    assert live(classes) == before
    assert classes.take_dog(classes.Dog("Rex", 2)) == 2
    assert classes.take_dog() is None
    assert classes.take_animals([classes.Animal("a"), classes.Animal("b")]) == ["a", "b"]
    assert classes.Animal("c").bury() == "c rests"
    assert live(classes) == before


def test_a_child_without_a_constructor_has_none(classes: Any) -> None:
    with pytest.raises(TypeError, match="Puppy has no constructor"):
        classes.Puppy("x")

    class Stray(classes.Puppy):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            classes.Animal.__init__(self, "x")

    with pytest.raises(TypeError, match="self must be a Animal itself"):
        Stray()


def test_a_subclass_in_python_is_one_of_its_rust_class(classes: Any) -> None:
    class Guide(classes.Dog):  # type: ignore[misc, name-defined]
        def lead(self) -> str:
            return f"{self.name} leads"

    guide = Guide("Rex", 9)
    assert guide.lead() == "Rex leads"
    assert classes.count_legs(guide) == 4
    assert classes.take_dog(guide) == 9


def test_a_parent_with_another_name_in_a_namespace(classes: Any) -> None:
    car = classes.van(5)
    assert isinstance(car, classes.traffic.Vehicle)
    assert (car.wheels, car.seats, car.roll()) == (4, 5, 8)


def test_a_panic_below_a_parents_method_leaves_the_child_alive(classes: Any) -> None:
    before = live(classes)
    dog = classes.Dog("Rex", 3)
    with pytest.raises(unpoison.PanicError, match="Rex panics"):
        dog.panic()
    assert dog.name == "Rex"
    dog.free()
    assert live(classes) == before


def test_objects_of_an_old_generation_are_stale_as_a_whole() -> None:
    with load() as instance:
        dog = instance.exports.Dog("Rex", 3)
        instance.reinit()
        for use in (lambda: dog.name, lambda: dog.tricks, lambda: instance.exports.count_legs(dog)):
            with pytest.raises(unpoison.StaleHandleError):
                use()
        dog.free()
        assert list(instance.exports.live()) == [0, 0, 0]


# --- members ---


def test_indexing_members_are_methods_and_subscripts(classes: Any) -> None:
    shelf = classes.Shelf()
    shelf[3] = "book"
    shelf.put(4, "cup")
    assert (shelf[3], shelf.item(4), shelf[5]) == ("book", "cup", None)
    del shelf[3]
    assert shelf.item(3) is None
    with pytest.raises(OverflowError):
        shelf[-1]


def test_what_has_subscripts_only_is_not_walked(classes: Any) -> None:
    # Python would ask for 0, 1, 2, ... for ever: the getter gives None for what is not there.
    with pytest.raises(TypeError, match="not iterable"):
        iter(classes.Shelf())
    with pytest.raises(TypeError, match="not a container"):
        5 in classes.Shelf()  # noqa: B015


def test_static_accessors_are_properties_of_the_class(classes: Any) -> None:
    assert classes.Shelf.count == 7
    classes.Shelf.count = 8
    assert classes.Shelf.count == 8
    classes.Shelf.twice = 5
    assert classes.Shelf.count == 10
    with pytest.raises(TypeError):
        classes.Shelf.count = "many"
    assert not hasattr(classes.Shelf(), "count")


def test_an_inspectable_struct_shows_its_readable_properties(classes: Any) -> None:
    card = classes.Card(4)
    expected = {"suit": 4, "label": "ace", "worth": 11.5, "isHidden": None, "double": 8}
    assert card.toJSON() == expected
    assert repr(card) == "Card(suit=4, label='ace', worth=11.5, isHidden=None, double=8)"
    with pytest.raises(AttributeError):
        card.worth = 1.0
    assert not hasattr(card, "secret")
    card.free()
    assert repr(card) == "<Card freed or moved>"


def test_a_function_with_this_has_it_first_and_gets_the_receiver_of_a_call(classes: Any) -> None:
    assert classes.who("me", 3) == 'JsValue("me") 3'
    holder = SimpleNamespace(who=classes.who)
    assert classes.call_method(holder, 5).endswith(" 5")
    assert "JsValue(undefined)" not in classes.call_method(holder, 5)


def test_fields_of_every_type(classes: Any) -> None:
    fields = classes.fields()
    found = {name: getattr(fields, name) for name in (
        "i8_", "u16_", "i32_", "u64_", "i128_", "f32_", "f64_", "bool_", "char_", "text", "value",
        "card", "bytes", "texts", "level", "wide", "nothing",
    )}  # fmt: skip
    assert found == {
        "i8_": -1, "u16_": 2, "i32_": -3, "u64_": 2**64 - 1, "i128_": -(2**127), "f32_": 0.5,
        "f64_": -0.25, "bool_": True, "char_": "é", "text": "text", "value": js.null,
        "card": None, "bytes": b"\1\2", "texts": ["a"], "level": None, "wide": -5,
        "nothing": js.null,
    }  # fmt: skip
    assert [one.number for one in fields.shared] == [1]
    fields.card = classes.Shared(4)
    fields.shared = [classes.Shared(5), classes.Shared(6)]
    fields.nothing, fields.level, fields.value, fields.i128_ = 1.5, 2**32 - 1, "new", 2**126
    assert fields.card.number == 4
    assert [one.number for one in fields.shared] == [5, 6]
    assert (fields.nothing, fields.level, fields.value) == (1.5, 2**32 - 1, "new")
    assert fields.i128_ == 2**126


# --- attributes ---


def test_names_that_the_attributes_gave(classes: Any) -> None:
    assert classes.warm(20.0, 2.0) == 22
    assert classes.faster(classes.Speed.Slow) is classes.Speed.Fast
    assert classes.reveal(1) is True
    assert classes.internal(5).number == 5
    assert (classes.untyped(), classes.undescribed(), classes.Untyped().number) == (1, 2, 3)
    primitive = next(name for name in dir(classes.Shelf) if "toPrimitive" in name)
    assert getattr(classes.Shelf(), primitive)("string") == "a shelf as a string"


def test_typescript_sections_are_kept() -> None:
    module = unpoison.Module.read(CRATE / "classes.legacy.wasm")
    assert module.interface.typescript == ("export type Celsius = number;",)


# --- what the host gives ---


def test_a_class_of_the_host_with_members_of_every_kind(classes: Any) -> None:
    assert classes.use_light() == "42 true 40 Some(3) None Lamp of 42 6"
    with pytest.raises(ValueError, match="no power"):
        classes.bad_light()


class Maker:
    """What stands for a class: an object that is called, with attributes of its own."""

    def __init__(self) -> None:
        self.brand = "Lux"
        self.count = lambda: 5
        self.sum = lambda *powers: sum(powers)

    def __call__(self, power: int) -> Lamp:
        return Lamp(power)


def test_what_belongs_to_the_class_itself() -> None:
    lamp = Maker()
    with load(Lamp=lamp) as instance:
        assert instance.exports.use_class("it") == '5 3.5 Lux! JsValue("it") JsValue(undefined)'
    assert lamp.brand == "Lux!"
    assert not hasattr(lamp, "kept")


def test_instances_are_told_apart() -> None:
    with load() as instance:
        exports = instance.exports
        assert exports.kinds_of("text") == "text"
        assert exports.kinds_of(5) == ""
        assert exports.torch(9) == 9


class Prefixed:
    """A class that browsers have under one of two names."""

    def go(self) -> None:
        pass


def test_a_class_of_the_host_may_have_a_vendors_prefix() -> None:
    given = imports()
    own = given.pop("Prefixed")
    module = unpoison.Module.read(CRATE / "classes.legacy.wasm")
    with module.instantiate({**given, "webkitPrefixed": Prefixed}) as instance:
        instance.exports.go(Prefixed())
        assert instance.exports.kinds_of(Prefixed()) == "prefixed"
        assert instance.exports.kinds_of(own()) == ""
    with module.instantiate({**given, "webkitPrefixed": Prefixed, "Prefixed": own}) as instance:
        assert instance.exports.kinds_of(Prefixed()) == ""
        assert instance.exports.kinds_of(own()) == "prefixed"
    with pytest.raises(unpoison.LinkError) as caught:
        module.instantiate(given)
    (missing,) = caught.value.missing
    assert (missing.name, missing.note) == ("Prefixed", "or as webkitPrefixed")


def test_statics_and_names_of_the_host(classes: Any) -> None:
    assert classes.statics() == "1.2 JsValue(undefined) None 7"
    assert classes.named() == 16
