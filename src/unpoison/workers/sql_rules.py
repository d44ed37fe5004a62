"""What the SQL of a guest may do: an authorizer for SQLite, as tables.

Names that begin with `_cf_` are ours; transactions have calls of their own; one file is all there
is. Source: workerd, util/sqlite.c++ (isAuthorized) and api/sql.c++ (SqlStorageRegulator).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import apsw

from unpoison import js

Rule = Callable[[str | None, str | None], bool]
"""Tells whether an action is allowed, from its two arguments."""

NO_TRANSACTIONS: Final = (
    "To execute a transaction, please use the state.storage.transaction() or "
    "state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT "
    "statements. The JavaScript API is safer because it will automatically roll back on "
    "exceptions, and because it interacts correctly with Durable Objects' automatic atomic "
    "write coalescing."
)

# load_extension, and what tells of the library (sqlite_version, ...), are left out.
_FUNCTION_NAMES: Final = """
    abs changes char coalesce concat concat_ws format glob hex ifnull iif if instr
    last_insert_rowid length like likelihood likely lower ltrim max min nullif octet_length printf
    quote random randomblob replace round rtrim sign soundex substr substring total_changes trim
    typeof unhex unicode unlikely unistr unistr_quote upper zeroblob

    date time datetime julianday unixepoch strftime timediff current_date current_time
    current_timestamp

    avg count group_concat string_agg sum total median percentile percentile_cont percentile_disc

    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value
    nth_value

    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10
    log2 mod pi pow power radians sin sinh sqrt tan tanh trunc

    json jsonb json_array jsonb_array json_array_length json_error_position json_extract
    jsonb_extract -> ->> json_insert jsonb_insert json_object jsonb_object json_patch jsonb_patch
    json_pretty json_remove jsonb_remove json_replace jsonb_replace json_set jsonb_set json_type
    json_valid json_quote json_group_array jsonb_group_array json_group_object jsonb_group_object
    json_each json_tree jsonb_each jsonb_tree

    match highlight bm25 snippet rtreecheck

    sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_drop_column
    sqlite_rename_quotefix
"""
FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())

MODULES: Final = frozenset({"fts5", "fts5vocab", "rtree", "rtree_i32"})
EPONYMOUS: Final = frozenset({"dbstat", "carray", "fts3tokenize", "sqlite_dbpage"})
"""Tables that exist by themselves in our SQLite and not in upstream's."""

_BOOLEAN: Final = re.compile(r"(['\"]?)(true|false|yes|no|on|off|1|0)\1", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
_OURS: Final = "_cf_"
_OUR_NAME: Final = re.compile(r"(?<![\w$])_cf_", re.IGNORECASE)


def is_allowed_name(name: str | None) -> bool:
    """Tell whether a name is not one of ours."""
    return name is not None and not name.lower().startswith(_OURS)


def _never(first: str | None, second: str | None) -> bool:
    return False


def _always(first: str | None, second: str | None) -> bool:
    return True


def _first_name(first: str | None, second: str | None) -> bool:
    return is_allowed_name(first)


def _readable(first: str | None, second: str | None) -> bool:
    return is_allowed_name(first) and str(first).lower() not in EPONYMOUS


def _both_names(first: str | None, second: str | None) -> bool:
    return is_allowed_name(first) and is_allowed_name(second)


def _function(first: str | None, second: str | None) -> bool:
    return second is not None and second.lower() in FUNCTIONS


def _module(first: str | None, second: str | None) -> bool:
    return second is not None and second.lower() in MODULES and is_allowed_name(first)


def _transaction(first: str | None, second: str | None) -> bool:
    raise js.Error(NO_TRANSACTIONS)


def _no_value(value: str | None) -> bool:
    return value is None


def _boolean(value: str | None) -> bool:
    return value is None or _BOOLEAN.fullmatch(value) is not None


def _optional_name(value: str | None) -> bool:
    return value is None or is_allowed_name(value)


def _optional_number(value: str | None) -> bool:
    return value is None or _NUMBER.fullmatch(value) is not None


PRAGMAS: Final[Mapping[str, Callable[[str | None], bool]]] = {
    "case_sensitive_like": _boolean,
    "data_version": _no_value,
    "defer_foreign_keys": _boolean,
    "foreign_key_check": _optional_name,
    "foreign_key_list": is_allowed_name,
    "foreign_keys": _boolean,
    "ignore_check_constraints": _boolean,
    "index_info": is_allowed_name,
    "index_list": is_allowed_name,
    "index_xinfo": is_allowed_name,
    "legacy_alter_table": _boolean,
    "optimize": _optional_number,
    "page_size": _no_value,
    "quick_check": _optional_name,
    "recursive_triggers": _boolean,
    "reverse_unordered_selects": _boolean,
    "table_info": is_allowed_name,
    "table_list": lambda value: True,
    "table_xinfo": is_allowed_name,
}


def _pragma(first: str | None, second: str | None) -> bool:
    rule = PRAGMAS.get((first or "").lower())
    return rule is not None and rule(second)


RULES: Final[Mapping[int, Rule]] = {
    apsw.SQLITE_SELECT: _always,
    apsw.SQLITE_RECURSIVE: _always,
    apsw.SQLITE_ANALYZE: _always,  # `PRAGMA optimize` analyses all tables, ours too
    apsw.SQLITE_READ: _readable,
    apsw.SQLITE_UPDATE: _first_name,
    apsw.SQLITE_INSERT: _first_name,
    apsw.SQLITE_DELETE: _first_name,
    apsw.SQLITE_REINDEX: _first_name,
    apsw.SQLITE_CREATE_TABLE: _first_name,
    apsw.SQLITE_DROP_TABLE: _first_name,
    apsw.SQLITE_CREATE_VIEW: _first_name,
    apsw.SQLITE_DROP_VIEW: _first_name,
    apsw.SQLITE_ALTER_TABLE: lambda first, second: is_allowed_name(second),  # database, table
    apsw.SQLITE_CREATE_INDEX: _both_names,
    apsw.SQLITE_DROP_INDEX: _both_names,
    apsw.SQLITE_CREATE_TRIGGER: _both_names,
    apsw.SQLITE_DROP_TRIGGER: _both_names,
    apsw.SQLITE_CREATE_VTABLE: _module,
    apsw.SQLITE_DROP_VTABLE: _module,
    apsw.SQLITE_FUNCTION: _function,
    apsw.SQLITE_PRAGMA: _pragma,
    apsw.SQLITE_TRANSACTION: _transaction,
    apsw.SQLITE_SAVEPOINT: _transaction,
}
"""Any other action is refused: ATTACH, DETACH, and everything of temporary objects."""

TEMPORARY: Final[Mapping[int, Rule]] = {
    apsw.SQLITE_READ: _first_name,
    apsw.SQLITE_UPDATE: _first_name,  # ALTER TABLE looks for views and triggers there
}


def is_allowed(
    query: str, action: int, first: str | None, second: str | None, schema: str | None
) -> bool:
    """Tell whether a statement of `query` may do an action of SQLite's authorizer.

    Raises js.Error, in upstream's words, for statements of transactions.
    """
    if schema not in (None, "main", "temp"):
        return False
    rules = TEMPORARY if schema == "temp" else RULES
    if not rules.get(action, _never)(first, second):
        return False
    # SQLite does not tell the new name of RENAME TO. No name of ours can be written without
    # these letters where a name begins, so such text is refused whole.
    return action != apsw.SQLITE_ALTER_TABLE or _OUR_NAME.search(query) is None
