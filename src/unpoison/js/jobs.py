"""The job queue of promises: jobs run in order, and only when somebody says so.

There is no clock and no loop here: the runtime decides when `run_jobs` is called, and hears
through `on_ready` that there is something to run. ECMA-262 9.5; HTML 8.1.7.3 (microtasks).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from threading import get_ident
from typing import Protocol

Job = Callable[[], object]


class JobQueue(Protocol):
    """What a promise needs of its host: a place for jobs that run later, in order."""

    def enqueue(self, job: Job) -> None:
        """Take a job that runs after all jobs that were enqueued before it."""


class MicrotaskQueue:
    """A first-in-first-out JobQueue.

    `report` is given each exception that a job raises. `on_ready`, if any, is called for
    each job that does not come from a running job: then `run_jobs` is due. It is told each time,
    for the first job may have come when nobody could run it (no loop). One thread at a time
    may call `run_jobs`; any may enqueue. `due` are the jobs that wait, and `runner` the thread that
    runs jobs, if any; both are to be looked at only.
    """

    def __init__(
        self,
        report: Callable[[Exception], object],
        on_ready: Callable[[], object] | None = None,
    ) -> None:
        self._report = report
        self._on_ready = on_ready
        self.due: deque[Job] = deque()
        self.runner: int | None = None

    def __len__(self) -> int:
        return len(self.due)

    @property
    def running(self) -> bool:
        """Whether jobs are running."""
        return self.runner is not None

    def enqueue(self, job: Job) -> None:
        """Append a job; it never runs inside this call."""
        self.due.append(job)
        if self._on_ready is not None and self.runner != get_ident():
            self._on_ready()

    def run_jobs(self) -> int:
        """Run jobs until none is left, also those enqueued meanwhile; give their number.

        Does nothing when called by a job. A job that raises is reported and does not stop
        the rest; a BaseException that is no Exception (KeyboardInterrupt, cancellation)
        travels out, and the rest stays enqueued.
        """
        if self.runner is not None:
            return 0
        self.runner = get_ident()
        jobs, done = self.due, 0
        try:
            while jobs:
                job = jobs.popleft()
                done += 1
                try:
                    job()
                except Exception as error:  # noqa: BLE001 - a job may raise anything
                    self._report(error)
            return done
        finally:
            self.runner = None
            if self.due:
                self._announce()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that are due, in their order."""
        return tuple(self.due)

    def replace(self, jobs: Iterable[Job]) -> None:
        """Let these be the jobs that are due."""
        self.due.clear()
        self.due.extend(jobs)
        if self.due:
            self._announce()

    def clear(self) -> int:
        """Forget all jobs without running them; give their number."""
        forgotten = len(self.due)
        self.due.clear()
        return forgotten

    def _announce(self) -> None:
        if self._on_ready is not None and self.runner != get_ident():
            self._on_ready()
