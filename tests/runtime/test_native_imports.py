"""Imports that the entries module answers itself: the host is not asked, the effect is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

import unpoison
from unpoison import PanicError
from unpoison.bindgen import Import

EXAMPLE = Path(__file__).parents[2] / "examples" / "counter"
NATIVE = ("__wbindgen_object_drop_ref", "__wbindgen_externref_statics_end")


def refuse(*_: object) -> NoReturn:
    raise AssertionError("the host was asked")


UNWINDING = pytest.mark.parametrize("instance", ["legacy", "exnref"], indirect=True)


@pytest.fixture(params=["legacy", "exnref", "abort"])
def instance(request: pytest.FixtureRequest) -> Iterator[unpoison.Instance]:
    """A counter whose host functions for these imports fail."""
    given: dict[str, Any] = dict.fromkeys(("risky", "reenter", "apply", "apply_mut"), refuse)
    given["thrower"] = given["risky"]
    given["env"] = {"raw_hook": refuse, "raw_plain": refuse}
    path = EXAMPLE / f"counter.{request.param}.wasm"
    with unpoison.load(path, imports=given) as instance:
        supervisor = instance._supervisor
        hosts = supervisor.program.plan.hosts
        numbers = [
            n for n, host in enumerate(hosts) if isinstance(host, Import) and host.name in NATIVE
        ]
        assert numbers
        for number in numbers:
            supervisor.handlers[number] = refuse
        yield instance


def test_a_value_that_rust_drops_is_forgotten(instance: unpoison.Instance) -> None:
    function = lambda value: [value]  # noqa: E731 - any callable will do
    value = object()
    assert instance.exports.call_function(function, value) == [value]
    assert instance.exports.echo(value) is value
    assert instance.live_handles == 0


def test_a_slot_that_was_dropped_is_given_again(instance: unpoison.Instance) -> None:
    echo, handles = instance.exports.echo, instance._supervisor.home.handles
    echo(object())
    size = len(handles.values)
    for _ in range(1000):
        echo(object())
    assert len(handles.values) == size


def test_constants_are_never_dropped(instance: unpoison.Instance) -> None:
    for value in (None, unpoison.js.null, True, False):
        assert instance.exports.echo(value) is value
        assert instance.exports.echo(value) is value


@UNWINDING
def test_a_panic_leaves_no_handle(instance: unpoison.Instance) -> None:
    with pytest.raises(PanicError, match="boom"):
        instance.exports.boom()
    assert instance.live_handles == 0
