"""The rows of the recovery matrix: every kind of crossing, with a fault at that very point."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.runtime.faulty import NOTHING, PANIC, THROW, Host
from unpoison import js
from unpoison.runtime.world import make_world

Cross = Callable[[Host, int], object]


@dataclass(frozen=True)
class Crossing:
    """One kind of crossing: `cross(host, kind)` makes the fault there, and gives 0 for none.

    `drops` is how many guards it drops, whatever the fault. `fatal` are faults that end the
    instance though they are no aborts, `kept` those that the caller does not hear of;
    `message` is what a panic says.
    """

    cross: Cross
    drops: int = 1
    fatal: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    message: str = "the fault"
    rejects_by_panic: bool = False


def under_loop(make: Callable[[], Any]) -> object:
    """Await what `make` gives, in a loop of its own."""

    async def main() -> object:
        return await make()

    return asyncio.run(main())


def call(name: str) -> Cross:
    """Call an export with the kind of fault."""
    return lambda host, kind: getattr(host.rust, name)(kind)


# --- values of the host that fault while Rust uses them ---


class Numbers:
    """Numbers that a conversion reads one by one."""

    def __init__(self, host: Host, kind: int) -> None:
        self.host, self.kind = host, kind

    def __iter__(self) -> Iterator[float]:
        yield 0.0
        yield float(self.host.fault(self.kind))


class Cursor:
    """An iterator with a method `next` of its own kind."""

    def __init__(self, host: Host, kind: int) -> None:
        self.host, self.kinds = host, [NOTHING, kind]

    def next(self) -> float | None:
        return float(self.host.fault(self.kinds.pop(0))) if self.kinds else None


def iterable(host: Host, kind: int) -> object:
    """Give what follows JavaScript's iteration protocol."""
    cursor = Cursor(host, kind)

    def step() -> object:
        value = cursor.next()
        return {"done": value is None, "value": value}

    return {js.Symbol.iterator: lambda *_: {"next": lambda *_: step()}}


class Reader:
    """A stream's reader, as far as Rust looks."""

    def __init__(self, host: Host, kind: int) -> None:
        self.cursor = Cursor(host, kind)

    async def read(self) -> object:
        await asyncio.sleep(0)
        value = self.cursor.next()
        return {"done": value is None, "value": value}


def stream_reader(host: Host, kind: int) -> object:
    """Give the reader of a ReadableStream whose source faults when it is pulled."""
    cursor = Cursor(host, kind)
    world = make_world(host.instance._scheduler.realm)

    def pull(controller: object) -> None:
        value = cursor.next()
        if value is None:
            world.call_method(controller, "close")
        else:
            world.call_method(controller, "enqueue", value)

    stream = js.construct(world.global_object["ReadableStream"], {"pull": pull})
    return world.call_method(stream, "getReader")


async def answer(host: Host, kind: int) -> int:
    """Be an async function of the host."""
    await asyncio.sleep(0)
    return host.fault(kind)


def asking(name: str) -> Cross:
    """Call an export that awaits the async import."""

    def cross(host: Host, kind: int) -> object:
        host.answer = lambda number: answer(host, number)
        return under_loop(lambda: getattr(host.rust, name)(kind))

    return cross


def mixed(host: Host, kind: int) -> object:
    """Await a value of the host, after which the task faults."""
    return under_loop(lambda: host.rust.wait_then_fault(answer(host, NOTHING), kind))


# --- objects ---


def armed(use: Callable[[Any, int], object]) -> Cross:
    """Use an object that lives on after the fault."""

    def cross(host: Host, kind: int) -> object:
        value = host.rust.Armed(NOTHING, kind)
        try:
            return use(value, kind)
        finally:
            value.free()

    return cross


def set_value(value: Any, kind: int) -> int:
    value.value = kind
    return NOTHING


def read_field(value: Any, kind: int) -> int:
    value.field.free()
    return NOTHING


def construct(host: Host, kind: int) -> int:
    host.rust.Armed(kind, NOTHING).free()
    return NOTHING


