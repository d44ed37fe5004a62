"""Ids, storage and SQL of Durable Objects: the same steps in workerd and here.

The files are exchanged too: each reads what the other stored.
"""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import _peers
from tests.peers.workerd.process import running
from tests.workers.v8_described import describe
from unpoison import js
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.ids import IdSpace
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage
from unpoison.workers.storage_arguments import list_options
from unpoison.workers.v8_values import decode_value, encode_value

pytestmark = pytest.mark.peers

HERE = Path(__file__).resolve().parent / "workerd"
KEY = "shop-Storage"
SPACE = IdSpace(KEY)
FAR = 4_000_000_000_000  # an alarm that no test sees

CREATE = ["sql", "CREATE TABLE t (v)"]
INSERT = ["sql", "INSERT INTO t VALUES (?), (?)", 1, "é"]

CONVERSATIONS: dict[str, list[list[Any]]] = {
    "ids": [["id"]],
    "values": [
        ["get", "a"],
        ["put", "a", {"x": [1, None, "é"]}],
        ["get", "a"],
        ["put", "a"],
        ["put", {"b": 2, "c": 3}],
        ["get", ["c", "nope", "a", "a"]],
        ["delete", "a"],
        ["delete", "a"],
        ["delete", ["b", "b", "nope"]],
        ["put", "", "empty"],
        ["put", "\u0000", "nul"],
        ["list"],
    ],
    "list": [
        ["put", {key: key for key in ["a", "ab", "abc", "b", "ba", "é", "\uffff", "\U0001f600"]}],
        ["list"],
        ["list", {"prefix": "a"}],
        ["list", {"prefix": "ab", "start": "a", "end": "abc"}],
        ["list", {"start": "ab", "limit": 2}],
        ["list", {"startAfter": "ab", "reverse": True}],
        ["list", {"prefix": "a", "startAfter": "ab"}],
        ["list", {"prefix": "\uffff"}],
        ["list", {"prefix": "b", "start": "c"}],
        ["list", {"start": "b", "end": "a"}],
        ["list", {"limit": 0}],
        ["list", {"limit": -1}],
    ],
    "alarms": [
        ["getAlarm"],
        ["setAlarm", FAR],
        ["getAlarm"],
        ["setAlarm", 0],
        ["setAlarm", -5],
        ["setAlarm", 1e15],
        ["deleteAlarm"],
        ["getAlarm"],
    ],
    "transactions": [
        ["transaction", [["put", "a", 1], ["get", "a"]], "commit"],
        ["get", "a"],
        ["transaction", [["put", "a", 2], ["delete", "a"], ["list"]], "rollback"],
        ["get", "a"],
        ["transaction", [["put", "a", 3], ["setAlarm", FAR]], "throw"],
        ["transaction", [["put", "a", 4]], "use"],
        ["getAlarm"],
        ["list"],
        CREATE,
        ["transactionSync", [1, 2], False],
        ["transactionSync", [3, 4], True],
        ["sql", "SELECT v FROM t"],
    ],
    "deleteAll": [
        ["put", "a", 1],
        ["setAlarm", FAR],
        CREATE,
        INSERT,
        ["sql", "CREATE VIEW w AS SELECT * FROM t"],
        ["sql", "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id))"],
        ["sql", "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)"],
        ["deleteAll"],
        ["list"],
        ["getAlarm"],
        ["sql", "SELECT name FROM sqlite_schema"],
        ["put", "b", 2],
        ["list"],
    ],
    "sql values": [
        ["sql", "SELECT ?1, typeof(?1)", value]
        for value in [None, 1, 1.5, "é", "", {"hex": "00ff"}, {"hex": ""}, 2**53]
    ]
    + [["sql", "SELECT 1, 9007199254740993, -9223372036854775808, 1e999, 'a' || x'41', x''"]],
    "sql statements": [
        CREATE,
        INSERT,
        ["sql", "INSERT INTO t VALUES (?), (?) RETURNING v AS w", 3, None],
        ["sql", "SELECT v FROM t; SELECT count(*) AS n FROM t"],
        ["sql", "SELECT 1; SELECT ?;", 2],
        ["sql", "SELECT ?; SELECT ?", 1, 2],
        ["sql", "SELECT ?"],
        ["sql", "SELECT 1", 1],
        ["sql", "SELECT ?2", 1],
        ["sql", ""],
        ["sql", " ;"],
        ["sql", "SELECT 1 AS a, 2 AS a WHERE 0"],
        ["one", "SELECT v FROM t WHERE v = 3"],
        ["one", "SELECT v FROM t"],
        ["one", "SELECT v FROM t WHERE 0"],
        ["sql", "SELEC 1"],
        ["sql", "SELECT * FROM nope"],
        ["sql", "SELECT nope FROM t"],
        ["sql", "SELECT abs(-9223372036854775808)"],
        ["sql", "CREATE UNIQUE INDEX i ON t (v)"],
        ["sql", "INSERT INTO t VALUES (3)"],
        ["sql", "INSERT INTO t VALUES (8), (3)"],
        ["sql", "SELECT count(*) FROM t"],
        ["sql", "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id))"],
        ["sql", "INSERT INTO c VALUES (1)"],
        ["sql", "INSERT INTO p VALUES ('x')"],
        ["sql", "SELECT zeroblob(20000000)"],
        ["sql", "SELECT 'x' LIKE '" + "y" * 51 + "'"],
        ["sql", "SELECT " + "+".join("1" * 102)],
        ["sql", "SELECT " + ",".join("1" * 101)],
        ["sql", "SELECT " + " UNION ALL SELECT ".join("123456")],
        ["sql", "SELECT max(" + ",".join("?" * 101) + ")", *range(101)],
        ["size"],
    ],
    "sql rules": [
        CREATE,
        INSERT,
        ["put", "a", 1],
        *(
            ["sql", query]
            for query in [
                "BEGIN",
                "COMMIT",
                "SAVEPOINT a",
                "RELEASE a",
                "SELECT * FROM _cf_KV",
                "SELECT * FROM main._CF_KV",
                "DELETE FROM _cf_KV",
                "DROP TABLE _cf_KV",
                "ALTER TABLE _cf_KV RENAME TO mine",
                "ALTER TABLE t RENAME TO _cf_mine",
                "CREATE TABLE _cf_mine (a)",
                "CREATE VIEW _cf_mine AS SELECT 1",
                "CREATE INDEX _cf_mine ON t (v)",
                "CREATE INDEX mine ON _cf_KV (value)",
                "CREATE TRIGGER mine AFTER INSERT ON _cf_KV BEGIN SELECT 1; END",
                "CREATE VIRTUAL TABLE mine USING fts4 (a)",
                "CREATE TEMP TABLE mine (a)",
                "ATTACH ':memory:' AS other",
                "DETACH main",
                "VACUUM",
                "PRAGMA writable_schema = ON",
                "PRAGMA journal_mode = DELETE",
                "PRAGMA table_info(_cf_KV)",
                "PRAGMA page_size = 512",
                "PRAGMA foreign_keys = maybe",
                "PRAGMA foreign_keys",
                "PRAGMA table_info(t)",
                "PRAGMA quick_check",
                "PRAGMA quick_check(_cf_KV)",
                "PRAGMA index_list(t)",
                "PRAGMA optimize",
                "PRAGMA optimize(x)",
                "SELECT * FROM pragma_page_count",
                "SELECT * FROM pragma_table_info('t')",
                "SELECT sqlite_version()",
                "UPDATE sqlite_schema SET name = 'x'",
                "EXPLAIN SELECT * FROM _cf_KV",
                "SELECT json_group_array(v), rank() OVER (ORDER BY v) FROM t",
                "CREATE VIRTUAL TABLE f USING fts5 (a); INSERT INTO f VALUES ('x y'); "
                "SELECT highlight(f, 0, '<', '>') FROM f WHERE f MATCH 'x'",
                "DROP TABLE f",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM _cf_KV; END",
                "INSERT INTO t VALUES (9)",
                "DROP TRIGGER g",
                "CREATE VIEW w AS SELECT * FROM _cf_KV",
                "SELECT * FROM w",
                "ALTER TABLE t ADD COLUMN w; SELECT * FROM t",
            ]
        ),
        ["list"],
    ],
}

