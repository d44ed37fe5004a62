"""Keeps the workers of a host up to date with the files that they are made from.

What is built and read happens in a thread, while the workers of before go on serving; they are
replaced only by what could be read and fits together.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from unpoison.build import Stop
from unpoison.errors import ToolError, UnpoisonError
from unpoison.workers.blueprints import Blueprint, read_blueprint
from unpoison.workers.hosting import Host
from unpoison.workers.watching import Watcher, watch_of
from unpoison.workers.worker import Worker

log = logging.getLogger("unpoison.workers")


Make = Callable[[Sequence[Blueprint]], Sequence[Worker]]
"""Makes workers that have not started. Raises ConfigError."""


class Report(Protocol):
    """Tells a developer; may be called from another thread."""

    @property
    def step(self) -> Callable[[str], None]:
        """Tells what goes on."""

    def built(self, line: str) -> None:
        """Tell a line of the compiler."""

    def failed(self, error: Exception) -> None:
        """Tell why there is nothing new; the compiler's errors are in it."""


class Reloader:
    """Builds and replaces the workers of a host from `targets`, the one for clients first."""

    def __init__(
        self,
        hosted: Host,
        targets: Sequence[Path],
        environment: str | None,
        make: Make,
        report: Report,
    ) -> None:
        self._hosted = hosted
        self._targets = targets
        self._environment = environment
        self._make = make
        self._report = report
        self._watcher = Watcher()

    async def begin(self) -> None:
        """Make the first workers. A crate that does not compile is told, and waited for.

        Raises ConfigError, OSError, ToolError for a tool that is missing, and what is wrong with
        a module: what no change of a source repairs.
        """
        await self._watcher.follow(watch_of(self._targets, self._environment))
        try:
            await self._make_new()
        except ToolError as error:
            if error.missing:
                raise
            self._failed(error)

    async def run(self) -> None:
        """Make new workers after each change, until this is cancelled."""
        try:
            while True:
                await self._watcher.changed.wait()
                self._report.step("Reloading...")
                try:
                    await self._make_new()
                except (UnpoisonError, OSError) as error:
                    self._failed(error)
        except Exception:
            log.exception("changes are not followed any more")
            raise
        finally:
            self._watcher.stop()

    async def _make_new(self) -> None:
        """Make what the files say now; when they change meanwhile, make that."""
        begin = time.perf_counter()
        while True:
            self._watcher.changed.clear()
            await self._watcher.follow(watch_of(self._targets, self._environment))
            blueprints = await self._read()
            if blueprints is not None:
                break
        await self._hosted.replace(self._make(blueprints))
        self._report.step(f"ready in {time.perf_counter() - begin:.1f} s")

    def _failed(self, error: Exception) -> None:
        self._report.failed(error)
        if self._hosted.worker is None:
            self._hosted.absence = f"there is no worker: {error}"
            self._report.step("there is no worker; waiting for a change")
        else:
            self._report.step("the worker of before goes on; waiting for a change")

    async def _read(self) -> list[Blueprint] | None:
        """Build and read everything in a thread; None when a change made it useless."""
        stop = Stop()
        reading = asyncio.ensure_future(asyncio.to_thread(self._read_all, stop))
        changed = asyncio.ensure_future(self._watcher.changed.wait())
        try:
            await asyncio.wait({reading, changed}, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                self._report.step("changed again; building anew")
                stop.set()
                await asyncio.gather(reading, return_exceptions=True)
                return None
            return reading.result()
        finally:
            stop.set()
            changed.cancel()

    def _read_all(self, stop: Stop) -> list[Blueprint]:
        return [
            read_blueprint(target, self._environment, progress=self._report.built, stop=stop)
            for target in self._targets
        ]
