"""Which file is the module of a worker."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from unpoison.errors import ConfigError, ToolError
from unpoison.workers import module_file
from unpoison.workers.config import BuildStep, Config
from unpoison.workers.module_file import find_module


def make(folder: Path, *files: str, main: str | None = "build/index.js") -> Config:
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return Config(name="my-shop", folder=folder, main=main)


def name_of(config: Config) -> str:
    return str(find_module(config).relative_to(config.folder))


def test_the_one_that_is_given_counts(tmp_path: Path) -> None:
    config = make(tmp_path, "a.wasm", "Cargo.toml")
    assert find_module(config, tmp_path / "b.wasm") == tmp_path / "b.wasm"


def test_main_may_name_it(tmp_path: Path) -> None:
    assert name_of(make(tmp_path, "a.wasm", "Cargo.toml", main="out/x.wasm")) == "out/x.wasm"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["any.wasm"], "any.wasm"),
        (["build/any.wasm", "other.wasm"], "build/any.wasm"),
        (["my_shop.wasm", "other.wasm"], "my_shop.wasm"),
        (["my-shop.wasm", "other.wasm"], "my-shop.wasm"),
        (["my_shop.abort.wasm", "my_shop.legacy.wasm"], "my_shop.legacy.wasm"),
    ],
)
def test_a_ready_one_is_found_beside_main_or_the_configuration(
    tmp_path: Path, files: list[str], expected: str
) -> None:
    assert name_of(make(tmp_path, *files)) == expected


def test_among_several_of_other_names_none_is_chosen(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"which module is the worker\? There are: a.wasm, b"):
        name_of(make(tmp_path, "a.wasm", "b.wasm"))


def test_none_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no module: .* no Cargo.toml"):
        name_of(make(tmp_path))


def test_a_crate_is_built_whatever_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []

    class Built:
        path = tmp_path / "target.wasm"

    def build(crate: Path, *, progress: object, stop: object) -> Built:
        built.append(crate)
        return Built()

    monkeypatch.setattr(module_file, "build", build)
    config = make(tmp_path, "crate/Cargo.toml", "old.wasm")
    config = Config(name="x", folder=tmp_path, build=BuildStep(cwd="crate"))
    assert find_module(config) == Built.path
    assert built == [tmp_path / "crate"]


@pytest.mark.parametrize("missing", [True, False])
def test_without_a_rust_a_ready_one_will_do_but_not_for_a_crate_that_does_not_compile(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    missing: bool,
) -> None:
    def build(crate: Path, *, progress: object, stop: object) -> None:
        raise ToolError("no Rust", missing=missing)

    monkeypatch.setattr(module_file, "build", build)
    config = make(tmp_path, "Cargo.toml", "ready.wasm")
    if not missing:
        with pytest.raises(ToolError):
            find_module(config)
        return
    with caplog.at_level(logging.WARNING, "unpoison.workers"):
        assert name_of(config) == "ready.wasm"
    assert "no usable Rust" in caplog.text


def test_without_a_rust_and_a_ready_one_the_tool_is_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(crate: Path, *, progress: object, stop: object) -> None:
        raise ToolError("no Rust", missing=True)

    monkeypatch.setattr(module_file, "build", build)
    with pytest.raises(ToolError, match="no Rust"):
        find_module(make(tmp_path, "Cargo.toml"))
