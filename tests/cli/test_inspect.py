"""`unpoison inspect`: what it tells, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli._running import COUNTER, STATS, run
from unpoison.wasm import Module

Capture = pytest.CaptureFixture[str]


def inspect_json(capsys: Capture, file: object) -> Any:
    ran = run(capsys, "inspect", file, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def named(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (item,) = (item for item in items if item["name"] == name)
    return item


def test_what_the_module_was_built_with(capsys: Capture) -> None:
    told = inspect_json(capsys, STATS)
    assert told["schema_version"] == "0.2.130"
    assert told["exception_handling"] == "legacy"
    assert told["panic_strategy"] == "unwind"
    assert told["sizes"]["file"] == STATS.stat().st_size
    assert told["producers"][0].startswith("rustc ")


def test_each_item_in_the_words_of_both_languages(capsys: Capture) -> None:
    told = inspect_json(capsys, STATS)
    median = named(told["functions"], "median")
    assert median["rust"] == "fn median(numbers: Vec<f64>) -> Option<f64>"
    assert median["python"].endswith("-> float | None")
    assert "middle number" in median["docs"]
    members = named(told["classes"], "Series")["members"]
    assert named(members, "Series.new")["python"] == "Series() -> Series"
    assert named(members, "Series.mean")["python"] == "@property def mean(self) -> float"
    assert named(members, "Series.push")["rust"] == "fn push(&self, number: f64)"
    assert named(told["enums"], "Trend")["variants"] == {"Falling": -1, "Flat": 0, "Rising": 1}


def test_an_async_function_gives_what_it_is_awaited_for(capsys: Capture) -> None:
    slow = named(inspect_json(capsys, COUNTER)["functions"], "slow")
    assert slow["rust"] == "async fn slow(turns: u32) -> Result<u32, JsValue>"
    assert slow["python"] == "async def slow(turns: int) -> int"


def test_imports_say_who_gives_them(capsys: Capture) -> None:
    imports = inspect_json(capsys, COUNTER)["imports"]
    providers = {item["name"]: item["provider"] for item in imports}
    assert providers["risky"] == "you"
    assert providers["env.raw_hook"] == "you"
    assert providers["console.log"] == "unpoison"
    assert providers["__wbindgen_throw"] == "unpoison"
    assert providers["__wbindgen_jspi_spawn_poll"] == "nobody yet"
    assert named(imports, "risky")["catch"] is True


def test_the_text_lists_the_same(capsys: Capture) -> None:
    ran = run(capsys, "inspect", COUNTER)
    assert ran.code == 0
    for line in (
        "  exceptions    legacy",
        "  fn greet(name: &str) -> String",
        "      def greet(name: str) -> str",
        "Imports that you give (7)",
        "  risky: (n: u32) -> u32",
    ):
        assert line in ran.out.splitlines()
    assert "\x1b" not in ran.out


def test_a_module_without_schema_is_refused(capsys: Capture, tmp_path: Any) -> None:
    (tmp_path / "empty.wasm").write_bytes(Module().emit())
    ran = run(capsys, "inspect", tmp_path / "empty.wasm")
    assert ran.code == 3
    assert ran.err.startswith("unpoison: UnsupportedModule: ")


@pytest.mark.parametrize(
    ("build", "node20", "translated"),
    [("legacy", True, False), ("exnref", False, False), ("abort", True, True)],
)
def test_which_runtimes_run_it(capsys: Capture, build: str, node20: bool, translated: bool) -> None:
    file = COUNTER.with_name(f"counter.{build}.wasm")
    runtimes = inspect_json(capsys, file)["runtimes"]
    (told,) = (r for r in runtimes if (r["runtime"], r["versions"]) == ("Node", "20"))
    assert (told["as_it_is"], told["with_exnref"]) == (node20, translated)
    assert (told["evidence"], told["source"]) == ("tested", "20.20")
    (newest,) = (r for r in runtimes if (r["runtime"], r["versions"]) == ("Node", "26"))
    assert newest["as_it_is"] and newest["with_exnref"]
    text = run(capsys, "inspect", file).out
    heading = text.index("JavaScript runtimes that run a package of it")
    others = text.find("JavaScript runtimes that do not know exnref")
    assert (others > heading) is (build == "exnref")
    assert (text.index("\n  Node 20 ") > others) is (node20 or others > 0)
