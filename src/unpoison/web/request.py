"""Request. Fetch 5.4."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.web.abort import AbortSignal
from unpoison.web.body import BODY_ATTRIBUTES, BODY_OPERATIONS, Body, BodyOwner, extract
from unpoison.web.headers import Headers, fill
from unpoison.web.idl import boolean, interface, usv_string
from unpoison.web.readable_stream import ReadableStream
from unpoison.web.response import parsed_url
from unpoison.web.url import URL

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FORBIDDEN: Final = frozenset({"CONNECT", "TRACE", "TRACK"})
_NORMALIZED: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})

ENUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "mode": ("cors", "navigate", "same-origin", "no-cors"),
    "credentials": ("same-origin", "omit", "include"),
    "cache": ("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"),
    "redirect": ("follow", "error", "manual"),
}
"""The options with a fixed set of values; the first is the default. Fetch 5.4."""

_TEXTS: Final[Mapping[str, str]] = {
    "referrer": "about:client",
    "referrerPolicy": "",
    "integrity": "",
}
_DEFAULTS: Final[Mapping[str, Any]] = {
    **{name: values[0] for name, values in ENUMS.items()},
    **_TEXTS,
    "keepalive": False,
}
_OPTIONS: Final = (
    "body", "duplex", "headers", "keepalive", "method", "signal", "window", *ENUMS, *_TEXTS,
)  # fmt: skip


class Request(BodyOwner):
    """What is asked for. `options` are the settings that only a network knows the use of."""

    __slots__ = ("_signal", "method", "options", "url")

    def __init__(
        self,
        realm: js.Realm,
        url: str,
        *,
        method: str = "GET",
        headers: Headers | None = None,
        content: Body | None = None,
        signal: AbortSignal | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        # As JsObject's, without a call: each event makes some.
        self._js_own = {}
        self._js_attributes = None
        self.realm, self.url, self.method, self.content = realm, url, method, content
        self.headers = Headers() if headers is None else headers
        self._signal = signal
        self.options = {**_DEFAULTS, **options} if options else _DEFAULTS

    @property
    def signal(self) -> AbortSignal:
        """What says that it should stop; one of its own is made at the first time."""
        if self._signal is None:
            self._signal = AbortSignal(self.realm)
        return self._signal

    def clone(self) -> Request:
        """Give a second request; both bodies can be read. Raises js.TypeError for a used one."""
        if self.content is not None and self.content.unusable:
            raise js.TypeError("unusable")
        return type(self)(
            self.realm,
            self.url,
            method=self.method,
            headers=Headers.trusted(self.headers.raw),
            content=None if self.content is None else self.content.clone(),
            signal=AbortSignal.any_of(self.realm, js.Array([self.signal])),
            options=self.options,
        )

    @property
    def redirect(self) -> str:
        """What to do about redirects: follow, error or manual."""
        return str(self.options["redirect"])

    def __repr__(self) -> str:
        return f"<js Request {self.method} {self.url}>"


Made = TypeVar("Made", bound=Request)


def make_request(
    realm: js.Realm,
    given: object,
    init: object,
    kind: type[Made],
    *,
    needs_duplex: bool = True,
) -> Made:
    """Be the constructor of Request. Raises js.TypeError. Fetch 5.4.

    The standard wants `duplex` with a body that is a stream; not every platform does.
    """
    found = js.items_of(None if js.is_nullish(init) else init, *_OPTIONS)
    old = given if isinstance(given, Request) else None
    url = old.url if old is not None else _url(given)
    method = _method(found["method"], "GET" if old is None else old.method)
    headers = Headers() if old is None else Headers.trusted(old.headers.raw)
    if found["headers"] is not None:
        headers = fill(Headers(), found["headers"], realm)
    if needs_duplex and isinstance(found["body"], ReadableStream) and found["duplex"] is None:
        raise js.TypeError("RequestInit: duplex option is required when sending a body.")
    content = _content(realm, found, method, headers, old)
    return kind(
        realm,
        url,
        method=method,
        headers=headers,
        content=content,
        signal=_signal(realm, found["signal"], old),
        options=_settings(found, old),
    )


def _url(given: object) -> str:
    url = parsed_url(given)
    if "@" in url and (URL(url).username or URL(url).password):
        raise js.TypeError(
            f"Request cannot be constructed from a URL that includes credentials: {url}"
        )
    return url


def _method(value: object, default: str) -> str:
    if value is None:
        return default
    text = js.to_string(value)
    if _TOKEN.fullmatch(text) is None or text.upper() in _FORBIDDEN:
        raise js.TypeError(f"'{text}' is not a valid HTTP method.")
    return text.upper() if text.upper() in _NORMALIZED else text


def _content(
    realm: js.Realm, found: Mapping[str, Any], method: str, headers: Headers, old: Request | None
) -> Body | None:
    given = found["body"]
    inherited = old.content if old is not None and js.is_nullish(given) else None
    if (not js.is_nullish(given) or inherited is not None) and method in ("GET", "HEAD"):
        raise js.TypeError("Request with GET/HEAD method cannot have body.")
    if not js.is_nullish(given):
        content, media = extract(realm, given)
        if media is not None and not headers.has("content-type"):
            headers.append("content-type", media)
        return content
    if inherited is None or old is None:
        return None
    if inherited.unusable:
        raise js.TypeError(
            "Cannot construct a Request with a Request object that has already been used."
        )
    moved = Body(realm, inherited.data if inherited.data is not None else inherited.stream)
    old.content = Body(realm, b"")
    old.content.read()  # the body has moved: the old request counts as used
    return moved


def _signal(realm: js.Realm, given: object, old: Request | None) -> AbortSignal | None:
    if given is not None and given is not js.null and not isinstance(given, AbortSignal):
        raise js.TypeError("RequestInit: Expected signal to be an AbortSignal")
    source = given if isinstance(given, AbortSignal) else old.signal if old is not None else None
    if given is js.null or source is None:
        return None
    return AbortSignal.any_of(realm, js.Array([source]))


def _settings(found: Mapping[str, Any], old: Request | None) -> dict[str, Any]:
    settings: dict[str, Any] = {} if old is None else dict(old.options)
    for name, values in ENUMS.items():
        if found[name] is not None:
            text = js.to_string(found[name])
            if text not in values:
                raise js.TypeError(f"{text!r} is no value of the option {name}")
            settings[name] = text
    for name in _TEXTS:
        if found[name] is not None:
            settings[name] = usv_string(found[name])
    if found["keepalive"] is not None:
        settings["keepalive"] = boolean(found["keepalive"])
    if settings.get("mode") == "navigate":
        raise js.TypeError("Request constructor: invalid request mode navigate.")
    return settings


def _option(name: str) -> Any:
    return lambda request: request.options[name]


REQUEST: Final[js.ClassSpec] = interface(
    Request,
    operations=(*BODY_OPERATIONS, "clone"),
    attributes=(*BODY_ATTRIBUTES, "method", "signal", "url"),
    getters={
        **{name: _option(name) for name in (*ENUMS, *_TEXTS, "keepalive")},
        "destination": lambda request: "",
        "duplex": lambda request: "half",
    },
    construct=lambda realm, given, init: make_request(realm, given, init, Request),
    length=1,
)
