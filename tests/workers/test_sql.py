"""SQL of a guest. Cloudflare docs, SQL API; workerd, api/sql.c++ and its tests."""

from __future__ import annotations

import gc
import itertools
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.sql import SqlStorage, SqlValue
from unpoison.workers.storage import ObjectStorage

NO_END = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def database() -> ObjectDatabase:
    return ObjectDatabase(None)


@pytest.fixture
def sql(database: ObjectDatabase) -> SqlStorage:
    return SqlStorage(database)


def rows(sql: SqlStorage, query: str, *bindings: SqlValue) -> list[Sequence[SqlValue]]:
    return list(sql.exec(query, bindings).to_array())


def numbers(sql: SqlStorage, count: int) -> None:
    """A table t with the integers 1 to count."""
    sql.exec("CREATE TABLE t (v)")
    sql.exec("INSERT INTO t SELECT value FROM json_each(?)", (str(list(range(1, count + 1))),))


# Values


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), ("é", "text"), ("", "text"), (b"\0\xff", "blob"), (1.5, "real"), (7, "real")],
)
def test_values_come_back_and_a_number_binds_as_real(
    sql: SqlStorage, value: SqlValue, kind: str
) -> None:
    assert rows(sql, "SELECT ?1, typeof(?1)", value) == [(value, kind)]


def test_integers_are_numbers_and_those_that_are_not_safe_are_rounded(sql: SqlStorage) -> None:
    assert rows(sql, "SELECT 7, 9007199254740991, 9223372036854775807") == [
        (7, 9007199254740991, 9.223372036854776e18)
    ]


def test_a_lone_surrogate_is_the_replacement_character(sql: SqlStorage) -> None:
    assert rows(sql, "SELECT ?, 'a\ud800'", "\udc00") == [("�", "a�")]


def test_text_that_is_not_utf_8_is_one_clear_error(sql: SqlStorage) -> None:
    with pytest.raises(js.Error, match="not UTF-8"):
        sql.exec("SELECT CAST(x'ff' AS TEXT)")
    assert rows(sql, "SELECT 1") == [(1,)]


# Statements


def test_rows_are_those_of_the_last_statement(sql: SqlStorage) -> None:
    query = (
        "CREATE TABLE t (v); INSERT INTO t VALUES (1), (2); SELECT v FROM t; SELECT v + ? FROM t"
    )
    assert rows(sql, query, 10) == [(11,), (12,)]


@pytest.mark.parametrize("tail", ["", ";", " ; -- the end", "; /* the end */ ", ";;\n"])
def test_what_follows_the_last_statement_may_be_blank(sql: SqlStorage, tail: str) -> None:
    assert rows(sql, f"SELECT 1; SELECT ?{tail}", 2) == [(2,)]


def test_only_the_last_statement_may_have_parameters(sql: SqlStorage) -> None:
    with pytest.raises(js.Error, match="only the last statement can have parameters"):
        sql.exec("SELECT ?; SELECT 1", (1,))


@pytest.mark.parametrize(
    ("query", "count"), [("SELECT ?", 0), ("SELECT ?", 2), ("SELECT ?2", 1), ("SELECT 1;--", 1)]
)
def test_a_wrong_number_of_bindings_is_refused(sql: SqlStorage, query: str, count: int) -> None:
    with pytest.raises(js.Error, match="Wrong number of parameter bindings for SQL query"):
        sql.exec(query, (1,) * count)


def test_a_write_with_too_many_bindings_is_not_run(sql: SqlStorage) -> None:
    numbers(sql, 0)
    with pytest.raises(js.Error, match="Wrong number"):
        sql.exec("INSERT INTO t VALUES (?); -- one", (1, 2))
    assert rows(sql, "SELECT * FROM t") == []


@pytest.mark.parametrize("query", ["", "  ", ";", "-- nothing", "/* nothing"])
def test_no_statement_is_an_error(sql: SqlStorage, query: str) -> None:
    with pytest.raises(js.Error, match="did not contain a statement"):
        sql.exec(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nope", "no such table: nope: SQLITE_ERROR"),
        ("SELEC 1", r'near "SELEC": syntax error at offset 0: SQLITE_ERROR'),
        ("SELECT abs(-9223372036854775808)", "integer overflow: SQLITE_ERROR"),
        ("SELECT zeroblob(5000000)", "string or blob too big: SQLITE_TOOBIG"),
        ("SELECT 1\0", "null character"),
        ("SELECT 'x' LIKE '" + "y" * 51 + "'", "LIKE or GLOB pattern too complex"),
        ("SELECT " + "+".join("1" * 102), "Expression tree is too large"),
        ("SELECT " + ",".join("1" * 101), "too many columns in result set"),
        ("SELECT " + " UNION ALL SELECT ".join("123456"), "too many terms in compound SELECT"),
        ("SELECT 1" + " " * 100_000, "(?i)too big|too large|too long"),
    ],
)
def test_errors_have_upstreams_words(sql: SqlStorage, query: str, message: str) -> None:
    with pytest.raises(js.Error, match=message):
        sql.exec(query)


