"""The statements of one call: checks, guard, handles, allocations, the call, its result."""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen.abi import NotBound, flatten
from unpoison.bindgen.absence import crossing_form
from unpoison.bindgen.annotations import export_annotation
from unpoison.bindgen.compiled_form import closure_form, compiled_form
from unpoison.bindgen.descriptor_types import Closure, Function, Ref, Result, Scalar, Type
from unpoison.bindgen.interface import Class, Export, ExportKind
from unpoison.bindgen.lifting import lift, views
from unpoison.bindgen.lowering import Lowering, lower, receiver
from unpoison.bindgen.plan import Entry, check_export
from unpoison.bindgen.source_context import SourceContext
from unpoison.bindgen.spelling import local_name

SLOT_STEP = {"i32": 4, "u32": 4, "f32": 4, "i64": 2, "u64": 2, "f64": 2}
"""Elements of a typed view per 16-byte slot."""

_ON_NO_OBJECT = (
    ExportKind.FUNCTION,
    ExportKind.STATIC,
    ExportKind.STATIC_GETTER,
    ExportKind.STATIC_SETTER,
)


class _Body:
    """The statements of one call: checks, guard, handles, allocations, call, result."""

    def __init__(
        self,
        context: SourceContext,
        entry: Entry,
        result: Type,
        lowered: Sequence[Lowering],
        names: Sequence[str] = (),
    ) -> None:
        self.text = context.text
        self.entry = entry
        self.result = result
        self.lowered = lowered
        self.moved = [
            (low.move.format(name), name)
            for low, name in zip(lowered, names, strict=False)
            if low.moves
        ]
        self.objects = [name for low, name in zip(lowered, names, strict=False) if low.objects]
        self.before_try: list[str] = []
        self.in_finally: list[str] = []
        self.receiver = ""
        self.is_async = False
        self.finish = "return {}"
        inner = result.inner if isinstance(result, Result) else result
        if inner == Scalar("unit"):
            self.finish = ""
        self.atoms = [
            f"_{view}[{SLOT_STEP[view] * slot}]" for slot, view in enumerate(views(result))
        ]
        if entry.gives_short:  # the length, and whether it is freed already
            self.atoms[1] += f", _u32[{4 * len(entry.results) + 4}]"
        self.value = lift(inner, self.atoms, context.number_closure)

    def add(self) -> None:
        """Add the statements to the text."""
        text = self.text
        text.add_lines(check for low in self.lowered for check in low.checks)
        if any(low.lends for low in self.lowered):
            self.before_try.append("_mark = _lent()")
            self.in_finally.append("_unlend(_mark)")
        # Taken by a subscript and freed by a block of its own: see the runtime's Turn.
        text.add("if not _turn[False]:", "    _wait()", "try:")
        with text.indented():
            if self.in_finally:
                text.add(*self.before_try, "try:")
                with text.indented():
                    self._add_entry()
                text.add("finally:", *(f"    {line}" for line in self.in_finally))
            else:
                self._add_entry()
        text.add("finally:", "    _release()")
        # The error of an abort is kept, and with it this frame.
        text.add(*(f"    del {low.buffer}" for low in self.lowered if low.buffer))

    def _add_entry(self) -> None:
        given = f"{self.receiver or None}, is_async=True" if self.is_async else self.receiver
        self.text.add("if _gate.due:", f"    _enter({given})")
        self._add_arguments()
        self._add_call()
        self._add_result()

    def _add_arguments(self) -> None:
        text = self.text
        if self.moved and len(self.objects) > 1:
            moved = [name for _, name in self.moved]
            rest = [name for name in self.objects if name not in moved]
            text.add(f"_distinct([{', '.join(moved)}], [{', '.join(rest)}])")
        text.add_lines(line for low in self.lowered for line in low.handles)
        text.add_lines(line for low in self.lowered for line in low.allocations)
        text.add_lines(statement for statement, _ in self.moved)
        values = [value for low in self.lowered for value in low.values]
        for slot, (view, expression) in enumerate(values):
            text.add(f"_{view}[{SLOT_STEP[view] * slot}] = {expression}")

    def _add_call(self) -> None:
        status = 4 * len(self.entry.results)
        self.text.add(f"if _calls[{self.entry.number}]() or _trap:", "    raise _fault()")
        objects = "".join(f", {name}" for name in self.objects)
        payload = f"_i32[{status}], _u32[{status + 4}]{objects}"
        self.text.add(f"if _i32[{status}]:", f"    raise _left({payload})")

    def _add_result(self) -> None:
        if isinstance(self.result, Result):
            failed, value = self.atoms[-1], self.atoms[-2]
            self.text.add(f"if {failed}:", f"    raise _error(_take({value}))")
        if self.finish:
            self.text.add(self.finish.format(self.value))


