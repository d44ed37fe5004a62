"""Many instances of one module in one process: each is its own, and the system's end of them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from unpoison.engine import Store
from unpoison.runtime import Module

STATS = Path(__file__).parents[2] / "examples" / "stats" / "stats.exnref.wasm"
MAPPINGS = 6
"""At most, for each instance: an idle one costs a service that many of its 65 530."""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and sets RLIMIT_AS")

FULL = """
import resource, sys
from unpoison.errors import CapacityError
from unpoison.runtime import Module

module = Module.read(sys.argv[1])
first = module.instantiate()
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (10 << 30), resource.RLIM_INFINITY))
kept = [first]
try:
    while len(kept) < 100:
        kept.append(module.instantiate())
except CapacityError as error:
    assert "vm.max_map_count" in str(error)
    print(len(kept))
assert first.exports.mean([1.0, 3.0]) == 2.0
kept.pop().close()
print(module.instantiate().exports.mean([2.0, 4.0]))
"""


@linux_only
def test_idle_instances_share_code_and_take_few_mappings() -> None:
    module = Module.read(STATS)
    kept = [module.instantiate()]
    before = mappings()
    kept += [module.instantiate() for _ in range(200)]
    assert mappings() - before <= 200 * MAPPINGS
    assert [instance.exports.mean([1.0, 2.0]) for instance in kept] == [1.5] * 201
    for instance in kept:
        instance.close()
    assert mappings() <= before + MAPPINGS


def test_a_start_asks_for_a_deadline_only_where_code_of_the_guest_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    deadline = Store.deadline

    def counted(store: Store, seconds: float) -> AbstractContextManager[None]:
        asked.append(seconds)
        return deadline(store, seconds)

    monkeypatch.setattr(Store, "deadline", counted)
    module = Module.read(STATS)
    with module.instantiate(start_timeout=5.0) as instance:
        assert not module.interface.starts
        assert not asked
        instance.reinit()
        assert not asked


def mappings() -> int:
    return len(Path("/proc/self/maps").read_text().splitlines())


@linux_only
def test_a_full_address_space_is_an_error_that_the_other_instances_survive() -> None:
    command = [sys.executable, "-c", FULL, str(STATS)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    count, mean = run.stdout.split()
    assert 2 <= int(count) < 100
    assert mean == "3.0"
