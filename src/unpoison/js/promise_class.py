"""The class Promise. ECMA-262 27.2.4, 27.2.5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register
from unpoison.js.combinators import promise_all, promise_all_settled, promise_any, promise_race
from unpoison.js.conversions import string_of
from unpoison.js.exceptions import TypeError, from_exception  # noqa: A004 - JavaScript's
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Object
from unpoison.js.promise import Promise, reject, resolve, with_resolvers
from unpoison.js.property import call_method
from unpoison.js.values import Symbol, is_function


def _promise(this: object) -> Promise:
    if not isinstance(this, Promise):
        raise TypeError("Promise.prototype method called on a value that is no promise")
    return this


def _then(this: object, on_fulfilled: object, on_rejected: object) -> Promise:
    return _promise(this).then(on_fulfilled, on_rejected)


def _catch(this: object, on_rejected: object) -> Any:
    return call_method(this, "then", None, on_rejected)


def _finally(this: object, on_finally: object) -> Promise:
    return _promise(this).finally_(on_finally)


def _construct(realm: Any, executor: Any) -> Promise:
    if not is_function(executor):
        raise TypeError(f"Promise resolver {string_of(executor)} is not a function")
    return Promise(realm.promises, executor)


def _on(make: Callable[..., object]) -> Callable[..., object]:
    return lambda realm, value: make(realm.promises, value)


def _with_resolvers(realm: Any) -> Object:
    made = with_resolvers(realm.promises)
    return Object({"promise": made.promise, "resolve": made.resolve, "reject": made.reject})


def _try(realm: Any, callback: Any, *arguments: object) -> Promise:
    made = with_resolvers(realm.promises)
    try:
        made.resolve(callback(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it throws rejects the promise
        made.reject(from_exception(error))
    return made.promise


PROMISE: Final = ClassSpec(
    "Promise",
    OBJECT,
    methods={"catch": _catch, "finally": _finally, "then": _then},
    constants={Symbol.to_string_tag: "Promise"},
    statics={
        "all": _on(promise_all),
        "allSettled": _on(promise_all_settled),
        "any": _on(promise_any),
        "race": _on(promise_race),
        "reject": _on(reject),
        "resolve": _on(resolve),
        "try": _try,
        "withResolvers": _with_resolvers,
    },
    construct=_construct,
)
register(PROMISE, Promise)
