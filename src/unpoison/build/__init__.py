"""From a Rust crate to the `.wasm` that unpoison loads, and to a wheel: runs a compiler, packs."""

from unpoison.build.cargo import BuiltModule, Dialect, build
from unpoison.build.clashes import name_clash
from unpoison.build.project import Project, read_project
from unpoison.build.stopping import Stop
from unpoison.build.toolchain import Panic, Toolchain, find_toolchain
from unpoison.build.wheel import make_wheel, source_date_epoch

__all__ = [
    "BuiltModule",
    "Dialect",
    "Panic",
    "Project",
    "Stop",
    "Toolchain",
    "build",
    "find_toolchain",
    "make_wheel",
    "name_clash",
    "read_project",
    "source_date_epoch",
]
