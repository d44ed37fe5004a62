"""Interface IR: what crosses the border between a module and its host; host-neutral data.

`linking.py` makes it from schema and descriptors; `shims.py`, `python_source.py`, the
`runtime` room and the commands read it. Everything here is frozen and picklable.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from unpoison.bindgen.descriptor_types import Closure, StructType, Type
from unpoison.wasm import FuncType


class ExportKind(Enum):
    """What an exported Rust function is to its host."""

    FUNCTION = "function"
    CONSTRUCTOR = "constructor"
    METHOD = "method"
    STATIC = "static method"
    GETTER = "getter"  # a method with #[wasm_bindgen(getter)]: wrapped by catch_unwind
    SETTER = "setter"
    FIELD_GETTER = "field getter"  # made for a pub field: not wrapped by catch_unwind
    FIELD_SETTER = "field setter"
    STATIC_GETTER = "static getter"
    STATIC_SETTER = "static setter"


class Subscript(Enum):
    """The Python method that an indexing member is too."""

    GET = "__getitem__"
    SET = "__setitem__"
    DELETE = "__delitem__"


class ImportKind(Enum):
    """What a Wasm import is to its module."""

    __hash__ = object.__hash__  # Enum's own costs a call of Python for each look-up in a table

    INTRINSIC = "intrinsic"  # __wbindgen_*: meaning by name
    FUNCTION = "function"  # free function or static method: path is called
    CONSTRUCTOR = "constructor"
    METHOD = "method"
    GETTER = "getter"
    SETTER = "setter"
    INDEXING_GETTER = "indexing getter"
    INDEXING_SETTER = "indexing setter"
    INDEXING_DELETER = "indexing deleter"
    STATIC = "static"  # the value of a global, or of a class's property
    CLASS_SETTER = "class setter"  # these four work on a class itself, which their path names
    CLASS_INDEXING_GETTER = "class indexing getter"
    CLASS_INDEXING_SETTER = "class indexing setter"
    CLASS_INDEXING_DELETER = "class indexing deleter"
    INSTANCEOF = "instanceof"
    STRING = "static string"
    CLASS_WRAP = "class wrap"  # __wbg_<struct>_new: pointer -> handle of the host's object
    CLASS_UNWRAP = "class unwrap"  # __wbg_<struct>_unwrap: handle -> pointer
    RAW = "raw"  # no schema record: numbers only


class Panics(Enum):
    """The panic strategy that a module was built with."""

    UNWIND = "unwind"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: its Rust name and type; `typescript` is `unchecked_param_type`."""

    name: str
    type: Type
    optional: bool = False
    typescript: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """One exported Rust function. `params` excludes self.

    `symbol` is the Wasm export, `signature` its Wasm type, `name` its JS name; for accessors
    `property` is the JS property. `result` is the type that crosses (the promise of an async
    function), `declared_result` the one that Rust declares. One that `takes_this` has JavaScript's
    `this` as its first parameter. `subscript` says what an indexing member does, which JavaScript
    has as a plain method. `unsupported` is None or (type, reason): such an export is there and
    refuses.
    `result_typescript` is `unchecked_return_type`, of an async function what its promise is
    fulfilled with. What `skips_typescript`, here and in a class or an enum, is not declared.
    """

    name: str
    symbol: str
    signature: FuncType
    kind: ExportKind
    class_name: str | None
    property: str | None
    params: tuple[Param, ...]
    result: Type
    declared_result: Type
    namespace: tuple[str, ...] = ()
    docs: tuple[str, ...] = ()
    is_async: bool = False
    variadic: bool = False
    consumes_self: bool = False
    takes_this: bool = False
    subscript: Subscript | None = None
    crate: str = ""
    unsupported: tuple[str, str] | None = None
    result_typescript: str | None = None
    skips_typescript: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """One exported Rust struct with its members in declaration order.

    `free` is the Wasm export `__wbg_<name>_free_<hash>`, None when the module lacks it. A
    `StructType` names it as (key, crate). `extends` is the key of the parent among the classes;
    `upcast` the Wasm export that gives the parent's pointer for one of the child. `pointer` is the
    attribute of an object that holds its pointer as this class: all are `_ptr` without parents.
    `renamed` are (JS name, Python name) of the members that a guest does not find under the second
    one, `renamed_statics` the same of the class itself.
    """

    name: str
    crate: str
    free: str | None
    docs: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    members: tuple[Export, ...] = ()
    inspectable: bool = False
    extends: str | None = None
    upcast: str | None = None
    pointer: str = "_ptr"
    private: bool = False
    key: str = ""
    renamed: tuple[tuple[str, str], ...] = ()
    renamed_statics: tuple[tuple[str, str], ...] = ()
    skips_typescript: bool = False


