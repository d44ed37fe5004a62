"""Generators and iterators of the host in a guest's hands, and a guest's in Python's."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.js.script import World
from unpoison import js


def numbers(log: list[str]) -> Iterator[object]:
    try:
        received = yield 1
        log.append(f"received {received}")
        yield 2
    except ValueError as error:
        log.append(f"caught {error}")
        yield 3
    finally:
        log.append("closed")
    return "end"


def test_a_generator_is_resumed_by_a_guest() -> None:
    log: list[str] = []
    world = World(host=numbers(log))
    assert world.outcome("[host.next(9), host.next('in'), host.next(), host.next()]") == (
        '[{value:1,done:false},{value:2,done:false},{value:"end",done:true},'
        "{value:undefined,done:true}]"
    )
    assert log == ["received in", "closed"]


def test_a_generator_is_ended_by_a_guest() -> None:
    log: list[str] = []
    world = World(host=numbers(log))
    assert world.outcome("[host.next(), host.return(5), host.next()]") == (
        "[{value:1,done:false},{value:5,done:true},{value:undefined,done:true}]"
    )
    assert log == ["closed"]


def test_an_error_is_thrown_into_a_generator() -> None:
    log: list[str] = []
    error = ValueError("mine")
    world = World(host=numbers(log), error=error)
    assert world.outcome("[host.next(), host.throw(error)]") == (
        "[{value:1,done:false},{value:3,done:false}]"
    )
    assert log == ["caught mine"]


def test_an_exception_of_a_generator_passes() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise KeyError("k")

    with pytest.raises(KeyError):
        World(host=broken()).run("[...host]")


def test_a_generator_that_runs_is_not_resumed() -> None:
    world = World()

    def again() -> Iterator[object]:
        yield world.run("host.next()")

    world.realm.global_object["host"] = again()
    assert world.outcome("host.next()") == "throws TypeError: Generator is already running"


@pytest.mark.parametrize(
    "host", [range(3), collections.deque([0, 1, 2]), {0: "", 1: "", 2: ""}.keys()]
)
def test_iterables_of_the_host_are_iterable(host: object) -> None:
    world = World(host=host)
    assert world.run("[...host]") == [0, 1, 2]
    assert world.run("Array.from(host, x => x + 1)") == [1, 2, 3]
    assert world.run("new Set(host).size") == 3


def test_iterators_of_the_host_are_iterators() -> None:
    world = World(host=iter([1, 2, 3]), lines=map(str, [1, 2]))
    assert world.outcome("[host.next(), host instanceof Iterator, [...host]]") == (
        "[{value:1,done:false},true,[2,3]]"
    )
    assert world.run("lines.map(x => x + '!').toArray()") == ["1!", "2!"]


def test_a_mapping_is_an_object_and_not_iterable() -> None:
    assert World(host={"a": 1}).outcome("[...host]").startswith("throws TypeError: object is not")


def test_a_file_that_a_loop_leaves_early_stays_open(tmp_path) -> None:
    path = tmp_path / "lines"
    path.write_text("a\nb\n")
    with path.open() as lines:
        world = World(lines=lines)
        assert world.run("for (const line of lines) { return line; }") == "a\n"
        assert world.run("const [first] = lines; return first;") == "b\n"


def test_iterators_of_a_guest_are_walked_by_python() -> None:
    world = World()
    walked = world.run("[1, 2].values()")
    assert list(walked) == [1, 2]
    assert list(world.run("new Map([['a', 1]])").entries()) == [["a", 1]]
    helper = world.run("[1, 2, 3].values().filter(x => x !== 2)")
    assert [value for value in helper] == [1, 3]  # noqa: C416 - the loop is what is tested
    custom = world.run(
        "const o = {n: 0, next() { o.n += 1; return {value: o.n, done: o.n > 2}; },"
        " [Symbol.iterator]() { return o; }}; return o;"
    )
    assert list(js.iterate(custom)) == [1, 2]


def test_a_walk_that_python_leaves_ends_the_iterator() -> None:
    world = World()
    custom = world.run(
        "const o = {log: [], next() { return {value: 1, done: false}; },"
        " return() { o.log.push('closed'); return {}; }, [Symbol.iterator]() { return o; }};"
        " return o;"
    )
    for _ in js.iterate(custom):
        break
    assert custom["log"] == ["closed"]


async def ticks(log: list[str]) -> AsyncIterator[object]:
    try:
        received = yield 1
        log.append(f"received {received}")
        yield 2
    except ValueError as error:
        log.append(f"caught {error}")
    finally:
        log.append("closed")


def test_an_async_generator_of_the_host() -> None:
    log: list[str] = []
    world = World(host=ticks(log))
    text = "(async () => [await host.next(9), await host.next('in'), await host.next()])()"
    assert world.outcome(text) == (
        "[{value:1,done:false},{value:2,done:false},{value:undefined,done:true}]"
    )
    assert log == ["received in", "closed"]


def test_requests_to_an_async_generator_are_answered_in_order() -> None:
    world = World(host=ticks([]))
    text = (
        "(async () => { const all = [host.next(), host.next('in'), host.return(7), host.next()];"
        " return await Promise.all(all); })()"
    )
    assert world.outcome(text) == (
        "[{value:1,done:false},{value:2,done:false},{value:7,done:true},"
        "{value:undefined,done:true}]"
    )


def test_an_error_is_thrown_into_an_async_generator() -> None:
    log: list[str] = []
    world = World(host=ticks(log), error=ValueError("mine"))
    text = "(async () => [await host.next(), await host.throw(error), await host.next()])()"
    assert world.outcome(text) == (
        "[{value:1,done:false},{value:undefined,done:true},{value:undefined,done:true}]"
    )
    assert log == ["caught mine", "closed"]


def test_an_async_iterable_of_the_host() -> None:
    class Ticks:
        """Has `__aiter__` only."""

        def __aiter__(self) -> AsyncIterator[object]:
            return ticks([])

    world = World(host=Ticks(), generator=ticks([]))
    assert world.run("(async () => await Array.fromAsync(host))()") == [1, 2]
    assert world.run("(async () => await Array.fromAsync(generator, x => x * 2))()") == [2, 4]


def test_what_waits_needs_an_event_loop() -> None:
    async def waiting() -> AsyncIterator[int]:
        await asyncio.sleep(0)
        yield 1

    outcome = World(host=waiting()).outcome("(async () => await host.next())()")
    assert outcome.startswith("throws TypeError: an async iterator of the host waits")


def test_an_async_iterator_of_a_guest_is_walked_by_python() -> None:
    world = World()
    custom = world.run(
        "const o = {n: 0, async next() { o.n += 1; return {value: o.n, done: o.n > 2}; },"
        " [Symbol.asyncIterator]() { return o; }}; return o;"
    )

    async def collect(value: object) -> list[object]:
        found = []
        async for each in js.iterate_async(value):
            found.append(each)
        return found

    assert drive(world, collect(custom)) == [1, 2]
    assert drive(world, collect([world.evaluate("Promise.resolve(5)"), 6])) == [5, 6]
    with pytest.raises(js.TypeError):
        drive(world, collect(5))


def drive(world: World, coroutine) -> object:
    """Run a coroutine that waits only for promises of a queue."""

    class Waiter:
        """Settles a promise by running the queue."""

        def settle(self, promise: js.Promise) -> None:
            world.queue.run_jobs()

        def wait(self, promise: js.Promise) -> Iterator[None]:
            self.settle(promise)
            yield from ()

        def adopt(self, value: object) -> None:
            return None

    object.__setattr__(world.realm.promises, "waiter", Waiter())
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    finally:
        object.__setattr__(world.realm.promises, "waiter", None)
    raise AssertionError("it waits")


def test_a_method_that_needs_a_realm_says_so() -> None:
    with pytest.raises(js.TypeError, match="belongs to a realm"):
        js.call_method(ticks([]), "next")
