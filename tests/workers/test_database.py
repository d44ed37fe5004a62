"""The database of one object: coalescing, transactions, durability, failures."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import apsw
import pytest

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.transactions import Transaction


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "objects" / "a.sqlite"


def opened(path: Path | None) -> ObjectDatabase:
    """A database with a table t of one column."""
    made = ObjectDatabase(path)
    made.begin_write()
    made.rows("CREATE TABLE t (v)")
    made.commit()
    return made


def insert(database: ObjectDatabase, value: object) -> None:
    database.begin_write()
    database.rows("INSERT INTO t VALUES (?)", (value,))


def end(transaction: Transaction, keep: bool) -> None:
    if keep:
        transaction.commit()
    else:
        transaction.rollback()


def values(database: ObjectDatabase) -> list[object]:
    return [row[0] for row in database.rows("SELECT v FROM t ORDER BY v")]


def reopened(database: ObjectDatabase) -> ObjectDatabase:
    database.close()
    return ObjectDatabase(database.path)


# Coalescing


def test_nothing_is_made_before_the_first_use(path: Path) -> None:
    database = ObjectDatabase(path)
    assert database.is_empty
    assert database.size == 0
    database.close()
    assert not path.exists()


def test_many_writes_are_one_commit_and_one_call_of_on_write(path: Path) -> None:
    calls: list[str] = []
    database = ObjectDatabase(path, on_write=lambda: calls.append("write"))
    database.begin_write()
    database.rows("CREATE TABLE t (v)")
    insert(database, 1)
    assert calls == ["write"]
    assert database.has_writes
    database.commit()
    assert not database.has_writes
    database.commit()
    insert(database, 2)
    assert calls == ["write", "write"]


def test_what_is_committed_stays_and_what_is_not_is_undone(path: Path) -> None:
    database = opened(path)
    insert(database, 1)
    database.commit()
    insert(database, 2)
    assert values(database) == [1, 2]
    database.rollback()
    assert values(database) == [1]
    insert(database, 3)
    assert values(reopened(database)) == [1]


def test_a_deferred_constraint_that_does_not_hold_breaks_the_object_at_its_commit() -> None:
    broken: list[StorageError] = []
    database = opened(None)
    database.on_failure = broken.append
    database.begin_write()
    database.rows("CREATE TABLE child (v REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
    database.rows("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    database.rows("INSERT INTO child VALUES (7)")
    with pytest.raises(StorageError, match="application left the database in a state") as caught:
        database.commit()
    assert broken == [caught.value]
    with pytest.raises(StorageError) as again:
        database.rows("SELECT 1")
    assert again.value is caught.value


# Explicit transactions


def test_a_transaction_is_kept_or_undone_as_a_whole() -> None:
    database = opened(None)
    kept = database.begin()
    insert(database, 1)
    kept.commit()
    undone = database.begin()
    insert(database, 2)
    undone.rollback()
    assert values(database) == [1]


def test_begin_commits_what_was_written_before() -> None:
    database = opened(None)
    insert(database, 1)
    database.begin().rollback()
    assert values(database) == [1]


def test_commit_waits_for_an_open_transaction_whose_own_commit_calls_on_write() -> None:
    calls: list[str] = []
    database = opened(None)
    database.on_write = lambda: calls.append("write")
    transaction = database.begin()
    insert(database, 1)
    database.commit()
    assert database.in_transaction
    assert calls == []
    transaction.commit()
    assert calls == ["write"]
    database.rollback()
    assert values(database) == [1]


def test_a_transaction_that_only_read_has_nothing_to_flush() -> None:
    calls: list[str] = []
    database = opened(None)
    database.on_write = lambda: calls.append("write")
    transaction = database.begin()
    assert values(database) == []
    transaction.commit()
    assert calls == []


@pytest.mark.parametrize("keep_inner", [True, False])
@pytest.mark.parametrize("keep_outer", [True, False])
def test_nested_transactions(keep_inner: bool, keep_outer: bool) -> None:
    database = opened(None)
    outer = database.begin()
    insert(database, 1)
    inner = database.begin()
    insert(database, 2)
    end(inner, keep_inner)
    end(outer, keep_outer)
    assert values(database) == ([1] * keep_outer + [2] * (keep_inner and keep_outer))
    assert not database.in_transaction


def test_an_outer_transaction_cannot_end_while_a_nested_one_runs() -> None:
    database = opened(None)
    outer = database.begin()
    database.begin()
    with pytest.raises(js.Error, match="roll back an outer transaction"):
        outer.rollback()
    with pytest.raises(js.Error, match="commit an outer transaction"):
        outer.commit()


def test_a_transaction_that_ended_says_so() -> None:
    database = opened(None)
    committed = database.begin()
    committed.check("get()")
    committed.commit()
    with pytest.raises(js.Error, match=r"Cannot call get\(\) on transaction that has already comm"):
        committed.check("get()")
    undone = database.begin()
    undone.rollback()
    undone.rollback()
    with pytest.raises(js.Error, match=r"Cannot put\(\) on rolled back transaction"):
        undone.check("put()")


def test_rollback_ends_every_transaction() -> None:
    database = opened(None)
    outer, inner = database.begin(), database.begin()
    insert(database, 1)
    database.rollback()
    assert not database.in_transaction
    for each in (outer, inner):
        with pytest.raises(js.Error, match="rolled back"):
            each.check("get()")
    assert values(database) == []


def test_savepoints_nest_and_undo_what_raised() -> None:
    database = opened(None)
    with database.savepoint():
        insert(database, 1)
        with pytest.raises(ValueError), database.savepoint():
            insert(database, 2)
            raise ValueError
        with database.savepoint():
            insert(database, 3)
    database.commit()
    assert values(database) == [1, 3]


def test_no_transaction_begins_inside_of_a_savepoint() -> None:
    database = opened(None)
    with pytest.raises(js.Error, match="inside of transactionSync"), database.savepoint():
        database.begin()


def test_undo_callbacks_run_in_reverse_for_what_is_undone_only() -> None:
    database = opened(None)
    undone: list[int] = []
    insert(database, 1)
    database.on_rollback(lambda: undone.append(1))
    with pytest.raises(ValueError), database.savepoint():
        database.on_rollback(lambda: undone.append(2))
        database.on_rollback(lambda: undone.append(3))
        raise ValueError
    assert undone == [3, 2]
    database.commit()
    database.rollback()
    assert undone == [3, 2]


# Durability


def test_flush_makes_all_commits_so_far_durable(path: Path) -> None:
    async def run() -> None:
        database = opened(path)
        insert(database, 1)
        database.commit()
        assert not database.is_durable
        await asyncio.gather(*(database.flush() for _ in range(5)))
        assert database.is_durable
        insert(database, 2)
        database.commit()
        assert not database.is_durable
        await database.flush()
        assert database.is_durable
        await database.aclose()

    asyncio.run(run())
    assert values(ObjectDatabase(path)) == [1, 2]


def test_a_flush_with_nothing_to_do_ends_at_once(path: Path) -> None:
    asyncio.run(ObjectDatabase(path).flush())
    assert not path.exists()


def test_a_commit_during_a_sync_is_covered_by_the_next_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> list[int]:
        syncs: list[int] = []
        noted = threading.Event()
        database = opened(path)
        original = database._log._sync

        def sync(covered: int) -> None:
            syncs.append(covered)
            assert noted.wait(30)  # the first runs until all the commits are noted
            original(covered)

        monkeypatch.setattr(database._log, "_sync", sync)
        first = asyncio.ensure_future(database.flush())
        await asyncio.sleep(0)
        later = []
        for value in range(10):
            insert(database, value)
            database.commit()
            later.append(asyncio.ensure_future(database.flush()))
            await asyncio.sleep(0)
        noted.set()
        await asyncio.gather(first, *later)
        assert database.is_durable
        return syncs

    assert asyncio.run(run()) == [1, 11]


def test_a_cancelled_flush_leaves_the_sync_to_the_others(path: Path) -> None:
    async def run() -> None:
        database = opened(path)
        first, second = (asyncio.ensure_future(database.flush()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        assert database.is_durable

    asyncio.run(run())


def test_a_fresh_file_syncs_like_any_other_after_its_first_flush(path: Path) -> None:
    async def run() -> ObjectDatabase:
        database = opened(path)
        assert database.connection.pragma("synchronous") == 0
        await database.flush()
        insert(database, 1)
        assert database.connection.pragma("synchronous") == 1
        database.commit()
        return database

    again = reopened(asyncio.run(run()))
    assert values(again) == [1]
    assert again.connection.pragma("synchronous") == 1


def test_closing_leaves_one_file_and_a_closed_database_refuses(path: Path) -> None:
    database = opened(path)
    asyncio.run(database.aclose())
    database.close()
    assert [each.name for each in path.parent.iterdir()] == ["a.sqlite"]
    with pytest.raises(StorageError, match="is closed"):
        database.rows("SELECT 1")


# Failures


def test_a_file_that_is_no_database_is_one_clear_error(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, and long enough to be looked at" * 100)
    with pytest.raises(StorageError, match=r"file is not a database.*a\.sqlite.*must be reset"):
        ObjectDatabase(path).rows("SELECT 1")


def test_a_file_that_another_opened_is_refused(path: Path) -> None:
    first = opened(path)
    with pytest.raises(StorageError, match="database is locked"):
        ObjectDatabase(path).rows("SELECT * FROM t")
    assert values(first) == []


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="must be reset"):
        opened(tmp_path / "file" / "a.sqlite")


def test_a_failed_sync_breaks_the_object(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[StorageError] = []

    def fail(covered: int) -> None:
        raise OSError(5, "Input/output error")

    async def run() -> None:
        database = opened(path)
        database.on_failure = failures.append
        monkeypatch.setattr(database._log, "_sync", fail)
        results = await asyncio.gather(
            *(database.flush() for _ in range(3)), return_exceptions=True
        )
        assert [type(each) for each in results] == [StorageError] * 3
        assert len(failures) == 1
        with pytest.raises(StorageError, match="Input/output error"):
            insert(database, 1)
        database.close()

    asyncio.run(run())


def test_the_error_of_a_statement_is_the_guests_and_breaks_nothing() -> None:
    database = opened(None)
    with pytest.raises(js.Error, match="no such table: nope: SQLITE_ERROR"):
        database.rows("SELECT * FROM nope")
    database.rows("CREATE UNIQUE INDEX i ON t (v)")
    insert(database, 1)
    with pytest.raises(js.Error, match=r"UNIQUE constraint failed: t\.v: SQLITE_CONSTRAINT"):
        insert(database, 1)
    assert values(database) == [1]


def test_an_object_that_is_full_is_told_so_and_keeps_what_was_committed(path: Path) -> None:
    database = opened(path)
    database.connection.pragma("max_page_count", 20)
    insert(database, 1)
    database.commit()
    insert(database, 2)
    with pytest.raises(StorageError, match="database or disk is full: SQLITE_FULL"):
        insert(database, b"x" * 200_000)
    assert values(reopened(database)) == [1]


def test_a_full_object_whose_statement_alone_could_be_undone_goes_on(path: Path) -> None:
    database = opened(path)
    database.connection.pragma("max_page_count", 20)
    insert(database, 1)
    with pytest.raises(js.Error, match="database or disk is full: SQLITE_FULL"):
        database.rows(
            "INSERT INTO t SELECT zeroblob(50000) FROM pragma_page_count, t UNION ALL "
            "SELECT zeroblob(50000)"
        )
    database.commit()
    assert values(database) == [1]


def test_reading_rows_one_by_one_maps_errors_too() -> None:
    database = opened(None)
    with pytest.raises(js.Error, match="no such table"):
        list(database.each("SELECT * FROM nope"))


def test_size_counts_pages_in_use(path: Path) -> None:
    database = opened(path)
    insert(database, b"x" * 100_000)
    grown = database.size
    assert grown >= 100_000
    database.rows("DELETE FROM t")
    assert database.size < grown
    assert isinstance(database.connection, apsw.Connection)
