"""`unpoison build`: a crate's source becomes a package."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.package import write_package
from unpoison.cli.terminal import print_step

Dialect = Literal["legacy", "exnref"]
Panic = Literal["unwind", "abort"]


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("crate", metavar="CRATE_DIR", type=click.Path(path_type=Path))
@click.option(
    "--eh",
    type=click.Choice(["legacy", "exnref"]),
    default="legacy",
    show_default=True,
    help="The exception-handling dialect that rustc emits; both work everywhere in unpoison.",
)
@click.option(
    "--panic",
    type=click.Choice(["unwind", "abort"]),
    default="unwind",
    show_default=True,
    help="What a panic does: unwind costs one call, abort ends the instance.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default=".",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that gets the package.",
)
def build(crate: Path, eh: Dialect, panic: Panic, output: Path) -> None:
    """Build a Rust crate for the web and write its Python package.

    Needs a Rust that can build the standard library (a nightly of rustup with rust-src, or
    Debian's rustc-web); for `--panic abort` any stable Rust with the wasm32 target. `unpoison
    doctor` tells which one is found. The result carries no path of this machine, and the same
    input builds to the same bytes.

    \b
    Examples:
      unpoison build path/to/crate -o out
      unpoison build path/to/crate --panic abort
    """
    from unpoison.build import build as build_crate

    module = build_crate(crate, eh=eh, panic=panic, progress=print_step)
    package = write_package(module.path.read_bytes(), output)
    print_step(f"{package}: import {package.name}")
