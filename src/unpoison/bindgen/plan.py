"""What the two modules hold and where: entries, closure entries, host numbers, names.

`shims.py` builds the modules after this plan; generated bindings and the runtime call after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from unpoison.bindgen.abi import NotBound, flatten, raw_signature
from unpoison.bindgen.descriptor_types import Scalar, Type
from unpoison.bindgen.interface import Cast, Export, ExportKind, Import, Interface
from unpoison.bindgen.short_memory import SHORT, gives_memory, short_param
from unpoison.wasm import I32, FuncType, ValType

if TYPE_CHECKING:
    from unpoison.wasm import Module

STATUS_RETURNED = -1
STATUS_THROWN = -2

LEFT_NORMALLY = 0
LEFT_BY_THROW = 1
LEFT_BY_PANIC = 2
LEFT_BY_FOREIGN = 3
LEFT_BY_WORD = 4
LEFT_BY_ERROR = 5
LEFT_BY_TRAP = 6
LEFT_BY_DEPTH = 7
LEFT_BY_FIELD_PANIC = 8

MAX_DEPTH = 150
"""Entries that may be nested. With one host function between two, Python's default recursion limit
ends at 249, in a place where its error cannot be raised; 1 MiB of stack end at 345."""

GUEST = "guest"
HOST = "host"
TABLE = "unpoison:table"
STACK_POINTER = "unpoison:sp"
CASTS = "unpoison:casts"
STUBS = "unpoison:stubs"
STUB = "unpoison stub"
"""The name of each function that takes the place of an import."""

PAGING = "unpoison paging"
"""The name of the functions that take the place of memory.size and memory.grow."""

EXPORTS = "unpoison:exports"
PANIC_TAG = "unpoison:panic"
PANIC_CLEANUP = "unpoison:panic_cleanup"
PANIC_TO_ERROR = "unpoison:panic_to_error"
DEPTH = "depth"
INSIDE = "inside"
PAGES = "unpoison:pages"
"""The pages of the guest's memory as it counts them; the memory itself may have more."""

CHANGING = "unpoison:changing"
"""The globals, then the tables, that code of the guest changes, by number."""

BEGIN_ANEW = "begin anew"
"""The function that sets the globals of all guests to what they are after the start."""

ENTRY_STACK_POINTER = "entry_sp"
MAILBOX = "mailbox"
HOOK = "hook"
TABLE_ALLOC = "__externref_table_alloc"
TABLE_DEALLOC = "__externref_table_dealloc"

MALLOC = "__wbindgen_malloc"
REALLOC = "__wbindgen_realloc"
FREE = "__wbindgen_free"
EXN_STORE = "__wbindgen_exn_store"
DESTROY_CLOSURE = "__wbindgen_destroy_closure"

HANDLE_BATCH = 16
"""Handles that one call allocates: a call costs the host 3 µs, and Rust some ns for each handle."""

FIXED_HANDLES = 1028
"""Handles 0 to 1023 are lent, 1024 to 1027 constants; static strings follow. Facts 4.1."""

_ALLOCATOR: Final = MappingProxyType(
    {MALLOC: FuncType((I32, I32), (I32,)), FREE: FuncType((I32, I32, I32), ())}
)
"""The functions that entries call for short strings; of other types the guest's are not used."""

