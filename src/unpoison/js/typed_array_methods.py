"""The methods of typed arrays, a host's buffers included. ECMA-262 23.2.3."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from unpoison.js.array_buffers import detached_error
from unpoison.js.attributes import MISSING
from unpoison.js.callbacks import callback as callback_of
from unpoison.js.classes import Method
from unpoison.js.conversions import to_number, to_string
from unpoison.js.element_arrays import ElementArray
from unpoison.js.element_types import UINT8
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.integers import relative, to_integer, to_length
from unpoison.js.iterator_class import ARRAY_ITERATOR, JsIterator
from unpoison.js.numbers import is_negative_zero
from unpoison.js.objects import Array
from unpoison.js.property import call_method, get
from unpoison.js.shown import shown as shown_text
from unpoison.js.typed_array_making import MIXED, converted_bytes, shown
from unpoison.js.values import is_falsy, is_function, is_nullish, same_value_zero, strict_equal

_PROTOTYPE: Final = "%TypedArray%.prototype."
_NAMED: Final = frozenset(
    {"at", "join", "slice", "sort", "subarray", "toLocaleString", "toReversed", "toSorted"}
)
"""The methods whose errors name them in V8."""


def typed(this: object, method: str) -> tuple[ElementArray, int]:
    """Give a method's typed array and its length. Raises js.TypeError for another value, and
    when its buffer is detached."""
    given = receiver_of(this, method)
    return given, given.need(_PROTOTYPE + method)


def receiver_of(this: object, method: str) -> ElementArray:
    """Give a method's typed array. Raises js.TypeError, in V8's words, for another value."""
    given = shown(this)
    if given is not None:
        return given
    if method in _NAMED:
        name = _PROTOTYPE + method
        raise TypeError(f"Method {name} called on incompatible receiver {shown_text(this)}")
    raise TypeError("this is not a typed array.")


def at(this: object, index: object) -> Any:
    """Give the element at an index that may count from the end."""
    given, count = typed(this, "at")
    place = to_integer(index)
    place = place + count if place < 0 else place
    return _value(given, int(place)) if 0 <= place < count else None


def _value(given: ElementArray, index: int) -> Any:
    found = given.element_at(index)
    return None if found is MISSING else found


def copy_within(this: object, target: object, start: object, end: object = None) -> object:
    """Copy a part of the array to another place of it."""
    given, count = typed(this, "copyWithin")
    to, first, last = (
        relative(target, count),
        relative(start, count),
        relative(end, count, count),
    )
    length = min(last - first, count - to)
    now = given.need(_PROTOTYPE + "copyWithin")
    if length > 0:
        given.write(to, given.read_bytes(first, min(first + length, now)))
    return this


def fill(this: object, value: object, start: object = None, end: object = None) -> object:
    """Set all elements of a part to a value."""
    given, count = typed(this, "fill")
    number = given.element.convert(value)
    first, last = relative(start, count), relative(end, count, count)
    now = given.need(_PROTOTYPE + "fill")
    last = min(last, now)
    if first < last:
        given.write(first, given.element.pack(number) * (last - first))
    return this


def set_(this: object, source: Any, offset: object = None) -> None:
    """Copy an array's elements into this one. Raises js.RangeError when they do not fit."""
    given = this if isinstance(this, ElementArray) else receiver_of(this, "set")
    start = 0 if offset is None else to_integer(offset)
    if start < 0:
        raise RangeError("offset is out of bounds")
    count = given.need(_PROTOTYPE + "set")
    if type(source) is bytes and given.element is UINT8 and start + len(source) <= count:
        # No object that shows them is needed, and they fit.
        given._buffer.write(given._offset + int(start), source)
        return
    other = shown(source)
    if other is None:
        _set_values(given, source, start)
        return
    length = other.need(_PROTOTYPE + "set")
    if other.element.is_bigint != given.element.is_bigint:
        raise TypeError(MIXED)
    if length + start > count:
        raise RangeError("offset is out of bounds")
    given.write(int(start), converted_bytes(type(given), other))


