"""What stands in a `js_namespace` is found there, in the bindings and in the stub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import unpoison
from unpoison.bindgen import make_package
from unpoison.bindgen.naming import PythonNames

MODULE = Path(__file__).parents[1] / "crates" / "types" / "types.legacy.wasm"


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(MODULE)


def test_the_way_leads_through_the_namespaces(module: unpoison.Module) -> None:
    assert PythonNames(module.interface).paths == {"double": ("math", "fast", "double")}


def test_a_namespace_called_like_an_export_leaves_its_items_flat(module: unpoison.Module) -> None:
    functions = tuple(
        replace(item, namespace=("nothing",)) if item.namespace else item
        for item in module.interface.functions
    )
    interface = replace(module.interface, functions=functions)
    assert "nothing" in {item.name for item in functions}
    assert PythonNames(interface).paths == {}


def test_a_keyword_in_the_way_gets_an_underscore(module: unpoison.Module) -> None:
    functions = tuple(
        replace(item, namespace=("class", "in")) if item.namespace else item
        for item in module.interface.functions
    )
    interface = replace(module.interface, functions=functions)
    assert PythonNames(interface).paths == {"double": ("class_", "in_", "double")}


def test_the_stub_has_a_protocol_per_namespace(module: unpoison.Module) -> None:
    _, files = make_package(module.interface, module.python_source, (), b"")
    stub = files["__init__.pyi"].decode()
    assert "class _Namespace_math_fast(Protocol):" in stub
    assert "math: _Namespace_math\n" in stub
    assert '"math",' in files["__init__.py"].decode()
    assert '"double",' not in files["__init__.py"].decode()
