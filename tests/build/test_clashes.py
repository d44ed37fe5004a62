"""What else a package's import name may mean."""

from __future__ import annotations

import pytest

from unpoison.build import clashes, name_clash


def test_a_name_of_its_own_clashes_with_nothing() -> None:
    assert name_clash("a_name_of_its_own", "a-name-of-its-own") is None


def test_a_module_of_pythons_own_is_a_clash() -> None:
    assert name_clash("json", "my-json") == (
        "json is the name of a module of Python's own; rename the crate"
    )


def test_another_package_would_be_overwritten() -> None:
    note = name_clash("wasmtime", "my-wasmtime")
    assert note is not None
    assert "belongs to wasmtime here too" in note


def test_an_earlier_build_of_the_same_is_no_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clashes, "packages_distributions", lambda: {"demo": ["My_Demo"]})
    assert name_clash("demo", "my-demo") is None
