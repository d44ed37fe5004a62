"""Exception-handling dialects; knows only wasm."""

from unpoison.eh.dialect import Dialect, dialect_of
from unpoison.eh.translation import to_exnref

__all__ = ["Dialect", "dialect_of", "to_exnref"]
