"""Imports by JS name: what the embedder gives, what stands in, and what is missing."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from tests.runtime.conftest import Embedder
from unpoison import LinkError, js
from unpoison.bindgen import Import
from unpoison.runtime import describe, signature_text
from unpoison.runtime.border import Border
from unpoison.runtime.imports import Importer, choose_recipes
from unpoison.runtime.world import make_world

OWN = {"apply", "apply_mut", "env.raw_hook", "env.raw_plain", "reenter", "risky", "thrower"}


def hosts(embedder: Embedder) -> tuple[Import, ...]:
    return embedder.module.interface.imports


# --- what is missing ---


def test_one_link_error_lists_every_missing_import_with_its_signature(
    any_embedder: Embedder,
) -> None:
    with pytest.raises(LinkError) as caught:
        any_embedder.module.instantiate()
    assert {item.name for item in caught.value.missing} == OWN
    text = str(caught.value)
    assert text.startswith("7 import(s) missing; give them in imports={...}:")
    assert "risky: (n: u32) -> u32" in text
    assert "env.raw_hook: (i32) -> i32" in text
    assert "(declared by counter)" in text


def test_only_what_is_missing_is_listed(any_embedder: Embedder) -> None:
    imports = any_embedder.imports()
    del imports["risky"]
    imports["env"] = {"raw_hook": abs}
    with pytest.raises(LinkError) as caught:
        any_embedder.module.instantiate(imports)
    assert {item.name for item in caught.value.missing} == {"risky", "env.raw_plain"}


def test_a_raw_import_is_not_found_under_its_bare_name(any_embedder: Embedder) -> None:
    imports = any_embedder.imports()
    imports.update(imports.pop("env"))
    with pytest.raises(LinkError) as caught:
        any_embedder.module.instantiate(imports)
    assert {item.name for item in caught.value.missing} == {"env.raw_hook", "env.raw_plain"}


def test_imports_that_are_not_used_are_no_error(one_embedder: Embedder) -> None:
    with one_embedder.module.instantiate({**one_embedder.imports(), "other": 5}) as instance:
        assert instance.exports.bump() == 1


# --- how they are given ---


def test_an_object_with_attributes_gives_imports(one_embedder: Embedder) -> None:
    given = one_embedder.imports()
    given["env"] = SimpleNamespace(**given["env"])
    with one_embedder.module.instantiate(SimpleNamespace(**given)) as instance:
        assert instance.exports.call_raw(3) == 3
        assert instance.exports.call_risky(3) == 4


def test_an_instance_of_a_class_gives_imports_by_its_methods(one_embedder: Embedder) -> None:
    class Env:
        def raw_hook(self, n: int) -> int:
            return n * 10

        def raw_plain(self, n: int, factor: float) -> float:
            return n * factor

    given = {**one_embedder.imports(), "env": Env()}
    with one_embedder.module.instantiate(given) as instance:
        assert instance.exports.call_raw(3) == 30


@pytest.mark.parametrize("value", [5, "text", None])
def test_an_import_that_cannot_be_called_is_a_type_error(
    one_embedder: Embedder, value: object
) -> None:
    with pytest.raises(TypeError, match="imports: risky must be callable, not "):
        one_embedder.module.instantiate({**one_embedder.imports(), "risky": value})


def test_imports_are_looked_up_once(one_embedder: Embedder) -> None:
    given = one_embedder.imports()
    with one_embedder.module.instantiate(given) as instance:
        given["risky"] = None
        assert instance.exports.call_risky(1) == 2


# --- what they get and give ---


def test_a_raw_import_works_on_raw_numbers(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    seen: list[object] = []
    any_embedder.raw_plain = lambda *given: seen.append(given) or 2.5
    assert rust.call_plain(-7, 0.5) == 2.5
    assert seen == [(-7, 0.5)]


@pytest.mark.parametrize(
    ("result", "given"), [(None, 0), (7, 7), (2**32 - 1, -1), (-(2**31), -(2**31)), (True, 1)]
)
def test_the_result_of_a_raw_import_wraps_to_its_width(
    any_embedder: Embedder, result: Any, given: int
) -> None:
    rust = any_embedder.start()
    any_embedder.raw_hook = lambda n: result
    assert rust.call_raw(1) == given


@pytest.mark.parametrize("result", [2**32, 1.5, "1"])
def test_a_raw_result_that_is_no_such_number_is_an_error_of_the_call(
    any_embedder: Embedder, result: Any
) -> None:
    rust = any_embedder.start()
    any_embedder.raw_hook = lambda n: result
    with pytest.raises((OverflowError, TypeError), match="the result of raw_hook"):
        rust.call_raw(1)
    assert rust.bump() == 1


@pytest.mark.parametrize("result", [-1, 2**32, 1.5, "1", None])
def test_a_result_that_does_not_fit_is_an_error_that_names_the_import(
    any_embedder: Embedder, result: Any
) -> None:
    rust = any_embedder.start()
    any_embedder.reenter = lambda n: result
    with pytest.raises((OverflowError, TypeError), match="reenter: result must be"):
        rust.call_back(1)
    assert rust.bump() == 1


def test_a_result_that_does_not_fit_is_an_err_to_a_catch_import(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    any_embedder.risky = lambda n: "text"
    assert rust.risky_is_error(1) is True
    assert rust.risky_parts(1).startswith("TypeError\n")


def test_arguments_come_in_their_python_types(any_embedder: Embedder) -> None:
    rust = any_embedder.start()
    seen: list[object] = []
    any_embedder.risky = lambda n: seen.append(n) or 1
    rust.call_risky(2**32 - 1)
    assert seen == [2**32 - 1]


# --- console ---


def test_the_default_console_logs(one_embedder: Embedder, caplog: pytest.LogCaptureFixture) -> None:
    imports = one_embedder.imports()
    del imports["console"]
    with (
        caplog.at_level(logging.DEBUG, "unpoison.console"),
        one_embedder.module.instantiate(imports) as instance,
    ):
        instance.exports.log("a line")
        instance.exports.install_panic_hook()
        with pytest.raises(Exception, match="boom"):
            instance.exports.boom()
    levels = [(record.name, record.levelno) for record in caplog.records]
    assert levels == [
        ("unpoison.console", logging.INFO),
        ("unpoison.console", logging.ERROR),
    ]
    assert caplog.messages[0] == "a line"
    assert "panicked at" in caplog.messages[1]


def test_a_console_that_is_given_takes_the_place_of_the_default(
    any_embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    any_embedder.start().log("a line")
    assert any_embedder.printed == ["a line"]
    assert caplog.records == []


def test_a_console_that_raises_is_a_failing_import(any_embedder: Embedder) -> None:
    imports = any_embedder.imports()
    imports["console"] = {"log": lambda text: 1 / 0, "error": print}
    with any_embedder.module.instantiate(imports) as instance:
        with pytest.raises(ZeroDivisionError):
            instance.exports.log("x")
        assert instance.exports.bump() == 1


# --- what nobody provides yet ---


def importer_of(embedder: Embedder, realm: js.Realm | None = None) -> Importer:
    """Give an importer without anything of the embedder's."""
    embedder.start()
    scheduler = embedder.instance._scheduler
    border = Border(embedder.instance._supervisor, ())
    return Importer(border, {}, realm or make_world(scheduler.realm))


