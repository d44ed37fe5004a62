"""Builds the suite with cargo, as the example crates are built: no machine's paths stay in it.

`python -m tests.testing.building` writes the committed binaries again.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from unpoison.build import Dialect, Panic, Toolchain, find_toolchain
from unpoison.build.cargo import cargo_environment, code_flags
from unpoison.build.remapping import machine_names, remap_flags
from unpoison.build.toolchain import TARGET

HERE = Path(__file__).parent
SUITE = HERE / "suite"
COMMITTED: dict[str, tuple[Panic, Dialect]] = {
    "suite.legacy.wasm.gz": ("unwind", "legacy"),
    "suite.abort.wasm.gz": ("abort", "legacy"),
}


def cargo_command(rust: Toolchain, panic: Panic, target: Path, *options: str) -> list[str]:
    """Give the command that tests (or with --no-run builds) the suite."""
    command = [str(rust.cargo), "test", "--target", TARGET, "--target-dir", str(target)]
    if rust.build_std:
        command.append(f"-Zbuild-std=std,panic_{panic}")
    return [*command, *options]  # last: one of them may be `--`


def suite_environment(rust: Toolchain, panic: Panic, eh: Dialect, target: Path) -> dict[str, str]:
    """Give the environment in which the command builds the same bytes everywhere."""
    names = remap_flags([*machine_names(rust, os.environ), (target, "/target")])
    environment = cargo_environment(os.environ, rust, panic, [*code_flags(panic, eh), *names])
    return {
        **environment,
        "CARGO_BUILD_BUILD_DIR": str(target),
        # Cargo builds tests to unwind whatever the profile says, and std twice when it says
        # "abort": the two do not link. The flags alone say how a panic ends.
        "CARGO_PROFILE_RELEASE_PANIC": "unwind",
    }


def build_suite(panic: Panic, eh: Dialect, target: Path) -> bytes:
    """Give the test binary `suite`, built in release mode."""
    rust = find_toolchain(panic)
    options = ("--release", "--test", "suite", "--no-run", "--message-format=json")
    done = subprocess.run(
        cargo_command(rust, panic, target, *options),
        cwd=SUITE,
        env=suite_environment(rust, panic, eh, target),
        stdout=subprocess.PIPE,
        check=True,
    )
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    (binary,) = (m["executable"] for m in messages if m.get("executable"))
    return Path(binary).read_bytes()


def main() -> None:
    """Write the committed binaries again, compressed so that the same bytes come out."""
    for name, (panic, eh) in COMMITTED.items():
        with tempfile.TemporaryDirectory() as folder:
            target = Path(os.environ.get("CARGO_TARGET_DIR", folder)) / name.split(".")[1]
            (HERE / name).write_bytes(gzip.compress(build_suite(panic, eh, target), 9, mtime=0))


if __name__ == "__main__":
    sys.exit(main())
