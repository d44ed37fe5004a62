"""The names that the web platform adds to the global object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from unpoison.web.abort import ABORT_CONTROLLER, ABORT_SIGNAL
from unpoison.web.base64 import BASE64_FUNCTIONS
from unpoison.web.blob import BLOB, FILE
from unpoison.web.clone_values import CLONE_FUNCTIONS
from unpoison.web.compression import COMPRESSION_GLOBALS
from unpoison.web.console import CONSOLE
from unpoison.web.crypto import CRYPTO_GLOBALS
from unpoison.web.dom_exception import DOM_EXCEPTION
from unpoison.web.event import EVENT_CLASSES
from unpoison.web.event_target import EVENT_TARGET
from unpoison.web.fetching import FETCH_FUNCTIONS
from unpoison.web.form_data import FORM_DATA
from unpoison.web.headers import HEADERS
from unpoison.web.navigator import NAVIGATOR_GLOBALS
from unpoison.web.performance import PERFORMANCE_GLOBALS
from unpoison.web.request import REQUEST
from unpoison.web.response import RESPONSE
from unpoison.web.streams import STREAM_GLOBALS
from unpoison.web.subtle_crypto import REFUSED_OPERATIONS
from unpoison.web.text_coding import TEXT_DECODER, TEXT_ENCODER
from unpoison.web.text_streams import TEXT_STREAM_GLOBALS
from unpoison.web.timers import TIMER_FUNCTIONS
from unpoison.web.url import REFUSED_STATICS, URL_CLASS
from unpoison.web.url_search_params import URL_SEARCH_PARAMS

WEB_GLOBALS: Final[Mapping[str, object]] = {
    **BASE64_FUNCTIONS,
    **CLONE_FUNCTIONS,
    **COMPRESSION_GLOBALS,
    **CRYPTO_GLOBALS,
    **EVENT_CLASSES,
    **FETCH_FUNCTIONS,
    **NAVIGATOR_GLOBALS,
    **PERFORMANCE_GLOBALS,
    **STREAM_GLOBALS,
    **TEXT_STREAM_GLOBALS,
    **TIMER_FUNCTIONS,
    "AbortController": ABORT_CONTROLLER,
    "AbortSignal": ABORT_SIGNAL,
    "Blob": BLOB,
    "DOMException": DOM_EXCEPTION,
    "EventTarget": EVENT_TARGET,
    "File": FILE,
    "FormData": FORM_DATA,
    "Headers": HEADERS,
    "Request": REQUEST,
    "Response": RESPONSE,
    "TextDecoder": TEXT_DECODER,
    "TextEncoder": TEXT_ENCODER,
    "URL": URL_CLASS,
    "URLSearchParams": URL_SEARCH_PARAMS,
    "console": CONSOLE,
}
"""A row per name, for `js.make_realm`: those of ECMA-429, Minimum Common Web API, but for `self`.

js-sys asks for `self` before `window`; a window that an embedder gives would never be found.
"""

REFUSED_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "SubtleCrypto": REFUSED_OPERATIONS,
    "URL": REFUSED_STATICS,
}
"""Members that exist and say by an error "NotSupportedError" that they do nothing here."""
