"""The command group, and the one place that turns an error into a line and an exit code.

Commands import the rooms that they need when they run, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from unpoison.cli.bind import bind
from unpoison.cli.build import build
from unpoison.cli.dev import dev
from unpoison.cli.doctor import doctor
from unpoison.cli.exits import EXIT_CODES_HELP, Exit, exit_of
from unpoison.cli.inspect import inspect
from unpoison.cli.run import run
from unpoison.cli.serve import serve
from unpoison.cli.terminal import print_error
from unpoison.cli.test_runner import test_runner
from unpoison.cli.translate import translate
from unpoison.errors import UnpoisonError


@click.group(
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


for command in (bind, build, dev, doctor, inspect, run, serve, test_runner, translate):
    unpoison.add_command(command)


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
