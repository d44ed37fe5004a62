"""The alarm in an object's file, and what the index of alarms is told. workerd, actor-sqlite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.storage import ObjectStorage

Told = list[int | None]


def storage_of(path: Path | None, told: Callable[[int | None], None]) -> ObjectStorage:
    return ObjectStorage(ObjectDatabase(path), on_alarm=told)


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def storage(told: Told) -> ObjectStorage:
    return storage_of(None, told.append)


def test_there_is_one_alarm_and_a_later_call_overwrites_it(storage: ObjectStorage) -> None:
    assert storage.get_alarm() is None
    storage.set_alarm(5000.7, 1000)
    assert storage.get_alarm() == 5000
    storage.set_alarm(4000, 1000)
    assert storage.get_alarm() == 4000
    storage.delete_alarm()
    assert storage.get_alarm() is None


def test_a_past_time_is_now(storage: ObjectStorage) -> None:
    storage.set_alarm(1, 1000)
    assert storage.get_alarm() == 1000


@pytest.mark.parametrize("time", [0, -1, float("nan")])
def test_a_time_that_is_not_positive_is_refused(storage: ObjectStorage, time: float) -> None:
    with pytest.raises(js.TypeError, match="alarm time <= 0"):
        storage.set_alarm(time, 1000)


@pytest.mark.parametrize("time", [1e13, float("inf")])
def test_a_time_that_does_not_fit_is_refused(storage: ObjectStorage, time: float) -> None:
    with pytest.raises(js.TypeError, match="doesn't support dates after"):
        storage.set_alarm(time, 1000)


def test_the_alarm_survives_in_nanoseconds(tmp_path: Path, told: Told) -> None:
    storage = storage_of(tmp_path / "a.sqlite", told.append)
    storage.set_alarm(5000, 0)
    storage.database.commit()
    storage.database.close()
    again = storage_of(tmp_path / "a.sqlite", told.append)
    assert again.get_alarm() == 5000
    assert again.database.rows("SELECT * FROM _cf_METADATA") == [(1, 5_000_000_000)]


# The index


def test_the_index_hears_of_an_earlier_alarm_before_the_commit(tmp_path: Path) -> None:
    told: Told = []
    storage = storage_of(tmp_path / "a.sqlite", told.append)
    seen: list[bool] = []
    storage.alarm._on_alarm = lambda time: (told.append(time), seen.append(committed()))

    def committed() -> bool:
        return storage.database.connection.get_autocommit()

    storage.set_alarm(5000, 0)
    assert told == []
    storage.database.commit()
    storage.set_alarm(9000, 0)
    storage.database.commit()
    storage.set_alarm(2000, 0)
    storage.database.commit()
    storage.delete_alarm()
    storage.database.commit()
    assert told == [5000, 9000, 2000, None]
    assert seen == [False, True, False, True]


def test_the_index_hears_nothing_of_what_is_undone_or_unchanged(
    storage: ObjectStorage, told: Told
) -> None:
    storage.set_alarm(5000, 0)
    storage.database.rollback()
    storage.put("a", b"1")
    storage.database.commit()
    assert told == []
    assert storage.get_alarm() is None


def test_a_commit_is_refused_when_the_index_cannot_take_the_alarm() -> None:
    def fail(time: int | None) -> None:
        raise StorageError("the index is full")

    storage = storage_of(None, fail)
    storage.set_alarm(5000, 0)
    with pytest.raises(StorageError, match="the index is full"):
        storage.database.commit()


# The handler


def test_while_its_handler_runs_there_is_no_alarm_and_success_deletes_it(
    storage: ObjectStorage, told: Told
) -> None:
    storage.set_alarm(5000, 0)
    storage.database.commit()
    assert storage.alarm.begin_handler(5000, 5000)
    assert storage.get_alarm() is None
    assert storage.alarm.time == 5000
    storage.alarm.end_handler(succeeded=True)
    storage.database.commit()
    assert storage.alarm.time is None
    assert told == [5000, None]


def test_a_handler_that_failed_leaves_its_alarm(storage: ObjectStorage) -> None:
    storage.set_alarm(5000, 0)
    storage.database.commit()
    assert storage.alarm.begin_handler(5000, 5000)
    storage.alarm.end_handler(succeeded=False)
    assert storage.get_alarm() == 5000


@pytest.mark.parametrize("time", [5000, 8000])
def test_an_alarm_set_by_the_handler_stays(storage: ObjectStorage, time: int) -> None:
    storage.set_alarm(5000, 0)
    storage.database.commit()
    storage.alarm.begin_handler(5000, 5000)
    storage.set_alarm(time, 5000)
    assert storage.get_alarm() == time
    storage.alarm.end_handler(succeeded=True)
    assert storage.get_alarm() == time


def test_an_alarm_set_by_the_handler_and_undone_is_its_own_again(storage: ObjectStorage) -> None:
    storage.set_alarm(5000, 0)
    storage.database.commit()
    storage.alarm.begin_handler(5000, 5000)
    transaction = storage.begin()
    storage.set_alarm(8000, 5000)
    assert storage.get_alarm() == 8000
    transaction.rollback()
    assert storage.get_alarm() is None
    storage.alarm.end_handler(succeeded=True)
    assert storage.alarm.time is None


def test_what_a_transaction_that_wrote_nothing_kept_is_not_undone_later(
    storage: ObjectStorage,
) -> None:
    storage.set_alarm(5000, 0)
    storage.database.commit()
    storage.alarm.begin_handler(5000, 5000)
    transaction = storage.begin()
    storage.set_alarm(5000, 5000)
    transaction.commit()
    storage.put("a", b"1")
    storage.database.rollback()
    assert storage.get_alarm() == 5000


def test_a_handler_for_an_alarm_that_was_moved_does_not_run(
    storage: ObjectStorage, told: Told
) -> None:
    storage.set_alarm(8000, 0)
    storage.database.commit()
    assert not storage.alarm.begin_handler(5000, 5000)
    storage.delete_alarm()
    storage.database.commit()
    assert not storage.alarm.begin_handler(5000, 5000)
    assert told == [8000, 8000, None, None]


def test_an_alarm_that_is_overdue_runs_whatever_the_index_said(storage: ObjectStorage) -> None:
    storage.set_alarm(4000, 0)
    storage.database.commit()
    assert storage.alarm.begin_handler(5000, 5000)


def test_a_flush_makes_the_index_durable_first(tmp_path: Path) -> None:
    async def run() -> list[bool]:
        database = ObjectDatabase(tmp_path / "a.sqlite")
        seen: list[bool] = []

        async def flush_index() -> None:
            seen.append(database.is_durable)

        storage = ObjectStorage(database, flush_index=flush_index)
        storage.set_alarm(5000, 0)
        database.commit()
        await database.flush()
        return [*seen, database.is_durable]

    assert asyncio.run(run()) == [False, True]
