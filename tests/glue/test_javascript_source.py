"""The text itself, without running it: what holds for every module and target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.glue.bound import ROOT, text_of
from unpoison.errors import UnsupportedModule
from unpoison.glue import Target

MODULES = sorted(
    tuple(path.name.split(".")[:2])
    for folder in ("tests/crates", "examples")
    for path in (ROOT / folder).glob("*/*.wasm")
    if path.name not in ("shop.legacy.wasm", "photon.legacy.wasm")  # large, and like the others
)
TARGETS: tuple[Target, ...] = ("node", "web", "bundler", "module", "worker")
every_module = pytest.mark.parametrize(("crate", "build"), MODULES)

ALLOCATES = re.compile(r"\$pass_\w+\(|\$own\(")
BEGINS = re.compile(r"(?:function [\w$]+|^ {4}[\w$\[\].\" ]+)\(.*\) \{$|=> \{$")
DEFINES = re.compile(r"(?:function|const|let|import|source|as|,) (\$[a-z]\w*)")

OF_ODD = {"$two", "$closed"}
"""Members that the crate `odd` exports under such names."""


@every_module
def test_every_helper_that_is_named_is_defined(crate: str, build: str) -> None:
    for target in TARGETS if crate in ("counter", "linked", "odd") else TARGETS[:1]:
        text = text_of(crate, build, target)
        assert set(re.findall(r"\$[a-z]\w*", text)) - set(DEFINES.findall(text)) <= OF_ODD


@every_module
def test_nothing_is_allocated_before_the_guard(crate: str, build: str) -> None:
    text = text_of(crate, build)
    start = text.index("function $begin")
    own = re.compile(r"function \$(?!closure)").match
    entered, is_helper = False, False
    for line in text[: min(text.index("const $imports"), start)].splitlines():
        if BEGINS.search(line):
            entered = False
            is_helper = is_helper if line.startswith(" ") else bool(own(line))
        entered = entered or line.strip().startswith(("$enter();", "$depth++;"))
        assert entered or is_helper or not ALLOCATES.search(line), line


def test_a_guard_stands_in_every_export_of_a_module_that_can_die() -> None:
    text = text_of("counter", "legacy")
    exported = re.findall(r"^function (\w+)\(.*\) \{\n((?:    .*\n)*)\}", text, re.MULTILINE)
    assert len(exported) > 60
    own = [name for name, body in exported if "$wasm." in body and "$enter();" not in body]
    assert own == []


def test_a_module_that_cannot_die_or_be_replaced_has_no_guard() -> None:
    assert "$enter" not in text_of("types", "abort")
    assert "$enter" in text_of("types", "abort", reset_state=True)
    assert "$enter" in text_of("types", "abort", renew_after_abort=True)


def test_finalisers_can_be_left_out() -> None:
    assert "new FinalizationRegistry" in text_of("counter", "legacy").replace("true ? ", "")
    assert "return true ? " in text_of("counter", "legacy", weak_refs=False)


@pytest.mark.parametrize("option", ["reset_state", "renew_after_abort"])
def test_a_bundler_cannot_replace_its_instance(option: str) -> None:
    with pytest.raises(UnsupportedModule, match="bundler makes the only instance"):
        text_of("types", "legacy", "bundler", **{option: True})


def test_snippets_are_imported_from_where_the_cli_puts_them() -> None:
    text = text_of("linked", "legacy", "web")
    found = re.findall(r'^import \* as \$module\d+ from "(.*)";', text, re.MULTILINE)
    snippets = "./snippets/linked-7fd1de06fb588676"
    assert sorted(found) == [
        f"{snippets}/inline0.js",
        f"{snippets}/inline1.js",
        f"{snippets}/src/js/local.js",
        "left-pad",
    ]


def test_every_file_of_the_room_is_small() -> None:
    room = ROOT / "src/unpoison/glue"
    assert all(len(path.read_text().splitlines()) < 350 for path in Path(room).glob("*.py"))
