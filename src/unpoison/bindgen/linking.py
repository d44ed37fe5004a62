"""Schema + descriptors + the module itself -> interface IR."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from unpoison.bindgen.descriptions import PREFIX, Descriptions, GenericImport
from unpoison.bindgen.descriptor_types import Scalar, Type
from unpoison.bindgen.enum_linking import link_enums, link_unions
from unpoison.bindgen.export_linking import Exports, link_exports
from unpoison.bindgen.import_linking import link_imports
from unpoison.bindgen.interface import (
    Cast,
    ClosureShim,
    Export,
    ExportKind,
    Import,
    ImportKind,
    Interface,
    Panics,
    Param,
)
from unpoison.bindgen.interpreter import SKIP_EXPORT
from unpoison.bindgen.linker import JSPI, Linker
from unpoison.bindgen.module_facts import (
    check_memory,
    exported_address,
    exported_functions,
    function_table,
    panic_tags,
    stack_pointer,
)
from unpoison.bindgen.provenance import explain_missing_schema
from unpoison.bindgen.rust_types import rust_type
from unpoison.bindgen.schema import SECTION_NAME, Schema, read_schema
from unpoison.bindgen.symbols import crate_name
from unpoison.bindgen.type_walk import closures_in
from unpoison.bindgen.unique_names import numbered
from unpoison.errors import UnsupportedModule
from unpoison.wasm import F32, F64, I32, I64, FuncType, Module

_SUPPORT_PREFIXES = ("__wbindgen_", "__externref_", "__wbg_")
_NUMBERS = frozenset({I32, I64, F32, F64})
_MAIN = FuncType((I32, I32), (I32,))


def read_interface(module: Module) -> Interface:
    """Give everything that a host must know of a module that rustc built with wasm-bindgen.

    Raises UnsupportedModule when it is not such a module, or one of another version, and says
    which file to give instead; MalformedModule when the schema or a descriptor is broken.
    """
    check_memory(module)
    sections = [custom.payload for custom in module.customs if custom.name == SECTION_NAME]
    if not sections:
        raise explain_missing_schema(module)
    schema = read_schema(sections)
    return link(module, schema)


def link(module: Module, schema: Schema) -> Interface:
    """Give the interface of a module whose schema is known. Raises as `read_interface` does."""
    linker = Linker(module, Descriptions(module))
    exports = link_exports(linker, schema.programs)
    generic = list(linker.descriptions.generic_imports())
    imports = link_imports(linker, schema.programs, exports.classes.values(), generic)
    _refuse_suspension(exports, imports)
    casts = tuple(_link_cast(linker, item) for item in generic if not item.key)
    types = list(_types(exports, imports, casts))
    return Interface(
        name=_name(exports, schema),
        schema_version=schema.schema_version,
        tool_version=schema.tool_version,
        panics=_panics(module, imports),
        functions=tuple(numbered(exports.functions)),
        classes=tuple(numbered(exports.classes.values())),
        enums=tuple(numbered(link_enums(schema.programs, exports, types))),
        unions=link_unions(schema.programs),
        imports=imports,
        casts=casts,
        closures=tuple(_closure_shims(linker, types)),
        starts=tuple(exports.starts) or _main(linker, exports),
        support=_support(module, exports),
        raw_exports=_raw_exports(module, exports, linker.descriptions.exports),
        describe_exports=linker.descriptions.exports,
        static_strings=tuple(dict.fromkeys(i.string for i in imports if i.string is not None)),
        typescript=tuple(dict.fromkeys(text for p in schema.programs for text in p.typescript)),
        function_table=function_table(module),
        stack_pointer=stack_pointer(module),
        panic_tags=panic_tags(module),
        terminated_word=exported_address(module, "__instance_terminated"),
        abort_handler_word=exported_address(module, "__abort_handler"),
        signal_word=exported_address(module, "__instance_signal"),
    )


def _refuse_suspension(exports: Exports, imports: Iterable[Import]) -> None:
    """Raise UnsupportedModule for what waits inside of a call: there is no engine to suspend."""
    items: list[Export | Import] = [*exports.functions, *exports.starts, *imports]
    items += [member for class_ in exports.classes.values() for member in class_.members]
    for item in items:
        if item.unsupported is not None and item.unsupported[0] == JSPI:
            raise UnsupportedModule(
                f"{item.name} suspends the calls below it (JSPI, an experiment of wasm-bindgen)",
                advice="make it an `async fn` without `jspi`, or an import that returns a Promise",
            )


def _link_cast(linker: Linker, item: GenericImport) -> Cast:
    signature = linker.module.function_type(item.function)
    params = item.signature.params
    source = params[0] if params else Scalar("unit")
    is_one = len(params) == 1
    refusal = None if is_one else (rust_type(item.signature), "a cast takes one value")
    cast = Cast(item.function, signature, source, item.signature.result, refusal)
    return linker.checked_cast(cast)


def _types(exports: Exports, imports: Iterable[Import], casts: Iterable[Cast]) -> Iterator[Type]:
    """Give every type that crosses in an item that is not refused."""
    members = [member for class_ in exports.classes.values() for member in class_.members]
    items: list[Export | Import] = [*exports.functions, *exports.starts, *members, *imports]
    for item in items:
        if item.unsupported is None and item.result is not None:
            yield from (param.type for param in item.params)
            yield item.result
    for cast in casts:
        if cast.unsupported is None:
            yield from (cast.source, cast.target)


def _closure_shims(linker: Linker, types: Iterable[Type]) -> Iterator[ClosureShim]:
    closures = dict.fromkeys(closure for type_ in types for closure in closures_in(type_))
    for closure in closures:
        signature = linker.shim_type(closure.function.shim)
        if signature is not None:
            yield ClosureShim(closure, signature)


def _main(linker: Linker, exports: Exports) -> tuple[Export, ...]:
    """Give the C `main` of a binary crate, which runs at start when nothing else does."""
    if linker.exported_type("main") != _MAIN or "main" in exports.symbols:
        return ()
    number = Scalar("i32")
    params = (Param("argc", number), Param("argv", number))
    return (Export("main", "main", _MAIN, ExportKind.FUNCTION, None, None, params, number, number),)


def _support(module: Module, exports: Exports) -> dict[str, FuncType]:
    """Give the exports that wasm-bindgen's own crates made for their host."""
    return {
        name: module.function_type(index)
        for name, index in exported_functions(module).items()
        if name.startswith(_SUPPORT_PREFIXES)
        and not name.startswith((PREFIX, SKIP_EXPORT))
        and name not in exports.symbols
    }


