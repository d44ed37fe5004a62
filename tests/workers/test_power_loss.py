"""Loss of power at any moment: what was acknowledged is there, and each commit is whole.

A run of an object is recorded: every change of its files, when each sync began and ended, and
what was acknowledged. Then the power is cut at places chosen by chance: what was synced is on the
disk; of what was written later any part is, a sector may even be half old.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.workers.faulty_disk import Event, watched_disk
from tests.workers.test_disk_faults import Scenario, check_file
from unpoison.workers import syncing

SECTOR = 512
LOSSES = 150


class Recording:
    """The events of a run in order, of both threads."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def sync(self, descriptor: int) -> None:
        """Be fsync: of the database, its log or a folder."""
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if name.startswith("a.sqlite"):
            suffix = name.removeprefix("a.sqlite")
            place = len(self.events)
            self.events.append(("begin", suffix, 0, b""))
            self.events.append(("end", suffix, place, b""))

    def acknowledge(self, number: int) -> None:
        self.events.append(("acknowledge", "", number, b""))


class RecordedScenario(Scenario):
    """Commits with flushes now and then, and checkpoints between."""

    def __init__(self, path: Path, vfs: str, recording: Recording) -> None:
        super().__init__(path, vfs)
        self.recording = recording

    async def run(self) -> None:
        waiting = []
        for number in range(60):
            self.write(number)
            self.database.commit()
            if number % 7 == 3:
                waiting.append(asyncio.ensure_future(self.flush(number)))
            await asyncio.sleep(0.001 if number % 5 == 0 else 0)
        await asyncio.gather(*waiting)

    async def flush(self, number: int) -> None:
        await self.database.flush()
        self.recording.acknowledge(number)


def disk_after(events: list[Event], chance: random.Random) -> dict[str, bytearray]:
    """Give the files as they are when the power goes after the events."""
    synced = {"": 0, "-wal": 0}
    for place, (kind, name, offset, _) in enumerate(events):
        if kind == "sync" and place + 1 < len(events):
            synced[name] = place
        elif kind == "end":
            synced[name] = offset
    files = {name: bytearray() for name in synced}
    for place, (kind, name, offset, data) in enumerate(events):
        if name not in files or kind not in ("write", "truncate"):
            continue
        if place < synced[name] or chance.random() < 0.5:
            change(files[name], kind, offset, data)
        elif kind == "write" and chance.random() < 0.3:
            cut = chance.randrange(len(data) // SECTOR + 1) * SECTOR
            change(files[name], kind, offset, data[:cut])
    return files


def change(file: bytearray, kind: str, offset: int, data: bytes) -> None:
    if kind == "truncate":
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def acknowledged(events: list[Event]) -> int:
    return max((number for kind, _, number, _ in events if kind == "acknowledge"), default=-1)


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    made = Recording()
    monkeypatch.setattr(syncing.os, "fsync", made.sync)
    monkeypatch.setattr(syncing, "_sync_data", made.sync)
    monkeypatch.setattr("unpoison.workers.sqlite_setup.CHECKPOINT_PAGES", 40)
    with watched_disk(made) as vfs:
        scenario = RecordedScenario(tmp_path / "run" / "a.sqlite", vfs, made)
        asyncio.run(scenario.run())
        events = list(made.events)
        scenario.database.close()
    made.events = events
    return made


def test_the_recording_has_syncs_of_both_threads_and_checkpoints(recording: Recording) -> None:
    kinds = {(kind, name) for kind, name, _, _ in recording.events}
    assert {("begin", ""), ("begin", "-wal"), ("sync", ""), ("sync", "-wal")} <= kinds
    assert acknowledged(recording.events) == 59


@pytest.mark.parametrize("seed", range(3))
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
        survived.append(check_file(path, acknowledged(events), 59))
        for each in tmp_path.glob(f"{path.name}*"):
            each.unlink()
    assert len(set(survived)) > 3
