"""Calls of Wasm functions: compiled where the module for it was built, else in Python.

Both do the same; the same tests run on both. `UNPOISON_PURE=1` in the environment, or a
sub-interpreter, gives Python's, which reaches wasmtime through ctypes.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol, TypeVar

from unpoison.engine import capi
from unpoison.engine.faults import MAX_FRAMES, FaultKind, Frame, TrapReader, read_trap
from unpoison.engine.host import Dispatch, HostFunction, give_up
from unpoison.engine.memory import Memory
from unpoison.engine.meter import Caller, Meter
from unpoison.engine.slots import Slots
from unpoison.engine.turn import PlainTurn, Turn
from unpoison.engine.watchdog import Watchdog

F = TypeVar("F", bound=Callable[..., Any])

Native = Callable[..., Caller]
"""The class of the compiled module (_native.pyi), by what it is made of."""


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0


_CALL: Final = _address(capi.wasmtime_func_call_unchecked)
_MEMORY_SIZE: Final = _address(capi.wasmtime_memory_data_size)
_INCREMENT_EPOCH: Final = _address(capi.wasmtime_engine_increment_epoch)
_GLOBAL_GET: Final = _address(capi.wasmtime_global_get)
_GLOBAL_SET: Final = _address(capi.wasmtime_global_set)
_DELETE_ENGINE: Final = _address(capi.wasm_engine_delete)
_SET_CALLBACK: Final = _address(capi.wasmtime_store_epoch_deadline_callback)
_SET_DEADLINE: Final = _address(capi.wasmtime_context_set_epoch_deadline)


_INTERFACE: Final = 8
"""That of the compiled module: one that was built from an older source is not used."""


def _load_native() -> Any:
    if os.environ.get("UNPOISON_PURE", "0") not in ("", "0"):
        return None
    try:
        module = import_module("unpoison.engine._native")
    except ImportError:  # not built here, or this is a sub-interpreter
        return None
    return module if getattr(module, "INTERFACE", None) == _INTERFACE else None


_MODULE: Final = _load_native()
_NATIVE: Final[Native | None] = getattr(_MODULE, "Caller", None)

IS_COMPILED: Final = _MODULE is not None
"""Whether calls take the compiled path in this process."""


def compiled(name: str) -> Any:
    """Give a function of the compiled module; None where calls do not take the compiled path."""
    return getattr(_MODULE, name, None)


def raw_caller(
    context: ctypes.c_void_p,
    function: ctypes.Array[ctypes.c_uint64],
    slots: Slots,
    count: int,
    meter: Meter | None,
) -> Caller:
    """Give a zero-argument callable that calls `function` on the first `count` of `slots`.

    It converts nothing and looks at nothing but the limits of `meter`. It gives None, or the
    address of a wasmtime_error_t that is no trap; a trap is in `slots.trap`. Other threads run
    meanwhile: at once where it calls through ctypes, else when the call takes longer than a tick.
    """
    if _NATIVE is None:
        call = partial(
            capi.wasmtime_func_call_unchecked,
            context,
            ctypes.byref(function),
            slots.buffer_argument,
            ctypes.c_size_t(count),
            slots.trap_argument,
        )
        return call if meter is None else meter.measured(call)
    return _NATIVE(
        _CALL,
        context.value or 0,
        ctypes.addressof(function),
        ctypes.addressof(slots.buffer),
        count,
        ctypes.addressof(slots.trap),
        meter,
        (slots.buffer, slots.trap),
    )


def make_trap_reader() -> TrapReader:
    """Give what reads traps; a compiled one needs no call of ctypes for each name."""
    made = compiled("TrapReader")
    if made is None:
        return read_trap
    reader: TrapReader = made(
        _address(capi.wasmtime_trap_code),
        _address(capi.wasm_trap_trace),
        _address(capi.wasm_frame_vec_delete),
        _address(capi.wasm_frame_func_index),
        _address(capi.wasmtime_frame_module_name),
        _address(capi.wasmtime_frame_func_name),
        Frame,
        MAX_FRAMES,
    )
    return reader


def make_global(
    store: object,
    context: int,
    handle: ctypes.Array[ctypes.c_uint64],
    refused: Callable[[int], object],
) -> Any:
    """Give the Global of a store that is compiled; None where there is none."""
    made = compiled("Global")
    if made is None:
        return None
    place = ctypes.addressof(handle)
    return made(store, context, place, handle, _GLOBAL_GET, _GLOBAL_SET, refused)


def make_watchdog(engine: int) -> Watchdog:
    """Give what lets the epoch of an engine advance, by its address."""
    if _MODULE is None:
        return Watchdog(engine)
    clone = capi.wasmtime_engine_clone(engine)
    ticker: Watchdog = _MODULE.Ticker(clone, _INCREMENT_EPOCH, _DELETE_ENGINE)
    return ticker


def make_meter(watchdog: Watchdog, cpu: float | None = None, wall: float | None = None) -> Meter:
    """Give the limits of an instance on an engine of this watchdog, see Meter."""
    if _MODULE is None:
        return Meter(watchdog, cpu, wall)
    kinds = FaultKind.INTERRUPT, FaultKind.CPU_LIMIT
    meter: Meter = _MODULE.Meter(watchdog, cpu, wall, kinds, _SET_CALLBACK, _SET_DEADLINE)
    return meter


def meter_of(watchdog: Watchdog, meter: Meter | None) -> Meter | None:
    """Give the meter for a store that is given this one: compiled calls always need one."""
    return make_meter(watchdog) if meter is None and _MODULE is not None else meter


def make_turn() -> Turn:
    """Give a lock that is free."""
    turn: Turn = PlainTurn() if _MODULE is None else _MODULE.Turn()
    return turn


def make_host(
    host: Callable[[int], int], fail: Callable[[BaseException], int] | None, meter: Meter | None
) -> HostFunction:
    """Give the host function of a store with this meter, see HostFunction."""
    if _MODULE is None:
        return HostFunction(host, fail)
    handlers, returned = (host.handlers, host.returned) if type(host) is Dispatch else (None, 0)
    compiled: HostFunction = _MODULE.Host(host, fail or give_up, meter, handlers, returned)
    return compiled


class Helpers(Protocol):
    """The functions in Python for what is unusual in a call."""

    @property
    def null_type(self) -> type:
        """The class of null."""

    def fault(self) -> BaseException:
        """Give the exception to raise for an entry that trapped."""

    def left(self, status: int, payload: int, *objects: object) -> BaseException:
        """Give the exception to raise for an entry that left with this status."""

    def failed(self, handle: int) -> BaseException:
        """Give the exception to raise for an Err, and free its handle."""

    def reach(self, pointer: int, length: int) -> None:
        """Raise the exception for a place that the guest's allocator gave and that is none."""

    def take_str(self, pointer: int, length: int) -> str:
        """Give a string that Rust handed over, or say what is wrong with it."""

    def take_bytes(self, pointer: int, length: int) -> bytes:
        """Give bytes that Rust handed over, or say what is wrong with them."""

    def own(self, value: object) -> int:
        """Give an owned handle for a value."""

    def peek(self, handle: int) -> object:
        """Give the value of a borrowed handle."""

    def lend(self, value: object) -> int:
        """Give a handle that holds for this call."""

    def take(self, handle: int) -> object:
        """Give the value of an owned handle, and free the handle."""

    def drop_handle(self, handle: int) -> None:
        """Free an owned handle."""

    def catch(self, error: Exception) -> None:
        """Hand the exception of a `catch` import to Rust as its Err value."""

    def convert(self, letter: int, value: object, label: str) -> object:
        """Give the result of an import as what its letter says, or raise what is wrong with it."""


