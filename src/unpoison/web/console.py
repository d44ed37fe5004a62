"""`console`, on the logger `unpoison.console`. https://console.spec.whatwg.org"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from unpoison import js
from unpoison.web.console_format import format_values, shown, table
from unpoison.web.host_access import host_of
from unpoison.web.idl import boolean

log = logging.getLogger("unpoison.console")

INDENT: Final = "  "
MAX_LABELS: Final = 1000
"""Labels of counters and of timers that one guest can have; the oldest is forgotten."""


class Console:
    """What the console of one guest remembers: groups, counters, timers."""

    def __init__(self, realm: js.Realm) -> None:
        self._realm = realm
        self._groups = 0
        self._counts: dict[str, int] = {}
        self._times: dict[str, float] = {}

    def write(self, level: int, text: str) -> None:
        """Log a text, indented by the groups that are open."""
        if log.isEnabledFor(level):
            indent = INDENT * min(self._groups, 32)
            log.log(level, "%s", indent + text.replace("\n", f"\n{indent}"))

    def open_group(self, *values: object) -> None:
        """Write the label of a group and indent what follows. 1.3.1."""
        if values:
            self.write(logging.INFO, format_values(values))
        self._groups += 1

    def close_group(self, *_: object) -> None:
        """End the innermost group. 1.3.3."""
        self._groups = max(0, self._groups - 1)

    def clear(self, *_: object) -> None:
        """End all groups: a log cannot be cleared. 1.1.2."""
        self._groups = 0

    def check(self, condition: object = None, *values: object) -> None:
        """Be `assert`. 1.1.1."""
        if boolean(condition):
            return
        if values and isinstance(values[0], str):
            values = (f"Assertion failed: {values[0]}", *values[1:])
        else:
            values = ("Assertion failed", *values)
        self.write(logging.ERROR, format_values(values))

    def count(self, label: object = None, *_: object) -> None:
        """Write how often this label was counted. 1.2.1."""
        name = _label(label)
        _remember(self._counts, name, self._counts.get(name, 0) + 1)
        self.write(logging.INFO, f"{name}: {self._counts[name]}")

    def count_reset(self, label: object = None, *_: object) -> None:
        """Start a count again. 1.2.2."""
        if self._counts.pop(_label(label), None) is None:
            self.write(logging.WARNING, f"Count for '{_label(label)}' does not exist")

    def time(self, label: object = None, *_: object) -> None:
        """Start a timer. 1.4.1."""
        if _label(label) in self._times:
            self.write(
                logging.WARNING, f"Label '{_label(label)}' already exists for console.time()"
            )
        else:
            _remember(self._times, _label(label), host_of(self._realm).now())

    def time_log(self, label: object = None, *values: object) -> None:
        """Write how long a timer has run. 1.4.2."""
        self._tell_time("timeLog", _label(label), values)

    def time_end(self, label: object = None, *_: object) -> None:
        """Write how long a timer has run, and forget it. 1.4.3."""
        self._tell_time("timeEnd", _label(label), ())
        self._times.pop(_label(label), None)

    def _tell_time(self, method: str, label: str, values: tuple[object, ...]) -> None:
        if label not in self._times:
            self.write(logging.WARNING, f"No such label '{label}' for console.{method}()")
            return
        passed = (host_of(self._realm).now() - self._times[label]) * 1000
        self.write(logging.INFO, " ".join([f"{label}: {passed:.3f}ms", *map(shown, values)]))

    def show_table(self, rows: object = None, columns: object = None, *_: object) -> None:
        """Write an array or object of rows as a table, any other value as `log` does. 1.1.7."""
        drawn = table(rows, columns)
        self.write(logging.INFO, shown(rows) if drawn is None else drawn)


def _label(label: object) -> str:
    return "default" if label is None else js.to_string(label)


def _remember(table: dict[str, Any], label: str, value: object) -> None:
    if label not in table and len(table) >= MAX_LABELS:
        del table[next(iter(table))]
    table[label] = value


def _logs(level: int, prefix: str = "") -> Callable[..., None]:
    def write(realm: js.Realm, *values: object) -> None:
        realm.part(Console).write(level, prefix + format_values(values))

    return write


def _trace(realm: js.Realm, *values: object) -> None:
    text = format_values(values)
    realm.part(Console).write(logging.DEBUG, f"Trace: {text}" if text else "Trace")


def _method(run: Callable[..., None]) -> Callable[..., None]:
    """Make a method of Console a function of the console object."""
    return lambda realm, *values: run(realm.part(Console), *values)


def _ignore(realm: js.Realm, *values: object) -> None:
    """Be a method that talks to developer tools, which are not there."""


CONSOLE: Final = js.ClassSpec(
    "console",
    js.OBJECT,
    statics={
        "assert": _method(Console.check),
        "clear": _method(Console.clear),
        "count": _method(Console.count),
        "countReset": _method(Console.count_reset),
        "debug": _logs(logging.DEBUG),
        "dir": lambda realm, value: realm.part(Console).write(logging.INFO, shown(value)),
        "dirxml": _logs(logging.INFO),
        "error": _logs(logging.ERROR),
        "exception": _logs(logging.ERROR),
        "group": _method(Console.open_group),
        "groupCollapsed": _method(Console.open_group),
        "groupEnd": _method(Console.close_group),
        "info": _logs(logging.INFO),
        "log": _logs(logging.INFO),
        "profile": _ignore,
        "profileEnd": _ignore,
        "table": _method(Console.show_table),
        "time": _method(Console.time),
        "timeEnd": _method(Console.time_end),
        "timeLog": _method(Console.time_log),
        "timeStamp": _ignore,
        "trace": _trace,
        "warn": _logs(logging.WARNING),
        js.Symbol.to_string_tag: "console",
    },
    is_namespace=True,
)
