"""The suite says here what it says under wasm-bindgen-test-runner on Node.

Left out of the comparison: lines of stack traces, the time; in panic=abort builds also the reports
of failures, which are the AbortError here and a RuntimeError there.
"""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.testing.conftest import Runner
from tests.testing.original import RUNS, record, recorded, said, verdicts

every_run = pytest.mark.parametrize(
    ("build", "arguments"),
    [(build, arguments) for build, lists in RUNS.items() for arguments in lists],
    ids=lambda value: value if isinstance(value, str) else " ".join(value) or "all",
)


@every_run
def test_a_run_is_that_of_the_original(
    test_runner: Runner, build: str, arguments: tuple[str, ...]
) -> None:
    there = recorded()[build][" ".join(arguments)]
    ran = test_runner(build, *arguments)
    here = said(ran.code, ran.out, ran.err)
    assert here.code == there.code
    if build == "unwind":
        assert here == there
    elif there.out[0].startswith("running"):
        assert verdicts(here.out) == verdicts(there.out)
    else:
        assert here.out == there.out


def test_the_record_has_every_run_and_every_verdict() -> None:
    runs = recorded()
    assert {build: list(said) for build, said in runs.items()} == {
        build: [" ".join(arguments) for arguments in lists] for build, lists in RUNS.items()
    }
    lines = "\n".join(runs["unwind"]["--skip aborts::"].out)
    for word in ("... ok\n", "... FAIL\n", "... ignored\n", "... ignored, takes too long\n"):
        assert word in lines


@pytest.mark.peers
def test_the_record_is_what_the_original_says_now() -> None:
    now = record()
    assert now == {
        build: {arguments: asdict(run) for arguments, run in runs.items()}
        for build, runs in recorded().items()
    }
