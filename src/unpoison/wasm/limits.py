"""Every maximum of the codec, with its source.

Sources: [JS] the WebAssembly JavaScript API, "Implementation-defined Limits", which browsers
agreed on; [WP] wasmparser 0.245 `src/limits.rs`, which wasmtime obeys. Where the two differ the
larger one stands here: what an engine accepts must parse.
"""

from __future__ import annotations

MAX_MODULE_SIZE = 1 << 30  # [JS] bytes
MAX_TYPES = 1_000_000  # [JS] [WP] type section entries
MAX_REC_GROUP_SIZE = 1_000_000  # [JS] types in one recursive group
MAX_SUPERTYPES = 1  # [WP] the GC proposal allows one
MAX_IMPORTS = 1_000_000  # [JS] [WP]
MAX_FUNCTIONS = 1_000_000  # [JS] [WP]
MAX_TABLES = 100_000  # [JS]; [WP] has 100
MAX_MEMORIES = 100  # [JS] [WP]
MAX_TAGS = 1_000_000  # [JS] [WP]
MAX_GLOBALS = 1_000_000  # [JS] [WP]
MAX_EXPORTS = 1_000_000  # [JS] [WP]
MAX_ELEMENT_SEGMENTS = 10_000_000  # [JS]; [WP] has 100 000
MAX_ELEMENTS = 10_000_000  # [JS] [WP] items of one element segment
MAX_DATA_SEGMENTS = 100_000  # [JS] [WP]
MAX_NAME_SIZE = 100_000  # [JS] [WP] bytes of one import, export or section name
MAX_PARAMS = 1_000  # [JS] [WP]
MAX_RESULTS = 1_000  # [JS] [WP]
MAX_FIELDS = 10_000  # [JS] [WP] fields of a struct type
MAX_FUNCTION_SIZE = 7_654_321  # [JS] [WP] bytes of one code entry
MAX_LOCALS = 50_000  # [JS] [WP] locals of one function, parameters included
MAX_BRANCH_TARGETS = MAX_FUNCTION_SIZE  # [WP] labels of one br_table
MAX_CATCHES = 10_000  # [WP] clauses of one try_table
MAX_SELECT_TYPES = 10  # [WP] result types of a typed select; only 1 is valid
MAX_PAGE_SIZE_LOG2 = 64  # custom-page-sizes proposal; [WP] checks the exact values later
