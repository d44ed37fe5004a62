"""Published crates, unmodified below a thin crate of ours: what they do, and what they do wrong."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from unpoison import js

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SHOWN = {
    "jsonlogic": ["eat it", "not yet", "sum: 6.75"],
    "gloo": ["tick 1", "waited 70 ms", "-3.2 °C in Oslo", "no weather: the service answered 404"],
    "photon": ["#@%***##%#+.", "no thumbnail: called", "a sign of "],
    "cddl_check": ["fine", "/name: expected uint to be in range", "/age: expected value .lt 150"],
}


def exports_of(name: str, build: str = "legacy") -> Iterator[Any]:
    with unpoison.load(EXAMPLES / name / f"{name}.{build}.wasm") as instance:
        yield instance.exports


@pytest.fixture(scope="module")
def jsonlogic() -> Iterator[Any]:
    yield from exports_of("jsonlogic")


@pytest.fixture(scope="module")
def cddl() -> Iterator[Any]:
    yield from exports_of("cddl_check")


@pytest.mark.parametrize("name", SHOWN)
def test_the_example_shows_what_the_crate_is_for(name: str) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name / "example.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [text for text in SHOWN[name] if text not in done.stdout] == []
    assert done.stderr == ""


# --- jsonlogic-rs: values of any shape, both ways ---


@pytest.mark.parametrize(
    ("rule", "data", "result"),
    [
        ({"var": "a.b"}, {"a": {"b": [1, None]}}, [1, js.null]),
        ({"if": [{"var": "x"}, "yes", "no"]}, {"x": False}, "no"),
        ({"map": [{"var": ""}, {"*": [{"var": ""}, 2]}]}, [1, 2.5], [2, 5]),
        ({"missing": ["a", "b"]}, {"a": 1}, ["b"]),
        ({"==": [1, "1"]}, {}, True),
        ({"cat": ["h", "é", 1]}, None, "hé1"),
        (True, {}, True),
    ],
    ids=str,
)
def test_a_rule_is_applied(jsonlogic: Any, rule: object, data: object, result: object) -> None:
    assert jsonlogic.apply(rule, data) == result


def test_a_rule_that_is_wrong_is_an_error_of_its_call(jsonlogic: Any) -> None:
    with pytest.raises(unpoison.ThrownError, match="Wrong argument count"):
        jsonlogic.apply({"reduce": [1]}, {})
    assert jsonlogic.apply({"+": [1, 2]}, {}) == 3


# --- cddl: text in, structured errors out ---


def test_a_document_is_checked(cddl: Any) -> None:
    schema = "point = [x: int, y: int]"
    cddl.validate_json_from_str(schema, "[1, 2]")
    with pytest.raises(unpoison.ThrownError):
        cddl.validate_json_from_str(schema, json.dumps(["a", 2]))


def test_a_schema_becomes_an_object_tree(cddl: Any) -> None:
    tree = cddl.cddl_from_str("age = uint ; years\n")
    assert isinstance(tree, js.Object | js.Map)
    assert js.get(js.get(tree, "rules"), 0) is not None


def test_a_schema_that_does_not_parse_says_where(cddl: Any) -> None:
    with pytest.raises(unpoison.ThrownError) as caught:
        cddl.cddl_from_str("age = uint\nname = ")
    said = js.json_stringify(caught.value.value)  # type: ignore[attr-defined]
    assert said is not None and "line" in said


# --- gloo: callbacks, timers and requests ---


def run_gloo(work: Callable[[Any], Awaitable[object]], body: str = "") -> object:
    """Run work under an event loop, with a service that answers with a body."""

    async def answer(request: Any) -> Any:
        names = request.realm.global_object
        return js.construct(names["Response"], f"{body}", {"status": 200})

    async def main() -> object:
        with unpoison.load(EXAMPLES / "gloo" / "gloo.abort.wasm", fetch=answer) as instance:
            return await work(instance.exports)

    return asyncio.run(asyncio.wait_for(main(), 30))


def test_an_interval_ends_when_its_object_is_freed() -> None:
    async def work(gloo: Any) -> object:
        ticks: list[int] = []
        ticker = gloo.Ticker(1, ticks.append)
        while len(ticks) < 3:
            await asyncio.sleep(0.001)
        ticker.free()
        seen = list(ticks)
        await asyncio.sleep(0.02)
        assert ticks == seen == list(range(1, len(seen) + 1))
        return None

    run_gloo(work)


def test_timers_wait_side_by_side() -> None:
    async def work(gloo: Any) -> object:
        return await asyncio.gather(*(gloo.pause(n) for n in (30, 10, 20)))

    assert run_gloo(work) == [30, 10, 20]


def test_a_request_gives_what_rust_reads_in_the_answer() -> None:
    async def work(gloo: Any) -> object:
        return await gloo.weather("https://weather.example/")

    assert run_gloo(work, '{"city": "Bergen", "celsius": 7.04}') == "7.0 °C in Bergen"
    with pytest.raises(unpoison.ThrownError, match="missing field"):
        run_gloo(work, '{"city": "Bergen"}')
    with pytest.raises(unpoison.ThrownError):
        run_gloo(work, "no JSON")
