"""One generation of an instance: its store, its Wasm instances, its calls.

What a call costs (µs, CPython 3.11, wasmtime 50.0.1, add(i32, i32) -> i32):

    0.10  the compiled module (used where it was built: calling.py)
    0.41  prepared ctypes objects as arguments, no argtypes, behind functools.partial (else)
    0.37  the same with PyDLL; it keeps the GIL, so a guest that runs long would stop all threads
    0.64  integers as arguments with argtypes
    0.44  result type c_void_p instead of None (used here: an error must not be lost)
    0.60  a whole `add(a, b)`: two stores into a view, the call, the two checks, one load
    0.42  more for a call that makes one host call on its way
   14     more for a call that ends in a trap, with its Fault and three frames
   31     a store with host function, one instance of a 1.1 MB memory, and close
"""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Final, NoReturn

from unpoison.engine import capi
from unpoison.engine.calling import make_global, make_host, make_trap_reader, meter_of, raw_caller
from unpoison.engine.changing import Changing
from unpoison.engine.compiler import Code, Engine
from unpoison.engine.faults import Fault, FaultKind, take_call_error, take_trap
from unpoison.engine.host import HostFunction
from unpoison.engine.memory import Memory
from unpoison.engine.meter import Caller, Meter
from unpoison.engine.slots import Slots
from unpoison.errors import CapacityError, TerminatedError, UnsupportedModule

MAX_TABLE_ELEMENTS = 1 << 20
"""Elements of each table: a guest that grows one without end takes no memory of the host's."""

_READ_TRAP: Final = make_trap_reader()

# ENOMEM of Linux and macOS (mmap also gives it for too many mappings); Windows' own two.
_NO_ROOM = re.compile(r"\(os error (12|8|1455)\)")


