"""`state.storage`, transactions and SQL, as a guest has them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.workers.actors import NOW, Actor
from tests.workers.guests import make_guest, obj
from unpoison import js, web
from unpoison.workers.failures import ObjectError
from unpoison.workers.object_state import make_state


class Storage:
    """The storage of an object in a guest; calls by the platform's names."""

    def __init__(self, realm: js.Realm, actor: Actor) -> None:
        self.realm, self.actor = realm, actor
        self.value = realm.get(make_state(realm, actor), "storage")

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self.realm.call_method(self.value, name, *arguments)


def run(main: Callable[[Storage], Coroutine[Any, Any, None]], *, has_sql: bool = True) -> None:
    import asyncio

    async def inside() -> None:
        realm = make_guest()
        await main(Storage(realm, Actor(realm, has_sql=has_sql)))

    asyncio.run(inside())


def test_a_value_is_kept_as_what_it_is() -> None:
    async def main(storage: Storage) -> None:
        kept = js.Map({"n": 1, "list": js.Array([js.null, 2.5, js.BigInt(3)]), "o": obj(a="é")})
        assert await storage.put("k", kept) is None
        found = await storage.get("k")
        assert isinstance(found, js.Map)
        assert found["list"] == js.Array([js.null, 2.5, js.BigInt(3)])
        assert isinstance(found["list"][2], js.BigInt)
        assert found["o"] == {"a": "é"}
        assert await storage.get("none") is None

    run(main)


def test_several_keys_at_once() -> None:
    async def main(storage: Storage) -> None:
        await storage.put(obj(b=2, a=1, c=None))
        found = await storage.get(js.Array(["b", "a", "c", "d"]))
        assert list(found.items()) == [("a", 1), ("b", 2)]
        assert await storage.delete("a") is True
        assert await storage.delete("a") is False
        assert await storage.delete(js.Array(["a", "b"])) == 1

    run(main)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (None, ["a", "ab", "b"]),
        (js.null, ["a", "ab", "b"]),
        ({"start": "ab"}, ["ab", "b"]),
        ({"startAfter": "ab"}, ["b"]),
        ({"end": "b", "reverse": True}, ["ab", "a"]),
        ({"prefix": "a", "limit": 1}, ["a"]),
    ],
)
def test_ranges_of_keys(options: object, keys: list[str]) -> None:
    async def main(storage: Storage) -> None:
        await storage.put(obj(b=1, a=1, ab=1))
        given = js.Object(options) if isinstance(options, dict) else options
        assert list(await storage.list(given)) == keys

    run(main)


@pytest.mark.parametrize(
    ("name", "arguments", "problem"),
    [
        ("put", ("k", None), "undefined value"),
        ("list", (js.Object({"limit": 0}),), "limit must be positive"),
        ("list", (js.Object({"limit": "x"}),), "limit must be positive"),
        ("list", (js.Object({"start": "a", "startAfter": "a"}),), "both start and startAfter"),
        ("setAlarm", (js.Date(None),), "invalid time"),
        ("setAlarm", (0,), "<= 0"),
    ],
)
def test_what_is_refused_rejects(name: str, arguments: tuple[object, ...], problem: str) -> None:
    async def main(storage: Storage) -> None:
        with pytest.raises(js.TypeError, match=problem):
            await getattr(storage, name)(*arguments)

    run(main)


def test_a_function_cannot_be_stored_and_nothing_of_the_call_is() -> None:
    async def main(storage: Storage) -> None:
        with pytest.raises(web.DOMException) as caught:
            await storage.put(obj(a=1, b=lambda: None))
        assert caught.value.name == "DataCloneError"
        assert await storage.get("a") is None

    run(main)


def test_alarms() -> None:
    async def main(storage: Storage) -> None:
        assert await storage.getAlarm(js.null) is js.null
        await storage.setAlarm(js.Date(NOW + 5_000), js.null)
        assert await storage.getAlarm(obj()) == NOW + 5_000
        await storage.setAlarm(NOW - 1)
        assert await storage.getAlarm() == NOW
        await storage.deleteAlarm(js.null)
        assert await storage.getAlarm() is js.null

    run(main)


@pytest.mark.parametrize("keeps", [False, True])
def test_delete_all(keeps: bool) -> None:
    async def main(storage: Storage) -> None:
        storage.actor.keeps_alarm = keeps
        await storage.put("a", 1)
        await storage.setAlarm(NOW + 1)
        await storage.deleteAll()
        assert await storage.get("a") is None
        assert (await storage.getAlarm() is js.null) is not keeps

    run(main)


def test_sync_waits_for_the_disk() -> None:
    async def main(storage: Storage) -> None:
        await storage.sync()
        assert storage.actor.synced == 1

    run(main)


def test_a_transaction_is_kept_when_its_function_succeeds() -> None:
    async def main(storage: Storage) -> None:
        left: list[Any] = []

        def change(transaction: Any) -> Any:
            call = storage.realm.call_method
            left.append(transaction)
            return call(transaction, "put", "a", 1).then(lambda _: call(transaction, "get", "a"))

        assert await storage.transaction(change) == 1
        assert await storage.get("a") == 1
        assert storage.actor.sections == [False]
        with pytest.raises(js.Error, match="already committed"):
            await storage.realm.call_method(left[0], "get", "a")

    run(main)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_transaction_is_undone_when_its_function_fails(at_once: bool) -> None:
    async def main(storage: Storage) -> None:
        realm = storage.realm
        await storage.put("a", 1)

        def change(transaction: Any) -> Any:
            realm.call_method(transaction, "put", "a", 2)
            if at_once:
                raise js.Error("changed my mind")
            return js.reject(realm.promises, js.Error("changed my mind"))

        with pytest.raises(js.Error, match="changed my mind"):
            await storage.transaction(change)
        assert await storage.get("a") == 1

    run(main)


