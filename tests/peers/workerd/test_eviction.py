"""An object that nobody asks anything is evicted after ten seconds, here and on workerd."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.peers.workerd import record
from tests.peers.workerd.conversation import Server, observe
from tests.peers.workerd.ours import serve_ours
from tests.peers.workerd.process import serve
from tests.peers.workerd.routes import Ask

MEMORY = "/do/evicted/mem"
STEPS = [Ask(MEMORY), Ask(MEMORY, after=7.0), Ask(MEMORY, after=13.0)]


@pytest.mark.peers
@pytest.mark.timeout(120)
def test_it_is_kept_for_seven_seconds_and_gone_after_thirteen() -> None:
    def memory(server: Server) -> list[str]:
        return [step["body"] for step in observe(server, STEPS)]

    with (
        serve(record.SHOP) as workerd,
        serve_ours(record.SHOP, "exclusive") as ours,
        ThreadPoolExecutor() as pool,
    ):
        said = list(pool.map(memory, (record.as_server(workerd), ours)))
    assert said == [["unstored_count: 1", "unstored_count: 2", "unstored_count: 1"]] * 2
