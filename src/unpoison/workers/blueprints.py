"""What workers are made from, read from files: a configuration and a module, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unpoison.build import Stop
from unpoison.runtime import Module
from unpoison.workers.config import Config
from unpoison.workers.config_reading import config_for
from unpoison.workers.module_file import find_module
from unpoison.workers.places import STATE
from unpoison.workers.worker import Worker


@dataclass(frozen=True, slots=True)
class Blueprint:
    """The configuration of one worker and its module."""

    config: Config
    module: Module


def read_blueprint(
    target: Path,
    environment: str | None = None,
    *,
    progress: Callable[[str], None] = lambda line: None,
    stop: Stop | None = None,
) -> Blueprint:
    """Read what a target says: a folder, a configuration, or a module. Builds a crate first.

    Needs no event loop, and may run in any thread; `stop` ends a build from another one. Raises
    ConfigError, OSError, ToolError, MalformedModule and UnsupportedModule.
    """
    config, given = config_for(target, environment)
    return Blueprint(config, Module.read(find_module(config, given, progress, stop)))


def make_workers(
    blueprints: Sequence[Blueprint],
    *,
    state: Path | None = None,
    **options: Any,
) -> list[Worker]:
    """Make workers that know each other by their names; the first is the one for clients.

    `state` is the folder of the stored data of all, or None for one beside each configuration;
    nothing is opened before a worker starts. `options` are those of `Worker.of`. Raises
    ConfigError.
    """
    made: list[Worker] = []
    for each in reversed(blueprints):
        folder = state or each.config.folder / STATE
        services = tuple(made)
        made.insert(
            0, Worker.of(each.config, each.module, services=services, state=folder, **options)
        )
    return made
