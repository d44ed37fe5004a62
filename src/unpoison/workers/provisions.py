"""What one worker has beside its code: its objects, its KV namespaces, and the bindings to them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Final

from unpoison.workers.actor import Actor
from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.client_signals import signals_by
from unpoison.workers.config import Config
from unpoison.workers.environment import Binding, Kv, Refused, Service, Variable
from unpoison.workers.environment import Objects as ObjectsBinding
from unpoison.workers.isolation import Isolation
from unpoison.workers.kv_store import KvStore
from unpoison.workers.neighbours import Neighbours
from unpoison.workers.object_kind import Kind
from unpoison.workers.objects import Objects
from unpoison.workers.observers import Observer
from unpoison.workers.places import Place
from unpoison.workers.program import Program

INDEX_FILE: Final = "metadata.sqlite"

ALARM_DELETED_SINCE: Final = "2026-02-24"
"""The compatibility date since which deleteAll() deletes the alarm too. Facts 5.2."""

ERRORS_NAMED_SINCE: Final = "2026-04-21"
"""The compatibility date since which an error of an object keeps its name on the way to a caller;
the flags that say so before it, or not after it. workerd, io/compatibility-date.capnp."""

ERROR_FLAGS: Final[Mapping[str, bool]] = {
    "enhanced_error_serialization": True,
    "legacy_error_serialization": False,
}


class Provisions:
    """The stored data of one worker, in the folder `state`; None for one that goes with it."""

    def __init__(
        self,
        config: Config,
        program: Program,
        isolation: Isolation,
        observer: Observer,
        state: Path | None,
    ) -> None:
        self._config = config
        self._program = program
        self._isolation = isolation
        self._observer = observer
        self._place = Place(state)
        self._stores: dict[str, KvStore] = {}
        self._known: dict[Hashable, KvStore] = {}  # also those of neighbours
        self.objects: Mapping[str, Objects] = {
            name: Objects(self._kind(name)) for name in self._own_classes()
        }

    def bindings(self, neighbours: Neighbours) -> dict[str, Binding]:
        """Give what `env` has, by name."""
        config = self._config
        return {
            **{name: Variable(value) for name, value in config.vars.items()},
            **{each.name: Service(neighbours.service(each)) for each in config.services},
            **{each.name: ObjectsBinding(neighbours.objects(each)) for each in config.objects},
            **{each.name: Kv(self._kv(each.id)) for each in config.kv},
            **{each.name: Refused(each.key) for each in config.refused},
        }

    def join(self, other: Provisions) -> None:
        """Have the KV namespaces that are the same in both in common."""
        for identity, store in other._known.items():
            known = self._known.setdefault(identity, store)
            known.join(store)
            store.join(known)

    def start(self) -> None:
        """Begin to fire the alarms that are stored. Raises StorageError."""
        for objects in self.objects.values():
            objects.start()

    def make_room(self) -> None:
        """Evict the object that has been idle for longest: another one needs a guest."""
        idle = list(self._idle())
        if idle:
            min(idle, key=lambda actor: actor.resting_since).evict()

    @property
    def size(self) -> int:
        """The bytes of all that is stored, when it was last measured."""
        return self._place.size

    async def measure(self) -> None:
        """Find out `size`."""
        await self._place.measure()

    async def close_objects(self) -> None:
        """End every object; what was written is durable then."""
        await asyncio.gather(*(objects.close() for objects in self.objects.values()))

    async def close(self) -> None:
        """Close what is left; `close_objects` comes first."""
        with self._program.clock.outside():
            await asyncio.gather(*(store.close() for store in self._stores.values()))
            await asyncio.to_thread(self._place.close)

    def _idle(self) -> Iterator[Actor]:
        for objects in self.objects.values():
            yield from objects.idle()

    def _own_classes(self) -> list[str]:
        config = self._config
        bound = [each.class_name for each in config.objects if each.script in (None, config.name)]
        return sorted({*bound, *config.object_classes} & self._program.classes)

    def _kind(self, class_name: str) -> Kind:
        config, place = self._config, self._place
        folder = place.objects(f"{config.name}-{class_name}")
        return Kind(
            class_name=class_name,
            worker=config.name,
            isolation=self._isolation,
            clock=self._program.clock,
            observer=self._observer,
            executor=place.executor,
            folder=folder,
            index=AlarmIndex(folder / INDEX_FILE, executor=place.executor),
            cpu=self._program.limits.cpu,
            uses_sql=class_name in config.sqlite_classes,
            keeps_alarm=(config.compatibility_date or "") < ALARM_DELETED_SINCE,
            names_errors=names_errors(config),
            signals=signals_by(config.compatibility_flags),
        )

    def _kv(self, namespace: str) -> KvStore:
        store = self._stores.get(namespace)
        if store is None:
            place = self._place
            # No executor of the place: a neighbour may go on with it.
            store = self._stores[namespace] = KvStore(place.kv(namespace), self._program.clock.time)
            self._known[place.identity(namespace)] = store
        return store


def names_errors(config: Config) -> bool:
    """Tell whether an error of a worker or an object keeps its name on the way to a caller."""
    said = [ERROR_FLAGS[flag] for flag in config.compatibility_flags if flag in ERROR_FLAGS]
    return said[-1] if said else (config.compatibility_date or "") >= ERRORS_NAMED_SINCE
