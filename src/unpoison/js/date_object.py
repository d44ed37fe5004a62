"""Date objects, and dates of the host. ECMA-262 21.4.5.

An aware or naive `datetime` of the host is a Date to a guest (a naive one in local time, as in
Python); it cannot be changed. JavaScript's Date has no zone: `to_datetime` says which one.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from unpoison.js.date_math import time_clip
from unpoison.js.date_text import INVALID, iso_text
from unpoison.js.exceptions import RangeError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.members import JsObject

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Date(JsObject):
    """A JavaScript Date: `time` is milliseconds since 1970 in UTC, None for an invalid date."""

    __module__ = "unpoison.js"
    __slots__ = ("time",)

    def __init__(self, time: float | None) -> None:
        super().__init__()
        self.time = time_clip(time)

    @classmethod
    def from_datetime(cls, moment: datetime) -> Date:
        """Make a Date of a datetime; a naive one is in local time. Parts of a millisecond are
        cut off."""
        return cls(milliseconds_of(moment))

    def to_datetime(self, zone: tzinfo = UTC) -> datetime:
        """Give an aware datetime in a zone, UTC by default.

        Raises js.RangeError for an invalid date, or one outside the years 1 to 9999.
        """
        if self.time is None:
            raise RangeError("Invalid time value")
        try:
            return (EPOCH + timedelta(milliseconds=self.time)).astimezone(zone)
        except OverflowError:
            raise RangeError("a datetime has only years from 1 to 9999") from None

    def __repr__(self) -> str:
        return f"<js Date {INVALID if self.time is None else iso_text(self.time)}>"


def milliseconds_of(moment: datetime) -> int:
    """Give the time value of a datetime."""
    return (moment.astimezone(UTC) - EPOCH) // timedelta(milliseconds=1)


def time_of(this: object) -> int | None:
    """Be thisTimeValue. Raises js.TypeError for what is no date. 21.4.4."""
    if isinstance(this, Date):
        return this.time
    if isinstance(this, datetime):
        return milliseconds_of(this)
    raise TypeError("this is not a Date object.")


def changed(this: object, time: float | None) -> int | float:
    """Set the time value of a Date and give it as a Number."""
    if not isinstance(this, Date):
        time_of(this)
        raise TypeError("a datetime of the host cannot be changed")
    this.time = time_clip(time)
    return as_number(this.time)


def as_number(time: int | None) -> int | float:
    """Give a time value as a Number."""
    return math.nan if time is None else time
