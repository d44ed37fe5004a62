"""Finds the module of a worker: given, built from the crate's source, or found ready.

A configuration names what wrangler's bundler makes (`main = "build/index.js"`); this host takes
the `.wasm` that rustc emits instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from unpoison.build import Stop, build
from unpoison.errors import ConfigError, ToolError
from unpoison.workers.config import Config

log = logging.getLogger("unpoison.workers")

CRATE: Final = "Cargo.toml"


def find_module(
    config: Config,
    given: str | Path | None = None,
    progress: Callable[[str], None] = lambda line: None,
    stop: Stop | None = None,
) -> Path:
    """Give the file of the worker's module.

    In this order: the one that is `given`; `main` when it names a `.wasm`; what the crate beside
    the configuration builds to (without a usable Rust a ready module will do); a ready module
    beside `main` or beside the configuration. `stop` ends a build from another thread. Raises
    ConfigError when there is none, ToolError for a crate that does not compile.
    """
    if given is not None:
        return Path(given)
    if config.main is not None and config.main.endswith(".wasm"):
        return config.folder / config.main
    if not is_built(config):
        return _ready(config)
    crate = config.folder / config.build.cwd
    try:
        return build(crate, progress=progress, stop=stop).path
    except ToolError as error:
        if not error.missing:
            raise
        return _instead(config, error)


def is_built(config: Config, given: str | Path | None = None) -> bool:
    """Tell whether the module is built from a crate that is there."""
    is_ready = given is not None or (config.main or "").endswith(".wasm")
    return not is_ready and (config.folder / config.build.cwd / CRATE).is_file()


def _instead(config: Config, missing: ToolError) -> Path:
    try:
        found = _ready(config)
    except ConfigError:
        raise missing from None
    log.warning("no usable Rust to build the crate with; the module that is there is taken: %s",
                found.name)  # fmt: skip
    return found


def _ready(config: Config) -> Path:
    """Give the module that is there, by its name when there are several."""
    for folder in _folders(config):
        found = sorted(folder.glob("*.wasm"))
        if len(found) == 1:
            return found[0]
        for stem in _stems(config):
            named = folder / f"{stem}.wasm"
            if named in found:
                return named
        if found:
            names = ", ".join(path.name for path in found)
            raise ConfigError(
                f"which module is the worker? There are: {names}; name one of them", str(folder)
            )
    raise ConfigError(
        "no module: there is no .wasm of rustc's, and no Cargo.toml to build one from",
        str(config.folder),
    )


def _folders(config: Config) -> Iterator[Path]:
    if config.main is not None:
        beside = (config.folder / config.main).parent
        if beside != config.folder:
            yield beside
    yield config.folder


def _stems(config: Config) -> Iterator[str]:
    for name in (config.name, config.folder.name):
        for stem in dict.fromkeys((name, name.replace("-", "_"))):
            yield from (stem, f"{stem}.legacy", f"{stem}.exnref")
