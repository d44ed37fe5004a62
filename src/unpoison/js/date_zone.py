"""The local time zone of the host: offsets and names. ECMA-262 21.4.1.19 to 21.4.1.26.

It is the zone of the process (`TZ`, else the system's), as the C library knows it.
"""

from __future__ import annotations

import time
from typing import Final

from unpoison.js.date_math import DAY, fields_of, make_date, make_day

LONG_NAMES: Final = {
    "ACDT+10:30": "Australian Central Daylight Time",
    "ACST+09:30": "Australian Central Standard Time",
    "ADT-03:00": "Atlantic Daylight Time",
    "AEDT+11:00": "Australian Eastern Daylight Time",
    "AEST+10:00": "Australian Eastern Standard Time",
    "AKDT-08:00": "Alaska Daylight Time",
    "AKST-09:00": "Alaska Standard Time",
    "AST-04:00": "Atlantic Standard Time",
    "AWST+08:00": "Australian Western Standard Time",
    "BST+01:00": "British Summer Time",
    "CAT+02:00": "Central Africa Time",
    "CDT-04:00": "Cuba Daylight Time",
    "CDT-05:00": "Central Daylight Time",
    "CEST+02:00": "Central European Summer Time",
    "CET+01:00": "Central European Standard Time",
    "CST+08:00": "China Standard Time",
    "CST-05:00": "Cuba Standard Time",
    "CST-06:00": "Central Standard Time",
    "ChST+10:00": "Chamorro Standard Time",
    "EAT+03:00": "East Africa Time",
    "EDT-04:00": "Eastern Daylight Time",
    "EEST+03:00": "Eastern European Summer Time",
    "EET+02:00": "Eastern European Standard Time",
    "EST-05:00": "Eastern Standard Time",
    "GMT+00:00": "Greenwich Mean Time",
    "HDT-09:00": "Hawaii-Aleutian Daylight Time",
    "HKT+08:00": "Hong Kong Standard Time",
    "HST-10:00": "Hawaii-Aleutian Standard Time",
    "IDT+03:00": "Israel Daylight Time",
    "IST+01:00": "Irish Standard Time",
    "IST+02:00": "Israel Standard Time",
    "IST+05:30": "India Standard Time",
    "JST+09:00": "Japan Standard Time",
    "KST+09:00": "Korean Standard Time",
    "MDT-06:00": "Mountain Daylight Time",
    "MSK+03:00": "Moscow Standard Time",
    "MST-07:00": "Mountain Standard Time",
    "NDT-02:30": "Newfoundland Daylight Time",
    "NST-03:30": "Newfoundland Standard Time",
    "NZDT+13:00": "New Zealand Daylight Time",
    "NZST+12:00": "New Zealand Standard Time",
    "PDT-07:00": "Pacific Daylight Time",
    "PKT+05:00": "Pakistan Standard Time",
    "PST+08:00": "Philippine Standard Time",
    "PST-08:00": "Pacific Standard Time",
    "SAST+02:00": "South Africa Standard Time",
    "SST-11:00": "American Samoa Standard Time",
    "UTC+00:00": "Coordinated Universal Time",
    "WAT+01:00": "West Africa Time",
    "WEST+01:00": "Western European Summer Time",
    "WET+00:00": "Western European Standard Time",
    "WIB+07:00": "Western Indonesia Time",
    "WIT+09:00": "Eastern Indonesia Time",
    "WITA+08:00": "Central Indonesia Time",
}
"""English names of zones by abbreviation and offset, where these two name one zone."""


def to_local(time_value: int) -> int:
    """Give the local time of a time value. 21.4.1.25."""
    return time_value + _offset(time_value)


def to_utc(local: int) -> int:
    """Give the time value of a local time. A time that a clock showed twice is the first of the
    two, one that it skipped is read with the offset before the change. 21.4.1.26."""
    before = _offset(local - DAY)
    if _offset(local - before) == before:
        return local - before
    after = _offset(local + DAY)
    return local - after if _offset(local - after) == after else local - before


def zone_name(time_value: int) -> str:
    """Give the name of the zone at a time, such as "Central European Summer Time"."""
    known = _place(time_value)
    abbreviation, offset = known.tm_zone, known.tm_gmtoff
    found = LONG_NAMES.get(abbreviation + offset_text(offset // 60, ":"))
    if found is None and not abbreviation.startswith(("+", "-")):
        found = _present_name(known.tm_isdst)
    return found or f"GMT{offset_text(offset // 60, ':')}"


def offset_text(minutes: int, colon: str = "") -> str:
    """Give an offset as `+0130`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{colon}{rest:02}"


def _present_name(is_summer: int) -> str | None:
    """Give the name that the zone has today: that of local mean time is no one's."""
    year = time.localtime().tm_year
    for month in (0, 6):
        days = make_day(year, month, 1)
        moment = _place(make_date(days, 0) or 0)
        if moment.tm_isdst == is_summer:
            return LONG_NAMES.get(moment.tm_zone + offset_text(moment.tm_gmtoff // 60, ":"))
    return None


def _offset(time_value: int) -> int:
    """Give the offset of the zone at a time, in milliseconds."""
    return _place(time_value).tm_gmtoff * 1000


def _place(time_value: int) -> time.struct_time:
    try:
        return time.localtime(time_value // 1000)
    except (OverflowError, OSError, ValueError):
        # The platform knows no such year; the rules of a near one hold.
        fields = fields_of(time_value)
        days = make_day(1972 + fields.year % 4, fields.month, fields.day)
        return time.localtime((make_date(days, time_value % DAY) or 0) // 1000)
