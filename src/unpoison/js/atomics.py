"""The namespace Atomics. There is one agent here: nothing can happen between two of its steps.

`wait` is refused, as on the main thread of a browser: nobody else could wake it. ECMA-262 25.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from unpoison.js.array_buffers import SharedArrayBuffer
from unpoison.js.bigint_class import bigint_of
from unpoison.js.classes import ClassSpec, Static
from unpoison.js.conversions import to_number
from unpoison.js.element_arrays import ElementArray
from unpoison.js.element_types import BIGINT64, INT32, UINT8_CLAMPED
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.host import Handle
from unpoison.js.integers import to_index, to_integer
from unpoison.js.object_class import OBJECT
from unpoison.js.objects import Object
from unpoison.js.promise import Resolver, with_resolvers
from unpoison.js.shown import shown as shown_text
from unpoison.js.typed_array_making import shown
from unpoison.js.values import Symbol

_WAITABLE: Final = (INT32, BIGINT64)


@dataclass(eq=False)
class Waiter:
    """One `waitAsync` that was not woken yet."""

    place: int
    resolve: Resolver
    timer: Handle | None = None


def _integer_array(value: object, *, waitable: bool = False) -> ElementArray:
    given = shown(value)
    if waitable:
        if given is None or given.element not in _WAITABLE:
            raise TypeError(f"{shown_text(value)} is not an int32 or BigInt64 typed array.")
    elif given is None or given.element.code in "efd" or given.element is UINT8_CLAMPED:
        raise TypeError(f"{shown_text(value)} is not an integer typed array.")
    return given


def _place(given: ElementArray, index: object, method: str) -> int:
    count = given.need(f"Atomics.{method}")
    place = to_index(index, "Invalid atomic access index")
    if place >= count:
        raise RangeError("Invalid atomic access index")
    return place


def _operation(
    method: str, change: Callable[[Any, Any], Any], realm: Any, array: Any, index: Any, value: Any
) -> Any:
    """Replace an element by what a function makes of it, and give the old one."""
    given = _integer_array(array)
    place = _place(given, index, method)
    operand = given.element.convert(value)
    given.need(f"Atomics.{method}")
    old = given.element_at(place)
    number = change(int(old), operand)
    given.write(place, given.element.pack(_wrapped(given, number)))
    return old


def _wrapped(given: ElementArray, number: int) -> int:
    bits = 8 * given.element.size
    number &= (1 << bits) - 1
    signed = given.element.code.islower()
    return number - (1 << bits) if signed and number >> (bits - 1) else number


def _compare_exchange(realm: Any, array: Any, index: Any, expected: Any, replacement: Any) -> Any:
    given = _integer_array(array)
    place = _place(given, index, "compareExchange")
    want, number = given.element.convert(expected), given.element.convert(replacement)
    given.need("Atomics.compareExchange")
    old = given.element_at(place)
    if old == want:
        given.write(place, given.element.pack(number))
    return old


def _load(realm: Any, array: Any, index: Any) -> Any:
    given = _integer_array(array)
    place = _place(given, index, "load")
    given.need("Atomics.load")
    return given.element_at(place)


def _store(realm: Any, array: Any, index: Any, value: Any) -> Any:
    given = _integer_array(array)
    place = _place(given, index, "store")
    kept = bigint_of(value) if given.element.is_bigint else to_integer(value)
    given.need("Atomics.store")
    given.write(place, given.element.pack(given.element.convert(kept)))
    return kept


def _is_lock_free(realm: Any, size: object) -> bool:
    return to_integer(size) in (1, 2, 4, 8)


def _pause(realm: Any, count: Any = None) -> None:
    if count is not None and (not isinstance(count, int) or isinstance(count, bool)):
        raise TypeError("Atomics.pause argument must be undefined or an integer")


def _waiting_place(array: object, index: object, method: str) -> tuple[ElementArray, int]:
    given = _integer_array(array, waitable=True)
    if not isinstance(given._buffer, SharedArrayBuffer):
        raise TypeError(f"{shown_text(array)} is not a shared typed array.")
    return given, _place(given, index, method)


def _timeout(value: object) -> float:
    number = to_number(value)
    return math.inf if number != number else max(number, 0.0)


def _wait(realm: Any, array: object, index: object, value: object, timeout: object) -> Any:
    given, _ = _waiting_place(array, index, "wait")
    given.element.convert(value)
    _timeout(timeout)
    raise TypeError("Atomics.wait cannot be called in this context")


def _wait_async(realm: Any, array: object, index: object, value: object, timeout: object) -> Object:
    """Be `Atomics.waitAsync`: the promise is settled by `notify`, or by a timer of the host."""
    given, place = _waiting_place(array, index, "waitAsync")
    expected = given.element.convert(value)
    milliseconds = _timeout(timeout)
    if given.read(place, place + 1)[0] != expected:
        return Object({"async": False, "value": "not-equal"})
    if milliseconds == 0:
        return Object({"async": False, "value": "timed-out"})
    made = with_resolvers(realm.promises)
    shared: Any = given._buffer
    waiter = Waiter(given._offset + place * given.element.size, made.resolve)
    shared.waiters.append(waiter)
    _start_timer(realm, shared, waiter, milliseconds)
    return Object({"async": True, "value": made.promise})


def _start_timer(realm: Any, shared: Any, waiter: Waiter, milliseconds: float) -> None:
    if math.isinf(milliseconds):
        return
    host = realm.promises.host
    if host is None:
        shared.waiters.remove(waiter)
        raise TypeError("Atomics.waitAsync with a timeout needs a host with timers")

    def expire() -> None:
        if waiter in shared.waiters:
            shared.waiters.remove(waiter)
            waiter.resolve("timed-out")

    waiter.timer = host.call_later(milliseconds / 1000, expire)


def _notify(realm: Any, array: object, index: object, count: object) -> int:
    """Wake the waiters of a place, the oldest first; gives how many."""
    given = _integer_array(array, waitable=True)
    place = _place(given, index, "notify")
    most = math.inf if count is None else max(to_integer(count), 0)
    shared = given._buffer
    if not isinstance(shared, SharedArrayBuffer):
        return 0
    offset = given._offset + place * given.element.size
    woken = [each for each in shared.waiters if each.place == offset]
    woken = woken[: int(min(most, len(woken)))]
    for waiter in woken:
        shared.waiters.remove(waiter)
        if waiter.timer is not None:
            waiter.timer.cancel()
        waiter.resolve("ok")
    return len(woken)


OPERATIONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": lambda old, value: old + value,
    "and": lambda old, value: old & value,
    "exchange": lambda old, value: value,
    "or": lambda old, value: old | value,
    "sub": lambda old, value: old - value,
    "xor": lambda old, value: old ^ value,
}

ATOMICS: Final = ClassSpec(
    "Atomics",
    OBJECT,
    statics={
        **{name: partial(_operation, name, change) for name, change in OPERATIONS.items()},
        "compareExchange": _compare_exchange,
        "isLockFree": _is_lock_free,
        "load": _load,
        "notify": _notify,
        "pause": Static(_pause, 0),
        "store": _store,
        "wait": _wait,
        "waitAsync": _wait_async,
        Symbol.to_string_tag: "Atomics",
    },
    is_namespace=True,
)
