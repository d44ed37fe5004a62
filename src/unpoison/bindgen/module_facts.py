"""What a module's own sections say about it, where wasm-bindgen has no record.

Conventions of LLVM and lld: tool-conventions, `Linking.md` and `BasicCABI.md`; contract facts 4.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm import (
    FUNCREF,
    I32,
    Cursor,
    Element,
    ExternKind,
    FuncType,
    Module,
    SegmentMode,
    read_instructions,
)

PLACEHOLDER = "__wbindgen_placeholder__"
PAGE_SIZE = 65536

_STACK_ALIGNMENT = 16
_THREADS = "build without `-C target-feature=+atomics` (and without `--shared-memory`)"


def check_memory(module: Module) -> None:
    """Raise UnsupportedModule for threads, memory64, several memories or an imported memory."""
    memories = [*module.imported(ExternKind.MEMORY), *module.memories]
    if any(memory.limits.shared for memory in memories):
        raise UnsupportedModule("the module has a shared memory (threads)", advice=_THREADS)
    if any(memory.limits.address64 for memory in memories):
        advice = "build for wasm32-unknown-unknown"
        raise UnsupportedModule("the module has a 64-bit memory (wasm64)", advice=advice)
    if module.imported(ExternKind.MEMORY):
        raise UnsupportedModule("the module imports its memory", advice=_THREADS)
    if len(memories) > 1:
        raise UnsupportedModule(f"the module has {len(memories)} memories")


def memory_size(module: Module) -> int:
    """Give the initial size of the first memory in bytes, 0 without one."""
    memories = [*module.imported(ExternKind.MEMORY), *module.memories]
    return memories[0].limits.minimum * PAGE_SIZE if memories else 0


def placeholder_functions(module: Module) -> dict[str, int]:
    """Give the function index of each function imported from wasm-bindgen's placeholder."""
    functions: dict[str, int] = {}
    for index, (source, name) in enumerate(imported_functions(module)):
        if source == PLACEHOLDER:
            functions.setdefault(name, index)
    return functions


def imported_functions(module: Module) -> Iterator[tuple[str, str]]:
    """Give (module, name) of each imported function, in index order."""
    for item in module.imports:
        if item.kind is ExternKind.FUNCTION:
            yield item.module, item.name


def exported_functions(module: Module) -> dict[str, int]:
    """Give the function index of each exported function."""
    exports = module.exports
    return {item.name: item.index for item in exports if item.kind is ExternKind.FUNCTION}


def initial_globals(module: Module) -> dict[int, int]:
    """Give the initial value, unsigned, of each global that has one by itself; others are 0."""
    imported = len(module.imported(ExternKind.GLOBAL))
    values = dict.fromkeys(range(imported), 0)
    for index, item in enumerate(module.globals, imported):
        values[index] = _constant(item.init, values) or 0
    return values


def _constant(expression: bytes, values: dict[int, int]) -> int | None:
    """Give the unsigned value of a constant expression of one integer, None for others."""
    instructions = list(read_instructions(Cursor(expression)))
    first = instructions[0]
    if len(instructions) != 2:
        return None
    match first.op.name:
        case "i32.const":
            return int(first.immediates[0]) & 0xFFFF_FFFF
        case "i64.const":
            return int(first.immediates[0]) & 0xFFFF_FFFF_FFFF_FFFF
        case "global.get":
            return values.get(first.immediates[0])
    return None


def function_table(module: Module) -> int | None:
    """Give the index of the table that function pointers index, None without one."""
    types = [*module.imported(ExternKind.TABLE), *(table.type for table in module.tables)]
    return next((i for i, table in enumerate(types) if table.element == FUNCREF), None)


def table_functions(module: Module, table: int) -> dict[int, int]:
    """Give the function index in each slot that active segments fill."""
    values = initial_globals(module)
    slots: dict[int, int] = {}
    for segment in module.elements:
        if segment.mode is SegmentMode.ACTIVE and segment.table == table:
            start = _constant(segment.offset or b"", values)
            if start is not None:
                slots.update(enumerate(_segment_functions(segment), start))
    return slots


def _segment_functions(segment: Element) -> Iterator[int]:
    """Give the function of each item, -1 for an item that is no `ref.func`."""
    for item in segment.items:
        if isinstance(item, int):
            yield item
            continue
        first = next(iter(read_instructions(Cursor(item))))
        yield first.immediates[0] if first.op.name == "ref.func" else -1


def stack_pointer(module: Module) -> int | None:
    """Give the index of the global `__stack_pointer`, None when it cannot be told.

    By the name section, by an export, else the first mutable i32 global whose initial value
    can be a stack's top: lld puts it in front of every other global of the program.
    """
    for index, name in module.names.globals.items():
        if name == "__stack_pointer" and _is_stack_pointer(module, index):
            return index
    exported = module.find_export("__stack_pointer")
    if exported is not None and exported.kind is ExternKind.GLOBAL:
        return exported.index
    values, top = initial_globals(module), memory_size(module)
    for index, value in values.items():
        if 0 < value <= top and not value % _STACK_ALIGNMENT and _is_stack_pointer(module, index):
            return index
    return None


def _is_stack_pointer(module: Module, index: int) -> bool:
    defined = index - len(module.imported(ExternKind.GLOBAL))
    if not 0 <= defined < len(module.globals):
        return False
    described = module.globals[defined].type
    return bool(described.mutable) and described.value == I32


def exported_address(module: Module, name: str) -> int | None:
    """Give the address that an exported constant i32 global holds, None without it."""
    item = module.find_export(name)
    if item is None or item.kind is not ExternKind.GLOBAL:
        return None
    address = initial_globals(module).get(item.index)
    if address is None or address + 4 > memory_size(module):
        raise MalformedModule(f"the exported global {name} holds no address")
    return address


def panic_tags(module: Module) -> tuple[int, ...]:
    """Give the defined tags that carry one i32, as the tag of Rust panics does."""
    first = len(module.imported(ExternKind.TAG))
    tags = range(first, first + len(module.tags))
    return tuple(index for index in tags if module.tag_type(index) == FuncType((I32,), ()))
