"""The web platform's values: console, URL, events, timers, crypto; no event loop, no engine."""

from unpoison.web.globals import WEB_GLOBALS
from unpoison.web.platform_names import PLATFORM_NAMES

__all__ = [
    "PLATFORM_NAMES",
    "WEB_GLOBALS",
]
