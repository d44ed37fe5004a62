"""Kill -9 of the process that writes, again and again, at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workers.crash_writer import ID
from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.database import ObjectDatabase
from unpoison.workers.sql import SqlStorage
from unpoison.workers.storage import ObjectStorage

ROOT = Path(__file__).resolve().parents[2]


def run_until_killed(folder: Path, first: int, chance: random.Random) -> int:
    """Let the writer run for a while after it began, kill it, give what it acknowledged last."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.workers.crash_writer", str(folder), str(first), str(first)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    lines = [writer.stdout.readline()]
    time.sleep(chance.random() * 0.2)
    writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.read().splitlines(keepends=True)
    assert writer.wait() == -signal.SIGKILL
    acknowledged = [int(line.split()[1]) for line in lines if line.endswith("\n")]
    return acknowledged[-1]


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
    index.close()
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
    crash(tmp_path, 4)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_two_hundred_kills_take_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    crash(tmp_path, 200)