@dataclass(frozen=True, slots=True)
class EnumVariant:
    """A variant; a numeric enum's value is signed when the enum is."""

    name: str
    value: int | str
    docs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnumDef:
    """A numeric (`hole` is set) or string enum (`hole` is None).

    An `EnumType` or `StringEnumType` names it as (key, crate, module_hash).
    """

    name: str
    crate: str
    variants: tuple[EnumVariant, ...]
    hole: int | None
    docs: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    private: bool = False
    key: str = ""
    module_hash: int = 0
    skips_typescript: bool = False


@dataclass(frozen=True, slots=True)
class UnionDef:
    """A dynamic union: the strings among its variants. A `UnionType` names it by all three keys."""

    name: str
    crate: str
    module_hash: int
    texts: tuple[str, ...]
    docs: tuple[str, ...] = ()
    skips_typescript: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """One distinct Wasm import function.

    `index` is its function index in the module; `wasm_module`, `wasm_name` its Wasm names. One that
    `is_local` is a monomorphisation of a generic import: a function of the module, which calls the
    host instead.
    `js_module` is None for globals, else the module specifier; `js_module_names` are further names
    under which an embedder may give that module (a snippet of the crate has no name that is short
    and certain); `path` is namespace + name (`("console", "log")`); `class_name` the JS class of
    methods and constructors. METHOD, GETTER and SETTER take the receiver as first parameter.
    `prefixed` are further names of the first part of `path`, to be tried in this order (browsers
    have some classes under names with a vendor's prefix). `crate` is the name of the crate that
    declares it; `struct` names the Class of CLASS_WRAP and CLASS_UNWRAP. `unsupported` is None or
    (type, reason).
    """

    index: int
    wasm_module: str
    wasm_name: str
    signature: FuncType
    kind: ImportKind
    name: str
    js_module: str | None = None
    js_module_names: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    prefixed: tuple[str, ...] = ()
    class_name: str | None = None
    struct: StructType | None = None
    params: tuple[Param, ...] = ()
    result: Type | None = None
    catch: bool = False
    is_async: bool = False
    variadic: bool = False
    structural: bool = True
    string: str | None = None
    crate: str | None = None
    is_local: bool = False
    unsupported: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """One local function that wasm-bindgen's CLI would turn into a cast import.

    `index` is its function index; its value of type `source` becomes one of type `target`.
    """

    index: int
    signature: FuncType
    source: Type
    target: Type
    unsupported: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ClosureShim:
    """One closure type that the host may call: its descriptor and the shim's Wasm type."""

    closure: Closure
    signature: FuncType


@dataclass(frozen=True, slots=True)
class Interface:
    """Everything that a host must know of one module.

    `support` maps the names of wasm-bindgen's own exports (`__wbindgen_malloc`,
    `__externref_table_alloc`, `__wbg_acc_free_<hash>`, ...) to their Wasm types, `raw_exports` the
    names of plain `extern` functions, which take and give numbers only.
    `describe_exports` are the exports that only the linker needs. `static_strings` are the
    strings of slots 1028 and up. `terminated_word`, `abort_handler_word` and `signal_word` (where
    crates like `worker` look for signals of the runtime) are addresses.
    """

    name: str
    schema_version: str
    tool_version: str
    panics: Panics
    functions: tuple[Export, ...] = ()
    classes: tuple[Class, ...] = ()
    enums: tuple[EnumDef, ...] = ()
    unions: tuple[UnionDef, ...] = ()
    imports: tuple[Import, ...] = ()
    casts: tuple[Cast, ...] = ()
    closures: tuple[ClosureShim, ...] = ()
    starts: tuple[Export, ...] = ()
    support: dict[str, FuncType] = field(default_factory=dict)
    raw_exports: dict[str, FuncType] = field(default_factory=dict)
    describe_exports: tuple[str, ...] = ()
    static_strings: tuple[str, ...] = ()
    typescript: tuple[str, ...] = ()
    function_table: int | None = None
    stack_pointer: int | None = None
    panic_tags: tuple[int, ...] = ()
    terminated_word: int | None = None
    abort_handler_word: int | None = None
    signal_word: int | None = None

    @property
    def redirected(self) -> tuple[Cast | Import, ...]:
        """The functions of the module that call the host instead of what rustc made of them."""
        return (*self.casts, *(item for item in self.imports if item.is_local))
