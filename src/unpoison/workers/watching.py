"""Which files a worker is made from, and when one of them changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Final

from unpoison.errors import ConfigError
from unpoison.workers.config import Config
from unpoison.workers.config_reading import FILES, config_for
from unpoison.workers.extras import missing_extra
from unpoison.workers.module_file import CRATE, is_built

log = logging.getLogger("unpoison.workers")

CONFIGURATION: Final = (*FILES, ".dev.vars", ".dev.vars.*", ".env", ".env.*")
"""Names of the files that a configuration is read from."""

CRATE_FILES: Final = (CRATE, "build.rs")
"""Names of files of a crate that are in no watched folder; without what a build writes."""

OUTPUT: Final = frozenset({"target", ".unpoison", ".wrangler", ".git", "node_modules"})
"""Folders whose content is made, or of no interest, wherever they are."""

LOCK: Final = "Cargo.lock"


@dataclass(frozen=True, slots=True)
class Watch:
    """What counts as a change: anything below `trees`, and files of a folder by their `names`,
    pairs of (folder, pattern).
    """

    trees: frozenset[Path]
    names: frozenset[tuple[Path, str]]

    def concerns(self, path: Path) -> bool:
        """Tell whether a change of a file counts."""
        if any(
            path.parent == folder and fnmatchcase(path.name, name) for folder, name in self.names
        ):
            return True
        return path.name != LOCK and any(
            path.is_relative_to(tree) and not OUTPUT & set(path.relative_to(tree).parts)
            for tree in self.trees
        )

    @property
    def folders(self) -> frozenset[Path]:
        """The folders of which only some files count."""
        return frozenset(folder for folder, _ in self.names)


def watch_of(targets: Iterable[Path], environment: str | None) -> Watch:
    """Give what the workers of some targets are made from, as far as it can be told now."""
    trees: set[Path] = set()
    names: set[tuple[Path, str]] = set()
    for target in targets:
        folder = target.resolve() if target.is_dir() else target.resolve().parent
        names |= {(folder, name) for name in CONFIGURATION}
        if target.is_file() and target.suffix != ".wasm":
            names.add((folder, target.name))
        with suppress(ConfigError, OSError):
            config, given = config_for(target, environment)
            trees.update(_trees(config, given))
            names.update(_modules(config, given))
    return Watch(frozenset(trees), frozenset(names))


def _trees(config: Config, given: Path | None) -> Iterator[Path]:
    if is_built(config, given):
        yield from ((config.folder / folder).resolve() for folder in config.build.watch)


def _modules(config: Config, given: Path | None) -> Iterator[tuple[Path, str]]:
    crate = (config.folder / config.build.cwd).resolve()
    if given is not None:
        yield given.resolve().parent, given.name
    elif is_built(config, given):
        yield from ((crate, name) for name in CRATE_FILES)
    else:
        folders = {config.folder, (config.folder / (config.main or "index.js")).parent}
        yield from ((folder.resolve(), "*.wasm") for folder in folders)


class Watcher:
    """Sets `changed` when something changes that is watched."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._watch: Watch | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def follow(self, watch: Watch) -> None:
        """Watch this from now on; what is not there is not. Raises ToolError without the extra."""
        if watch == self._watch:
            return
        try:
            import watchfiles
        except ImportError as error:
            raise missing_extra("watching files", error) from error
        self.stop()
        self._watch = watch
        for paths, recursive in ((watch.trees, True), (watch.folders, False)):
            there = [path for path in paths if path.is_dir()]
            if there:
                filtered = partial(watchfiles.awatch, *there, recursive=recursive)
                self._tasks.append(asyncio.ensure_future(self._hear(watch, filtered)))
        await asyncio.sleep(0)  # the tasks begin to watch in their first turn

    def stop(self) -> None:
        """Watch nothing any more."""
        self._watch = None
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    async def _hear(self, watch: Watch, listen: Callable[..., AsyncIterable[object]]) -> None:
        def counts(change: object, path: str) -> bool:
            return watch.concerns(Path(path))

        try:
            async for _ in listen(watch_filter=counts):
                self.changed.set()
        except (OSError, RuntimeError) as error:
            log.error("changes are not seen any more: %s", error)
