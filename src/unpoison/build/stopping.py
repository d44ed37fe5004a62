"""Ends a build that nobody waits for any more, with every compiler that it has started."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from unpoison.errors import ToolError


class Stop:
    """Given to a build, it ends it from another thread; `build` raises ToolError then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self.is_set = False

    def set(self) -> None:
        """End the build; one that has not begun never runs."""
        with self._lock:
            self.is_set = True
            if self._process is not None:
                _terminate(self._process)

    @contextmanager
    def ending(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """End a process, the leader of its group, when the stop is set while the block runs.

        Raises ToolError at the end when it was.
        """
        with self._lock:
            self._process = process
            if self.is_set:
                _terminate(process)
        try:
            yield
        finally:
            with self._lock:
                self._process = None
        if self.is_set:
            raise ToolError("the build was stopped")


def _terminate(process: subprocess.Popen[str]) -> None:
    """End a process with those that it started; cargo alone would leave its compilers running."""
    if os.name != "posix":
        process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