def free_bomb(host: Host, kind: int) -> int:
    host.rust.Bomb(kind).free()
    return NOTHING


def consume_bomb(host: Host, kind: int) -> int:
    host.rust.Bomb(kind).consume()
    return NOTHING


def collect_bomb(host: Host, kind: int) -> int:
    host.rust.Bomb(kind)  # collected at once, which queues its drop
    host.rust.drops()  # an entry, which runs the queue first
    return NOTHING


# --- closures, promises ---


def use_kept(host: Host, kind: int) -> object:
    function = host.rust.kept_closure()
    try:
        return function(kind)
    finally:
        if host.instance.state == "live":
            host.rust.drop_kept()


def lend_mutable(host: Host, kind: int) -> object:
    return host.rust.lend_mut_closure(kind) - 1  # the closure adds the number of its calls


def then_fault(host: Host, kind: int) -> object:
    settled = js.resolve(host.instance._scheduler.realm, 0)
    return host.rust.then_fault(settled, kind).result()


CROSSINGS: dict[str, Crossing] = {
    "argument conversion": Crossing(lambda h, kind: int(h.rust.convert_argument("", kind))),
    "sequence conversion": Crossing(
        lambda h, kind: h.rust.convert_sequence(Numbers(h, kind)), drops=0
    ),
    "result conversion": Crossing(call("convert_result"), fatal=frozenset({PANIC})),
    "import": Crossing(call("call_import")),
    "import with catch": Crossing(call("call_caught")),
    "import whose error Rust swallows": Crossing(
        lambda h, kind: h.rust.swallow(kind) % 1000, kept=frozenset({PANIC, THROW})
    ),
    "owned closure": Crossing(lambda h, kind: h.rust.owned_closure()(kind), drops=2),
    "borrowed closure": Crossing(use_kept, drops=2),
    "once closure": Crossing(lambda h, kind: h.rust.once_closure()(kind), drops=2),
    "immediate closure": Crossing(call("lend_closure")),
    "immediate mutable closure": Crossing(lend_mutable),
    "constructor": Crossing(construct),
    "getter": Crossing(armed(lambda value, kind: value.value), drops=2),
    "setter": Crossing(armed(set_value), drops=2),
    "method": Crossing(armed(lambda value, kind: value.method(kind)), drops=2),
    "consuming method": Crossing(
        lambda h, kind: h.rust.Armed(NOTHING, NOTHING).consume(kind), drops=2
    ),
    "field": Crossing(armed(read_field), drops=2),
    "destructor by free": Crossing(free_bomb, fatal=frozenset({PANIC})),
    "destructor by consumption": Crossing(consume_bomb),
    "destructor by collection": Crossing(
        collect_bomb, fatal=frozenset({PANIC}), kept=frozenset({THROW})
    ),
    "promise callback": Crossing(then_fault),
    "iterator of its own kind": Crossing(lambda h, kind: h.rust.sum_cursor(Cursor(h, kind))),
    "iterator next": Crossing(lambda h, kind: h.rust.sum_iterable(iterable(h, kind))),
    "async export": Crossing(lambda h, kind: h.rust.task(NOTHING, 1, kind).result()),
    "async export under a loop": Crossing(
        lambda h, kind: under_loop(lambda: h.rust.task(NOTHING, 2, kind))
    ),
    "promise argument": Crossing(
        lambda h, kind: under_loop(lambda: h.rust.wait_for(answer(h, kind)))
    ),
    "task after an await": Crossing(mixed),
    "async import": Crossing(asking("ask"), message="uncaught exception", rejects_by_panic=True),
    "async import with catch": Crossing(asking("ask_caught")),
    "stream read": Crossing(
        lambda h, kind: under_loop(lambda: h.rust.sum_stream(stream_reader(h, kind)))
    ),
    "reader of its own kind": Crossing(
        lambda h, kind: under_loop(lambda: h.rust.sum_stream(Reader(h, kind)))
    ),
}