def _raw_exports(
    module: Module, exports: Exports, describe_exports: Iterable[str]
) -> dict[str, FuncType]:
    """Give the plain `extern` functions that a host may call: no record, numbers, one result."""
    known = {*exports.symbols, *describe_exports, "main"}
    types = {
        name: module.function_type(index)
        for name, index in exported_functions(module).items()
        if name not in known and not name.startswith(_SUPPORT_PREFIXES)
    }
    return {name: type_ for name, type_ in types.items() if _is_raw(type_)}


def _is_raw(signature: FuncType) -> bool:
    return len(signature.results) <= 1 and _NUMBERS.issuperset(
        (*signature.params, *signature.results)
    )


def _panics(module: Module, imports: Iterable[Import]) -> Panics:
    """Tell the panic strategy: only unwinding code has a tag or turns payloads into errors.

    The exported words of the abort contract prove nothing, panic=abort modules have them too.
    """
    names = {item.name for item in imports if item.kind is ImportKind.INTRINSIC}
    unwinds = panic_tags(module) or "__wbindgen_panic_error" in names
    return Panics.UNWIND if unwinds else Panics.ABORT


def _name(exports: Exports, schema: Schema) -> str:
    """Give the name of the crate that exports most, else of the one that declares most."""
    crates = [export.crate for export in exports.functions] + [c for c, _ in exports.classes]
    crates = crates or [program.crate for program in schema.programs] or ["module"]
    return crate_name(Counter(crates).most_common(1)[0][0])
