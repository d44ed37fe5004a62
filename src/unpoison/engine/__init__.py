"""The one seam to wasmtime: compile, instantiate, call, and say why a call stopped."""

from unpoison.engine.calling import (
    IS_COMPILED,
    Exporter,
    HandleTable,
    Helpers,
    compile_call,
    make_meter,
    make_turn,
)
from unpoison.engine.capi import TESTED_MAJOR, VERSION, WasmtimeImportError
from unpoison.engine.compiler import MAX_STACK, MIN_STACK, Code, Engine, MachineCode
from unpoison.engine.dirty_pages import Checkpointer, make_checkpointer, reason_to_copy_all
from unpoison.engine.faults import Fault, FaultKind, Frame
from unpoison.engine.host import Dispatch
from unpoison.engine.memory import GuestMemoryError, Memory
from unpoison.engine.meter import Budget, Caller, Meter, check_seconds
from unpoison.engine.slots import Cells, Slots
from unpoison.engine.store import (
    Exports,
    FunctionHandle,
    Global,
    InstantiationError,
    Store,
)
from unpoison.engine.turn import Turn

__all__ = [
    "IS_COMPILED",
    "MAX_STACK",
    "MIN_STACK",
    "TESTED_MAJOR",
    "VERSION",
    "Budget",
    "Caller",
    "Cells",
    "Checkpointer",
    "Code",
    "Dispatch",
    "Engine",
    "Exporter",
    "Exports",
    "Fault",
    "FaultKind",
    "Frame",
    "FunctionHandle",
    "Global",
    "GuestMemoryError",
    "HandleTable",
    "Helpers",
    "InstantiationError",
    "MachineCode",
    "Memory",
    "Meter",
    "Slots",
    "Store",
    "Turn",
    "WasmtimeImportError",
    "check_seconds",
    "compile_call",
    "make_checkpointer",
    "make_meter",
    "make_turn",
    "reason_to_copy_all",
]