def test_a_name_of_javascript_that_is_not_here_is_a_reference_error(one_embedder: Embedder) -> None:
    one_embedder.start()
    importer = importer_of(one_embedder, js.Realm(one_embedder.instance._scheduler.realm, {}))
    host = next(host for host in hosts(one_embedder) if host.name == "resolve")
    (function,) = importer.resolve_all(choose_recipes([host]))
    with pytest.raises(js.ReferenceError, match=r"^Promise is not defined$"):
        function(1)


def test_signatures_are_told_in_rust_terms(one_embedder: Embedder) -> None:
    texts = {describe(host): signature_text(host) for host in hosts(one_embedder)}
    assert texts["risky"] == "(n: u32) -> u32"
    assert texts["console.log"] == "(text: &str)"
    assert texts["apply"].startswith("(_function: &dyn Fn(i32) -> i32, number: i32) -> i32")


# --- imports that are looked for when they are called ---


def lazily(embedder: Embedder, imports: dict[str, Any]) -> Any:
    """Make one more instance, with those imports."""
    embedder.close()
    embedder.instance = embedder.module.instantiate(imports, lazy_imports=True)
    return embedder.instance.exports


def test_an_import_of_one_more_instance_is_looked_for_at_its_first_call(
    any_embedder: Embedder,
) -> None:
    imports = any_embedder.imports()
    risky = imports.pop("risky")
    rust = lazily(any_embedder, imports)
    imports["risky"] = risky
    assert rust.call_risky(1) == 2
    imports["risky"] = lambda n: n * 100
    assert rust.call_risky(1) == 2  # once
    assert rust.greet("Ada") == "Hello, Ada!"
    assert rust.slow(3).result() == 3


def test_one_that_is_missing_is_a_link_error_of_its_call(one_embedder: Embedder) -> None:
    imports = one_embedder.imports()
    del imports["thrower"]
    rust = lazily(one_embedder, imports)
    with pytest.raises(LinkError, match="thrower"):
        rust.call_thrower()
    assert rust.bump() == 1
