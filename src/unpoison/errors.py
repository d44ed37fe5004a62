"""The whole error tree; everything that unpoison raises on purpose is here.

    UnpoisonError
    ├── MalformedModule      the bytes are not a WebAssembly module
    ├── UnsupportedModule    a module that unpoison cannot load, and which one to give instead
    ├── CapacityError        the system has no room for one more instance
    ├── UnsupportedItem      one export or import whose types are not supported
    ├── LinkError            imports that the embedder did not give
    ├── SnapshotError        a state that cannot be saved, or bytes that are none
    ├── ToolError            an external tool (compiler, linker) is missing or failed
    ├── PanicError           Rust panicked; the panic unwound, the instance goes on
    ├── AbortError           the instance died in this call; nothing of it runs again
    ├── TerminatedError      a call into an instance that died, was closed or is dying
    ├── StaleHandleError     an object or closure that is freed, moved or of an old generation
    ├── BorrowError          an object that Rust has borrowed already
    ├── WrongThreadError     a call while another thread runs the instance
    ├── NoEventLoopError     something to await, and no event loop that could
    ├── ConfigError          a worker's configuration that says something impossible
    ├── StorageError         stored data could not be read or written; the object must be reset
    ├── ServeError           an address that cannot be served
    └── ThrownError          Rust or a host function threw a JavaScript value
        └── ThrownValue      ... that is not an Error object (`unpoison.js.Error` is the sibling)

`PanicError` and `AbortError` are siblings, so that catching one never hides the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class AbortReason(Enum):
    """Why an instance died."""

    UNREACHABLE = "unreachable"
    OUT_OF_BOUNDS = "out of bounds"
    STACK_OVERFLOW = "stack overflow"
    OUT_OF_MEMORY = "out of memory"
    ARITHMETIC = "arithmetic"
    INDIRECT_CALL = "indirect call"
    PANIC = "panic"
    CPU_LIMIT = "CPU limit"
    MEMORY_LIMIT = "memory limit"
    TIME_LIMIT = "time limit"
    HOST_EXCEPTION = "host exception"

    __hash__ = object.__hash__  # Enum's own is a function of Python


class UnpoisonError(Exception):
    """Base of every error that unpoison raises on purpose."""


class _LocatedError(UnpoisonError):
    """What is wrong, the byte offset (None when unknown), the place and what to do next."""

    def __init__(
        self,
        reason: str,
        *,
        offset: int | None = None,
        where: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.reason = reason
        self.offset = offset
        self.where = where
        self.advice = advice
        super().__init__(reason)

    def __str__(self) -> str:
        place = [] if self.where is None else [f"in {self.where}"]
        if self.offset is not None:
            place.append(f"at offset {self.offset:#x}")
        text = " ".join([self.reason, *place])
        return text if self.advice is None else f"{text}; {self.advice}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_located, (type(self), self.reason, self.offset, self.where, self.advice))


def _rebuild_located(
    kind: type[_LocatedError],
    reason: str,
    offset: int | None,
    where: str | None,
    advice: str | None,
) -> _LocatedError:
    return kind(reason, offset=offset, where=where, advice=advice)


class MalformedModule(_LocatedError):
    """The bytes are not a WebAssembly module that the core specification allows.

    `.reason`, `.offset` (bytes from the start of the input, None when unknown), `.where`
    (section, function) and `.advice` are the parts of the message.
    """


class UnsupportedModule(_LocatedError):
    """A module that unpoison cannot load; the message says which file to give instead."""


class CapacityError(UnpoisonError):
    """The system has no room for one more instance: mappings or address space are used up.

    Nothing is wrong with the module or with the instances that are there; close some.
    """


class UnsupportedItem(UnpoisonError):
    """One export or import that this version cannot bind; raised when it is called.

    `.item` is its name, `.type` the type that is not supported, `.reason` why.
    """

    def __init__(self, item: str, type: str, reason: str) -> None:  # noqa: A002
        self.item = item
        self.type = type
        self.reason = reason
        super().__init__(item, type, reason)

    def __str__(self) -> str:
        return f"{self.item}: {self.type} is not supported: {self.reason}"


@dataclass(frozen=True, slots=True)
class MissingImport:
    """One import that nobody gave: its JS name, its signature and the crate that declares it.

    `note` says what is special about it, such as that it is a JavaScript snippet.
    """

    name: str
    signature: str
    crate: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        origin = [] if self.crate is None else [f"declared by {self.crate}"]
        notes = ", ".join([*origin, *([] if self.note is None else [self.note])])
        return f"{self.name}: {self.signature}{f'  ({notes})' if notes else ''}"


class LinkError(UnpoisonError):
    """Imports that the embedder did not give; `.missing` lists every one of them."""

    def __init__(self, missing: Sequence[MissingImport]) -> None:
        self.missing = tuple(missing)
        super().__init__(self.missing)

    def __str__(self) -> str:
        lines = "\n".join(f"  {item}" for item in self.missing)
        return f"{len(self.missing)} import(s) missing; give them in imports={{...}}:\n{lines}"


class SnapshotError(UnpoisonError):
    """A state of a guest that cannot travel, or a snapshot that cannot be gone on from."""


class ToolError(UnpoisonError):
    """An external tool is missing or failed; `.missing` tells the two apart."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        self.missing = missing
        super().__init__(message)


