"""The class Date. ECMA-262 21.4.2 to 21.4.4, B.2.3.

`toLocaleString` and its kin speak en-US, in local time or UTC; what needs the tables of Intl is
refused with a js.RangeError that names it.
"""

from __future__ import annotations

import time as wall_time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from unpoison.js.classes import ClassSpec, Method, PropertyKey, Static, register
from unpoison.js.conversions import to_number, to_primitive, to_string
from unpoison.js.date_math import (
    MINUTE,
    Fields,
    fields_of,
    full_year,
    make_date,
    make_day,
    make_time,
    time_clip,
)
from unpoison.js.date_object import Date, as_number, changed, time_of
from unpoison.js.date_text import (
    INVALID,
    date_text,
    full_text,
    iso_text,
    time_text,
    us_date,
    us_time,
    utc_text,
)
from unpoison.js.date_zone import to_local, to_utc
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.object_class import OBJECT
from unpoison.js.property import call_method, get, own_keys
from unpoison.js.shown import shown
from unpoison.js.values import Symbol, is_nullish, is_number, is_reference, null

PARTS: Final = {
    "Date": "day",
    "Day": "weekday",
    "FullYear": "year",
    "Hours": "hour",
    "Milliseconds": "millisecond",
    "Minutes": "minute",
    "Month": "month",
    "Seconds": "second",
}
"""The part of a date that `get...` and `getUTC...` read, by the rest of the name."""
SETTERS: Final = {
    "Date": ("day",),
    "FullYear": ("year", "month", "day"),
    "Hours": ("hour", "minute", "second", "millisecond"),
    "Milliseconds": ("millisecond",),
    "Minutes": ("minute", "second", "millisecond"),
    "Month": ("month", "day"),
    "Seconds": ("second", "millisecond"),
}
"""The parts that the arguments of `set...` and `setUTC...` are; all but the first may miss."""
LOCALES: Final = ("en", "en-US")


class Clock:
    """What a realm knows of the time: `now` gives seconds since 1970."""

    def __init__(self, realm: Any) -> None:
        host = realm.promises.host
        self.now: Callable[[], float] = wall_time.time if host is None else host.wall_time


