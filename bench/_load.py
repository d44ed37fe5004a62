"""Load from wrk, and what a server spends on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench._measure import MissingPeer

TICKS = os.sysconf("SC_CLK_TCK")
SUMMARY = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m)")
REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
BROKEN = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for over and over; a body is sent as JSON."""

    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run: answered and failed requests, seconds, CPU seconds of the server."""

    requests: int
    failed: int
    seconds: float
    cpu: float

    @property
    def seconds_each(self) -> float:
        """Seconds per request that was answered."""
        return self.seconds / max(1, self.requests)

    @property
    def cpu_each(self) -> float:
        """CPU seconds of the server per request that was answered."""
        return self.cpu / max(1, self.requests)


def run_load(url: str, pid: int, request: Request, *, connections: int, seconds: float) -> Load:
    """Ask a server, whose process has this id, for so long. Raises MissingPeer without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise MissingPeer("wrk")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "request.lua"
        script.write_text(_script(request))
        command = [wrk, "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s"]
        command += ["-s", str(script), url + request.path]
        before = cpu_seconds(pid)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return read_summary(done.stdout, cpu_seconds(pid) - before)


def read_summary(text: str, cpu: float) -> Load:
    """Read what wrk prints at the end of a run."""
    found = SUMMARY.search(text)
    if found is None:
        raise AssertionError(f"wrk said nothing of requests:\n{text}")
    refused, broken = REFUSED.search(text), BROKEN.search(text)
    failed = int(refused[1]) if refused else 0
    failed += sum(map(int, broken.groups())) if broken else 0
    return Load(int(found[1]), failed, float(found[2]) * UNITS[found[3]], cpu)


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has taken, in user and system mode. proc(5), stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _script(request: Request) -> str:
    if not request.body:
        return ""
    return (
        'wrk.method = "POST"\n'
        f"wrk.body = [[{request.body}]]\n"
        'wrk.headers["content-type"] = "application/json"\n'
    )
