"""Map and Set as Python code sees them, and the sets of a host as a guest sees them."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSet

import pytest

from tests.js.script import World
from unpoison import js


def test_a_map_is_a_mutable_mapping() -> None:
    made = js.Map({"a": 1})
    made["b"] = 2
    assert isinstance(made, MutableMapping)
    assert (len(made), list(made), dict(made), made.get("zz", 7)) == (
        2,
        ["a", "b"],
        {"a": 1, "b": 2},
        7,
    )
    assert ("a" in made, made.pop("a"), "a" in made) == (True, 1, False)
    del made["b"]
    assert (made == {}, repr(js.Map([(1, "x")]))) == (True, "js.Map({1: 'x'})")
    with pytest.raises(KeyError):
        made["b"]
    with pytest.raises(KeyError):
        del made["b"]


def test_keys_that_python_takes_for_one_are_several() -> None:
    made = js.Map([(1, "number"), (True, "boolean"), (js.BigInt(1), "bigint"), ("1", "string")])
    assert len(made) == 4
    assert [made[1.0], made[True], made[js.BigInt(1)]] == ["number", "boolean", "bigint"]


def test_keys_that_python_cannot_hash_are_themselves() -> None:
    first, second = [1], [1]
    made = js.Map([(first, "first")])
    assert (first in made, second in made) == (True, False)


def test_a_bound_method_is_one_key() -> None:
    items: list[int] = []
    world = World()
    made = js.Map([(items.append, 1), (world.show, 2)])
    assert (made[items.append], made[world.show]) == (1, 2)


def test_a_map_equals_a_mapping_of_the_same_items() -> None:
    assert js.Map({"a": 1, "b": 2}) == js.Map([("b", 2), ("a", 1)])
    assert js.Map({"a": 1}) != {"a": 2}
    assert js.Map() != []


def test_javascript_members_are_there_for_python_too() -> None:
    made = js.Map([("a", 1)])
    assert (made.size, made.has("a"), list(made.entries())) == (1, True, [["a", 1]])
    assert made.set("b", 2) is made
    values = js.Set([1, 2])
    assert (values.size, values.has(2), values.union(js.Set([3]))) == (2, True, js.Set([1, 2, 3]))


def test_a_set_is_a_mutable_set() -> None:
    made = js.Set([3, 1, 1])
    assert isinstance(made, MutableSet)
    made.add(js.Object())
    made.discard(1)
    assert (len(made), next(iter(made)), 3 in made, 1 in made) == (2, 3, True, False)
    assert (js.Set([1, 2]) | {3}, js.Set([1, 2]) & {2}) == ({1, 2, 3}, {2})
    assert js.Set([1]) == {1}
    assert repr(js.Set([1, "a"])) == "js.Set([1, 'a'])"


def test_a_walk_goes_on_while_the_map_changes() -> None:
    made = js.Map(dict.fromkeys(range(5)))
    seen = []
    for key in made:
        seen.append(key)
        made.pop(key + 1, None)
        if key == 4:
            made[9] = None
    assert seen == [0, 2, 4, 9]


@pytest.mark.parametrize("host", [{1, 2}, frozenset({1, 2})])
def test_the_sets_of_a_host_are_sets(host: set[int]) -> None:
    world = World(host=host)
    assert world.run("host instanceof Set && host.size === 2 && host.has(1) && !host.has(true)")
    assert world.run("[...host].sort()") == [1, 2]
    assert world.run("host.union(new Set([3])).size") == 3
    assert world.run("new Set([1, 2, 3]).difference(host)") == js.Set([3])
    assert world.run("host.isSubsetOf(new Set([1, 2, 3]))") is True
    seen = "const seen = []; host.forEach(v => { seen.push(v); }); return seen.length;"
    assert world.run(seen) == 2


def test_a_guest_changes_a_hosts_set_but_no_frozenset() -> None:
    host: set[object] = {1}
    world = World(host=host, frozen=frozenset({1}))
    assert world.run("host.add('a') === host && host.delete(1)") is True
    assert host == {"a"}
    assert world.outcome("frozen.add(1)").startswith("throws TypeError")
    assert world.outcome("frozen.clear()").startswith("throws TypeError")
    assert world.outcome("host.add({})") == (
        "throws TypeError: the host's set cannot hold #<Object>"
    )
    assert world.outcome("host.add(1).add(true)").startswith("throws TypeError: the host's set has")
    assert world.run("const r = []; for (const v of host) { host.clear(); r.push(1); } return r;")


def test_a_host_array_is_changed_in_place_and_a_tuple_refuses() -> None:
    host = [3, 1, 2]
    world = World(host=host, fixed=(3, 1))
    assert world.run("host.sort(); host.push(9, 8); host.splice(1, 1); return host.length;") == 4
    assert host == [1, 3, 9, 8]
    assert world.run("fixed.toSorted()") == [1, 3]
    for change in ("push(1)", "pop()", "sort()", "reverse()", "fill(0)", "shift()", "splice(0)"):
        assert world.outcome(f"fixed.{change}").startswith("throws TypeError"), change
    assert world.run("fixed.map(x => x * 2)") == [6, 2]


def test_a_function_of_the_host_gets_as_many_arguments_as_it_takes() -> None:
    world = World(double=lambda value: value * 2, both=lambda value, index: (value, index))
    assert world.run("[1, 2].map(double)") == [2, 4]
    assert world.run("[5].map(both)") == [(5, 0)]
    assert world.run("[1, 2].values().map(double).toArray()") == [2, 4]


def test_get_or_insert() -> None:
    # Node 26 has these methods behind a flag.
    world = World()
    text = (
        "const m = new Map([['a', 1]]); return [m.getOrInsert('a', 5), m.getOrInsert('b', 5), m];"
    )
    assert world.outcome(text) == '[1,5,Map(["a",1],["b",5])]'
    text = (
        "const m = new Map(), seen = []; "
        "return [m.getOrInsertComputed(-0, k => { seen.push(k); return 7; }), "
        "m.getOrInsertComputed(0, () => 8), seen];"
    )
    assert world.outcome(text) == "[7,7,[0]]"
    assert world.outcome("new Map().getOrInsertComputed(1, 2)").startswith("throws TypeError")
    text = (
        "const k = {}, m = new WeakMap(); return [m.getOrInsert(k, 1), m.getOrInsert(k, 2), "
        "m.getOrInsertComputed(k, () => 3), m.getOrInsertComputed([], k => k.length)];"
    )
    assert world.outcome(text) == "[1,1,1,0]"
