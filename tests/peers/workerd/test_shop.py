"""unpoison answers what workerd answered to the same questions, or what `differences` says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.differences import DIFFERENCES, Difference, expected
from tests.peers.workerd.ours import serve_ours
from tests.peers.workerd.routes import CONVERSATIONS

RECORDED = record.read()


@pytest.fixture(scope="module", params=["exclusive", "shared"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    """The shop on unpoison, in both ways to isolate."""
    with serve_ours(record.SHOP, request.param) as server:
        yield request.param, server


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_shop_answers_as_on_workerd(served: tuple[str, Server], name: str) -> None:
    isolation, server = served
    assert observe(server, CONVERSATIONS[name]) == expected(RECORDED[name], name, isolation)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.conversation)
def test_a_difference_is_one(difference: Difference) -> None:
    assert difference.apply(RECORDED[difference.conversation]) != RECORDED[difference.conversation]
