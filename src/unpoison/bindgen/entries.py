"""Builds the entries module: one entry per callable export, one body per import and cast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unpoison.bindgen.abi import NotBound, flatten, layout
from unpoison.bindgen.interface import Cast, Import, ImportKind, Interface
from unpoison.bindgen.plan import (
    BEGIN_ANEW,
    CASTS,
    DEPTH,
    ENTRY_STACK_POINTER,
    EXPORTS,
    FREE,
    GUEST,
    HOST,
    INSIDE,
    LEFT_BY_DEPTH,
    LEFT_BY_ERROR,
    LEFT_BY_FIELD_PANIC,
    LEFT_BY_FOREIGN,
    LEFT_BY_PANIC,
    LEFT_BY_THROW,
    LEFT_BY_TRAP,
    LEFT_BY_WORD,
    LEFT_NORMALLY,
    MAILBOX,
    MALLOC,
    MAX_DEPTH,
    PAGES,
    PANIC_TAG,
    STACK_POINTER,
    STATUS_RETURNED,
    STATUS_THROWN,
    STUBS,
    TABLE,
    TABLE_DEALLOC,
    Entry,
    Plan,
    callables,
    check_cast,
    check_import,
    first_free_handle,
    mailbox_bytes,
    mailbox_cells,
)
from unpoison.bindgen.short_memory import (
    COPY_TYPE,
    GIVE_TYPE,
    SHORT,
    TAKE_TYPE,
    copy_code,
    give_code,
    take_code,
    take_over,
)
from unpoison.wasm import (
    CATCH,
    CATCH_ALL,
    EMPTY_BLOCK,
    F32,
    F64,
    FUNCREF,
    I32,
    I64,
    BlockType,
    Catch,
    ExternKind,
    FunctionBody,
    FuncType,
    GlobalType,
    Limits,
    MemArg,
    MemoryType,
    Module,
    Names,
    TableType,
    TagType,
    ValType,
    i32_expression,
)

Instruction = tuple[object, ...]

_LOAD = {I32: "i32.load", I64: "i64.load", F32: "f32.load", F64: "f64.load"}
_STORE = {I32: "i32.store", I64: "i64.store", F32: "f32.store", F64: "f64.store"}
_ALIGN = {I32: 2, I64: 3, F32: 2, F64: 3}
_ZERO: dict[ValType, Instruction] = {
    I32: ("i32.const", 0),
    I64: ("i64.const", 0),
    F32: ("f32.const", 0),
    F64: ("f64.const", 0),
}


def make_entries(
    interface: Interface, plan: Plan, signatures: Sequence[FuncType], *, catches: bool
) -> bytes:
    """Give the entries module for a guest whose imports have these types.

    `catches` says that the guest lists the two functions that end a panic.
    """
    return _Entries(interface, plan, signatures, catches).make()


class _Entries:
    def __init__(
        self, interface: Interface, plan: Plan, signatures: Sequence[FuncType], catches: bool
    ) -> None:
        self.catches = catches
        self.interface = interface
        self.plan = plan
        self.hosts = [*signatures, *(item.signature for item in interface.redirected)]
        self.stub_count = len(signatures)
        self.module = Module()
        self.signatures = {name: signature for name, signature, _ in callables(interface)}

    def make(self) -> bytes:
        self._import_all()
        self._define_globals()
        self._add_short_memory()
        for entry in self.plan.entries.values():
            call = self._call_guest(entry.number, self.signatures[entry.name])
            self._add_entry(entry, call, range(len(entry.params)))
        for (signature, _), entry in self.plan.closures.items():
            call = [
                ("local.get", 0),
                ("call_indirect", self.module.add_func_type(signature), self.table),
            ]
            self._add_entry(entry, call, range(1, len(entry.params)))
        self._fill_tables([self._add_import_body(k) for k in range(len(self.hosts))])
        self._add_start()
        if self.plan.goes_back:
            self._add_begin_anew()
        self.module.names = Names(module="unpoison entries")
        return self.module.emit()

    def _import_all(self) -> None:
        module, interface = self.module, self.interface
        self.host = module.add_import(HOST, "call", FuncType((I32,), (I32,)))
        module.add_import(GUEST, "memory", MemoryType(Limits(0)))
        self.stubs = self._import_table(GUEST, STUBS)
        self.exports = self._import_table(GUEST, EXPORTS)
        self.table = self.casts = -1
        if interface.function_table is not None:
            self.table = self._import_table(GUEST, TABLE)
        if interface.redirected:
            self.casts = self._import_table(GUEST, CASTS)
        self.stack_pointer = module.add_import(GUEST, STACK_POINTER, GlobalType(I32, True))
        if self.plan.goes_back:
            self.pages = module.add_import(GUEST, PAGES, GlobalType(I32, True))
        tag = TagType(module.add_func_type(FuncType((I32,), ())))
        self.panic_tags = [
            module.add_import(GUEST, f"{PANIC_TAG}{number}", tag)
            for number in range(len(interface.panic_tags))
        ]
        self.own_tag = module.add_tag(tag.type_index)

    def _import_table(self, module: str, name: str) -> int:
        return self.module.add_import(module, name, TableType(FUNCREF, Limits(0)))

    def _call_guest(self, place: int, signature: FuncType) -> list[Instruction]:
        """Call a function that the guest lists: those of the plan, then the two of a panic."""
        type_index = self.module.add_func_type(signature)
        return [("i32.const", place), ("call_indirect", type_index, self.exports)]

    def end_panic(self) -> tuple[list[Instruction], list[Instruction]]:
        """Call `cleanup` (a return area, the exception), and what makes the PanicError."""
        place = len(self.plan.entries)
        cleanup = self._call_guest(place, FuncType((I32, I32), ()))
        return cleanup, self._call_guest(place + 1, FuncType((I32, I32), (I32,)))

    def _add_short_memory(self) -> None:
        """Add the functions of the entries that take or give short strings and bytes."""
        self.take = self.give = -1
        entries = self.plan.entries.values()
        if not any(entry.short_param is not None or entry.gives_short for entry in entries):
            return
        beyond, add = mailbox_cells(self.hosts), self.module.add_function
        copy = add(COPY_TYPE, FunctionBody.assemble((), copy_code()))
        take = take_code(self.mailbox, beyond, self._call_support(MALLOC), copy)
        self.take = add(TAKE_TYPE, FunctionBody.assemble([(1, I32)], take))
        give = give_code(self._call_support(FREE), copy)
        self.give = add(GIVE_TYPE, FunctionBody.assemble([(2, I32)], give))

    def _call_support(self, name: str) -> list[Instruction]:
        return self._call_guest(self.plan.entries[name].number, self.interface.support[name])

    def _define_globals(self) -> None:
        self.depth = self._add_counter(DEPTH)
        self.entry_sp = self._add_counter(ENTRY_STACK_POINTER)
        self.mailbox = self._add_counter(MAILBOX)
        self.inside = self._add_counter(INSIDE)

    def _add_counter(self, name: str) -> int:
        index = self.module.add_global(GlobalType(I32, True), i32_expression(0))
        self.module.add_export(name, ExternKind.GLOBAL, index)
        return index

    def _add_entry(
        self, entry: Entry, call: Sequence[Instruction], arguments: Iterable[int]
    ) -> None:
        signature = FuncType(entry.params, (*entry.results, I32, I32))
        code = _EntryCode(self, entry, call, arguments)
        body = FunctionBody.assemble(code.locals, code.instructions())
        index = self.module.add_function(signature, body)
        self.module.add_export(entry.name, ExternKind.FUNCTION, index)

    def _add_import_body(self, number: int) -> int:
        signature = self.hosts[number]
        code = self._answer_here(self.plan.hosts[number], signature)
        if code:
            return self.module.add_function(signature, FunctionBody.assemble((), code))
        return self._add_host_call(number, signature)

    def _answer_here(self, host: Import | Cast | str, signature: FuncType) -> list[Instruction]:
        """Give the body of an import that needs no host; empty for any other.

        These two are what a panic calls most; upstream's externref pass replaces them likewise.
        """
        if not isinstance(host, Import) or host.kind is not ImportKind.INTRINSIC:
            return []
        if host.name == "__wbindgen_externref_statics_end" and signature == FuncType((), (I32,)):
            return [("i32.const", first_free_handle(self.interface)), ("end",)]
        dealloc = self.plan.entries.get(TABLE_DEALLOC)
        if host.name != "__wbindgen_object_drop_ref" or dealloc is None:
            return []
        if signature != self.signatures[TABLE_DEALLOC]:
            return []
        return [("local.get", 0), *self._call_guest(dealloc.number, signature), ("end",)]

    def _add_host_call(self, number: int, signature: FuncType) -> int:
        area = _return_area(self.plan.hosts[number])
        params = range(1 if area else 0, len(signature.params))
        status = len(signature.params)
        code: list[Instruction] = []
        for place, local in enumerate(params):
            value = signature.params[local]
            code += [("global.get", self.mailbox), ("local.get", local), _store(value, 8 * place)]
        code += [*self.go(outside=True), ("i32.const", number), ("call", self.host)]
        # An entry that never left has trapped: this frame of the dead generation must go too.
        code += [("local.set", status), ("global.get", self.inside), ("if", EMPTY_BLOCK)]
        code += [("unreachable",), ("end",), *self.go(outside=False), ("local.get", status)]
        code += [("i32.const", STATUS_RETURNED), ("i32.ne",), ("if", EMPTY_BLOCK)]
        code += [
            ("local.get", status),
            ("i32.const", STATUS_THROWN),
            ("i32.eq",),
            ("if", EMPTY_BLOCK),
        ]
        code += [("global.get", self.mailbox), _load(I32, 0), ("throw", self.own_tag), ("end",)]
        code += [("unreachable",), ("end",)]
        code += self._deliver(signature, area)
        code.append(("end",))
        return self.module.add_function(signature, FunctionBody.assemble([(1, I32)], code))

    def go(self, *, outside: bool) -> list[Instruction]:
        """Note that guest code is left, or begins to run.

        A trap leaves the note as it was. So whatever Python missed (a KeyboardInterrupt may strike
        between the call and the look at its trap), no entry runs code of a dead generation.
        """
        return [("i32.const", int(not outside)), ("global.set", self.inside)]

    def _deliver(self, signature: FuncType, area: tuple[ValType, ...]) -> list[Instruction]:
        code: list[Instruction] = []
        if not area:
            for place, value in enumerate(signature.results):
                code += [("global.get", self.mailbox), _load(value, 8 * place)]
            return code
        offsets, _ = layout(area)
        for place, (value, offset) in enumerate(zip(area, offsets, strict=True)):
            code += [("local.get", 0), ("global.get", self.mailbox), _load(value, 8 * place)]
            code.append(_store(value, offset))
        return code

    def _fill_tables(self, bodies: Sequence[int]) -> None:
        if self.stub_count:
            self.module.add_elements(self.stubs, 0, bodies[: self.stub_count])
        if self.interface.redirected:
            self.module.add_elements(self.casts, 0, bodies[self.stub_count :])

    def _add_start(self) -> None:
        size = mailbox_bytes(self.hosts)
        code: list[Instruction] = [
            ("global.get", self.stack_pointer),
            ("i32.const", size),
            ("i32.sub",),
            ("i32.const", -16),
            ("i32.and",),
            ("global.set", self.stack_pointer),
            ("global.get", self.stack_pointer),
            ("global.set", self.mailbox),
            ("end",),
        ]
        body = FunctionBody.assemble((), code)
        self.module.start = self.module.add_function(FuncType((), ()), body)

    def _add_begin_anew(self) -> None:
        """Set each global to what it is after the start."""
        starts: list[tuple[Instruction, int]] = [
            (("i32.const", self.plan.pages), self.pages),
            (("global.get", self.mailbox), self.stack_pointer),
            *((("i32.const", 0), place) for place in (self.depth, self.entry_sp, self.inside)),
        ]
        code = [step for value, place in starts for step in (value, ("global.set", place))]
        body = FunctionBody.assemble((), [*code, ("end",)])
        index = self.module.add_function(FuncType((), ()), body)
        self.module.add_export(BEGIN_ANEW, ExternKind.FUNCTION, index)


def _return_area(host: Import | Cast | str) -> tuple[ValType, ...]:
    """Give what the return area of a host function holds; empty when there is none."""
    if isinstance(host, str) or host.unsupported is not None:
        return ()
    try:
        if isinstance(host, Cast):
            check_cast(host)
            values = flatten(host.target)
        elif host.kind is ImportKind.RAW or host.result is None:
            values = ()
        else:
            check_import(host)
            values = flatten(host.result)
    except NotBound:
        return ()
    return values if len(values) > 1 else ()


class _EntryCode:
    """The code of one entry; locals are the parameters, then the ones named here."""

    def __init__(
        self,
        owner: _Entries,
        entry: Entry,
        call: Sequence[Instruction],
        arguments: Iterable[int],
    ) -> None:
        self.owner = owner
        self.entry = entry
        self.call = call
        self.arguments = arguments
        base = len(entry.params)
        self.sp, self.outer_sp, self.payload, self.area, self.result = range(base, base + 5)
        self.has_area = len(entry.results) > 1 and not entry.repeated
        kind = entry.results[0] if len(entry.results) == 1 or entry.repeated else I32
        self.locals = ((4, I32), (len(entry.results) if entry.repeated else 1, kind))

    def instructions(self) -> list[Instruction]:
        tags = self.owner.panic_tags
        clauses = [Catch(CATCH, self.owner.own_tag, 0)]
        clauses += [Catch(CATCH, tag, 1) for tag in tags]
        clauses.append(Catch(CATCH_ALL, None, 2 if tags else 1))
        code = [*self._refuse(), *self._enter(), ("block", EMPTY_BLOCK)]
        if tags:
            code.append(("block", BlockType(I32)))
        code += [("block", BlockType(I32)), ("try_table", EMPTY_BLOCK, tuple(clauses))]
        code += [*self._make_call(), ("end",)]
        code += [*self._read_results(), ("return",), ("end",)]
        code += [*self._leave_by_exception(LEFT_BY_THROW), ("return",), ("end",)]
        if tags:
            code += [*self._leave_by_exception(LEFT_BY_PANIC), ("return",), ("end",)]
        return [*code, *self._leave_by_exception(LEFT_BY_FOREIGN), ("end",)]

    def _refuse(self) -> list[Instruction]:
        owner, word = self.owner, self.owner.interface.terminated_word
        code = self._refuse_if([("global.get", owner.inside)], LEFT_BY_TRAP)
        if self.entry.guarded:
            deep = [("global.get", owner.depth), ("i32.const", MAX_DEPTH), ("i32.ge_s",)]
            code += self._refuse_if(deep, LEFT_BY_DEPTH)
            if word is not None:
                code += self._refuse_if([("i32.const", word), _load(I32, 0)], LEFT_BY_WORD)
        return code

    def _refuse_if(self, condition: Sequence[Instruction], status: int) -> list[Instruction]:
        code: list[Instruction] = [*condition, ("if", EMPTY_BLOCK)]
        code += [_ZERO[value] for value in self.entry.results]
        return [*code, ("i32.const", status), ("i32.const", 0), ("return",), ("end",)]

    def _enter(self) -> list[Instruction]:
        owner = self.owner
        code: list[Instruction] = [
            ("global.get", owner.stack_pointer),
            ("local.set", self.sp),
            ("global.get", owner.entry_sp),
            ("local.set", self.outer_sp),
            ("local.get", self.sp),
            ("global.set", owner.entry_sp),
            *self._count(1),
            *owner.go(outside=False),
        ]
        if self.has_area:
            code += [
                ("local.get", self.sp),
                ("i32.const", self._area_size() + (SHORT if self.entry.gives_short else 0)),
                ("i32.sub",),
                ("local.tee", self.area),
                ("global.set", owner.stack_pointer),
            ]
        return code

    def _area_size(self) -> int:
        return -(-layout(self.entry.results)[1] // 16) * 16

    def _count(self, step: int) -> list[Instruction]:
        depth = self.owner.depth
        return [("global.get", depth), ("i32.const", step), ("i32.add",), ("global.set", depth)]

    def _make_call(self) -> list[Instruction]:
        code: list[Instruction] = []
        if self.entry.short_param is not None:
            code += take_over(self.entry.short_param, self.owner.take)
        if self.has_area:
            code.append(("local.get", self.area))
        code += [("local.get", local) for local in self.arguments]
        code += self.call
        if self.entry.gives_short:
            code += [("local.get", self.area), ("local.get", self.area)]
            code += [("i32.const", self._area_size()), ("i32.add",)]
            code += [("call", self.owner.give), ("local.set", self.payload)]
        if self.has_area or not self.entry.results:
            return code
        code.append(("local.set", self.result))
        for place in range(1, len(self.entry.results)):
            code += [*self.call, ("local.set", self.result + place)]
        return code

    def _read_results(self) -> list[Instruction]:
        results = self.entry.results
        code: list[Instruction] = []
        if not self.has_area:
            code += [("local.get", self.result + place) for place in range(len(results))]
        else:
            for value, offset in zip(results, layout(results)[0], strict=True):
                code += [("local.get", self.area), _load(value, offset)]
            code += [("local.get", self.sp), ("global.set", self.owner.stack_pointer)]
        return [*code, *self._restore(), ("i32.const", LEFT_NORMALLY), ("local.get", self.payload)]

    def _restore(self) -> list[Instruction]:
        outer: list[Instruction] = [("local.get", self.outer_sp)]
        outer.append(("global.set", self.owner.entry_sp))
        return [*self._count(-1), *outer, *self.owner.go(outside=True)]

    def _end_panic(self) -> list[Instruction]:
        """Turn the panic's exception in the payload into the handle of its PanicError."""
        owner = self.owner
        code: list[Instruction] = [("local.get", self.sp), ("i32.const", 16), ("i32.sub",)]
        code += [("local.tee", self.area), ("global.set", owner.stack_pointer)]
        code += [("local.get", self.area), ("local.get", self.payload)]
        clean_up, make_error = owner.end_panic()
        code += clean_up
        for offset in (0, 4):
            code += [("local.get", self.area), _load(I32, offset)]
        return [*code, *make_error, ("local.set", self.payload)]

    def _leave_by_exception(self, status: int) -> list[Instruction]:
        code: list[Instruction] = [] if status == LEFT_BY_FOREIGN else [("local.set", self.payload)]
        if status == LEFT_BY_PANIC and self.entry.recovers:
            code += self._end_panic() if self.owner.catches else []
            status = LEFT_BY_ERROR if self.owner.catches else LEFT_BY_FIELD_PANIC
        code += [("local.get", self.sp), ("global.set", self.owner.stack_pointer)]
        code += self._restore()
        code += [_ZERO[value] for value in self.entry.results]
        code += [("i32.const", status), ("local.get", self.payload)]
        return code


def _load(value: ValType, offset: int) -> Instruction:
    return (_LOAD[value], MemArg(_ALIGN[value], offset))


def _store(value: ValType, offset: int) -> Instruction:
    return (_STORE[value], MemArg(_ALIGN[value], offset))
