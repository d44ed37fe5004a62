"""What generated code calls at the border of one instance: lift, lower, own, drop.

Everything here runs inside an entry or an import, with the lock held. Pointers, lengths and
handles that the guest gives are checked here; one that cannot be ends the instance.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any, NoReturn, TypeVar

from unpoison import js
from unpoison.bindgen import (
    DESTROY_CLOSURE,
    EXN_STORE,
    FREE,
    HANDLE_BATCH,
    MALLOC,
    SHORT,
    SIZES,
    TABLE_ALLOC,
    TABLE_DEALLOC,
    Entry,
)
from unpoison.engine import Exporter, GuestMemoryError, HandleTable
from unpoison.errors import BorrowError, StaleHandleError, UnsupportedItem
from unpoison.runtime import checks
from unpoison.runtime.closures import Ownership, RustFunction
from unpoison.runtime.generation import Generation
from unpoison.runtime.guest_memory import CLASSES, GuestPages
from unpoison.runtime.handles import CONSTANT_TYPES, CONSTANTS, LENT, Handles, UnknownHandleError
from unpoison.runtime.objects import Struct, stale_error
from unpoison.runtime.supervisor import Supervisor
from unpoison.runtime.views import GuestView

E = TypeVar("E", bound=Enum)
S = TypeVar("S", bound=Struct)
Host = Callable[[], object]
Invoke = tuple[Callable[..., object], int, bool]


Imported = Sequence[Callable[..., Any]] | Mapping[int, Callable[..., Any]]
"""The callable of each host function, by its place."""


class Border:
    """The functions and views that the generated code of one instance uses."""

    integer = staticmethod(checks.integer)
    real = staticmethod(checks.real)
    boolean = staticmethod(checks.boolean)
    convert = staticmethod(checks.convert)
    char = staticmethod(checks.char)
    encode = staticmethod(checks.encode)
    text = staticmethod(checks.text)
    texts = staticmethod(checks.texts)
    values = staticmethod(checks.values)
    numbers = staticmethod(checks.numbers)
    writable = staticmethod(checks.writable)
    bools = staticmethod(checks.bools)
    chars = staticmethod(checks.chars)
    member = staticmethod(checks.member)
    members = staticmethod(checks.members)
    variant = staticmethod(checks.variant)
    variants = staticmethod(checks.variants)
    objects = staticmethod(checks.objects)
    from_variant = staticmethod(checks.from_variant)
    wrong_class = staticmethod(checks.wrong_class)
    raw_integer = staticmethod(checks.raw_integer)
    raw_float = staticmethod(checks.raw_float)
    stale = staticmethod(lambda value: _raise(stale_error(value)))
    number = staticmethod(js.number_to_python)
    bigint = js.BigInt
    null = js.null
    null_type = js.JsNull

    def __init__(self, supervisor: Supervisor, imported: Imported) -> None:
        self.supervisor = supervisor
        self.imported = imported
        self.gate = supervisor
        self.turn = supervisor.turn
        self.release = supervisor.turn.release
        self.wait = supervisor.wait
        self.enter = supervisor.enter
        self.fault = supervisor.fault
        self.left = supervisor.left
        self.note_drop = supervisor.note_drop
        self.calls = supervisor.calls
        self.mail = supervisor.mail
        slots = supervisor.slots
        self.trap = slots.trap
        self.i32, self.u32 = slots.i32, slots.u32
        self.i64, self.u64 = slots.i64, slots.u64
        self.f32, self.f64 = slots.f32, slots.f64
        entries = supervisor.program.plan.entries
        self._keeps_handles = TABLE_ALLOC in entries and TABLE_DEALLOC in entries
        destroy = entries.get(DESTROY_CLOSURE)
        self.destroy_closure_number = None if destroy is None else destroy.number
        self._memory: tuple[Generation, js.Memory] | None = None
        self._malloc = self._runner(MALLOC)
        self._release_memory = self._runner(FREE)
        self._store_exception = self._runner(EXN_STORE)
        self._allocate_handles = self._runner(TABLE_ALLOC)
        self._free_handle = self._runner(TABLE_DEALLOC)
        self._destroy_closure = self._runner(DESTROY_CLOSURE)
        self.error = js.as_exception
        exporter = self._make_exporter()
        self.export, self.host_function = exporter.export, exporter.host_function
        self.closure = exporter.closure
        # The methods of these names are what the compiled ones leave to Python.
        self.__dict__.update(exporter.values)
        supervisor.on_memory = exporter.attach
        self.hosts: list[Host] = []
        self.closures: list[Invoke] = []
        self.starts: list[Callable[[], object]] = []
        self.promise: Callable[[Any], Any] = supervisor.scheduler.promised
        self.tasks = supervisor.scheduler.tasks

    def _make_exporter(self) -> Exporter:
        supervisor = self.supervisor
        entries = supervisor.program.plan.entries
        fixed = Handles(supervisor.program.interface.static_strings).fixed - LENT
        batch = HANDLE_BATCH if self._keeps_handles else 0
        return Exporter(
            supervisor,
            supervisor.turn,
            self.calls,
            supervisor.slots,
            Struct,
            RustFunction,
            HandleTable(Generation, Handles, fixed, batch),
            self,
            *(_number_of(entries, name) for name in (MALLOC, FREE)),
            short=(supervisor.program.mailbox_bytes - SHORT, SHORT),
            compiles=supervisor.rollback is None,
        )

    @property
    def home(self) -> Generation:
        """The current generation."""
        return self.supervisor.home

    # --- wasm-bindgen's own exports ---

    def _runner(self, name: str) -> Callable[[], int]:
        """Make the function that calls one of wasm-bindgen's own exports.

        Its u32 arguments are put into the slots first; it gives the u32 in the first slot, which
        is the result where there is one. It raises what the supervisor makes of a failure: an
        AbortError. The names are bound here, since a string costs two such calls.
        """
        entry = self.supervisor.program.plan.entries.get(name)
        if entry is None:
            return partial(_refuse, name)
        number, status, payload = entry.number, 4 * len(entry.results), 4 * len(entry.results) + 4
        calls, trap, i32, u32 = self.calls, self.trap, self.i32, self.u32
        fault, left = self.fault, self.left

        def run() -> int:
            if calls[number]() or trap:
                raise fault()
            if i32[status]:
                raise left(i32[status], u32[payload])
            return u32[0]

        return run

    # --- memory ---

    def store(self, data: bytes | memoryview, align: int) -> int:
        """Copy data into memory that the guest allocates; Rust owns and frees it."""
        u32 = self.u32
        u32[0] = len(data)
        u32[4] = align
        pointer = self._malloc()
        try:
            self.supervisor.home.memory.write(pointer, data)
        except GuestMemoryError as error:
            raise self.supervisor.corrupt(str(error)) from None
        return pointer

    def reach(self, pointer: int, length: int) -> NoReturn:
        """End the instance for a place in its memory that there is not."""
        size = self.supervisor.home.memory.size()
        raise self.supervisor.corrupt(str(GuestMemoryError(pointer, length, size)))

    def failed(self, handle: int) -> BaseException:
        """Give the exception to raise for an Err, and free its handle."""
        return self.error(self.take(handle))

    def store_values(self, values: Sequence[object]) -> int:
        """Copy a vector of values as owned handles."""
        handles = array("I", [self.own(value) for value in values])
        return self.store(handles.tobytes(), 4)

    def _read(self, pointer: int, size: int) -> bytes:
        try:
            return self.supervisor.home.memory.read(pointer, size)
        except GuestMemoryError as error:
            raise self.supervisor.corrupt(str(error)) from None

    def _free(self, pointer: int, size: int, align: int) -> None:
        if size:
            u32 = self.u32
            u32[0] = pointer
            u32[4] = size
            u32[8] = align
            self._release_memory()

    def get_str(self, pointer: int, length: int) -> str:
        """Give a borrowed string."""
        try:
            return self.supervisor.home.memory.read_text(pointer, length)
        except (GuestMemoryError, UnicodeDecodeError) as error:
            raise self.supervisor.corrupt(f"a bad string: {error}") from None

    def take_str(self, pointer: int, length: int, is_freed: int = 0) -> str:
        """Give a string that Rust handed over, and free it unless that is done."""
        text = self.get_str(pointer, length)
        if not is_freed:
            self._free(pointer, length, 1)
        return text

    def get_bytes(self, pointer: int, length: int) -> bytes:
        """Give a copy of borrowed bytes."""
        return self._read(pointer, length)

    def take_bytes(self, pointer: int, length: int, is_freed: int = 0) -> bytes:
        """Give bytes that Rust handed over, and free them unless that is done."""
        data = self._read(pointer, length)
        if not is_freed:
            self._free(pointer, length, 1)
        return data

    def piece(self, pointer: int, length: int) -> memoryview:
        """Give a view of borrowed bytes, to be released before any code of the guest runs."""
        try:
            return self.supervisor.home.memory.piece(pointer, length)
        except GuestMemoryError as error:
            raise self.supervisor.corrupt(str(error)) from None

    def copy_back(self, pointer: int, length: int, target: object) -> None:
        """Put the bytes of a `&mut [T]` into the host's buffer: the only copy that is made."""
        checks.copy_back(partial(self.piece, pointer, length), target)

    def get_numbers(self, pointer: int, length: int, code: str) -> array[Any]:
        """Give a copy of a borrowed slice of numbers: the only one that is made."""
        numbers: array[Any] = array(code)
        with self.piece(pointer, length * SIZES[code]) as cells:
            numbers.frombytes(cells)
        return numbers

    def take_numbers(self, pointer: int, length: int, code: str) -> array[Any]:
        """Give a vector of numbers that Rust handed over, and free it."""
        numbers = self.get_numbers(pointer, length, code)
        self._free(pointer, length * SIZES[code], SIZES[code])
        return numbers

    def view(self, pointer: int, length: int, code: str) -> GuestView:
        """Give a slice of numbers that Rust lends for writing, until `drop`."""
        try:
            return GuestView(self.supervisor.home, pointer, length, code)
        except GuestMemoryError as error:
            raise self.supervisor.corrupt(str(error)) from None

    def memory(self) -> js.Memory:
        """Give the guest's memory as JavaScript knows it, the same object for a generation."""
        home = self.supervisor.home
        if self._memory is None or self._memory[0] is not home:
            self._memory = home, js.Memory(GuestPages(home, self.supervisor))
        return self._memory[1]

    def show(self, pointer: int, length: int, code: str) -> js.TypedArray:
        """Give a slice as a typed array, without copying; the code "C" is that of Clamped."""
        cls = js.Uint8ClampedArray if code == "C" else CLASSES[code]
        if not 0 <= pointer <= pointer + length * cls.element.size <= self.home.memory.size():
            raise self.supervisor.corrupt(f"a slice of {length} elements at {pointer:#x}")
        return cls.on(self.memory().buffer, pointer, length)

    @staticmethod
    def typed_array(data: bytes | array[Any], code: str) -> js.TypedArray:
        """Give a vector that Rust handed over as a typed array."""
        cls = js.Uint8ClampedArray if code == "C" else CLASSES[code]
        return cls.of_data(memoryview(data).cast("B"))

    def get_texts(self, pointer: int, length: int) -> list[str]:
        """Give a vector of borrowed strings; free their cells, which Rust made for this call.

        An interned string has no pointer: its length is its handle.
        """
        cells = self.take_numbers(pointer, 2 * length, "I")
        pairs = zip(cells[::2], cells[1::2], strict=True)
        return [self.get_str(place, size) if place else self.peek(size) for place, size in pairs]

    def get_values(self, pointer: int, length: int) -> list[Any]:
        """Give the values of a borrowed slice of handles."""
        return [self.peek(handle) for handle in self.get_numbers(pointer, length, "I")]

    def take_values(self, pointer: int, length: int) -> list[Any]:
        """Give the values of a vector of owned handles, and free both."""
        handles = self.get_numbers(pointer, length, "I")
        values = [self.take(handle) for handle in handles]
        self._free(pointer, 4 * length, 4)
        return values

    # --- handles ---

    def peek(self, handle: int) -> Any:
        """Give the value of a borrowed handle."""
        handles = self.supervisor.home.handles
        try:
            if handle >= handles.fixed:  # so it is nearly always
                return handles.values[handle - LENT]
            return handles.get(handle)
        except (IndexError, UnknownHandleError):
            raise self.supervisor.corrupt(f"handle {handle}, which names nothing") from None

    def take(self, handle: int) -> Any:
        """Give the value of an owned handle, and free the handle."""
        value = self.peek(handle)
        self.drop_handle(handle)
        return value

    def drop_handle(self, handle: int) -> None:
        """Free an owned handle; fixed ones stay."""
        handles = self.supervisor.home.handles
        if handle < handles.fixed:
            return
        try:
            if not self._keeps_handles:
                handles.deallocate(handle)
            elif len(handles.free) < HANDLE_BATCH:
                handles.clear_slot(handle)
                handles.free.append(handle)  # the guest takes it for a live one of undefined
            else:
                self.u32[0] = handle
                self._free_handle()
        except UnknownHandleError:
            raise self.supervisor.corrupt(f"handle {handle} to be freed") from None

    def own(self, value: object) -> int:
        """Give an owned handle for a value."""
        if type(value) in CONSTANT_TYPES:
            return CONSTANTS[value]
        handles = self.supervisor.home.handles
        handle = handles.free.pop() if handles.free else self._allocate(handles)
        try:
            if handle < handles.fixed:
                raise UnknownHandleError(handle)
            handles.values[handle - LENT] = value  # `put`, which is a call more
        except (IndexError, UnknownHandleError):
            raise self.supervisor.corrupt(f"handle {handle} as a free one") from None
        return handle

    def _allocate(self, handles: Handles) -> int:
        """Give a free handle; keep the others that the guest's allocator gave for the next."""
        if not self._keeps_handles:
            handle = handles.allocate()
            if handle < 0:
                raise self.supervisor.corrupt("more handles than there are")
            return handle
        handle = self._allocate_handles()
        handles.free.extend(self.u32[4 * HANDLE_BATCH - 4 : 0 : -4])
        return handle

    def lend(self, value: object) -> int:
        """Give a handle that holds for this call."""
        return self.supervisor.home.handles.lend(value)

    def lent(self) -> int:
        """Give the mark for `unlend`."""
        home = self.supervisor.home
        return len(home.handles.lent) if home.alive else 0

    def unlend(self, mark: int) -> None:
        """Take back what was lent since the mark."""
        self.supervisor.home.handles.take_back(mark)

    def noted(self, text: str) -> str:
        """Give a text that Rust casts to a JsValue; a panic's payload is told by it."""
        self.supervisor.last_text = text
        return text

    def catch(self, error: Exception) -> None:
        """Hand the exception of a `catch` import to Rust as its Err value.

        One that came with the death of this instance never arrives: the entries refuse.
        """
        self.u32[0] = self.own(js.from_exception(error))
        self._store_exception()

    # --- objects ---

    def wrap(self, cls: type[S], pointer: int) -> S:
        """Give the Python object for a Rust struct that was handed over."""
        value = cls.__new__(cls)
        self._own_pointers(value, pointer)
        return value

    def _own_pointers(self, value: Struct, pointer: int) -> None:
        """Make an object own a Rust struct, with a pointer for each of its ancestors."""
        value._ptr = pointer
        value._abandoned = None
        if value._own != "_ptr":
            setattr(value, value._own, pointer)
            for upcast, _, attribute in value._ancestors:
                pointer = self._upcast(upcast, pointer)
                setattr(value, attribute, pointer)
        value._home = home = self.supervisor.home
        if home.journal is not None:
            home.journal.made(value, value._keys())

    def _upcast(self, number: int, pointer: int) -> int:
        """Give the pointer of an object as its parent's, which the object then shares."""
        self.u32[0] = pointer
        if self.calls[number]() or self.trap:
            raise self.fault()
        if self.i32[4]:
            raise self.left(self.i32[4], self.u32[8])
        return self.u32[0]

    def adopt(self, value: Struct, pointer: int) -> None:
        """Make the object own the Rust struct that its constructor made.

        When it owns one already (`__init__` was called again), that one is dropped.
        """
        value.__del__()
        self._own_pointers(value, pointer)

    def unwrap(self, cls: type[Struct], value: object) -> int:
        """Take the pointer out of an object that moves into Rust; 0 for anything else."""
        if not isinstance(value, cls) or value._home is not self.supervisor.home:
            return 0
        if value._own != cls._own:
            return 0  # a child's pointer is none of its parent's type
        value._move()
        return value._ptr

    def check_live(self, values: Sequence[Struct]) -> None:
        """Raise StaleHandleError when one of the objects cannot be used any more."""
        for value in values:
            if value._home is not self.supervisor.home:
                raise stale_error(value)

    def move(self, value: object) -> None:
        """Mark an object as moved into Rust; nothing stands for an absent one."""
        if isinstance(value, Struct):
            value._move()

    def distinct(self, moved: Sequence[object], rest: Sequence[object]) -> None:
        """Refuse one object in two places of a call that consumes it."""
        gone = [id(value) for value in moved if isinstance(value, Struct)]
        if len(set(gone)) != len(gone) or not set(gone).isdisjoint(map(id, rest)):
            raise BorrowError("one object is given twice to a call that consumes it")

    def free_object(self, value: Struct) -> None:
        """Drop a Rust struct now; nothing for one that is gone or stale."""
        number = value._free
        home = getattr(value, "_home", None)
        if home is None or number is None or not home.alive:
            value._home = None
            return
        if not self.turn[False]:
            self.wait()
        try:
            if self.gate.due:
                self.enter()
            if value._home is not self.supervisor.home:
                return
            value._home = None
            if home.journal is not None:
                home.journal.changed(value, partial(setattr, value, "_home", home))
            for _, free, attribute in value._ancestors:
                self._free_struct(free, getattr(value, attribute), True, value)
            self._free_struct(number, value._ptr, False, value)
        finally:
            self.release()

    def _free_struct(self, number: int, pointer: int, later: bool, value: Struct) -> None:
        """Drop a Rust struct; `later` allows to do so when the borrow of a borrowed one ends."""
        self.u32[0] = pointer
        self.u32[4] = later
        if self.calls[number]() or self.trap:
            raise self.fault()
        if self.i32[0]:
            raise self.left(self.i32[0], self.u32[4], value)

    # --- closures ---

    def owned_closure(self, kind: int, a: int, b: int) -> RustFunction:
        """Give the callable for a closure that the host drops."""
        home = self.supervisor.home
        return RustFunction(self, self.closures[kind], a, b, _OWNED, home)

    def borrowed_closure(self, kind: int, a: int, b: int) -> RustFunction:
        """Give the callable for a closure that Rust drops."""
        home = self.supervisor.home
        return RustFunction(self, self.closures[kind], a, b, _BORROWED, home)

    def immediate_closure(self, kind: int, a: int, b: int) -> RustFunction:
        """Give the callable for a closure that lives until the import returns."""
        home = self.supervisor.home
        return RustFunction(self, self.closures[kind], a, b, _IMMEDIATE, home)

    @staticmethod
    def drop(value: RustFunction | GuestView | None) -> None:
        """Take back what was lent until the import returns; nothing stands for an absent one."""
        if isinstance(value, _LENT):
            value._drop()

    def destroy_closure(self, a: int, b: int) -> None:
        """Drop a closure of the current generation."""
        u32 = self.u32
        u32[0] = a
        u32[4] = b
        self._destroy_closure()

    # --- the rest ---

    def from_number(self, enum: type[E], number: float) -> E:
        """Give the variant of a numeric enum's number."""
        try:
            return enum(int(number))
        except (ValueError, OverflowError):
            raise self.supervisor.corrupt(f"the {enum.__name__} {number}") from None

    def to_char(self, code: int) -> str:
        """Give the character of a Unicode scalar value."""
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise self.supervisor.corrupt(f"the char {code:#x}")
        return chr(code)

    @staticmethod
    def unsupported(item: str, type_: str, reason: str) -> UnsupportedItem:
        """Make the error for an item that this version does not bind."""
        return UnsupportedItem(item, type_, reason)


_OWNED, _BORROWED, _IMMEDIATE = Ownership  # a member is slow to get at

_LENT = (RustFunction, GuestView)


def _number_of(entries: Mapping[str, Entry], name: str) -> int:
    return entries[name].number if name in entries else -1


def _refuse(name: str) -> NoReturn:
    raise UnsupportedItem(name, "fn", "the module does not export it")


def _raise(error: StaleHandleError) -> NoReturn:
    raise error
