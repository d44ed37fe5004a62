from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

INTERFACE: int
"""Changes with what is declared here: calling.py takes no module of another."""

class Turn:
    """A reentrant lock that is taken by a subscript, as turn.py has it."""

    def __getitem__(self, waits: bool, /) -> bool: ...
    def release(self) -> None:
        """Free it once. Raises RuntimeError in a thread that does not have it."""

    def __enter__(self) -> object: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

class Ticker:
    """Lets the epoch of one engine advance while its calls run, from a thread without Python.

    `engine` is a clone of its own, `increment` and `remove` are the addresses of
    wasmtime_engine_increment_epoch and wasm_engine_delete. It is made for where a Watchdog is.
    """

    is_alive: bool
    """Whether its thread runs."""

    def __init__(self, engine: int, increment: int, remove: int) -> None: ...
    def refine(self, period: float) -> None:
        """Tick at least so often (seconds) from now on."""

    def stop(self) -> None:
        """End the thread soon."""

    def watch(self, token: object, expiry: float, context: int, rest: int) -> None:
        """Do nothing: at each tick a store looks at the clock itself."""

    def unwatch(self, token: object, context: int | None, outer: float | None, rest: int) -> None:
        """Do nothing."""

class Meter:
    """The limits of one instance, as meter.py has them; here every store has one.

    `kinds` are what `stopped` is for an interrupt and for the CPU limit; the two addresses are of
    wasmtime_store_epoch_deadline_callback and wasmtime_context_set_epoch_deadline.
    """

    budget: Any
    expiry: float | None
    failures: list[BaseException]
    is_running: bool
    stopped: Any
    has_stopped: bool
    context: int | None

    def __init__(
        self,
        ticker: Ticker,
        cpu: float | None,
        wall: float | None,
        kinds: tuple[object, object],
        set_callback: int,
        set_deadline: int,
    ) -> None: ...
    def attach(self, store: int, context: int) -> None: ...
    def measured(self, call: Callable[[], int | None]) -> Callable[[], int | None]: ...
    def grace(self, seconds: float) -> AbstractContextManager[None]: ...
    def take(self) -> tuple[int | None, Any]: ...

class Caller:
    """Calls the wasmtime_func_t at `function` on `slots`, all of them given as addresses.

    `call` is the address of wasmtime_func_call_unchecked. `kept` is held as long as the caller:
    what owns the slots and the trap cell. The store must outlive every call. The result of a call
    is None, or the address of a wasmtime_error_t, which the one who called then owns.
    """

    def __init__(
        self,
        call: int,
        context: int,
        function: int,
        slots: int,
        count: int,
        trap: int,
        meter: Meter,
        kept: object,
    ) -> None: ...
    def __call__(self) -> int | None: ...

class Calls:
    """What the compiled exports of one instance share; for the meaning see `Exporter`.

    `slots` and `trap` are addresses, `kept` what owns them; `memory_size` is the address of
    wasmtime_memory_data_size.
    """

    def __init__(
        self,
        gate: object,
        turn: Turn,
        callers: list[Callable[[], object]],
        slots: int,
        trap: int,
        kept: object,
        struct: type,
        closure: type,
        home: type,
        handles: type,
        helpers: object,
        malloc: int,
        free: int,
        memory_size: int,
        first_free: int,
        batch: int,
        short_at: int,
        short: int,
    ) -> None: ...
    def attach(self, meter: Meter, context: int, memory: int, base: int, mail: int) -> None:
        """Use the memory of a fresh generation, a wasmtime_memory_t, and its mailbox."""

    def export(
        self, number: int, params: str, result: str, is_short: bool
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Give what makes the Export of an entry of its generated function."""

    def closure(
        self, number: int, shim: int, params: str, result: str
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Give what makes the Export of a closure type of its generated function."""

    def own(self, value: object) -> int:
        """Give an owned handle for a value."""

    def peek(self, handle: int) -> Any:
        """Give the value of a borrowed handle."""

    def take(self, handle: int) -> Any:
        """Give the value of an owned handle, and free the handle."""

    def drop_handle(self, handle: int) -> None:
        """Free an owned handle; fixed ones stay."""

    def host_function(
        self, imported: Any, place: int, params: str, result: str, label: str, catches: bool
    ) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """Give what makes the Import for a host function of its generated one."""

class Export:
    """An exported function that is called without Python code; `__wrapped__` is the other way."""

    __wrapped__: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any: ...

class Passing:
    """The `__call__` of a class, see `compile_call` in calling.py; `__wrapped__` does the same."""

    __wrapped__: Callable[..., Any]

    def __init__(self, cls: type, function: Callable[..., Any]) -> None: ...
    def __call__(self, *arguments: Any) -> Any: ...

class Import:
    """A function that answers an import; `__wrapped__` does the same in Python."""

    __wrapped__: Callable[[], None]

    def __call__(self) -> None: ...

class Host:
    """The one host function of a store, as host.py has it.

    `pointer` is the address of the C function, `env` what it must be given. With `handlers` it is
    that of a Dispatch.
    """

    pointer: int
    env: int

    def __init__(
        self,
        host: Callable[[int], int],
        fail: Callable[[BaseException], int],
        meter: Meter,
        handlers: list[Callable[[], object]] | None,
        returned: int,
    ) -> None: ...
    def take_failure(self) -> BaseException | None:
        """Give the exception that `fail` raised last and forget it, else None."""

    def running(self) -> bool:
        """Tell whether this thread's stack has a call of this function."""

class TrapReader:
    """Reads a trap, as faults.py has it in `read_trap`.

    It is given the addresses of wasmtime's functions: of the trap's code and trace, what deletes
    the trace, and a frame's index, module and name; `frame` makes a frame of the last three, `most`
    is how many are kept.
    """

    def __init__(
        self,
        code: int,
        trace: int,
        delete: int,
        index: int,
        module: int,
        name: int,
        frame: Callable[[int, str | None, str | None], object],
        most: int,
    ) -> None: ...
    def __call__(self, trap: int) -> tuple[int | None, tuple[Any, ...]]:
        """Give its code, if it has one, and its frames."""

class Global:
    """An exported global of a number type, as store.py has it.

    `handle` is the address of what `keep` has, `read` and `write` those of wasmtime's functions.
    `refused` hears of the error of a write.
    """

    def __init__(
        self,
        store: object,
        context: int,
        handle: int,
        keep: object,
        read: int,
        write: int,
        refused: Callable[[int], object],
    ) -> None: ...
    def get(self) -> int | float: ...
    def set(self, number: int | float) -> None: ...

class PageCopy:
    """Copies what was written of a range, as page_scan.py has it; the GIL is kept."""

    def __init__(self, pagemap: int, start: int, middle: int) -> None: ...
    def copy(self, end: int, size: int, source: int, target: int, protect: bool) -> int: ...
    def known(self, end: int, size: int) -> list[tuple[int, int]] | None: ...
    def forget(self) -> None: ...
