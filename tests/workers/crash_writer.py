"""What test_crashes.py kills: writes to one object until it dies, and says what is acknowledged.

Sends each number that is acknowledged. Commit N writes values, a row of SQL and an alarm at N + 1,
in transactions of every kind.
"""

from __future__ import annotations

import asyncio
import random
from multiprocessing.connection import Connection
from pathlib import Path

from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.ids import IdSpace
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage

ID = IdSpace("shop-Counter").from_name("a")


class Writer:
    """One object that is written to."""

    def __init__(self, folder: Path) -> None:
        self.index = AlarmIndex(folder / "metadata.sqlite")
        self.database = ObjectDatabase(folder / f"{ID}.sqlite")
        self.storage = ObjectStorage(
            self.database,
            on_alarm=lambda time: self.index.note(ID, time),
            flush_index=self.index.flush,
        )
        self.sql = SqlStorage(self.database)

    async def run(self, first: int, chance: random.Random, acknowledged: Connection) -> None:
        number = first
        while True:
            self.write(number, chance)
            if chance.random() < 0.3:
                await self.database.flush()
                acknowledged.send(number)
            number += 1

    def write(self, number: int, chance: random.Random) -> None:
        text = str(number).encode()
        transaction = self.storage.begin() if chance.random() < 0.4 else None
        self.storage.put("first", text)
        self.sql.exec("CREATE TABLE IF NOT EXISTS t (v)")
        self.sql.exec("INSERT INTO t VALUES (?)", (number,))
        self.storage.put("filler", text * chance.randrange(4000))
        with self.storage.savepoint():
            self.storage.set_alarm(number + 1, 0)
        self.storage.put("last", text)
        if transaction is not None:
            transaction.commit()
        self.database.commit()


def write_until_killed(folder: Path, first: int, acknowledged: Connection) -> None:
    """Write from a number on; a process of its own does this."""
    asyncio.run(Writer(folder).run(first, random.Random(first), acknowledged))
