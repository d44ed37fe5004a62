"""What all objects of one class have in common."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from unpoison.workers.alarm_index import AlarmIndex
from unpoison.workers.client_signals import ClientSignals
from unpoison.workers.clock import Clock
from unpoison.workers.isolation import Isolation
from unpoison.workers.observers import Observer


@dataclass(frozen=True, slots=True)
class Kind:
    """One class of Durable Objects: `folder` has their files, `index` their alarms.

    `cpu` is the seconds of CPU time that an event may take, also in SQL. With `names_errors` an
    error keeps its name on the way to a caller. `signals` is what a request is told of a caller
    that leaves.
    """

    class_name: str
    worker: str
    isolation: Isolation
    clock: Clock
    observer: Observer
    executor: Executor
    folder: Path
    index: AlarmIndex
    uses_sql: bool
    cpu: float | None
    keeps_alarm: bool
    names_errors: bool
    signals: ClientSignals
