"""Modules for JavaScript hosts: handles as externref, multi-value, catch wrappers, start."""

from unpoison.transform.crossing import Crossing, Handle, crossings, value_types
from unpoison.transform.making import make_javascript_module
from unpoison.transform.records import (
    EXTERNREFS,
    FUNCTION_TABLE,
    IN_HOOK,
    INIT_TABLE,
    JS_TAG,
    LIVE,
    MEMORY,
    RETHROW_CRITICAL,
    START,
    TERMINATED,
    WRAPPED_TAG,
    Adapted,
    AdaptedClosure,
    AdaptedExport,
    AdaptedImport,
    Options,
)

__all__ = [
    "EXTERNREFS",
    "FUNCTION_TABLE",
    "INIT_TABLE",
    "IN_HOOK",
    "JS_TAG",
    "LIVE",
    "MEMORY",
    "RETHROW_CRITICAL",
    "START",
    "TERMINATED",
    "WRAPPED_TAG",
    "Adapted",
    "AdaptedClosure",
    "AdaptedExport",
    "AdaptedImport",
    "Crossing",
    "Handle",
    "Options",
    "crossings",
    "make_javascript_module",
    "value_types",
]