class InstantiationError(Exception):
    """A trap while a module was instantiated (active segments, start function); `.fault`.

    It is between engine and runtime: what it means for the embedder is the runtime's to say.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)

    def __str__(self) -> str:
        return f"instantiation stopped: {self.fault.message}"


class FunctionHandle:
    """An exported function; valid until its store is closed."""

    __slots__ = ("handle",)

    def __init__(self, handle: ctypes.Array[ctypes.c_uint64]) -> None:
        self.handle = handle


class Exports:
    """What one Wasm instance exports, by name. KeyError for a name or kind that is not there."""

    __slots__ = ("_instance", "_store")

    def __init__(self, store: Store, instance: capi.Instance) -> None:
        self._store = store
        self._instance = instance

    def function(self, name: str) -> FunctionHandle:
        """Give the function `name`, for `Store.caller`."""
        return FunctionHandle(self._find(name, capi.EXTERN_FUNC))

    def memory(self, name: str) -> Memory:
        """Give the memory `name`; the store releases its views when it is closed."""
        return self._store.adopt_memory(self._find(name, capi.EXTERN_MEMORY))

    def global_(self, name: str) -> Global:
        """Give the global `name`."""
        store, handle = self._store, self._find(name, capi.EXTERN_GLOBAL)
        compiled: Global | None = make_global(store, store.context, handle, _refuse)
        return Global(store, handle) if compiled is None else compiled

    def changing(self, prefix: str, globals_: int, tables: int) -> Changing:
        """Give what is exported as `prefix` with a number: so many globals, then tables."""
        names = [f"{prefix}{number}" for number in range(globals_ + tables)]
        return Changing(
            self._store.context_argument,
            [self._find(name, capi.EXTERN_GLOBAL) for name in names[:globals_]],
            [self._find(name, capi.EXTERN_TABLE) for name in names[globals_:]],
        )

    def table_size(self, name: str) -> int:
        """Give the number of elements of the table `name` now."""
        table = self._find(name, capi.EXTERN_TABLE)
        return int(capi.wasmtime_table_size(self._store.context, table))

    def __contains__(self, name: str) -> bool:
        return self._get(name) is not None

    def _find(self, name: str, kind: int) -> ctypes.Array[ctypes.c_uint64]:
        item = self._get(name)
        if item is None or item.kind != kind:
            raise KeyError(name)
        handle: ctypes.Array[ctypes.c_uint64] = item.of  # it keeps the item alive
        return handle

    def _get(self, name: str) -> capi.Extern | None:
        item = capi.Extern()
        raw = name.encode()
        found = capi.wasmtime_instance_export_get(
            self._store.context, self._instance, raw, len(raw), item
        )
        return item if found else None


class Global:
    """An exported global of a number type."""

    __slots__ = ("_field", "_number", "_store", "_there")

    def __init__(self, store: Store, handle: ctypes.Array[ctypes.c_uint64]) -> None:
        value = capi.Val()
        self._store = store
        self._there = ctypes.byref(handle), ctypes.byref(value)
        capi.wasmtime_global_get(store.context_argument, *self._there)
        self._field = capi.VAL_FIELDS[value.kind]
        self._number = value.of

    def get(self) -> int | float:
        """Give its value now; an i32 or i64 is signed."""
        capi.wasmtime_global_get(self._store.context_argument, *self._there)
        number: int | float = getattr(self._number, self._field)
        return number

    def set(self, number: int | float) -> None:
        """Change it; UnsupportedModule when it is immutable."""
        setattr(self._number, self._field, number)
        error = capi.wasmtime_global_set(self._store.context_argument, *self._there)
        if error:
            _refuse(error)


class Store:
    """One generation of an instance: everything in it goes away at once with `close()`.

    Only one thread may use it at a time. `memory_limit` bounds each linear memory, in bytes; a
    growth beyond it fails inside the guest, and a module that begins larger is refused. Every call
    keeps to the limits of `meter`.
    After `close()` no caller, handle or view of this store may be used.

    A store that is collected may be part of larger garbage, of which other finalisers are still to
    run. So what `caller` gave and the owner keeps in `callers` is then replaced by one that raises
    TerminatedError; `context`, which everything else needs, raises it too.
    """

    __slots__ = (
        "__weakref__",
        "_callers",
        "_context",
        "_context_argument",
        "_expiry",
        "_given",
        "_host",
        "_linker",
        "_memories",
        "_pointer",
        "_rest",
        "engine",
        "meter",
        "slots",
    )

    def __init__(
        self,
        engine: Engine,
        slots: Slots,
        memory_limit: int | None = None,
        meter: Meter | None = None,
        callers: list[Callable[[], object]] | None = None,
    ) -> None:
        self._callers = callers
        self._given: list[Caller] = []
        self.engine = engine
        self.slots = slots
        self._host: HostFunction | None = None
        self._expiry: float | None = None
        self._memories: list[Memory] = []
        self._pointer: int | None = capi.wasmtime_store_new(engine.pointer, None, None)
        self._context = int(capi.wasmtime_store_context(self._pointer))
        self._context_argument = ctypes.c_void_p(self.context)
        self._linker: int | None = capi.wasmtime_linker_new(engine.pointer)
        self.meter = meter = meter_of(engine.watchdog, meter)
        self._rest = capi.NO_DEADLINE if meter is None else capi.NEXT_EPOCH
        capi.wasmtime_context_set_epoch_deadline(self.context, self._rest)
        if meter is not None:
            meter.attach(self._pointer, self.context)
        memory = -1 if memory_limit is None else memory_limit
        capi.wasmtime_store_limiter(self._pointer, memory, MAX_TABLE_ELEMENTS, -1, -1, -1)

    def define_host(
        self,
        module: str,
        name: str,
        host: Callable[[int], int],
        fail: Callable[[BaseException], int] | None = None,
    ) -> None:
        """Give later modules the import `module`.`name` of type (i32) -> i32, once per store.

        `fail` gives the status when `host` raises, see HostFunction. ValueError the second time:
        the first function's code must live as long as the store.
        """
        if self._host is not None:
            raise ValueError("the store has its host function already")
        self._host = make_host(host, fail, self.meter)
        item = capi.Extern()
        item.kind = capi.EXTERN_FUNC
        capi.wasmtime_func_new_unchecked(
            self.context,
            self.engine.host_type,
            self._host.pointer,
            self._host.env,
            None,
            ctypes.byref(item.of),
        )
        where, what = module.encode(), name.encode()
        _check(
            capi.wasmtime_linker_define(
                self._linker, self.context, where, len(where), what, len(what), item
            )
        )

    def instantiate(self, code: Code, name: str | None = None) -> Exports:
        """Instantiate `code`; its imports are the host function and the instances named so far.

        Its exports become importable under `name`. Raises UnsupportedModule with wasmtime's text
        when an import is missing or has another type or a limit forbids it, CapacityError when
        the system has no room for its memory, InstantiationError when it traps.
        """
        instance = capi.Instance()
        start = self._measured(
            partial(
                capi.wasmtime_linker_instantiate,
                self._linker,
                self.context,
                code.module,
                instance,
                self.slots.trap_argument,
            )
        )
        error = start()
        if self.slots.trap or (self.meter is not None and self.meter.has_stopped):
            raise InstantiationError(self.take_fault(error))
        _check(error)
        if name is not None:
            self._publish(instance, name)
        return Exports(self, instance)

    def caller(self, function: FunctionHandle, slot_count: int) -> Caller:
        """Give a zero-argument callable that calls `function` on `slots`.

        `slot_count` is max(parameters, results). Test the call like this, and in no other way::

            if call() or slots.trap:
                fault = store.take_fault(...)

        A trap sets `slots.trap`; the result of the call is None, or an error that is no trap,
        to be given to `take_fault`.
        """
        if slot_count > self.slots.count:
            raise ValueError(f"{slot_count} slots needed, {self.slots.count} there")
        made = raw_caller(
            self.context_argument, function.handle, self.slots, slot_count, self.meter
        )
        if self._callers is not None:
            self._given.append(made)
        return made

    def _measured(self, call: Caller) -> Caller:
        return call if self.meter is None else self.meter.measured(call)

    def take_fault(self, error: int | None = None) -> Fault:
        """Give what stopped the call that was just made, and clear it.

        `error` is what the call returned; a store with a meter remembers it.
        """
        trap = self.slots.trap.value
        self.slots.trap.value = None
        kept, stopped = (None, None) if self.meter is None else self.meter.take()
        if trap is not None:
            return take_trap(_READ_TRAP, trap)
        if error is None:
            error = kept
        if error is None:
            return Fault(FaultKind.OTHER, "no fault", ())
        fault = take_call_error(error)
        return fault if stopped is None else Fault(stopped, stopped.value, fault.frames)

    def running(self) -> bool:
        """Tell whether the host function is on this thread's stack: a call of this store runs."""
        if self.meter is not None and not self.meter.is_running:
            return False  # no look at each frame of the stack
        return self._host is not None and self._host.running()

    def take_host_failure(self) -> BaseException | None:
        """Give the exception that the host function raised last and forget it, else None."""
        failure = None if self._host is None else self._host.take_failure()
        if failure is None and self.meter is not None and self.meter.failures:
            failure = self.meter.failures.pop()
        return failure

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Stop every call of the block that runs `seconds` from now, with FaultKind.INTERRUPT.

        Blocks may be nested; the earliest deadline holds. A host function is not stopped, but
        the Wasm code that called it is when it returns.
        """
        outer = self._expiry
        expiry = time.monotonic() + seconds
        token = object()
        first = expiry if outer is None else min(expiry, outer)
        self._set_expiry(first)
        watchdog = self.engine.watchdog
        watchdog.watch(token, first, self.context, self._rest)
        try:
            yield
        finally:
            self._set_expiry(outer)
            watchdog.unwatch(token, None if self.closed else self.context, outer, self._rest)

    def _set_expiry(self, expiry: float | None) -> None:
        self._expiry = expiry
        if self.meter is not None and not self.closed and self.meter.context == self.context:
            self.meter.expiry = expiry  # else it watches another store by now

    @property
    def has_deadline(self) -> bool:
        """Tell whether a `deadline` block is open."""
        return self._expiry is not None

    def grace(self, seconds: float) -> AbstractContextManager[None]:
        """Let the calls of the block have so much CPU time, if they are metered at all."""
        return nullcontext() if self.meter is None else self.meter.grace(seconds)

    def adopt_memory(self, handle: ctypes.Array[ctypes.c_uint64]) -> Memory:
        """Give a Memory whose views end with this store."""
        base = int(capi.wasmtime_memory_data(self.context, handle))
        size_of = partial(capi.wasmtime_memory_data_size, self.context, handle)
        grow = partial(_grow_memory, self.context, handle)
        memory = Memory(base, size_of, grow, (self.context, handle))
        self._memories.append(memory)
        return memory

    @property
    def context(self) -> int:
        """The address of its context. Raises TerminatedError when it is closed."""
        if self._pointer is None:
            raise TerminatedError("the instance is gone")
        return self._context

    @property
    def context_argument(self) -> ctypes.c_void_p:
        """The same as an argument that needs no conversion."""
        if self._pointer is None:
            raise TerminatedError("the instance is gone")
        return self._context_argument

    @property
    def closed(self) -> bool:
        """Tell whether `close()` was called."""
        return self._pointer is None

    def close(self) -> None:
        """Delete the store and its memory now. Nothing happens the second time.

        Never call it inside the store's host function: the frames below would return into code
        that is gone. For this thread that is asserted.
        """
        if self._pointer is None:
            return
        assert not self.running(), "close() inside a call of the store"
        for memory in self._memories:
            memory.release()
        self._memories.clear()
        pointer, self._pointer = self._pointer, None
        capi.wasmtime_linker_delete(self._linker)
        capi.wasmtime_store_delete(pointer)
        self._host = None

    def __del__(self) -> None:
        if getattr(self, "_linker", None) is None or self._pointer is None:
            return
        if self._callers is not None:
            given = set(map(id, self._given))
            self._callers[:] = [_collected if id(it) in given else it for it in self._callers]
        self.close()

    def _publish(self, instance: capi.Instance, name: str) -> None:
        raw = name.encode()
        _check(
            capi.wasmtime_linker_define_instance(
                self._linker, self.context, raw, len(raw), instance
            )
        )


def _collected() -> NoReturn:
    """Be every caller of a store that was collected."""
    raise TerminatedError("the instance was collected")


def _check(error: int | None) -> None:
    if not error:
        return
    text = capi.take_error(error)
    if _NO_ROOM.search(text):
        raise CapacityError(
            f"no room for one more instance: {text}; close some, or let the system give more "
            "(address space, and on Linux vm.max_map_count: an instance takes 4 mappings)"
        )
    raise UnsupportedModule(text)


def _refuse(error: int) -> NoReturn:
    raise UnsupportedModule(capi.take_error(error))


def _grow_memory(
    context: int, handle: ctypes.Array[ctypes.c_uint64], pages: int
) -> int | None:  # no method: a memory that held its store would keep it alive
    before = ctypes.c_uint64()
    error = capi.wasmtime_memory_grow(context, handle, pages, ctypes.byref(before))
    if error:
        capi.take_error(error)
        return None
    return before.value
