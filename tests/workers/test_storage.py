"""Key-value storage and the alarm of one object. Cloudflare docs, Durable Object Storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unpoison import js
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.key_ranges import ListOptions, after_prefix, key_range
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.storage_limits import ENTRY_BYTES, KEY_VALUE_BACKED


@pytest.fixture
def storage() -> ObjectStorage:
    return ObjectStorage(ObjectDatabase(None))


def filled(*keys: str) -> ObjectStorage:
    made = ObjectStorage(ObjectDatabase(None))
    made.put_many({key: key.encode() for key in keys})
    return made


def keys(storage: ObjectStorage, **options: Any) -> list[str]:
    return list(storage.list(ListOptions(**options)))


# get, put, delete


def test_a_value_is_what_was_put(storage: ObjectStorage) -> None:
    assert storage.get("a") is None
    storage.put("a", b"1")
    storage.put("b", b"")
    storage.put("a", b"2")
    assert storage.get("a") == b"2"
    assert storage.get("b") == b""


def test_reading_makes_no_file(tmp_path: Path) -> None:
    storage = ObjectStorage(ObjectDatabase(tmp_path / "a.sqlite"))
    assert storage.get("a") is None
    assert storage.get_many(["a"]) == {}
    assert storage.list() == {}
    assert storage.get_alarm() is None
    assert not storage.delete("a")
    assert storage.delete_all() == 0
    assert not (tmp_path / "a.sqlite").exists()


def test_get_many_gives_those_present_in_key_order() -> None:
    assert list(filled("b", "a", "c").get_many(["c", "nope", "a", "a"])) == ["a", "c"]


def test_delete_tells_whether_there_was_something() -> None:
    storage = filled("a", "b", "c")
    assert storage.delete("a") is True
    assert storage.delete("a") is False
    assert storage.delete_many(["b", "nope", "c", "c"]) == 2
    assert keys(storage) == []


def test_put_many_is_all_or_nothing(storage: ObjectStorage) -> None:
    with pytest.raises(js.Error, match="too big"):
        storage.put_many({"a": b"1", "b": bytes(3 << 20)})
    assert keys(storage) == []


@pytest.mark.parametrize("key", ["", "\0", "a\0b", "é", "\U0001f600", "'", "_cf_KV", "x" * 2048])
def test_any_text_is_a_key(storage: ObjectStorage, key: str) -> None:
    storage.put(key, b"1")
    assert storage.get(key) == b"1"
    assert keys(storage) == [key]


def test_a_lone_surrogate_in_a_key_is_the_replacement_character(storage: ObjectStorage) -> None:
    storage.put("a\ud800", b"1")
    assert keys(storage) == ["a�"]
    assert storage.get("a\ud800") == b"1"


# list


def test_list_is_in_the_order_of_utf_8_bytes() -> None:
    unordered = ["b", "a", "\uffff", "\U00010000", "B", "ä", "", "ab"]
    assert keys(filled(*unordered)) == sorted(unordered, key=str.encode)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "a ab abc b ba c"),
        ({"start": "ab"}, "ab abc b ba c"),
        ({"start_after": "ab"}, "abc b ba c"),
        ({"end": "b"}, "a ab abc"),
        ({"start": "ab", "end": "ba"}, "ab abc b"),
        ({"prefix": "ab"}, "ab abc"),
        ({"prefix": ""}, "a ab abc b ba c"),
        ({"prefix": "a", "start": "ab"}, "ab abc"),
        ({"prefix": "a", "end": "ab"}, "a"),
        ({"prefix": "a", "start": "b"}, ""),
        ({"prefix": "b", "start": "a", "end": "c"}, "b ba"),
        ({"prefix": "b", "end": "a"}, ""),
        ({"start": "b", "end": "a"}, ""),
        ({"start": "b", "end": "b"}, ""),
        ({"reverse": True}, "c ba b abc ab a"),
        ({"limit": 2}, "a ab"),
        ({"limit": 2, "reverse": True}, "c ba"),
        ({"limit": 2, "reverse": True, "prefix": "a"}, "abc ab"),
        ({"start_after": "c"}, ""),
    ],
)
def test_list_options(options: dict[str, Any], expected: str) -> None:
    assert keys(filled("a", "ab", "abc", "b", "ba", "c"), **options) == expected.split()


def test_list_options_that_make_no_range_are_refused() -> None:
    with pytest.raises(js.TypeError, match="both start and startAfter"):
        key_range(ListOptions(start="a", start_after="b"))
    with pytest.raises(js.TypeError, match="limit must be positive"):
        key_range(ListOptions(limit=0))


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("a", "b"),
        ("a\x7f", "a\x80"),
        ("\ud7ff", "\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff\U0010ffff", None),
    ],
)
def test_the_first_key_after_a_prefix(prefix: str, expected: str | None) -> None:
    assert after_prefix(prefix) == expected


# Limits


def test_a_key_and_its_value_have_two_mebibytes(storage: ObjectStorage) -> None:
    storage.put("ab", bytes((2 << 20) - 2))
    with pytest.raises(js.Error, match="string or blob too big: SQLITE_TOOBIG"):
        storage.put("abc", bytes((2 << 20) - 2))


def test_key_value_backed_objects_have_their_old_limits() -> None:
    storage = ObjectStorage(ObjectDatabase(None), KEY_VALUE_BACKED)
    storage.put("x" * 2048, bytes(131_072))
    with pytest.raises(js.RangeError, match="Keys cannot be larger than 2048 bytes"):
        storage.put("é" * 1025, b"")
    with pytest.raises(js.RangeError, match="Values cannot be larger than 131072 bytes"):
        storage.put("a", bytes(131_073))
    with pytest.raises(js.RangeError, match="Maximum number of keys is 128"):
        storage.get_many([str(each) for each in range(129)])
    with pytest.raises(js.RangeError, match="Keys cannot be larger"):
        storage.get("x" * 2049)


def test_no_call_gives_more_than_the_host_can_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = filled("a")
    monkeypatch.setattr("unpoison.workers.storage.READ_BYTES", 100 + 2 * ENTRY_BYTES)
    storage.put("b", bytes(90))
    assert keys(storage) == ["a", "b"]
    storage.put("c", bytes(90))
    with pytest.raises(js.RangeError, match="list fewer with `limit`"):
        storage.list()
    with pytest.raises(js.RangeError, match="larger than 356 bytes"):
        storage.get_many(["b", "c"])
    many = filled(*"abcd")
    with pytest.raises(js.RangeError, match="list fewer"):  # small, but many
        many.list()


# deleteAll


def test_delete_all_empties_everything_of_sql_too(storage: ObjectStorage) -> None:
    storage.put_many({"a": b"1", "b": b"2"})
    storage.set_alarm(5000, 0)
    storage.database.rows("CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, c)")
    storage.database.rows(
        "CREATE TABLE child (p PRIMARY KEY REFERENCES parent (id), c REFERENCES child (p))"
    )
    storage.database.rows("CREATE VIRTUAL TABLE words USING fts5 (body)")
    storage.database.rows("CREATE VIEW v AS SELECT * FROM child")
    storage.database.rows('CREATE TABLE "strange ""name" (x)')
    storage.database.rows("INSERT INTO parent VALUES (1, 2)")
    storage.database.rows("INSERT INTO child VALUES (1, 1)")
    storage.database.rows("ANALYZE")
    storage.database.commit()
    assert storage.delete_all() == 2
    storage.database.commit()
    assert keys(storage) == []
    assert storage.get_alarm() is None
    left = storage.database.rows("SELECT name FROM sqlite_schema WHERE name <> 'sqlite_sequence'")
    assert left == []
    storage.put("c", b"3")
    assert keys(storage) == ["c"]


def test_delete_all_is_undone_with_the_writes_around_it(storage: ObjectStorage) -> None:
    storage.put("a", b"1")
    storage.set_alarm(5000, 0)
    storage.database.commit()
    storage.delete_all()
    storage.put("b", b"2")
    assert keys(storage) == ["b"]
    storage.database.rollback()
    assert keys(storage) == ["a"]
    assert storage.get_alarm() == 5000


def test_delete_all_can_keep_the_alarm(storage: ObjectStorage) -> None:
    storage.put("a", b"1")
    storage.set_alarm(5000, 0)
    storage.delete_all(keep_alarm=True)
    storage.database.commit()
    assert keys(storage) == []
    assert storage.get_alarm() == 5000


def test_delete_all_is_refused_in_a_transaction(storage: ObjectStorage) -> None:
    storage.begin()
    with pytest.raises(js.Error, match=r"Cannot call deleteAll\(\) within a transaction"):
        storage.delete_all()


def test_a_file_that_was_emptied_gets_small_when_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    storage = ObjectStorage(ObjectDatabase(path))
    storage.put("a", bytes(2_000_000))
    storage.put("b", b"1")
    storage.database.commit()
    storage.database.close()
    assert path.stat().st_size > 2_000_000
    storage = ObjectStorage(ObjectDatabase(path))
    storage.delete("a")
    storage.database.commit()
    storage.database.close()
    assert path.stat().st_size < 100_000
    assert ObjectStorage(ObjectDatabase(path)).list() == {"b": b"1"}


# Transactions


def test_the_table_of_values_is_undone_with_its_transaction(storage: ObjectStorage) -> None:
    transaction = storage.begin()
    storage.put("a", b"1")
    transaction.rollback()
    assert storage.get("a") is None
    storage.put("a", b"2")
    assert storage.get("a") == b"2"


def test_transaction_sync_undoes_what_raised(storage: ObjectStorage) -> None:
    with storage.savepoint():
        storage.put("a", b"1")
    with pytest.raises(ValueError), storage.savepoint():
        storage.put("a", b"2")
        storage.set_alarm(5000, 0)
        raise ValueError
    assert storage.get("a") == b"1"
    assert storage.get_alarm() is None
