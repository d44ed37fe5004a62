"""The report as lines: what cannot be used is told apart from what can."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cli._running import STATS
from unpoison.cli.report import make_report, render
from unpoison.runtime import Module


@pytest.fixture(scope="module")
def stats() -> Module:
    return Module.read(STATS)


def test_everything_supported_has_no_section_for_the_rest(stats: Module) -> None:
    lines = list(render(make_report(stats, "stats.wasm")))
    assert lines[0] == "stats.wasm"
    assert not any("Not supported" in line for line in lines)


def test_what_is_not_supported_is_listed_with_its_reason(stats: Module) -> None:
    first, *others = stats.interface.functions
    refused = replace(first, unsupported=("Shape", "unions do not cross yet"))
    interface = replace(stats.interface, functions=(refused, *others))
    module = Module.read(STATS)
    module.interface = interface
    lines = list(render(make_report(module, "stats.wasm")))
    place = lines.index("Not supported; the rest works without it (1)")
    assert lines[place + 1] == f"  {first.name}: Shape: unions do not cross yet"


def test_the_same_module_gives_the_same_report(stats: Module) -> None:
    assert make_report(stats, "a") == make_report(Module.read(STATS), "a")
