"""Compiling: one Engine per module, one Code per compiled WebAssembly binary."""

from __future__ import annotations

import ctypes
import platform
import re
import sys
from collections.abc import Callable
from os import PathLike, fsencode

from unpoison.engine import capi
from unpoison.engine.calling import make_watchdog
from unpoison.engine.host import function_type
from unpoison.engine.memory import RESERVATION
from unpoison.errors import MalformedModule, UnsupportedModule

MAX_STACK = 1 << 20
"""Bytes of native stack that Wasm frames and the host frames between them may use together.

Every thread that calls must have more than that; 8 MiB is usual on Linux.
"""

MachineCode = bytes | PathLike[str]
"""What a Code was serialized to, or the file that has it."""

MIN_STACK = 1 << 16
"""Bytes: what a few frames and the host functions that they call need."""

OPTIONS: tuple[tuple[str, bool | int], ...] = (
    ("wasm_function_references", True),
    # exnref is a GC type. The C API cannot choose the collector; the default is the copying one:
    # a heap of 64 KiB, made at a store's first throw (21 us), flat over millions of throws of
    # 0.15 us each. A memory limit bounds it too, and one of 64 KiB still leaves it room.
    ("wasm_gc", True),
    ("wasm_exceptions", True),
    ("wasm_threads", True),
    ("wasm_tail_call", True),
    ("epoch_interruption", True),
    ("parallel_compilation", True),
    ("memory_init_cow", True),
    # A memory grows in place for its whole life, so a base address is a constant.
    ("memory_may_move", False),
    ("memory_reservation", RESERVATION),
    ("async_stack_size", 2 * MAX_STACK),  # unused, but must not be below the next one
    ("max_wasm_stack", MAX_STACK),
    # Unwind tables for native debuggers; nothing of ours reads them.
    ("native_unwind_info", False),
)

_UNSUPPORTED = re.compile(r"not enabled|not supported|unsupported|feature required|not implemented")
_OFFSET = re.compile(r"\s*\(?at offset (0x[0-9a-f]+|[0-9]+)\)?")


class Engine:
    """A wasmtime engine with unpoison's options; usable from several threads.

    `stack` is in bytes, MIN_STACK to MAX_STACK, which it is if None; code may be exchanged with
    engines of another. It lives as long as a Code or Store made with it. It starts no thread until
    a store asks for a deadline. `host_type` is the type of every store's host function.
    """

    __slots__ = ("__weakref__", "host_type", "pointer", "watchdog")

    pointer: int

    def __init__(self, stack: int | None = None) -> None:
        config = capi.wasm_config_new()
        for option, value in OPTIONS:
            capi.configure(config, option, value)
        if stack is not None:
            capi.configure(config, "max_wasm_stack", stack)
        capi.set_opt_level(config, capi.OPTIMIZE_SPEED)
        self.pointer = capi.wasm_engine_new_with_config(config)
        self.host_type = function_type()
        self.watchdog = make_watchdog(self.pointer)

    def compile(self, wasm: bytes) -> Code:
        """Compile a binary module.

        Raises UnsupportedModule when it needs a feature that is off or that wasmtime lacks,
        MalformedModule when it is not valid; both with wasmtime's text.
        """
        module = ctypes.c_void_p()
        error = capi.wasmtime_module_new(self.pointer, wasm, len(wasm), ctypes.byref(module))
        if error:
            raise _refusal(capi.take_error(error))
        return Code(self, module)

    def load(self, artefact: MachineCode) -> Code:
        """Give back the Code whose `serialize()` gave `artefact`, without compiling.

        The bytes are native code and run as they are: give only what this program wrote itself
        and that is known to be intact. A file is mapped, and must not change while it is in use;
        so must no file be written to that was loaded, only replaced. Raises UnsupportedModule when
        the header does not fit this version, configuration or processor, or the file is gone.
        """
        module = ctypes.c_void_p()
        if isinstance(artefact, bytes):
            error = capi.wasmtime_module_deserialize(
                self.pointer, artefact, len(artefact), ctypes.byref(module)
            )
        else:
            error = capi.wasmtime_module_deserialize_file(
                self.pointer, fsencode(artefact), ctypes.byref(module)
            )
        if error:
            raise UnsupportedModule(
                f"wasmtime refused the compiled artefact: {capi.take_error(error)}",
                advice="compile the module again",
            )
        return Code(self, module)

    def fingerprint(self) -> str:
        """Give a text that is equal only where artefacts can be exchanged, for cache keys.

        Processor features are not in it: wasmtime checks those when it loads.
        """
        options = ",".join(f"{option}={value:d}" for option, value in OPTIONS)
        return f"wasmtime-{capi.VERSION} {sys.platform}-{platform.machine()} {options}"

    # The defaults keep the functions alive for an engine that the interpreter's end finds.
    def __del__(
        self,
        _delete: Callable[[int], None] = capi.wasm_engine_delete,
        _delete_type: Callable[[int], None] = capi.wasm_functype_delete,
    ) -> None:
        if hasattr(self, "watchdog"):
            self.watchdog.stop()
            _delete_type(self.host_type)
            _delete(self.pointer)


class Code:
    """A compiled module; usable from several threads and by any number of stores."""

    __slots__ = ("engine", "module")

    def __init__(self, engine: Engine, module: ctypes.c_void_p) -> None:
        self.engine = engine
        self.module = module

    def adapt(self, engine: Engine) -> Code:
        """Give the same code for an engine with another stack."""
        return engine.load(self.serialize())

    def serialize(self) -> bytes:
        """Give the native code and its tables as bytes for `Engine.load`."""
        artefact = capi.ByteVec()
        error = capi.wasmtime_module_serialize(self.module, ctypes.byref(artefact))
        if error:
            raise UnsupportedModule(f"wasmtime cannot serialize it: {capi.take_error(error)}")
        return capi.take_bytes(artefact)

    def __del__(
        self, _delete: Callable[[ctypes.c_void_p], None] = capi.wasmtime_module_delete
    ) -> None:
        _delete(self.module)


def _refusal(text: str) -> MalformedModule | UnsupportedModule:
    found = _OFFSET.search(text)
    offset = int(found[1], 0) if found else None
    kind = UnsupportedModule if _UNSUPPORTED.search(text) else MalformedModule
    return kind(f"wasmtime refused the module: {_OFFSET.sub('', text)}", offset=offset)
