"""`state.storage` and transactions, as a guest has them.

The stored data is SQLite's, so every call is done when it returns; its promise is settled already.
What was written leaves the object only when it is durable: the gates see to that. Workers docs,
"SQLite-backed Durable Object Storage"; workerd, api/actor-state.c++.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from unpoison import js, web
from unpoison.workers.outside import Promise, promise_of
from unpoison.workers.ports import ActorPort
from unpoison.workers.sql_storage import NO_SQL, SqlStorage
from unpoison.workers.storage_arguments import entries_of, keys_of, list_options, time_of
from unpoison.workers.transactions import Transaction
from unpoison.workers.v8_values import decode_value, encode_value


class KeyValueOperations(js.JsObject):
    """What the storage and its transactions have in common."""

    __slots__ = ("_actor", "_realm")

    def __init__(self, realm: js.Realm, actor: ActorPort) -> None:
        super().__init__()
        self._realm, self._actor = realm, actor

    def get(self, key: object, options: object) -> Promise:
        """Give a promise of a value, undefined for none; of a Map for an array of keys."""
        return self._do("get()", self._get, key)

    def put(self, key: object, value: object, options: object) -> Promise:
        """Store a value, or all properties of an object. Rejected with js.TypeError for undefined.

        Raises DOMException "DataCloneError" for what cannot be stored.
        """
        return self._do("put()", self._put, key, value)

    def delete(self, key: object, options: object) -> Promise:
        """Give a promise of whether the key had a value; of how many for an array of keys."""
        return self._do("delete()", self._delete, key)

    def list(self, options: object) -> Promise:
        """Give a promise of a Map of the values of a range of keys, in its order."""
        return self._do("list()", self._list, options)

    def get_alarm(self, options: object) -> Promise:
        """Give a promise of when the alarm is due, in milliseconds since 1970; null for none."""
        return self._do("getAlarm()", self._get_alarm)

    def set_alarm(self, time: object, options: object) -> Promise:
        """Set the alarm to a Date or to milliseconds since 1970."""
        return self._do("setAlarm()", self._set_alarm, time)

    def delete_alarm(self, options: object) -> Promise:
        """Delete the alarm."""
        return self._do("deleteAlarm()", self._actor.storage.delete_alarm)

    def _do(self, operation: str, run: Callable[..., object], *arguments: object) -> Promise:
        """Do something now and give a promise of it; what it raises rejects the promise."""
        promises = self._realm.promises
        try:
            self._check(operation)
            return js.resolve(promises, run(*arguments))
        except Exception as error:  # noqa: BLE001 - whatever it raises rejects the promise
            return js.reject(promises, js.from_exception(error))

    def _check(self, operation: str) -> None:
        """Raise js.Error when this cannot be used any more."""

    def _get(self, key: object) -> object:
        keys = keys_of(key)
        if keys is not None:
            return self._map(self._actor.storage.get_many(keys))
        data = self._actor.storage.get(js.to_string(key))
        return None if data is None else decode_value(data)

    def _put(self, key: object, value: object) -> None:
        if js.is_object(key):
            entries = {name: encode_value(item) for name, item in entries_of(key)}
            self._actor.storage.put_many(entries)
            return
        if value is None:
            raise js.TypeError("put() called with undefined value.")
        self._actor.storage.put(js.to_string(key), encode_value(value))

    def _delete(self, key: object) -> object:
        keys = keys_of(key)
        if keys is not None:
            return self._actor.storage.delete_many(keys)
        return self._actor.storage.delete(js.to_string(key))

    def _list(self, options: object) -> js.Map:
        return self._map(self._actor.storage.list(list_options(options)))

    def _map(self, found: Mapping[str, bytes]) -> js.Map:
        return js.Map({key: decode_value(data) for key, data in found.items()})

    def _get_alarm(self) -> object:
        time = self._actor.storage.get_alarm()
        return js.null if time is None else time

    def _set_alarm(self, time: object) -> None:
        self._actor.storage.set_alarm(time_of(time), self._actor.now())

    def _delete_all(self) -> None:
        self._actor.storage.delete_all(keep_alarm=self._actor.keeps_alarm)


class DurableObjectTransaction(KeyValueOperations):
    """What the function given to `transaction` works with; of no use when that has ended."""

    __slots__ = ("_transaction",)

    def __init__(self, realm: js.Realm, actor: ActorPort, transaction: Transaction) -> None:
        super().__init__(realm, actor)
        self._transaction = transaction

    def delete_all(self, options: object) -> Promise:
        """Refuse: it cannot be undone. Workers docs, "deleteAll"."""
        return self._do("deleteAll()", self._delete_all)

    def rollback(self) -> None:
        """Undo what the transaction did; it takes no more. Raises js.Error when it has ended."""
        self._transaction.check("rollback()")
        self._transaction.rollback()

    def _check(self, operation: str) -> None:
        self._transaction.check(operation)


class DurableObjectStorage(KeyValueOperations):
    """The storage of one object."""

    __slots__ = ("_sql",)

    def __init__(self, realm: js.Realm, actor: ActorPort) -> None:
        super().__init__(realm, actor)
        self._sql = None if actor.sql is None else SqlStorage(actor)

    @property
    def sql(self) -> SqlStorage:
        """SQL on the same data. Raises js.Error for a class that is not backed by SQLite."""
        if self._sql is None:
            raise js.Error(NO_SQL)
        return self._sql

    def delete_all(self, options: object) -> Promise:
        """Delete everything, SQL tables too."""
        return self._do("deleteAll()", self._delete_all)

    def sync(self) -> Promise:
        """Give a promise that is fulfilled when all writes so far are durable."""
        return promise_of(self._realm, self._actor.sync, lambda _: None, is_effect=False)

    def transaction(self, closure: Any, options: object) -> Promise:
        """Call a function with a transaction; it is rolled back when the function fails.

        It is a critical section: nothing else runs in the object until the promise is settled.
        """
        if not js.is_function(closure):
            raise js.TypeError("transaction() must be called with a function")
        return self._actor.block_concurrency_while(lambda: self._transact(closure), resets=False)

    def transaction_sync(self, closure: Any) -> object:
        """Call a function; what it wrote is undone when it throws, which is thrown on."""
        if not js.is_function(closure):
            raise js.TypeError("transactionSync() must be called with a function")
        with self._actor.storage.savepoint():
            return js.invoke(closure, None)

    def _transact(self, closure: Any) -> Promise:
        transaction = self._actor.storage.begin()
        given = DurableObjectTransaction(self._realm, self._actor, transaction)
        done = self._do("transaction()", js.invoke, closure, None, given)

        def commit(value: object) -> object:
            transaction.commit()
            return value

        def undo(reason: object) -> object:
            transaction.rollback()
            return js.reject(self._realm.promises, reason)

        return done.then(commit, undo)


_OPERATIONS: Final = ("delete", "deleteAlarm", "deleteAll", "get", "getAlarm", "list", "put",
                      "setAlarm")  # fmt: skip

DURABLE_OBJECT_STORAGE: Final = web.interface(
    DurableObjectStorage,
    operations=(*_OPERATIONS, "sync", "transaction", "transactionSync"),
    attributes=("sql",),
)
DURABLE_OBJECT_TRANSACTION: Final = web.interface(
    DurableObjectTransaction, operations=(*_OPERATIONS, "rollback")
)
