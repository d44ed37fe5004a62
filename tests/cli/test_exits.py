"""Which error gives which exit code."""

from __future__ import annotations

import pytest

from unpoison.cli.exits import Exit, exit_of
from unpoison.errors import (
    AbortError,
    AbortReason,
    ConfigError,
    LinkError,
    MalformedModule,
    PanicError,
    ServeError,
    StorageError,
    TerminatedError,
    ThrownValue,
    ToolError,
    UnsupportedItem,
    UnsupportedModule,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PanicError("boom"), Exit.GUEST_FAILED),
        (AbortError("dead", AbortReason.UNREACHABLE), Exit.GUEST_FAILED),
        (ThrownValue(1), Exit.GUEST_FAILED),
        (TerminatedError("dead"), Exit.GUEST_FAILED),
        (OSError(2, "No such file", "x"), Exit.USAGE),
        (MalformedModule("bad"), Exit.REFUSED),
        (UnsupportedModule("other"), Exit.REFUSED),
        (UnsupportedItem("f", "i128", "why"), Exit.REFUSED),
        (LinkError([]), Exit.REFUSED),
        (ConfigError("name is missing", "wrangler.toml"), Exit.REFUSED),
        (StorageError("the file is locked"), Exit.REFUSED),
        (ServeError("the port is in use"), Exit.USAGE),
        (ToolError("crate does not compile"), Exit.REFUSED),
        (ToolError("no cargo", missing=True), Exit.TOOL_MISSING),
    ],
)
def test_the_error_says_whose_fault_it_is(error: BaseException, code: Exit) -> None:
    assert exit_of(error) is code