class PanicError(UnpoisonError):
    """Rust panicked: destructors ran, only this call failed, the instance goes on.

    `.message` is the panic's text; `.payload` the value of `panic_any(JsValue)`, else None.
    wasm-bindgen guide, "Catching panics"; `wasm-bindgen` src/rt/mod.rs, maybe_catch_unwind.
    """

    def __init__(self, message: str, payload: object = None) -> None:
        self.message = message
        self.payload = payload
        super().__init__(message)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.message, self.payload))


class AbortError(UnpoisonError):
    """The instance died in this call: no code of it runs again; unless it was rolled back.

    `.reason` is an AbortReason, `.backtrace` the Rust frames (demangled, innermost first),
    `.generation` the generation that died. `.rolled_back` tells that it did not die: with
    `recovery="rollback"` the guest goes on as if what aborted had never begun.
    """

    def __init__(
        self,
        message: str,
        reason: AbortReason,
        backtrace: Sequence[str] = (),
        generation: int = 0,
        rolled_back: bool = False,
    ) -> None:
        self.message = message
        self.reason = reason
        self.backtrace = tuple(backtrace)
        self.generation = generation
        self.rolled_back = rolled_back
        super().__init__(message)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        kept = (self.message, self.reason, self.backtrace, self.generation, self.rolled_back)
        return (type(self), kept)


class TerminatedError(UnpoisonError):
    """A call into an instance that died, is dying or was closed; the cause is the abort."""


class StaleHandleError(UnpoisonError):
    """An object or closure that was freed, was moved into Rust or belongs to an old generation."""


class BorrowError(UnpoisonError):
    """Rust has borrowed the object already; the cause, if any, is what abandoned the borrow."""


class WrongThreadError(UnpoisonError):
    """A call while another thread runs the instance (`threads="wait"` makes it wait)."""


class NoEventLoopError(UnpoisonError):
    """Something must be awaited, and no event loop (asyncio, trio) runs in this thread."""


class ConfigError(UnpoisonError):
    """A worker's configuration cannot be used; `.reason` is why, `.where` the file or folder."""

    def __init__(self, reason: str, where: str) -> None:
        self.reason = reason
        self.where = where
        super().__init__(reason, where)

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class StorageError(UnpoisonError):
    """Stored data could not be read or written: disk full, I/O error, damaged or locked file.

    What was committed and acknowledged stays; what was not is undone. The Durable Object whose
    data it was must be reset: its database refuses every further call with this error.
    """


class ServeError(UnpoisonError):
    """An address (host and port) that a server cannot listen on; the message says why."""


class ThrownError(UnpoisonError):
    """A JavaScript value thrown by Rust (an `Err`, `throw_str`, `throw_val`)."""


class ThrownValue(ThrownError):
    """A thrown value that is not an Error object; `.value` is the value."""

    def __init__(self, value: object) -> None:
        self.value = value
        super().__init__(value)

    def __str__(self) -> str:
        return f"Rust threw {self.value!r}"