def test_one_hundred_bindings_and_no_more(sql: SqlStorage) -> None:
    query = "SELECT max({})"
    assert rows(sql, query.format(",".join("?" * 100)), *range(100)) == [(99.0,)]
    with pytest.raises(js.Error, match="too many SQL variables"):
        sql.exec(query.format(",".join("?" * 101)), tuple(range(101)))


# Cursors


def test_column_names_also_of_no_rows_and_with_duplicates(sql: SqlStorage) -> None:
    assert sql.exec("SELECT 1 AS a, 2 AS a, 3").column_names == ("a", "a", "3")
    assert sql.exec("SELECT 1 AS a WHERE 0").column_names == ("a",)
    assert sql.exec("CREATE TABLE t (v)").column_names == ()


def test_one_wants_exactly_one(sql: SqlStorage) -> None:
    numbers(sql, 2)
    assert sql.exec("SELECT count(*) FROM t").one() == (2,)
    with pytest.raises(js.Error, match="but got no results"):
        sql.exec("SELECT v FROM t WHERE v > 9").one()
    with pytest.raises(js.Error, match="but got multiple results"):
        sql.exec("SELECT v FROM t").one()


def test_rows_are_read_as_they_are_asked_for(sql: SqlStorage) -> None:
    endless = sql.exec(NO_END.replace("count(*)", "i"))
    assert [next(endless) for _ in range(3)] == [(1,), (2,), (3,)]
    assert endless.rows_read == 3


def test_the_ways_to_read_share_one_position(sql: SqlStorage) -> None:
    numbers(sql, 3)
    cursor = sql.exec("SELECT v FROM t ORDER BY v")
    assert next(cursor) == (1,)
    assert cursor.to_array() == [(2,), (3,)]
    assert cursor.to_array() == []
    assert cursor.rows_read == 3


def test_the_same_statement_runs_twice_at_once(sql: SqlStorage) -> None:
    numbers(sql, 2)
    first, second = sql.exec("SELECT v FROM t"), sql.exec("SELECT v FROM t")
    assert [next(first), next(second), next(first), next(second)] == [(1,), (1,), (2,), (2,)]


def test_rows_written_are_those_changed(sql: SqlStorage) -> None:
    numbers(sql, 3)
    assert sql.exec("UPDATE t SET v = v + 1 WHERE v > 1").rows_written == 2
    assert sql.exec("DELETE FROM t").rows_written == 3
    assert sql.exec("SELECT 1").rows_written == 0


def test_a_writing_statement_that_gives_rows_is_over_at_once(
    sql: SqlStorage, database: ObjectDatabase
) -> None:
    numbers(sql, 0)
    cursor = sql.exec("INSERT INTO t VALUES (1), (2), (3) RETURNING v")
    database.commit()
    assert cursor.to_array() == [(1,), (2,), (3,)]
    assert cursor.rows_written == 3


def test_an_open_cursor_does_not_stop_a_commit(sql: SqlStorage, database: ObjectDatabase) -> None:
    numbers(sql, 3)
    database.commit()
    cursor = sql.exec("SELECT v FROM t")
    sql.exec("INSERT INTO t VALUES (4)")
    database.commit()
    assert next(cursor) == (1,)
    database.rollback()
    assert next(cursor) == (2,)


