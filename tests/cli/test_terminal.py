"""What goes to stderr, on a terminal and in a pipe."""

from __future__ import annotations

import io

import pytest

from unpoison.cli.terminal import MAX_FRAMES, print_error, progress, stdout
from unpoison.errors import AbortError, AbortReason

Capture = pytest.CaptureFixture[str]


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(patch: pytest.MonkeyPatch) -> Terminal:
    """Make stderr a terminal. Called by the test itself: pytest sets stderr after fixtures."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        patch.delenv(name, raising=False)
    patch.setenv("TERM", "xterm-256color")
    screen = Terminal()
    patch.setattr("sys.stderr", screen)
    return screen


def test_an_abort_is_told_with_its_first_frames(capsys: Capture) -> None:
    frames = [f"frame_{number}" for number in range(20)]
    print_error(AbortError("Rust aborted", AbortReason.UNREACHABLE, frames))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "unpoison: AbortError: Rust aborted"
    assert lines[1:] == [f"    at {frame}" for frame in frames[:MAX_FRAMES]]


def test_an_error_text_is_not_taken_for_markup(capsys: Capture) -> None:
    print_error(AbortError("[bold]index [0] :warning:", AbortReason.PANIC))
    assert "[bold]index [0] :warning:" in capsys.readouterr().err


def test_a_file_that_cannot_be_opened_is_named(capsys: Capture) -> None:
    print_error(FileNotFoundError(2, "No such file or directory", "x.wasm"))
    assert capsys.readouterr().err == "unpoison: x.wasm: No such file or directory\n"


def test_an_error_is_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    print_error(AbortError("dead", AbortReason.PANIC))
    assert "\x1b[1;31munpoison: " in screen.getvalue()


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    print_error(AbortError("dead", AbortReason.PANIC))
    assert "[1;31m" not in screen.getvalue()


def test_progress_shows_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress("translating"):
        pass
    assert "translating" in screen.getvalue()


def test_progress_prints_nothing_in_a_pipe(capsys: Capture) -> None:
    with progress("translating"):
        pass
    assert capsys.readouterr() == ("", "")


def test_long_lines_are_not_wrapped(capsys: Capture) -> None:
    stdout().print("word " * 100)
    assert capsys.readouterr().out.count("\n") == 1
