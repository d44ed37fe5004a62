"""Nothing grows, however often things go wrong: by the thousand here, by the million when slow.

What is watched: resident memory, the guest's memory, the handles that the guest holds, the
exceptions in flight, and the queued drops. The engine's heap of exception objects cannot be asked
for its size; a memory limit bounds it too, so a leak there would soon end an instance that has a
tight one.
Linux only, where a process can read its own resident memory.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests._memory import anonymous_memory, linux_only
from unpoison import AbortError, Limits, Module, PanicError

pytestmark = linux_only

log = logging.getLogger(__name__)  # to be seen with --log-cli-level=INFO

EXAMPLE = Path(__file__).parents[2] / "examples" / "counter"
LIMIT = 5 << 18  # 1.25 MiB; the counter begins with 1.0625

WINDOWS = 3
SLACK = 1 << 17  # bytes per window
RENEW = 7  # the kind of hook that asks for a fresh start


class SoldOut(Exception):  # noqa: N818 - a name as embedders choose them
    """What the imports raise."""


def sold_out(*_: object) -> Any:
    """Fail."""
    raise SoldOut("sold out")


IMPORTS: dict[str, Any] = {
    "risky": sold_out,
    "thrower": sold_out,
    "reenter": sold_out,
    "apply": lambda function, n: function(n),
    "apply_mut": lambda function, n: function(n),
    "env": {"raw_hook": sold_out, "raw_plain": sold_out},
}


@dataclass(frozen=True)
class Gauge:
    """What must not grow."""

    resident: int
    guest_memory: int
    handles: int
    in_flight: int
    drops: int


def measure(instance: unpoison.Instance) -> Gauge:
    """Read every gauge, after a full collection."""
    gc.collect()
    supervisor = instance._supervisor
    return Gauge(
        anonymous_memory(),
        instance.memory_size,
        instance.live_handles,
        len(supervisor._in_flight),
        len(supervisor.home.drops),
    )


def check_flat(instance: unpoison.Instance, step: Callable[[], None], steps: int) -> None:
    """Warm up, then run `step` so often: nothing may have grown meanwhile.

    Memory is read in three windows, of which the best counts: a leak shows in each of them, what
    the allocators do now and then does not.
    """
    for _ in repeat(None, warm_up(steps)):
        step()
    before = after = measure(instance)
    growths = []
    for _ in range(WINDOWS):
        last = after
        for _ in repeat(None, steps // WINDOWS):
            step()
        after = measure(instance)
        growths.append(after.resident - last.resident)
    log.info("%d steps: resident memory grew by %s bytes; %s", steps, growths, after)
    assert replace(after, resident=before.resident) == before
    assert min(growths) < SLACK


def warm_up(steps: int) -> int:
    """Give the number of steps after which the allocators have what they need."""
    return max(steps // 10, 100)


@pytest.fixture(scope="module")
def module() -> Module:
    """The counter, prepared once."""
    return Module.read(EXAMPLE / "counter.legacy.wasm")


@pytest.fixture
def instance(module: Module) -> Iterator[unpoison.Instance]:
    """A counter whose memory, and so the engine's heap, can hardly grow."""
    with module.instantiate(IMPORTS, limits=Limits(memory=LIMIT)) as instance:
        yield instance


def failing(error: type[Exception], call: str, *arguments: object) -> Any:
    """Make a step for `check_flat` that makes the call and expects the error."""

    def make(exports: Any) -> Callable[[], None]:
        function = getattr(exports, call)

        def step() -> None:
            try:
                function(*arguments)
            except error:
                return
            raise AssertionError(f"{call} did not fail")

        return step

    return pytest.param(make, id="-".join([call, *map(str, arguments)]))


def passing(call: str, result: object, *arguments: object) -> Any:
    """Make a step for `check_flat` that makes the call and expects the result."""

    def make(exports: Any) -> Callable[[], None]:
        function = getattr(exports, call)

        def step() -> None:
            assert function(*arguments) == result

        return step

    return pytest.param(make, id=call)


PANICS = [
    failing(PanicError, "boom"),
    failing(PanicError, "boom_with", "a text made at run time"),
    failing(PanicError, "boom_value", "a value"),
    failing(PanicError, "boom_deep", 5),
    passing("caught", "caught: it", "it"),
    failing(PanicError, "call_apply_panicking", 1),
]
THROWS = [
    failing(SoldOut, "call_thrower"),  # no catch: through frames with cleanup
    failing(SoldOut, "call_risky", 1),  # catch: Rust gets an Err and passes it on
    passing("risky_failures", 3, 3),  # catch: Rust drops the Err
    failing(SoldOut, "call_raw", 1),  # "C-unwind"
    failing(SoldOut, "call_raw_deep", 5),  # "C-unwind", seven frames with destructors
]
Make = Callable[[Any], Callable[[], None]]


