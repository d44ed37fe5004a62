"""States to go back to, and to go on from in another process."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.conftest import COUNTER, Embedder, raiser
from unpoison import AbortError, Limits, StaleHandleError, TerminatedError, UnpoisonError
from unpoison.errors import SnapshotError
from unpoison.runtime.checkpoints import Checkpoint


@pytest.fixture
def rolling(any_embedder: Embedder) -> Embedder:
    any_embedder.start(recovery="rollback")
    return any_embedder


# --- going back ---


def test_it_goes_back_any_number_of_times(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    rust.bump()
    there = instance.checkpoint()
    before = instance.dump_memory()
    for _ in range(3):
        for number in range(2, 6):
            assert rust.bump() == number
        rust.greet("x" * (3 << 20))
        instance.restore(there)
        assert instance.dump_memory() == before
    assert rust.bump() == 2


def test_objects_are_what_they_were(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    kept, eaten, eater = (rust.Acc.starting_at(float(n)) for n in (1, 2, 3))
    closure = rust.adder(5)
    there = instance.checkpoint()
    for _ in range(2):
        kept.push(10.0)
        eater.swallow(eaten)
        made, making = rust.Acc.starting_at(4.0), rust.adder(7)
        rust.Acc.starting_at(5.0)  # made and collected between
        rust.count()
        instance.restore(there)
        assert (kept.total, eaten.total, eater.total) == (1.0, 2.0, 3.0)
        assert closure(1) == 6
        for stale, argument in ((made.push, 1.0), (making, 1)):
            with pytest.raises(StaleHandleError):
                stale(argument)
        assert rust.live_accs() == 3


def test_an_object_that_was_collected_since_is_dropped_again(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    held = [rust.Acc.starting_at(1.0), rust.Acc.starting_at(2.0)]
    there = instance.checkpoint()
    held.pop()
    gc.collect()
    assert rust.live_accs() == 1
    instance.restore(there)
    assert rust.live_accs() == 1  # it came back, and its drop with it
    assert held[0].total == 1.0


def test_calls_that_were_rolled_back_do_not_count(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    eaten, eater = rust.Acc.starting_at(1.0), rust.Acc()
    there = instance.checkpoint()

    def reenter(n: int) -> int:
        eater.swallow(eaten)
        rust.abort_now()
        return n

    rolling.reenter = reenter
    with pytest.raises(AbortError):
        rust.call_back(1)
    assert eaten.total == 1.0
    eater.swallow(eaten)
    instance.restore(there)
    assert (eaten.total, eater.total) == (1.0, 0.0)


def test_later_checkpoints_are_gone_and_earlier_ones_stay(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    first = instance.checkpoint()
    rust.bump()
    second = instance.checkpoint()
    rust.bump()
    instance.restore(second)
    assert rust.bump() == 2
    instance.restore(first)
    assert rust.bump() == 1
    with pytest.raises(UnpoisonError, match="this checkpoint is gone"):
        instance.restore(second)
    assert repr(second) == "<unpoison.Checkpoint, gone>"
    instance.restore(first)


def test_one_of_another_generation_or_instance_is_gone(rolling: Embedder) -> None:
    instance = rolling.instance
    there = instance.checkpoint()
    other = rolling.module.instantiate(rolling.imports(), recovery="rollback")
    with pytest.raises(UnpoisonError, match="gone"):
        other.restore(there)
    instance.reinit()
    with pytest.raises(UnpoisonError, match="gone"):
        instance.restore(there)
    other.close()


def test_what_a_checkpoint_holds_goes_with_it(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    there = instance.checkpoint()
    del there
    gc.collect()
    rust.bump()
    assert instance._supervisor.rollback._checkpoints == []


def test_objects_that_come_and_go_are_not_remembered(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    there = instance.checkpoint()
    for _ in range(200):
        rust.Acc.starting_at(1.0)
        rust.Acc.starting_at(1.0).finish()
    rust.count()
    rust.count()
    assert len(there.journal._made) + len(there.journal._dropped) < 10
    assert there.journal._changes == []


def test_jobs_and_timers_come_back(rolling: Embedder) -> None:
    ran: list[str] = []
    scheduler = rolling.instance._scheduler
    scheduler.queue.enqueue(lambda: ran.append("job"))
    there = rolling.instance.checkpoint()
    rolling.instance.run_jobs()
    rolling.instance.restore(there)
    rolling.instance.run_jobs()
    assert ran == ["job", "job"]


def test_neither_is_done_within_a_call(rolling: Embedder) -> None:
    rust, instance = rolling.instance.exports, rolling.instance
    there = instance.checkpoint()
    for work in (instance.checkpoint, lambda: instance.restore(there)):
        rolling.reenter = lambda n, work=work: work() and n
        with pytest.raises(UnpoisonError, match="while a call runs"):
            rust.call_back(1)


def test_other_instances_say_what_they_need(any_embedder: Embedder) -> None:
    any_embedder.start()
    with pytest.raises(ValueError, match='needs an instance with recovery="rollback"'):
        any_embedder.instance.checkpoint()
    any_embedder.start(recovery="rollback")
    any_embedder.instance.close()
    with pytest.raises(TerminatedError, match="closed"):
        any_embedder.instance.checkpoint()


# --- going on elsewhere ---


@pytest.fixture
def saved(rolling: Embedder, tmp_path: Path) -> Path:
    rust = rolling.instance.exports
    rust.bump()
    rust.bump()
    rolling.instance.checkpoint().save(tmp_path / "state")
    assert [each.name for each in tmp_path.iterdir()] == ["state"]
    return tmp_path / "state"


def test_another_instance_goes_on_from_it(rolling: Embedder, saved: Path) -> None:
    for source in (saved, str(saved), saved.read_bytes(), rolling.instance.checkpoint()):
        instance = rolling.module.resume(source, rolling.imports(), recovery="rollback")
        assert instance.dump_memory() == rolling.instance.dump_memory()
        assert (instance.exports.bump(), instance.exports.starts()) == (3, 1)
        with pytest.raises(AbortError):
            instance.exports.abort_now()
        assert instance.exports.bump() == 4
        instance.reinit()
        assert (instance.exports.bump(), instance.exports.starts()) == (1, 1)
        instance.close()


def test_another_process_goes_on_from_it(one_embedder: Embedder, tmp_path: Path) -> None:
    rust = one_embedder.start(recovery="rollback")
    for _ in range(41):
        rust.bump()
    one_embedder.instance.checkpoint().save(tmp_path / "state")
    program = (
        "import sys, unpoison\n"
        "from tests.runtime.conftest import Embedder\n"
        "module = unpoison.Module.read(sys.argv[1])\n"
        "instance = module.resume(sys.argv[2], Embedder(module).imports())\n"
        "print(instance.exports.bump())\n"
    )
    wasm = COUNTER / "counter.legacy.wasm"
    done = subprocess.run(
        [sys.executable, "-c", program, str(wasm), str(tmp_path / "state")],
        capture_output=True, text=True, check=False, cwd=COUNTER.parents[1],
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("42\n", 0), done.stderr


def test_objects_of_the_host_do_not_travel_and_are_named(rolling: Embedder, tmp_path: Path) -> None:
    rust = rolling.instance.exports
    rust.kept_closure()  # Rust holds the function of the host's that stands for it
    with pytest.raises(SnapshotError, match=r"1 value\(s\) of the host that cannot travel \(Rust"):
        rolling.instance.checkpoint().save(tmp_path / "state")
    assert list(tmp_path.iterdir()) == []
    rust.drop_kept()
    rolling.instance.checkpoint().save(tmp_path / "state")


def test_what_is_outstanding_does_not_travel(rolling: Embedder, tmp_path: Path) -> None:
    rolling.instance._scheduler.call_later(10, lambda: None)
    with pytest.raises(SnapshotError, match="was outstanding"):
        rolling.instance.checkpoint().save(tmp_path / "state")


def test_a_file_that_cannot_be_written_leaves_nothing(
    rolling: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", raiser(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        rolling.instance.checkpoint().save(tmp_path / "state")
    assert list(tmp_path.iterdir()) == []


def test_one_of_another_module_is_refused(
    rolling: Embedder, saved: Path, modules: Callable[[Path], Any]
) -> None:
    other = modules(COUNTER.parents[1] / "tests" / "crates" / "matrix" / "matrix.legacy.wasm")
    with pytest.raises(SnapshotError, match="of another module"):
        other.resume(saved, {})


def test_one_that_does_not_fit_is_refused(rolling: Embedder, tmp_path: Path) -> None:
    rolling.instance.exports.greet("x" * (8 << 20))
    there = rolling.instance.checkpoint()
    with pytest.raises(SnapshotError, match="its limits forbid more"):
        rolling.module.resume(there, rolling.imports(), limits=Limits(memory=4 << 20))


def test_one_of_another_layout_is_refused(rolling: Embedder) -> None:
    from dataclasses import replace

    there = rolling.instance.checkpoint()
    snapshot = there.snapshot()
    for changed in (
        replace(snapshot, mailbox=snapshot.mailbox + 16),
        replace(snapshot, values=()),
        replace(snapshot, free=(5,)),
    ):

        class Changed(Checkpoint):
            def snapshot(self, changed: Any = changed) -> Any:
                return changed

        other = Changed(there.data, ([], []), None, module="", mailbox=0, is_idle=True, is_all=True)
        with pytest.raises(SnapshotError, match=r"lays the guest out|a free handle"):
            rolling.module.resume(other, rolling.imports())
