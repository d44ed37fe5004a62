"""A Durable Object that is only its storage and its sockets, for what a guest sees of it."""

from __future__ import annotations

from collections.abc import Callable

from unpoison import js
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.hibernation import HibernatingSocket, Hibernation
from unpoison.workers.ids import IdSpace
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage

NOW = 1_700_000_000_000.0


class Actor:
    """An object without gates: a critical section runs at once. `heard` has socket events."""

    def __init__(self, realm: js.Realm, *, has_sql: bool = True) -> None:
        self.realm = realm
        self.id = IdSpace("shop-Counter").from_name("a")
        self.database = ObjectDatabase(None)
        self.storage = ObjectStorage(self.database)
        self.sql = SqlStorage(self.database) if has_sql else None
        self.hibernation = Hibernation(self, lambda: NOW / 1000)
        self.keeps_alarm = False
        self.kept: list[js.Promise] = []
        self.sections: list[bool] = []
        self.heard: list[object] = []
        self.synced = 0

    def now(self) -> float:
        return NOW

    def wait_until(self, promise: js.Promise) -> None:
        self.kept.append(promise)

    def block_concurrency_while(self, run: Callable[[], js.Promise], *, resets: bool) -> js.Promise:
        self.sections.append(resets)
        return run()

    async def sync(self) -> None:
        self.database.commit()
        self.synced += 1

    def message(self, socket: HibernatingSocket, data: str | bytes) -> None:
        self.heard.append((socket, data))

    def closed(
        self, socket: HibernatingSocket, code: int | None, reason: str, was_clean: bool
    ) -> None:
        self.heard.append((socket, code, reason, was_clean))

    def failed(self, socket: HibernatingSocket, error: Exception) -> None:
        self.heard.append((socket, error))
