"""Logs of a server: one line per exchange, incidents with their backtraces, consoles of guests.

All go through `logging`, below the logger `unpoison`; `install` says where they end. A guest's
text can neither start a line of its own nor move the cursor of a terminal.

The line of an exchange is the one thing that every request writes. Where it ends in our own handler
and nobody else hears of it, it is no record of `logging`, and several are written at once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
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

GATHER_SECONDS: Final = 0.02
"""How long the line of an exchange may wait for others to be written with it."""

MOST_GATHERED: Final = 256
"""Lines."""

REASONS: Final[Mapping[int, str]] = {status.value: status.phrase for status in HTTPStatus}


class AccessLog(Observer):
    """Writes exchanges and incidents to `logging`; `describe` gives the line of an exchange."""

    def __init__(self, describe: Callable[[Exchange], str] | None = None) -> None:
        self._describe = describe or exchange_line

    def exchange_closed(self, exchange: Exchange) -> None:
        level = logging.ERROR if exchange.outcome is Outcome.FAILED else logging.INFO
        if not ACCESS.isEnabledFor(level):
            return
        text = self._describe(exchange)
        handler = _sole_handler()
        if handler is not None and level == logging.INFO:
            handler.gather(text, exchange)
            return
        fields = {FIELDS: exchange_fields(exchange)}
        ACCESS.log(level, "%s", text, extra=fields)

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


class LineFormatter(logging.Formatter):
    """A formatter that can also give the line of an exchange, which is no record."""

    def of_exchange(self, text: str, exchange: Exchange) -> str:
        """Give the line of an exchange that ended now; `text` describes it."""
        raise NotImplementedError


class JsonFormatter(LineFormatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line of a record."""
        entry = _entry(record.created, record.levelno, record.name, record.getMessage())
        request = REQUEST_ID.get()
        if request is not None:
            entry["request_id"] = request
        entry.update(getattr(record, FIELDS, {}))
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True, default=str)

    def of_exchange(self, text: str, exchange: Exchange) -> str:
        """See LineFormatter."""
        entry = _entry(time.time(), logging.INFO, ACCESS.name, text)
        entry.update(exchange_fields(exchange))
        return json.dumps(entry, ensure_ascii=True, default=str)


def _entry(created: float, level: int, logger: str, text: str) -> dict[str, Any]:
    return {
        "time": timestamp(created),
        "level": level_name(level),
        "logger": logger,
        "message": _short(text),
    }


class TextFormatter(LineFormatter):
    """Lines for people; what follows a first line is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the lines of a record."""
        text = _short(record.getMessage())
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        request = REQUEST_ID.get()
        end = "" if request is None or record.levelno < logging.WARNING else f"  [{request}]"
        head = self.head(int(record.created), record.levelno, record.name)
        return _lines(head, text, end)

    def of_exchange(self, text: str, exchange: Exchange) -> str:
        """See LineFormatter."""
        return _lines(self.head(int(time.time()), logging.INFO, ACCESS.name), _short(text), "")

    def head(self, created: int, level: int, logger: str) -> str:
        """Give what stands before the text of a record; `created` is seconds since the epoch."""
        return _clock_and_level(created, level)


@lru_cache(maxsize=8)
def _clock_and_level(created: int, level: int) -> str:
    clock = time.strftime("%H:%M:%S", time.localtime(created))
    return f"{clock} {level_name(level):7}"


def _lines(head: str, text: str, end: str) -> str:
    first, *others = [visible(line) for line in text.split("\n")]
    first = f"{head} {first}{end}"
    return "\n".join([first, *(f"    {line}" for line in others)]) if others else first


class TaggedFormatter(TextFormatter):
    """Lines for a developer, in the style of `wrangler dev`: a tag with the level comes first."""

    def head(self, created: int, level: int, logger: str) -> str:
        """See TextFormatter."""
        who = "console" if logger == CONSOLE.name else "unpoison"
        return f"[{who}:{level_name(level)}]"


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes records at once, and lines of exchanges a moment later, several together.

    Their order stays: a record is written after the lines that came before it.
    """

    def __init__(self, stream: TextIO, formatter: LineFormatter) -> None:
        super().__init__(stream)
        self.setFormatter(formatter)
        self._formatter = formatter
        self._gathered: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self.write_gathered()
        super().emit(record)

    def gather(self, text: str, exchange: Exchange) -> None:
        """Write the line of an exchange, soon; `text` describes it."""
        line = self._formatter.of_exchange(text, exchange)
        self.acquire()
        try:
            self._gathered.append(line)
            if len(self._gathered) == 1:
                self._write_soon()
            elif len(self._gathered) >= MOST_GATHERED:
                self.write_gathered()
        finally:
            self.release()

    def _write_soon(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.write_gathered()
        else:
            loop.call_later(GATHER_SECONDS, self.write_gathered)

    def write_gathered(self) -> None:
        """Write the lines that were gathered."""
        with suppress(OSError, ValueError):  # as of a record: nobody reads the log any more
            self.acquire()
            try:
                lines, self._gathered = self._gathered, []
                if lines:
                    self.stream.write("\n".join([*lines, ""]))
                    self.stream.flush()
            finally:
                self.release()


def _sole_handler() -> LineHandler | None:
    """Give our handler, if it is the only one that hears of exchanges."""
    if ROOT.propagate or ACCESS.handlers or ACCESS.filters or len(ROOT.handlers) != 1:
        return None
    handler = ROOT.handlers[0]
    return handler if type(handler) is LineHandler else None


@contextmanager
def install(
    stream: TextIO,
    *,
    as_json: bool = False,
    text: LineFormatter | None = None,
    level: int = logging.INFO,
    observer: Observer | None = None,
) -> Iterator[None]:
    """Write the logs of `unpoison` to a stream while the block runs; tell consoles to `observer`.

    `text` formats lines that are no JSON. Nothing of them reaches the handlers of the root logger
    meanwhile.
    """
    handler = LineHandler(stream, JsonFormatter() if as_json else text or TextFormatter())
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
        handler.write_gathered()
        ROOT.removeHandler(handler)
        ROOT.setLevel(old[0])
        ROOT.propagate = old[1]
        if relay is not None:
            CONSOLE.removeHandler(relay)


def exchange_line(exchange: Exchange) -> str:
    """Give one line: method, URL, status, time; and how it ended, unless it is complete."""
    reason = REASONS.get(exchange.status)
    status = f"{exchange.status}" if reason is None else f"{exchange.status} {reason}"
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
