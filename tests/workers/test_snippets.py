"""JavaScript that a crate brings along: no obstacle to a start, and refused when it is called."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from unpoison import js
from unpoison.runtime import Limits, Module
from unpoison.workers.clock import SystemClock
from unpoison.workers.program import Program
from unpoison.workers.snippets import missing_modules

CRATE = Path(__file__).resolve().parents[1] / "crates" / "linked"
MODULES = ["/src/js/local.js", "left-pad", "linked/inline0.js", "linked/inline1.js"]


@pytest.fixture(scope="module")
def module() -> Module:
    return Module.read(CRATE / "linked.legacy.wasm")


def test_what_is_missing_is_known_by_the_paths_of_the_source(module: Module) -> None:
    assert sorted(missing_modules(module.interface.imports, {})) == MODULES


def test_a_module_that_is_given_under_any_of_its_names_is_not_missing(module: Module) -> None:
    given = {"inline0.js": {}, "src/js/local.js": {}, "left-pad": {}}
    assert sorted(missing_modules(module.interface.imports, given)) == ["linked/inline1.js"]


def test_an_instance_starts_without_them_and_refuses_their_use(module: Module) -> None:
    async def test() -> None:
        instance = Program(module, Limits(), SystemClock()).instantiate(lambda error: None)
        assert instance.exports.joined(["a", "b"], structural=True) == "a-b"
        for call in (lambda: instance.exports.snippets(), lambda: instance.exports.padded("x")):
            with pytest.raises(js.Error, match="JavaScript of a crate needs an engine") as raised:
                call()
            assert js.error_name(raised.value) == "NotSupportedError"
        instance.close()

    asyncio.run(test())


def test_python_objects_take_their_place(module: Module) -> None:
    async def test() -> None:
        imports = {"left-pad": {"default": lambda text, width: text.rjust(width)}}
        program = Program(module, Limits(), SystemClock(), imports=imports)
        instance = program.instantiate(lambda error: None)
        assert sorted(program.missing_modules) == [each for each in MODULES if each != "left-pad"]
        assert instance.exports.padded("x") == "    x"
        instance.close()

    asyncio.run(test())
