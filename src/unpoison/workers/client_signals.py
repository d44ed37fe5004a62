"""The signal of a request that a guest handles: it is aborted when the client leaves.

workerd, io/worker-entrypoint.c++, api/basics.h: only with the flag `enable_request_signal`, and it
cancels sub-requests that are made of that request only with `request_signal_passthrough`. Neither
has a compatibility date.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from unpoison import js, web

ENABLING: Final = {"enable_request_signal": True, "disable_request_signal": False}
PASSING: Final = {"request_signal_passthrough": True, "no_request_signal_passthrough": False}
LEFT: Final = "The client has disconnected"


class ClientSignals(Enum):
    """What the signals of requests do when a client leaves."""

    NONE = "nothing"
    OWN = "tell the handler"
    PASSING = "tell the handler, and cancel sub-requests made of the request"


def signals_by(flags: Sequence[str]) -> ClientSignals:
    """Give what the compatibility flags ask for; of two that contradict, the last counts."""
    if not _said(flags, ENABLING):
        return ClientSignals.NONE
    return ClientSignals.PASSING if _said(flags, PASSING) else ClientSignals.OWN


def _said(flags: Sequence[str], meanings: dict[str, bool]) -> bool:
    return next((meanings[flag] for flag in reversed(flags) if flag in meanings), False)


def make_signal(realm: js.Realm, kind: ClientSignals) -> web.AbortSignal | None:
    """Make the signal of a request; None when nothing is to be told."""
    if kind is ClientSignals.NONE:
        return None
    signal = web.AbortSignal(realm)
    signal.cancels_fetch = kind is ClientSignals.PASSING
    return signal


def say_left(signal: web.AbortSignal) -> None:
    """Abort a signal, as an event of its guest, since the client has left."""
    signal.abort(web.DOMException(LEFT, "AbortError"))
