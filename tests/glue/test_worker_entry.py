"""The shop as we build it for workerd: it answers like the CLI's build, and dies less widely."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.load import CONNECTIONS, load, measure
from tests.peers.workerd.process import serve
from tests.peers.workerd.routes import CONVERSATIONS, FAILURES, Ask, asks
from unpoison.glue import Isolation

pytestmark = [pytest.mark.peers, pytest.mark.timeout(600)]

RECORDED = record.read()
ABORT_BUILD = record.SHOP.with_name("shop.abort.wasm")
NEIGHBOURS = 6
SLOW = 3.0  # seconds that a neighbour sleeps: far longer than it takes to be told of an abort


@pytest.fixture(scope="module", params=["shared", "exclusive"])
def ours(request: pytest.FixtureRequest) -> Iterator[tuple[Isolation, Server]]:
    """The shop with our bindings, in both ways to isolate."""
    with serve(record.SHOP, ours=request.param) as workerd:
        yield request.param, record.as_server(workerd)


@pytest.fixture(scope="module")
def theirs() -> Iterator[Server]:
    """The shop with the CLI's glue and worker-build's shim."""
    with serve(record.SHOP) as workerd:
        yield record.as_server(workerd)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_it_answers_as_the_clis_build(ours: tuple[Isolation, Server], name: str) -> None:
    isolation, server = ours
    expected = [dict(step) for step in RECORDED[name]]
    if (isolation, name) == ("exclusive", "abort"):
        expected[3]["body"] = "unstored_count: 3"  # The object has an instance of its own.
    assert observe(server, CONVERSATIONS[name]) == expected


@dataclass(frozen=True)
class Seen:
    """What came of the requests that were under way when another one aborted."""

    failed: int
    seconds: float

    @property
    def at_once(self) -> bool:
        """Whether they were answered before they would have been."""
        return self.seconds < SLOW - 1.0


def abort_among_neighbours(server: Server, fault: str = "/abort") -> Seen:
    """Have one request fail while others sleep; what is counted are the others."""

    def ask(path: str, after: float) -> tuple[int, float]:
        began = time.monotonic()
        [seen] = observe(server, [Ask(path, after=after, only_status=True)])
        return seen["status"], time.monotonic() - began

    paths = [f"/slow?ms={SLOW * 1000:.0f}"] * NEIGHBOURS
    with ThreadPoolExecutor(NEIGHBOURS + 1) as threads:
        others = [threads.submit(ask, path, 0.0) for path in paths]
        crash, _ = threads.submit(ask, fault, 0.7).result()
        answers = [other.result() for other in others]
    assert crash == 500
    [after] = observe(server, asks("/hello/again"))
    assert after["status"] == 200
    failed = [status for status, _ in answers if status != 200]
    return Seen(len(failed), max(seconds for _, seconds in answers))


def test_an_abort_fails_only_its_own_request_or_all_at_once(ours: tuple[Isolation, Server]) -> None:
    isolation, server = ours
    seen = abort_among_neighbours(server)
    if isolation == "exclusive":
        assert (seen.failed, seen.at_once) == (0, False)
    else:
        assert (seen.failed, seen.at_once) == (NEIGHBOURS, True)


def test_with_the_clis_build_all_fail_later(theirs: Server) -> None:
    seen = abort_among_neighbours(theirs)
    assert (seen.failed, seen.at_once) == (NEIGHBOURS, False)


def test_aborts_in_a_sustained_load_fail_no_other_or_those_that_are_under_way(
    ours: tuple[Isolation, Server],
) -> None:
    isolation, server = ours
    seen = load(server, 30)
    assert (seen.aborts, seen.others) == (24, 216)
    assert (seen.failed > 0) is (isolation == "shared")
    assert seen.failed < (CONNECTIONS - 1) * seen.aborts  # each at most those beside it


@pytest.mark.slow
def test_a_shared_instance_fails_no_more_under_load_than_the_clis_build() -> None:
    seen = measure(rounds=2)
    assert seen["exclusive"].failed == 0
    assert 0 < seen["shared"].failed < 1.3 * seen["worker-build"].failed  # chance has its part


def test_the_caller_of_an_object_that_traps_is_answered(ours: tuple[Isolation, Server]) -> None:
    _, server = ours
    observe(server, asks("/do/trapped/inc", "/do/trapped/mem"))
    began = time.monotonic()
    trapped, memory, stored = observe(
        server, asks("/do/trapped/abort", "/do/trapped/mem", "/do/trapped/get")
    )
    assert time.monotonic() - began < 5.0
    assert trapped["status"] == 500
    assert (memory["body"], stored["body"]) == ("unstored_count: 1", "1")


def test_with_the_clis_build_the_caller_of_an_object_that_traps_is_not_answered(
    theirs: Server,
) -> None:
    observe(theirs, asks("/do/trapped/inc"))
    connection = HTTPConnection(theirs.host, theirs.port, timeout=2.0)
    with closing(connection), pytest.raises(TimeoutError):
        connection.request("GET", "/do/trapped/abort")
        connection.getresponse()


# --- the build that cannot unwind ---

HANGS = {"panic in an object", "panic after a write", "panic in an alarm"}
"""There nobody hears of an object that died with the CLI's build."""


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[Server, Server]]:
    """The panic=abort build with our bindings, and with the CLI's."""
    with serve(ABORT_BUILD, ours="shared") as one, serve(ABORT_BUILD) as other:
        yield record.as_server(one), record.as_server(other)


@pytest.mark.parametrize("name", sorted(FAILURES.keys() - HANGS))
def test_the_abort_build_fails_as_the_clis(both: tuple[Server, Server], name: str) -> None:
    ours, theirs = both
    assert observe(ours, FAILURES[name]) == observe(theirs, FAILURES[name])


def test_an_object_that_panics_in_the_abort_build_is_made_anew(both: tuple[Server, Server]) -> None:
    began = time.monotonic()
    _, panicked, after = observe(both[0], asks("/do/x/mem", "/do/x/panic", "/do/x/mem"))
    assert time.monotonic() - began < 5.0
    assert (panicked["status"], after["body"]) == (500, "unstored_count: 1")


# --- sockets ---


def test_with_the_clis_build_a_socket_hears_nothing(theirs: Server) -> None:
    with connect(f"ws://{theirs.host}:{theirs.port}/ws", close_timeout=0.1) as socket:
        socket.send("abort")
        with pytest.raises(TimeoutError):
            socket.recv(2)


@pytest.mark.parametrize("fault", ["in the socket", "in another request"])
def test_who_has_a_socket_of_an_instance_that_died_is_told(
    ours: tuple[Isolation, Server], fault: str
) -> None:
    isolation, server = ours
    with connect(f"ws://{server.host}:{server.port}/ws", close_timeout=5) as socket:
        socket.send("one")
        assert socket.recv(10) == "one"
        if fault == "in the socket":
            socket.send("abort")
        else:
            observe(server, asks("/abort"))
        if (isolation, fault) == ("exclusive", "in another request"):
            socket.send("two")
            assert socket.recv(10) == "two"
        else:
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(10)
            assert (closed.value.rcvd and closed.value.rcvd.code) == 1011
    [after] = observe(server, asks("/hello/again"))
    assert after["status"] == 200
