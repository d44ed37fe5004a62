"""Maxima that a translation could exceed, with their source.

They are those of `wasm/limits.py`: an engine refuses what is over them, so that giving such a
module back would only move the error. [WP] wasmparser 0.245 `src/limits.rs`.
"""

from __future__ import annotations

MAX_CLAUSES = 10_000  # [WP] clauses of one try_table
MAX_FUNCTION_SIZE = 7_654_321  # [WP] bytes of one code entry
MAX_LOCALS = 50_000  # [WP] locals of one function, parameters included

SPARE_DELEGATED = 1_000_000
"""Clauses that delegates may look at, besides one per byte of the module; about half a second.

Our own: lists of delegates can be as long as all the tries around them. Compilers never write
that; without a bound a hostile module could ask for quadratic work and output.
"""
