"""Hosts that are not there, end at once, or post nothing: one error, and nothing is left."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.testing.conftest import Runner
from unpoison.errors import ToolError
from unpoison.testing import find_host
from unpoison.testing.javascript_host import EndedError, LateError, running_host, serving

POSTING = """
import sys, time, urllib.request
for word in (b"one", b"two"):
    urllib.request.urlopen(sys.argv[1] + "told", word).read()
plan = urllib.request.urlopen(sys.argv[1] + "plan.json").read()
urllib.request.urlopen(sys.argv[1] + "told", plan)
print("the end", flush=True)
time.sleep(60) if WAITS else sys.exit(7)
"""


@pytest.mark.parametrize(
    ("target", "advice"),
    [("node", "install Node 20 or later"), ("chromium", "install Chromium or Chrome")],
)
def test_a_host_that_is_not_there_is_one_line(
    test_runner: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: str, advice: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(f"UNPOISON_{target.upper()}", raising=False)
    ran = test_runner("unwind", "verdicts::inner::passes", "--target", target)
    assert (ran.code, ran.out) == (1, "")
    assert advice in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_host_that_the_environment_names() -> None:
    assert find_host("node", {"UNPOISON_NODE": sys.executable}) == sys.executable
    with pytest.raises(ToolError, match="/nowhere/node, which UNPOISON_NODE names") as caught:
        find_host("node", {"UNPOISON_NODE": "/nowhere/node"})
    assert caught.value.missing


def test_a_host_that_ends_at_once(test_runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNPOISON_NODE", sys.executable)  # which does not understand the script
    ran = test_runner("unwind", "verdicts::inner::passes", "--target", "node")
    assert ran.code == 1
    assert "ended before the tests began (exit status 1)" in ran.err


def test_benchmarks_are_of_the_python_host(test_runner: Runner) -> None:
    assert test_runner("unwind", "--bench", "--target", "node").code == 2


@pytest.mark.parametrize("waits", [True, False])
def test_posts_come_in_order_and_the_program_is_ended(waits: bool) -> None:
    script = POSTING.replace("WAITS", str(waits)).encode()
    files = {"driver.mjs": script, "plan.json": b"{}"}
    began = time.monotonic()
    with running_host("node", sys.executable, files) as host:
        assert [host.next(30) for _ in range(3)] == [
            ("told", b"one"), ("told", b"two"), ("told", b"{}"),
        ]  # fmt: skip
        if waits:
            with pytest.raises(LateError):
                host.next(0.1)
        else:
            with pytest.raises(EndedError) as caught:
                host.next(30)
            assert (caught.value.code, caught.value.log) == (7, "the end\n")
    assert time.monotonic() - began < 30


def test_only_what_is_below_the_path_that_nobody_guesses_is_served(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("the page")
    with serving(tmp_path) as (url, posts):
        origin = "/".join(url.split("/")[:3])
        assert urllib.request.urlopen(f"{url}page.html").read() == b"the page"
        assert [status(f"{origin}{path}") for path in ("/", "/page.html", "/x/page.html")] == [
            404
        ] * 3
        assert status(f"{origin}/told", b"posted") == 404
        assert posts.empty()
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{url}page.html")


def status(url: str, data: bytes | None = None) -> int:
    """Give the status of an answer that is an error."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, data)
    with caught.value as answer:
        return answer.code
