"""The web platform's values: console, URL, events, timers, crypto; no event loop, no engine."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from unpoison.web.abort import AbortController, AbortSignal
    from unpoison.web.blob import Blob, File
    from unpoison.web.body import Body, extract
    from unpoison.web.buffers import buffer_of
    from unpoison.web.clone import structured_clone
    from unpoison.web.crypto import Crypto
    from unpoison.web.dom_exception import DOMException
    from unpoison.web.event import CloseEvent, ErrorEvent, Event, MessageEvent
    from unpoison.web.event_target import EVENT_TARGET, EventTarget
    from unpoison.web.fetching import Fetcher, Network
    from unpoison.web.form_data import FormData
    from unpoison.web.globals import REFUSED_MEMBERS, WEB_GLOBALS
    from unpoison.web.headers import HEADERS, Headers
    from unpoison.web.host_access import host_of
    from unpoison.web.http_client import Fetch
    from unpoison.web.idl import interface, none_for
    from unpoison.web.platform_names import PLATFORM_NAMES
    from unpoison.web.promises import Deferred
    from unpoison.web.readable_pulling import Source
    from unpoison.web.readable_stream import ReadableStream
    from unpoison.web.redirects import Asking
    from unpoison.web.request import REQUEST, Request, make_request
    from unpoison.web.response import (
        NULL_BODY,
        RESPONSE,
        RESPONSE_INIT,
        Response,
        make_response,
        response_statics,
    )
    from unpoison.web.streams import (
        WRITABLE_STREAM,
        make_readable,
        make_writable,
        start_writing,
        stream_from,
    )
    from unpoison.web.text_coding import TextDecoder, TextEncoder
    from unpoison.web.transform_stream import TRANSFORM_STREAM, Transformer, TransformStream
    from unpoison.web.url import URL, InvalidURL
    from unpoison.web.url_search_params import URLSearchParams
    from unpoison.web.writable_controller import Sink
    from unpoison.web.writable_stream import WritableStream

__all__ = [
    "EVENT_TARGET",
    "HEADERS",
    "NULL_BODY",
    "PLATFORM_NAMES",
    "REFUSED_MEMBERS",
    "REQUEST",
    "RESPONSE",
    "RESPONSE_INIT",
    "TRANSFORM_STREAM",
    "URL",
    "WEB_GLOBALS",
    "WRITABLE_STREAM",
    "AbortController",
    "AbortSignal",
    "Asking",
    "Blob",
    "Body",
    "CloseEvent",
    "Crypto",
    "DOMException",
    "Deferred",
    "ErrorEvent",
    "Event",
    "EventTarget",
    "Fetch",
    "Fetcher",
    "File",
    "FormData",
    "Headers",
    "InvalidURL",
    "MessageEvent",
    "Network",
    "ReadableStream",
    "Request",
    "Response",
    "Sink",
    "Source",
    "TextDecoder",
    "TextEncoder",
    "TransformStream",
    "Transformer",
    "URLSearchParams",
    "WritableStream",
    "buffer_of",
    "extract",
    "host_of",
    "interface",
    "make_readable",
    "make_request",
    "make_response",
    "make_writable",
    "none_for",
    "response_statics",
    "start_writing",
    "stream_from",
    "structured_clone",
]

_LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "abort": ("AbortController", "AbortSignal"),
    "blob": ("Blob", "File"),
    "body": ("Body", "extract"),
    "buffers": ("buffer_of",),
    "clone": ("structured_clone",),
    "crypto": ("Crypto",),
    "dom_exception": ("DOMException",),
    "event": ("CloseEvent", "ErrorEvent", "Event", "MessageEvent"),
    "event_target": ("EVENT_TARGET", "EventTarget"),
    "fetching": ("Fetcher", "Network"),
    "form_data": ("FormData",),
    "globals": ("REFUSED_MEMBERS", "WEB_GLOBALS"),
    "headers": ("HEADERS", "Headers"),
    "host_access": ("host_of",),
    "http_client": ("Fetch",),
    "idl": ("interface", "none_for"),
    "platform_names": ("PLATFORM_NAMES",),
    "promises": ("Deferred",),
    "readable_pulling": ("Source",),
    "readable_stream": ("ReadableStream",),
    "redirects": ("Asking",),
    "request": ("REQUEST", "Request", "make_request"),
    "response": (
        "NULL_BODY",
        "RESPONSE",
        "RESPONSE_INIT",
        "Response",
        "make_response",
        "response_statics",
    ),
    "streams": (
        "WRITABLE_STREAM",
        "make_readable",
        "make_writable",
        "start_writing",
        "stream_from",
    ),
    "text_coding": ("TextDecoder", "TextEncoder"),
    "transform_stream": ("TRANSFORM_STREAM", "Transformer", "TransformStream"),
    "url": ("URL", "InvalidURL"),
    "url_search_params": ("URLSearchParams",),
    "writable_controller": ("Sink",),
    "writable_stream": ("WritableStream",),
}
"""Every name by its file, imported when it is first named: a toolchain asks for names only."""

_NAMES = globals()  # a file of this room, once imported, has the name of the function


if not TYPE_CHECKING:  # a type checker would take every name for one of this room

    def __getattr__(name: str) -> Any:
        for file, names in _LATER.items():
            if name in names:
                value = _NAMES[name] = getattr(import_module(f"unpoison.web.{file}"), name)
                return value
        raise AttributeError(f"module 'unpoison.web' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*_NAMES, *__all__})
