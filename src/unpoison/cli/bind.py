"""`unpoison bind`: a module's bindings as a Python package."""

from __future__ import annotations

from pathlib import Path

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.package import notes_about, write_package
from unpoison.cli.terminal import print_step, progress


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that gets the package, as a folder with the crate's name.",
)
def bind(file: Path, output: Path) -> None:
    """Write a typed, documented Python package for a module.

    The package holds the module itself and has `load(imports=...)`. When the module needs nothing
    from you, its functions and classes are at module level too, on one default instance. Rust's
    doc comments are the docstrings, and interfaces that the crate declares in TypeScript are
    TypedDicts. The same input gives the same bytes.

    \b
    Example:
      unpoison bind counter.wasm -o .
      python -c 'import counter; print(counter.greet("world"))'
    """
    with progress(f"binding {file.name}"):
        package = write_package(file.read_bytes(), output)
    for note in notes_about(package.name):
        print_step(f"note: {note}")
    print_step(f"{package}: import {package.name}")