UNDEFINED = {"error": "TypeError: put() called with undefined value."}
VALUES = [
    "undefined",
    "null",
    "-0",
    "2**53",
    "12345678901234567890n",
    "'π'",
    "[1, , 3]",
    "new Map([[1, {a: null}], ['b', new Set([1])]])",
    "new Date(5)",
    "/a/gi",
    "new Uint16Array([1, 2]).subarray(1)",
    "Object.assign(new TypeError('m', {cause: 1}), {stack: 's'})",
    "(() => {const o = {}; o.o = o; return [o, o]})()",
    "Object('s')",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("workerd")
    (made / "objects").mkdir()
    shutil.copyfile(HERE / "storage.mjs", made / "storage.mjs")
    config = (HERE / "storage.capnp").read_text().replace("OBJECTS", str(made / "objects"))
    (made / "storage.capnp").write_text(config)
    return made


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with running(_peers.workerd(), folder / "storage.capnp") as (_, ports):
        yield ports["http"]


def ask(port: int, steps: list[list[Any]], **which: str) -> list[Any]:
    request = json.dumps({**which, "steps": steps}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", request, timeout=60) as answer:
        answers: list[Any] = json.load(answer, parse_int=float)
    return answers


class Ours:
    """The same steps on our storage."""

    def __init__(self, path: Path | None, name: str) -> None:
        self.database = ObjectDatabase(path)
        self.storage = ObjectStorage(self.database)
        self.sql = SqlStorage(self.database)
        self.id = SPACE.from_name(name)
        self.transaction: Any = None

    def run(self, steps: list[list[Any]]) -> list[Any]:
        answers = [self.answer(step) for step in steps]
        self.database.commit()
        return answers

    def answer(self, step: list[Any]) -> Any:
        try:
            if self.transaction is not None:
                self.transaction.check(f"{step[0]}()")
            return getattr(self, f"do_{step[0]}")(*step[1:])
        except js.Error as error:
            return {"error": f"{error.name}: {error.message}"}

    def do_id(self) -> Any:
        return [str(self.id), self.id.name]

    def do_size(self) -> Any:
        return self.sql.database_size > 0

    def do_sql(self, query: str, *bindings: Any) -> Any:
        bound = [
            bytes.fromhex(each["hex"]) if isinstance(each, dict) else each for each in bindings
        ]
        cursor = self.sql.exec(query, bound)
        rows = [[shown(value) for value in row] for row in cursor.to_array()]
        return {"columns": list(cursor.column_names), "rows": rows}

    def do_one(self, query: str) -> Any:
        cursor = self.sql.exec(query)
        return [list(pair) for pair in zip(cursor.column_names, cursor.one(), strict=True)]

    def do_put(self, key: Any, *value: Any) -> None:
        if isinstance(key, dict):
            self.storage.put_many({name: encode_value(item) for name, item in key.items()})
        elif not value:
            raise js.TypeError("put() called with undefined value.")
        else:
            self.storage.put(key, encode_value(value[0]))

    def do_get(self, key: Any) -> Any:
        if isinstance(key, list):
            return decoded(self.storage.get_many(key))
        found = self.storage.get(key)
        return None if found is None else decode_value(found)

    def do_delete(self, key: Any) -> Any:
        many = isinstance(key, list)
        return self.storage.delete_many(key) if many else self.storage.delete(key)

    def do_list(self, options: Any = None) -> Any:
        return decoded(
            self.storage.list(list_options(None if options is None else js.Object(options)))
        )

    def do_deleteAll(self) -> None:  # noqa: N802 - the step's name
        self.storage.delete_all()

    def do_setAlarm(self, time: float) -> None:  # noqa: N802
        self.storage.set_alarm(time, 1_700_000_000_000)

    def do_getAlarm(self) -> Any:  # noqa: N802
        return self.storage.get_alarm()

    def do_deleteAlarm(self) -> None:  # noqa: N802
        self.storage.delete_alarm()

    def do_transaction(self, steps: list[list[Any]], end: str) -> Any:
        self.transaction = self.storage.begin()
        transaction = self.transaction
        answers = [self.answer(step) for step in steps]
        try:
            if end in ("rollback", "use"):
                transaction.rollback()
            if end == "use":
                transaction.check("get()")
            if end == "throw":
                raise js.Error("thrown")
            transaction.commit()
        except js.Error:
            transaction.rollback()
            raise
        finally:
            self.transaction = None
        return answers

    def do_transactionSync(self, rows: list[Any], fails: bool) -> None:  # noqa: N802
        with self.storage.savepoint():
            for row in rows:
                self.sql.exec("INSERT INTO t VALUES (?)", [row])
            if fails:
                raise js.Error("thrown")


def decoded(found: dict[str, bytes]) -> list[Any]:
    return [[key, decode_value(value)] for key, value in found.items()]


def shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return None if value in (float("inf"), float("-inf")) else value


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_same_steps_have_the_same_answers(port: int, name: str) -> None:
    steps = CONVERSATIONS[name]
    theirs = ask(port, steps, name=name)
    ours = json.loads(json.dumps(Ours(None, name).run(steps)), parse_int=float)
    different = [
        (step, our, their)
        for step, our, their in zip(steps, ours, theirs, strict=True)
        if our != their
    ]
    assert different == []


def test_we_read_what_workerd_stored(port: int, folder: Path, tmp_path: Path) -> None:
    steps: list[list[Any]] = [["eval", f"k{n}", source] for n, source in enumerate(VALUES)]
    assert ask(port, steps, name="theirs") == [UNDEFINED, *[None] * (len(VALUES) - 1)]
    ask(port, [["setAlarm", FAR], CREATE, INSERT], name="theirs")
    source = folder / "objects" / KEY / f"{SPACE.from_name('theirs')}.sqlite"
    for each in source.parent.glob(f"{source.name}*"):
        shutil.copyfile(each, tmp_path / each.name)
    (tmp_path / f"{source.name}-shm").unlink(missing_ok=True)
    storage = ObjectStorage(ObjectDatabase(tmp_path / source.name))
    found = {key: describe(decode_value(value)) for key, value in storage.list().items()}
    assert found["k5"] == '"π"'
    assert found["k7"] == 'Map[1=>{"a":null},"b"=>Set[1]]'
    assert found["k12"] == '[{"o":#1},#1|]'
    assert len(found) >= len(VALUES) - 1
    assert storage.get_alarm() == FAR
    assert SqlStorage(storage.database).exec("SELECT v FROM t").to_array() == [(1,), ("é",)]


def test_workerd_reads_what_we_stored(port: int, folder: Path) -> None:
    path = folder / "objects" / KEY / f"{SPACE.from_name('ours')}.sqlite"
    ours = Ours(path, "ours")
    value = {"x": [1, None, "π", {"y": True}], "n": 1.5}
    steps = [["put", "a", value], ["setAlarm", FAR], CREATE, INSERT]
    assert ours.run(steps) == [None, None, {"columns": [], "rows": []}, {"columns": [], "rows": []}]
    ours.database.close()
    assert ask(
        port, [["get", "a"], ["getAlarm"], ["sql", "SELECT v FROM t"], ["list"]], name="ours"
    ) == [
        {"x": [1, None, "π", {"y": True}], "n": 1.5},
        FAR,
        {"columns": ["v"], "rows": [[1], ["é"]]},
        [["a", value]],
    ]


@pytest.mark.parametrize("text", ["", "00", "g" * 64, str(IdSpace("other").from_name("a"))])
def test_ids_that_workerd_refuses_are_refused(port: int, text: str) -> None:
    with pytest.raises(js.TypeError):
        SPACE.from_string(text)
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(port, [["id"]], id=text)
    assert caught.value.code == 500
    assert re.fullmatch(r"[0-9a-f]{64}", str(SPACE.new_unique()))
    assert ask(port, [["id"]], id=str(SPACE.new_unique()))[0][1] is None
