"""What JavaScript has let go is dropped by finalisers, or by nothing with `--no-weak-refs`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests._peers import node26
from tests.glue.bound import bind, run, wasm_file
from tests.peers import record
from tests.transform import cli_glue

pytestmark = pytest.mark.peers

FREED = {
    "objects that are freed": 3, "an object that is disposed of": 1,
    "an object that is freed twice": 1,
}  # fmt: skip
ALL = FREED | {"objects that are collected": 3, "a closure that is collected": 1}
FEWER = FREED | {"objects that are collected": 0, "a closure that is collected": 0}


def test_what_is_collected_is_dropped_unless_it_is_not_wanted(tmp_path: Path) -> None:
    see = partial(run, node26(), "--expose-gc", Path(__file__).with_name("weak.mjs"))
    ours, fewer, theirs = (tmp_path / name for name in ("ours", "fewer", "theirs"))
    for folder in (ours, fewer, theirs):
        folder.mkdir()
    bind(ours, "counter", "legacy")
    bind(fewer, "counter", "legacy", weak_refs=False)
    cli_glue.bind(wasm_file("counter", "legacy"), theirs, "counter")
    record.write_plain_imports(theirs)
    ours, fewer, theirs = (folder / "counter.js" for folder in (ours, fewer, theirs))
    assert (see(ours), see(ours, "without"), see(fewer)) == (ALL, FEWER, FEWER)
    # The CLI has no such option: its glue drops less only where the host has no finalisers.
    assert (see(theirs), see(theirs, "without")) == (ALL, FEWER)
