"""What a wrangler configuration says, as data. Workers docs, "Wrangler configuration"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_WATCH = "./src"


@dataclass(frozen=True, slots=True)
class BuildStep:
    """`[build]`: the custom build. `watch` are the folders whose changes rebuild."""

    command: str | None = None
    cwd: str = "."
    watch: tuple[str, ...] = (DEFAULT_WATCH,)


@dataclass(frozen=True, slots=True)
class ObjectBinding:
    """One of `durable_objects.bindings`; `script` is another worker's name, None for this one."""

    name: str
    class_name: str
    script: str | None = None


@dataclass(frozen=True, slots=True)
class KvBinding:
    """One of `kv_namespaces`."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """One of `services`: another worker, by its name."""

    name: str
    service: str


@dataclass(frozen=True, slots=True)
class Migration:
    """One of `migrations`; `renamed` is pairs of (old class, new class)."""

    tag: str
    new_classes: tuple[str, ...] = ()
    new_sqlite_classes: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    deleted_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A binding that this host does not provide: its key (`d1_databases`) and its name in env."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one worker in one environment.

    `folder` is where its relative paths begin. `cpu` is the limit of CPU time in seconds per
    request, None for the default. `vars` holds strings and JSON values, secrets included.
    `unknown` are keys that say nothing to this host.
    """

    name: str
    folder: Path
    path: Path | None = None
    main: str | None = None
    compatibility_date: str | None = None
    compatibility_flags: tuple[str, ...] = ()
    build: BuildStep = field(default_factory=BuildStep)
    vars: Mapping[str, Any] = field(default_factory=dict)
    objects: tuple[ObjectBinding, ...] = ()
    migrations: tuple[Migration, ...] = ()
    kv: tuple[KvBinding, ...] = ()
    services: tuple[ServiceBinding, ...] = ()
    crons: tuple[str, ...] = ()
    cpu: float | None = None
    refused: tuple[Refused, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def sqlite_classes(self) -> frozenset[str]:
        """The classes whose objects may use SQL, after all migrations."""
        return self._classes()[1]

    @property
    def object_classes(self) -> frozenset[str]:
        """The classes of Durable Objects, after all migrations."""
        return self._classes()[0]

    def _classes(self) -> tuple[frozenset[str], frozenset[str]]:
        every: set[str] = set()
        sqlite: set[str] = set()
        for step in self.migrations:
            every |= {*step.new_classes, *step.new_sqlite_classes}
            sqlite |= {*step.new_sqlite_classes}
            for old, new in step.renamed:
                for group in (every, sqlite):
                    if old in group:
                        group.remove(old)
                        group.add(new)
            every -= {*step.deleted_classes}
            sqlite -= {*step.deleted_classes}
        return frozenset(every), frozenset(sqlite)
