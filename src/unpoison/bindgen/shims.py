"""The two modules that one rustc module becomes: guest and entries.

Theory of operation. The guest keeps what rustc made, and nothing is put between: imports become
functions at the same indices, what a host must add lives around it. Last, the functions that can
still be called move together, and only what names a function is written anew:

    guest    rustc's module. Each import becomes a *stub*, a function at the same index and of
             the same type that calls through an appended table, so it imports nothing. What the
             linker alone needs is left out, and so are functions that nothing calls. The function
             table, the stack pointer and the panic tags are exported, what is called from outside
             is listed in one more table, and each function that stands for a host's (a cast, a
             monomorphisation of a generic import) calls through another.
    entries  instantiated last. It fills the tables of stubs and casts and holds all glue code:
             one entry per export that a host may call, one import body per import.

An entry saves the stack pointer, counts the nesting depth, and calls the export below a
try_table. It returns the flattened results followed by a status and a payload, so that an
exception never reaches the host as a trap: the stack pointer is put back at each nesting level
(contract facts 5.8, "must be done per nesting level") and no exnref ever needs the C API, whose
`take_exception` leaks (wasmtime facts, "Exceptions"). Return areas are made and read here.

An import body stores its arguments in a mailbox and calls the only host function with its
number. The host answers a status: RETURNED (results are in the mailbox), THROWN (the mailbox
holds the number of the exception, thrown here as the tag that only these modules know), or
anything else, which traps: that is how an instance that died is unwound.

The mailbox lies above the stack pointer that the guest starts with, so the guest's own code never
uses it. A hostile guest may still write there: what is read from it is guest data, checked as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from unpoison.bindgen.entries import make_entries
from unpoison.bindgen.guest_memory import Changes, PageCount, changes_of, count_pages
from unpoison.bindgen.interface import Interface
from unpoison.bindgen.plan import (
    CASTS,
    CHANGING,
    EXPORTS,
    PAGES,
    PAGING,
    PANIC_CLEANUP,
    PANIC_TAG,
    PANIC_TO_ERROR,
    STACK_POINTER,
    STUB,
    STUBS,
    TABLE,
    Plan,
    make_plan,
)
from unpoison.errors import UnsupportedModule
from unpoison.wasm import (
    FUNCREF,
    I32,
    ExternKind,
    FunctionBody,
    FuncType,
    Limits,
    Module,
    Names,
    TableType,
    keep_functions,
    live_functions,
)

_CATCHER = {
    PANIC_CLEANUP: (
        re.compile(r"9panicking12catch_unwind7cleanup(17h|$)|panicking::catch_unwind::cleanup"),
        FuncType((I32, I32), ()),
    ),
    PANIC_TO_ERROR: (
        re.compile(r"4___rt20panic_to_panic_error(17h|$)|__rt::panic_to_panic_error"),
        FuncType((I32, I32), (I32,)),
    ),
}


@dataclass(frozen=True, slots=True)
class Shims:
    """The bytes of the two modules and the plan that the host side follows.

    The guest handles exceptions in the dialect of the module that it was made of, the entries
    module in exnref.
    """

    guest: bytes
    entries: bytes
    plan: Plan


def make_shims(module: Module, interface: Interface) -> Shims:
    """Give the two modules. The given module is edited and must not be used afterwards.

    Raises UnsupportedModule for a module that imports anything but functions or whose stack
    pointer is not known.
    """
    if interface.stack_pointer is None:
        raise UnsupportedModule(
            "the module has no __stack_pointer that can be recognised",
            advice="build it with rustc's own linker and keep the name section",
        )
    signatures = _import_signatures(module)
    changes = changes_of(module, interface.stack_pointer)
    pages = count_pages(module)
    plan = make_plan(module, interface)
    if pages is not None:
        plan = replace(plan, pages=pages.first)
        if changes is not None:
            counts = len(changes.globals), len(changes.tables)
            plan = replace(plan, goes_back=True, changing=counts)
    catcher = _find_catcher(module)
    entries = make_entries(interface, plan, signatures, catches=catcher is not None)
    _edit_guest(module, interface, plan, signatures, catcher or {}, pages)
    _export_changing(module, changes or Changes())
    return Shims(module.emit(), entries, plan)


def _export_changing(module: Module, changes: Changes) -> None:
    kinds = ((ExternKind.GLOBAL, changes.globals), (ExternKind.TABLE, changes.tables))
    items = [(kind, index) for kind, indices in kinds for index in indices]
    for number, (kind, index) in enumerate(items):
        module.add_export(f"{CHANGING}{number}", kind, index)


def _import_signatures(module: Module) -> tuple[FuncType, ...]:
    for item in module.imports:
        if item.kind is not ExternKind.FUNCTION:
            raise UnsupportedModule(
                f"the module imports the {item.kind.name.lower()} {item.module}.{item.name}",
                advice="build it without shared memory and imported tables",
            )
    return tuple(module.function_type(index) for index in range(module.imported_functions))


def _find_catcher(module: Module) -> dict[str, int] | None:
    """Find the two functions with which std and wasm-bindgen end a panic, by their symbols.

    `std::panicking::catch_unwind::cleanup` takes the exception apart and lowers the panic count,
    `wasm_bindgen::__rt::panic_to_panic_error` makes the PanicError. None without a name section.
    """
    found: dict[str, int] = {}
    for index, name in module.names.functions.items():
        for export, (symbol, signature) in _CATCHER.items():
            if symbol.search(name) and module.function_type(index) == signature:
                found[export] = index
    return {name: found[name] for name in _CATCHER} if len(found) == len(_CATCHER) else None


def _define_imports(module: Module, signatures: tuple[FuncType, ...]) -> None:
    """Make every import a stub. Imports come first in the index space, and so do the stubs."""
    count = len(signatures)
    table = module.add_table(TableType(FUNCREF, Limits(count, count)))
    types = [item.type_index for item in module.imported(ExternKind.FUNCTION)]
    stubs = [_call_through(module, table, *item) for item in enumerate(signatures)]
    module.imports = []
    module.functions = [*types, *module.functions]
    module.bodies = [*stubs, *module.bodies]
    module.add_export(STUBS, ExternKind.TABLE, table)


def _call_through(module: Module, table: int, number: int, signature: FuncType) -> FunctionBody:
    return FunctionBody.assemble(
        (),
        [
            *(("local.get", local) for local in range(len(signature.params))),
            ("i32.const", number),
            ("call_indirect", module.add_func_type(signature), table),
            ("end",),
        ],
    )


def _edit_guest(
    module: Module,
    interface: Interface,
    plan: Plan,
    signatures: tuple[FuncType, ...],
    catcher: Mapping[str, int],
    pages: PageCount | None,
) -> None:
    exports = [item for item in module.exports if item.kind is ExternKind.FUNCTION]
    functions = {item.name: item.index for item in exports}
    module.exports = [item for item in module.exports if item.kind is ExternKind.MEMORY]
    _define_imports(module, signatures)
    _list_functions(module, [*map(functions.__getitem__, plan.entries), *catcher.values()])
    if interface.function_table is not None:
        module.add_export(TABLE, ExternKind.TABLE, interface.function_table)
    assert interface.stack_pointer is not None
    module.add_export(STACK_POINTER, ExternKind.GLOBAL, interface.stack_pointer)
    for number, tag in enumerate(interface.panic_tags):
        module.add_export(f"{PANIC_TAG}{number}", ExternKind.TAG, tag)
    if pages is not None:
        module.add_export(PAGES, ExternKind.GLOBAL, pages.place)
    _redirect(module, interface)
    own = dict.fromkeys(range(len(signatures)), STUB)
    own.update(dict.fromkeys(pages.functions if pages else (), PAGING))
    _drop_dead_functions(module, own)
    module.customs = [custom for custom in module.customs if custom.name == "name"]


def _list_functions(module: Module, functions: Sequence[int]) -> None:
    """Export the functions in one table: names for each cost 50 us at every instantiation."""
    count = len(functions)
    table = module.add_table(TableType(FUNCREF, Limits(count, count)))
    module.add_elements(table, 0, functions)
    module.add_export(EXPORTS, ExternKind.TABLE, table)


def _drop_dead_functions(module: Module, own: Mapping[int, str]) -> None:
    """Keep what can be called, with the names that a backtrace shows; `own` has those of ours.

    A function without a name goes by the index that it had, which is the one in the user's file.
    """
    live = live_functions(module)
    before = module.names
    names = {
        index: own.get(index) or before.functions.get(index) or f"function {index}"
        for index in live
    }
    module.names = Names(module=before.module, functions=names)
    keep_functions(module, live)


def _redirect(module: Module, interface: Interface) -> None:
    count = len(interface.redirected)
    if not count:
        return
    table = module.add_table(TableType(FUNCREF, Limits(count, count)))
    module.add_export(CASTS, ExternKind.TABLE, table)
    imported = module.imported_functions
    for number, item in enumerate(interface.redirected):
        body = _call_through(module, table, number, item.signature)
        module.replace_body(item.index - imported, body)
