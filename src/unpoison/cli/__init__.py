"""The command line: each command parses, calls one room, prints and gives an exit code."""

from unpoison.cli.app import main

__all__ = ["main"]
