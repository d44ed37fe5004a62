"""A JavaScript host that runs a script of a folder and posts what it sees: Node, or Chromium.

Both load from a server on the loopback interface and post to it, below a path that nobody guesses.
"""

from __future__ import annotations

import http.server
import os
import queue
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

from unpoison.errors import ToolError

HostKind = Literal["node", "chromium"]
Post = tuple[str, bytes]

_NAMES: Mapping[HostKind, tuple[str, ...]] = {
    "node": ("node", "nodejs"),
    "chromium": (
        "chromium", "chromium-browser", "chromium-headless-shell", "google-chrome", "chrome",
    ),
}  # fmt: skip
_ADVICE: Mapping[HostKind, str] = {
    "node": "install Node 20 or later (https://nodejs.org, Debian: nodejs)",
    "chromium": "install Chromium or Chrome (Debian: chromium)",
}
_VARIABLES: Mapping[HostKind, str] = {"node": "UNPOISON_NODE", "chromium": "UNPOISON_CHROMIUM"}
_POLL_S = 0.05
_LOG_CHARS = 2000


class EndedError(Exception):
    """The program has ended; `code` is its exit status, `log` the end of what it wrote."""

    def __init__(self, code: int, log: str) -> None:
        super().__init__(f"exit status {code}")
        self.code = code
        self.log = log


class LateError(Exception):
    """Nothing was posted for too long."""


def find_host(kind: HostKind, env: Mapping[str, str]) -> str:
    """Give the path of a host's program. Raises ToolError, which says what to install."""
    given = env.get(_VARIABLES[kind])
    for name in (given,) if given else _NAMES[kind]:
        found = shutil.which(name, path=env.get("PATH"))
        if found is not None:
            return found
    what = f"{given}, which {_VARIABLES[kind]} names" if given else f"no {kind} on PATH"
    raise ToolError(f"{what}: not found; {_ADVICE[kind]}, or set {_VARIABLES[kind]}", missing=True)


class Host:
    """A program under way; `next` gives what its script posts, one after the other."""

    def __init__(self, process: subprocess.Popen[bytes], posts: queue.Queue[Post], log: Path):
        self._process = process
        self._posts = posts
        self._log = log

    def next(self, limit: float | None) -> Post:
        """Wait for a post; `limit` is in seconds, None for ever. Raises EndedError, LateError."""
        end = None if limit is None else time.monotonic() + limit
        while True:
            ended = self._process.poll()
            try:
                return self._posts.get(timeout=_POLL_S)
            except queue.Empty:
                if ended is not None:
                    log = self._log.read_text(encoding="utf-8", errors="replace")
                    raise EndedError(ended, log[-_LOG_CHARS:]) from None
                if end is not None and time.monotonic() > end:
                    raise LateError from None


@contextmanager
def running_host(kind: HostKind, program: str, files: Mapping[str, bytes]) -> Iterator[Host]:
    """Run `driver.mjs` of some files in a host, by `index.html` in a browser; end it afterwards."""
    with tempfile.TemporaryDirectory(prefix="unpoison-", ignore_cleanup_errors=True) as name:
        served, own = Path(name, "served"), Path(name, "own")
        served.mkdir()
        own.mkdir()
        for path, content in files.items():
            file = served / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        with serving(served) as (url, posts):
            command = _COMMANDS[kind](program, url, served, own)
            with _started(command, own / "log") as process:
                yield Host(process, posts, own / "log")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, queue.Queue[Post]]]:
    """Serve a folder on the loopback interface, below a path that nobody guesses.

    Gives the URL of the folder, and what is posted to it, by path.
    """
    posts: queue.Queue[Post] = queue.Queue()
    prefix = f"/{secrets.token_urlsafe(16)}/"
    handler = partial(_Handler, posts, prefix, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}", posts
        finally:
            server.shutdown()


@contextmanager
def _started(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        except OSError as error:
            raise ToolError(f"{command[0]} cannot be started: {error}") from error
        with process:
            try:
                yield process
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started, which is of its group."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # It has ended, and so has what it started.
    else:
        process.kill()


def _node(program: str, url: str, served: Path, _own: Path) -> list[str]:
    return [program, str(served / "driver.mjs"), url]


def _chromium(program: str, url: str, _served: Path, own: Path) -> list[str]:
    return chromium_command(program, f"{url}index.html", own / "profile")


def chromium_command(program: str, url: str, profile: Path) -> list[str]:
    """Give the command that opens a page in Chromium without a window."""
    # Chromium's sandbox refuses to start as root; the tests are the user's own code.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    options = ["--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    return [program, *options, *as_root, f"--user-data-dir={profile}", url]


_COMMANDS: Mapping[HostKind, Callable[[str, str, Path, Path], list[str]]] = {
    "node": _node,
    "chromium": _chromium,
}


class _Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - as in the base
        "": "application/octet-stream", ".html": "text/html", ".js": "text/javascript",
        ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm",
    }  # fmt: skip

    def __init__(self, posts: queue.Queue[Post], prefix: str, *rest: Any, **options: Any) -> None:
        self._posts = posts
        self._prefix = prefix
        super().__init__(*rest, **options)

    def send_head(self) -> Any:
        """Begin the answer of a file below the prefix; nothing else is there, no list either."""
        if not self.path.startswith(self._prefix):
            self.send_error(http.HTTPStatus.NOT_FOUND)
            return None
        self.path = self.path.removeprefix(self._prefix[:-1])
        return super().send_head()

    def do_POST(self) -> None:
        """Take a post of the script."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_known = self.path.startswith(self._prefix)
        if is_known:
            self._posts.put((self.path.removeprefix(self._prefix), body))
        self.send_response(204 if is_known else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: stderr is for the report."""