def test_a_result_that_is_too_large_is_refused_by_to_array(
    sql: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unpoison.workers.sql.READ_BYTES", 1000)
    numbers(sql, 100)
    with pytest.raises(js.Error, match="too large to fit in memory"):
        rows(sql, "SELECT v, zeroblob(100) FROM t")


def test_an_abandoned_cursor_ends_with_its_last_reference(
    sql: SqlStorage, database: ObjectDatabase
) -> None:
    numbers(sql, 3)
    gc.disable()
    try:
        sql.exec("SELECT v FROM t")
        assert list(database.readers) == []
    finally:
        gc.enable()


def test_delete_all_ends_the_cursors(database: ObjectDatabase) -> None:
    sql, storage = SqlStorage(database), ObjectStorage(database)
    numbers(sql, 3)
    cursor = sql.exec("SELECT v FROM t")
    finished = sql.exec("SELECT 1")
    assert next(finished) == (1,)
    storage.delete_all()
    with pytest.raises(js.Error, match=r"closed because deleteAll\(\) was called"):
        next(cursor)
    assert list(finished) == []


# Rules


@pytest.mark.parametrize(
    "query",
    ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "SELECT 1; BEGIN IMMEDIATE"],
)
def test_transactions_have_calls_of_their_own(sql: SqlStorage, query: str) -> None:
    with pytest.raises(js.Error, match=r"To execute a transaction, please use the state.storage"):
        sql.exec(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM _cf_KV",
        "SELECT * FROM main._CF_KV",
        "SELECT value FROM _cf_KV WHERE key = ?",
        'INSERT INTO "_cf_KV" VALUES (1, 2)',
        "DELETE FROM [_cf_KV]",
        "UPDATE _cf_KV SET value = 1",
        "DROP TABLE _cf_KV",
        "ALTER TABLE _cf_KV RENAME TO mine",
        "ALTER TABLE t RENAME TO _cf_mine",
        "ALTER TABLE t RENAME/**/TO/**/ `_cf_mine`",
        "SELECT 1; ALTER TABLE t RENAME TO '_CF_mine'",
        "CREATE TABLE _cf_mine (a)",
        "CREATE VIEW _cf_mine AS SELECT 1",
        "CREATE INDEX _cf_mine ON t (v)",
        "CREATE INDEX mine ON _cf_KV (value)",
        "CREATE TRIGGER mine AFTER INSERT ON _cf_KV BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE _cf_mine USING fts5 (a)",
        "CREATE VIRTUAL TABLE mine USING dbstat",
        "CREATE VIRTUAL TABLE mine USING fts4 (a)",
        "CREATE TEMP TABLE mine (a)",
        "CREATE TEMP VIEW mine AS SELECT 1",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "PRAGMA writable_schema = ON",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA synchronous = OFF",
        "PRAGMA table_info(_cf_KV)",
        "PRAGMA page_size = 512",
        "PRAGMA foreign_keys = maybe",
        "SELECT * FROM pragma_page_count",
        "SELECT * FROM pragma_table_info('_cf_KV')",
        "SELECT sqlite_version()",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('x')",
        "SELECT * FROM dbstat",
        "UPDATE sqlite_schema SET name = 'x'",
        "EXPLAIN SELECT * FROM _cf_KV",
        "VACUUM",
        "VACUUM INTO '/tmp/copy'",
    ],
)
def test_what_is_refused(query: str, database: ObjectDatabase) -> None:
    sql, storage = SqlStorage(database), ObjectStorage(database)
    storage.put("a", b"1")
    numbers(sql, 1)
    before = database.rows("SELECT name FROM sqlite_schema ORDER BY name")
    assert storage.get("a") == b"1"
    with pytest.raises(
        js.Error, match=r"not authorized|prohibited|may not be|no such|allowed|cannot"
    ):
        rows(sql, query, *(["a"] if "?" in query else []))
    assert storage.list() == {"a": b"1"}
    assert database.rows("SELECT name FROM sqlite_schema ORDER BY name") == before


@pytest.mark.parametrize(
    "query",
    [
        "PRAGMA foreign_keys",
        "PRAGMA foreign_keys = ON",
        "PRAGMA defer_foreign_keys = 'true'",
        "PRAGMA table_list",
        "PRAGMA table_info(t)",
        "PRAGMA index_list(t)",
        "PRAGMA quick_check",
        "PRAGMA quick_check(1)",
        "PRAGMA optimize",
        "PRAGMA foreign_key_check",
        "PRAGMA data_version",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_info('t')",
        "SELECT json_group_array(v) FROM t",
        "SELECT rank() OVER (ORDER BY v), log10(v), upper('a') FROM t",
        "ALTER TABLE t RENAME TO my_cf_t; ALTER TABLE my_cf_t ADD COLUMN w",
        "ALTER TABLE t RENAME COLUMN v TO w",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET v = v + 1; END; "
        "INSERT INTO t VALUES (1)",
        "CREATE VIRTUAL TABLE w USING fts5 (a); INSERT INTO w VALUES ('x y'); "
        "SELECT highlight(w, 0, '<', '>'), bm25(w) FROM w WHERE w MATCH 'x'; DROP TABLE w",
        "CREATE VIRTUAL TABLE r USING rtree (id, a, b); INSERT INTO r VALUES (1, 2, 3)",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT * FROM n",
        "ANALYZE",
        "EXPLAIN QUERY PLAN SELECT * FROM t",
    ],
)
def test_what_is_allowed(sql: SqlStorage, query: str) -> None:
    numbers(sql, 2)
    rows(sql, query)


