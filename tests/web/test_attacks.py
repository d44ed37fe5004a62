"""A guest reaches nothing of Python through the web's values, nor of another guest."""

from __future__ import annotations

import types
from typing import Any

import pytest

from tests.web.world import World
from unpoison import js
from unpoison.web import WEB_GLOBALS

MADE = {
    "URL": ("http://h",),
    "URLSearchParams": ("a=b",),
    "Event": ("x",),
    "CustomEvent": ("x",),
    "EventTarget": (),
    "AbortController": (),
    "TextEncoder": (),
    "TextDecoder": (),
    "DOMException": ("m",),
}
INSIDES = (types.FrameType, types.CodeType, types.ModuleType, js.Realm, type)


def values(world: World) -> dict[str, Any]:
    made = {name: world.new(name, *arguments) for name, arguments in MADE.items()}
    return made | {name: world.names[name] for name in ("crypto", "navigator", "performance")}


@pytest.mark.parametrize("name", [*MADE, "crypto", "navigator", "performance"])
def test_no_attribute_of_python_is_a_property(name: str) -> None:
    value = values(World())[name]
    for attribute in dir(value):
        found = js.get(value, attribute) if not isinstance(value, js.Realm) else None
        assert not isinstance(found, INSIDES), attribute
        if attribute.startswith("_"):
            assert found is None, attribute


@pytest.mark.parametrize("name", ["realm", "secret", "details", "_record", "_listeners", "_pairs"])
def test_what_a_value_keeps_for_itself_is_out_of_sight(name: str) -> None:
    for value in values(World()).values():
        assert js.get(value, name) is None


def test_two_guests_share_no_object_of_the_web() -> None:
    first, second = World(), World()
    for name in WEB_GLOBALS:
        assert first.names[name] is not second.names[name], name
