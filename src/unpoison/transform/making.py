"""A module of rustc and its interface -> the module for a JavaScript host."""

from __future__ import annotations

from unpoison.bindgen import (
    ImportKind,
    Interface,
)
from unpoison.eh import Dialect, dialect_of, to_exnref
from unpoison.errors import UnsupportedModule
from unpoison.transform.adapters import Adapters
from unpoison.transform.allocation import add_allocator
from unpoison.transform.catching import Code
from unpoison.transform.draft import Draft
from unpoison.transform.exports import Exports
from unpoison.transform.helpers import Helpers
from unpoison.transform.imports import Imports
from unpoison.transform.records import (
    EXTERNREFS,
    FUNCTION_TABLE,
    INIT_TABLE,
    LENT,
    STACK_POINTER,
    START,
    Adapted,
    Options,
)
from unpoison.transform.sections import add_names, edit_customs, make_readable
from unpoison.wasm import Export, ExternKind, FuncType, Module, TagType

_NOTHING = FuncType((), ())
_DEFAULTS = Options()
_PANIC_TAG = ("env", "__cpp_exception")


def make_javascript_module(
    module: Module, interface: Interface, options: Options = _DEFAULTS
) -> Adapted:
    """Give the module that JavaScript glue can instantiate. The given one is used up.

    Raises UnsupportedModule for a module that imports anything but functions, that mixes the
    dialects of exception handling or has the newer one where the older is asked for, that lacks
    what the table of handles needs, or whose stack pointer is not known; MalformedModule for a body
    that is no code.
    """
    _own_panic_tag(module)
    own = dialect_of(module)
    module, dialect = _in_dialect(module, own, options)
    draft = Draft(module, interface, options, dialect, unwinds=own is not Dialect.NONE)
    helpers = Helpers(draft)
    adapters = Adapters(draft, helpers)
    add_allocator(draft)
    Imports(draft, helpers, adapters).replace_all()
    exports = Exports(draft, adapters)
    exports.add_all()
    start = _start(draft)
    exports.write()
    return _closed(draft, helpers, exports, start)


def _in_dialect(module: Module, own: Dialect, options: Options) -> tuple[Module, Dialect]:
    """Give the module, which has its `own` dialect, in the one that is asked for, and that one."""
    if own is Dialect.MIXED or (own is Dialect.LEGACY and options.eh == "exnref"):
        return Module.parse(to_exnref(module.emit())), Dialect.EXNREF  # which refuses a mix
    if own is Dialect.EXNREF and options.eh == "legacy":
        raise UnsupportedModule(
            "the module has exnref exception handling, which has no legacy form in general",
            advice="build it with rustc's default, `-Cllvm-args=-wasm-use-legacy-eh=true`",
        )
    if own is Dialect.NONE and options.force_abort_handler:
        return module, Dialect.LEGACY if options.eh == "legacy" else Dialect.EXNREF
    return module, own


def _own_panic_tag(module: Module) -> None:
    """Define the tag of Rust's panics where a compiler left it imported, as the CLI does.

    Nobody gives it. It is the only tag then, and keeps its index.
    """
    tags = [item for item in module.imports if item.kind is ExternKind.TAG]
    if [(item.module, item.name) for item in tags] == [_PANIC_TAG]:
        module.imports = [item for item in module.imports if item not in tags]
        module.tags = [
            *(item.desc for item in tags if isinstance(item.desc, TagType)),
            *module.tags,
        ]


def _start(draft: Draft) -> int:
    """Give the function that starts an instance."""
    space, module = draft.space, draft.module
    code: Code = [("call", draft.ask_glue(INIT_TABLE, _NOTHING))]
    if module.start is not None:
        code.append(("call", module.start))
        module.start = None
    for start in draft.interface.starts if draft.options.starts else ():
        number = draft.exported[start.symbol]
        type_ = space.type_of(number)
        code += [(f"{param}.const", 0) for param in type_.params]
        code += [("call", number), *[("drop",)] * len(type_.results)]
    return draft.add(START, _NOTHING, code)


def _closed(draft: Draft, helpers: Helpers, exports: Exports, start: int) -> Adapted:
    module, interface = draft.module, draft.interface
    named = {
        START: (ExternKind.FUNCTION, start),
        EXTERNREFS: (ExternKind.TABLE, draft.handles),
    }
    if interface.function_table is not None and _needs_table(draft):
        named[FUNCTION_TABLE] = ExternKind.TABLE, interface.function_table
    if not draft.catches and interface.stack_pointer is not None:
        named[STACK_POINTER] = ExternKind.GLOBAL, interface.stack_pointer
    if not draft.catches and helpers.uses_lent:
        named[LENT] = ExternKind.GLOBAL, helpers.lent
    others = [item for item in module.exports if item.name not in named]
    module.exports = [*others, *(Export(name, *what) for name, what in named.items())]
    add_names(module, draft.names, draft.options)
    edit_customs(module, _features(draft, exports), draft.options)
    places = draft.space.close()
    make_readable(module, draft.options)

    def name(text: str) -> str | None:
        return text if text in named else None

    return Adapted(
        wasm=module.emit(),
        dialect=draft.dialect,
        exports=exports.functions,
        imports=tuple(item for number, item in draft.asked.items() if number in places),
        closures=tuple(exports.closures),
        memory=_memory(module),
        function_table=name(FUNCTION_TABLE),
        tags=draft.tags,
        stack_pointer=name(STACK_POINTER),
        lent=name(LENT),
    )


def _needs_table(draft: Draft) -> bool:
    """Whether the glue calls through the function table: the abort hook, or a guest asks for it."""
    asks = any(
        item.kind is ImportKind.INTRINSIC and item.name == "__wbindgen_function_table"
        for item in draft.interface.imports
    )
    return asks or draft.interface.abort_handler_word is not None


def _memory(module: Module) -> str | None:
    return next((item.name for item in module.exports if item.kind is ExternKind.MEMORY), None)


def _features(draft: Draft, exports: Exports) -> list[str]:
    features = ["reference-types"]
    if any(len(item.signature.results) > 1 for item in exports.functions.values()):
        features.append("multivalue")
    return [*features, "exception-handling"] if draft.catches else features
