"""`unpoison run`: calls one export and prints what it gives."""

from __future__ import annotations

import array
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unpoison.cli.exits import EXIT_CODES_HELP
from unpoison.cli.terminal import progress

if TYPE_CHECKING:
    from unpoison.bindgen import Export, Interface


@click.command(
    epilog=EXIT_CODES_HELP,
    context_settings={"ignore_unknown_options": True, "auto_envvar_prefix": None},
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("export")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(file: Path, export: str, args: tuple[str, ...]) -> None:
    """Call one exported function and print its result.

    EXPORT is the JS name. ARGS are read by the types that the function declares: numbers,
    true or false, text; JSON for vectors and for JsValue; `none` for an Option. No imports are
    given, so a module that needs any beyond the console is refused with the list of them.
    A str is printed as it is, anything else as Python shows it.

    \b
    Examples:
      unpoison run stats.wasm mean '[1.5, 2.5]'
      unpoison run text.wasm repeat hello 3
    """
    from unpoison.bindgen import python_name
    from unpoison.cli.arguments import read_arguments
    from unpoison.runtime import Module

    with progress(f"loading {file.name}"):
        module = Module.read(file)
    function = _find(module.interface, export)
    values = read_arguments(args, function.params)
    with _console_shown(), module.instantiate() as instance:
        exported = getattr(instance.exports, python_name(function.name))
        _show(_call(exported, values, function.is_async))


def _find(interface: Interface, name: str) -> Export:
    for function in interface.functions:
        if name == ".".join((*function.namespace, function.name)):
            return function
    class_name = name.split(".")[0]
    if any(cls.name == class_name for cls in interface.classes):
        raise click.UsageError(f"{name} is (part of) a class; `run` calls free functions only")
    known = ", ".join(sorted(function.name for function in interface.functions)) or "none"
    raise click.UsageError(f"no function {name}; the module exports: {known}")


def _call(function: Callable[..., object], values: list[object], is_async: bool) -> object:
    try:
        return asyncio.run(_wait(function, values)) if is_async else function(*values)
    except (TypeError, ValueError, OverflowError) as error:
        # The bindings check arguments before Rust sees them: 300 is no u8.
        raise click.UsageError(str(error)) from error


async def _wait(function: Callable[..., object], values: list[object]) -> object:
    result = function(*values)
    return await result if isinstance(result, Awaitable) else result


@contextmanager
def _console_shown() -> Iterator[None]:
    """Print what the guest logs with `console` to stderr while the block runs."""
    logger = logging.getLogger("unpoison.console")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    before = logger.handlers, logger.level, logger.propagate
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.handlers, logger.propagate = before[0], before[2]
        logger.setLevel(before[1])


def _show(result: object) -> None:
    if isinstance(result, array.array):
        result = result.tolist()
    if result is not None:
        click.echo(result if isinstance(result, str) else repr(result))
