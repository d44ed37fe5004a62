"""The shop behind HTTP, served by unpoison and by workerd, each in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench._measure import TOOLS, MissingPeer
from tests.peers.workerd.process import serve as serve_workerd

SHOP = Path(__file__).parent.parent / "examples" / "shop" / "shop.legacy.wasm"
ADDRESS = re.compile(r"shop: (http://\S+)")
SECONDS_TO_STOP = 15


@dataclass(frozen=True, slots=True)
class Served:
    """A server: its address without a path, and the id of its process."""

    url: str
    pid: int


@contextmanager
def ours(*options: str) -> Iterator[Served]:
    """Serve the shop with `unpoison serve`, on a free port."""
    with tempfile.TemporaryDirectory() as state:
        command = [sys.executable, "-m", "unpoison", "serve", str(SHOP), "--port", "0"]
        command += ["--host", "127.0.0.1", "--state", state, "--grace", "2", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as process:  # fmt: skip
            assert process.stdout is not None
            try:
                yield Served(_address(process.stdout), process.pid)
            finally:
                process.terminate()
                try:
                    process.wait(SECONDS_TO_STOP)
                except subprocess.TimeoutExpired:
                    process.kill()


def _address(lines: Iterable[str]) -> str:
    """Read what the server says until its address; afterwards somebody must go on reading."""
    said = []
    for line in lines:
        said.append(line)
        found = ADDRESS.search(line)
        if found:
            threading.Thread(target=lambda: [None for _ in lines], daemon=True).start()
            return found[1]
    raise AssertionError("unpoison serve did not start:\n" + "".join(said))


@contextmanager
def workerd() -> Iterator[Served]:
    """Serve the shop with workerd. Raises MissingPeer."""
    for name, place in (("workerd", "node_modules/.bin/workerd"),
                        ("the wasm-bindgen CLI", "bin/wasm-bindgen")):  # fmt: skip
        if not (TOOLS / place).exists():
            raise MissingPeer(name)
    with serve_workerd(SHOP) as process:
        yield Served(f"http://127.0.0.1:{process.port}", process.process.pid)
