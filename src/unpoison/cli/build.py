"""`unpoison build`: a crate's source becomes a package."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.javascript import (
    Target,
    check_python_only,
    javascript_options,
    package_options,
    write_javascript,
)
from unpoison.cli.package import notes_about, write_package, write_wheel
from unpoison.cli.terminal import print_step

if TYPE_CHECKING:
    from unpoison.build import BuiltModule, Project

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
    help="The folder that gets the package or the wheel.",
)
@click.option("--wheel", is_flag=True, help="Write one wheel for every platform.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the result.")
@javascript_options
def build(
    crate: Path,
    eh: Dialect,
    panic: Panic,
    output: Path,
    wheel: bool,
    as_json: bool,
    target: Target,
    **chosen: Any,
) -> None:
    """Build a Rust crate for the web and write its Python or JavaScript package.

    Needs a Rust that can build the standard library (a nightly of rustup with rust-src, or
    Debian's rustc-web); for `--panic abort` any stable Rust with the wasm32 target. `unpoison
    doctor` tells which one is found. The result carries no path of this machine, and the same
    input builds to the same bytes.

    With `--wheel` the package becomes a wheel (py3-none-any) that pip installs anywhere; its
    metadata, README and licence files are those of the crate. SOURCE_DATE_EPOCH is the time of
    its files. What is missing for a good page in an index is told as notes, and stops nothing.

    \b
    Examples:
      unpoison build path/to/crate -o out
      unpoison build path/to/crate --wheel -o dist
      unpoison build path/to/crate --panic abort
      unpoison build path/to/crate --target web -o pkg
    """
    if target == "python":
        check_python_only(chosen)
    elif wheel:
        raise click.UsageError("--wheel is for Python; leave out --target")
    from unpoison.build import build as build_crate
    from unpoison.build import find_toolchain, read_project

    toolchain = find_toolchain(panic)
    # Read before the long build, so that what no wheel can say is refused at once.
    project = read_project(crate, toolchain) if wheel else None
    module = build_crate(crate, eh=eh, panic=panic, progress=print_step, toolchain=toolchain)
    if target == "python":
        result = _write(module, project, output)
        use = f"import {result['import']}"
    else:
        result = _write_javascript(module, output, target, chosen)
        use = f"{len(result['files'])} files for {target}"
    for note in result["notes"]:
        print_step(f"note: {note}")
    print_step(f"{result['path']}: {use}")
    if as_json:
        click.echo(json.dumps(result, indent=2))


def _write_javascript(
    module: BuiltModule, output: Path, target: Target, chosen: dict[str, Any]
) -> dict[str, Any]:
    """Write a JavaScript package and tell about it, as `--json` prints it."""
    options = package_options(chosen, "auto")
    name, files = write_javascript(module.path.read_bytes(), output, target, options)
    told: dict[str, Any] = {"crate": module.crate, "panic": module.panic, "eh": module.eh}
    told |= {"rust": module.toolchain.version, "notes": [], "kind": target, "files": files}
    return told | {"path": str(output / f"{name}.js")}


def _write(module: BuiltModule, project: Project | None, output: Path) -> dict[str, Any]:
    """Write the result and tell about it, as `--json` prints it."""
    wasm = module.path.read_bytes()
    told: dict[str, Any] = {"crate": module.crate, "panic": module.panic, "eh": module.eh}
    told |= {"rust": module.toolchain.version, "notes": []}
    if project is None:
        package = write_package(wasm, output)
        told["notes"] = list(notes_about(package.name))
        return told | {"kind": "package", "path": str(package), "import": package.name}
    path, name, notes = write_wheel(project, wasm, output)
    content = path.read_bytes()
    return told | {
        "kind": "wheel",
        "path": str(path),
        "import": name,
        "name": project.metadata.name,
        "version": project.metadata.version,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "notes": list(notes),
    }
