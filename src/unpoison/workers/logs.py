"""Logs of a server: one line per exchange, incidents with their backtraces, consoles of guests.

All go through `logging`, below the logger `unpoison`; `install` says where they end. A guest's
text can neither start a line of its own nor move the cursor of a terminal.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, TextIO
from urllib.parse import urlsplit

from unpoison.errors import AbortError
from unpoison.workers.observers import REQUEST_ID, Exchange, Incident, Observer, Outcome

ACCESS: Final = logging.getLogger("unpoison.access")
INCIDENTS: Final = logging.getLogger("unpoison.incidents")
CONSOLE: Final = logging.getLogger("unpoison.console")
ROOT: Final = logging.getLogger("unpoison")

LONGEST_TEXT: Final = 64 << 10
"""Characters of one record; a guest may write what it likes to its console."""

FIELDS: Final = "unpoison_fields"
"""The attribute of a log record that holds its structured fields."""

LEVELS: Final[Mapping[int, str]] = {
    logging.DEBUG: "debug",
    logging.INFO: "info",
    logging.WARNING: "warning",
    logging.ERROR: "error",
    logging.CRITICAL: "error",
}

REASONS: Final[Mapping[int, str]] = {status.value: status.phrase for status in HTTPStatus}


class AccessLog(Observer):
    """Writes exchanges and incidents to `logging`; `describe` gives the line of an exchange."""

    def __init__(self, describe: Callable[[Exchange], str] | None = None) -> None:
        self._describe = describe or exchange_line

    def exchange_closed(self, exchange: Exchange) -> None:
        level = logging.ERROR if exchange.outcome is Outcome.FAILED else logging.INFO
        if ACCESS.isEnabledFor(level):
            fields = {FIELDS: exchange_fields(exchange)}
            ACCESS.log(level, "%s", self._describe(exchange), extra=fields)

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        fields = {FIELDS: incident_fields(kind, error, where)}
        INCIDENTS.error("%s", incident_text(kind, error, where), extra=fields)

    def renewed(self, where: str, seconds: float) -> None:
        INCIDENTS.debug("%s: a new instance after %.2f ms", where, seconds * 1000)


class ConsoleRelay(logging.Handler):
    """Tells an observer what guests write to their consoles."""

    def __init__(self, observer: Observer) -> None:
        super().__init__()
        self._observer = observer

    def emit(self, record: logging.LogRecord) -> None:
        self._observer.console(level_name(record.levelno), _short(record.getMessage()))


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line of a record."""
        entry: dict[str, Any] = {
            "time": timestamp(record.created),
            "level": level_name(record.levelno),
            "logger": record.name,
            "message": _short(record.getMessage()),
        }
        request = REQUEST_ID.get()
        if request is not None:
            entry["request_id"] = request
        entry.update(getattr(record, FIELDS, {}))
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True, default=str)


class TextFormatter(logging.Formatter):
    """Lines for people; what follows a first line is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the lines of a record."""
        text = _short(record.getMessage())
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        request = REQUEST_ID.get()
        end = "" if request is None or record.levelno < logging.WARNING else f"  [{request}]"
        lines = [visible(line) for line in text.split("\n")]
        first = f"{self.head(record)} {lines[0]}{end}"
        return "\n".join([first, *(f"    {line}" for line in lines[1:])])

    def head(self, record: logging.LogRecord) -> str:
        """Give what stands before the text of a record."""
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        return f"{clock} {level_name(record.levelno):7}"


class TaggedFormatter(TextFormatter):
    """Lines for a developer, in the style of `wrangler dev`: a tag with the level comes first."""

    def head(self, record: logging.LogRecord) -> str:
        """See TextFormatter."""
        who = "console" if record.name == CONSOLE.name else "unpoison"
        return f"[{who}:{level_name(record.levelno)}]"


