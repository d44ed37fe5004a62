"""What a module finds without its embedder."""

from __future__ import annotations

from unpoison import js
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import make_world
from unpoison.web import WEB_GLOBALS


def test_the_standard_library_and_the_web_are_there() -> None:
    names = make_world(Scheduler(set).realm).global_object
    assert names.keys() >= js.GLOBALS.keys() | WEB_GLOBALS.keys()


def test_each_instance_has_a_world_of_its_own() -> None:
    first, second = (make_world(Scheduler(set).realm).global_object for _ in range(2))
    assert first is not second
    assert first["console"] is not second["console"]
    assert first["Promise"] is not second["Promise"]


def test_the_names_of_an_embedder_come_before_those_of_the_web() -> None:
    rows = {"URL": js.ClassSpec("URL", construct=lambda realm: js.Object()), "answer": 42}
    names = make_world(Scheduler(set).realm, names=rows).global_object
    assert js.construct(names["URL"]) == {}
    assert names["answer"] == 42
