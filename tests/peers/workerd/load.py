"""A sustained load on the shop with aborts in it: how many of the other requests fail.

`python -m tests.peers.workerd.load` measures each build and writes `load.json`, which the table in
docs/javascript.md is of.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, astuple, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.peers.workerd import record
from tests.peers.workerd.conversation import SECONDS, Server
from tests.peers.workerd.process import serve
from unpoison.glue import Isolation

RECORDED = Path(__file__).with_name("load.json")
CONNECTIONS = 8
ABORT_EVERY = 10  # of the requests of a connection; connections abort in turn
ABORTS = ("/abort", "/abort/after?ms=10")
OTHERS = ("/slow?ms=25", "/hello/ada", "/stream?chunks=3&ms=5", "/do/load-{connection}/inc")
COUNTED = 100  # requests of each connection in a round, for the record
ROUNDS = 3
BUILDS: dict[str, Isolation | None] = {
    "worker-build": None, "shared": "shared", "exclusive": "exclusive",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a load: aborts that were asked for, others, how many of the others failed."""

    aborts: int
    others: int
    failed: int
    seconds: float


@dataclass(slots=True)
class _Connection:
    """One client, which asks for one thing after the other; `answers` are those at rest."""

    server: Server
    number: int
    answers: dict[str, bytes]

    def ask(self, http: HTTPConnection, path: str) -> bytes | None:
        """Give the body of a good answer."""
        try:
            http.request("GET", path.format(connection=self.number))
            answer = http.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            http.close()
            return None
        return body if answer.status == 200 else None

    def run(self, count: int) -> list[bool]:
        """Ask so often; give of each request that was no abort whether it failed."""
        http = HTTPConnection(self.server.host, self.server.port, timeout=SECONDS)
        failed = []
        for turn in range(count):
            if (turn + self.number) % ABORT_EVERY == ABORT_EVERY - 1:
                assert self.ask(http, ABORTS[turn // ABORT_EVERY % len(ABORTS)]) is None
                continue
            path = OTHERS[(turn + self.number) % len(OTHERS)]
            body = self.ask(http, path)
            failed.append(body is None or body != self.answers.get(path, body))
        http.close()
        return failed


def load(server: Server, count: int, connections: int = CONNECTIONS) -> Outcome:
    """Ask for `count` things on each connection; each of ABORT_EVERY is an abort."""
    http = HTTPConnection(server.host, server.port, timeout=SECONDS)
    first = _Connection(server, 0, {})
    answers = {path: first.ask(http, path) for path in OTHERS[:3]}
    http.close()
    known = {path: body for path, body in answers.items() if body is not None}
    assert known.keys() == answers.keys()
    clients = [_Connection(server, number, known) for number in range(connections)]
    began = time.monotonic()
    with ThreadPoolExecutor(connections) as threads:
        done = list(threads.map(lambda client: client.run(count), clients))
    seconds = time.monotonic() - began
    others = sum(map(len, done))
    return Outcome(connections * count - others, others, sum(map(sum, done)), seconds)


def measure(count: int = COUNTED, rounds: int = ROUNDS) -> dict[str, Outcome]:
    """Serve each build of the shop on workerd, and load them in turn; give the sums."""
    with ExitStack() as stack:
        servers = {
            build: record.as_server(stack.enter_context(serve(record.SHOP, ours=isolation)))
            for build, isolation in BUILDS.items()
        }
        seen = [(build, load(servers[build], count)) for _ in range(rounds) for build in BUILDS]
    return {name: sum_of([one for build, one in seen if build == name]) for name in BUILDS}


def sum_of(outcomes: list[Outcome]) -> Outcome:
    """Give what came of several loads together."""
    columns = zip(*map(astuple, outcomes), strict=True)
    return Outcome(*map(sum, columns))


if __name__ == "__main__":
    measured = {build: asdict(outcome) for build, outcome in measure().items()}
    RECORDED.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