@contextmanager
def install(
    stream: TextIO,
    *,
    as_json: bool = False,
    text: logging.Formatter | None = None,
    level: int = logging.INFO,
    observer: Observer | None = None,
) -> Iterator[None]:
    """Write the logs of `unpoison` to a stream while the block runs; tell consoles to `observer`.

    `text` formats lines that are no JSON. Nothing of them reaches the handlers of the root logger
    meanwhile.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if as_json else text or TextFormatter())
    relay = None if observer is None else ConsoleRelay(observer)
    old = ROOT.level, ROOT.propagate
    ROOT.addHandler(handler)
    ROOT.setLevel(level)
    ROOT.propagate = False
    if relay is not None:
        CONSOLE.addHandler(relay)
    try:
        yield
    finally:
        ROOT.removeHandler(handler)
        ROOT.setLevel(old[0])
        ROOT.propagate = old[1]
        if relay is not None:
            CONSOLE.removeHandler(relay)


def exchange_line(exchange: Exchange) -> str:
    """Give one line: method, URL, status, time; and how it ended, unless it is complete."""
    status = f"{exchange.status} {REASONS.get(exchange.status, '')}".rstrip()
    end = "" if exchange.outcome is Outcome.COMPLETE else f", {exchange.outcome.value}"
    if exchange.status == 0:
        status, end = exchange.outcome.value, ""
    return f"{exchange.method} {exchange.url or '-'} {status} ({duration(exchange.seconds)}{end})"


def path_line(exchange: Exchange) -> str:
    """Give the line of an exchange with the path instead of the URL, as `wrangler dev` has it."""
    url = urlsplit(exchange.url)
    path = f"{url.path}?{url.query}" if url.query else url.path
    return exchange_line(replace(exchange, url=path))


def exchange_fields(exchange: Exchange) -> dict[str, Any]:
    """Give the fields of an exchange for a structured log; `seconds` to the microsecond."""
    fields = {
        "request_id": exchange.id,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "seconds": round(exchange.seconds, 6),
        "received": exchange.received,
        "sent": exchange.sent,
        "client": exchange.client,
        "outcome": exchange.outcome.value,
        "web_socket": exchange.web_socket,
    }
    if exchange.error is not None:
        fields["error"] = f"{type(exchange.error).__name__}: {exchange.error}"
    return fields


def incident_text(kind: Incident, error: BaseException, where: str) -> str:
    """Give what happened and where, then the Rust frames, innermost first."""
    reason = f" ({error.reason.value})" if isinstance(error, AbortError) else ""
    first = f"{where}: {kind.value}{reason}: {error}"
    return "\n".join([first, *(f"  at {frame}" for frame in backtrace(error))])


def incident_fields(kind: Incident, error: BaseException, where: str) -> dict[str, Any]:
    """Give the fields of an incident for a structured log."""
    fields: dict[str, Any] = {"incident": kind.value, "where": where, "error": str(error)}
    if isinstance(error, AbortError):
        fields["reason"] = error.reason.value
    fields["backtrace"] = list(backtrace(error))
    return fields


def backtrace(error: BaseException) -> tuple[str, ...]:
    """Give the Rust frames that an error carries, innermost first; none of a panic that unwound."""
    return tuple(str(frame) for frame in getattr(error, "backtrace", ()))


def duration(seconds: float) -> str:
    """Give a time for people, in milliseconds below ten seconds."""
    if seconds >= 10:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def timestamp(seconds: float) -> str:
    """Give seconds since the epoch as RFC 3339 in UTC, to the millisecond."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"


def level_name(level: int) -> str:
    """Give the name of a level: debug, info, warning or error."""
    return next((name for most, name in LEVELS.items() if level <= most), "error")


def visible(text: str) -> str:
    """Give a line with control characters escaped: a terminal obeys them."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() or character == "\t" else ascii(character)[1:-1]
        for character in text
    )


def _short(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}... ({len(text) - LONGEST_TEXT} more characters)"
