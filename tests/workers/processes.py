"""`unpoison serve` as a process of its own, to be killed at any moment."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "examples" / "shop" / "shop.legacy.wasm"


class ServeProcess:
    """Serves the shop from a state folder on a free port; `url` is where."""

    def __init__(self, state: Path, *options: str) -> None:
        command = [sys.executable, "-m", "unpoison", "serve", str(SHOP), "--port", "0"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--state", str(state), *options],
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stderr is not None
        self.log: IO[str] = self.process.stderr
        self.url = self._wait()

    def _wait(self) -> str:
        lines = []
        for line in self.log:
            lines.append(line)
            found = re.search(r"^shop: (http://\S+)", line)
            if found is not None:
                return found[1]
        raise AssertionError(f"the server did not start:\n{''.join(lines)}")

    def drain(self, wanted: re.Pattern[str]) -> str:
        """Give the first group of what a line of the log has; the rest is read and forgotten, so
        that the server never waits for somebody to read it."""
        found = next(match for line in self.log if (match := wanted.search(line)))
        threading.Thread(target=lambda: [None for _ in self.log], daemon=True).start()
        return found[1]

    def kill(self) -> None:
        """End it at once, as a power loss of this process alone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()
        self.log.close()
