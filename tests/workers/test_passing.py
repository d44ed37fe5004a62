"""Going through the gates from tasks, which may be cancelled at any time."""

from __future__ import annotations

import asyncio

import pytest

from unpoison.workers.gates import InputGate, OutputGate
from unpoison.workers.passing import enter, leave


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def test_tasks_come_in_one_at_a_time_in_their_order() -> None:
    gate = InputGate()
    log: list[str] = []

    async def visit(name: str) -> None:
        lock = await enter(gate)
        log.append(f"{name} in")
        await asyncio.sleep(0)
        log.append(f"{name} out")
        lock.release()

    async def main() -> None:
        await asyncio.gather(visit("a"), visit("b"), visit("c"))

    asyncio.run(main())
    assert log == ["a in", "a out", "b in", "b out", "c in", "c out"]


@pytest.mark.parametrize("late", [False, True], ids=["waiting", "let in, not yet awake"])
def test_a_cancelled_task_takes_no_lock_away(late: bool) -> None:
    gate = InputGate()

    async def main() -> None:
        lock = await enter(gate)
        task = asyncio.create_task(enter(gate))
        await settle()
        if late:
            lock.release()
        task.cancel()
        lock.release()
        await settle()
        assert task.cancelled()
        assert gate.is_open

    asyncio.run(main())


def test_what_broke_the_input_gate_is_raised_in_every_task() -> None:
    gate = InputGate()
    cause = KeyError("why")

    async def main() -> None:
        await enter(gate)
        tasks = [asyncio.create_task(enter(gate)) for _ in range(2)]
        await settle()
        gate.break_with(cause)
        assert await asyncio.gather(*tasks, return_exceptions=True) == [cause, cause]
        with pytest.raises(KeyError):
            await enter(gate)

    asyncio.run(main())


def test_a_task_leaves_when_what_it_wrote_is_durable() -> None:
    gate = OutputGate()

    async def main() -> None:
        await leave(gate)
        gate.commit()
        task, cancelled = (asyncio.create_task(leave(gate)) for _ in range(2))
        await settle()
        assert not task.done()
        cancelled.cancel()
        gate.confirm(1)
        await task
        assert gate.is_open

    asyncio.run(main())


def test_what_broke_the_output_gate_is_raised() -> None:
    gate = OutputGate()

    async def main() -> None:
        gate.commit()
        task = asyncio.create_task(leave(gate))
        await settle()
        gate.break_with(OSError("no space left"))
        with pytest.raises(OSError, match="no space"):
            await task
        with pytest.raises(OSError, match="no space"):
            await leave(gate)

    asyncio.run(main())
