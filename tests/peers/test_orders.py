"""Interleaved promise work happens in the order in which Node does it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.peers import orders
from unpoison import Module, js

RECORDED: dict[str, list[str]] = json.loads(orders.RECORDED.read_text(encoding="utf-8"))
SCRIPTS = orders.scripts()


class Replay:
    """Takes the steps of one script, as orders.mjs does."""

    def __init__(self, module: Module) -> None:
        self.log: list[str] = []
        self.waiting: dict[int, Callable[[object], object]] = {}
        nothing = partial(int, 0)
        self.instance = module.instantiate(
            {
                "answer": self.answer,
                **dict.fromkeys(("thrower", "host", "apply", "apply_mut"), nothing),
            }
        )
        self.realm = self.instance._scheduler.realm
        self.rust: Any = self.instance.exports

    def note(self, promise: js.Promise[Any], name: str) -> None:
        promise.then(lambda value: self.log.append(f"{name} {value}"))

    def answer(self, kind: int) -> object:
        self.log.append(f"answer {kind}")
        return self.chain(kind, kind % 10)

    def chain(self, name: int, length: int) -> js.Promise[Any]:
        promise = js.resolve(self.realm)
        for number in range(length):
            text = f"chain {name} {number}"
            promise = promise.then(lambda _, text=text: self.log.append(text))
        return promise

    def task(self, number: int, turns: int) -> None:
        self.note(self.rust.task(number, turns, 0), "task")

    def yielding(self, number: int, times: int) -> None:
        self.note(self.rust.yielding(number, times), "yielding")

    def spawn(self, turns: int) -> None:
        self.rust.spawn(turns, 0)

    def ask(self, kind: int) -> None:
        self.note(self.rust.ask(kind).then(lambda _: kind), "ask")

    def wait(self, number: int) -> None:
        made = js.with_resolvers(self.realm)
        self.waiting[number] = made.resolve
        self.note(self.rust.wait_for(made.promise), "wait")

    def resolve(self, number: int) -> None:
        self.waiting[number](number)

    def bump(self) -> None:
        self.log.append(f"bump {self.rust.bump()}")

    async def run(self, steps: list[orders.Step]) -> list[str]:
        for kind, *values in steps:
            self.log.append(kind)
            if kind == "turn":
                await asyncio.sleep(0)
            else:
                getattr(self, kind)(*values)
        await asyncio.sleep(0)
        self.log += [f"bump {self.rust.bump()}", f"drops {self.rust.drops()}"]
        return self.log


@pytest.fixture(scope="module")
def module() -> Module:
    return Module.read(orders.MODULE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_order_is_that_of_node(module: Module, name: str) -> None:
    replay = Replay(module)
    try:
        assert asyncio.run(replay.run(SCRIPTS[name])) == RECORDED[name]
    finally:
        replay.instance.close()


def test_the_scripts_have_work_of_every_kind_interleaved() -> None:
    lines = [line for log in RECORDED.values() for line in log]
    for kind in ("task ", "yielding ", "chain ", "ask ", "wait ", "answer ", "bump "):
        assert sum(line.startswith(kind) for line in lines) > 20, kind


@pytest.mark.peers
def test_node_still_does_what_was_recorded() -> None:
    assert orders.record() == RECORDED
