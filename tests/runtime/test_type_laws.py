"""Laws of every type: what goes in comes out as it was, and what does not fit goes nowhere."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.runtime.type_strategies import OBJECTS, values
from tests.runtime.typed import load_types, types_module
from unpoison.bindgen import Export, StructType
from unpoison.bindgen.type_walk import nested_types

CASES = 12
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def round_trips() -> list[Export]:
    """Give the exports that give back their only argument."""
    functions = types_module("exnref").interface.functions
    return [
        item
        for item in functions
        if item.name.startswith(("echo_", "through_"))
        and len(item.params) == 1
        and item.name not in ("through_module", "through_renamed")
        and not any(isinstance(inner, StructType) for inner in nested_types(item.params[0].type))
    ]


each_round_trip = pytest.mark.parametrize("export", round_trips(), ids=lambda item: item.name)


@pytest.fixture(scope="module")
def types() -> Iterator[SimpleNamespace]:
    loaded = load_types("exnref")
    yield loaded
    loaded.instance.close()


def bits(value: Any) -> Any:
    """Give something that is equal only for the same type and the same bits."""
    if isinstance(value, float):
        return "nan" if value != value else struct.pack("d", value)
    if isinstance(value, array):
        return value.typecode, [bits(item) for item in value]
    return type(value), value


@each_round_trip
@SETTINGS
@given(data=st.data())
def test_a_value_comes_back_as_it_was(
    types: SimpleNamespace, export: Export, data: st.DataObject
) -> None:
    value = data.draw(values(export.params[0].type, types.exports))
    types.host.seen.clear()
    back = getattr(types.exports, export.name)(value)
    assert back is value or bits(back) == bits(value)
    assert types.instance.live_handles == 0


@each_round_trip
@SETTINGS
@given(value=OBJECTS)
def test_an_object_is_taken_or_refused_and_leaves_nothing_behind(
    types: SimpleNamespace, export: Export, value: object
) -> None:
    size = types.instance.memory_size
    try:
        getattr(types.exports, export.name)(value)
    except (TypeError, ValueError, OverflowError) as error:
        assert "value" in str(error) or isinstance(error, OverflowError)
    types.host.seen.clear()
    assert types.instance.state == "live"
    assert types.instance.live_handles == 0
    # One page for the guest's table of handles, which it keeps to use them again.
    assert types.instance.memory_size - size <= 1 << 16


@SETTINGS
@given(value=OBJECTS)
def test_what_the_host_returns_is_taken_or_refused(types: SimpleNamespace, value: object) -> None:
    for export in round_trips():
        if not export.name.startswith("through_"):
            continue
        given_value = {"bool": True, "char": "a", "mode": "fast", "string": "", "value": None}
        kind = export.name.removeprefix("through_")
        argument = given_value.get(kind, [] if kind.startswith("vec") else 0)
        if kind.startswith("option"):
            argument = None
        with types.host.answering(value):
            try:
                getattr(types.exports, export.name)(argument)
            except (TypeError, ValueError, OverflowError):
                continue
    types.host.seen.clear()
    assert types.instance.state == "live"
    assert types.instance.live_handles == 0
