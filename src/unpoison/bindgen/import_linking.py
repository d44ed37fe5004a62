"""Import records + descriptors -> what the module wants of its host, by Wasm import.

Most records are never imported (js-sys declares 1800 things), so the Wasm imports lead and the
records are looked up. Source: `wasm-bindgen-cli-support` src/wit, `import_function` and onwards
(behaviour); contract facts 1.4, 4.3 and 4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from unpoison.bindgen import records
from unpoison.bindgen.descriptions import GenericImport
from unpoison.bindgen.descriptor_types import Extern, Ref, Scalar, Slice, StructType
from unpoison.bindgen.export_linking import link_params
from unpoison.bindgen.import_shapes import ImportRecord, named_records, shape
from unpoison.bindgen.interface import Class, Import, ImportKind, Param
from unpoison.bindgen.interpreter import DESCRIBE, MARKER
from unpoison.bindgen.linker import JSPI, Described, Linker
from unpoison.bindgen.module_facts import PLACEHOLDER, imported_functions
from unpoison.bindgen.records import Program
from unpoison.bindgen.symbols import class_symbol, crate_name

EXTERNREF_MODULE = "__wbindgen_externref_xform__"

_COPY_BACK = "__wbindgen_copy_to_typed_array"
_DESCRIBING = (DESCRIBE, MARKER)
_HANDLE = Param("value", Ref(Extern()))
_PLACE = (Param("pointer", Scalar("u32")), Param("length", Scalar("u32")))
_MISSING = ("the descriptor", "its describe function is missing")
_SUSPENDS = (JSPI, "there is no JavaScript engine to suspend")


def link_imports(
    linker: Linker,
    programs: tuple[Program, ...],
    classes: Iterable[Class],
    generic: Iterable[GenericImport] = (),
) -> tuple[Import, ...]:
    """Give one Import per distinct imported function, without those that only describe.

    One per monomorphisation of a generic import follows, without casts.
    """
    lookup = _Lookup(linker, programs, classes)
    imports: dict[tuple[str, str], Import] = {}
    for index, (module, name) in enumerate(imported_functions(linker.module)):
        if (module, name) not in imports and not (module == PLACEHOLDER and name in _DESCRIBING):
            imports[module, name] = lookup.link(index, module, name)
    return (*imports.values(), *(lookup.link_generic(item) for item in generic if item.key))


class _Lookup:
    """Finds what a Wasm import stands for."""

    def __init__(
        self, linker: Linker, programs: tuple[Program, ...], classes: Iterable[Class]
    ) -> None:
        self._linker = linker
        self._records = dict(named_records(programs))
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
                raw,
                kind=kind,
                name=class_.name,
                class_name=class_.name,
                struct=StructType(class_.key, class_.crate),
                crate=crate_name(class_.crate),
            )
        if name in self._records:
            return self._linker.checked_import(self._link_record(raw, self._records[name]))
        if name in self._links:
            crate = crate_name(self._links[name].crate)
            refusal = ("link_to!", "it is the URL of a JavaScript file")
            return replace(raw, crate=crate, unsupported=refusal)
        return replace(raw, kind=ImportKind.INTRINSIC)

    def link_generic(self, item: GenericImport) -> Import:
        """Give what one monomorphisation of a generic import stands for."""
        signature = self._linker.module.function_type(item.function)
        raw = Import(
            item.function, PLACEHOLDER, item.key, signature, ImportKind.RAW, item.key, is_local=True
        )
        record = self._records.get(item.key)
        if record is None or not isinstance(record.item.kind, records.ImportFunction):
            return replace(raw, unsupported=(f"generic import {item.key}", "it has no record"))
        described = Described(item.signature)
        linked = _link_function(shape(raw, record), record.item.kind, described)
        return self._linker.checked_import(linked)

    def _link_record(self, raw: Import, record: ImportRecord) -> Import:
        base = shape(raw, record)
        match record.item.kind:
            case records.ImportFunction() as function:
                return _link_function(base, function, self._describe(base))
            case records.ImportStatic():
                type_, refusal = self._describe(base).type()
                return replace(base, result=type_, unsupported=base.unsupported or refusal)
            case records.ImportString():
                return replace(base, result=Extern())
            case records.ImportType():
                return replace(base, params=(_HANDLE,), result=Scalar("bool"))
        return base

    def _describe(self, base: Import) -> Described:
        return self._linker.describe(base.wasm_name) or Described(None, _MISSING)


def _link_function(base: Import, function: records.ImportFunction, described: Described) -> Import:
    called = function.function
    signature, refusal = described.function(len(called.args))
    params = link_params(called, signature)
    return replace(
        base,
        params=_by_place(params) if base.name == _COPY_BACK else params,
        result=signature.result,
        unsupported=refusal or base.unsupported or (_SUSPENDS if function.suspending else None),
    )


def _by_place(params: tuple[Param, ...]) -> tuple[Param, ...]:
    """Give the parameters with a slice of bytes told by its place, so that it is copied once."""
    match params:
        case (Param(type=Ref(Slice(Scalar("u8")), False)), target):
            return (*_PLACE, target)
    return params


def _class_symbols(classes: Iterable[Class]) -> Iterator[tuple[str, tuple[ImportKind, Class]]]:
    for class_ in classes:
        yield class_symbol("new", class_.crate, class_.key), (ImportKind.CLASS_WRAP, class_)
        yield class_symbol("unwrap", class_.crate, class_.key), (ImportKind.CLASS_UNWRAP, class_)
