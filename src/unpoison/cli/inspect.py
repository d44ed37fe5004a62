"""`unpoison inspect`: what a module exports and imports, and what it was built with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.terminal import progress, stdout


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def inspect(file: Path, as_json: bool) -> None:
    """Tell what a module exports, imports and was built with.

    Each item is shown as Rust declares it and as Python sees it. Imports are listed by who gives
    them: you, unpoison, or nobody yet. Nothing of the module runs.

    \b
    Examples:
      unpoison inspect counter.wasm
      unpoison inspect counter.wasm --json | jq '.imports[] | select(.provider == "you")'
    """
    from unpoison.cli.report import make_report, render
    from unpoison.runtime import Module

    with progress(f"reading {file.name}"):
        report = make_report(Module.read(file), file.name)
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    console = stdout()
    for line in render(report):
        bold = bool(line) and not line.startswith(" ")
        console.print(line, style="bold" if bold else None, markup=False)
