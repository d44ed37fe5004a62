"""Published crates, unmodified and built to abort, that fail in the middle and go on unharmed.

Nothing in them knows of roll-backs, and a panic of theirs unwinds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import unpoison
from tests.examples.pictures import Picture
from tests.examples.test_photon import NOISE, PANICS, image_of
from unpoison import AbortError, AbortReason, Instance, Limits

EXAMPLES = Path(__file__).parents[2] / "examples"
LIMITS = Limits(cpu=2.0, memory=64 << 20)


def loaded(name: str) -> Iterator[Instance]:
    path = EXAMPLES / name / f"{name}.abort.wasm"
    with unpoison.load(path, recovery="rollback", limits=LIMITS) as instance:
        yield instance


@pytest.fixture(scope="module")
def photon() -> Iterator[Instance]:
    yield from loaded("photon")


@pytest.fixture(scope="module")
def jsonlogic() -> Iterator[Instance]:
    yield from loaded("jsonlogic")


@pytest.fixture(scope="module")
def cddl() -> Iterator[Instance]:
    yield from loaded("cddl_check")


def has_no_effect(instance: Instance, call: Callable[[], object]) -> AbortError:
    """Make a call that aborts, and compare what the guest is before and after it."""
    gc.collect()
    instance.checkpoint()  # runs the drops that are queued
    before, handles = instance.dump_memory(), instance.live_handles
    with pytest.raises(AbortError) as caught:
        call()
    assert instance.dump_memory() == before
    assert (instance.live_handles, instance.generation, instance.state) == (handles, 1, "live")
    return caught.value


# --- photon-rs: objects with pixels ---


TWO_CALLS = "size and bytes differ"
"""One that makes a picture first."""


@pytest.mark.parametrize("name", [name for name in PANICS if name != TWO_CALLS])
def test_a_panic_leaves_picture_and_memory_as_they_were(photon: Instance, name: str) -> None:
    _, call = PANICS[name]
    image = image_of(photon.exports, NOISE)
    has_no_effect(photon, lambda: call(photon.exports, image))
    assert Picture.seen(image) == NOISE
    photon.exports.invert(image)
    photon.exports.invert(image)
    assert Picture.seen(image) == NOISE


def test_what_was_done_half_way_is_undone(photon: Instance) -> None:
    pixels = bytes([10, 20, 30, 40, 50])
    image = photon.exports.PhotonImage(pixels, 1, 1)
    has_no_effect(photon, lambda: photon.exports.invert(image))
    assert image.get_raw_pixels() == pixels


def test_what_was_moved_into_the_call_is_whole_again(photon: Instance) -> None:
    rust = photon.exports
    odd, colour = rust.PhotonImage(b"abc", 9, 9), rust.Rgb(1, 2, 3)
    has_no_effect(photon, lambda: rust.mix_with_colour(odd, colour, 0.5))
    assert (colour.get_red(), odd.get_raw_pixels()) == (1, b"abc")
    good = image_of(rust, NOISE)
    rust.mix_with_colour(good, colour, 0.5)
    with pytest.raises(unpoison.StaleHandleError):
        colour.get_red()


def test_more_memory_than_there_is(photon: Instance) -> None:
    image = image_of(photon.exports, NOISE)
    error = has_no_effect(photon, lambda: photon.exports.create_gradient(8192, 4096))
    assert error.reason is AbortReason.MEMORY_LIMIT
    assert Picture.seen(image) == NOISE


# --- jsonlogic-rs: values of the host, read one by one ---


def test_a_rule_that_doubles_a_text_until_memory_ends(jsonlogic: Instance) -> None:
    rust = jsonlogic.exports
    add = {"+": [{"var": "current"}, {"var": "accumulator"}]}
    total = {"reduce": [{"var": "prices"}, add, 0]}
    assert rust.apply(total, {"prices": [1.5, 2.25, 3]}) == 6.75
    double = {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}
    growing = {"reduce": [{"var": "times"}, double, "ab"]}
    assert rust.apply(growing, {"times": [1, 2, 3]}) == "ab" * 8
    error = has_no_effect(jsonlogic, lambda: rust.apply(growing, {"times": list(range(40))}))
    assert error.reason in (AbortReason.MEMORY_LIMIT, AbortReason.CPU_LIMIT)
    assert rust.apply(growing, {"times": [1, 2, 3]}) == "ab" * 8
    assert rust.apply(total, {"prices": [1.5, 2.25, 3]}) == 6.75


# --- cddl: a parser ---


def test_a_schema_that_is_too_deep(cddl: Instance) -> None:
    rust = cddl.exports
    rust.validate_json_from_str("point = [x: int, y: int]", "[1, 2]")
    error = has_no_effect(cddl, lambda: rust.cddl_from_str("a = " + "[" * 100_000))
    assert error.reason in (AbortReason.STACK_OVERFLOW, AbortReason.CPU_LIMIT,
                            AbortReason.MEMORY_LIMIT)  # fmt: skip
    rust.validate_json_from_str("point = [x: int, y: int]", "[1, 2]")
    with pytest.raises(unpoison.ThrownError):
        rust.validate_json_from_str("point = [x: int, y: int]", '["a", 2]')


def test_it_fails_again_and_again_in_the_same_memory(cddl: Instance) -> None:
    rust = cddl.exports
    size = cddl.memory_size
    for _ in range(5):
        has_no_effect(cddl, lambda: rust.cddl_from_str("a = " + "[" * 100_000))
    assert cddl.memory_size == size
