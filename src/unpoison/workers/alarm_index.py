"""Which objects of a namespace have an alarm: `metadata.sqlite` beside their files.

Each object's own file has the truth; the index is there so that a start needs not open them all.
Its rule: an entry is never later than the truth. So `note` is called before the commit of an
earlier alarm and after that of a later one (`StoredAlarm` does), and whoever waits for an object's
commit to be durable flushes the index first. A power loss in between can leave an alarm that was
never acknowledged in an object's file alone; it is noted when the object is next opened.
The table is upstream's: workerd, server/alarm-scheduler.c++.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unpoison.workers.ids import ID_LENGTH, ObjectId
from unpoison.workers.shared_database import SharedDatabase
from unpoison.workers.stored_alarm import NANOSECONDS

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS _cf_ALARM (
        actor_id TEXT PRIMARY KEY, scheduled_time INTEGER, actor_name TEXT
    ) WITHOUT ROWID
"""
_SET: Final = (
    "INSERT INTO _cf_ALARM VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
    "scheduled_time = excluded.scheduled_time, "
    "actor_name = coalesce(excluded.actor_name, actor_name)"
)


@dataclass(frozen=True, slots=True)
class PendingAlarm:
    """An alarm that is due at `time` (ms since the epoch) or later."""

    id: ObjectId
    time: int


class AlarmIndex:
    """The index in the file at `path` (None: in memory). All calls raise StorageError."""

    def __init__(
        self, path: Path | None, *, executor: Executor | None = None, vfs: str | None = None
    ) -> None:
        self._path = path
        self._shared = SharedDatabase(path, _SCHEMA, executor=executor, vfs=vfs)

    def pending(self) -> list[PendingAlarm]:
        """Give all alarms, the first ones first; rows that name no object are left out."""
        if self._path is not None and not self._path.exists():
            return []
        query = "SELECT actor_id, scheduled_time, actor_name FROM _cf_ALARM ORDER BY 2, 1"
        return list(_pending(self._shared.database.rows(query)))

    def note(self, id: ObjectId, time: int | None) -> None:  # noqa: A002 - the standard term
        """Note when an object's alarm is due, in ms since the epoch; None for no alarm."""
        with self._shared.write() as database:
            if time is None:
                database.rows("DELETE FROM _cf_ALARM WHERE actor_id = ?", (str(id),))
            else:
                database.rows(_SET, (str(id), time * NANOSECONDS, id.name))

    @property
    def is_durable(self) -> bool:
        """Whether everything noted so far is durable."""
        return self._shared.is_durable

    async def flush(self) -> None:
        """Wait until everything noted so far is durable."""
        await self._shared.flush()

    async def close(self) -> None:
        """Close the file for good, in a thread."""
        await self._shared.close()


def _pending(rows: list[tuple[object, ...]]) -> Iterator[PendingAlarm]:
    for text, time, name in rows:
        raw = _raw(text)
        if raw is not None and isinstance(time, int):
            known = name if isinstance(name, str) else None
            yield PendingAlarm(ObjectId(raw, known), time // NANOSECONDS)


def _raw(text: object) -> bytes | None:
    try:
        raw = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return None
    return raw if len(raw) == ID_LENGTH else None
