"""The class Iterator, and those of the iterators of the standard. ECMA-262 27.1.

The helpers (`map`, `take`, ...) are in `iterator_helpers.py`, generators in `generator_class.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Final

from unpoison.js.classes import ClassSpec, register, register_by, spec_of
from unpoison.js.exceptions import TypeError  # noqa: A004 - JavaScript's
from unpoison.js.functions import invoke
from unpoison.js.iteration import iterate, iterate_with, iterator_of
from unpoison.js.iterator_helpers import HELPERS
from unpoison.js.iterators import IteratorHelper, WrappedIterator
from unpoison.js.iterators import JsIterator as JsIterator
from unpoison.js.iterators import result as result
from unpoison.js.lookup import explicit_prototype
from unpoison.js.members import INHERITED
from unpoison.js.object_class import OBJECT
from unpoison.js.property import get
from unpoison.js.refusals import refuse_call
from unpoison.js.shown import callee_text, shown
from unpoison.js.values import Symbol, is_function, is_nullish, is_reference


def is_iterator(realm: Any, value: object) -> bool:
    """Tell whether a value inherits from Iterator.prototype."""
    while is_reference(value):
        parent = explicit_prototype(value)
        if parent is INHERITED:
            return spec_of(value).is_or_extends(ITERATOR)
        if parent is realm.prototype(ITERATOR):
            return True
        value = parent
    return False


def _from(realm: Any, value: Any) -> object:
    if not is_reference(value) and not isinstance(value, str):
        raise TypeError("Iterator.from called on non-object")
    if isinstance(value, str):
        return JsIterator(iterate(value), STRING_ITERATOR)
    method: Any = realm.get(value, Symbol.iterator)
    iterator = value if is_nullish(method) else iterator_of(value, method)
    return iterator if is_iterator(realm, iterator) else WrappedIterator(iterator)


def _concat(realm: Any, *items: Any) -> IteratorHelper:
    methods = [_iterator_method(each) for each in items]

    def steps() -> Generator[Any, None, None]:
        for each, method in zip(items, methods, strict=True):
            yield from iterate_with(each, method)

    return IteratorHelper(iter(()), steps())


def _iterator_method(value: Any) -> Any:
    method = get(value, Symbol.iterator) if is_reference(value) else None
    if not is_function(method):
        raise TypeError(f"{callee_text(value)} is not iterable")
    return method


def _refuse(realm: Any) -> Any:
    raise TypeError("Abstract class Iterator not directly constructable")


ITERATOR: Final = ClassSpec(
    "Iterator",
    OBJECT,
    methods=HELPERS,
    constants={Symbol.to_string_tag: "Iterator"},
    call=refuse_call("Iterator"),
    statics={"concat": _concat, "from": _from},
    construct=_refuse,
    # The prototype of each kind of iterator has it; Iterator.prototype has not.
    instance_names=("next",),
    length=0,
)


def iterator_class(tag: str) -> ClassSpec:
    """Make the class of the iterators of one kind, such as "Array Iterator"."""
    return ClassSpec(
        tag,
        ITERATOR,
        methods={"next": _next},
        constants={Symbol.to_string_tag: tag},
        has_constructor=False,
    )


def _next(this: object) -> object:
    for value in _iterator(this, "next"):
        return result(value, done=False)
    return result(None, done=True)


def _return(this: object) -> object:
    _iterator(this, "return").close()
    return result(None, done=True)


def _iterator(this: object, name: str) -> Any:
    if not isinstance(this, Iterator):
        raise TypeError(f"{name} method called on incompatible receiver {shown(this)}")
    return this


def _wrapped(this: object, name: str) -> WrappedIterator:
    if not isinstance(this, WrappedIterator):
        raise TypeError(f"{name} method called on incompatible receiver {shown(this)}")
    return this


def _wrapped_next(this: object) -> object:
    return _wrapped(this, "next").step()


def _wrapped_return(this: object) -> object:
    iterator = _wrapped(this, "return").iterator
    method = get(iterator, "return")
    return result(None, done=True) if is_nullish(method) else invoke(method, iterator)


PLAIN_ITERATOR: Final = iterator_class("Iterator")
"""The class of the host's iterators, and of those that have no class of their own."""
ARRAY_ITERATOR: Final = iterator_class("Array Iterator")
MAP_ITERATOR: Final = iterator_class("Map Iterator")
SET_ITERATOR: Final = iterator_class("Set Iterator")
STRING_ITERATOR: Final = iterator_class("String Iterator")
ITERATOR_HELPER: Final = ClassSpec(
    "Iterator Helper",
    ITERATOR,
    methods={"next": _next, "return": _return},
    constants={Symbol.to_string_tag: "Iterator Helper"},
    has_constructor=False,
)
WRAPPED_ITERATOR: Final = ClassSpec(
    "Iterator",
    ITERATOR,
    methods={"next": _wrapped_next, "return": _wrapped_return},
    has_constructor=False,
)
register(ITERATOR_HELPER, IteratorHelper)
register(WRAPPED_ITERATOR, WrappedIterator)
register_by(JsIterator, lambda value: value.spec or PLAIN_ITERATOR)
