"""Import records + descriptors -> what the module wants of its host, by Wasm import.

Most records are never imported (js-sys declares 1800 things), so the Wasm imports lead and the
records are looked up. Source: `wasm-bindgen-cli-support` src/wit, `import_function` and onwards
(behaviour); contract facts 1.4, 4.3 and 4.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from unpoison.bindgen import records
from unpoison.bindgen.descriptor_types import Extern, Ref, Scalar
from unpoison.bindgen.export_linking import link_params
from unpoison.bindgen.interface import Class, Import, ImportKind, Param
from unpoison.bindgen.interpreter import DESCRIBE, MARKER
from unpoison.bindgen.linker import Described, Linker
from unpoison.bindgen.module_facts import PLACEHOLDER, imported_functions
from unpoison.bindgen.records import Program
from unpoison.bindgen.symbols import class_symbol, crate_name

EXTERNREF_MODULE = "__wbindgen_externref_xform__"

_DESCRIBING = (DESCRIBE, MARKER)
_HANDLE = Param("value", Ref(Extern()))
_MISSING = ("the descriptor", "its describe function is missing")
_SUSPENDS = ("JSPI", "there is no JavaScript engine to suspend")

_OPERATIONS = {
    records.Regular: ImportKind.METHOD,
    records.Getter: ImportKind.GETTER,
    records.Setter: ImportKind.SETTER,
    records.IndexingGetter: ImportKind.INDEXING_GETTER,
    records.IndexingSetter: ImportKind.INDEXING_SETTER,
    records.IndexingDeleter: ImportKind.INDEXING_DELETER,
}


@dataclass(frozen=True, slots=True)
class _Record:
    """An import record and the program that it stands in.

    `first_inline` is the place of the program's first inline snippet among those of its crate.
    """

    program: Program
    item: records.Import
    first_inline: int = 0

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


def link_imports(
    linker: Linker, programs: tuple[Program, ...], classes: Iterable[Class]
) -> tuple[Import, ...]:
    """Give one Import per distinct imported function, without those that only describe."""
    lookup = _Lookup(linker, programs, classes)
    imports: dict[tuple[str, str], Import] = {}
    for index, (module, name) in enumerate(imported_functions(linker.module)):
        if (module, name) not in imports and not (module == PLACEHOLDER and name in _DESCRIBING):
            imports[module, name] = lookup.link(index, module, name)
    return tuple(imports.values())


class _Lookup:
    """Finds what a Wasm import stands for."""

    def __init__(
        self, linker: Linker, programs: tuple[Program, ...], classes: Iterable[Class]
    ) -> None:
        self._linker = linker
        self._records = dict(_named_records(programs))
        self._links = {
            link.link_function_name: program for program in programs
            for link in program.linked_modules
        }  # fmt: skip
        self._classes = dict(_class_symbols(classes))

    def link(self, index: int, module: str, name: str) -> Import:
        """Give what one Wasm import stands for."""
        signature = self._linker.module.function_type(index)
        raw = Import(index, module, name, signature, ImportKind.RAW, name)
        if module == EXTERNREF_MODULE:
            return replace(raw, kind=ImportKind.INTRINSIC)
        if module != PLACEHOLDER:
            return replace(raw, js_module=module, path=(name,))
        if name in self._classes:
            kind, class_ = self._classes[name]
            return replace(
                raw, kind=kind, name=class_.name, class_name=class_.key, crate=class_.crate
            )
        if name in self._records:
            return self._linker.checked_import(self._link_record(raw, self._records[name]))
        if name in self._links:
            crate = crate_name(self._links[name].crate)
            refusal = ("link_to!", "it is the URL of a JavaScript file")
            return replace(raw, crate=crate, unsupported=refusal)
        return replace(raw, kind=ImportKind.INTRINSIC)

    def _link_record(self, raw: Import, record: _Record) -> Import:
        modules = record.modules
        base = replace(
            raw,
            js_module=modules[0] if modules else None,
            js_module_names=modules[1:],
            crate=crate_name(record.program.crate),
        )
        match record.item.kind:
            case records.ImportFunction() as function:
                return self._link_function(base, record, function)
            case records.ImportStatic(name):
                return self._link_static(base, record, name)
            case records.ImportString(_, string):
                return replace(
                    base, kind=ImportKind.STRING, name=string, string=string, result=Extern()
                )
            case records.ImportType(name):
                return replace(
                    base, kind=ImportKind.INSTANCEOF, name=name, class_name=name,
                    path=(*record.namespace, name), params=(_HANDLE,), result=Scalar("bool"),
                )  # fmt: skip
        return base

    def _link_static(self, base: Import, record: _Record, name: str) -> Import:
        described = self._linker.describe(base.wasm_name) or Described(None, _MISSING)
        type_, refusal = described.type()
        return replace(
            base, kind=ImportKind.STATIC, name=name, path=(*record.namespace, name),
            result=type_, unsupported=base.unsupported or refusal,
        )  # fmt: skip

    def _link_function(
        self, base: Import, record: _Record, function: records.ImportFunction
    ) -> Import:
        described = self._linker.describe(base.wasm_name) or Described(None, _MISSING)
        called = function.function
        signature, refusal = described.function(len(called.args))
        refusal = base.unsupported or refusal or (_SUSPENDS if function.suspending else None)
        linked = replace(
            base,
            name=called.name,
            params=link_params(called, signature),
            result=signature.result,
            catch=function.catch,
            variadic=function.variadic,
            structural=function.structural,
            unsupported=refusal,
        )
        return _shaped(linked, record, function)


def _shaped(base: Import, record: _Record, function: records.ImportFunction) -> Import:
    """Give the import with its kind, name and path."""
    name, namespace, method = function.function.name, record.namespace, function.method
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
    refusal = (f"static {type(kind).__name__}", "such an operation of a class has no binding")
    return replace(base, kind=ImportKind.FUNCTION, unsupported=base.unsupported or refusal)


def _named_records(programs: tuple[Program, ...]) -> Iterator[tuple[str, _Record]]:
    """Give each record under the name of its Wasm import; the first of equal ones comes last."""
    firsts = _first_inlines(programs)
    for program, first in reversed(list(zip(programs, firsts, strict=True))):
        for item in reversed(program.imports):
            match item.kind:
                case records.ImportFunction(shim) | records.ImportString(shim):
                    yield shim, _Record(program, item, first)
                case records.ImportStatic(_, shim) | records.ImportType(_, shim):
                    yield shim, _Record(program, item, first)


def _first_inlines(programs: tuple[Program, ...]) -> Iterator[int]:
    """Give how many inline snippets of its crate come before each program's own."""
    seen: Counter[str] = Counter()
    for program in programs:
        yield seen[program.crate]
        seen[program.crate] += len(program.inline_js)


def _class_symbols(classes: Iterable[Class]) -> Iterator[tuple[str, tuple[ImportKind, Class]]]:
    for class_ in classes:
        yield class_symbol("new", class_.crate, class_.key), (ImportKind.CLASS_WRAP, class_)
        yield class_symbol("unwrap", class_.crate, class_.key), (ImportKind.CLASS_UNWRAP, class_)
