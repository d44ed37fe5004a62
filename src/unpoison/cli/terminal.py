"""What a person sees: results on stdout, errors and progress on stderr.

Colour appears only on a terminal, and NO_COLOR turns it off (rich obeys both).
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from unpoison.errors import AbortError, UnpoisonError

if TYPE_CHECKING:
    from rich.console import Console

MAX_FRAMES = 8  # of a backtrace; the error in Python has them all


def stdout() -> Console:
    """Give the console for results; lines are never wrapped, so that they can be piped."""
    return _console(stderr=False)


def print_error(error: BaseException) -> None:
    """Print one line that names the class and says what is wrong, and where Rust died."""
    console = _console(stderr=True)
    console.print("unpoison: ", style="bold red", end="")
    console.print(_text(error), markup=False)
    if isinstance(error, AbortError):
        for frame in error.backtrace[:MAX_FRAMES]:
            console.print(f"    at {frame}", style="dim", markup=False)


@contextlib.contextmanager
def progress(what: str) -> Iterator[None]:
    """Show on a terminal that work is going on; prints nothing anywhere else."""
    if not sys.stderr.isatty():
        yield
        return
    with _console(stderr=True).status(what):
        yield


def print_step(text: str) -> None:
    """Print one line of progress to stderr, on a terminal or not."""
    click.echo(text, err=True)


def _text(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, UnpoisonError):
        return f"{type(error).__name__}: {error}"
    return str(error)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=True, highlight=False, emoji=False)
