"""Plain extern exports: numbers of each Wasm type, wrong arguments, panics, aborts, time limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from unpoison import AbortError, Instance, Module, PanicError
from unpoison.errors import AbortReason, TerminatedError

RAW = Path(__file__).parents[1] / "crates" / "raw" / "raw.legacy.wasm"


@pytest.fixture(scope="module")
def module() -> Module:
    return Module.read(RAW)


@pytest.fixture
def instance(module: Module) -> Iterator[Instance]:
    with module.instantiate() as instance:
        yield instance


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("add_i32", (2, 3), 5),
        ("add_i32", (2**31 - 1, 1), -(2**31)),
        ("add_i32", (2**32 - 1, 0), -1),
        ("add_i64", (2**63 - 1, 1), -(2**63)),
        ("add_i64", (-1, 2**64 - 1), -2),
        ("half_f32", (0.1,), 0.05000000074505806),
        ("half_f64", (5,), 2.5),
        ("mixed", (-7, 0.5, 2**40, 0.25), 2**40 - 6.25),
        ("nothing", (), None),
        ("panics", (-3,), -3),
    ],
)
def test_a_raw_export_takes_and_gives_numbers(
    instance: Instance, name: str, arguments: tuple[float, ...], result: object
) -> None:
    assert instance.raw_exports[name](*arguments) == result


def test_the_mapping_lists_what_has_no_description_and_nothing_of_wasm_bindgen(
    instance: Instance,
) -> None:
    names = ["aborts", "add_i32", "add_i64", "half_f32", "half_f64", "mixed", "nothing", "panics"]
    names.append("spins")
    assert sorted(instance.raw_exports) == names
    assert len(instance.raw_exports) == len(names)
    assert "has_started" not in instance.raw_exports
    assert "add_i64" in repr(instance.raw_exports)
    assert instance.raw_exports["mixed"].__name__ == "mixed"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), TypeError),
        ((1,), TypeError),
        ((1, 2, 3), TypeError),
        ((1.5, 2), TypeError),
        (("1", 2), TypeError),
        ((None, 2), TypeError),
        ((2**32, 0), OverflowError),
        ((-(2**31) - 1, 0), OverflowError),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    instance: Instance, arguments: tuple[object, ...], error: type[Exception]
) -> None:
    with pytest.raises(error, match="add_i32"):
        instance.raw_exports["add_i32"](*arguments)
    assert instance.raw_exports["add_i32"](1, 1) == 2


def test_a_panic_of_an_unwinding_export_fails_its_call_only(instance: Instance) -> None:
    with pytest.raises(PanicError, match="4 is not negative"):
        instance.raw_exports["panics"](4)
    assert instance.state == "live"
    assert instance.raw_exports["panics"](-4) == -4


def test_an_abort_ends_the_instance(instance: Instance) -> None:
    with pytest.raises(AbortError) as caught:
        instance.raw_exports["aborts"]()
    assert caught.value.reason is AbortReason.UNREACHABLE
    with pytest.raises(TerminatedError):
        instance.raw_exports["nothing"]()
    instance.reinit()
    assert instance.raw_exports["add_i32"](1, 2) == 3


def test_a_call_beyond_a_deadline_is_stopped(instance: Instance) -> None:
    with pytest.raises(AbortError) as caught, instance.deadline(0.05):
        instance.raw_exports["spins"]()
    assert caught.value.reason is AbortReason.TIME_LIMIT
    assert instance.state == "dead"


def test_a_call_within_a_deadline_is_left_alone(instance: Instance) -> None:
    with instance.deadline(60.0):
        assert instance.raw_exports["add_i32"](1, 2) == 3
    assert instance.exports.has_started()


def test_start_functions_run_unless_they_are_not_to(module: Module) -> None:
    with module.instantiate() as started, module.instantiate(start=False) as unstarted:
        assert started.exports.has_started() is True
        assert unstarted.exports.has_started() is False
        unstarted.reinit()
        assert unstarted.exports.has_started() is False


def test_the_memory_can_be_dumped_also_when_the_instance_has_just_died(module: Module) -> None:
    dumps: list[bytes] = []
    instance = module.instantiate(on_abort=lambda error: dumps.append(instance.dump_memory()))
    alive = instance.dump_memory()
    assert len(alive) == instance.memory_size > 0
    with pytest.raises(AbortError):
        instance.raw_exports["aborts"]()
    assert [len(dump) for dump in dumps] == [len(alive)]
    assert instance.dump_memory() == b""