def _set_values(given: ElementArray, source: Any, start: float) -> None:
    if is_nullish(source):
        raise TypeError("Cannot convert undefined or null to object")
    length = to_length(get(source, "length"))
    if length + start > (given.count() or 0):
        raise RangeError("offset is out of bounds")
    for index in range(length):
        given.store(int(start) + index, get(source, index))


def slice_(this: object, start: object, end: object) -> ElementArray:
    """Copy a part into a new array."""
    given, count = typed(this, "slice")
    first, last = relative(start, count), relative(end, count, count)
    made = type(given).of_data(bytes(max(0, last - first) * given.element.size))
    if first < last:
        now = given.need(_PROTOTYPE + "slice")
        made.write(0, given.read_bytes(first, min(last, now)))
    return made


def subarray(this: object, start: object, end: object) -> ElementArray:
    """Show a part of the same bytes."""
    given = receiver_of(this, "subarray")
    count = given.count() or 0
    first, last = relative(start, count), relative(end, count, count)
    offset = given._offset + first * given.element.size
    if given._fixed is None and end is None:
        return type(given).on(given._buffer, offset, None)
    if given._buffer.detached:
        raise detached_error("Construct", given._buffer, view=False)
    return type(given).on(given._buffer, offset, max(0, last - first))


def reverse(this: object) -> object:
    """Turn the order of the elements round."""
    given, _ = typed(this, "reverse")
    given.write(0, given.element.pack(*reversed(given.read())))
    return this


def to_reversed(this: object) -> ElementArray:
    """Give a copy in the opposite order."""
    given, _ = typed(this, "toReversed")
    return type(given).of_numbers(reversed(given.read()))


def sort(this: object, comparator: Any) -> object:
    """Sort the elements, as numbers unless there is a comparator."""
    _check_comparator(comparator)
    given, _ = typed(this, "sort")
    given.write(0, given.element.pack(*_sorted(given, comparator)))
    return this


def to_sorted(this: object, comparator: Any) -> ElementArray:
    """Give a sorted copy."""
    _check_comparator(comparator)
    given, _ = typed(this, "toSorted")
    return type(given).of_numbers(_sorted(given, comparator))


def _check_comparator(comparator: Any) -> None:
    if comparator is not None and not is_function(comparator):
        raise TypeError(
            "The comparison function must be either a function or undefined: "
            f"{shown_text(comparator)}"
        )


def _sorted(given: ElementArray, comparator: Any) -> list[Any]:
    numbers = given.read()
    if comparator is None:
        return sorted(numbers, key=_order)
    lift, run = given.element.lift, callback_of(comparator)

    def compare(left: Any, right: Any) -> float:
        order = to_number(run(lift(left), lift(right)))
        return 0 if order != order else order

    return sorted(numbers, key=functools.cmp_to_key(compare))  # type: ignore[arg-type]


def _order(number: float) -> tuple[bool, float, bool]:
    is_nan = number != number
    return is_nan, 0 if is_nan else number, not is_nan and not is_negative_zero(number)


def with_(this: object, index: object, value: object) -> ElementArray:
    """Give a copy with one element replaced; js.RangeError when there is no such element."""
    given, count = typed(this, "with")
    place = to_integer(index)
    place = place + count if place < 0 else place
    number = given.element.convert(value)
    if not 0 <= place < (given.count() or 0):
        raise RangeError("Invalid typed array index")
    numbers = list(given.read(0, count))
    numbers += [0] * (count - len(numbers))
    numbers[int(place)] = number
    return type(given).of_numbers(numbers)


def includes(this: object, value: object, start: object = None) -> bool:
    """Tell whether an element is the same value; NaN is itself."""
    given, count = typed(this, "includes")
    first = relative(start, count)
    now = given.lifted()
    items: Iterable[Any] = [*now, *[None] * (count - len(now))]
    return any(same_value_zero(item, value) for item in list(items)[first:count])


