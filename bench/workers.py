"""The shop under load from wrk: beside workerd, and with failures in the middle.

Both servers run the same module, in one process each, and take turns under load.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from bench._load import Load, Request, run_load
from bench._measure import Comparison, Figure, paired
from bench._served import Served, ours, workerd

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 16
WORKERD = "workerd"

SCENES = {
    "hello": Request("/hello/ada"),
    "JSON echo": Request("/json", '{"item":"tea","price":2.5,"count":3}'),
    "KV get": Request("/kv/bench"),
    "object: count and write": Request("/do/bench/inc"),
    "object: SQL insert and count": Request("/do/bench/sql"),
    "stream, 5 chunks with timers": Request("/stream"),
}
WANTED_TIME = {"object: count and write": 1.0}
WANTED_CPU = 1.0  # no more CPU than workerd, on each of these routes

CROWD = 64
FAILURES = 10
CROWD_SECONDS = 4.0
CROWDED = Request("/slow?ms=20")
SHARED_FAILURES = ("panic", "abort")
OUR_FAILURES = (*SHARED_FAILURES, "oom", "recurse", "throw", "loop")


def measure() -> Iterator[Comparison | Figure]:
    """Yield time and CPU time per request beside workerd, then who else fails with a failure."""
    with ours() as mine, workerd() as theirs:
        for server in (mine, theirs):
            _ask(server, "/kv/bench", "PUT", b"a value of some bytes")
        for name, request in SCENES.items():
            yield from _compare(name, request, mine, theirs)
        for kind in SHARED_FAILURES:
            yield from _neighbours(kind, theirs, WORKERD)
        for kind in OUR_FAILURES:
            yield from _neighbours(kind, mine, "")


def _compare(name: str, request: Request, mine: Served, theirs: Served) -> Iterator[Comparison]:
    loads: list[tuple[Load, Load]] = []
    for number in range(ROUNDS):
        sides = [theirs, mine] if number % 2 else [mine, theirs]
        done = [_run(server, request) for server in sides]
        loads.append((done[1], done[0]) if number % 2 else (done[0], done[1]))
    wanted = {"time": WANTED_TIME.get(name), "CPU": WANTED_CPU}
    for what, each in (("time", _time), ("CPU", _cpu)):
        yield paired(
            f"{name}, {what} per request",
            [each(my_load) for my_load, _ in loads],
            [each(their_load) for _, their_load in loads],
            peer_name=WORKERD,
            target=wanted[what],
        )


def _time(load: Load) -> float:
    return load.seconds_each


def _cpu(load: Load) -> float:
    return load.cpu_each


def _run(server: Served, request: Request) -> Load:
    load = run_load(server.url, server.pid, request, connections=CONNECTIONS, seconds=SECONDS)
    assert load.failed == 0, f"{load.failed} of {load.requests} requests failed: {request.path}"
    return load


def _neighbours(kind: str, server: Served, peer: str) -> Iterator[Figure]:
    """How many of the others fail when some requests do, in the middle of load."""
    with _failing(server, f"/{kind}"):
        load = run_load(server.url, server.pid, CROWDED, connections=CROWD, seconds=CROWD_SECONDS)
    where = f" on {peer}" if peer else ""
    yield Figure(
        f"others that fail by {FAILURES} times /{kind}{where}",
        load.failed,
        f"of {load.requests}",
        most=None if peer else 0,
    )


class _failing:  # noqa: N801 - a context manager
    """Asks for a failure again and again while the block runs, spread over the load."""

    def __init__(self, server: Served, path: str) -> None:
        self._thread = threading.Thread(target=self._run, args=(server, path))

    def _run(self, server: Served, path: str) -> None:
        for _ in range(FAILURES):
            time.sleep(CROWD_SECONDS / (FAILURES + 2))
            with suppress(URLError, HTTPException, OSError):
                _ask(server, path)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def _ask(server: Served, path: str, method: str = "GET", body: bytes | None = None) -> None:
    with urlopen(HttpRequest(server.url + path, body, method=method), timeout=10) as answer:
        answer.read()
