"""Reads dates: the format of the standard, and those that V8 knows beside it. ECMA-262 21.4.1.32.

What is no date and time of the standard's format is read word by word: numbers, names of months,
AM and PM, zones and offsets in almost any order, with text in parentheses left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from unpoison.js.date_math import MINUTE, make_date, make_day, make_time
from unpoison.js.date_zone import to_utc

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HALVES: Final = {"am": 0, "pm": 12}
ZONES: Final = {
    "cdt": -5, "cst": -6, "edt": -4, "est": -5, "gmt": 0, "mdt": -6, "mst": -7, "pdt": -7,
    "pst": -8, "ut": 0, "utc": 0, "z": 0,
}  # fmt: skip
"""Names of zones: hours from UTC. RFC 822 and ECMA-262."""
MAX_TEXT: Final = 1 << 16
"""Characters of a text beyond which it is no date."""

_ISO: Final = re.compile(
    r"""(?P<year>[0-9]{4}|[+-](?!000000)[0-9]{6}|\+000000)
    (?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12][0-9]|3[01]))?)?
    (?:T(?P<hour>[01][0-9]|2[0-4]):(?P<minute>[0-5][0-9])
        (?::(?P<second>[0-5][0-9])(?:\.(?P<fraction>[0-9]+))?)?
        (?P<zone>Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?)?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MINUS_NOTHING: Final = re.compile("-000000(?![0-9])")
_ISO_BEGIN: Final = re.compile(
    r"([0-9]{4}|[+-][0-9]{6})(-[0-9]{2}){0,2}T", re.IGNORECASE | re.ASCII
)
_ISO_DAY: Final = re.compile(r"([0-9]{4}|[+-][0-9]{6})-([0-9]{2})-([0-9]{2})(?![0-9T])", re.ASCII)
_TOKEN: Final = re.compile(
    r"(?P<number>[0-9]+)|(?P<word>(?:(?!\s)[A-\U0010ffff])+)|(?P<space>\s+)|(?P<sign>.)", re.DOTALL
)


def parse_date(text: str) -> int | None:
    """Give the time value of a text, not clipped yet; None when it is no date. 21.4.3.2."""
    if len(text) > MAX_TEXT:
        return None
    stripped = text.lstrip()
    found = _ISO.fullmatch(stripped)
    if found is not None:
        return _iso_time(found)
    if _MINUS_NOTHING.match(stripped):
        # V8 takes the year away and reads the rest.
        return LooseReader("-" + stripped[7:]).read()
    if _ISO_BEGIN.match(stripped):
        return None
    return LooseReader(stripped).read()


def _iso_time(found: re.Match[str]) -> int | None:
    part = found.groupdict()
    days = make_day(int(part["year"]), int(part["month"] or 1) - 1, int(part["day"] or 1))
    millisecond = int((part["fraction"] or "0")[:3].ljust(3, "0"))
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if hour == 24 and (minute or second or millisecond):
        return None
    local = make_date(days, make_time(hour, minute, second, millisecond))
    if local is None:
        return None
    if part["hour"] is None or (part["zone"] or "").upper() == "Z":
        return local
    return to_utc(local) if part["zone"] is None else local - _minutes(part["zone"]) * MINUTE


def _minutes(zone: str) -> int:
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: a number, a word in lower case, space, or one other character."""

    kind: str
    text: str

    @property
    def number(self) -> int:
        """The number, of which nine digits count."""
        return int(self.text.lstrip("0")[:9] or "0")


END: Final = Token("end", "")


@dataclass(slots=True)
class Zone:
    """The zone that is being read: its sign, hours and minutes."""

    sign: int | None = None
    hours: int | None = None
    minutes: int | None = None

    @property
    def wants_minutes(self) -> bool:
        """Whether hours were read, and minutes come next."""
        return self.hours is not None and self.minutes is None

    @property
    def is_utc(self) -> bool:
        """Whether UTC was read and no offset yet."""
        return self.hours == 0 and self.minutes == 0

    def offset(self) -> int | None:
        """Give minutes from UTC, None for local time."""
        if self.sign is None:
            return None
        return self.sign * ((self.hours or 0) * 60 + (self.minutes or 0))


@dataclass(slots=True)
class LooseReader:
    """A text being read word by word; a step gives False when it is no date."""

    text: str
    tokens: list[Token] = field(default_factory=list)
    at: int = 0
    days: list[int] = field(default_factory=list)
    month: int | None = None
    is_iso: bool = False
    clock: list[int] = field(default_factory=list)
    half: int | None = None
    zone: Zone = field(default_factory=Zone)
    has_number: bool = False

    def read(self) -> int | None:
        """Give the time value, None when it is no date."""
        day = _ISO_DAY.match(self.text)
        if day is not None and 1 <= int(day[2]) <= 12 and 1 <= int(day[3]) <= 31:
            self.days = [int(part) for part in day.groups()]
            self.has_number = True
        rest = self.text if not self.days else self.text[day.end() :]  # type: ignore[union-attr]
        self.tokens = [Token(str(t.lastgroup), t[0].lower()) for t in _TOKEN.finditer(rest)]
        while (token := self.next()) is not END:
            if not self.step(token):
                return None
        return self.time()

    @property
    def peek(self) -> Token:
        """The next token."""
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def next(self) -> Token:
        """Give the next token and move past it."""
        token = self.peek
        self.at += token is not END
        return token

    def skip(self, sign: str) -> bool:
        """Move past a sign if it is next."""
        found = self.peek.kind == "sign" and self.peek.text == sign
        self.at += found
        return found

    def step(self, token: Token) -> bool:
        """Read one token, with those that belong to it."""
        if token.kind == "number":
            self.has_number = True
            return self.number(token.number)
        if token.kind == "word":
            return self.word(token.text)
        if token.text in ("+", "-"):
            if self.zone.is_utc or self.clock:
                return self.offset(1 if token.text == "+" else -1)
            return not self.has_number
        if token.text == "(":
            self.parentheses()
        return not (token.text == ")" and self.has_number)

    def number(self, number: int) -> bool:
        """Read a number: of a clock time before a colon or point, else of the date."""
        if self.skip(":"):
            return self.clock_number(number)
        if self.peek.text == "." and self.clock_wants(number):
            return self.fraction(number)
        if self.zone.wants_minutes and number < 60:
            self.zone.minutes = number
            return True
        if self.clock_wants(number):
            self.clock += [number, *[0] * (3 - len(self.clock))]
            behind = self.peek
            return behind.kind in ("end", "space") or behind.text in ("z", "+", "-")
        if len(self.days) == 3:
            return False
        self.days.append(number)
        self.skip("-")
        return True

    def clock_number(self, number: int) -> bool:
        """Read a number that stands before a colon."""
        if self.skip(":"):
            if self.clock:
                return False
            self.clock += [number, 0]
            return True
        if len(self.clock) == 4:
            return False
        self.clock.append(number)
        self.skip(".")
        return True

    def clock_wants(self, number: int) -> bool:
        """Tell whether a number can be the next of a clock time that has begun."""
        limits = {1: 60, 2: 60, 3: 1000}
        return number < limits.get(len(self.clock), 0)

    def fraction(self, second: int) -> bool:
        """Read the digits behind the point of a clock time."""
        self.next()
        self.clock.append(second)
        if self.peek.kind != "number":
            return False
        digits = self.next().text
        self.clock += [0] * (3 - len(self.clock))
        self.clock = [*self.clock[:3], int(digits[:3].ljust(3, "0"))]
        return True

    def word(self, word: str) -> bool:
        """Read a word; one without a meaning may stand before the first number only."""
        if word in HALVES and self.clock:
            self.half = HALVES[word]
        elif word[:3] in MONTHS:
            self.month = MONTHS.index(word[:3])
            self.skip("-")
        elif word in ZONES and self.has_number:
            self.zone = Zone(-1 if ZONES[word] < 0 else 1, abs(ZONES[word]), 0)
        else:
            return not self.has_number and self.peek.kind != "number"
        return True

    def offset(self, sign: int) -> bool:
        """Read an offset such as `+0130`, `-8` or `+01:30`, behind its sign."""
        digits = self.next().text if self.peek.kind == "number" else ""
        number = int(digits[-9:] or 0)
        self.has_number = True
        self.zone.sign = sign
        if self.peek.text == ":":
            self.zone.hours, self.zone.minutes = number, None
        elif len(digits) in (1, 2):
            self.zone.hours, self.zone.minutes = number, 0
        elif len(digits) in (3, 4):
            self.zone.hours, self.zone.minutes = divmod(number, 100)
        else:
            return False
        return True

    def parentheses(self) -> None:
        """Move past text in parentheses, which may be nested."""
        depth = 1
        while depth and self.peek is not END:
            depth += {"(": 1, ")": -1}.get(self.next().text, 0)

    def time(self) -> int | None:
        """Put everything that was read together."""
        day, clock = self.day(), self.clock_time()
        local = None if day is None or clock is None else make_date(make_day(*day), clock)
        if local is None:
            return None
        offset = self.zone.offset()
        return to_utc(local) if offset is None else local - offset * MINUTE

    def day(self) -> tuple[int, int, int] | None:
        """Give year, month and day; two numbers are month and day."""
        if not self.days:
            return None
        first, second, third = [*self.days, 1, 1][:3]
        if self.month is not None:
            year, day = (second, first) if 1 <= first <= 31 else (first, second)
            month = self.month + 1
        elif not 1 <= first <= 31:
            year, month, day = first, second, third
        else:
            month, day, year = first, second, third
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        return _century(year), month - 1, day

    def clock_time(self) -> int | None:
        """Give the time of the day."""
        hour, minute, second, millisecond = [*self.clock, 0, 0, 0, 0][:4]
        if self.half is not None:
            if not 0 <= hour <= 12:
                return None
            hour = hour % 12 + self.half
        is_end = hour == 24 and not (minute or second or millisecond)
        if not (is_end or (hour < 24 and minute < 60 and second < 60 and millisecond < 1000)):
            return None
        return make_time(hour, minute, second, millisecond)


def _century(year: int) -> int:
    """Give the full year that two digits mean."""
    return year + (2000 if year < 50 else 1900) if 0 <= year <= 99 else year
