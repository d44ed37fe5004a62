"""Response. Fetch 5.5."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from unpoison import js
from unpoison.web.body import BODY_ATTRIBUTES, BODY_OPERATIONS, Body, BodyOwner, extract
from unpoison.web.headers import Headers, fill
from unpoison.web.idl import integer, interface, usv_string
from unpoison.web.url import URL

NULL_BODY: Final = frozenset({101, 103, 204, 205, 304})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REASON: Final = re.compile("[\t\x20-\x7e\x80-\xff]*")


class Response(BodyOwner):
    """What came back, or what a handler answers."""

    __slots__ = ("status", "status_text", "type", "urls")

    def __init__(
        self,
        realm: js.Realm,
        content: Body | None = None,
        *,
        status: int = 200,
        status_text: str = "",
        headers: Headers | None = None,
        type_: str = "default",
        urls: tuple[str, ...] = (),
    ) -> None:
        # As JsObject's, without a call: each event makes some.
        self._js_own = {}
        self._js_attributes = None
        self.realm, self.content = realm, content
        self.status, self.status_text = status, status_text
        self.headers = Headers() if headers is None else headers
        self.type = type_
        self.urls = urls

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status <= 299

    @property
    def url(self) -> str:
        """Where it came from, without a fragment; empty for one that was made here."""
        return self.urls[-1].partition("#")[0] if self.urls else ""

    @property
    def redirected(self) -> bool:
        """Whether it came after a redirect."""
        return len(self.urls) > 1

    def clone(self) -> Response:
        """Give a second response; both bodies can be read. Raises js.TypeError for a used one."""
        if self.content is not None and self.content.unusable:
            raise js.TypeError("Response.clone: Body has already been consumed.")
        return type(self)(
            self.realm,
            None if self.content is None else self.content.clone(),
            status=self.status,
            status_text=self.status_text,
            headers=Headers(self.headers.raw, immutable=self.headers.immutable),
            type_=self.type,
            urls=self.urls,
        )

    def __repr__(self) -> str:
        return f"<js Response {self.status}>"


Made = TypeVar("Made", bound=Response)


RESPONSE_INIT: Final = ("headers", "status", "statusText")
"""The options of a response."""


def make_response(
    realm: js.Realm,
    body: tuple[Body, str | None] | None,
    init: object,
    kind: type[Made],
    found: Mapping[str, Any] | None = None,
) -> Made:
    """Be "initialize a response". Raises js.RangeError for a status, js.TypeError. Fetch 5.5.

    `found` are the options of `init`, where they were read already.
    """
    if found is None:
        found = js.items_of(init, *RESPONSE_INIT)
    given = found["status"]
    if type(given) is int and 200 <= given <= 599:  # as it is nearly always
        status = given
    else:
        status = 200 if given is None else integer(given, 16)
    if not 200 <= status <= 599:
        raise js.RangeError('init["status"] must be in the range of 200 to 599, inclusive.')
    text = "" if found["statusText"] is None else js.to_string(found["statusText"])
    if text and _REASON.fullmatch(text) is None:
        raise js.TypeError("Invalid statusText")
    headers = Headers()
    if found["headers"] is not None:
        fill(headers, found["headers"], realm)
    if body is not None:
        if status in NULL_BODY:
            raise js.TypeError(f"Response constructor: Invalid response status code {status}")
        if body[1] is not None and not headers.has("content-type"):
            headers.append("content-type", body[1])
    content = None if body is None else body[0]
    return kind(realm, content, status=status, status_text=text, headers=headers)


def _construct(realm: js.Realm, body: object, init: object) -> Response:
    given = None if js.is_nullish(body) else extract(realm, body)
    return make_response(realm, given, init, Response)


def _error(kind: type[Made], realm: js.Realm) -> Made:
    return kind(realm, status=0, headers=Headers(immutable=True), type_="error")


def _redirect(kind: type[Made], realm: js.Realm, url: object, status: object) -> Made:
    target = parsed_url(url)
    code = 302 if status is None else integer(status, 16)
    if code not in REDIRECTS:
        raise js.RangeError(f"Invalid status code {code}")
    headers = Headers([("location", target)], immutable=True)
    return kind(realm, status=code, headers=headers)


def _json(kind: type[Made], realm: js.Realm, data: object, init: object) -> Made:
    text = js.json_stringify(data)
    if text is None:
        raise js.TypeError("Value is not JSON serializable")
    body = Body(realm, usv_string(text).encode()), "application/json"
    return make_response(realm, body, init, kind)


def parsed_url(text: object) -> str:
    """Give a URL in its normal form. Raises js.TypeError for what is none, or is relative."""
    given = text.href if isinstance(text, URL) else usv_string(text)
    try:
        return URL(given).href
    except js.TypeError as error:
        raise js.TypeError(f"Failed to parse URL from {given}", cause=error) from None


def response_statics(kind: type[Response]) -> dict[str, Any]:
    """Give the static functions of a class of responses."""
    made: dict[str, Callable[..., Any]] = {"error": _error, "json": _json, "redirect": _redirect}
    return {name: partial(run, kind) for name, run in made.items()}


RESPONSE: Final[js.ClassSpec] = interface(
    Response,
    operations=(*BODY_OPERATIONS, "clone"),
    attributes=(*BODY_ATTRIBUTES, "ok", "redirected", "status", "statusText", "type", "url"),
    statics=response_statics(Response),
    construct=_construct,
    length=0,
)
