"""`unpoison serve` and `unpoison dev` as processes of their own, on free ports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SECONDS = 90.0
"""How long anything may take; a busy machine compiles the shop in some seconds."""


class Serving:
    """A process that serves, the lines that it has written, and a client of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, pattern: str, after: int = 0, seconds: float = SECONDS) -> re.Match[str]:
        """Wait for a line in which the pattern is found; `after` so many lines."""
        deadline = time.monotonic() + seconds
        with self._came:
            while True:
                for line in self.lines[after:]:
                    if found := re.search(pattern, line):
                        return found
                left = deadline - time.monotonic()
                assert left > 0, f"no line with {pattern!r} in:\n{self.text}"
                assert self._reader.is_alive(), f"ended without {pattern!r}:\n{self.text}"
                self._came.wait(min(left, 1.0))

    @property
    def text(self) -> str:
        """Everything that it has written."""
        return "\n".join(self.lines)

    def url(self, name: str) -> str:
        """The address of its port for clients, or that of its `status` port."""
        return self.wait_for(rf"^{name}.*: (http://\S+)$")[1]

    def get(self, path: str, name: str = "shop") -> tuple[int, str]:
        """Give the status and the text of an answer."""
        try:
            with urllib.request.urlopen(self.url(name) + path, timeout=SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self) -> int:
        """End it as a process manager does and give its exit code."""
        self.process.terminate()
        code = self.process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._came:
                self.lines.append(line.rstrip("\n"))
                self._came.notify_all()


@contextmanager
def serving(*args: object, env: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """Run `unpoison ARGS` on free ports; kill it at the end if it still runs."""
    command = [sys.executable, "-m", "unpoison", *map(str, args), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


def write_worker(folder: Path, module: Path, extra: str = "", name: str = "shop") -> Path:
    """Make a folder with a configuration and a module; give the module's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wrangler.toml").write_text(configuration(extra, name))
    copy = folder / f"{name}.wasm"
    copy.write_bytes(module.read_bytes())
    return copy


def configuration(extra: str = "", name: str = "shop") -> str:
    """A configuration of the shop with what the tests ask for."""
    return f"""\
name = "{name}"
compatibility_date = "2026-01-01"
{extra}
[[durable_objects.bindings]]
name = "COUNTER"
class_name = "Counter"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Counter"]
"""
