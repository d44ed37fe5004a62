"""A hundred random lives against the model of the contract, and faults that it must notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fuzz import recovery
from tests.runtime.conftest import COUNTER
from unpoison import Module
from unpoison.runtime.deaths import Death, Deaths
from unpoison.runtime.supervisor import Supervisor

LIVES = 40


@pytest.fixture(params=("legacy", "exnref", "abort"))
def module(request: pytest.FixtureRequest, modules: Callable[[Path], Module]) -> Module:
    return modules(COUNTER / f"counter.{request.param}.wasm")


def test_random_lives_go_as_the_contract_says(module: Module) -> None:
    for seed in range(LIVES):
        assert recovery.check(module, seed).state == "closed"


def forget_to_renew(patch: pytest.MonkeyPatch) -> None:
    """Do nothing for the guest's `schedule_reinit`."""
    patch.setattr(Supervisor, "schedule", lambda self: None)


def forget_the_drops(patch: pytest.MonkeyPatch) -> None:
    """Never run a queued drop."""
    patch.setattr(Supervisor, "run_drops", lambda self: None)


def renew_without_being_asked(patch: pytest.MonkeyPatch) -> None:
    """Make a renewal due after every death."""
    finish = Deaths.finish

    def forget(self: Deaths, death: Death) -> None:
        finish(self, death)
        self._lifecycle.renewal_due = True

    patch.setattr(Deaths, "finish", forget)


@pytest.mark.parametrize("fault", [forget_to_renew, forget_the_drops, renew_without_being_asked])
def test_a_fault_of_the_supervisor_is_noticed(
    module: Module, fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    with pytest.raises(recovery.BrokenError):
        for seed in range(20 * LIVES):  # the first broken life ends it
            recovery.check(module, seed)
