"""The shop on workerd still answers what was recorded of it, and the record is complete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.process import serve
from tests.peers.workerd.routes import CONVERSATIONS

RECORDED = record.read()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The shop on workerd."""
    with serve(record.SHOP) as workerd:
        yield record.as_server(workerd)


def test_every_conversation_is_recorded_with_every_step() -> None:
    recorded = {name: len(steps) for name, steps in RECORDED.items()}
    assert recorded == {name: len(steps) for name, steps in CONVERSATIONS.items()}


@pytest.mark.peers
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_workerd_answers_as_recorded(server: Server, name: str) -> None:
    assert observe(server, CONVERSATIONS[name]) == RECORDED[name]
