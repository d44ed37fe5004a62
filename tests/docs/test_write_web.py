"""docs/web.md says what the tables say, and the tables say what is there."""

from __future__ import annotations

import pytest

from docs.write_web import PAGE, declared_members, missing_members, provided_members, write_page
from tests.web.world import World
from unpoison import js
from unpoison.web import REFUSED_MEMBERS, WEB_GLOBALS

CLASSES = {name: row for name, row in WEB_GLOBALS.items() if isinstance(row, js.ClassSpec)}


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_page(), "run `python docs/write_web.py`"


@pytest.mark.parametrize("name", CLASSES)
def test_a_guest_finds_what_the_table_lists_and_nothing_that_it_lists_as_missing(
    name: str,
) -> None:
    world = World()
    spec, target = CLASSES[name], world.names[name]
    places = [target] if spec.is_namespace else [target, js.get(target, "prototype")]
    for member in provided_members(spec):
        assert any(js.has(place, member) for place in places), member
    for member in missing_members(name, spec, declared_members()):
        assert not any(js.has(place, member) for place in places), member


def test_every_class_of_the_table_is_known_to_web_sys_or_newer() -> None:
    newer = {"CloseEvent", "TextDecoderStream", "TextEncoderStream"}
    assert CLASSES.keys() - declared_members().keys() <= newer


def test_refused_members_are_members() -> None:
    for name, members in REFUSED_MEMBERS.items():
        assert set(members) <= provided_members(CLASSES[name])