def test_a_trigger_cannot_write_what_its_author_may_not(database: ObjectDatabase) -> None:
    sql, storage = SqlStorage(database), ObjectStorage(database)
    storage.put("a", b"1")
    numbers(sql, 1)
    sql.exec("CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM _cf_KV; END")
    sql.exec("CREATE VIEW w AS SELECT * FROM _cf_KV")
    for query in ("INSERT INTO t VALUES (2)", "SELECT * FROM w"):
        with pytest.raises(js.Error, match=r"prohibited|not authorized"):
            sql.exec(query)
    assert storage.get("a") == b"1"


def test_foreign_keys_are_in_force(sql: SqlStorage) -> None:
    sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id))")
    with pytest.raises(
        js.Error,
        match=r"FOREIGN KEY constraint failed: SQLITE_CONSTRAINT \(extended: "
        "SQLITE_CONSTRAINT_FOREIGNKEY",
    ):
        sql.exec("INSERT INTO c VALUES (1)")


# Writes


def test_a_write_is_part_of_the_next_commit(tmp_path: Path) -> None:
    calls: list[str] = []
    database = ObjectDatabase(tmp_path / "a.sqlite", on_write=lambda: calls.append("write"))
    sql = SqlStorage(database)
    rows(sql, "SELECT 1")
    assert calls == []
    numbers(sql, 2)
    assert calls == ["write"]
    database.commit()
    sql.exec("DELETE FROM t")
    database.rollback()
    assert rows(sql, "SELECT count(*) FROM t") == [(2,)]
    assert sql.database_size > 0


def test_a_statement_that_fails_undoes_itself_alone(sql: SqlStorage) -> None:
    sql.exec("CREATE TABLE u (v UNIQUE)")
    sql.exec("INSERT INTO u VALUES (1)")
    with pytest.raises(js.Error, match="UNIQUE constraint failed"):
        sql.exec("INSERT INTO u VALUES (2), (1)")
    assert rows(sql, "SELECT v FROM u") == [(1,)]


# Time


def test_a_query_without_end_is_stopped(database: ObjectDatabase) -> None:
    looks: list[int] = []
    sql = SqlStorage(database, is_over=lambda: len(looks) > 3 or looks.append(1) is not None)
    with pytest.raises(js.Error, match="interrupted: SQLITE_INTERRUPT"):
        sql.exec(NO_END)
    looks.clear()
    assert rows(sql, "SELECT 1") == [(1,)]


def test_a_write_that_is_stopped_resets_the_object(database: ObjectDatabase) -> None:
    stopped = False
    sql = SqlStorage(database, is_over=lambda: stopped)
    numbers(sql, 1)
    database.commit()
    stopped = True
    with pytest.raises(StorageError, match="interrupted"):
        sql.exec(f"INSERT INTO t {NO_END}")
    with pytest.raises(StorageError):
        sql.exec("SELECT 1")


def test_the_time_is_cpu_time_of_one_call(sql: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unpoison.workers.sql.SECONDS", 0.05)
    with pytest.raises(js.Error, match="interrupted"):
        sql.exec(NO_END)
    assert rows(sql, "SELECT 1") == [(1,)]


def test_a_cursor_that_keeps_the_log_growing_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unpoison.workers.database.MAX_LOG", 1 << 20)
    database = ObjectDatabase(tmp_path / "a.sqlite")
    sql = SqlStorage(database)
    numbers(sql, 3)
    database.commit()
    cursor = sql.exec("SELECT v FROM t")
    for _ in range(4):
        sql.exec("INSERT INTO t VALUES (zeroblob(400000))")
        database.commit()
    with pytest.raises(js.Error, match="too much was written while it had rows to give"):
        next(cursor)


def test_all_rows_of_one_call_have_the_time_of_one_call() -> None:
    database = ObjectDatabase(None)
    sql = SqlStorage(database, seconds=0.05)
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    cursor = sql.exec(endless)
    begin = time.thread_time()
    with pytest.raises(js.Error, match="interrupt"):
        cursor.to_array()
    assert time.thread_time() - begin < 1.0
    cursor = sql.exec(endless)
    assert sum(1 for _ in itertools.islice(cursor, 50_000)) == 50_000  # each is a call of its own
    database.close()


def test_small_rows_count_with_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unpoison.workers.sql.READ_BYTES", 10_000)
    database = ObjectDatabase(None)
    series = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c"
    )
    sql = SqlStorage(database)
    assert len(sql.exec(series.format(100)).to_array()) == 100
    with pytest.raises(js.Error, match="too large to fit in memory"):
        sql.exec(series.format(110)).to_array()
    database.close()
