"""The shop as a panic=abort build fails as on workerd, and never leaves a caller waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.ours import serve_ours
from tests.peers.workerd.process import serve
from tests.peers.workerd.routes import FAILURES, asks

MODULE = record.SHOP.with_name("shop.abort.wasm")

HANGS = {"panic in an object", "panic after a write", "panic in an alarm"}
"""On workerd nobody hears of an object that died: its caller waits for ever, its alarm never comes
again. Facts 3.7."""

SECONDS = 5.0


@pytest.fixture(scope="module")
def ours() -> Iterator[Server]:
    """The shop on unpoison, in one instance with its objects, as on workerd."""
    with serve_ours(MODULE, "shared") as server:
        yield server


@pytest.fixture(scope="module")
def theirs() -> Iterator[Server]:
    """The shop on workerd."""
    with serve(MODULE) as workerd:
        yield record.as_server(workerd)


@pytest.mark.peers
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(FAILURES.keys() - HANGS))
def test_it_fails_as_on_workerd(ours: Server, theirs: Server, name: str) -> None:
    assert observe(ours, FAILURES[name]) == observe(theirs, FAILURES[name])


def test_the_caller_of_an_object_that_panics_is_answered_at_once(ours: Server) -> None:
    began = time.monotonic()
    _, panicked, after = observe(ours, asks("/do/x/mem", "/do/x/panic", "/do/x/mem"))
    assert time.monotonic() - began < SECONDS
    assert (panicked["status"], after["body"]) == (500, "unstored_count: 1")
    assert "Workers runtime canceled" in panicked["body"]


def test_an_alarm_that_panics_is_tried_again(ours: Server) -> None:
    *_, last = observe(ours, FAILURES["panic in an alarm"])
    assert last["body"] == "1 2 false"
