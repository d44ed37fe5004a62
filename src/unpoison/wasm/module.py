"""A module with its index spaces: functions, types, tags and names by index.

Sections are changed by assignment (`module.exports = [...]`) or by the `add_...` and
`replace_...` methods, never by mutating what an attribute gave. None of them renumbers anything:
additions go to the end of their index space. `pruning.py` leaves functions out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self, TypeVar

from unpoison.errors import MalformedModule
from unpoison.wasm import sections
from unpoison.wasm.body import FunctionBody
from unpoison.wasm.code import Instruction, assemble
from unpoison.wasm.definitions import FuncType, RecGroup, SubType
from unpoison.wasm.externs import GlobalType, MemoryType, TableType, TagType
from unpoison.wasm.frame import Custom, Entries, Frame, Number
from unpoison.wasm.immediates import DATA
from unpoison.wasm.names import Names, read_names, write_names
from unpoison.wasm.opcodes import TABLE as OPCODES
from unpoison.wasm.sections import (
    Export,
    ExternKind,
    FuncDesc,
    Global,
    Import,
    ImportDesc,
    NumberFormat,
    SectionFormat,
    Table,
)
from unpoison.wasm.segments import Data, Element

T = TypeVar("T")

NAME_SECTION = "name"

# A streaming validator meets these before the data section, hence the count. Core spec 5.5.16.
_DATA_USERS = frozenset(op for op in OPCODES if DATA in op.immediates)


class Module(Frame):
    """A WebAssembly module; `Module()` is the empty one, `Module.parse` reads one.

    Reading an attribute raises MalformedModule when its section is broken; `check` reads all.
    Looking up an index that does not exist raises MalformedModule too: it came from the module.
    """

    types = Entries(sections.TYPE)  # recursive groups; `subtypes` has one entry per type index
    imports = Entries(sections.IMPORT)
    functions = Entries(sections.FUNCTION)  # type indices of the defined functions
    tables = Entries(sections.TABLE)
    memories = Entries(sections.MEMORY)
    tags = Entries(sections.TAG)
    globals = Entries(sections.GLOBAL)
    exports = Entries(sections.EXPORT)
    start = Number(sections.START)
    elements = Entries(sections.ELEMENT)
    data_count = Number(sections.DATA_COUNT)
    bodies = Entries(sections.CODE)
    datas = Entries(sections.DATA)

    def __init__(self) -> None:
        super().__init__()
        # What was computed from the type and import sections; emptied when one is set.
        self._subtypes: list[SubType] | None = None
        self._plain_types: dict[FuncType, int] | None = None
        self._imported: dict[ExternKind, list[Any]] | None = None
        self._names: tuple[Custom | None, Names] | None = None

    def set_entries(self, section: SectionFormat[T] | NumberFormat, items: list[Any]) -> None:
        """Replace the entries of a section; a data count that is there follows the segments."""
        super().set_entries(section, items)
        if section is sections.TYPE:
            self._subtypes = self._plain_types = None
        elif section is sections.IMPORT:
            self._imported = None
        elif section is sections.DATA and self.data_count is not None:
            self.data_count = len(items)

    def append_entry(self, section: SectionFormat[T], item: T) -> int:
        """Add an entry at the end of a section and give its place."""
        place = super().append_entry(section, item)
        if section is sections.TYPE:
            self._subtypes = None
        elif isinstance(item, Import) and self._imported is not None:
            self._imported[item.kind].append(item.desc)
        elif section is sections.DATA and self.data_count is not None:
            self.data_count = place + 1
        return place

    def copy(self) -> Self:
        """Give the same module, to be changed apart from this one."""
        module = super().copy()
        module._names = self._names
        return module

    def check(self) -> None:
        """Decode everything but custom sections. Raises MalformedModule at the first fault."""
        for section in sections.SECTIONS:
            self.entries(section)
        for body in self.bodies:
            for instruction in body.instructions():
                if instruction.op in _DATA_USERS:
                    self._check_data_count(body, instruction)

    def _check_data_count(self, body: FunctionBody, instruction: Instruction) -> None:
        if self.data_count is None:
            reason = f"{instruction.op.name} needs a data count section"
            raise body.cursor().error(reason, instruction.start)

    # --- types ---

    @property
    def subtypes(self) -> list[SubType]:
        """The type definitions, one per type index. Not to be mutated."""
        if self._subtypes is None:
            self._subtypes = [subtype for group in self.types for subtype in group.types]
        return self._subtypes

    def func_type(self, type_index: int) -> FuncType:
        """Give the function type with that index."""
        composite = _at(self.subtypes, type_index, "type").composite
        if not isinstance(composite, FuncType):
            raise MalformedModule(f"type {type_index} is not a function type")
        return composite

    def add_func_type(self, type_: FuncType) -> int:
        """Give the index of a plain function type, which is added at the end when it is new.

        Plain means final, without supertypes and alone in its group; only then are two equal
        function types the same type.
        """
        if self._plain_types is None:
            self._plain_types = self._find_plain_types()
        index = self._plain_types.get(type_)
        if index is None:
            index = self._plain_types[type_] = len(self.subtypes)
            self.subtypes.append(SubType(type_))
            super().append_entry(sections.TYPE, RecGroup((self.subtypes[index],)))
        return index

    def _find_plain_types(self) -> dict[FuncType, int]:
        plain: dict[FuncType, int] = {}
        index = 0
        for group in self.types:
            first = group.types[0] if len(group.types) == 1 else None
            if (
                first
                and first == SubType(first.composite)
                and isinstance(first.composite, FuncType)
            ):
                plain.setdefault(first.composite, index)
            index += len(group.types)
        return plain

    def _type_index(self, type_: FuncType | int) -> int:
        return type_ if isinstance(type_, int) else self.add_func_type(type_)

    # --- index spaces ---

    def imported(self, kind: ExternKind) -> list[Any]:
        """Give the descriptions of the imports of one kind, in index order. Not to be mutated."""
        if self._imported is None:
            self._imported = {kind: [] for kind in ExternKind}
            for item in self.imports:
                self._imported[item.kind].append(item.desc)
        return self._imported[kind]

    @property
    def imported_functions(self) -> int:
        """How many functions are imported, which is the index of the first defined one."""
        return len(self.imported(ExternKind.FUNCTION))

    @property
    def function_count(self) -> int:
        """How many functions there are, imported ones first."""
        return self.imported_functions + len(self.functions)

    def function_type(self, func_index: int) -> FuncType:
        """Give the type of a function, imported or defined."""
        imported = self.imported(ExternKind.FUNCTION)
        if 0 <= func_index < len(imported):
            return self.func_type(imported[func_index].type_index)
        return self.func_type(_at(self.functions, func_index, "function", len(imported)))

    def body_of(self, func_index: int) -> FunctionBody:
        """Give the body of a defined function. Raises ValueError for an imported one."""
        if 0 <= func_index < self.imported_functions:
            raise ValueError(f"function {func_index} is imported; it has no body")
        return _at(self.bodies, func_index, "function", self.imported_functions)

    def tag_type(self, tag_index: int) -> FuncType:
        """Give the function type whose parameters a tag carries, imported or defined."""
        tags = [*self.imported(ExternKind.TAG), *self.tags]
        return self.func_type(_at(tags, tag_index, "tag").type_index)

    def find_export(self, name: str) -> Export | None:
        """Give the export with that name."""
        return next((item for item in self.exports if item.name == name), None)

    # --- additions ---

    def add_import(self, module: str, name: str, desc: ImportDesc | FuncType) -> int:
        """Add an import and give its index in its index space.

        Raises ValueError when something of that kind is defined already: it would be renumbered.
        """
        if isinstance(desc, FuncType):
            desc = FuncDesc(self.add_func_type(desc))
        item = Import(module, name, desc)
        if self.entries(_DEFINED[item.kind]):
            raise ValueError(f"an import after a defined {item.kind.name.lower()} renumbers it")
        self.append_entry(sections.IMPORT, item)
        return len(self.imported(item.kind)) - 1

    def add_function(self, type_: FuncType | int, body: FunctionBody) -> int:
        """Add a function of that type (or type index) and give its function index."""
        self.append_entry(sections.FUNCTION, self._type_index(type_))
        return self.imported_functions + self.append_entry(sections.CODE, body)

    def replace_body(self, defined_index: int, body: FunctionBody) -> None:
        """Replace the body of a defined function; the index counts defined functions only."""
        bodies = self.entries(sections.CODE)
        _at(bodies, defined_index, "function")
        bodies[defined_index] = body
        self.set_entries(sections.CODE, bodies)

    def add_table(self, type_: TableType, init: bytes | None = None) -> int:
        """Add a table, `init` being a constant expression, and give its index."""
        return self._add(ExternKind.TABLE, Table(type_, init))

    def add_memory(self, type_: MemoryType) -> int:
        """Add a memory and give its index."""
        return self._add(ExternKind.MEMORY, type_)

    def add_tag(self, type_: FuncType | int) -> int:
        """Add an exception tag of that function type (or type index) and give its index."""
        return self._add(ExternKind.TAG, TagType(self._type_index(type_)))

    def add_global(self, type_: GlobalType, init: bytes) -> int:
        """Add a global, `init` being a constant expression, and give its index."""
        return self._add(ExternKind.GLOBAL, Global(type_, init))

    def add_export(self, name: str, kind: ExternKind, index: int) -> None:
        """Add an export."""
        self.append_entry(sections.EXPORT, Export(name, kind, index))

    def add_elements(self, table: int, offset: int | bytes, functions: Iterable[int]) -> int:
        """Add an active segment of functions for a table and give the segment's index.

        `offset` is the first table index (an i32) or a constant expression.
        """
        element = Element(tuple(functions), table=table, offset=_offset(offset))
        return self.append_entry(sections.ELEMENT, element)

    def add_data(self, memory: int, offset: int | bytes, payload: bytes) -> int:
        """Add an active data segment and give its index; `offset` as in `add_elements`."""
        return self.append_entry(
            sections.DATA, Data(payload, memory=memory, offset=_offset(offset))
        )

    def _add(self, kind: ExternKind, item: object) -> int:
        return len(self.imported(kind)) + self.append_entry(_DEFINED[kind], item)

    # --- names ---

    @property
    def names(self) -> Names:
        """The name section, empty when there is none; assign it to change or (if empty) drop it."""
        custom = self.find_custom(NAME_SECTION)
        if self._names is None or self._names[0] is not custom:
            self._names = (custom, Names() if custom is None else _names_in(custom))
        return self._names[1]

    @names.setter
    def names(self, names: Names) -> None:
        old = self.find_custom(NAME_SECTION)
        place = len(self.customs) if old is None else self.customs.index(old)
        customs = [custom for custom in self.customs if custom.name != NAME_SECTION]
        if payload := write_names(names):
            after = sections.DATA.id if old is None else old.after
            customs.insert(place, Custom(NAME_SECTION, payload, after))
        self.customs = customs
        self._names = (self.find_custom(NAME_SECTION), names)


_DEFINED: dict[ExternKind, SectionFormat[Any]] = {
    ExternKind.FUNCTION: sections.FUNCTION,
    ExternKind.TABLE: sections.TABLE,
    ExternKind.MEMORY: sections.MEMORY,
    ExternKind.GLOBAL: sections.GLOBAL,
    ExternKind.TAG: sections.TAG,
}


def i32_expression(value: int) -> bytes:
    """Give the constant expression of an i32, which is taken as unsigned or signed."""
    signed = value - (value >> 31 << 32) if value >= 0 else value
    return assemble([("i32.const", signed), ("end",)])


def _offset(offset: int | bytes) -> bytes:
    return offset if isinstance(offset, bytes) else i32_expression(offset)


def _names_in(custom: Custom) -> Names:
    return read_names(custom.payload, custom.offset or 0)


def _at(items: Sequence[T], index: int, what: str, imported: int = 0) -> T:
    """Give the item with that index, where `imported` indices come before the first item."""
    if not 0 <= index - imported < len(items):
        raise MalformedModule(f"{what} {index} does not exist")
    return items[index - imported]
