"""Loss of power at any moment: what was acknowledged is there, and each commit is whole.

A run of an object is recorded: every change of its files, when each sync began and ended, and
what was acknowledged. Then the power is cut at places chosen by chance: what was synced is on the
disk; of what was written later any part is, in whole sectors; a file that was deleted may be back.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import shutil
import time
from pathlib import Path

import pytest

from tests.workers.faulty_disk import Event, watched_disk
from tests.workers.test_disk_faults import Scenario, check_file
from unpoison.workers import syncing

SECTOR = 512
LIVES = (1, 1, 4, 12, 3, 12)
"""How many commits the object makes each time that its file is opened."""
KILLED = (0, 2, 4)
"""The lives that end by a kill of the process, when they are to: the file is not closed."""
LAST = sum(LIVES) - 1
LOSSES = 150


class Recording:
    """The events of a run in order, of both threads."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.numbers = itertools.count()

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def sync(self, descriptor: int) -> None:
        """Be fsync: of the database, its log or a folder."""
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if name.startswith("a.sqlite"):
            number, suffix = next(self.numbers), name.removeprefix("a.sqlite")
            self.events.append(("begin", suffix, number, b""))
            time.sleep(0.001)  # the event loop goes on meanwhile
            self.events.append(("end", suffix, number, b""))

    def acknowledge(self, number: int) -> None:
        self.events.append(("acknowledge", "", number, b""))


class RecordedScenario(Scenario):
    """Commits of some numbers, with flushes now and then, and checkpoints between."""

    def __init__(
        self, path: Path, vfs: str, recording: Recording, numbers: range, flushed: int
    ) -> None:
        super().__init__(path, vfs)
        self.recording = recording
        self.numbers = numbers
        self.flushed = flushed

    async def run(self) -> None:
        waiting = []
        for number in self.numbers:
            self.write(number)
            self.database.commit()
            if number % 7 == 3 or number == self.flushed:
                waiting.append(asyncio.ensure_future(self.flush(number)))
            await asyncio.sleep(0.001 if number % 5 == 0 else 0)
        await asyncio.gather(*waiting)

    async def flush(self, number: int) -> None:
        await self.database.flush()
        self.recording.acknowledge(number)


def disk_after(events: list[Event], chance: random.Random) -> dict[str, bytearray]:
    """Give the files as they are when the power goes after the events."""
    files = {}
    for name in ("", "-wal"):
        lives = lives_of(name, events)
        while len(lives) > 1 and not was_synced(lives[-1]) and chance.random() < 0.5:
            lives.pop()  # the deletion before it has not reached the disk
        if any(event[0] == "write" for event in lives[-1]):
            files[name] = content(lives[-1], chance)
    return files


def lives_of(name: str, events: list[Event]) -> list[list[Event]]:
    """Give the events of a file, from each creation to its deletion.

    A sync has its begin in the place where it began, and its end where it had ended.
    """
    lives: list[list[Event]] = [[]]
    for event in events:
        if event[0] == "delete" and event[1] == name:
            lives.append([])
        elif event[1] == name:
            lives[-1].append(event)
    return lives


def was_synced(life: list[Event]) -> bool:
    return any(kind in ("synced", "end") for kind, *_ in life)


def content(life: list[Event], chance: random.Random) -> bytearray:
    synced = 0
    begun: dict[int, int] = {}
    for place, (kind, _, number, _) in enumerate(life):
        if kind == "begin":
            begun[number] = place
        elif kind == "end":
            synced = max(synced, begun.get(number, 0))
        elif kind == "sync":
            begun[-1] = place
        elif kind == "synced":
            synced = max(synced, begun[-1])
    file = bytearray()
    for place, (kind, _, offset, data) in enumerate(life):
        if kind not in ("write", "truncate"):
            continue
        if place < synced or chance.random() < 0.5:
            change(file, kind, offset, data)
        elif kind == "write" and chance.random() < 0.3:
            change(file, kind, offset, data[: chance.randrange(len(data) // SECTOR + 1) * SECTOR])
    return file


def change(file: bytearray, kind: str, offset: int, data: bytes) -> None:
    if kind == "truncate":
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def acknowledged(events: list[Event]) -> int:
    return max((number for kind, _, number, _ in events if kind == "acknowledge"), default=-1)


@pytest.fixture(
    params=[(False, 0), (True, 0), (True, 1)],
    ids=["closed", "killed", "killed before the first flush"],
)
def recording(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Recording:
    made = Recording()
    monkeypatch.setattr(syncing.os, "fsync", made.sync)
    monkeypatch.setattr(syncing, "_sync_data", made.sync)
    monkeypatch.setattr("unpoison.workers.sqlite_setup.CHECKPOINT_PAGES", 40)
    kills, flushed = request.param
    left = []
    with watched_disk(made) as vfs:
        first = 0
        for life, commits in enumerate(LIVES):
            numbers, first = range(first, first + commits), first + commits
            scenario = RecordedScenario(file_of(tmp_path, life), vfs, made, numbers, flushed)
            asyncio.run(scenario.run())
            if kills and life in KILLED:
                left.append(scenario)
            else:
                scenario.database.close()
            take_over(tmp_path, life)
        events = list(made.events)
        for scenario in left:
            scenario.database.close()
        made.events = events
    return made


def file_of(folder: Path, life: int) -> Path:
    return folder / f"life-{life}" / "a.sqlite"


def take_over(folder: Path, life: int) -> None:
    """Give the next life the files as the system has them: a lock that is left hinders nobody."""
    source, target = file_of(folder, life), file_of(folder, life + 1)
    target.parent.mkdir()
    for each in source.parent.iterdir():
        shutil.copyfile(each, target.with_name(each.name))


def test_the_recording_has_syncs_of_both_threads_and_checkpoints(recording: Recording) -> None:
    kinds = {(kind, name) for kind, name, _, _ in recording.events}
    assert {("begin", ""), ("begin", "-wal"), ("sync", ""), ("sync", "-wal")} <= kinds
    assert ("delete", "-wal") in kinds
    assert acknowledged(recording.events) == 31


@pytest.mark.parametrize("seed", range(2))
def test_no_loss_of_power_takes_what_was_acknowledged(
    tmp_path: Path, recording: Recording, seed: int
) -> None:
    chance = random.Random(seed)
    survived = []
    for loss in range(LOSSES):
        events = recording.events[: chance.randrange(len(recording.events) + 1)]
        path = tmp_path / f"after-{loss}.sqlite"
        for name, content in disk_after(events, chance).items():
            path.with_name(path.name + name).write_bytes(content)
        survived.append(check_file(path, acknowledged(events), LAST))
        for each in tmp_path.glob(f"{path.name}*"):
            each.unlink()
    assert len(set(survived)) > 3