@dataclass(frozen=True, slots=True)
class HandleTable:
    """Where the handles of a generation are, which is the `home` of a gate.

    `home` is the class of a generation, with the slot `handles`; `table` the class of those, with
    the slots `values`, `lent` and `free`. `first_free` is the first place of `values` that is not
    fixed, `batch` how many may be free before the guest is told; 0 to tell it at once.
    """

    home: type
    table: type
    first_free: int
    batch: int


class Decorator(Protocol):
    """What makes a function of a generated one, with the same type."""

    def __call__(self, function: F, /) -> F:
        """Give the function to be used."""


class Exporter:
    """Makes the functions of one instance of those that were generated for it.

    In Python each stays what it is; compiled ones need no Python code where all goes as usual.

    `gate` has the slots `due` (True unless a call may go straight in) and `home`; `calls` has the
    callers by number, of which those of `malloc` and `free` are called for strings and bytes (-1
    for none). `struct` is the base class of Rust objects, with the slots `_home` and `_ptr`: a
    pointer is good while the first is that of the gate. `closure` is the class of closures: the
    same slot `_home`, the words `_a` (0: it is gone) and `_b` that the guest knows one by, how many
    hold it in `_count`, and whether it is `_mutable`, which forbids a call while it is `_running`.
    `short` is how far from the mailbox the bytes of an argument lie that its entry copies, and how
    many they may be. Without `compiles` all stays in Python.
    """

    __slots__ = ("_native", "closure", "export", "host_function", "values")

    export: Callable[[int, str, str, bool], Decorator]
    """Gives what makes the function of an entry, by its number, of the generated one.

    The letters of the parameters and of the result are those of bindgen/compiled_form.py. The last
    says whether the entry copies the only string or bytes among the arguments, if they are short.
    """

    closure: Callable[[int, int, str, str], Decorator]
    """Gives what makes the function of a closure type, by its entry, of the generated one.

    The second number is what the entry knows the type by; the first letter is that of the closure.
    """

    values: Mapping[str, Callable[..., Any]]
    """The compiled ones of the functions of Helpers that deal with handles."""

    host_function: Callable[[object, int, str, str, str, bool], Decorator]
    """Gives what makes the answer to an import of the generated one.

    It calls what the first argument has at the place that is the second. Then come the letters, a
    label that names the result in an error, and whether Rust takes what is raised as an Err.
    """

    def __init__(
        self,
        gate: object,
        turn: Turn,
        calls: list[Callable[[], object]],
        slots: Slots,
        struct: type,
        closure: type,
        handles: HandleTable,
        helpers: Helpers,
        malloc: int,
        free: int,
        *,
        short: tuple[int, int],
        compiles: bool = True,
    ) -> None:
        self._native: Any = None
        self.export = self.host_function = self.closure = _leave
        self.values = {}
        if _MODULE is not None and compiles:
            self._native = _MODULE.Calls(
                gate,
                turn,
                calls,
                ctypes.addressof(slots.buffer),
                ctypes.addressof(slots.trap),
                (slots.buffer, slots.trap),
                struct,
                closure,
                handles.home,
                handles.table,
                helpers,
                malloc,
                free,
                _MEMORY_SIZE,
                handles.first_free,
                handles.batch,
                *short,
            )
            self.export = self._native.export
            self.closure = self._native.closure
            self.host_function = self._native.host_function
            names = ("own", "peek", "take", "drop_handle")
            self.values = {name: getattr(self._native, name) for name in names}

    def attach(self, memory: Memory, mailbox: int, meter: Meter | None) -> None:
        """Use this memory from now on, the mailbox at that address in it, and the store's meter."""
        if self._native is not None and memory.handle is not None:
            context, handle = memory.handle
            mail = memory.base + mailbox
            self._native.attach(meter, context, ctypes.addressof(handle), memory.base, mail)


def compile_call(cls: type) -> None:
    """Have the calls of a class's objects compiled, where that can be.

    Its `__call__` calls what the slot `_invoke` has, with the object and as many arguments as the
    slot `length` says: what is missing is None, what is more is dropped.
    """
    if _MODULE is not None:
        cls.__call__ = _MODULE.Passing(cls, cls.__call__)  # type: ignore[method-assign]


def _itself(function: F, /) -> F:
    return function


def _leave(*_: object) -> Decorator:
    return _itself
