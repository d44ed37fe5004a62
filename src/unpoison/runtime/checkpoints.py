"""A state of an instance to go back to, or to go on from elsewhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from unpoison.errors import SnapshotError
from unpoison.runtime.journal import Journal
from unpoison.runtime.snapshots import Snapshot, runs_of, write_snapshot


class Checkpoint:
    """What an idle guest is at one moment: `instance.checkpoint()` gives it.

    `instance.restore(checkpoint)` goes back to it, any number of times. `save` writes what
    `Module.resume` goes on from. It holds a copy of the guest's memory.
    """

    __slots__ = ("__weakref__", "_free", "_is_all", "_is_idle", "_mailbox", "_module", "_values",
                 "around", "data", "is_gone", "journal")  # fmt: skip

    def __init__(
        self,
        data: bytes,
        table: tuple[list[Any], list[int]],
        around: object,
        *,
        module: str,
        mailbox: int,
        is_idle: bool,
        is_all: bool,
    ) -> None:
        self.data = data
        self.around = around
        self.journal = Journal()
        self.is_gone = False
        self._values, self._free = table
        self._module = module
        self._mailbox = mailbox
        self._is_idle = is_idle
        self._is_all = is_all  # whether code changes nothing beside the memory

    def snapshot(self) -> Snapshot:
        """Give what can travel.

        Raises SnapshotError when a job, timer or awaitable was outstanding, and for a module whose
        code changes globals or tables.
        """
        if not self._is_all:
            raise SnapshotError(
                "code of the module changes globals or tables beside its memory, and they do not "
                "travel in a snapshot; the instance itself can go back to the checkpoint"
            )
        if not self._is_idle:
            raise SnapshotError(
                "a job, timer or awaitable of the instance was outstanding at the checkpoint, and "
                "cannot travel; make it when instance.is_idle"
            )
        return Snapshot(
            self._module,
            self._mailbox,
            len(self.data) >> 16,
            tuple(runs_of(self.data)),
            tuple(self._values),
            tuple(self._free),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file: all of it, or nothing.

        Raises SnapshotError for host objects that the guest holds, for jobs, timers and awaitables
        that were outstanding, and for code that changes globals or tables; OSError.
        """
        target = Path(path)
        data = write_snapshot(self.snapshot())
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink()
            raise

    def __repr__(self) -> str:
        state = "gone" if self.is_gone else f"{len(self.data)} bytes of memory"
        return f"<unpoison.Checkpoint, {state}>"
