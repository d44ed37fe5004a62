"""What generated bindings import."""

from unpoison.runtime.border import Border
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.objects import Exports, Inspectable, Struct, StructType, takes_this

__all__ = [
    "Border",
    "Exports",
    "Inspectable",
    "RustFunction",
    "Struct",
    "StructType",
    "takes_this",
]
