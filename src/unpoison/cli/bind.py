"""`unpoison bind`: a module's bindings as a Python package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.javascript import (
    Target,
    check_python_only,
    javascript_options,
    package_options,
    write_javascript,
)
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
@click.option(
    "--eh",
    type=click.Choice(["auto", "legacy", "exnref"]),
    default="auto",
    show_default=True,
    help="The exception-handling dialect of a JavaScript package; auto leaves the module's own.",
)
@javascript_options
def bind(file: Path, output: Path, eh: str, target: Target, **chosen: Any) -> None:
    """Write a typed, documented Python or JavaScript package for a module.

    The package holds the module itself and has `load(imports=...)`. When the module needs nothing
    from you, its functions and classes are at module level too, on one default instance. Rust's
    doc comments are the docstrings, and interfaces that the crate declares in TypeScript are
    TypedDicts. The same input gives the same bytes.

    With another --target the folder gets NAME.js, NAME_bg.wasm, NAME.d.ts, the crate's own
    JavaScript below snippets/, and a package.json unless there is one: laid out as wasm-bindgen's
    CLI does, with the recovery contract of unpoison (see the guide, JavaScript bindings).

    \b
    Examples:
      unpoison bind counter.wasm -o .
      python -c 'import counter; print(counter.greet("world"))'
      unpoison bind counter.wasm --target node -o pkg
      node -e 'console.log(require("./pkg/counter.js").greet("world"))'
    """
    if target != "python":
        options = package_options(chosen, eh)
        with progress(f"binding {file.name} for {target}"):
            name, files = write_javascript(file.read_bytes(), output, target, options)
        print_step(f"{output / name}.js: {len(files)} files")
        return
    check_python_only({**chosen, "eh": eh != "auto"})
    with progress(f"binding {file.name}"):
        package = write_package(file.read_bytes(), output)
    for note in notes_about(package.name):
        print_step(f"note: {note}")
    print_step(f"{package}: import {package.name}")
