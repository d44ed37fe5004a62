"""The global object's table, and the making of a realm. ECMA-262 19."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from unpoison.js.array_buffer_class import ARRAY_BUFFER, SHARED_ARRAY_BUFFER
from unpoison.js.array_class import ARRAY
from unpoison.js.atomics import ATOMICS
from unpoison.js.bigint_class import BIGINT
from unpoison.js.data_views import DATA_VIEW
from unpoison.js.date_class import DATE
from unpoison.js.disposable_classes import ASYNC_DISPOSABLE_STACK, DISPOSABLE_STACK
from unpoison.js.error_classes import ERROR_SPECS
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.function_class import FUNCTION
from unpoison.js.guest_memory import WEBASSEMBLY
from unpoison.js.iterator_class import ITERATOR
from unpoison.js.json_class import JSON
from unpoison.js.map_class import MAP
from unpoison.js.math_namespace import MATH
from unpoison.js.number_class import NUMBER, NUMBER_FUNCTIONS
from unpoison.js.object_class import OBJECT
from unpoison.js.primitive_classes import BOOLEAN
from unpoison.js.promise import PromiseRealm
from unpoison.js.promise_class import PROMISE
from unpoison.js.property import call
from unpoison.js.proxy_class import PROXY
from unpoison.js.realm import Realm
from unpoison.js.reflect_namespace import REFLECT
from unpoison.js.refused import INTL, TEMPORAL, evaluate
from unpoison.js.regexp_class import REGEXP
from unpoison.js.set_class import SET
from unpoison.js.string_class import STRING
from unpoison.js.symbol_class import SYMBOL
from unpoison.js.typed_array_class import TYPED_ARRAYS
from unpoison.js.uri_text import URI_FUNCTIONS
from unpoison.js.values import is_function
from unpoison.js.weak_classes import FINALIZATION_REGISTRY, WEAK_MAP, WEAK_REF, WEAK_SET


def make_realm(promises: PromiseRealm, names: Mapping[str, object] | None = None) -> Realm:
    """Make what one guest has of the standard library.

    `names` are further names of the global object, as `Realm` takes them.
    """
    return Realm(promises, {**GLOBALS, **(names or {})})


def global_object(promises: PromiseRealm) -> dict[str, object]:
    """Make a realm and give its global object; `globalThis` is the object itself."""
    return make_realm(promises).global_object


def _queue_microtask(realm: Realm, callback: Any) -> None:
    if not is_function(callback):
        raise TypeError('The "callback" argument must be of type function')
    realm.promises.jobs.enqueue(partial(call, callback))


GLOBALS: Final[Mapping[str, object]] = {
    **ERROR_SPECS,
    **NUMBER_FUNCTIONS,
    **TYPED_ARRAYS,
    **URI_FUNCTIONS,
    "Array": ARRAY,
    "ArrayBuffer": ARRAY_BUFFER,
    "AsyncDisposableStack": ASYNC_DISPOSABLE_STACK,
    "Atomics": ATOMICS,
    "BigInt": BIGINT,
    "Boolean": BOOLEAN,
    "DataView": DATA_VIEW,
    "Date": DATE,
    "DisposableStack": DISPOSABLE_STACK,
    "FinalizationRegistry": FINALIZATION_REGISTRY,
    "Function": FUNCTION,
    "Infinity": math.inf,
    "Intl": INTL,
    "Iterator": ITERATOR,
    "JSON": JSON,
    "Map": MAP,
    "Math": MATH,
    "NaN": math.nan,
    "Number": NUMBER,
    "Object": OBJECT,
    "Promise": PROMISE,
    "Proxy": PROXY,
    "Reflect": REFLECT,
    "RegExp": REGEXP,
    "Set": SET,
    "SharedArrayBuffer": SHARED_ARRAY_BUFFER,
    "String": STRING,
    "Symbol": SYMBOL,
    "Temporal": TEMPORAL,
    "WeakMap": WEAK_MAP,
    "WeakRef": WEAK_REF,
    "WeakSet": WEAK_SET,
    "WebAssembly": WEBASSEMBLY,
    "eval": evaluate,
    "queueMicrotask": _queue_microtask,
    "undefined": None,
}
"""What every global object has: a row per name. See `Realm` for what a value becomes."""
