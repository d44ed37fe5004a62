"""Who is whose parent among the structs of a module."""

from __future__ import annotations

from unpoison.bindgen import Class
from unpoison.bindgen.families import ancestors, family_keys, find_parents, parents_first


def cls(name: str, extends: str | None = None, crate: str = "a", **more: object) -> Class:
    """Give a class, which has what its children and its parent need."""
    fields = {"free": f"free_{name}", "upcast": f"up_{name}" if extends else None} | more
    return Class(name, crate, key=name, extends=extends, **fields)  # type: ignore[arg-type]


def parents(*classes: Class) -> dict[str, str]:
    return {key: parent.name for (key, _), parent in find_parents(classes).items()}


def test_a_parent_is_found_by_its_name_in_the_same_crate_first() -> None:
    near, far = cls("Animal"), cls("Animal", crate="b")
    found = find_parents([far, near, cls("Dog", "Animal"), cls("Cat", "Animal", crate="b")])
    assert found == {("Dog", "a"): near, ("Cat", "b"): far}


def test_a_parent_of_another_crate_is_found_when_it_is_the_only_one() -> None:
    assert parents(cls("Animal", crate="b"), cls("Dog", "Animal")) == {"Dog": "Animal"}
    two = [cls("Animal", crate="b"), cls("Animal", crate="c")]
    assert parents(*two, cls("Dog", "Animal")) == {}


def test_what_the_module_cannot_do_makes_no_family() -> None:
    assert parents(cls("Animal"), cls("Dog", "Animal", upcast=None)) == {}
    assert parents(cls("Animal", free=None), cls("Dog", "Animal")) == {}
    assert parents(cls("Dog", "Animal")) == {}


def test_a_circle_is_cut() -> None:
    assert len(parents(cls("A", "B"), cls("B", "A"))) == 1
    assert parents(cls("A", "A")) == {}


def test_every_member_of_a_family_is_known() -> None:
    found = find_parents([cls("A"), cls("B", "A"), cls("C")])
    assert family_keys(found) == {("A", "a"), ("B", "a")}


def test_parents_are_defined_first_and_ancestors_are_the_nearest_first() -> None:
    classes = [cls("C", "B"), cls("B", "A"), cls("A"), cls("D")]
    assert [one.name for one in parents_first(classes)] == ["A", "D", "B", "C"]
    assert [one.name for one in ancestors(classes[0], classes)] == ["B", "A"]
