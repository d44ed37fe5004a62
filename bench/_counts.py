"""Costs that are counted, not timed: the same on a busy machine as on a quiet one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench._measure import MissingPeer
from bench._operations import BASELINE
from bench._sides import PURE, ROOT
from bench.sides.counted import CALLS
from bench.sides.tracing import Traced

SUMMARY = re.compile(r"^summary: (\d+)$", re.MULTILINE)


def instructions(path: str, names: Sequence[str]) -> Mapping[str, float]:
    """Give the processor's instructions for each operation on a path, and for the baseline.

    Raises MissingPeer without Valgrind, or where a program cannot tell it when to count.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None or os.uname().machine != "x86_64":
        raise MissingPeer("Valgrind on x86-64")
    names = [BASELINE.name, *names]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counted"
        command = [valgrind, "-q", "--tool=callgrind", "--instr-atstart=no"]
        command += [f"--callgrind-out-file={file}", *_python("counted", names)]
        subprocess.run(command, check=True, cwd=ROOT, env=_environment(path))
        dumps = [file.with_name(f"counted.{number}") for number in range(1, len(names) + 1)]
        return {name: _total(dump) / CALLS for name, dump in zip(names, dumps, strict=True)}


def traced(path: str, names: Sequence[str]) -> Mapping[str, Traced]:
    """Give what each operation on a path runs of Python."""
    done = subprocess.run(_python("traced", names), check=True, cwd=ROOT, env=_environment(path),
                          stdout=subprocess.PIPE)  # fmt: skip
    return {name: Traced(*counts) for name, counts in json.loads(done.stdout).items()}


def _python(program: str, names: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", f"bench.sides.{program}", "unpoison_side", *names]


def _environment(path: str) -> dict[str, str]:
    # The seed of hashes decides how dictionaries collide.
    return {**os.environ, "PYTHONHASHSEED": "0", "UNPOISON_PURE": str(int(path == PURE))}


def _total(dump: Path) -> int:
    found = SUMMARY.search(dump.read_text())
    assert found is not None, f"{dump} is no dump of callgrind"
    return int(found[1])
