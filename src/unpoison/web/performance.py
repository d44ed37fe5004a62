"""`performance`: the clock, marks and measures. High Resolution Time, User Timing 3."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.clone import structured_clone
from unpoison.web.dom_exception import DOMException
from unpoison.web.event_target import EVENT_TARGET, EventTarget
from unpoison.web.host_access import Clock, milliseconds
from unpoison.web.idl import double, interface

MAX_ENTRIES: Final = 10_000
"""Entries that one guest can have; the oldest are dropped."""


class PerformanceEntry(js.JsObject):
    """Something that was measured. Times are in milliseconds since the guest began."""

    __slots__ = ("detail", "duration", "name", "start_time")

    entry_type = ""

    def __init__(self, name: str, start: float, duration: float, detail: object) -> None:
        super().__init__()
        self.name, self.detail = name, detail
        self.start_time, self.duration = start, duration

    def to_json(self) -> js.Object:
        """Give the entry as an object, for JSON."""
        return js.Object(
            {
                "name": self.name,
                "entryType": self.entry_type,
                "startTime": self.start_time,
                "duration": self.duration,
                "detail": self.detail,
            }
        )

    def __repr__(self) -> str:
        return f"<js {type(self).__name__} {self.name!r} at {self.start_time}>"


class PerformanceMark(PerformanceEntry):
    """A moment with a name."""

    __slots__ = ()

    entry_type = "mark"


class PerformanceMeasure(PerformanceEntry):
    """The time between two moments."""

    __slots__ = ()

    entry_type = "measure"


class Performance(EventTarget):
    """The clock of a guest, and what it has measured."""

    __slots__ = ("_entries",)

    def __init__(self, realm: js.Realm) -> None:
        super().__init__(realm)
        self._entries: deque[PerformanceEntry] = deque(maxlen=MAX_ENTRIES)

    @property
    def time_origin(self) -> float:
        """When the guest began, in milliseconds since 1970."""
        return self.realm.part(Clock).origin

    def now(self) -> int | float:
        """Give the milliseconds since the guest began; they never go back."""
        return milliseconds(self.realm)

    def mark(self, name: object, options: object = None) -> PerformanceMark:
        """Note a moment: now, or the `startTime` of the options. User Timing 3.1.1."""
        made = make_mark(self.realm, name, options)
        self._entries.append(made)
        return made

    def measure(
        self, name: object, start_or_options: object = None, end_mark: object = None
    ) -> PerformanceMeasure:
        """Measure between two marks or times. User Timing 3.1.3.

        Raises DOMException "SyntaxError" for a mark that there is not.
        """
        options = self._measure_options(start_or_options, end_mark)
        end = self._end(options, end_mark)
        start = self._start(options, end, start_or_options)
        detail = _detail(options.get("detail"))
        made = PerformanceMeasure(js.to_string(name), start, _tidy(end - start), detail)
        self._entries.append(made)
        return made

    def _measure_options(self, given: object, end_mark: object) -> dict[str, Any]:
        if not js.is_reference(given):
            return {}
        found = dict(js.items_of(given, "detail", "duration", "end", "start"))
        times = [found[name] is not None for name in ("start", "duration", "end")]
        if any(times) or found["detail"] is not None:
            if end_mark is not None:
                raise js.TypeError("endMark must not be specified with options")
            if not times[0] and not times[2]:
                raise js.TypeError("One of options.start or options.end is required")
            if all(times):
                raise js.TypeError("Must not have options.start, .end and .duration")
        return found

    def _end(self, options: dict[str, Any], end_mark: object) -> float:
        if end_mark is not None:
            return self._time(end_mark)
        if options.get("end") is not None:
            return self._time(options["end"])
        if options.get("start") is not None and options.get("duration") is not None:
            return self._time(options["start"]) + self._time(options["duration"])
        return self.now()

    def _start(self, options: dict[str, Any], end: float, given: object) -> float:
        if options.get("start") is not None:
            return self._time(options["start"])
        if options.get("duration") is not None and options.get("end") is not None:
            return _tidy(end - self._time(options["duration"]))
        return self._time(given) if given is not None and not js.is_reference(given) else 0

    def _time(self, mark: object) -> float:
        """Give the time of a mark, or a time itself. User Timing 3.1.3.1."""
        if js.is_number(mark):
            if mark < 0:
                raise js.TypeError("a time must not be negative")
            return mark
        name = js.to_string(mark)
        found = [each for each in self._entries if _is(each, name, "mark")]
        if not found:
            message = f'The "{name}" performance mark has not been set'
            raise DOMException(message, "SyntaxError")
        return found[-1].start_time

    def clear_marks(self, name: object = None) -> None:
        """Forget the marks of a name, or all."""
        self._clear(name, "mark")

    def clear_measures(self, name: object = None) -> None:
        """Forget the measures of a name, or all."""
        self._clear(name, "measure")

    def _clear(self, name: object, kind: str) -> None:
        wanted = None if name is None else js.to_string(name)
        kept = [each for each in self._entries if not _is(each, wanted, kind)]
        self._entries = deque(kept, maxlen=MAX_ENTRIES)

    def get_entries(self) -> js.Array:
        """Give all entries by their start."""
        return self._sorted(lambda entry: True)

    def get_entries_by_name(self, name: object, kind: object = None) -> js.Array:
        """Give the entries of a name, and of a type when one is given."""
        text, type_ = js.to_string(name), None if kind is None else js.to_string(kind)
        return self._sorted(lambda entry: _is(entry, text, type_))

    def get_entries_by_type(self, kind: object) -> js.Array:
        """Give the entries of a type, "mark" or "measure"."""
        type_ = js.to_string(kind)
        return self._sorted(lambda entry: _is(entry, None, type_))

    def _sorted(self, wanted: Callable[[PerformanceEntry], bool]) -> js.Array:
        found = filter(wanted, self._entries)
        return js.Array(sorted(found, key=lambda entry: entry.start_time))

    def to_json(self) -> js.Object:
        """Give what JSON shows."""
        return js.Object({"timeOrigin": self.time_origin})

    def __repr__(self) -> str:
        return "<js Performance>"


def make_mark(realm: js.Realm, name: object, options: object) -> PerformanceMark:
    """Do `new PerformanceMark(name, options)`. User Timing 3.2."""
    text = js.to_string(name)
    found = js.items_of(options, "detail", "startTime")
    start = found["startTime"]
    time = milliseconds(realm) if start is None else double(start, "startTime")
    if time < 0:
        raise js.TypeError("startTime must not be negative")
    return PerformanceMark(text, _tidy(time), 0, _detail(found["detail"]))


def _detail(value: object) -> object:
    return js.null if js.is_nullish(value) else structured_clone(value)


def _tidy(number: float) -> int | float:
    return js.number_to_python(float(number))


def _is(entry: PerformanceEntry, name: str | None, kind: str | None) -> bool:
    return name in (None, entry.name) and kind in (None, entry.entry_type)


PERFORMANCE_ENTRY: Final = interface(
    PerformanceEntry,
    attributes=("duration", "entryType", "name", "startTime"),
    methods={"toJSON": lambda this: this.to_json()},
)
PERFORMANCE_MARK: Final = interface(
    PerformanceMark, PERFORMANCE_ENTRY, attributes=("detail",), construct=make_mark, length=1
)
PERFORMANCE_MEASURE: Final = interface(
    PerformanceMeasure, PERFORMANCE_ENTRY, attributes=("detail",)
)
PERFORMANCE: Final = interface(
    Performance,
    EVENT_TARGET,
    operations=(
        "clearMarks",
        "clearMeasures",
        "getEntries",
        "getEntriesByName",
        "getEntriesByType",
        "mark",
        "measure",
        "now",
    ),
    methods={"toJSON": lambda this: this.to_json()},
    attributes=("timeOrigin",),
)
PERFORMANCE_GLOBALS: Final = {
    "Performance": PERFORMANCE,
    "PerformanceEntry": PERFORMANCE_ENTRY,
    "PerformanceMark": PERFORMANCE_MARK,
    "PerformanceMeasure": PERFORMANCE_MEASURE,
    "performance": js.RealmValue(Performance),
}
