"""The `worker` target on workerd: faults fail their request, and who asks gets a fresh instance."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests import _peers
from tests.glue.bound import bind
from tests.peers.workerd.process import running, write_modules

pytestmark = pytest.mark.peers

MODULES = (
    '    (name = "worker.mjs", esModule = embed "worker.mjs"),',
    '    (name = "./matrix.js", esModule = embed "matrix.js"),',
    '    (name = "./matrix_bg.wasm", wasm = embed "matrix_bg.wasm"),',
)

PANIC, THROW, ABORT = (500, "PanicError: the fault"), (500, "RangeError: the host's"), 3
UNREACHABLE = (500, "RuntimeError: unreachable")
TERMINATED = (500, "Error: Module terminated")


def answers(folder: Path, paths: list[str]) -> list[tuple[int, Any]]:
    """Serve what is in a folder, ask for paths one after the other, and give what was answered."""
    shutil.copyfile(Path(__file__).with_name("worker.mjs"), folder / "worker.mjs")
    write_modules(folder / "worker.capnp", MODULES)
    with running(_peers.workerd(), folder / "worker.capnp") as (_, ports):
        return [ask(f"http://127.0.0.1:{ports['http']}/{path}") for path in paths]


def ask(url: str) -> tuple[int, Any]:
    """Give the status and the JSON of an answer."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize("build", ["legacy", "exnref"])
def test_a_fault_fails_its_request(build: str, tmp_path: Path) -> None:
    bind(tmp_path, "matrix", build, "worker")
    paths = ["bump/0", "fault/1", "fault/2", "task/7,2,0", "task/7,1,1", "bump/0"]
    seen = answers(tmp_path, [*paths, "fault/3", "bump/0"])
    assert seen == [
        (200, 1), PANIC, THROW, (200, 7), PANIC, (200, 2), UNREACHABLE, TERMINATED,
    ]  # fmt: skip


@pytest.mark.parametrize("build", ["legacy", "abort"])
def test_the_request_after_an_abort_has_a_fresh_instance(build: str, tmp_path: Path) -> None:
    bind(tmp_path, "matrix", build, "worker", renew_after_abort=True)
    paths = ["bump/0", "bump/0", "fault/3", "bump/0", "task/7,1,3", "bump/0"]
    seen = answers(tmp_path, paths)
    assert seen == [(200, 1), (200, 2), UNREACHABLE, (200, 1), UNREACHABLE, (200, 1)]