def index_of(this: object, value: object, start: object = None) -> int:
    """Give the first index of an element, -1 for none."""
    given, count = typed(this, "indexOf")
    first = relative(start, count)
    for index, item in enumerate(given.lifted(first, count), first):
        if strict_equal(item, value):
            return index
    return -1


def last_index_of(this: object, value: object, *start: object) -> int:
    """Give the last index of an element, -1 for none."""
    given, count = typed(this, "lastIndexOf")
    place = to_integer(start[0]) if start else count - 1
    last = min(place, count - 1) if place >= 0 else place + count
    items = given.lifted()
    for index in range(int(max(last, -1)), -1, -1):
        if index < len(items) and strict_equal(items[index], value):
            return index
    return -1


def join(this: object, separator: object) -> str:
    """Give the texts of all elements with a separator between them."""
    given, count = typed(this, "join")
    between = "," if separator is None else to_string(separator)
    texts = [to_string(item) for item in given.lifted()]
    return between.join([*texts, *[""] * (count - len(texts))])


def to_locale_string(this: object, locales: object = None, options: object = None) -> str:
    """Give the texts of all elements in a language, by each element's `toLocaleString`."""
    given, _ = typed(this, "toLocaleString")
    texts = [call_method(item, "toLocaleString", locales, options) for item in given.lifted()]
    return ",".join(map(to_string, texts))


# --- with a callback: (element, index, array) ---


def _callback(function: Any, receiver: object = None) -> Callable[..., Any]:
    if not is_function(function):
        raise TypeError(f"{shown_text(function)} is not a function")
    return callback_of(function, receiver)


def _visit(
    this: object, method: str, callback: Any, receiver: object, *, backwards: bool = False
) -> Iterator[tuple[int, Any, Any]]:
    """Give index, element and what the callback answers; each is read when its turn comes."""
    given, count = typed(this, method)
    run = _callback(callback, receiver)
    for index in reversed(range(count)) if backwards else range(count):
        item = _value(given, index)
        yield index, item, run(item, index, this)


def for_each(this: object, callback: Any, receiver: object = None) -> None:
    """Call a function with each element."""
    for _ in _visit(this, "forEach", callback, receiver):
        pass


def every(this: object, callback: Any, receiver: object = None) -> bool:
    """Tell whether a test holds for all."""
    return all(not is_falsy(answer) for *_, answer in _visit(this, "every", callback, receiver))


def some(this: object, callback: Any, receiver: object = None) -> bool:
    """Tell whether a test holds for one."""
    return any(not is_falsy(answer) for *_, answer in _visit(this, "some", callback, receiver))


def _found(
    this: object, method: str, callback: Any, receiver: object, *, backwards: bool = False
) -> tuple[int, Any]:
    for index, item, answer in _visit(this, method, callback, receiver, backwards=backwards):
        if not is_falsy(answer):
            return index, item
    return -1, None


def find(this: object, callback: Any, receiver: object = None) -> Any:
    """Give the first element for which a test holds."""
    return _found(this, "find", callback, receiver)[1]


def find_index(this: object, callback: Any, receiver: object = None) -> int:
    """Give the index of the first element for which a test holds, -1 for none."""
    return _found(this, "findIndex", callback, receiver)[0]


def find_last(this: object, callback: Any, receiver: object = None) -> Any:
    """Give the last element for which a test holds."""
    return _found(this, "findLast", callback, receiver, backwards=True)[1]


def find_last_index(this: object, callback: Any, receiver: object = None) -> int:
    """Give the index of the last element for which a test holds, -1 for none."""
    return _found(this, "findLastIndex", callback, receiver, backwards=True)[0]


def map_(this: object, callback: Any, receiver: object = None) -> ElementArray:
    """Make an array of the same class of what a function gives for each element."""
    given, _ = typed(this, "map")
    convert = given.element.convert
    answers = [convert(answer) for *_, answer in _visit(this, "map", callback, receiver)]
    return type(given).of_numbers(answers)


def filter_(this: object, callback: Any, receiver: object = None) -> ElementArray:
    """Make an array of the same class of the elements for which a test holds."""
    given, _ = typed(this, "filter")
    visited = _visit(this, "filter", callback, receiver)
    kept = [item for _, item, answer in visited if not is_falsy(answer)]
    return type(given).of_numbers(map(given.element.convert, kept))


