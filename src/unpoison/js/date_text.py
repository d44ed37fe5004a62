"""Dates as text, to the letter of V8 with the locale en-US. ECMA-262 21.4.4.41, 21.4.1.32."""

from __future__ import annotations

from unpoison.js.date_math import MINUTE, Fields, fields_of
from unpoison.js.date_zone import offset_text, to_local, zone_name

INVALID = "Invalid Date"
WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def iso_text(time: int) -> str:
    """Give `2024-05-06T07:08:09.010Z`. 21.4.1.32."""
    at = fields_of(time)
    sign = "-" if at.year < 0 else "+"
    year = f"{at.year:04}" if 0 <= at.year <= 9999 else f"{sign}{abs(at.year):06}"
    clock = f"{at.hour:02}:{at.minute:02}:{at.second:02}.{at.millisecond:03}"
    return f"{year}-{at.month + 1:02}-{at.day:02}T{clock}Z"


def utc_text(time: int) -> str:
    """Give `Mon, 06 May 2024 07:08:09 GMT`. 21.4.4.43."""
    at = fields_of(time)
    day = f"{WEEKDAYS[at.weekday]}, {at.day:02} {MONTHS[at.month]} {_year(at)}"
    return f"{day} {at.hour:02}:{at.minute:02}:{at.second:02} GMT"


def date_text(time: int) -> str:
    """Give `Mon May 06 2024`, in local time. 21.4.4.41.2."""
    at = fields_of(to_local(time))
    return f"{WEEKDAYS[at.weekday]} {MONTHS[at.month]} {at.day:02} {_year(at)}"


def time_text(time: int) -> str:
    """Give `07:08:09 GMT+0200 (Central European Summer Time)`. 21.4.4.41.1, 21.4.4.41.3."""
    local = to_local(time)
    at = fields_of(local)
    offset = offset_text(int((local - time) / MINUTE))
    return f"{at.hour:02}:{at.minute:02}:{at.second:02} GMT{offset} ({zone_name(time)})"


def full_text(time: int) -> str:
    """Give what `String(date)` gives."""
    return f"{date_text(time)} {time_text(time)}"


def us_date(local: int) -> str:
    """Give `5/6/2024`; a year before Christ as people count it. ECMA-402."""
    at = fields_of(local)
    return f"{at.month + 1}/{at.day}/{at.year if at.year > 0 else 1 - at.year}"


def us_time(local: int) -> str:
    """Give `7:08:09 AM`. ECMA-402."""
    at = fields_of(local)
    half = "AM" if at.hour < 12 else "PM"
    return f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02} {half}"


def _year(at: Fields) -> str:
    return f"{'-' * (at.year < 0)}{abs(at.year):04}"
