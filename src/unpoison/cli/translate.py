"""`unpoison translate`: legacy exception handling becomes exnref."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.terminal import print_step, progress


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("source", metavar="IN", type=click.File("rb"))
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where the translated module goes.",
)
def translate(source: BinaryIO, output: Path) -> None:
    """Translate a module with legacy exception handling to exnref.

    IN is any core WebAssembly module, of Rust or not; `-` reads stdin. A module without
    legacy exception handling is copied as it is.

    \b
    Example:
      unpoison translate legacy.wasm -o modern.wasm
    """
    from unpoison.eh import to_exnref

    wasm = source.read()
    with progress("translating"):
        translated = to_exnref(wasm)
    output.write_bytes(translated)
    print_step(_summary(wasm, translated, output))


def _summary(wasm: bytes, translated: bytes, output: Path) -> str:
    if translated is wasm:
        return f"{output}: unchanged, there was no legacy exception handling"
    return f"{output}: exnref, {len(wasm):,} -> {len(translated):,} bytes"
