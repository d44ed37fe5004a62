"""A call that fails has no effect: objects, closures, memory, jobs, and what waits for the end."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import unpoison
from tests.runtime.conftest import Embedder, raiser
from tests.runtime.faulty import MATRIX
from unpoison import (
    AbortError,
    AbortReason,
    Limits,
    Module,
    PanicError,
    StaleHandleError,
    UnsupportedModule,
)
from unpoison.bindgen import PAGES
from unpoison.errors import SnapshotError

ASSEMBLY = MATRIX.parents[1] / "assembly" / "assembly.abort.wasm"


@pytest.fixture
def rolling(any_embedder: Embedder) -> Embedder:
    """An embedder whose instance rolls back."""
    any_embedder.start(recovery="rollback")
    return any_embedder


@pytest.fixture
def aborting(abort_embedder: Embedder) -> Embedder:
    """The same for a module that was built with panic=abort."""
    abort_embedder.start(recovery="rollback")
    return abort_embedder


def fails(call: Callable[..., object], *arguments: object) -> AbortError:
    with pytest.raises(AbortError) as caught:
        call(*arguments)
    return caught.value


def inside(embedder: Embedder, work: Callable[[], object]) -> Callable[[], object]:
    """Give a call during which the host does some work, and which then aborts."""
    rust = embedder.instance.exports

    def reenter(n: int) -> int:
        work()
        rust.abort_now()
        return n

    embedder.reenter = reenter
    return lambda: rust.call_back(1)


# --- the instance ---


def test_the_instance_goes_on_where_it_was(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rust.bump()
    for _ in range(3):
        before = rolling.instance.dump_memory()
        error = fails(rust.abort_now)
        assert error.reason is AbortReason.UNREACHABLE
        assert str(error).endswith("the instance goes on as if it had not been made")
        assert rolling.instance.dump_memory() == before
        assert (rolling.instance.state, rolling.instance.generation) == ("live", 1)
    assert (rust.bump(), rust.starts(), rust.drops()) == (2, 1, 0)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("abort_now", ()),
        ("abort_process", ()),
        ("abort_read", (0xFFFF_0000,)),
        ("abort_native_stack", (1,)),
        ("abort_shadow_stack", (1,)),
        ("abort_divide", (1, 0)),
        ("abort_signature", (1,)),
        ("abort_table", (1 << 20,)),
    ],
)
def test_every_kind_of_abort_is_undone(
    rolling: Embedder, name: str, arguments: tuple[int, ...]
) -> None:
    rust = rolling.instance.exports
    rust.bump()
    before = rolling.instance.dump_memory()
    fails(getattr(rust, name), *arguments)
    assert rolling.instance.dump_memory() == before
    assert rust.bump() == 2


def test_limits_are_undone_and_hold_for_the_next_call(any_embedder: Embedder) -> None:
    rust = any_embedder.start(recovery="rollback", limits=Limits(cpu=0.1, memory=32 << 20))
    rust.bump()
    for _ in range(3):
        before = any_embedder.instance.dump_memory()
        assert fails(rust.spin).reason is AbortReason.CPU_LIMIT
        assert fails(rust.abort_memory).reason in (
            AbortReason.OUT_OF_MEMORY, AbortReason.MEMORY_LIMIT,
        )  # fmt: skip
        assert any_embedder.instance.dump_memory() == before
        assert len(rust.greet("x" * (4 << 20))) > 4 << 20
    assert rust.bump() == 2


def test_a_start_that_aborts_is_no_call(modules: Callable[[Path], Module]) -> None:
    crate = MATRIX.parents[1] / "starts"
    module = modules(next(iter(sorted(crate.glob("*.legacy.wasm")))))
    assert module.interface.starts
    instance = module.instantiate(_anything(module), recovery="rollback")
    assert instance.state == "live"


def _anything(module: Module) -> dict[str, Any]:
    return {host.path[0]: lambda *_: 0 for host in module.interface.imports if host.path}


def test_the_hook_does_not_run_and_the_embedder_hears_of_it(any_embedder: Embedder) -> None:
    heard: list[AbortError] = []
    rust = any_embedder.start(recovery="rollback", on_abort=heard.append)
    rust.install_hook(1)
    error = fails(rust.abort_now)
    assert heard == [error]
    assert any_embedder.printed == []
    assert any_embedder.instance.generation == 1


def test_a_panic_of_a_module_that_aborts_is_undone(aborting: Embedder) -> None:
    rust = aborting.instance.exports
    acc = rust.Acc.starting_at(2.0)
    before = aborting.instance.dump_memory()
    fails(acc.boom)
    assert aborting.instance.dump_memory() == before
    assert acc.total == 2.0


def test_a_panic_that_unwinds_keeps_its_effects(embedder: Embedder) -> None:
    rust = embedder.start(recovery="rollback")
    acc = rust.Acc.starting_at(2.0)
    with pytest.raises(PanicError):
        acc.boom()
    assert acc.total == 3.0


def test_a_panic_that_unwinds_is_undone_where_it_is_asked(embedder: Embedder) -> None:
    rust = embedder.start(recovery="rollback", rollback_on="panic")
    acc = rust.Acc.starting_at(2.0)
    with pytest.raises(PanicError):
        acc.boom()
    assert acc.total == 2.0


def test_an_exception_of_the_host_is_undone(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    acc = rust.Acc.starting_at(1.0)
    rolling.reenter = raiser(ValueError("the host's"))
    before = rolling.instance.dump_memory()
    with pytest.raises(ValueError, match="the host's"):
        acc.push_through(1)
    assert rolling.instance.dump_memory() == before
    acc.push(1.0)  # it is not borrowed
    assert acc.total == 2.0


def test_an_interrupt_in_an_import_is_undone(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    acc = rust.Acc.starting_at(1.0)
    rolling.reenter = raiser(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        acc.push_through(1)
    acc.push(1.0)
    assert acc.total == 2.0


def test_what_a_catch_import_raises_is_an_err_and_no_failure(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rust.bump()
    rolling.risky = raiser(ValueError("no"))
    assert rust.risky_is_error(1)
    assert rust.bump() == 2


# --- nested entries ---


def test_the_outermost_entry_is_the_transaction(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rust.bump()

    def swallowed(n: int) -> int:
        rust.bump()
        fails(rust.abort_now)
        with pytest.raises(unpoison.TerminatedError):
            rust.bump()
        return n

    rolling.reenter = swallowed
    error = fails(rust.call_back, 1)
    assert error.reason is AbortReason.UNREACHABLE
    assert rust.bump() == 2


def test_an_exception_that_an_inner_call_leaves_and_the_host_catches_undoes_nothing(
    rolling: Embedder,
) -> None:
    rust = rolling.instance.exports

    def caught(n: int) -> int:
        rust.bump()
        rolling.thrower = raiser(ValueError("inner"))
        with pytest.raises(ValueError, match="inner"):
            rust.call_thrower()
        return n

    rolling.reenter = caught
    rust.call_back(1)
    assert rust.bump() == 2


# --- objects and closures ---


def test_an_object_that_the_call_consumed_is_whole_again(aborting: Embedder) -> None:
    rust = aborting.instance.exports
    acc = rust.Acc.starting_at(2.5)
    for _ in range(3):
        fails(acc.finish_badly)
        assert acc.total == 2.5
    assert (rust.live_accs(), acc.finish()) == (1, 2.5)


def test_objects_that_inner_calls_consumed_and_freed_are_whole_again(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    eaten, freed, eater = rust.Acc.starting_at(1.0), rust.Acc.starting_at(2.0), rust.Acc()

    def work() -> None:
        eater.swallow(eaten)
        freed.free()

    fails(inside(rolling, work))
    assert (eaten.total, freed.total, eater.total) == (1.0, 2.0, 0.0)
    assert rust.live_accs() == 3
    eater.swallow(eaten)
    freed.free()
    assert (eater.total, rust.live_accs()) == (1.0, 1)


def test_an_object_that_the_call_made_is_stale(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    made: list[Any] = []
    fails(inside(rolling, lambda: made.append(rust.Acc.starting_at(4.0))))
    with pytest.raises(StaleHandleError):
        made[0].push(1.0)
    made.clear()
    gc.collect()
    kept = rust.Acc.starting_at(5.0)
    assert (rust.live_accs(), kept.total) == (1, 5.0)


def test_objects_collected_while_the_call_runs_are_dropped_after_it(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    held = [rust.Acc.starting_at(1.0), rust.Acc.starting_at(2.0)]

    def work() -> None:
        rust.Acc.starting_at(3.0)  # made and collected
        held.pop()  # collected, and dropped by the next entry, which is undone
        rust.bump()

    fails(inside(rolling, work))
    assert rust.live_accs() == 1
    assert held[0].total == 1.0


def test_an_object_that_was_consumed_and_collected_is_dropped_after_it(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    held = [rust.Acc.starting_at(1.0)]
    eater = rust.Acc()
    fails(inside(rolling, lambda: eater.swallow(held.pop())))
    gc.collect()
    assert rust.live_accs() == 1
    assert eater.total == 0.0


def test_closures_are_what_they_were(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    add, made = rust.adder(5), []
    kept = rust.kept_closure()

    def work() -> None:
        made.append(rust.adder(7))
        made[0](1)
        rust.drop_kept()

    fails(inside(rolling, work))
    with pytest.raises(StaleHandleError):
        made[0](1)
    assert add(1) == 6
    kept(1)
    rust.drop_kept()
    with pytest.raises(StaleHandleError):
        kept(1)


def test_an_aborting_closure_can_be_called_again(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    closure = rust.aborting_closure()
    for _ in range(3):
        fails(closure, 1)
    assert rust.bump() == 1


# --- memory ---


def test_memory_that_grew_is_small_again_and_grows_again(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    size = rolling.instance.memory_size
    for _ in range(20):
        fails(inside(rolling, lambda: rust.greet("x" * (4 << 20))))
        assert rolling.instance.memory_size == size
    assert rolling.instance._supervisor.home.memory.size() < size + (32 << 20)
    assert len(rust.greet("y" * (4 << 20))) > 4 << 20


def test_many_failing_calls_leave_nothing(
    one_embedder: Embedder, resident: Callable[[], int]
) -> None:
    many_failing_calls(one_embedder, resident, 2000)


@pytest.mark.slow
def test_a_million_failing_calls_leave_nothing(
    one_embedder: Embedder, resident: Callable[[], int]
) -> None:
    many_failing_calls(one_embedder, resident, 1_000_000)


def many_failing_calls(embedder: Embedder, resident: Callable[[], int], count: int) -> None:
    rust = embedder.start(recovery="rollback")
    for number in range(count):
        fails(rust.abort_now)
        if number == count // 10:
            before, files = resident(), len(list(Path("/proc/self/fd").iterdir()))
    assert resident() - before < 8 << 20
    assert len(list(Path("/proc/self/fd").iterdir())) <= files + 2
    assert embedder.instance.live_handles == 0
    assert rust.bump() == 1


# --- jobs and timers ---


def test_jobs_and_timers_are_those_of_before(rolling: Embedder) -> None:
    scheduler = rolling.instance._scheduler
    ran: list[str] = []
    scheduler.queue.enqueue(lambda: ran.append("job"))
    timer = scheduler.call_later(0, lambda: ran.append("timer"))

    def work() -> None:
        scheduler.queue.enqueue(lambda: ran.append("new job"))
        scheduler.call_later(0, lambda: ran.append("new timer"))
        timer.cancel()

    fails(inside(rolling, work))
    assert scheduler.queue.jobs
    rolling.instance.run_jobs()
    scheduler._ring(scheduler.now())
    assert ran == ["job", "timer"]


def test_a_promise_of_before_is_settled_after_it(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    promise = rust.slow(3) if hasattr(rust, "slow") else rust.sum_later(3)
    fails(rust.abort_now)
    assert promise.result() is not None
    assert rolling.instance.generation == 1


# --- what waits for the end ---


def test_an_import_defers_what_it_does_outside(rolling: Embedder) -> None:
    rust, sent = rolling.instance.exports, []

    def reenter(n: int) -> int:
        rolling.instance.on_commit(lambda: sent.append(n))
        if n == 2:
            rust.abort_now()
        return n

    rolling.reenter = reenter
    rust.call_back(1)
    fails(rust.call_back, 2)
    rust.call_back(3)
    assert sent == [1, 3]


def test_it_is_done_when_the_outermost_call_has_ended(rolling: Embedder) -> None:
    rust, order = rolling.instance.exports, []

    def reenter(n: int) -> int:
        rolling.instance.on_commit(lambda: order.append("done"))
        rust.bump()
        order.append("inner")
        return n

    rolling.reenter = reenter
    rust.call_back(1)
    assert order == ["inner", "done"]


def test_what_it_raises_comes_out_when_all_were_called(rolling: Embedder) -> None:
    rust, called = rolling.instance.exports, []

    def reenter(n: int) -> int:
        rolling.instance.on_commit(raiser(ValueError("first")))
        rolling.instance.on_commit(raiser(KeyError("second")))
        rolling.instance.on_commit(lambda: called.append(1))
        rust.bump()
        return n

    rolling.reenter = reenter
    with pytest.raises(ValueError, match="first") as caught:
        rust.call_back(1)
    assert called == [1]
    assert "second" in caught.value.__notes__[0]
    assert rust.bump() == 2


def test_without_a_call_and_without_roll_backs_it_is_done_at_once(any_embedder: Embedder) -> None:
    done: list[int] = []
    any_embedder.start(recovery="rollback")
    any_embedder.instance.on_commit(lambda: done.append(1))
    rust = any_embedder.start()
    any_embedder.reenter = lambda n: any_embedder.instance.on_commit(lambda: done.append(2)) or n
    rust.call_back(1)
    assert done == [1, 2]


# --- what it is asked for ---


def test_choices_that_there_are_not(any_embedder: Embedder) -> None:
    with pytest.raises(ValueError, match="recovery must be"):
        any_embedder.start(recovery="undo")
    with pytest.raises(ValueError, match='rollback_on needs recovery="rollback"'):
        any_embedder.start(rollback_on="panic")
    with pytest.raises(ValueError, match="rollback_on must be"):
        any_embedder.start(recovery="rollback", rollback_on="everything")


def test_globals_and_tables_are_what_they_were() -> None:
    with unpoison.load(ASSEMBLY, recovery="rollback") as instance:
        rust = instance.exports
        assert (rust.add(7), rust.order().tolist()) == (7, [1, 2])
        rust.exchange()
        for _ in range(2):
            fails(rust.change_and_fail)
            assert (rust.add(0), rust.order().tolist()) == (7, [2, 1])
        there = instance.checkpoint()
        assert rust.add(1) == 8
        rust.exchange()
        instance.restore(there)
        assert (rust.add(0), rust.order().tolist()) == (7, [2, 1])


def test_globals_and_tables_begin_anew_with_a_renewal() -> None:
    with unpoison.load(ASSEMBLY, recovery="reinit") as instance:
        rust = instance.exports
        for _ in range(3):
            fails(rust.change_and_fail)
            assert (rust.add(5), rust.order().tolist()) == (5, [1, 2])


def test_globals_and_tables_do_not_travel(tmp_path: Path) -> None:
    with unpoison.load(ASSEMBLY, recovery="rollback") as instance:
        there = instance.checkpoint()
        with pytest.raises(SnapshotError, match="changes globals or tables"):
            there.save(tmp_path / "snapshot")
        assert list(tmp_path.iterdir()) == []


def test_a_module_that_changes_what_cannot_be_put_back_is_refused(
    any_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    program = any_embedder.module._program
    monkeypatch.setattr(
        any_embedder.module,
        "_program",
        _changed(program, replace(program.plan, goes_back=False)),
    )
    with pytest.raises(UnsupportedModule, match="cannot be rolled back"):
        any_embedder.start(recovery="rollback")


def _changed(program: Any, plan: Any) -> Any:
    import copy

    changed = copy.copy(program)
    object.__setattr__(changed, "plan", plan)
    return changed


def test_an_instance_that_does_not_ask_for_it_has_no_copy(any_embedder: Embedder) -> None:
    any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    assert supervisor.rollback is None
    assert supervisor.home.journal is None
    assert not supervisor.due


def test_reinit_and_close_leave_no_copy(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    acc = rust.Acc()
    rolling.instance.reinit()
    with pytest.raises(StaleHandleError):
        acc.push(1.0)
    fails(rust.abort_now)
    assert (rust.bump(), rolling.instance.generation) == (1, 2)
    rolling.instance.close()
    assert rolling.instance._supervisor.rollback._memory is None


# --- a twin that never made the calls that failed ---

GOOD = st.sampled_from(["bump", "greet", "make", "push", "half", "swallow", "finish", "free",
                        "collect", "closure", "call", "grow"])  # fmt: skip
NUMBERS = st.integers(0, 40)
BAD = st.sampled_from(["abort", "stack", "badly", "boom", "nested", "host", "far"])


class Side:
    """One instance with what a run has of it; `step` gives what a good call gives."""

    def __init__(self, module: Module) -> None:
        self.embedder = Embedder(module)
        self.rust = self.embedder.start(recovery="rollback")
        self.accs: list[Any] = []
        self.closures: list[Any] = []

    def step(self, name: str, number: int) -> object:
        rust, accs = self.rust, self.accs
        one = accs[number % len(accs)] if accs else None
        match name:
            case "bump":
                return rust.bump()
            case "greet":
                return rust.greet("x" * (number * 37))
            case "make":
                accs.append(rust.Acc.starting_at(float(number)))
            case "push" if one:
                one.push(float(number))
                return one.total
            case "half" if one:
                half = one.half()
                accs += [] if half is None else [half]
            case "swallow" if one and len(accs) > 1:
                eaten = accs.pop(number % len(accs))
                return accs[0].swallow(eaten)
            case "finish" if one:
                return accs.pop(number % len(accs)).finish()
            case "free" if one:
                accs.pop(number % len(accs)).free()
            case "collect" if one:
                one = None
                del accs[number % len(accs)]
            case "closure":
                self.closures.append(rust.adder(number))
            case "call" if self.closures:
                return self.closures[number % len(self.closures)](number)
            case "grow":
                return len(rust.greet("y" * (number << 14)))
        return None

    def fail(self, name: str, number: int) -> None:
        rust, accs, embedder = self.rust, self.accs, self.embedder
        one = accs[number % len(accs)] if accs else None
        call: Callable[..., object] = rust.abort_now
        arguments: tuple[object, ...] = ()
        if name == "stack":
            call, arguments = rust.abort_shadow_stack, (1,)
        elif name == "far":
            call, arguments = rust.abort_read, (0xFFFF_0000,)
        elif name == "badly" and one is not None:
            call = one.finish_badly
        elif name == "boom" and one is not None:
            call = one.boom
        elif name in ("nested", "host"):
            call, arguments = rust.call_back, (1,)
            embedder.reenter = lambda n: self._work(name, number)
        with pytest.raises((AbortError, ValueError)):
            call(*arguments)

    def _work(self, name: str, number: int) -> int:
        """Do much within a call: consume, make, free, collect, grow. Then fail."""
        made = [self.rust.Acc.starting_at(1.0), self.rust.adder(3)]
        if self.accs:
            made[0].swallow(self.accs[number % len(self.accs)])
        if len(self.accs) > 1:
            self.accs[(number + 1) % len(self.accs)].free()
        self.rust.greet("z" * (number << 12))
        del made
        self.rust.bump()
        if name == "host":
            raise ValueError("the host's")
        return int(self.rust.abort_now() or 0)

    def state(self) -> tuple[object, ...]:
        home = self.embedder.instance._supervisor.home
        return (
            self.embedder.instance.dump_memory(),
            [float(acc.total) for acc in self.accs],
            len(home.handles.values), tuple(home.handles.free), list(home.drops),
            int(home.vessel.guest.global_(PAGES).get()),
        )  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.tuples(GOOD, NUMBERS, st.lists(st.tuples(BAD, NUMBERS), max_size=2)), max_size=14
    )
)
def test_it_is_like_a_twin_that_never_made_the_calls_that_failed(
    abort_embedder: Embedder, steps: list[tuple[str, int, list[tuple[str, int]]]]
) -> None:
    host, twin = Side(abort_embedder.module), Side(abort_embedder.module)
    for name, number, failures in steps:
        assert host.step(name, number) == twin.step(name, number)
        host.rust.count()  # an entry, which runs the drops
        twin.rust.count()
        for kind, which in failures:
            host.fail(kind, which)
        host.rust.count()
        assert host.state() == twin.state()
    host.embedder.close()
    twin.embedder.close()


# --- spans ---


def test_a_span_is_what_an_abort_goes_back_to_whatever_returned_since(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rust.bump()
    rolling.instance.begin_span(lambda: True)
    before = rolling.instance.dump_memory()
    assert (rust.bump(), rust.bump()) == (2, 3)
    error = fails(rust.abort_now)
    assert error.rolled_back
    assert rolling.instance.dump_memory() == before
    assert (rust.bump(), rolling.instance.generation) == (2, 1)


def test_a_span_that_may_not_be_undone_ends_with_a_renewal(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rust.bump()
    rolling.instance.begin_span(lambda: False)
    rust.bump()
    error = fails(rust.abort_now)
    assert not error.rolled_back
    assert (rust.bump(), rolling.instance.generation) == (1, 2)
    assert fails(rust.abort_now).rolled_back  # the span is over: a call is undone by itself again
    assert rust.bump() == 2


def test_after_a_span_was_undone_an_abort_is_one_until_the_next_begins(rolling: Embedder) -> None:
    rust = rolling.instance.exports
    rolling.instance.begin_span(lambda: True)
    assert fails(rust.abort_now).rolled_back
    rust.bump()
    assert not fails(rust.abort_now).rolled_back
    assert rust.bump() == 1
    rolling.instance.begin_span(lambda: True)
    assert fails(rust.abort_now).rolled_back
    assert rust.bump() == 2


def test_a_span_needs_a_roll_back(any_embedder: Embedder) -> None:
    any_embedder.start(recovery="reinit")
    with pytest.raises(ValueError, match="begin_span"):
        any_embedder.instance.begin_span(lambda: True)
