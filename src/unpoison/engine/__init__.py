"""The one seam to wasmtime: compile, instantiate, call, and say why a call stopped."""

from unpoison.engine.capi import TESTED_MAJOR, VERSION, WasmtimeImportError
from unpoison.engine.compiler import Code, Engine
from unpoison.engine.demangle import demangle
from unpoison.engine.faults import Fault, FaultKind, Frame
from unpoison.engine.memory import GuestMemoryError, Memory
from unpoison.engine.slots import Cells, Slots
from unpoison.engine.store import (
    Caller,
    Exports,
    FunctionHandle,
    Global,
    InstantiationError,
    Store,
)

__all__ = [
    "TESTED_MAJOR",
    "VERSION",
    "Caller",
    "Cells",
    "Code",
    "Engine",
    "Exports",
    "Fault",
    "FaultKind",
    "Frame",
    "FunctionHandle",
    "Global",
    "GuestMemoryError",
    "InstantiationError",
    "Memory",
    "Slots",
    "Store",
    "WasmtimeImportError",
    "demangle",
]
