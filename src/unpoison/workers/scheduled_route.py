"""Paths at which a developer sends a scheduled event. miniflare, src/workers/core/scheduled.ts."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import parse_qs, urlsplit

from unpoison.workers.failures import text_of
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.worker import Worker

log = logging.getLogger("unpoison.workers")

PATHS: Final = frozenset(
    {"/cdn-cgi/handler/scheduled", "/cdn-cgi/mf/scheduled", "/cdn-cgi/local/scheduled",
     "/__scheduled"}
)  # fmt: skip
"""The one of today, and those of other versions of wrangler."""


def is_scheduled(request: HttpRequest) -> bool:
    """Tell whether a request asks for a scheduled event."""
    return urlsplit(request.url).path in PATHS


async def answer_scheduled(worker: Worker, request: HttpRequest) -> HttpResponse:
    """Send the event; the answer is its outcome, "ok" or "exception".

    The query may have `cron`, the trigger, and `time`, in milliseconds since 1970.
    """
    query = parse_qs(urlsplit(request.url).query)
    cron = query.get("cron", [""])[-1]
    time = query.get("time", [None])[-1]
    if time is not None and not (time.isascii() and time.isdigit() and len(time) <= 16):
        return _answer(400, f"time must be milliseconds since 1970, not {time!r}")
    try:
        await worker.scheduled(cron, time=None if time is None else int(time) / 1000)
    except Exception as error:  # noqa: BLE001 - the guest's, whatever it is; the answer tells it
        log.error("%s: the scheduled event failed: %s", worker.name, text_of(error))
        return _answer(500, "exception")
    return _answer(200, "ok")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(status, [("content-type", "text/plain; charset=utf-8")], text.encode())
