"""Exit codes: one table from the error tree to numbers."""

from __future__ import annotations

from enum import IntEnum

from unpoison.errors import (
    ConfigError,
    LinkError,
    MalformedModule,
    ServeError,
    StorageError,
    ToolError,
    UnsupportedItem,
    UnsupportedModule,
)


class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    GUEST_FAILED = 1
    USAGE = 2
    REFUSED = 3
    TOOL_MISSING = 4
    INTERRUPTED = 130


EXIT_CODES_HELP = """\b
Exit codes:
  0  done
  1  the guest failed: it panicked, aborted or threw
  2  usage: an option, an argument or a file name is wrong
  3  the input is refused: malformed, unsupported, imports missing, stored data unusable
  4  a tool is missing
"""

REFUSALS = (
    MalformedModule,
    UnsupportedModule,
    UnsupportedItem,
    LinkError,
    ConfigError,
    StorageError,
)


def exit_of(error: BaseException) -> Exit:
    """Give the exit code for an error that a command ended with."""
    if isinstance(error, REFUSALS):
        return Exit.REFUSED
    if isinstance(error, ToolError):
        return Exit.TOOL_MISSING if error.missing else Exit.REFUSED
    return Exit.USAGE if isinstance(error, OSError | ServeError) else Exit.GUEST_FAILED