def test_a_transaction_that_was_rolled_back_takes_no_more() -> None:
    async def main(storage: Storage) -> None:
        call = storage.realm.call_method

        def change(transaction: Any) -> Any:
            call(transaction, "put", "a", 1)
            call(transaction, "rollback")
            return call(transaction, "put", "a", 2)

        with pytest.raises(js.Error, match="rolled back transaction"):
            await storage.transaction(change)
        assert await storage.get("a") is None
        assert await storage.transaction(lambda each: call(each, "rollback")) is None

    run(main)


def test_delete_all_is_refused_in_a_transaction() -> None:
    async def main(storage: Storage) -> None:
        call = storage.realm.call_method
        with pytest.raises(js.Error, match="deleteAll"):
            await storage.transaction(lambda each: call(each, "deleteAll"))

    run(main)


def test_a_synchronous_transaction_is_undone_by_an_exception() -> None:
    async def main(storage: Storage) -> None:
        def change() -> None:
            storage.put("a", 1)
            raise js.Error("no")

        with pytest.raises(js.Error, match="no"):
            storage.transactionSync(change)
        assert await storage.get("a") is None
        assert storage.transactionSync(lambda: 7) == 7

    run(main)


@pytest.mark.parametrize("name", ["transaction", "transactionSync"])
def test_a_transaction_needs_a_function(name: str) -> None:
    async def main(storage: Storage) -> None:
        with pytest.raises(js.TypeError, match="with a function"):
            getattr(storage, name)(1)

    run(main)


def test_sql_is_refused_without_sqlite() -> None:
    async def main(storage: Storage) -> None:
        with pytest.raises(js.Error, match="SQL is not enabled"):
            storage.realm.get(storage.value, "sql")

    run(main, has_sql=False)


def test_sql_gives_rows_in_each_form() -> None:
    async def main(storage: Storage) -> None:
        realm = storage.realm
        sql = realm.get(storage.value, "sql")

        def exec_(query: str, *bindings: object) -> Any:
            return realm.call_method(sql, "exec", query, *bindings)

        exec_("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB, n)")
        insert = exec_(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?)", 7, 2.5, "é", js.Uint8Array([1]), js.null
        )
        assert realm.get(insert, "rowsWritten") == 1
        cursor = exec_("SELECT * FROM t")
        assert realm.get(cursor, "columnNames") == js.Array(["i", "r", "s", "b", "n"])
        row = realm.call_method(cursor, "one")
        assert [row["i"], row["r"], row["s"], row["n"]] == [7, 2.5, "é", js.null]
        assert isinstance(row["b"], js.ArrayBuffer)
        assert realm.get(cursor, "rowsRead") == 1
        pairs = exec_("SELECT 1 AS a UNION SELECT 2")
        assert realm.call_method(pairs, "next") == {"value": {"a": 1}, "done": False}
        assert realm.call_method(pairs, "toArray") == js.Array([js.Object({"a": 2})])
        assert realm.call_method(pairs, "next") == {"value": None, "done": True}
        assert list(js.iterate(exec_("SELECT 3 AS a"))) == [{"a": 3}]
        raw = realm.call_method(exec_("SELECT 1, 'x'"), "raw")
        assert list(js.iterate(raw)) == [js.Array([1, "x"])]
        assert realm.get(sql, "databaseSize") > 0

    run(main)


@pytest.mark.parametrize(
    ("value", "kind"), [(None, "null"), (True, "text"), (js.BigInt(5), "text"), (1, "real")]
)
def test_what_a_binding_becomes(value: object, kind: str) -> None:
    async def main(storage: Storage) -> None:
        sql = storage.realm.get(storage.value, "sql")
        cursor = storage.realm.call_method(sql, "exec", "SELECT typeof(?) AS t", value)
        assert storage.realm.call_method(cursor, "one") == {"t": kind}

    run(main)


def test_what_sqlite_refuses_is_thrown() -> None:
    async def main(storage: Storage) -> None:
        sql = storage.realm.get(storage.value, "sql")
        with pytest.raises(js.Error, match="no such table"):
            storage.realm.call_method(sql, "exec", "SELECT * FROM absent")
        with pytest.raises(js.Error, match="exactly one result"):
            storage.realm.call_method(
                storage.realm.call_method(sql, "exec", "SELECT 1 WHERE 0"), "one"
            )

    run(main)


def test_sql_of_a_life_that_has_ended_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(storage: Storage) -> None:
        sql = storage.realm.get(storage.value, "sql")

        def ended(actor: Actor) -> None:
            raise ObjectError("the object was reset", is_reset=True)

        monkeypatch.setattr(Actor, "sql", property(ended), raising=False)
        with pytest.raises(ObjectError, match="was reset"):
            storage.realm.call_method(sql, "exec", "CREATE TABLE t (i)")

    run(main)
