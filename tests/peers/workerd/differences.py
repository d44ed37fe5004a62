"""Where unpoison answers otherwise than workerd, and why.

What unpoison answers in these conversations is pinned here; all others are equal. `docs/workerd.md`
is written from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.peers.workerd.conversation import Observation


@dataclass(frozen=True)
class Difference:
    """One decision: in which conversation, at which steps, what is answered instead.

    `instead` has for the number of a step what differs in its observation. With `exclusive_only`
    the answer in shared isolation is that of workerd.
    """

    conversation: str
    why: str
    instead: Mapping[int, Observation] = field(default_factory=dict)
    exclusive_only: bool = False

    def apply(self, recorded: list[Observation]) -> list[Observation]:
        """What unpoison answers, given what workerd answered."""
        return [{**step, **self.instead.get(n, {})} for n, step in enumerate(recorded)]


PLAIN: list[Any] = [["content-type", "text/plain; charset=utf-8"]]

DIFFERENCES = (
    Difference(
        "url with a fragment",
        "RFC 9112 3.2 has no fragment in a request target, so the request is refused; workerd "
        "cuts it off",
        {0: {"status": 400, "headers": PLAIN, "body": "a request target has no fragment\n"}},
    ),
    Difference(
        "value of more than 2 MiB",
        "the documented limit of SQLite-backed objects holds, as in production; plain workerd has "
        "none of its own",
        {
            0: {
                "status": 500,
                "headers": [],
                "body": "Error: string or blob too big: SQLITE_TOOBIG (a key and its value may "
                "have 2097152 bytes together; these have 5000008)",
            }
        },
    ),
    Difference(
        "sql value of more than 4 MiB",
        "the limit is that of workerd's source of August 2026; the binary's is about 9 MB",
        {0: {"status": 500, "headers": [], "body": "Error: string or blob too big: SQLITE_TOOBIG"}},
    ),
    Difference(
        "abort",
        "an object has an instance of its own, so its memory outlives the worker's abort",
        {3: {"body": "unstored_count: 3"}},
        exclusive_only=True,
    ),
)


def expected(recorded: list[Observation], conversation: str, isolation: str) -> list[Observation]:
    """What unpoison answers in a conversation, given what workerd answered."""
    for difference in DIFFERENCES:
        if difference.conversation == conversation and (
            isolation == "exclusive" or not difference.exclusive_only
        ):
            return difference.apply(recorded)
    return recorded
