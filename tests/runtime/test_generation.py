"""One start of a module, and a start that the engine stops."""

from __future__ import annotations

import pytest

from tests.runtime.conftest import Embedder
from unpoison import AbortError, AbortReason, TerminatedError
from unpoison.engine import Fault, FaultKind, InstantiationError, Memory, Store


def test_a_generation_that_is_released_holds_nothing(any_embedder: Embedder) -> None:
    any_embedder.start()
    home = any_embedder.instance._supervisor.home
    any_embedder.instance.close()
    home.release()  # a second time: nothing
    assert (home.alive, home.store.closed, home.handles.values) == (False, True, [])


def test_the_mailbox_lies_below_the_stack_of_every_call(any_embedder: Embedder) -> None:
    any_embedder.start()
    supervisor = any_embedder.instance._supervisor
    home = supervisor.home
    assert home.mailbox + supervisor.program.mailbox_bytes <= home.stack_top
    assert any_embedder.stack_pointer <= home.mailbox


def test_a_word_that_the_module_does_not_export_reads_as_zero(one_embedder: Embedder) -> None:
    one_embedder.start()
    assert one_embedder.instance._supervisor.home.read_word(None) == 0


def test_a_trap_while_the_engine_instantiates_is_an_abort_error(
    one_embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rust = one_embedder.start()
    monkeypatch.setattr(Memory, "drop_pages", lambda _: False)  # the next one is instantiated
    kind = FaultKind.MEMORY_OUT_OF_BOUNDS

    def instantiate(*_: object) -> object:
        raise InstantiationError(Fault(kind, kind.value, ()))

    with monkeypatch.context() as patch:
        patch.setattr(Store, "instantiate", instantiate)
        with pytest.raises(AbortError) as caught:
            one_embedder.instance.reinit()
    assert caught.value.reason is AbortReason.OUT_OF_BOUNDS
    assert caught.value.generation == 2
    assert (rust.bump(), one_embedder.instance.generation) == (1, 2)


def test_a_retired_generation_refuses_every_entry_by_itself(
    any_embedder: Embedder, entered: list[str]
) -> None:
    rust = any_embedder.start()
    del entered[:]
    any_embedder.instance._supervisor.home.retire()
    with pytest.raises(TerminatedError):
        rust.bump()
    assert entered == []
