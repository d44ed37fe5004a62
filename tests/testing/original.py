"""What the original, `wasm-bindgen-test-runner` on Node, says of the suite; recorded.

`python -m tests.testing.original` records again. Lines of stack traces are left out, and the time.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests import _peers

HERE = Path(__file__).parent
RECORD = HERE / "recorded.json"
BINARIES = {"unwind": HERE / "suite.legacy.wasm.gz", "abort": HERE / "suite.abort.wasm.gz"}

# What ends the instance of a panic=unwind binary ends the original's whole run, and so does a stack
# that overflows in either; what never ends is not run.
_ENDS = ("--skip", "aborts::")
_SPARED = ("--skip", "f_stack", "--skip", "m_loops", "--skip", "n_waits", "--skip", "o_waits")

RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "unwind": (
        _ENDS,
        (*_ENDS, "--include-ignored"),
        (*_ENDS, "inner"),
        ("timers::",),
        (*_ENDS, "--skip", "panic"),
        (*_ENDS, "--nocapture", "prints"),
        ("--exact", "verdicts::passes"),
        ("--exact", "passes"),
        ("--list",),
        ("--list", "--ignored"),
        ("--list", "--format", "terse", "waits", "--skip", "panics"),
        ("no_such_test",),
    ),
    "abort": (
        ("--skip", "f_stack"),
        (*_SPARED, "--include-ignored"),
        ("aborts::b_unreachable", "--exact"),
        ("timers::", "--skip", "panics_as"),
        ("--list",),
    ),
}


@dataclass(frozen=True)
class Said:
    """One run: its exit code, and the lines of its stdout and stderr."""

    code: int
    out: list[str]
    err: list[str]


def said(code: int, out: str, err: str) -> Said:
    """Give what a run says that no machine and no engine changes."""
    return Said(code, list(_lines(out)), list(_lines(err)))


def run_original(binary: Path, arguments: Iterable[str]) -> Said:
    """Run the original; its stderr without the error and backtrace that end it after a failure."""
    program = _peers.tools() / "bin" / "wasm-bindgen-test-runner"
    if not program.exists():
        _peers.missing("wasm-bindgen-test-runner 0.2.130")
    path = f"{Path(_peers.node20()).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [program, binary, *arguments],
        env={**os.environ, "WASM_BINDGEN_NO_DEBUG": "1", "RUST_BACKTRACE": "0", "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    err = done.stderr.partition("Error: Node failed")[0]
    return said(done.returncode, done.stdout, err)


def verdicts(lines: Iterable[str]) -> list[str]:
    """Give the lines that say how tests ended, without the reports of failures."""
    return [line for line in lines if re.match(r"running |test |    [\w:]+$", line)]


def recorded() -> dict[str, dict[str, Said]]:
    """Give what was recorded, by build and arguments."""
    whole = json.loads(RECORD.read_text())
    return {
        build: {arguments: Said(**run) for arguments, run in runs.items()}
        for build, runs in whole.items()
    }


def unpack(build: str, folder: Path) -> Path:
    """Give the committed binary of a build as a file in the folder."""
    path = folder / f"suite.{build}.wasm"
    path.write_bytes(gzip.decompress(BINARIES[build].read_bytes()))
    return path


def record() -> dict[str, dict[str, object]]:
    """Run the original with every list of arguments."""
    with tempfile.TemporaryDirectory() as folder:
        binaries = {build: unpack(build, Path(folder)) for build in RUNS}
        return {
            build: {" ".join(args): asdict(run_original(binaries[build], args)) for args in lists}
            for build, lists in RUNS.items()
        }


def _lines(text: str) -> Iterable[str]:
    for line in text.splitlines():
        if not re.match(r"\s+at ", line):
            yield re.sub(r"finished in [\d.]+s", "finished in 0.00s", line)


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=1, ensure_ascii=False) + "\n")
    sys.exit(0)
