"""Regular expressions that find exception handling; see `wasm/patterns.py` for what they rest on.

Compiling takes some 20 ms, hence on first use.
"""

from __future__ import annotations

import re
from functools import cache

from unpoison.wasm import patterns as shared

Bytes = re.Pattern[bytes]

BLOCK, END, BRANCH, TRY, CATCH, CATCH_ALL, DELEGATE, RETHROW, OTHER, CUT = range(1, 11)
"""The groups of `places`."""


@cache
def plain_code() -> Bytes:
    """Everything from here on that is neither exception handling nor rare; may match nothing."""
    return re.compile(shared.run_of(_plain()), re.DOTALL)


@cache
def plain_body() -> Bytes:
    """The locals of a body, then as `plain_code`; no match when the locals are rare."""
    return re.compile(shared.local_groups() + shared.run_of(_plain()), re.DOTALL)


@cache
def legacy_body() -> Bytes:
    """As `plain_body`, with legacy exception handling taken, too."""
    alternatives = [*_plain(), *_legacy()]
    return re.compile(shared.local_groups() + shared.run_of(alternatives), re.DOTALL)


@cache
def places() -> Bytes:
    """A run of instructions that never change, then one that may; see the groups above.

    CUT is the end of the input. OTHER is one byte of something to be read by the codec: without
    it a search would silently skip what no alternative knows.
    """
    blocks, end, branches, _ = shared.nesting()
    groups = (blocks, end, branches, *_legacy(), b".", rb"\Z")
    grouped = b"|".join(b"(%s)" % group for group in groups)
    unchanged = shared.run_of(shared.straight_line(shared.ANY_FORM))
    return re.compile(unchanged + b"(?:%s)" % grouped, re.DOTALL)


def _plain() -> list[bytes]:
    return [*shared.straight_line(shared.ANY_FORM), *shared.nesting()]


def _legacy() -> list[bytes]:
    """Legacy exception handling, in the order of the groups of `places`."""
    return [
        shared.any_of(["try"]) + shared.BLOCK_TYPE,
        shared.any_of(["catch"]) + shared.U32,
        shared.any_of(["catch_all"]),
        shared.any_of(["delegate"]) + shared.U32,
        shared.any_of(["rethrow"]) + shared.U32,
    ]
