"""Going through the gates of an object from a task of asyncio."""

from __future__ import annotations

import asyncio

from unpoison.workers.gates import Gate, Lock, OutputGate


async def enter(gate: Gate) -> Lock:
    """Wait until the gate lets this task in, and give the lock, to be released.

    Raises what has broken the gate. A task that is cancelled meanwhile takes no lock away.
    """
    if gate.is_open:  # so it is nearly always: nobody waits then
        return Lock(gate.scope())
    entered: asyncio.Future[Lock] = asyncio.get_running_loop().create_future()

    def opened(lock: Lock) -> None:
        if entered.done():
            lock.release()
        else:
            entered.set_result(lock)

    wait = gate.enter(opened, lambda error: _fail(entered, error))
    try:
        return await entered
    except asyncio.CancelledError:
        wait.cancel()
        if entered.done() and not entered.cancelled() and entered.exception() is None:
            entered.result().release()
        raise


async def leave(gate: OutputGate) -> None:
    """Wait until every commit of before is durable. Raises what has broken the gate."""
    if gate.is_open:
        return
    left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    wait = gate.leave(lambda: _finish(left), lambda error: _fail(left, error))
    try:
        await left
    finally:
        wait.cancel()


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: asyncio.Future[Lock] | asyncio.Future[None], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
