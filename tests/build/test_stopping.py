"""A build that is ended from another thread leaves nothing running."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from tests.build.conftest import script
from unpoison.build import Stop, build
from unpoison.errors import ToolError


@pytest.fixture
def endless(make_rust, facts, tmp_path):
    """A crate, and a fake Rust whose cargo starts a child and waits for it for ever."""
    crate = tmp_path / "own"
    crate.mkdir()
    (crate / "Cargo.toml").touch()
    rust = make_rust("rust")
    rust.answers(facts(crate))
    script(
        rust.root / "bin/cargo",
        f'if [ "$1" = metadata ]; then exec cat "{rust.root}/metadata.json"; fi\n'
        f'sleep 600 &\necho $! > "{rust.root}/child"\necho Compiling >&2\nwait\n',
    )
    return crate, rust


def is_running(process: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="processes are looked up in /proc")
def test_a_stop_ends_cargo_and_its_children(endless):
    crate, rust = endless
    stop = Stop()
    lines = []

    def hear(line: str) -> None:
        lines.append(line)
        threading.Timer(0.05, stop.set).start()

    with pytest.raises(ToolError, match="the build was stopped"):
        build(crate, toolchain=rust.toolchain, progress=hear, stop=stop)
    assert lines == ["Compiling"]
    child = int((rust.root / "child").read_text())
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


def test_a_build_that_is_stopped_before_it_begins_ends_at_once(endless):
    crate, rust = endless
    stop = Stop()
    stop.set()
    with pytest.raises(ToolError, match="the build was stopped"):
        build(crate, toolchain=rust.toolchain, stop=stop)


def test_a_stop_after_the_build_has_no_effect(make_rust, facts, tmp_path):
    crate = tmp_path / "own"
    crate.mkdir()
    (crate / "Cargo.toml").touch()
    rust = make_rust("rust")
    rust.answers(facts(crate))
    wasm = rust.root / "own.wasm"
    wasm.write_bytes(b"\0asm")
    rust.builds([{"reason": "compiler-artifact", "filenames": [str(wasm)]}])
    stop = Stop()
    assert build(crate, toolchain=rust.toolchain, stop=stop).path == wasm
    stop.set()
