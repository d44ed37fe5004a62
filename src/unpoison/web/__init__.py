"""The web platform's values: console, URL, events, timers, crypto; no event loop, no engine."""

from unpoison.web.abort import AbortController, AbortSignal
from unpoison.web.blob import Blob, File
from unpoison.web.clone import structured_clone
from unpoison.web.dom_exception import DOMException
from unpoison.web.event import Event
from unpoison.web.event_target import EventTarget
from unpoison.web.fetching import Fetcher, Network
from unpoison.web.form_data import FormData
from unpoison.web.globals import REFUSED_MEMBERS, WEB_GLOBALS
from unpoison.web.headers import Headers
from unpoison.web.http_client import Fetch
from unpoison.web.platform_names import PLATFORM_NAMES
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.request import Request
from unpoison.web.response import Response
from unpoison.web.streams import make_readable, make_writable, stream_from
from unpoison.web.text_coding import TextDecoder, TextEncoder
from unpoison.web.transform_stream import TransformStream
from unpoison.web.url import URL, InvalidURL
from unpoison.web.url_search_params import URLSearchParams
from unpoison.web.writable_stream import WritableStream

__all__ = [
    "PLATFORM_NAMES",
    "REFUSED_MEMBERS",
    "URL",
    "WEB_GLOBALS",
    "AbortController",
    "AbortSignal",
    "Blob",
    "DOMException",
    "Event",
    "EventTarget",
    "Fetch",
    "Fetcher",
    "File",
    "FormData",
    "Headers",
    "InvalidURL",
    "Network",
    "ReadableStream",
    "Request",
    "Response",
    "TextDecoder",
    "TextEncoder",
    "TransformStream",
    "URLSearchParams",
    "WritableStream",
    "make_readable",
    "make_writable",
    "stream_from",
    "structured_clone",
]
