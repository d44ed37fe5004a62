"""Kill -9 of the process that writes, again and again, at any moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
import time
from contextlib import suppress
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.workers.crash_writer import ID, write_until_killed
from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage


@cache
def processes() -> ForkServerContext:
    """Give what starts processes in which everything is imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.workers.crash_writer"])
    return context


def run_until_killed(folder: Path, first: int, chance: random.Random) -> int:
    """Let the writer run for a while after it began, kill it, give what it acknowledged last."""
    ours, theirs = processes().Pipe(duplex=False)
    writer = processes().Process(target=write_until_killed, args=(folder, first, theirs))
    writer.start()
    theirs.close()
    acknowledged = ours.recv()
    time.sleep(chance.random() * 0.2)
    writer.kill()
    with suppress(EOFError, OSError):  # the last message may be cut
        while True:
            acknowledged = ours.recv()
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    return int(acknowledged)


def check(folder: Path, acknowledged: int) -> int:
    """Check that the object has all of one commit, and its alarm; give the commit's number."""
    database = ObjectDatabase(folder / f"{ID}.sqlite")
    storage = ObjectStorage(database)
    number = int(storage.get("first") or b"-1")
    assert number >= acknowledged
    assert storage.get("last") == str(number).encode()
    assert storage.get_alarm() == number + 1
    (rows,) = SqlStorage(database).exec("SELECT count(*), max(v) FROM t").to_array()
    assert rows == (number + 1, number)
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    database.close()
    index = AlarmIndex(folder / "metadata.sqlite")
    (alarm,) = index.pending()
    asyncio.run(index.close())
    assert alarm.id == ID
    assert alarm.id.name == "a"
    assert alarm.time <= number + 1
    return number


def crash(folder: Path, times: int) -> None:
    chance = random.Random(times)
    number = -1
    for _ in range(times):
        acknowledged = run_until_killed(folder, number + 1, chance)
        assert acknowledged > number
        number = check(folder, acknowledged)


def test_kill_9_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    crash(tmp_path, 10)


@pytest.mark.slow
def test_two_hundred_kills_take_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    crash(tmp_path, 200)