class CallBody(_Body):
    """The body of one export. Raises NotBound for one that cannot be bound."""

    def __init__(
        self,
        context: SourceContext,
        export: Export,
        names: Sequence[str],
        cls: Class | None,
    ) -> None:
        lowered = [
            lower(param.type, name, place)
            for place, (param, name) in enumerate(zip(export.params, names, strict=True))
        ]
        all_names = list(names)
        takes_self = has_receiver(export) and export.kind is not ExportKind.CONSTRUCTOR
        if takes_self:
            assert cls is not None
            consumed = export.consumes_self
            lowered.insert(0, receiver(cls.pointer, local_name(cls.name), consumed=consumed))
            all_names.insert(0, "self")
        check_export(export)
        entry = context.plan.entries[export.symbol]
        super().__init__(context, entry, export.result, lowered, all_names)
        self.decorators = _decorators(export, entry, cls if takes_self else None)
        if takes_self:
            self.receiver = "self"
        self.is_async = export.is_async
        annotation = context.plain(export_annotation(export, f"{context.owner}."), all_names)
        is_unknown = self.value.startswith("_take(") or "_peek(" in self.value
        if is_unknown and annotation != "object":
            self.finish = f"_result: {annotation} = {{}}\nreturn _result"
        if export.kind is ExportKind.CONSTRUCTOR:
            self.value = self.atoms[0]
            self.finish = "_adopt(self, {})"
            if cls is not None and cls.pointer != "_ptr":
                # A child without a constructor would get a value of its parent.
                check = receiver(cls.pointer, local_name(cls.name), consumed=True).checks
                self.lowered = [Lowering(check), *self.lowered]


def _decorators(export: Export, entry: Entry, cls: Class | None) -> list[str]:
    """Give the line that makes a function a compiled one, if it can be that.

    `cls` is that of its receiver, if it has one.
    """
    in_family = cls is not None and cls.pointer != "_ptr"
    is_plain = export.kind is not ExportKind.CONSTRUCTOR and not in_family
    # The tasks find the name of an async function in its frame.
    if not is_plain or export.variadic or export.consumes_self or export.is_async:
        return []
    form = compiled_form(export, on_object=cls is not None)
    if form is None:
        return []
    is_short = entry.short_param is not None
    return [f'@_export({entry.number}, "{form[0]}", "{form[1]}", {is_short})']


class ClosureBody(_Body):
    """The body of the invoke function of one closure type.

    Raises NotBound for one that cannot be bound.
    """

    def __init__(self, context: SourceContext, type_: Type, names: Sequence[str]) -> None:
        function = closure_function(type_)
        data = Lowering(
            handles=["_a = _f._begin()"],
            values=[("u32", str(function.shim)), ("u32", "_a"), ("u32", "_f._b")],
        )
        lowered = [
            lower(param, name, place)
            for place, (param, name) in enumerate(zip(function.params, names, strict=True))
        ]
        entry = _closure_entry(context, type_, function)
        super().__init__(context, entry, function.result, [data, *lowered], ["", *names])
        self.receiver = "_f"
        self.before_try = ["_a = 0"]
        self.in_finally = ["if _a:", "    _f._end()"]
        form = closure_form(function)
        numbers = f"{entry.number}, {function.shim}"
        self.decorators = (
            [] if form is None else [f'@_closure({numbers}, "{form[0]}", "{form[1]}")']
        )


def _closure_entry(context: SourceContext, type_: Type, function: Function) -> Entry:
    signature = context.signatures.get((function.shim, function.params))
    if signature is None:
        raise NotBound(type_, "the module has no invoke function for this closure")
    entry = context.plan.closures.get((signature, flatten(function.result)))
    if entry is None:
        raise NotBound(type_, "its invoke function has another type than it declares")
    return entry


def has_receiver(export: Export) -> bool:
    """Tell whether an export is called on an object, or makes one."""
    return export.class_name is not None and export.kind not in _ON_NO_OBJECT


def closure_function(type_: Type) -> Function:
    """Give the signature of a closure type. Raises NotBound for another type."""
    match crossing_form(type_):
        case Closure(_, _, function):
            return function
        case Ref(Function() as function):
            return function
        case Function() as function:
            return function
    raise NotBound(type_, "not a closure")


def is_mutable_closure(type_: Type) -> bool:
    """Tell whether a closure must not be called while it runs."""
    match crossing_form(type_):
        case Closure(_, mutable) | Ref(_, mutable):
            return mutable
    return False
