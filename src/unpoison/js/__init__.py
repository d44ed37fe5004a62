"""JavaScript's values in Python: no event loop, no engine."""

from unpoison.js.array_buffers import ArrayBuffer, SharedArrayBuffer
from unpoison.js.array_class import is_array
from unpoison.js.attributes import MISSING, accessor_of, set_attribute
from unpoison.js.bigints import to_bigint
from unpoison.js.buffer_sources import bytes_of, typed_array_of, write_into
from unpoison.js.classes import (
    ClassSpec,
    Method,
    Property,
    RealmMethod,
    RealmValue,
    class_has,
    key_name,
    register,
    spec_of,
)
from unpoison.js.combinators import promise_all, promise_all_settled, promise_any, promise_race
from unpoison.js.constructors import Constructor, construct, instance_of
from unpoison.js.conversions import (
    string_of,
    to_number,
    to_numeric,
    to_primitive,
    to_property_key,
    to_string,
)
from unpoison.js.data_views import DataView
from unpoison.js.date_object import Date
from unpoison.js.error_classes import ERROR
from unpoison.js.exceptions import (
    ERROR_CLASSES,
    AggregateError,
    Error,
    EvalError,
    RangeError,
    ReferenceError,  # noqa: A004 - the names are JavaScript's
    SuppressedError,
    SyntaxError,  # noqa: A004
    TypeError,  # noqa: A004
    URIError,
    as_exception,
    error_cause,
    error_message,
    error_name,
    error_stack,
    error_text,
    from_exception,
    is_error,
)
from unpoison.js.exotic import Exotic
from unpoison.js.functions import JsFunction, NativeFunction, ThisFunction, bound, invoke
from unpoison.js.globals import GLOBALS, global_object, make_realm
from unpoison.js.guest_memory import Memory, MemoryBuffer, Pages
from unpoison.js.host import Handle, Host
from unpoison.js.host_buffers import FORMATS as BUFFER_FORMATS
from unpoison.js.host_buffers import TypedView
from unpoison.js.host_objects import HostObject
from unpoison.js.intrinsics import INTRINSICS
from unpoison.js.iteration import iterate, iterate_async
from unpoison.js.iterator_class import JsIterator
from unpoison.js.iterators import result as iterator_result
from unpoison.js.jobs import Job, JobQueue, MicrotaskQueue
from unpoison.js.json_text import parse as json_parse
from unpoison.js.json_text import stringify as json_stringify
from unpoison.js.lookup import lookup as find_property
from unpoison.js.map_class import Map
from unpoison.js.members import JsObject
from unpoison.js.numbers import MAX_SAFE_INTEGER, number_to_python
from unpoison.js.numeric_text import number_to_string, string_to_number
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Array, Object
from unpoison.js.operators import OPERATORS, loose_equal
from unpoison.js.promise import (
    Capability,
    Promise,
    PromiseRealm,
    PromiseState,
    RejectionTracker,
    Waiter,
    reject,
    resolve,
    when_unreachable,
    with_resolvers,
)
from unpoison.js.property import (
    call,
    call_method,
    delete,
    get,
    has,
    items_of,
    own_keys,
)
from unpoison.js.property import set as set_property
from unpoison.js.realm import Realm
from unpoison.js.regexp_object import RegExp
from unpoison.js.rejections import UnhandledRejections
from unpoison.js.sets import Set
from unpoison.js.sites import make_caller, make_getter, make_setter
from unpoison.js.tags import class_tag
from unpoison.js.text import debug_string
from unpoison.js.typed_arrays import (
    TYPED_ARRAY_TYPES,
    BigInt64Array,
    BigUint64Array,
    Float16Array,
    Float32Array,
    Float64Array,
    Int8Array,
    Int16Array,
    Int32Array,
    TypedArray,
    Uint8Array,
    Uint8ClampedArray,
    Uint16Array,
    Uint32Array,
)
from unpoison.js.utf16 import well_formed
from unpoison.js.values import (
    WELL_KNOWN_SYMBOLS,
    BigInt,
    JsNull,
    Kind,
    Symbol,
    is_bigint,
    is_boolean,
    is_falsy,
    is_function,
    is_null,
    is_nullish,
    is_number,
    is_object,
    is_reference,
    is_string,
    is_symbol,
    is_undefined,
    kind_of,
    null,
    same_value,
    same_value_zero,
    strict_equal,
    typeof,
)
from unpoison.js.wrapper import Wrapper

__all__ = [
    "BUFFER_FORMATS",
    "ERROR",
    "ERROR_CLASSES",
    "GLOBALS",
    "INTRINSICS",
    "MAX_SAFE_INTEGER",
    "MISSING",
    "OBJECT",
    "OPERATORS",
    "TYPED_ARRAY_TYPES",
    "WELL_KNOWN_SYMBOLS",
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Capability",
    "ClassSpec",
    "Constructor",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "Exotic",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Handle",
    "Host",
    "HostObject",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Job",
    "JobQueue",
    "JsFunction",
    "JsIterator",
    "JsNull",
    "JsObject",
    "Kind",
    "Map",
    "Memory",
    "MemoryBuffer",
    "Method",
    "MicrotaskQueue",
    "NativeFunction",
    "Object",
    "Pages",
    "Promise",
    "PromiseRealm",
    "PromiseState",
    "Property",
    "RangeError",
    "Realm",
    "RealmMethod",
    "RealmValue",
    "ReferenceError",
    "RegExp",
    "RejectionTracker",
    "Set",
    "SharedArrayBuffer",
    "SuppressedError",
    "Symbol",
    "SyntaxError",
    "ThisFunction",
    "TypeError",
    "TypedArray",
    "TypedView",
    "URIError",
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Uint32Array",
    "UnhandledRejections",
    "Waiter",
    "Wrapper",
    "accessor_of",
    "as_exception",
    "bound",
    "bytes_of",
    "call",
    "call_method",
    "class_has",
    "class_tag",
    "construct",
    "debug_string",
    "delete",
    "error_cause",
    "error_message",
    "error_name",
    "error_stack",
    "error_text",
    "find_property",
    "from_exception",
    "get",
    "global_object",
    "has",
    "instance_of",
    "invoke",
    "is_array",
    "is_bigint",
    "is_boolean",
    "is_error",
    "is_falsy",
    "is_function",
    "is_null",
    "is_nullish",
    "is_number",
    "is_object",
    "is_reference",
    "is_string",
    "is_symbol",
    "is_undefined",
    "items_of",
    "iterate",
    "iterate_async",
    "iterator_result",
    "json_parse",
    "json_stringify",
    "key_name",
    "kind_of",
    "loose_equal",
    "make_caller",
    "make_getter",
    "make_realm",
    "make_setter",
    "null",
    "number_to_python",
    "number_to_string",
    "own_keys",
    "promise_all",
    "promise_all_settled",
    "promise_any",
    "promise_race",
    "register",
    "reject",
    "resolve",
    "same_value",
    "same_value_zero",
    "set_attribute",
    "set_property",
    "spec_of",
    "strict_equal",
    "string_of",
    "string_to_number",
    "to_bigint",
    "to_number",
    "to_numeric",
    "to_primitive",
    "to_property_key",
    "to_string",
    "typed_array_of",
    "typeof",
    "well_formed",
    "when_unreachable",
    "with_resolvers",
    "write_into",
]
