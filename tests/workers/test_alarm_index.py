"""The index of alarms, alone and with the objects whose alarms it has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unpoison.errors import StorageError
from unpoison.workers.alarm_index import AlarmIndex, PendingAlarm
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.ids import IdSpace
from unpoison.workers.storage import ObjectStorage

SPACE = IdSpace("shop-Counter")
A, B = SPACE.from_name("a"), SPACE.new_unique()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "objects" / "metadata.sqlite"


def test_pending_alarms_come_first_one_first(path: Path) -> None:
    index = AlarmIndex(path)
    assert index.pending() == []
    assert not path.exists()
    index.note(A, 5000)
    index.note(B, 4000)
    assert index.pending() == [PendingAlarm(B, 4000), PendingAlarm(A, 5000)]
    index.note(A, 3000)
    index.note(B, None)
    assert index.pending() == [PendingAlarm(A, 3000)]


def test_alarms_and_names_survive(path: Path) -> None:
    index = AlarmIndex(path)
    index.note(A, 5000)
    index.note(SPACE.from_string(str(A)), 6000)
    assert not index.is_durable
    asyncio.run(index.flush())
    assert index.is_durable
    asyncio.run(index.close())
    (found,) = AlarmIndex(path).pending()
    assert found == PendingAlarm(A, 6000)
    assert found.id.name == "a"


def test_rows_that_name_no_object_are_left_out(path: Path) -> None:
    index = AlarmIndex(path)
    with index._shared.write() as database:
        database.rows(
            "INSERT INTO _cf_ALARM VALUES ('x', 1, NULL), ('00', 1, NULL), (x'00', 1, NULL), "
            "(?, 'soon', NULL), (?, 7000000, x'00')",
            (str(B), str(A)),
        )
    assert index.pending() == [PendingAlarm(A, 7)]


def test_an_index_that_broke_refuses_the_commit_and_works_again_later(path: Path) -> None:
    index = AlarmIndex(path)
    index.note(B, 1)
    index._shared.database.break_with("disk I/O error")
    database = ObjectDatabase(path.with_name("a.sqlite"))
    storage = ObjectStorage(database, on_alarm=lambda time: index.note(A, time))
    storage.set_alarm(5000, 0)
    database.commit()
    assert index.pending() == [PendingAlarm(B, 1), PendingAlarm(A, 5000)]
    index._shared._drop()
    path.write_bytes(b"no database" * 1000)
    storage.set_alarm(4000, 0)
    with pytest.raises(StorageError, match="file is not a database"):
        database.commit()
    database.close()
    assert ObjectStorage(ObjectDatabase(database.path)).get_alarm() == 5000


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(1, 20)),
        st.tuples(st.sampled_from(["delete", "commit", "rollback", "begin", "keep", "undo"])),
        st.tuples(st.just("handler"), st.booleans()),
        st.tuples(st.just("clear"), st.booleans()),
    ),
    max_size=25,
)


@given(ACTIONS)
@settings(max_examples=200, deadline=None)
def test_an_entry_is_never_later_than_the_truth(actions: list[tuple[object, ...]]) -> None:
    index = AlarmIndex(None)
    database = ObjectDatabase(None)
    storage = ObjectStorage(database, on_alarm=lambda time: index.note(A, time))
    truth: list[int | None] = [None]

    def committed() -> None:
        truth[0] = storage.alarm.time

    open_ = []
    for action, *arguments in actions:
        match action:
            case "set":
                storage.set_alarm(int(str(arguments[0])), 0)
            case "delete":
                storage.delete_alarm()
            case "handler":
                entry = index.pending()
                if entry and not open_ and storage.alarm.begin_handler(entry[0].time, 0):
                    storage.alarm.end_handler(succeeded=bool(arguments[0]))
            case "clear" if not open_:
                storage.delete_all(keep_alarm=bool(arguments[0]))
            case "begin":
                if not open_:
                    committed()
                open_.append(storage.begin())
            case "keep" | "undo" if open_:
                ended = open_.pop()
                ended.commit() if action == "keep" else ended.rollback()
                if not open_ and action == "keep":
                    committed()
            case "rollback":
                database.rollback()
                open_.clear()
            case "commit" if not open_:
                database.commit()
                committed()
        found = index.pending()
        noted = found[0].time if found else None
        assert truth[0] is None or (noted is not None and noted <= truth[0])
    if not open_:
        database.commit()
        assert [each.time for each in index.pending()] == [
            each for each in [storage.alarm.time] if each is not None
        ]


def test_an_index_that_breaks_in_its_flush_breaks_the_object_that_waits(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[StorageError] = []

    def fail(covered: int) -> None:
        raise OSError(28, "No space left on device")

    async def run() -> None:
        index = AlarmIndex(path)
        database = ObjectDatabase(path.with_name("a.sqlite"), on_failure=failures.append)
        storage = ObjectStorage(
            database, on_alarm=lambda time: index.note(A, time), flush_index=index.flush
        )
        storage.set_alarm(5000, 0)
        database.commit()
        monkeypatch.setattr(index._shared.database._log, "_sync", fail)
        with pytest.raises(StorageError, match=r"No space left.*metadata\.sqlite"):
            await database.flush()
        assert len(failures) == 1
        database.close()
        await index.close()

    asyncio.run(run())


def test_an_index_that_broke_when_all_was_durable_breaks_no_object(path: Path) -> None:
    async def run() -> None:
        index = AlarmIndex(path)
        index.note(A, 5000)
        await index.flush()
        index._shared.database.break_with("disk I/O error")
        await index.flush()

    asyncio.run(run())
