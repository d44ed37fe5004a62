"""The command group, and the one place that turns an error into a line and an exit code.

A command is imported when it is asked for, and imports the rooms that it needs when it runs, so
that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from textwrap import shorten
from typing import Final

import click

from unpoison.cli.exits import EXIT_CODES_HELP, Exit, exit_of
from unpoison.cli.terminal import print_error
from unpoison.errors import UnpoisonError

COMMANDS: Final[Mapping[str, str]] = {
    "bind": "Write a typed, documented Python or JavaScript package for a module.",
    "build": "Build a Rust crate for the web and write its Python or JavaScript package.",
    "dev": "Serve a Rust Worker as `serve` does; rebuild and reload it when a file changes.",
    "doctor": "Report on Python, engine, roll-back, cache, toolchain and the extra `workers`.",
    "inspect": "Tell what a module exports, imports and was built with.",
    "run": "Call one exported function and print its result.",
    "serve": "Serve a Rust Worker (crate `worker`) over HTTP, with Durable Objects and KV.",
    "test-runner": "Run the #[wasm_bindgen_test] suite of a test binary.",
    "translate": "Translate a module with legacy exception handling to exnref.",
}
"""Each command, which is a file of this folder, and the first sentence of its help."""


class Group(click.Group):
    """The commands of the table; its help imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"unpoison.cli.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the section of the help that lists the commands."""
        room = formatter.width - 6 - max(map(len, COMMANDS))  # as click has it
        rows = [(name, shorten(text, room, placeholder="...")) for name, text in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES_HELP,
)
@click.version_option(package_name="unpoison", message="%(package)s %(version)s")
def unpoison() -> None:
    """Run Rust wasm-bindgen modules from Python, and keep them alive.

    FILE is always a .wasm file as rustc emits it, before the wasm-bindgen CLI.

    \b
    Examples:
      unpoison inspect counter.wasm
      unpoison run stats.wasm mean "[1.5, 2.5]"
      unpoison bind counter.wasm -o .
      unpoison build path/to/crate -o out
      unpoison serve path/to/worker
      unpoison dev path/to/worker
    """


def every_command() -> dict[str, click.Command]:
    """Give all commands by name, imported."""
    context = click.Context(unpoison)
    found = {name: unpoison.get_command(context, name) for name in COMMANDS}
    return {name: command for name, command in found.items() if command is not None}


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; never returns."""
    sys.exit(execute(args))


def execute(args: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; an error of ours or of the input is one line."""
    try:
        code = unpoison.main(args=args, prog_name="unpoison", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED
    except (UnpoisonError, OSError) as error:
        print_error(error)
        return exit_of(error)
    except ImportError as error:
        # The engine, which most rooms import, is missing or of a version that we do not know.
        print_error(error)
        return Exit.TOOL_MISSING
    return code or Exit.DONE
