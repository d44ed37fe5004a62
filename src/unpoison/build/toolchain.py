"""Which Rust of this machine can build a crate for wasm32.

A module that unwinds needs a standard library that unwinds, and nobody ships one: the compiler
must come with its source (rust-src), from which cargo builds it. A module that aborts needs only
a Rust that has the wasm32 target.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from unpoison.errors import ToolError

Panic = Literal["unwind", "abort"]
TARGET = "wasm32-unknown-unknown"

_MISSING = {
    "unwind": (
        "no Rust with the source of its standard library was found; install either\n"
        "  rustup:          rustup toolchain install nightly --component rust-src\n"
        "  Debian, Ubuntu:  apt-get install rustc-web cargo-web rust-web-src rust-web-llvm lld-22"
    ),
    "abort": (
        f"no Rust that can build for {TARGET} was found; install either\n"
        f"  rustup:          rustup target add {TARGET}\n"
        "  Debian, Ubuntu:  apt-get install rustc-web cargo-web rust-web-src rust-web-llvm lld-22"
    ),
}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """One compiler with its cargo.

    `build_std` tells that the standard library must be built from its source too; `bootstrap`
    that this is a stable compiler, which gives its unstable flags only when told to.
    """

    cargo: Path
    rustc: Path
    version: str
    sysroot: Path
    build_std: bool
    bootstrap: bool

    @property
    def library(self) -> Path:
        """Where the source of the standard library is, if it is there."""
        return self.sysroot / "lib/rustlib/src/rust"

    @property
    def has_source(self) -> bool:
        """Whether cargo can build the standard library with this compiler."""
        return (self.library / "library/std/Cargo.toml").is_file()

    @property
    def has_target(self) -> bool:
        """Whether a standard library for wasm32 is there, built."""
        libraries = self.sysroot / "lib/rustlib" / TARGET / "lib"
        return any(libraries.glob("libstd-*.rlib"))


def find_toolchain(panic: Panic, env: Mapping[str, str] | None = None) -> Toolchain:
    """Give the first Rust that can build with this panic strategy.

    Tried in order: `$RUSTC` with `$CARGO`, rustup's nightly, the Rust on the PATH, Debian's in
    /usr/bin, rustup's other toolchains. Raises ToolError (missing) that says what to install.
    """
    found = list(_candidates(os.environ if env is None else env))
    if panic == "abort":
        ready = [one for one in found if one.has_target]
        if ready:
            return replace(ready[0], build_std=False, bootstrap=False)
    for one in found:
        if one.has_source:
            return one
    raise ToolError(_MISSING[panic], missing=True)


def _candidates(env: Mapping[str, str]) -> Iterator[Toolchain]:
    seen: set[tuple[Path, Path]] = set()
    for rustc, cargo in _programs(env):
        one = _probe(rustc, cargo, env)
        if one is not None and (one.rustc, one.sysroot) not in seen:
            seen.add((one.rustc, one.sysroot))
            yield one


def _programs(env: Mapping[str, str]) -> Iterator[tuple[Path, Path]]:
    """Pairs of rustc and cargo, the preferred ones first."""
    path = env.get("PATH", os.defpath)
    on_path = _pair(shutil.which("rustc", path=path), shutil.which("cargo", path=path))
    explicit = _pair(env.get("RUSTC"), env.get("CARGO") or shutil.which("cargo", path=path))
    rustup = list(_rustup_programs(env, path))
    nightly = [pair for name, pair in rustup if name.startswith("nightly")]
    others = [pair for name, pair in rustup if not name.startswith("nightly")]
    debian = _pair(shutil.which("rustc", path="/usr/bin"), shutil.which("cargo", path="/usr/bin"))
    yield from [*explicit, *nightly, *on_path, *debian, *others]


def _pair(rustc: str | None, cargo: str | None) -> list[tuple[Path, Path]]:
    return [] if rustc is None or cargo is None else [(Path(rustc), Path(cargo))]


def _rustup_programs(env: Mapping[str, str], path: str) -> Iterator[tuple[str, tuple[Path, Path]]]:
    rustup = shutil.which("rustup", path=path)
    if rustup is None:
        return
    for line in _output([rustup, "toolchain", "list"], env).splitlines():
        name = line.split()[0] if line.strip() else ""
        rustc = Path(_output([rustup, "which", "--toolchain", name, "rustc"], env).strip() or "-")
        # The programs themselves, not rustup's proxies: a proxy obeys the crate's directory.
        if name and rustc.is_file():
            yield name, (rustc, rustc.with_name("cargo"))


def _probe(rustc: Path, cargo: Path, env: Mapping[str, str]) -> Toolchain | None:
    """Ask a compiler what it is; None when it does not run."""
    sysroot = _output([str(rustc), "--print", "sysroot"], env).strip()
    words = _output([str(rustc), "--version"], env).split()
    if not sysroot or len(words) < 2:
        return None
    return Toolchain(
        cargo=cargo,
        rustc=rustc,
        version=words[1],
        sysroot=Path(sysroot),
        build_std=True,
        bootstrap="nightly" not in words[1] and "dev" not in words[1],
    )


def _output(command: list[str], env: Mapping[str, str]) -> str:
    """What the program prints; nothing when it cannot run or fails."""
    try:
        done = subprocess.run(
            command, env=dict(env), capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
