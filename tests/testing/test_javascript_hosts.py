"""The suite in Node and in Chromium, under our JavaScript: the verdicts of the original."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests import _peers
from tests.testing.conftest import Runner
from tests.testing.original import RUNS, recorded, said, verdicts
from tests.testing.test_suite import PASS, REASONS, expected_words, report, with_section, words

pytestmark = pytest.mark.peers

TARGETS = ("node", "chromium")
CHOSEN = {
    "unwind": [RUNS["unwind"][place] for place in (1, 3, 5)],
    "abort": [RUNS["abort"][place] for place in (1, 3)],
}
every_target = pytest.mark.parametrize("target", TARGETS)


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Have the Node that was recorded; skip what is for a browser that is not there."""
    monkeypatch.delenv("UNPOISON_CHROMIUM", raising=False)
    if "chromium" in request.node.name and shutil.which("chromium") is None:
        pytest.skip("missing browser: chromium (make test-peers installs it on Debian, as root)")
    monkeypatch.setenv("UNPOISON_NODE", _peers.node20())


@every_target
@pytest.mark.parametrize(
    ("build", "arguments"),
    [(build, arguments) for build, lists in CHOSEN.items() for arguments in lists],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_run_is_that_of_the_original(
    test_runner: Runner, build: str, arguments: tuple[str, ...], target: str
) -> None:
    there = recorded()[build][" ".join(arguments)]
    ran = test_runner(build, *arguments, "--target", target)
    here = said(ran.code, ran.out, ran.err)
    assert here.code == there.code
    if build == "unwind":
        assert here == there
    else:
        assert verdicts(here.out) == verdicts(there.out)


@every_target
@pytest.mark.parametrize(("build", "restarts"), [("unwind", 8), ("abort", 9)])
def test_what_ends_its_instance_fails_alone(
    test_runner: Runner, build: str, restarts: int, target: str
) -> None:
    ran = test_runner(build, "aborts::", "--target", target)
    assert ran.code == 1
    assert words(ran) == expected_words(build)
    assert f"note: {restarts} restarts in a fresh instance" in ran.out
    for name in REASONS:
        text = report(ran, name)
        assert "that ended the instance:" in text
        assert re.search(r"^ +log output:\n +run \d of this instance$", text, re.MULTILINE)
        assert re.search(r"^ +at \S", text, re.MULTILINE)


@every_target
def test_what_does_not_end_fails_alone(test_runner: Runner, target: str) -> None:
    arguments = ("--include-ignored", "--timeout", "1", "--skip", "aborts::n_", "--target", target)
    ran = test_runner("unwind", "aborts::", "--skip", "_aborts", *arguments)
    assert {name for name, word in words(ran).items() if word == "ok"} == set(PASS)
    for name in ("m_loops", "o_waits_too_long"):
        assert "did not finish in 1 s" in report(ran, name)


def test_node_knows_that_nothing_will_come(test_runner: Runner) -> None:
    ran = test_runner("unwind", "n_waits", "--ignored", "--target", "node")
    assert ran.code == 1
    assert "nothing is left to settle" in report(ran, "n_waits_for_nothing")


@pytest.mark.parametrize(
    ("section", "target", "code", "told"),
    [
        (b"\x01", "chromium", 0, "1 passed"),
        (b"\x01", "node", 1, "give --target chromium"),
        (b"\x05", "node", 0, "1 passed"),
        (b"\x05", "chromium", 1, "give --target node"),
        (b"\x02", "chromium", 1, "asks for a dedicated worker"),
    ],
)
def test_a_suite_runs_where_it_says(
    test_runner: Runner, binaries: dict[str, Path], tmp_path: Path, section: bytes, target: str,
    code: int, told: str,
) -> None:  # fmt: skip
    path = with_section(binaries["unwind"], section, tmp_path)
    ran = test_runner(path, "verdicts::inner::passes", "--target", target)
    assert (ran.code, told in ran.out + ran.err) == (code, True)
