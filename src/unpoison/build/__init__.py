"""From a Rust crate to the `.wasm` that unpoison loads: finds a compiler and runs it."""

from unpoison.build.cargo import BuiltModule, Dialect, build
from unpoison.build.toolchain import Panic, Toolchain, find_toolchain

__all__ = ["BuiltModule", "Dialect", "Panic", "Toolchain", "build", "find_toolchain"]
