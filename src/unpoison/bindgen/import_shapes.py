"""Import records -> what they name: kind, module, path, class. No types: those are described.

Source: `wasm-bindgen-cli-support` src/wit, `import_function` and onwards (behaviour); contract
facts 1.3 and 4.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from unpoison.bindgen import records
from unpoison.bindgen.interface import Import, ImportKind
from unpoison.bindgen.module_facts import PLACEHOLDER
from unpoison.bindgen.records import Program
from unpoison.bindgen.symbols import crate_name
from unpoison.wasm import FuncType

_OPERATIONS = {
    records.Regular: ImportKind.METHOD,
    records.Getter: ImportKind.GETTER,
    records.Setter: ImportKind.SETTER,
    records.IndexingGetter: ImportKind.INDEXING_GETTER,
    records.IndexingSetter: ImportKind.INDEXING_SETTER,
    records.IndexingDeleter: ImportKind.INDEXING_DELETER,
}


_CLASS_OPERATIONS = {
    records.Setter: ImportKind.CLASS_SETTER,
    records.IndexingGetter: ImportKind.CLASS_INDEXING_GETTER,
    records.IndexingSetter: ImportKind.CLASS_INDEXING_SETTER,
    records.IndexingDeleter: ImportKind.CLASS_INDEXING_DELETER,
}


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import record and the program that it stands in.

    `first_inline` is the place of the program's first inline snippet among those of its crate,
    `vendor_prefixes` are those of every name of the module that has some.
    """

    program: Program
    item: records.Import
    first_inline: int = 0
    vendor_prefixes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def namespace(self) -> tuple[str, ...]:
        return self.item.js_namespace or ()

    @property
    def modules(self) -> tuple[str, ...]:
        """Give the names of the JavaScript module, the one to be shown first; none for globals.

        The last one is what wasm-bindgen's CLI calls the file.
        """
        crate = self.program.crate
        match self.item.module:
            case records.RawNamed(specifier) if specifier != PLACEHOLDER:
                return (specifier,)
            case records.Named(key):
                path = key.removeprefix(f"{crate}/")
                short = (f"/{path}", f"./{path}", path, f"{crate_name(crate)}/{path}")
                return (*short, key, f"./snippets/{key}")
            case records.Inline(index):
                file = f"inline{self.first_inline + index}.js"
                own = (f"{crate_name(crate)}/{file}", file)
                return (*own, f"{crate}/{file}", f"./snippets/{crate}/{file}")
        return ()


def declared_imports(programs: Iterable[Program]) -> Iterator[Import]:
    """Give every import that programs declare, whether a module uses it or not; without types.

    What a table of a crate's surface needs. The index is -1, the Wasm type is unknown.
    """
    for shim, record in named_records(tuple(programs)):
        yield shape(Import(-1, PLACEHOLDER, shim, FuncType((), ()), ImportKind.RAW, shim), record)


def shape(raw: Import, record: ImportRecord) -> Import:
    """Give a Wasm import with all that its record says, but for the types."""
    modules = record.modules
    base = replace(
        raw,
        js_module=modules[0] if modules else None,
        js_module_names=modules[1:],
        crate=crate_name(record.program.crate),
    )
    named = _name(base, record)
    # A class has prefixes in the global object only: a module or a namespace is not the browser's.
    if modules or record.namespace or not named.path:
        return named
    prefixes = record.vendor_prefixes.get(named.path[0], ())
    return replace(named, prefixed=tuple(prefix + named.path[0] for prefix in prefixes))


def _name(base: Import, record: ImportRecord) -> Import:
    match record.item.kind:
        case records.ImportFunction() as function:
            return _shape_function(base, record, function)
        case records.ImportStatic(name):
            path = (*record.namespace, name)
            return replace(base, kind=ImportKind.STATIC, name=name, path=path)
        case records.ImportString(_, string):
            return replace(base, kind=ImportKind.STRING, name=string, string=string)
        case records.ImportType(name):
            path = (*record.namespace, name)
            return replace(base, kind=ImportKind.INSTANCEOF, name=name, class_name=name, path=path)
    return base


def _shape_function(base: Import, record: ImportRecord, function: records.ImportFunction) -> Import:
    name, namespace, method = function.function.name, record.namespace, function.method
    base = replace(
        base,
        name=name,
        catch=function.catch,
        is_async=function.function.is_async,
        variadic=function.variadic,
        structural=function.structural,
    )
    if method is None:
        if record.item.module == records.RawNamed(PLACEHOLDER):
            return replace(base, kind=ImportKind.INTRINSIC)
        return replace(base, kind=ImportKind.FUNCTION, path=(*namespace, name))
    class_path = (*namespace, method.class_name)
    base = replace(base, class_name=method.class_name)
    if isinstance(method.kind, records.Constructor):
        return replace(base, kind=ImportKind.CONSTRUCTOR, path=class_path)
    return _operation(base, class_path, method.kind)


def _operation(base: Import, class_path: tuple[str, ...], operation: records.Operation) -> Import:
    kind = operation.kind
    name = kind.property if isinstance(kind, records.Getter | records.Setter) else base.name
    base = replace(base, name=name, path=(*class_path, name))
    if not operation.is_static:
        found = _OPERATIONS.get(type(kind))
        if found is not None:
            return replace(base, kind=found)
    elif isinstance(kind, records.Regular):
        return replace(base, kind=ImportKind.FUNCTION)
    elif isinstance(kind, records.Getter):
        return replace(base, kind=ImportKind.STATIC)
    elif type(kind) in _CLASS_OPERATIONS:
        return replace(base, kind=_CLASS_OPERATIONS[type(kind)], path=class_path)
    refusal = (f"static {type(kind).__name__}", "such an operation of a class has no binding")
    return replace(base, kind=ImportKind.FUNCTION, unsupported=base.unsupported or refusal)


def named_records(programs: tuple[Program, ...]) -> Iterator[tuple[str, ImportRecord]]:
    """Give each record under the name of its Wasm import; the first of equal ones comes last."""
    firsts, prefixes = _first_inlines(programs), _vendor_prefixes(programs)
    for program, first in reversed(list(zip(programs, firsts, strict=True))):
        for item in reversed(program.imports):
            match item.kind:
                case records.ImportFunction(shim) | records.ImportString(shim):
                    yield shim, ImportRecord(program, item, first, prefixes)
                case records.ImportStatic(_, shim) | records.ImportType(_, shim):
                    yield shim, ImportRecord(program, item, first, prefixes)


def _vendor_prefixes(programs: Iterable[Program]) -> Mapping[str, Sequence[str]]:
    """Give the prefixes of each name; what one record says counts for all of that name."""
    found: dict[str, dict[str, None]] = {}
    for item in (item for program in programs for item in program.imports):
        if isinstance(item.kind, records.ImportType) and item.kind.vendor_prefixes:
            found.setdefault(item.kind.name, {}).update(dict.fromkeys(item.kind.vendor_prefixes))
    return {name: tuple(prefixes) for name, prefixes in found.items()}


def _first_inlines(programs: tuple[Program, ...]) -> Iterator[int]:
    """Give how many inline snippets of its crate come before each program's own."""
    seen: Counter[str] = Counter()
    for program in programs:
        yield seen[program.crate]
        seen[program.crate] += len(program.inline_js)
