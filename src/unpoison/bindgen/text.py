"""Indented source text, and docstrings that hold any Rust documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager


class Text:
    """Lines of source under a current indentation."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._prefix = ""

    def add(self, *lines: str) -> None:
        """Add lines; a line may hold line breaks, and keeps its own indentation."""
        for line in lines:
            for part in line.split("\n"):
                self._lines.append(f"{self._prefix}{part}" if part else "")

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add each of the lines."""
        self.add(*lines)

    @contextmanager
    def indented(self) -> Iterator[None]:
        """Indent what is added inside by four spaces."""
        outer = self._prefix
        self._prefix = f"{outer}    "
        try:
            yield
        finally:
            self._prefix = outer

    def render(self) -> str:
        """Give the text with a final line break and no run of more than two blank lines."""
        kept: list[str] = []
        for line in self._lines:
            if line or kept[-2:] != ["", ""]:
                kept.append(line)
        return "\n".join(kept).strip("\n") + "\n"


def docstring(docs: Sequence[str]) -> list[str]:
    """Give the lines of a docstring literal that holds the documentation as it is."""
    lines = [_escape(line.rstrip()) for line in docs]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return []
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']


def _escape(line: str) -> str:
    text = line.replace("\\", "\\\\")
    text = re.sub(r'"{3,}|"+$', lambda quotes: '\\"' * len(quotes[0]), text)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
