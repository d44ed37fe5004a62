"""What there is behind an import, told without linking it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.conftest import Embedder
from unpoison.bindgen import Import, ImportKind
from unpoison.runtime import describe
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.surface import Surface
from unpoison.runtime.world import make_world
from unpoison.wasm import FuncType


@pytest.fixture(scope="module")
def surface() -> Surface:
    return Surface(make_world(Scheduler(set).realm), frozenset({"Window", "alert"}), {"throw"})


def named(kind: ImportKind, *path: str, **more: Any) -> Import:
    shim = "_".join(path)
    return Import(0, "m", shim, FuncType((), ()), kind, path[-1], path=path, **more)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        (named(ImportKind.FUNCTION, "console", "log"), True),
        (named(ImportKind.FUNCTION, "console", "nothing"), False),
        (named(ImportKind.CONSTRUCTOR, "Array"), True),
        (named(ImportKind.METHOD, "Array", "join", class_name="Array"), True),
        (named(ImportKind.GETTER, "Array", "length", class_name="Array"), True),
        (named(ImportKind.METHOD, "Array", "nothing", class_name="Array"), False),
        (named(ImportKind.METHOD, "Shape", "draw", class_name="Shape"), True),
        (named(ImportKind.METHOD, "Window", "alert", class_name="Window"), False),
        (named(ImportKind.STATIC, "alert"), False),
        (named(ImportKind.CONSTRUCTOR, "List", prefixed=("oArray", "Array")), True),
        (named(ImportKind.METHOD, "List", "at", class_name="List", prefixed=("Array",)), True),
        (named(ImportKind.METHOD, "List", "no", class_name="List", prefixed=("Array",)), False),
        (named(ImportKind.INTRINSIC, "__wbindgen_throw"), True),
        (named(ImportKind.INTRINSIC, "__wbindgen_other"), False),
    ],
    ids=lambda value: describe(value) if isinstance(value, Import) else str(value),
)
def test_knows(surface: Surface, host: Import, known: bool) -> None:
    assert surface.knows(host) is known


def test_a_name_of_the_platform_is_one_by_its_root_or_its_crate(surface: Surface) -> None:
    assert surface.is_platform_name(named(ImportKind.FUNCTION, "alert"))
    assert surface.is_platform_name(named(ImportKind.FUNCTION, "other", crate="web-sys"))
    assert surface.is_platform_name(named(ImportKind.FUNCTION, "warn", prefixed=("alert",)))
    assert not surface.is_platform_name(named(ImportKind.FUNCTION, "other", crate="mine"))


def test_what_only_other_hosts_have_is_no_task_of_the_embedder(surface: Surface) -> None:
    assert surface.is_platform_name(named(ImportKind.STATIC, "module", "require"))
    assert surface.is_platform_name(named(ImportKind.FUNCTION, "Deno", "readFile"))
    assert surface.is_platform_name(named(ImportKind.FUNCTION, "require"))
    assert surface.is_platform_name(named(ImportKind.STATIC, "process"))
    assert not surface.is_platform_name(named(ImportKind.FUNCTION, "process"))
    assert not surface.is_platform_name(named(ImportKind.FUNCTION, "module"))
    own = named(ImportKind.STATIC, "process", js_module="./mine.js")
    assert not surface.is_platform_name(own)


def test_what_the_counter_needs_of_its_embedder_or_asks_for_is_not_known(
    one_embedder: Embedder,
) -> None:
    surface = Surface(make_world(Scheduler(set).realm), frozenset(), {"throw"})
    missing = {
        describe(host)
        for host in one_embedder.module.interface.imports
        if host.kind is not ImportKind.INTRINSIC and not surface.knows(host)
    }
    own = {"apply", "apply_mut", "env.raw_hook", "env.raw_plain", "reenter", "risky", "thrower"}
    assert missing == own | {"global", "self", "window"}
