"""Exclusive isolation: who has an instance for how long, and what a full pool does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests._peers import node26
from tests.glue.bound import run
from tests.glue.test_worker_entry import ABORT_BUILD, abort_among_neighbours
from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.process import serve
from tests.peers.workerd.routes import Ask, asks
from unpoison.glue import PackageOptions, make_javascript_package

pytestmark = pytest.mark.peers

OF_TWO: dict[str, Any] = {
    "a full pool has the next events wait, each for who ends first": [
        [0, 1], [0, 1, 1], [0, 1, 1, 0],
    ],
    "who takes more than ten seconds no longer counts": [
        [0, 1], [0, 1, 2], "the late answer", [0, 1, 2, 1],
    ],
    "an event that fails gives its instance back": [5, [0] * 5],
    "what is waited for keeps the instance": ["answered", [False, True], 2],
    "a failed promise that is waited for gives it back": [False, True],
    "a body of Rust keeps the instance until it is read": [[False, True], "onetwo"],
    "a body of Rust that nobody reads on keeps it no longer": [[False, True], True],
    "another body keeps nothing": [True, True],
    "a socket keeps the instance until its close": [False, True],
    "a socket keeps the instance until its error": [False, True],
    "sockets of an instance that ends are closed, one that was closed is not": [
        0, [[2, 1011, "the instance ended"]],
    ],
    "each object has an instance that no event gets": [[1, 2], [0, 3]],
}  # fmt: skip
"""What is seen with two instances: their numbers as events get them, or whether an event that
comes is served before something is let go, and after it."""


def test_every_case_of_the_pool(tmp_path: Path) -> None:
    options = PackageOptions(isolation="exclusive", instances=2)
    _, files = make_javascript_package(record.SHOP.read_bytes(), "worker", options)
    entry = tmp_path / "index.mjs"
    entry.write_bytes(files["index.js"])
    seen = run(node26(), Path(__file__).with_name("pool.mjs"), entry)
    assert seen == OF_TWO


# --- on workerd ---


@contextmanager
def pool_of(instances: int, module: Path = record.SHOP) -> Iterator[Server]:
    """The shop on workerd, with so many instances for events."""
    with serve(module, ours="exclusive", instances=instances) as workerd:
        yield record.as_server(workerd)


@pytest.fixture(scope="module")
def single() -> Iterator[Server]:
    with pool_of(1) as server:
        yield server


def timed(server: Server, path: str, after: float = 0.0) -> tuple[str, float]:
    """Ask for a path; give the body and after how many seconds it came."""
    time.sleep(after)
    began = time.monotonic()
    [seen] = observe(server, asks(path))
    return seen["body"], time.monotonic() - began


def beside(server: Server, path: str, others: list[str]) -> list[tuple[str, float]]:
    """Ask for a path, and 0.2 s later for others; give the answers of the others."""
    with ThreadPoolExecutor(len(others) + 1) as threads:
        first = threads.submit(timed, server, path)
        time.sleep(0.2)
        answers = list(threads.map(partial(timed, server), others))
        first.result()
    return answers


def test_further_events_wait_for_the_only_instance(single: Server) -> None:
    answers = beside(single, "/slow?ms=1200", ["/hello/a", "/hello/b", "/hello/c"])
    assert [body for body, _ in answers] == ["Hello, a!", "Hello, b!", "Hello, c!"]
    assert all(0.7 < seconds < 3.0 for _, seconds in answers)


def test_a_body_that_is_still_read_keeps_its_instance(single: Server) -> None:
    [(body, seconds)] = beside(single, "/stream?chunks=6&ms=200", ["/hello/a"])
    assert body == "Hello, a!"
    assert 0.7 < seconds < 3.0


def test_a_socket_that_is_open_keeps_its_instance(single: Server) -> None:
    with (
        connect(f"ws://{single.host}:{single.port}/ws") as socket,
        ThreadPoolExecutor(1) as threads,
    ):
        socket.send("one")
        assert socket.recv(10) == "one"
        waits = threads.submit(timed, single, "/hello/a")
        time.sleep(0.7)
        socket.send("two")
        assert (socket.recv(10), waits.done()) == ("two", False)
        socket.close()
        assert waits.result(10)[0] == "Hello, a!"


def test_an_event_of_more_than_ten_seconds_has_another_instance_come(single: Server) -> None:
    [(hits, seconds)] = beside(single, "/slow?ms=12500", ["/hits"])
    assert hits == "1"
    assert 9.5 < seconds < 11.8


@pytest.fixture(scope="module")
def aborting() -> Iterator[Server]:
    """The build whose panics are aborts."""
    with pool_of(8, ABORT_BUILD) as server:
        yield server


@pytest.mark.parametrize("fault", ["/abort", "/panic", "/panic/after", "/throw"])
def test_a_fault_of_the_abort_build_fails_only_its_own_request(
    aborting: Server, fault: str
) -> None:
    seen = abort_among_neighbours(aborting, fault)
    assert (seen.failed, seen.at_once) == (0, False)


def test_an_object_of_the_abort_build_dies_alone(aborting: Server) -> None:
    began = time.monotonic()
    observe(aborting, asks("/do/one/mem", "/do/two/mem"))
    died, one, two = observe(aborting, asks("/do/one/panic", "/do/one/mem", "/do/two/mem"))
    assert time.monotonic() - began < 5.0
    assert died["status"] == 500
    assert (one["body"], two["body"]) == ("unstored_count: 1", "unstored_count: 2")


def test_requests_of_the_abort_build_leave_objects_alone(aborting: Server) -> None:
    observe(aborting, asks("/do/kept/mem"))
    failed, kept = observe(aborting, [Ask("/abort", only_status=True), Ask("/do/kept/mem")])
    assert (failed["status"], kept["body"]) == (500, "unstored_count: 2")
