"""What the glue of a JavaScript host must know of the module that was made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from unpoison.bindgen import Cast, ClosureShim, Import
from unpoison.eh import Dialect
from unpoison.wasm import FuncType

MEMORY = "memory"
EXTERNREFS = "__wbindgen_externrefs"
FUNCTION_TABLE = "__wbindgen_export"
START = "__wbindgen_start"
STACK_POINTER = "__stack_pointer"
LENT = "__wbindgen_lent"
INIT_TABLE = "__wbindgen_init_externref_table"
JS_TAG = "__wbindgen_jstag"
WRAPPED_TAG = "__wbindgen_wrapped_jstag"
RETHROW_CRITICAL = "__wbindgen_rethrow_critical"

LIVE, TERMINATED, IN_HOOK = 0, 1, 2
"""What the word at `Interface.terminated_word` holds. The guard behind every import traps for
TERMINATED only, so glue that writes IN_HOOK while the abort hook runs lets it call imports."""

ExceptionHandling = Literal["auto", "legacy", "exnref"]
NameSection = Literal["kept", "none"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a module for a JavaScript host is made.

    `import_module` is the module that everything which the glue gives is imported from (the CLI's
    is `./NAME_bg.js`). `eh` is the dialect of exception handling; "auto" leaves the module's own.
    `force_abort_handler` makes errors of JavaScript fatal in a module that cannot unwind.
    `starts` says whether START runs the crate's start functions or `main`; a test must not.
    `names` says whether the name section is kept; `readable` makes a symbol readable there.
    `version` is the one of unpoison that the producers section gets, if there is one to keep.
    """

    import_module: str = "__wbindgen_placeholder__"
    eh: ExceptionHandling = "auto"
    force_abort_handler: bool = False
    starts: bool = True
    names: NameSection = "kept"
    readable: Callable[[str], str] | None = None
    producers: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class AdaptedExport:
    """A function that the module exports, with the Wasm type that JavaScript calls it by.

    What `crossing` calls a value of JavaScript is an externref in it, and two or more results are
    an array in JavaScript. One that is not `adapted` is rustc's own: nothing restores the stack
    pointer after it.
    """

    name: str
    signature: FuncType
    adapted: bool = True


@dataclass(frozen=True, slots=True)
class AdaptedImport:
    """A function that the glue gives: under which Wasm names, with which Wasm type, for what.

    `source` is the import or cast of the interface that it serves, or the name of a function that
    only the transform asks for: INIT_TABLE, RETHROW_CRITICAL (throws, for good). An import of two
    or more results takes the address of its return area first, as rustc made it.
    One that is `caught` may throw: the module turns that into what its declaration says, and traps
    behind it when the instance died meanwhile. One that is `harmless` runs no code of a user and
    must not throw. For any other the glue must do both: catch for an import that is declared so,
    and throw instead of returning to a dead instance.
    """

    module: str
    name: str
    signature: FuncType
    source: Import | Cast | str
    caught: bool = False
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class AdaptedClosure:
    """The exported function that calls one type of closure: two words of it, then arguments."""

    shim: ClosureShim
    export: AdaptedExport


@dataclass(frozen=True, slots=True)
class Adapted:
    """A module for a JavaScript host and what glue is to know of it.

    `exports` are by the symbol that the interface has: those of its exports, `Class.free`,
    `Class.upcast`, names of `Interface.support` and of raw exports. What is not in there cannot be
    called. `closures` are by closure type, `imports` in the order of the Wasm import section.
    `memory`, `function_table`, `externrefs` and `start` are names of exports, None when there is no
    such export: `externrefs` is the table of handles, `start` is to be called once, after
    instantiation. `tags` are the imported ones: JS_TAG is `WebAssembly.JSTag` or its
    polyfill, WRAPPED_TAG what a recoverable error travels under. `stack_pointer` and `lent` are
    exported mutable globals of a module that catches nothing: after an exception has left all of
    its frames, glue puts back the values that they had after the start.
    """

    wasm: bytes
    dialect: Dialect
    exports: Mapping[str, AdaptedExport]
    imports: tuple[AdaptedImport, ...]
    closures: tuple[AdaptedClosure, ...] = ()
    memory: str | None = None
    externrefs: str = EXTERNREFS
    start: str = START
    function_table: str | None = None
    tags: tuple[str, ...] = ()
    stack_pointer: str | None = None
    lent: str | None = None
