"""The status page: a `StatusBoard` as one HTML page without scripts, refreshed by the browser."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from typing import Final

from unpoison.workers.logs import duration
from unpoison.workers.observers import Exchange, Incident, Outcome
from unpoison.workers.status_board import SeenIncident, SeenLine, StatusBoard

REFRESH_SECONDS: Final = 2
LONGEST_URL: Final = 200

STYLE: Final = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem;
  padding: 0 1rem; color: #1c1c1c; background: #fff }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: 1.6rem 0 .4rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top;
  border-bottom: 1px solid #ddd }
td.wide { overflow-wrap: anywhere; width: 60% } td.number { font-variant-numeric: tabular-nums }
pre { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px }
.bad { color: #a40000 } .quiet { color: #666 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #161616 }
  td, th { border-color: #333 } .bad { color: #ff8080 } .quiet { color: #999 } }
"""


def render_page(board: StatusBoard, name: str) -> str:
    """Give the page of a board; `name` is the Worker's. Every text of others is escaped."""
    title = escape(f"{name} - unpoison")
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">',
            f"<title>{title}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(name)}</h1>",
            _summary(board),
            _section("Panics and aborts", map(_incident, reversed(board.incidents))),
            _section("Requests", map(_exchange, reversed(board.exchanges))),
            _section("Console", map(_line, reversed(board.lines))),
            "</body></html>",
        )
    )


def _summary(board: StatusBoard) -> str:
    population = board.population()
    served = board.served
    facts = (
        ("since", _clock(board.started)),
        ("requests served", sum(served.values())),
        ("failed", served[Outcome.FAILED]),
        ("refused", served[Outcome.REFUSED]),
        ("clients that left", served[Outcome.CLIENT_LEFT]),
        ("under way", board.under_way),
        ("waiting", population.requests_waiting),
        ("panics", board.happened[Incident.PANIC]),
        ("aborts", board.happened[Incident.ABORT]),
        ("aborts undone", board.happened[Incident.UNDONE]),
        ("failed starts", board.happened[Incident.START_FAILED]),
        ("renewals", board.renewals),
        ("instances", f"{population.instances_live} ({population.instances_idle} idle)"),
        ("objects", f"{population.objects_live} ({population.objects_evicted} evicted)"),
        ("alarms", population.alarms_pending),
    )
    parts = (f"{label} <b>{escape(str(value))}</b>" for label, value in facts)
    return f"<p>{' · '.join(parts)}</p>"


def _section(title: str, rows: Iterable[str]) -> str:
    body = "".join(rows)
    content = f"<table>{body}</table>" if body else '<p class="quiet">none yet</p>'
    return f"<h2>{title}</h2>{content}"


def _incident(seen: SeenIncident) -> str:
    reason = f" ({escape(seen.reason)})" if seen.reason else ""
    frames = "".join(f"\n  at {escape(frame)}" for frame in seen.backtrace)
    return (
        f'<tr><td class="number">{_clock(seen.time)}</td>'
        f'<td class="bad">{seen.kind.value}{reason}</td><td>{escape(seen.where)}</td>'
        f'<td class="wide"><pre>{escape(seen.message)}{frames}</pre></td>'
        f'<td class="quiet">{escape(seen.request or "")}</td></tr>'
    )


def _exchange(exchange: Exchange) -> str:
    bad = exchange.status >= 500 or exchange.outcome is Outcome.FAILED
    url = exchange.url if len(exchange.url) <= LONGEST_URL else f"{exchange.url[:LONGEST_URL]}..."
    end = "" if exchange.outcome is Outcome.COMPLETE else exchange.outcome.value
    return (
        f'<tr><td class="number">{_clock(exchange.started)}</td>'
        f'<td>{escape(exchange.method)}</td><td class="wide">{escape(url)}</td>'
        f'<td class="number{" bad" if bad else ""}">{exchange.status or ""} {end}</td>'
        f'<td class="number">{duration(exchange.seconds)}</td>'
        f'<td class="quiet">{escape(exchange.id)}</td></tr>'
    )


def _line(line: SeenLine) -> str:
    bad = ' class="bad"' if line.level == "error" else ""
    return (
        f'<tr><td class="number">{_clock(line.time)}</td><td{bad}>{escape(line.level)}</td>'
        f'<td class="wide"><pre>{escape(line.text)}</pre></td>'
        f'<td class="quiet">{escape(line.request or "")}</td></tr>'
    )


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))
