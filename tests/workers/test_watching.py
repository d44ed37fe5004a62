"""What counts as a change of what a worker is made from."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from unpoison.workers.watching import Watch, Watcher, watch_of


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").touch()
    (tmp_path / "wrangler.toml").write_text('name = "w"\n[build]\nwatch_dir = ["src", "."]\n')
    return tmp_path


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("src/lib.rs", True),
        ("src/deep/er/mod.rs", True),
        ("Cargo.toml", True),
        ("build.rs", True),
        ("wrangler.toml", True),
        (".dev.vars", True),
        (".dev.vars.staging", True),
        (".env.local", True),
        ("templates/page.html", True),
        ("Cargo.lock", False),
        ("target/release/w.wasm", False),
        (".unpoison/state/kv/a.sqlite", False),
        ("../elsewhere.rs", False),
    ],
)
def test_sources_count_and_what_a_build_or_a_worker_writes_does_not(
    crate: Path, name: str, counts: bool
) -> None:
    assert watch_of([crate], None).concerns((crate / name).resolve()) is counts


def test_only_the_default_folder_of_a_crate_is_watched(crate: Path) -> None:
    (crate / "wrangler.toml").write_text('name = "w"')
    watch = watch_of([crate], None)
    assert watch.concerns(crate / "src" / "lib.rs")
    assert not watch.concerns(crate / "templates" / "page.html")


def test_a_module_counts_and_then_no_source_does(crate: Path) -> None:
    watch = watch_of([crate / "w.wasm"], None)
    assert watch.concerns(crate / "w.wasm")
    assert not watch.concerns(crate / "other.wasm")
    assert not watch.concerns(crate / "src" / "lib.rs")


def test_without_a_crate_any_module_beside_the_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_text('name = "w"\nmain = "build/index.js"')
    watch = watch_of([tmp_path], None)
    assert watch.concerns(tmp_path / "w.wasm")
    assert watch.concerns(tmp_path / "build" / "w.wasm")
    assert not watch.concerns(tmp_path / "build" / "index.js")


def test_a_configuration_that_is_wrong_is_watched_itself(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text("name = 3")
    assert watch_of([tmp_path / "odd.toml"], None).concerns(tmp_path / "odd.toml")


def test_a_file_that_is_replaced_and_a_new_one_are_noticed(crate: Path) -> None:
    async def notice(watcher: Watcher) -> None:
        async with asyncio.timeout(10):
            await watcher.changed.wait()
        watcher.changed.clear()

    async def test() -> None:
        watcher = Watcher()
        await watcher.follow(watch_of([crate], None))
        try:
            for round_ in ("one", "two"):
                (crate / "draft~").write_text(f'name = "{round_}"')
                (crate / "draft~").replace(crate / "wrangler.toml")
                await notice(watcher)
            (crate / "src" / "new.rs").touch()
            await notice(watcher)
            watcher.stop()
            (crate / "src" / "new.rs").write_text("// more")
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await watcher.changed.wait()
        finally:
            watcher.stop()

    asyncio.run(test())


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    async def test() -> None:
        watcher = Watcher()
        await watcher.follow(Watch(frozenset({tmp_path / "nothing"}), frozenset()))
        watcher.stop()

    asyncio.run(test())