HOOK_SIGNATURE: tuple[FuncType, tuple[ValType, ...]] = (FuncType((), ()), ())
POINTER = Scalar("u32")
_FIELDS = (ExportKind.FIELD_GETTER, ExportKind.FIELD_SETTER)
_WITHOUT_RECEIVER = (
    ExportKind.CONSTRUCTOR,
    ExportKind.STATIC,
    ExportKind.STATIC_GETTER,
    ExportKind.STATIC_SETTER,
    ExportKind.FUNCTION,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One function of the entries module: `number` is its place in the caller list.

    A call takes `params` in slots 0.. and leaves `results` in slots 0.., then status, payload.
    A guarded one refuses with LEFT_BY_WORD when the guest's terminated word is set, and with
    LEFT_BY_DEPTH when too many are nested; wasm-bindgen's own functions and the abort hook must run
    then. Each refuses with LEFT_BY_TRAP while INSIDE says that guest code was never left. One that
    recovers turns a panic into LEFT_BY_ERROR with a handle, as wasm-bindgen does for all but field
    accessors and plain `extern "C-unwind"` functions; into LEFT_BY_FIELD_PANIC when the module has
    no names to find std's functions by. A `repeated` one calls the guest once for each result.

    `short_param` is the place of the pointer of a string or bytes that may be HANDED_OVER. One that
    `gives_short` has freed its string or bytes when the payload is 1: they are to be read before
    code of the guest runs. See short_memory.py.
    """

    number: int
    name: str
    params: tuple[ValType, ...]
    results: tuple[ValType, ...]
    guarded: bool = True
    recovers: bool = False
    repeated: bool = False
    short_param: int | None = None
    gives_short: bool = False

    @property
    def slots(self) -> int:
        """How many 16-byte slots one call needs."""
        return max(len(self.params), len(self.results) + 2)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is: entries by export name, closure entries by signature, host numbers.

    `hosts` lists what each host number means: an Import, a Cast, or a name that must not be
    called at run time. `starts_itself` says that the guest has a start section. `goes_back` says
    that the entries module exports BEGIN_ANEW, and that nothing of the guest changes but memory,
    what that sets, and what is exported as CHANGING: so many globals and tables. `begins_anew` says
    that with a memory as it was at the start it is as good as a new instance. `pages` is the PAGES
    that the guest begins with, None for one that does not export it.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    closures: dict[tuple[FuncType, tuple[ValType, ...]], Entry] = field(default_factory=dict)
    hosts: tuple[Import | Cast | str, ...] = ()
    starts_itself: bool = False
    pages: int | None = None
    goes_back: bool = False
    changing: tuple[int, int] = (0, 0)

    @property
    def begins_anew(self) -> bool:
        """See above."""
        return self.goes_back and not self.starts_itself and not any(self.changing)

    @property
    def by_number(self) -> tuple[Entry, ...]:
        """Every entry, closure entries too, at the place of its number."""
        both = [*self.entries.values(), *self.closures.values()]
        return tuple(sorted(both, key=lambda entry: entry.number))

    @property
    def slots(self) -> int:
        """How many slots the largest call needs."""
        return max(entry.slots for entry in [*self.entries.values(), *self.closures.values()])


Callable = tuple[str, FuncType, tuple[ValType, ...]]
"""Export name, Wasm type and flattened results of a function that a host may call."""


def make_plan(module: Module, interface: Interface) -> Plan:
    """Number the entries and the host functions of a module."""
    plan = _plan_entries(interface, _number_hosts(module, interface))
    return replace(plan, starts_itself=module.start is not None)


def _number_hosts(module: Module, interface: Interface) -> tuple[Import | Cast | str, ...]:
    known = {(item.wasm_module, item.wasm_name): item for item in interface.imports}
    hosts: list[Import | Cast | str] = [
        known.get((item.module, item.name), item.name) for item in module.imports
    ]
    return (*hosts, *interface.redirected)


def _plan_entries(interface: Interface, hosts: tuple[Import | Cast | str, ...]) -> Plan:
    entries: dict[str, Entry] = {}
    recovering = {export.symbol for export in bound_exports(interface) if export.kind in _FIELDS}
    recovering.update(interface.raw_exports)
    shorts = _short_memory(interface)
    for name, signature, results in callables(interface):
        if name not in entries:
            params, values = split_area(signature, results)
            guarded = name not in interface.support
            repeated = name == TABLE_ALLOC and name in interface.support and values == (I32,)
            values = values * HANDLE_BATCH if repeated else values
            recovers = name in recovering
            short = shorts.get(name, (None, False))
            entries[name] = Entry(
                len(entries), name, params, values, guarded, recovers, repeated, *short
            )
    closures: dict[tuple[FuncType, tuple[ValType, ...]], Entry] = {}
    for key in _closure_signatures(interface):
        if key not in closures:
            number = len(entries) + len(closures)
            params, values = split_area(*key)
            is_hook = key == HOOK_SIGNATURE
            name = HOOK if is_hook else f"closure{number}"
            closures[key] = Entry(number, name, (I32, *params), values, not is_hook)
    return Plan(entries, closures, hosts)


def _short_memory(interface: Interface) -> dict[str, tuple[int | None, bool]]:
    """Give by symbol what an Entry says of short strings and bytes."""
    if any(interface.support.get(name) != type_ for name, type_ in _ALLOCATOR.items()):
        return {}
    return {
        export.symbol: (short_param(export, int(takes_self(export))), gives_memory(export))
        for export in bound_exports(interface)
        if is_bound(export)
    }


def split_area(
    signature: FuncType, results: tuple[ValType, ...]
) -> tuple[tuple[ValType, ...], tuple[ValType, ...]]:
    """Give the parameters and results of a raw function without its return area."""
    if len(results) > 1:
        return signature.params[1:], results
    return signature.params, signature.results


def bound_exports(interface: Interface) -> Iterable[Export]:
    """Give every export that a host can call: functions, class members and start functions."""
    yield from interface.functions
    for cls in interface.classes:
        yield from cls.members
    yield from interface.starts


def callables(interface: Interface) -> Iterable[Callable]:
    """Give what a host may call: wasm-bindgen's own exports, plain ones, and those bound."""
    for name, signature in interface.support.items():
        yield name, signature, ()
    for name, signature in interface.raw_exports.items():
        yield name, signature, signature.results
    for export in bound_exports(interface):
        if is_bound(export):
            yield export.symbol, export.signature, flatten(export.result)


def is_bound(export: Export) -> bool:
    """Tell whether an export can be called."""
    try:
        check_export(export)
    except NotBound:
        return False
    return export.unsupported is None


def check_export(export: Export) -> None:
    """Raise NotBound when a type is not bound or the Wasm type is not what the types say."""
    params = [param.type for param in export.params]
    _check(params, export.result, export.signature, takes_self(export))


def takes_self(export: Export) -> bool:
    """Tell whether an export takes the pointer to its object first."""
    return export.class_name is not None and export.kind not in _WITHOUT_RECEIVER


def check_import(item: Import) -> None:
    """Raise NotBound when a type is not bound or the Wasm type is not what the types say."""
    assert item.result is not None
    params = [param.type for param in item.params]
    _check(params, item.result, item.signature, False, inward=False)


def check_cast(cast: Cast) -> None:
    """Raise NotBound when a type is not bound or the Wasm type is not what the types say."""
    _check([cast.source], cast.target, cast.signature, False, inward=False)


def _check(
    params: list[Type], result: Type, signature: FuncType, receiver: bool, *, inward: bool = True
) -> None:
    expected = raw_signature(params, result, receiver, inward=inward)
    if expected != signature:
        raise NotBound(result, f"it is declared {expected} but compiled as {signature}")


def _closure_signatures(
    interface: Interface,
) -> Iterable[tuple[FuncType, tuple[ValType, ...]]]:
    if interface.function_table is None:
        return
    yield HOOK_SIGNATURE
    for shim in interface.closures:
        function = shim.closure.function
        try:
            results = flatten(function.result)
            _check([POINTER, POINTER, *function.params], function.result, shim.signature, False)
        except NotBound:
            continue
        yield shim.signature, results


def first_free_handle(interface: Interface) -> int:
    """Give the first handle that the guest may allocate."""
    return FIXED_HANDLES + len(interface.static_strings)


def mailbox_bytes(signatures: Iterable[FuncType]) -> int:
    """Give the size of the mailbox, with the room for a short string beyond its cells."""
    return mailbox_cells(signatures) + SHORT


def mailbox_cells(signatures: Iterable[FuncType]) -> int:
    """Give the size of its cells: 8 bytes per argument, at least four, 16-aligned."""
    widest = max((len(signature.params) for signature in signatures), default=0)
    return -(-8 * max(widest, 4) // 16) * 16
