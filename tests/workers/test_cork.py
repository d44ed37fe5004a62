"""A cork keeps one write for the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from unpoison.workers.cork import LARGEST_COPY, Cork


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.writes: list[Any] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def writes(act: Callable[[Cork, Transport], None], turns: int = 2) -> list[bytes]:
    async def main() -> list[bytes]:
        transport = Transport()
        act(Cork(transport, asyncio.get_running_loop()), transport)
        for _ in range(turns):
            await asyncio.sleep(0)
        return list(transport.writes)

    return asyncio.run(main())


def steps(*names: str | bytes | None) -> Callable[[Cork, Transport], None]:
    def act(cork: Cork, transport: Transport) -> None:
        for name in names:
            if isinstance(name, bytes):
                cork.write(name)
            elif name is not None:
                getattr(cork, name)()

    return act


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (steps(b"a", b"b"), [b"a", b"b"]),
        (steps("hold", b"head", b"body"), [b"headbody"]),
        (steps("hold", b"head", b""), [b"head"]),
        (steps("hold", b"head", b"body", b"more"), [b"headbody", b"more"]),
        (steps("hold", b"head", b"x" * (LARGEST_COPY + 1)), [b"head", b"x" * (LARGEST_COPY + 1)]),
        (steps("hold", b"one", "hold", b"two", b"body"), [b"one", b"twobody"]),
        (steps("hold", b"head", "close"), [b"head"]),
    ],
)
def test_a_held_write_goes_out_with_the_next(act: Any, expected: list[bytes]) -> None:
    assert writes(act, turns=0) == expected


def test_a_held_write_waits_no_longer_than_a_turn_of_the_loop() -> None:
    assert writes(steps("hold", b"head"), turns=0) == []
    assert writes(steps("hold", b"head"), turns=1) == [b"head"]


def test_a_held_write_is_dropped_when_the_transport_was_lost() -> None:
    def act(cork: Cork, transport: Transport) -> None:
        steps("hold", b"head")(cork, transport)
        transport.closed = True

    assert writes(act) == []