def _now(realm: Any) -> int:
    return int(realm.part(Clock).now() * 1000 // 1)


def _getter(part: str, *, utc: bool) -> Callable[[object], int | float]:
    def read(this: object) -> int | float:
        time = time_of(this)
        if time is None:
            return float("nan")
        return getattr(fields_of(time if utc else to_local(time)), part)  # type: ignore[no-any-return]

    return read


def _setter(parts: tuple[str, ...], *, utc: bool) -> Callable[..., int | float]:
    def write(this: object, *values: object) -> int | float:
        time = time_of(this)
        numbers = [to_number(value) for value in (*values, *[None] * (not values))[: len(parts)]]
        if time is None and parts[0] != "year":
            return float("nan")
        at = fields_of((time if utc else to_local(time)) if time is not None else 0)
        made = _assembled({**_as_dict(at), **dict(zip(parts, numbers, strict=False))})
        return changed(this, made if made is None or utc else _to_utc(made))

    return write


def _as_dict(at: Fields) -> dict[str, float]:
    return {part: getattr(at, part) for part in PARTS.values()}


def _assembled(parts: dict[str, float]) -> int | None:
    clock = make_time(*(parts[name] for name in ("hour", "minute", "second", "millisecond")))
    return make_date(make_day(parts["year"], parts["month"], parts["day"]), clock)


def _to_utc(local: int) -> int | None:
    # Beyond the range no zone is known; a day more or less does not matter there.
    return None if abs(local) > 9 * 10**15 else to_utc(local)


def _set_time(this: object, value: object) -> int | float:
    time_of(this)
    return changed(this, to_number(value))


def _timezone_offset(this: object) -> int | float:
    time = time_of(this)
    return float("nan") if time is None else int((time - to_local(time)) / MINUTE)


def _get_year(this: object) -> int | float:
    time = time_of(this)
    return float("nan") if time is None else fields_of(to_local(time)).year - 1900


def _set_year(this: object, value: object) -> int | float:
    time = time_of(this)
    year = to_number(value)
    if year != year:
        return changed(this, None)
    at = fields_of(0 if time is None else to_local(time))
    made = _assembled({**_as_dict(at), "year": full_year(year)})
    return changed(this, None if made is None else _to_utc(made))


def _text(form: Callable[[int], str]) -> Callable[[object], str]:
    def write(this: object) -> str:
        time = time_of(this)
        return INVALID if time is None else form(time)

    return write


def _to_iso_string(this: object) -> str:
    time = time_of(this)
    if time is None:
        raise RangeError("Invalid time value")
    return iso_text(time)


def _to_json(this: object, key: object) -> Any:
    primitive: Any = to_primitive(this, "number")
    if is_number(primitive) and not abs(primitive) < float("inf"):
        return null
    return call_method(this, "toISOString")


def _to_primitive(this: object, hint: object) -> object:
    if not is_reference(this):
        where = "Method Date.prototype [ @@toPrimitive ] called on incompatible receiver"
        raise TypeError(f"{where} {shown(this)}")
    if hint not in ("default", "number", "string"):
        raise TypeError(f"Invalid hint: {shown(hint)}")
    first = "valueOf" if hint == "number" else "toString"
    for name in (first, "valueOf" if first == "toString" else "toString"):
        method = get(this, name)
        if callable(method):
            result = call_method(this, name)
            if not is_reference(result):
                return result
    raise TypeError("Cannot convert object to primitive value")


def _locale_text(form: Callable[[int], str]) -> Callable[..., str]:
    def write(this: object, *options: object) -> str:
        time = time_of(this)
        is_utc = _checked_options(*(*options, None, None)[:2])
        if time is None:
            return INVALID
        return form(time if is_utc else to_local(time))

    return write


def _checked_options(locales: object, options: object) -> bool:
    """Tell whether UTC is asked for. Raises js.RangeError for all that needs Intl."""
    if locales is not None and locales not in LOCALES:
        named = to_string(locales)
        raise RangeError(f"dates in the locale '{named}' are not supported (Intl.DateTimeFormat)")
    if is_nullish(options):
        return False
    asked = {name: get(options, name) for name in own_keys(options)}
    given = {name for name, value in asked.items() if value is not None}
    if given - {"timeZone"} or asked.get("timeZone") not in (None, "UTC"):
        names = ", ".join(sorted(map(str, given)))
        raise RangeError(f"the options {names} are not supported (Intl.DateTimeFormat)")
    return bool(given)


def _to_temporal_instant(this: object) -> object:
    time_of(this)
    raise TypeError("Temporal is not supported")


def _utc(realm: Any, *values: object) -> int | float:
    return as_number(time_clip(_from_parts(values)))


def _from_parts(values: tuple[object, ...]) -> int | None:
    """Give the time value of year, month, day, ...; a local one is made UTC by the caller."""
    numbers = [to_number(value) for value in (values or (None,))[:7]]
    numbers[0] = full_year(numbers[0])
    defaults = [0, 0, 1, 0, 0, 0, 0]
    filled = [*numbers, *defaults[len(numbers) :]]
    return make_date(make_day(*filled[:3]), make_time(*filled[3:]))


def _construct(realm: Any, *values: object) -> Date:
    if not values:
        return Date(_now(realm))
    if len(values) > 1:
        local = _from_parts(values)
        return Date(None if local is None else _to_utc(local))
    value = values[0]
    if isinstance(value, Date | datetime):
        return Date(time_of(value))
    primitive = to_primitive(value)
    if isinstance(primitive, str):
        return Date(parse_date(primitive))
    return Date(to_number(primitive))


def parse_date(text: str) -> int | None:
    """See date_parsing.py, which a guest that reads no date needs not."""
    from unpoison.js import date_parsing

    return date_parsing.parse_date(text)


def _methods() -> dict[PropertyKey, Any]:
    found: dict[PropertyKey, Any] = {}
    for zone, utc in (("", False), ("UTC", True)):
        for name, part in PARTS.items():
            found[f"get{zone}{name}"] = _getter(part, utc=utc)
        for name, parts in SETTERS.items():
            found[f"set{zone}{name}"] = Method("", _setter(parts, utc=utc), len(parts))
    return found


_TO_UTC_STRING: Final = Method("toUTCString", _text(utc_text))


def _us_full(local: int) -> str:
    return f"{us_date(local)}, {us_time(local)}"


DATE: Final = ClassSpec(
    "Date",
    OBJECT,
    methods={
        **_methods(),
        "getTime": lambda this: as_number(time_of(this)),
        "getTimezoneOffset": _timezone_offset,
        "getYear": _get_year,
        "setTime": _set_time,
        "setYear": _set_year,
        "toDateString": _text(date_text),
        "toGMTString": _TO_UTC_STRING,
        "toISOString": _to_iso_string,
        "toJSON": _to_json,
        "toLocaleDateString": _locale_text(us_date),
        "toLocaleString": _locale_text(_us_full),
        "toLocaleTimeString": _locale_text(us_time),
        "toString": _text(full_text),
        "toTemporalInstant": _to_temporal_instant,
        "toTimeString": _text(time_text),
        "toUTCString": _TO_UTC_STRING,
        "valueOf": lambda this: as_number(time_of(this)),
        Symbol.to_primitive: _to_primitive,
    },
    statics={
        "UTC": Static(_utc, 7),
        "now": _now,
        "parse": lambda realm, text: as_number(time_clip(parse_date(to_string(text)))),
    },
    call=lambda realm, *values: full_text(_now(realm)),
    construct=_construct,
    length=7,
    tag="Date",
)
register(DATE, Date, datetime)