def _reduce(
    this: object, method: str, callback: Any, initial: tuple[object, ...], *, backwards: bool
) -> Any:
    given, count = typed(this, method)
    run = _callback(callback)
    indices = list(reversed(range(count)) if backwards else range(count))
    if initial:
        result: Any = initial[0]
    elif indices:
        result = _value(given, indices.pop(0))
    else:
        raise TypeError("Reduce of empty array with no initial value")
    for index in indices:
        result = run(result, _value(given, index), index, this)
    return result


def reduce(this: object, callback: Any, *initial: object) -> Any:
    """Combine all elements from the first on."""
    return _reduce(this, "reduce", callback, initial, backwards=False)


def reduce_right(this: object, callback: Any, *initial: object) -> Any:
    """Combine all elements from the last on."""
    return _reduce(this, "reduceRight", callback, initial, backwards=True)


# --- iterators ---


def _indices(given: ElementArray, method: str) -> Iterator[int]:
    index = 0
    while index < given.need(_PROTOTYPE + method):
        yield index
        index += 1


def keys(this: object) -> JsIterator:
    """Iterate over the indices."""
    return JsIterator(_indices(typed(this, "keys")[0], "keys"), ARRAY_ITERATOR)


def values(this: object) -> JsIterator:
    """Iterate over the elements."""
    given, _ = typed(this, "values")
    return JsIterator((_value(given, index) for index in _indices(given, "values")), ARRAY_ITERATOR)


def entries(this: object) -> JsIterator:
    """Iterate over pairs of index and element."""
    given, _ = typed(this, "entries")
    pairs = (Array((index, _value(given, index))) for index in _indices(given, "entries"))
    return JsIterator(pairs, ARRAY_ITERATOR)


# --- accessors ---


def buffer(this: object) -> Any:
    """Give the buffer that it shows."""
    return _any_typed(this, "%TypedArray%.prototype.buffer")._buffer


def byte_length(this: object) -> int:
    """Give the number of bytes."""
    given = _any_typed(this, "TypedArray.prototype.byteLength")
    return (given.count() or 0) * given.element.size


def byte_offset(this: object) -> int:
    """Give the place of the first byte in the buffer."""
    given = _any_typed(this, "TypedArray.prototype.byteOffset")
    return 0 if given.count() is None else given._offset


def length(this: object) -> int:
    """Give the number of elements."""
    return _any_typed(this, "TypedArray.prototype.length").count() or 0


def tag(this: object) -> str | None:
    """Give the name of the class."""
    given = shown(this)
    return None if given is None else f"{given.element.name}Array"


def _any_typed(this: object, name: str) -> ElementArray:
    given = shown(this)
    if given is None:
        raise TypeError(f"Method get {name} called on incompatible receiver {shown_text(this)}")
    return given


VALUES: Final = Method("values", values)
"""It is also `[Symbol.iterator]`."""

METHODS: Final = {
    "at": at,
    "copyWithin": copy_within,
    "entries": entries,
    "every": every,
    "fill": fill,
    "filter": filter_,
    "find": find,
    "findIndex": find_index,
    "findLast": find_last,
    "findLastIndex": find_last_index,
    "forEach": for_each,
    "includes": includes,
    "indexOf": index_of,
    "join": join,
    "keys": keys,
    "lastIndexOf": last_index_of,
    "map": map_,
    "reduce": reduce,
    "reduceRight": reduce_right,
    "reverse": reverse,
    "set": set_,
    "slice": slice_,
    "some": some,
    "sort": sort,
    "subarray": subarray,
    "toLocaleString": to_locale_string,
    "toReversed": to_reversed,
    "toSorted": to_sorted,
    "values": VALUES,
    "with": with_,
}
GETTERS: Final = {
    "buffer": buffer,
    "byteLength": byte_length,
    "byteOffset": byte_offset,
    "length": length,
}