@pytest.mark.parametrize("make", PANICS)
def test_thousands_of_panics_leave_nothing_behind(instance: unpoison.Instance, make: Make) -> None:
    check_flat(instance, make(instance.exports), 5_000)
    assert instance.generation == 1


@pytest.mark.parametrize("make", THROWS)
def test_thousands_of_host_exceptions_leave_nothing_behind(
    instance: unpoison.Instance, make: Make
) -> None:
    check_flat(instance, make(instance.exports), 20_000)
    assert instance.generation == 1


@pytest.mark.parametrize(
    ("build", "make"),
    [("exnref", PANICS[0].values[0]), *(("exnref", case.values[0]) for case in THROWS[:4])]
    + [("abort", THROWS[place].values[0]) for place in (0, 1, 2)],
)
def test_the_other_builds_leave_nothing_behind(build: str, make: Make) -> None:
    module = Module.read(EXAMPLE / f"counter.{build}.wasm")
    with module.instantiate(IMPORTS, limits=Limits(memory=LIMIT)) as instance:
        check_flat(instance, make(instance.exports), 5_000)
        assert instance.generation == 1


def test_aborts_by_panic_and_renewals_that_the_embedder_chose_leave_nothing_behind() -> None:
    module = Module.read(EXAMPLE / "counter.abort.wasm")
    limits = Limits(memory=LIMIT)
    with module.instantiate(IMPORTS, recovery="reinit", limits=limits) as instance:
        check_flat(instance, failing(AbortError, "boom").values[0](instance.exports), 200)


def test_twenty_thousand_panics_leave_nothing_behind(instance: unpoison.Instance) -> None:
    check_flat(instance, PANICS[0].values[0](instance.exports), 20_000)


def test_hundreds_of_aborts_and_fresh_starts_leave_nothing_behind(module: Module) -> None:
    check_renewals(module, 200)


def test_hundreds_of_instances_leave_nothing_behind(
    module: Module, instance: unpoison.Instance
) -> None:
    check_flat(instance, lambda: use_and_close(module), 200)


def test_instances_that_nobody_closes_leave_nothing_behind(
    module: Module, instance: unpoison.Instance
) -> None:
    check_flat(instance, lambda: use_and_forget(module), 200)


def test_objects_and_closures_leave_nothing_behind(instance: unpoison.Instance) -> None:
    exports = instance.exports

    def step() -> None:
        exports.Acc().push(1.0)
        with exports.Acc() as kept:
            kept.push(2.0)
        assert exports.adder(1)(2) == 3

    check_flat(instance, step, 5_000)


@pytest.mark.slow
@pytest.mark.parametrize("make", [PANICS[0], PANICS[1]])
def test_a_million_panics(instance: unpoison.Instance, make: Make) -> None:
    check_flat(instance, make(instance.exports), 1_000_000)


@pytest.mark.slow
@pytest.mark.parametrize("make", THROWS)
def test_a_million_host_exceptions(instance: unpoison.Instance, make: Make) -> None:
    check_flat(instance, make(instance.exports), 1_000_000)


@pytest.mark.slow
def test_ten_thousand_aborts_and_fresh_starts(module: Module) -> None:
    check_renewals(module, 10_000)


@pytest.mark.slow
def test_ten_thousand_instances(module: Module, instance: unpoison.Instance) -> None:
    check_flat(instance, lambda: use_and_close(module), 10_000)
    check_flat(instance, lambda: use_and_forget(module), 10_000)


def check_renewals(module: Module, cycles: int) -> None:
    """Abort, start afresh and make a first call, so often; each generation leaves handles."""
    with module.instantiate(IMPORTS, limits=Limits(memory=LIMIT)) as instance:
        exports = instance.exports

        def step() -> None:
            old = exports.Acc()
            old_closure = exports.adder(1)
            exports.install_hook(RENEW)
            with suppress(AbortError):
                exports.abort_now()
            assert exports.bump() == 1
            del old, old_closure

        before = instance.generation
        check_flat(instance, step, cycles)
        assert instance.generation == before + warm_up(cycles) + cycles // WINDOWS * WINDOWS


def use_and_close(module: Module) -> None:
    """Make an instance, let it fail once and close it."""
    with module.instantiate(IMPORTS) as instance, suppress(PanicError):
        instance.exports.boom()


def use_and_forget(module: Module) -> None:
    """Make an instance with an object, and leave both to the garbage collector."""
    instance = module.instantiate(IMPORTS)
    instance.exports.Acc()
