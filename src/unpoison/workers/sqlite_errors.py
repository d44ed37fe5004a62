"""What an error of SQLite means: for the guest that wrote the SQL, or for the whole database."""

from __future__ import annotations

from typing import Final

import apsw

from unpoison import js

FATAL: Final = frozenset(
    {
        apsw.SQLITE_IOERR,
        apsw.SQLITE_CORRUPT,
        apsw.SQLITE_NOTADB,
        apsw.SQLITE_CANTOPEN,
        apsw.SQLITE_NOMEM,
        apsw.SQLITE_BUSY,
        apsw.SQLITE_PROTOCOL,
        apsw.SQLITE_READONLY,
        apsw.SQLITE_PERM,
    }
)
"""The results after which nothing more is trusted of the open database.

Not SQLITE_LOCKED: with one connection only a cursor that the guest holds can cause it. Not
SQLITE_FULL: when SQLite could undo the statement alone, the transaction goes on.
"""


def result_code(error: apsw.Error) -> int:
    """Give the primary result code; SQLITE_MISUSE for an error of apsw itself."""
    return getattr(error, "result", apsw.SQLITE_MISUSE)


def result_name(error: apsw.Error) -> str:
    """Give the name of the primary result code, such as SQLITE_CONSTRAINT."""
    return str(apsw.mapping_result_codes.get(result_code(error), "SQLITE_UNKNOWN"))


def is_fatal(error: apsw.Error) -> bool:
    """Tell whether the database must be closed after it."""
    return result_code(error) in FATAL


def describe(error: apsw.Error) -> str:
    """Give upstream's text: message, offset, result and extended result by name.

    workerd, util/sqlite.c++, dbErrorMessage.
    """
    text = str(error)
    offset = getattr(error, "error_offset", -1)
    if offset >= 0:
        text += f" at offset {offset}"
    text += f": {result_name(error)}"
    extended = getattr(error, "extendedresult", result_code(error))
    if extended != result_code(error) and extended in apsw.mapping_extended_result_codes:
        text += f" (extended: {apsw.mapping_extended_result_codes[extended]})"
    return text


def guest_error(error: apsw.Error) -> js.Error:
    """Give what the guest gets for an error that is its own fault."""
    return js.Error(describe(error))
