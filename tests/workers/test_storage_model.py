"""Storage against a model: layers of dicts, one for what is committed and one per transaction."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from unpoison.workers.database import ObjectDatabase
from unpoison.workers.key_ranges import ListOptions
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.transactions import Transaction

KEYS = st.text("ab\x00é\U0001f600", max_size=3)
VALUES = st.binary(max_size=3)
ENTRIES = st.dictionaries(KEYS, VALUES, max_size=4)


class UndoError(Exception):
    """What a test throws to undo a savepoint."""


class StorageModel(RuleBasedStateMachine):
    """Each state is (values, alarm, rows of SQL); the last one is what the object sees."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open_storage()
        self.states: list[tuple[dict[str, bytes], int | None, list[int] | None]] = [
            ({}, None, None)
        ]
        self.work = self.states[0]
        self.open: list[Transaction] = []

    def open_storage(self) -> None:
        self.database = ObjectDatabase(self.folder / "a.sqlite")
        self.storage = ObjectStorage(self.database)
        self.sql = SqlStorage(self.database)

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    # Writes

    @rule(key=KEYS, value=VALUES)
    def put(self, key: str, value: bytes) -> None:
        self.storage.put(key, value)
        self.change({**self.work[0], key: value})

    @rule(entries=ENTRIES)
    def put_many(self, entries: dict[str, bytes]) -> None:
        self.storage.put_many(entries)
        self.change({**self.work[0], **entries})

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        assert self.storage.delete(key) == (key in self.work[0])
        self.change({k: v for k, v in self.work[0].items() if k != key})

    @rule(keys=st.lists(KEYS, max_size=4))
    def delete_many(self, keys: list[str]) -> None:
        assert self.storage.delete_many(keys) == len(set(keys) & set(self.work[0]))
        self.change({k: v for k, v in self.work[0].items() if k not in keys})

    @rule(time=st.none() | st.integers(1, 9))
    def set_alarm(self, time: int | None) -> None:
        if time is None:
            self.storage.delete_alarm()
        else:
            self.storage.set_alarm(time, 0)
        self.work = (self.work[0], time, self.work[2])

    @rule(value=st.integers(0, 9))
    def insert(self, value: int) -> None:
        self.sql.exec("CREATE TABLE IF NOT EXISTS t (v INTEGER)")
        self.sql.exec("INSERT INTO t VALUES (?)", (value,))
        self.work = (*self.work[:2], [*(self.work[2] or []), value])

    @precondition(lambda self: not self.open)
    @rule(keep=st.booleans())
    def delete_all(self, keep: bool) -> None:
        assert self.storage.delete_all(keep_alarm=keep) == len(self.work[0])
        self.work = ({}, self.work[1] if keep else None, None)

    @rule(entries=ENTRIES, keep=st.booleans())
    def transaction_sync(self, entries: dict[str, bytes], keep: bool) -> None:
        try:
            with self.storage.savepoint():
                self.storage.put_many(entries)
                self.sql.exec("CREATE TABLE IF NOT EXISTS u (v)")
                self.sql.exec("DROP TABLE u")
                if not keep:
                    raise UndoError
        except UndoError:
            return
        self.change({**self.work[0], **entries})

    def change(self, values: dict[str, bytes]) -> None:
        self.work = (values, *self.work[1:])

    # Commits and transactions

    @rule()
    def begin(self) -> None:
        if not self.open:
            self.states = [self.work]
        self.states.append(self.work)
        self.open.append(self.storage.begin())

    @precondition(lambda self: self.open)
    @rule(keep=st.booleans())
    def end(self, keep: bool) -> None:
        transaction, before = self.open.pop(), self.states.pop()
        if keep:
            transaction.commit()
        else:
            transaction.rollback()
            self.work = before
        if not self.open:
            self.states = [self.work]

    @rule()
    def commit(self) -> None:
        self.database.commit()
        if not self.open:
            self.states = [self.work]

    @rule()
    def rollback(self) -> None:
        self.database.rollback()
        self.lose_uncommitted()

    @rule()
    def reopen(self) -> None:
        self.database.close()
        self.open_storage()
        self.lose_uncommitted()

    def lose_uncommitted(self) -> None:
        self.open.clear()
        self.work = self.states[0]
        self.states = [self.work]

    # What is seen

    @rule(prefix=KEYS, start=KEYS, limit=st.integers(1, 3), reverse=st.booleans())
    def list(self, prefix: str, start: str, limit: int, reverse: bool) -> None:
        found = self.storage.list(
            ListOptions(start=start, prefix=prefix, limit=limit, reverse=reverse)
        )
        matching = sorted(k for k in self.work[0] if k.startswith(prefix) and k >= start)
        if reverse:
            matching.reverse()
        assert [*found] == matching[:limit]

    @invariant()
    def same(self) -> None:
        values, alarm, rows = self.work
        assert self.storage.list() == values
        assert [*self.storage.list()] == sorted(values)
        assert self.storage.get_alarm() == alarm
        assert {key: self.storage.get(key) for key in values} == values
        if rows is not None:
            found = self.sql.exec("SELECT v FROM t ORDER BY rowid").to_array()
            assert [row[0] for row in found] == rows


TestStorageModel = StorageModel.TestCase
TestStorageModel.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
