"""Writes docs/cli.md from the help texts of the commands.

`python docs/write_cli.py` rewrites the page; a test compares it with the commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from unpoison.cli.app import every_command, unpoison

PAGE = Path(__file__).parent / "cli.md"
WIDTH = 90
HEADER = """# Command line

This page is written by `docs/write_cli.py` from the commands' own `--help`.

Results go to stdout, errors and progress to stderr. An error is one or a few lines. Colour appears
only on a terminal, and the environment variable `NO_COLOR` turns it off.
"""


def write_page() -> str:
    """Give the page: the group's help, then each command's."""
    return "\n".join([HEADER, *_section(unpoison, "unpoison", None), *_commands()])


def _commands() -> Iterator[str]:
    parent = _context(unpoison, "unpoison", None)
    for name, command in sorted(every_command().items()):
        yield from _section(command, name, parent)


def _section(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    title = name if parent is None else f"unpoison {name}"
    help_text = command.get_help(_context(command, name, parent))
    if parent is not None:  # the group has the exit codes already
        help_text = help_text.partition("  Exit codes:")[0].rstrip()
    yield from (f"## {title}", "", "```text", help_text, "```", "")


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        help_option_names=unpoison.context_settings["help_option_names"],
    )


if __name__ == "__main__":
    PAGE.write_text(write_page())
