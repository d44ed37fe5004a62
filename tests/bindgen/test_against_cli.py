"""The interface against what wasm-bindgen's CLI 0.2.130 makes of the same modules.

A crate that offers or wants something new needs a new record: `python -m tests.bindgen.cli`.
"""

from __future__ import annotations

import pytest

from tests.bindgen import cli
from tests.bindgen.declarations import declarations
from unpoison.bindgen import ImportKind, Interface, read_interface
from unpoison.wasm import Module

every_module = pytest.mark.parametrize("name", sorted(cli.modules()))


def read(name: str) -> Interface:
    return read_interface(Module.parse(cli.modules()[name].read_bytes()))


@every_module
def test_declarations_are_those_of_the_cli(name):
    assert declarations(read(name)) == cli.recorded()[name]["declarations"]


@every_module
def test_imports_are_those_of_the_cli(name):
    """Handles are turned into instructions by the CLI, and its glue has no raw imports."""
    classes = (ImportKind.CLASS_WRAP, ImportKind.CLASS_UNWRAP)
    ours = [
        item.wasm_name.rpartition("_")[0] if item.kind in classes else item.wasm_name
        for item in read(name).imports
        if item.wasm_name.startswith("__wbg_")
    ]
    jspi = [shim for shim in ours if "__wbindgen_jspi_" in shim]
    theirs = cli.recorded()[name]["imports"]
    assert sorted(set(ours) - set(jspi)) == sorted(set(theirs) - set(jspi))


@every_module
def test_casts_are_those_of_the_cli(name):
    ours = {(cast.source, cast.target) for cast in read(name).casts}
    assert len(ours) == len(cli.recorded()[name]["casts"])


@pytest.mark.peers
@every_module
def test_the_record_is_what_the_cli_says_today(name):
    assert cli.run(cli.modules()[name]) == cli.recorded()[name]
