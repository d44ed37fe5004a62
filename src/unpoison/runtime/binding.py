"""What generated bindings import."""

from unpoison.runtime.border import Border
from unpoison.runtime.closures import RustFunction
from unpoison.runtime.objects import Exports, Struct

__all__ = ["Border", "Exports", "RustFunction", "Struct"]
