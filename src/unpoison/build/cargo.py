"""Runs cargo so that the same crate gives the same bytes on every machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unpoison.build.crate import Crate, read_crate
from unpoison.build.diagnostics import Report
from unpoison.build.remapping import (
    Names,
    digest_of,
    machine_names,
    near_names,
    own_names,
    remap_flags,
)
from unpoison.build.stopping import Stop
from unpoison.build.toolchain import TARGET, Panic, Toolchain, find_toolchain
from unpoison.errors import ToolError

Dialect = Literal["legacy", "exnref"]
Progress = Callable[[str], None]

# Flags of the environment would make the bytes depend on the machine, and some of them do not
# hold for wasm32; RUSTUP_TOOLCHAIN would make cargo run another compiler than the one found.
_DROPPED = (
    "RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "RUSTUP_TOOLCHAIN",
)


@dataclass(frozen=True, slots=True)
class BuiltModule:
    """A module that was built: its file, and what it was built with."""

    path: Path
    crate: str
    panic: Panic
    eh: Dialect | None
    toolchain: Toolchain


def build(
    crate_dir: str | Path,
    *,
    eh: Dialect = "legacy",
    panic: Panic = "unwind",
    out_dir: str | Path | None = None,
    progress: Progress = lambda line: None,
    toolchain: Toolchain | None = None,
    stop: Stop | None = None,
) -> BuiltModule:
    """Build a crate for wasm32 in release mode and give the module, with its schema.

    The file is copied to `out_dir` when one is given, and stays in cargo's target directory
    otherwise; `eh` counts for panic="unwind" only. Crates that share cargo's build directory
    (CARGO_BUILD_BUILD_DIR, with cargo 1.91 or newer) share one build of the standard library.
    `progress` gets cargo's lines as they come, from the thread that calls; `stop` ends the build
    from another one. Raises ToolError: no usable Rust (missing), no crate, a crate that does not
    compile, or a build that was stopped.
    """
    chosen = find_toolchain(panic) if toolchain is None else toolchain
    crate = read_crate(
        Path(crate_dir).resolve(), chosen, cargo_environment(os.environ, chosen, panic, ())
    )
    dialect = eh if panic == "unwind" else None
    near = near_names(crate, os.environ)
    directory = _build_directory(crate, dialect or "abort", near)
    names = [*machine_names(chosen, os.environ), *near, (directory, "/target")]
    flags = [*code_flags(panic, eh), *remap_flags(names)]
    environment = {
        **cargo_environment(os.environ, chosen, panic, flags),
        **_worker_environment(crate),
        "CARGO_BUILD_BUILD_DIR": str(directory),
    }
    target = crate.target_directory / "unpoison" / (dialect or "abort")
    own = remap_flags(own_names(crate, os.environ))
    report = _run(_command(crate, chosen, panic, target, own), environment, crate, progress, stop)
    path = _deliver(_module_file(report, crate), out_dir)
    return BuiltModule(path, crate.package, panic, dialect, chosen)


def _build_directory(crate: Crate, variant: str, near: Names) -> Path:
    """Where cargo keeps what it makes on the way: one directory for each set of flags.

    In one for several sets, cargo would make everything again at each change; and it does not see
    that the environment of macros has changed.
    """
    name = f"{variant}-worker" if _worker_environment(crate) else variant
    return crate.build_directory / "unpoison" / (f"{name}-{digest_of(near)}" if near else name)


def _command(
    crate: Crate, toolchain: Toolchain, panic: Panic, target: Path, own_flags: list[str]
) -> list[str]:
    command = [str(toolchain.cargo), "rustc", "--release", "--lib", "--target", TARGET]
    command += ["--manifest-path", str(crate.manifest), "--target-dir", str(target)]
    command.append("--message-format=json")
    if toolchain.build_std:
        command.append(f"-Zbuild-std=std,panic_{panic}")
    return [*command, "--", *own_flags]


def code_flags(panic: Panic, eh: Dialect) -> list[str]:
    """Give the flags that say how a panic ends."""
    if panic == "abort":
        return ["-Cpanic=abort"]
    # Said in both cases: the default changes with the version of the compiler.
    legacy = "true" if eh == "legacy" else "false"
    return ["-Cpanic=unwind", f"-Cllvm-args=-wasm-use-legacy-eh={legacy}"]


def cargo_environment(
    env: Mapping[str, str], toolchain: Toolchain, panic: Panic, flags: Iterable[str]
) -> dict[str, str]:
    """Give the environment in which cargo runs, without what would make the bytes differ."""
    chosen = {key: value for key, value in env.items() if key not in _DROPPED}
    chosen["RUSTC"] = str(toolchain.rustc)
    chosen["CARGO_ENCODED_RUSTFLAGS"] = "\x1f".join(flags)
    # The crate's own profile must not undo what was asked for, nor strip the schema.
    chosen["CARGO_PROFILE_RELEASE_PANIC"] = panic
    chosen["CARGO_PROFILE_RELEASE_STRIP"] = "none"
    if toolchain.build_std and toolchain.bootstrap:
        chosen["RUSTC_BOOTSTRAP"] = "1"
    return chosen


def _worker_environment(crate: Crate) -> dict[str, str]:
    """What the macros of wasm-bindgen are told for a Rust Worker: async functions by js-sys.

    worker-build sets it too (crate worker-build, src/build/mod.rs); wasm-bindgen-macro-support
    reads it (src/ast.rs).
    """
    return {"WASM_BINDGEN_USE_JS_SYS": "1"} if "worker" in crate.dependencies else {}


def _run(
    command: list[str],
    env: Mapping[str, str],
    crate: Crate,
    progress: Progress,
    stop: Stop | None,
) -> Report:
    """Run cargo in the crate's directory; its lines go to `progress`, its messages to a report."""
    report = Report()
    started = _start(command, env, crate.manifest.parent, leads=stop is not None)
    with started as process, nullcontext() if stop is None else stop.ending(process):
        assert process.stdout is not None
        assert process.stderr is not None
        messages = threading.Thread(target=_read_messages, args=(process.stdout, report))
        messages.start()
        for line in process.stderr:
            report.lines.append(line.rstrip())
            progress(line.rstrip())
        messages.join()
    if process.returncode != 0:
        raise report.failure(crate.package)
    return report


def _start(
    command: list[str], env: Mapping[str, str], directory: Path, *, leads: bool
) -> subprocess.Popen[str]:
    """Start cargo; `leads` gives it a group of its own, so that it can be ended with its children.

    Without one it is in ours, and Ctrl-C in a terminal reaches it too.
    """
    try:
        return subprocess.Popen(
            command,
            cwd=directory,
            env=dict(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            process_group=0 if leads and os.name == "posix" else None,
        )
    except OSError as error:
        raise ToolError(f"{command[0]} does not run: {error}", missing=True) from error


def _read_messages(lines: Iterable[str], report: Report) -> None:
    for line in lines:
        report.read(line)


def _module_file(report: Report, crate: Crate) -> Path:
    """The file that cargo named last; dependencies that are cdylibs come before the crate."""
    files = [Path(name) for name in report.files if name.endswith(".wasm")]
    if not files:
        raise ToolError(f"cargo built {crate.package}, but named no .wasm file")
    return files[-1]


def _deliver(built: Path, out_dir: str | Path | None) -> Path:
    if out_dir is None:
        return built
    directory = Path(out_dir)
    directory.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(built, directory / built.name))
