"""structuredClone. HTML 2.7, "safe passing of structured data".

`clone_value` is a table by Python type: the file of a class that can be cloned registers how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import singledispatch
from typing import Any, Final

from unpoison import js
from unpoison.web.dom_exception import DOMException

STACK_OVERFLOW: Final = "Maximum call stack size exceeded"
ERROR_NAMES: Final = frozenset(js.ERROR_CLASSES) - {"AggregateError"}
"""The classes that an error keeps; any other becomes an Error. HTML 2.7.3, step 17."""


class Copies:
    """The copies of one clone by their originals; those of transferred objects come first."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, object]] = {}

    def find(self, original: object) -> object | None:
        """Give the copy of an object that was seen before."""
        found = self._made.get(id(original))
        return None if found is None else found[1]

    def note(self, original: object, copy: Any) -> Any:
        """Remember a copy before its contents are copied, so that cycles end; gives it."""
        self._made[id(original)] = (original, copy)  # the original must keep its id
        return copy

    def of(self, value: Any) -> Any:
        """Give the copy of any value. Raises DOMException "DataCloneError"."""
        if not js.is_reference(value):
            if js.is_symbol(value):
                raise data_clone_error(js.string_of(value))
            return value
        found = self.find(value)
        return clone_value(value, self) if found is None else found


def structured_clone(value: object, transfer: Sequence[Any] = ()) -> Any:
    """Give a deep copy of a value: cycles, Maps, Sets, errors, buffers included.

    What is in `transfer` is moved, not copied: a buffer is detached. Raises DOMException
    "DataCloneError" for what cannot be copied (functions, symbols, objects of the platform).
    """
    copies = Copies()
    moves = []
    for each in _checked(transfer):
        copy, finish = start_move(each)
        copies.note(each, copy)
        moves.append(finish)
    try:
        copied = copies.of(value)
    except RecursionError:
        raise js.RangeError(STACK_OVERFLOW) from None
    for finish in moves:
        finish()
    return copied


def _checked(transfer: Sequence[Any]) -> Sequence[Any]:
    for index, each in enumerate(transfer):
        if not js.is_reference(each):
            raise js.TypeError("Found invalid object in transferList")
        if any(each is other for other in transfer[:index]):
            raise data_clone_error("A value occurs in the transfer list twice", "")
    return transfer


def data_clone_error(what: str, tail: str = " could not be cloned.") -> DOMException:
    """Make the error for what cannot be cloned."""
    return DOMException(f"{what}{tail}", "DataCloneError")


@singledispatch
def start_move(value: Any) -> tuple[object, Callable[[], object]]:
    """Begin to transfer an object: give the empty copy, and what moves the contents into it.

    A table by Python type, as `clone_value`. Raises DOMException "DataCloneError" for an object
    that cannot be transferred.
    """
    raise data_clone_error("Value not transferable", "")


@singledispatch
def clone_value(value: Any, copies: Copies) -> Any:
    """Copy one object of a type; the contents by `copies.of`."""
    if js.is_function(value):
        raise data_clone_error(js.string_of(value))
    raise data_clone_error(f"#<{_class_name(value)}>")


def _class_name(value: object) -> str:
    return js.spec_of(value).name if isinstance(value, js.JsObject) else type(value).__name__


@clone_value.register(Mapping)
def _(value: Mapping[Any, Any], copies: Copies) -> js.Object:
    made = copies.note(value, js.Object())
    for key in js.own_keys(value):
        if isinstance(key, str):
            made[key] = copies.of(js.get(value, key))
    return made  # type: ignore[no-any-return]


@clone_value.register(list)
@clone_value.register(tuple)
def _(value: Any, copies: Copies) -> js.Array:
    made = copies.note(value, js.Array([None] * len(value)))
    for key in js.own_keys(value):
        if isinstance(key, str):
            js.set_property(made, key, copies.of(js.get(value, key)))
    return made  # type: ignore[no-any-return]


@clone_value.register(js.Map)
def _(value: js.Map, copies: Copies) -> js.Map:
    made: js.Map = copies.note(value, js.Map())
    for key, item in list(value.items()):
        made[copies.of(key)] = copies.of(item)
    return made


@clone_value.register(AbstractSet)
def _(value: AbstractSet[Any], copies: Copies) -> js.Set:
    made: js.Set = copies.note(value, js.Set())
    for item in list(value):
        made.add(copies.of(item))
    return made


@clone_value.register(js.Wrapper)
def _(value: js.Wrapper, copies: Copies) -> js.Wrapper:
    if js.is_symbol(value.value):
        raise data_clone_error("Object")
    made: js.Wrapper = copies.note(value, type(value)(value.value))
    return made


@clone_value.register(BaseException)
def _(value: BaseException, copies: Copies) -> js.Error:
    name = js.error_name(value)
    kind = js.ERROR_CLASSES[name] if name in ERROR_NAMES else js.Error
    made: js.Error = copies.note(value, kind(js.error_message(value)))
    cause = js.error_cause(value)
    if cause is not None:
        made.cause = copies.of(cause)
    made.stack = js.error_stack(value)
    return made


@clone_value.register(DOMException)
def _(value: DOMException, copies: Copies) -> DOMException:
    made: DOMException = copies.note(value, DOMException(value.message, value.name))
    return made
