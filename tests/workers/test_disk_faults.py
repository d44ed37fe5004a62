"""Disk full and I/O errors at every write and sync: one clear error, nothing half written.

Each scenario runs once for every change of a file that it makes, with that change failing.
"""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import apsw
import pytest

from tests.workers.faulty_disk import Event, watched_disk
from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers import syncing
from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.ids import IdSpace
from unpoison.workers.kv_store import KvStore
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage

FAULTS = {"full": apsw.FullError, "I/O": apsw.IOError}
ID = IdSpace("shop-Counter").from_name("a")


class Fault:
    """Fails the change of a number, and all later ones when it lasts."""

    def __init__(self, number: int, kind: type[apsw.Error], *, lasts: bool) -> None:
        self.number = number
        self.kind = kind
        self.lasts = lasts
        self.count = itertools.count()
        self.happened = False

    def __call__(self, event: Event) -> None:
        number = next(self.count)
        if number == self.number or (self.lasts and number > self.number):
            self.happened = True
            raise self.kind(f"injected at {event[:3]}")

    def sync(self, descriptor: int) -> None:
        """Be fsync."""
        try:
            self(("sync", "own", 0, b""))
        except apsw.Error as error:
            raise OSError(28 if self.kind is apsw.FullError else 5, "injected") from error


class Scenario:
    """Six commits of two values that belong together, an alarm and a row of SQL."""

    def __init__(self, path: Path, vfs: str | None) -> None:
        self.failures: list[StorageError] = []
        self.database = ObjectDatabase(path, vfs=vfs, on_failure=self.failures.append)
        self.storage = ObjectStorage(self.database)
        self.sql = SqlStorage(self.database)
        self.committed = self.acknowledged = -1

    async def run(self) -> None:
        for number in range(6):
            self.write(number)
            self.database.commit()
            self.committed = number
            if number % 3 == 0:
                await self.database.flush()
                self.acknowledged = number
        self.database.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_FULL)

    def write(self, number: int) -> None:
        text = str(number).encode()
        self.sql.exec("CREATE TABLE IF NOT EXISTS t (v)")
        self.sql.exec("INSERT INTO t VALUES (?)", (number,))
        self.storage.put("a", text)
        self.storage.put("filler", text * 9000)
        self.storage.set_alarm(number + 1, 0)
        self.storage.put("b", text)


def check_file(path: Path, at_least: int, at_most: int) -> int:
    """Check that the file has all of one commit and nothing of another; give which one."""
    database = ObjectDatabase(path)
    storage, sql = ObjectStorage(database), SqlStorage(database)
    found = storage.get("a")
    number = -1 if found is None else int(found)
    assert at_least <= number <= at_most
    assert storage.get("b") == found
    assert storage.get("filler") == (found and found * 9000)
    assert storage.get_alarm() == (None if found is None else number + 1)
    if found is not None:
        assert sql.exec("SELECT v FROM t").to_array() == [(n,) for n in range(number + 1)]
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    database.close()
    return number


@pytest.mark.parametrize("lasts", [True, False], ids=["lasting", "once"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_at_any_change_loses_nothing_that_was_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, lasts: bool
) -> None:
    broken = 0
    for number in itertools.count():
        fault = Fault(number, FAULTS[kind], lasts=lasts)
        path = tmp_path / f"{number}.sqlite"
        with watched_disk(fault) as vfs, monkeypatch.context() as patch:
            patch.setattr(syncing.os, "fsync", fault.sync)
            patch.setattr(syncing, "_sync_data", fault.sync)
            scenario = Scenario(path, vfs)
            broken += run_with_fault(scenario)
        check_file(path, scenario.acknowledged, scenario.committed + 1)
        if not fault.happened:
            break
    assert number > 30
    assert broken > 15


def run_with_fault(scenario: Scenario) -> bool:
    """Run until the one documented error, if any; tell whether it came."""
    try:
        asyncio.run(scenario.run())
    except StorageError as error:
        assert scenario.failures[:1] == [error]
        assert "the object must be reset" in str(error)
        with pytest.raises(StorageError) as again:
            scenario.storage.get("a")
        assert again.value is error
        return True
    except js.Error as error:  # a statement alone could be undone: the guest is told
        assert "SQLITE_FULL" in error.message
        return False
    except apsw.Error:  # the scenario's own checkpoint
        return False
    finally:
        scenario.database.close()
    return False


@pytest.mark.parametrize("kind", FAULTS)
def test_a_namespace_whose_disk_failed_works_again_when_the_disk_does(
    tmp_path: Path, kind: str
) -> None:
    fault = Fault(10**9, FAULTS[kind], lasts=True)
    with watched_disk(fault) as vfs:
        store = KvStore(tmp_path / "kv.sqlite", lambda: 0, vfs=vfs)
        index = AlarmIndex(tmp_path / "metadata.sqlite", vfs=vfs)
        store.put("a", b"1")
        index.note(ID, 5000)
        fault.number = 0
        for call in (lambda: store.put("a", bytes(200_000)), lambda: index.note(ID, 4000)):
            with pytest.raises((StorageError, js.Error), match="injected"):
                call()
        fault.number = 10**9
        entry = store.get("a")
        assert entry is not None
        assert entry.value == b"1"
        assert [each.time for each in index.pending()] == [5000]
        store.put("a", b"2")
        index.note(ID, 3000)
        asyncio.run(store.close())
        asyncio.run(index.close())
