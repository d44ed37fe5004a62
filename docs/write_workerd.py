"""Writes docs/workerd.md from what the shop was asked on workerd and on unpoison.

`python -m docs.write_workerd` rewrites the page; a test compares it with the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.peers.workerd.differences import DIFFERENCES, Difference
from tests.peers.workerd.routes import GROUPS

PAGE = Path(__file__).parent / "workerd.md"
HEADER = """# The same worker on workerd

This page is written by `docs/write_workerd.py`. `examples/shop` was asked the same questions on
workerd 1.20261117.1 (npm), with the glue of wasm-bindgen's CLI and a shim that does what
worker-build's does, and on unpoison's server, in both ways to isolate. Compared are the status, the
body and the fields content-type, location, set-cookie and those that the worker makes up. The
answers of workerd are recorded in `tests/peers/workerd/recorded.json`; the default tests compare
unpoison with them, and `make test-peers` asks workerd again.
"""
LIMITS = """
Only the status is compared after a panic, an abort and the like, where plain workerd says “Internal
Server Error” and unpoison says what happened, and for errors that carry a JavaScript stack. The
numbers of rows read and written by SQL are not compared: workerd has a patched SQLite that counts
its steps, and unpoison counts the rows that are given and changed.

Not asked, since workerd does not answer: an endless loop, and whatever ends the instance inside an
object. There unpoison answers 500 at once.
"""


def write_page() -> str:
    """Give the page: what was asked, what differs and why, what is not compared."""
    return "\n".join([HEADER, *_questions(), *_differences()]) + LIMITS


def _questions() -> Iterator[str]:
    yield "| Group | Conversations | Steps |"
    yield "|---|---|---|"
    for group, conversations in GROUPS.items():
        steps = sum(len(each) for each in conversations.values())
        yield f"| {group} | {len(conversations)} | {steps} |"
    yield ""


def _differences() -> Iterator[str]:
    yield f"All answers are the same but in {len(DIFFERENCES)} conversations:\n"
    yield "| Conversation | Isolation | Why unpoison answers otherwise |"
    yield "|---|---|---|"
    yield from map(_row, DIFFERENCES)
    yield ""


def _row(one: Difference) -> str:
    isolation = "exclusive" if one.exclusive_only else "both"
    return f"| {one.conversation} | {isolation} | {one.why} |"


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
