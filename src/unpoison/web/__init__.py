"""The web platform's values: console, URL, events, timers, crypto; no event loop, no engine."""

from unpoison.web.abort import AbortController, AbortSignal
from unpoison.web.clone import structured_clone
from unpoison.web.dom_exception import DOMException
from unpoison.web.event import Event
from unpoison.web.event_target import EventTarget
from unpoison.web.globals import WEB_GLOBALS
from unpoison.web.platform_names import PLATFORM_NAMES
from unpoison.web.url import URL, InvalidURL
from unpoison.web.url_search_params import URLSearchParams

__all__ = [
    "PLATFORM_NAMES",
    "URL",
    "WEB_GLOBALS",
    "AbortController",
    "AbortSignal",
    "DOMException",
    "Event",
    "EventTarget",
    "InvalidURL",
    "URLSearchParams",
    "structured_clone",
]
