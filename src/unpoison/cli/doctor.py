"""`unpoison doctor`: what works on this machine, and what to do about the rest."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import click

from unpoison.cli.exits import EXIT_CODES_HELP, Exit
from unpoison.cli.terminal import stdout

Panic = Literal["unwind", "abort"]
STYLES = {"ok": "green", "note": "yellow", "FAIL": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `state` is a key of STYLES."""

    state: str
    what: str
    detail: str


@click.command(epilog=EXIT_CODES_HELP)
@click.pass_context
def doctor(context: click.Context) -> None:
    """Report on Python, engine, roll-back, cache, toolchain and the extra `workers`.

    Without a Rust toolchain `unpoison build` cannot work, without the extra `serve` and `dev`
    cannot; each is a note.
    """
    console = stdout()
    failed = False
    for finding in examine():
        console.print(f"{finding.state:4} ", style=STYLES[finding.state], end="")
        console.print(f"{finding.what:14} {finding.detail}", markup=False)
        failed |= finding.state == "FAIL"
    context.exit(Exit.TOOL_MISSING if failed else Exit.DONE)


def examine() -> Iterator[Finding]:
    """Give the findings in the order of the report."""
    yield _unpoison()
    yield Finding("ok", "python", f"{platform.python_implementation()} {platform.python_version()}")
    yield _engine()
    yield _unless_missing("roll-back", _rollback)
    yield _unless_missing("cache", _cache)
    yield _unless_missing("rust (unwind)", partial(_toolchain, "unwind"))
    yield _unless_missing("rust (abort)", partial(_toolchain, "abort"))
    yield _unless_missing("workers", _workers)


def _unless_missing(what: str, look: Callable[[], Finding]) -> Finding:
    """Give what `look` finds; most rooms cannot be imported without the engine."""
    try:
        return look()
    except ImportError:
        return Finding("note", what, "unknown until wasmtime can be loaded")


def _unpoison() -> Finding:
    try:
        return Finding("ok", "unpoison", version("unpoison"))
    except PackageNotFoundError:
        return Finding("note", "unpoison", "runs from its source folder, not installed")


def _engine() -> Finding:
    try:
        from unpoison.engine import IS_COMPILED, VERSION, Engine

        fingerprint = Engine().fingerprint().partition(" ")[2]
    except (ImportError, OSError) as error:
        return Finding("FAIL", "wasmtime", str(error))
    path = "compiled calls" if IS_COMPILED else "calls through ctypes"
    return Finding("ok", "wasmtime", f"{VERSION}, {fingerprint.partition(' ')[0]}, {path}")


def _rollback() -> Finding:
    from unpoison.engine import reason_to_copy_all

    problem = reason_to_copy_all()
    if problem is None:
        return Finding("ok", "roll-back", "the kernel tells which pages a call has written")
    detail = f"copies all of the memory before each call, 50 us per MB ({problem})"
    return Finding("note", "roll-back", detail)


def _cache() -> Finding:
    from unpoison.artefact import open_cache

    cache = open_cache()
    if cache.folder is None:
        return Finding("note", "cache", "turned off by UNPOISON_CACHE=0")
    if not cache.works():
        return Finding("note", "cache", f"{cache.folder} cannot be used; every load compiles anew")
    count, size = cache.size()
    return Finding("ok", "cache", f"{cache.folder}: {count} modules, {size / 1e6:.1f} MB")


def _toolchain(panic: Panic) -> Finding:
    from unpoison.build import find_toolchain
    from unpoison.errors import ToolError

    what = f"rust ({panic})"
    try:
        found = find_toolchain(panic)
    except ToolError as error:
        return Finding("note", what, str(error))
    return Finding("ok", what, f"{found.version}, {found.rustc}")


def _workers() -> Finding:
    from unpoison.workers import INSTALL, missing_packages

    missing = missing_packages()
    if missing:
        return Finding("note", "workers", f"missing: {', '.join(missing)}; {INSTALL}")
    return Finding("ok", "workers", "what `serve` and `dev` need is installed")
