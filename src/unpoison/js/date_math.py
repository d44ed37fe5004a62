"""The calendar of Date: time values, days and clock times, as integers. ECMA-262 21.4.1.

A time value is milliseconds since 1970-01-01 UTC, None for NaN, in the proleptic Gregorian
calendar. A *local* one counts the same on a clock of the time zone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MAX_TIME: Final = 864 * 10**13
"""The greatest time value, 100 million days. 21.4.1.1."""
DAYS_BEFORE_MONTH: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


@dataclass(frozen=True, slots=True)
class Fields:
    """A time value taken apart; months count from 0, weekdays from Sunday."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    millisecond: int
    weekday: int


def fields_of(time: int) -> Fields:
    """Take a time value apart. 21.4.1.3 to 21.4.1.14."""
    days, rest = divmod(time, DAY)
    year, month, day = _date_of(days)
    hour, rest = divmod(rest, HOUR)
    minute, rest = divmod(rest, MINUTE)
    second, millisecond = divmod(rest, SECOND)
    return Fields(year, month, day, hour, minute, second, millisecond, (days + 4) % 7)


def _date_of(days: int) -> tuple[int, int, int]:
    """Give the year, month and day of a count of days since 1970-01-01."""
    # Years begin in March here, so that a leap day is the last of its year.
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = (shifted + 2) % 12
    return year_of_era + era * 400 + (month < 2), month, day


def days_of_year(year: int) -> int:
    """Give the days from 1970-01-01 to the first of a year. 21.4.1.5."""
    before = year - 1
    return 365 * (year - 1970) + before // 4 - before // 100 + before // 400 - 477


def make_day(year: float, month: float, day: float) -> int | None:
    """Be MakeDay; None when it is not finite or far beyond all dates. 21.4.1.28."""
    if not (math.isfinite(year) and math.isfinite(month) and math.isfinite(day)):
        return None
    years, months = divmod(int(month), 12)
    whole = int(year) + years
    if abs(whole) > 400_000 or abs(day) > MAX_TIME:
        return None
    leap = months > 1 and ((whole % 4 == 0 and whole % 100 != 0) or whole % 400 == 0)
    return days_of_year(whole) + DAYS_BEFORE_MONTH[months] + leap + int(day) - 1


def make_time(hour: float, minute: float, second: float, millisecond: float) -> int | None:
    """Be MakeTime. 21.4.1.27."""
    parts = (hour, minute, second, millisecond)
    if not all(map(math.isfinite, parts)):
        return None
    units = (HOUR, MINUTE, SECOND, 1)
    return sum(int(part) * unit for part, unit in zip(parts, units, strict=True))


def make_date(days: int | None, time: int | None) -> int | None:
    """Be MakeDate. 21.4.1.29."""
    return None if days is None or time is None else days * DAY + time


def time_clip(time: float | None) -> int | None:
    """Be TimeClip: None beyond the range of dates. 21.4.1.31."""
    if time is None or not abs(time) <= MAX_TIME:
        return None
    return int(time)


def full_year(year: float) -> float:
    """Be MakeFullYear: 0 to 99 are in the twentieth century. 21.4.1.30."""
    return 1900 + int(year) if math.isfinite(year) and 0 <= int(year) <= 99 else year
