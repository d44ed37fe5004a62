"""A module without a name section: std's functions cannot be found by their symbols."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.conftest import Embedder, raiser
from unpoison import BorrowError, Module, PanicError
from unpoison.wasm import Module as WasmModule

COUNTER = Path(__file__).parents[2] / "examples" / "counter" / "counter.legacy.wasm"


@pytest.fixture(scope="module")
def nameless() -> Module:
    module = WasmModule.parse(COUNTER.read_bytes())
    module.customs = [custom for custom in module.customs if custom.name != "name"]
    return Module.read(module.emit())


def test_a_panic_in_a_field_getter_fails_its_call_only(nameless: Module) -> None:
    embedder = Embedder(nameless)
    rust = embedder.start()
    shelf = rust.Shelf(rust.Fragile(1))
    for _ in range(3):
        with pytest.raises(PanicError, match="field"):
            shelf.item  # noqa: B018 - the getter is what is tested
    assert rust.bump() == 1


def test_a_field_of_an_abandoned_object_is_borrowed(nameless: Module) -> None:
    embedder = Embedder(nameless)
    rust = embedder.start()
    acc = rust.Acc()
    error = OSError("left")
    embedder.reenter = raiser(error)
    with pytest.raises(OSError, match="left"):
        acc.push_through(1)
    with pytest.raises(BorrowError) as caught:
        acc.pushes  # noqa: B018
    assert caught.value.__cause__ is error
    assert rust.bump() == 1
