"""Request and Response as a Worker has them: with `cf`, `webSocket` and `encodeBody`.

Workers docs, "Request", "Response"; workerd, api/http.c++.
"""

from __future__ import annotations

from typing import Any, Final

from unpoison import js, web
from unpoison.workers.web_socket import WebSocket

SWITCHING: Final = 101


class Request(web.Request):
    """A request; `cf` is what the platform knows of it, undefined for nothing."""

    __slots__ = ("cf",)

    def __init__(self, realm: js.Realm, url: str, **rest: Any) -> None:
        super().__init__(realm, url, **rest)
        self.cf: object = None

    def clone(self) -> Request:
        """See web.Request."""
        made = super().clone()
        assert isinstance(made, Request)
        made.cf = self.cf
        return made


class Response(web.Response):
    """A response; `web_socket` is the WebSocket of one with status 101, null for any other.

    `encode_body` says whether the body is to be compressed as content-encoding says ("automatic")
    or is so already ("manual").
    """

    __slots__ = ("cf", "encode_body", "web_socket")

    def __init__(self, realm: js.Realm, content: web.Body | None = None, **rest: Any) -> None:
        super().__init__(realm, content, **rest)
        self.web_socket: WebSocket | js.JsNull = js.null
        self.cf: object = None
        self.encode_body = "automatic"

    def clone(self) -> Response:
        """See web.Response. Raises js.TypeError for one with a WebSocket."""
        if self.web_socket is not js.null:
            raise js.TypeError("Cannot clone a response to a WebSocket handshake.")
        made = super().clone()
        assert isinstance(made, Response)
        made.cf, made.encode_body = self.cf, self.encode_body
        return made


def make_request(realm: js.Realm, given: object, init: object) -> Request:
    """Be the constructor of Request. Raises js.TypeError.

    A stream as the body needs no `duplex` there: workerd, api/http.h, RequestInitializerDict.
    """
    made = web.make_request(realm, given, init, Request, needs_duplex=False)
    cf = js.get(init, "cf") if js.is_reference(init) else None
    made.cf = given.cf if cf is None and isinstance(given, Request) else cf
    return made


def adopted(response: web.Response) -> Response:
    """Give a Response of the Worker's class for one of the platform's; the body moves over."""
    if isinstance(response, Response):
        return response
    return Response(
        response.realm,
        response.content,
        status=response.status,
        status_text=response.status_text,
        headers=response.headers,
        type_=response.type,
        urls=response.urls,
    )


def _construct_response(realm: js.Realm, body: object, init: object) -> Response:
    found = js.items_of(init, "webSocket", "cf", "encodeBody", *web.RESPONSE_INIT)
    socket = web.none_for(found["webSocket"])
    given = None if js.is_nullish(body) else web.extract(realm, body)
    if socket is None:
        made = web.make_response(realm, _fitting(given, init), init, Response, found)
    else:
        made = _upgraded(realm, given, init, socket)
    made.cf = found["cf"]
    if found["encodeBody"] is not None:
        made.encode_body = _encode_body(found["encodeBody"])
    return made


def _fitting(given: tuple[web.Body, str | None] | None, init: object) -> Any:
    """Give no body in place of an empty one where the status has none.

    It was the only way to make such a response once, and crates do it still.
    """
    if given is None or given[0].data != b"" or not js.is_reference(init):
        return given
    return None if js.get(init, "status") in web.NULL_BODY else given


def _upgraded(realm: js.Realm, given: object, init: object, socket: object) -> Response:
    if not isinstance(socket, WebSocket):
        raise js.TypeError("the option webSocket is no WebSocket")
    if js.get(init, "status") != SWITCHING:
        raise js.RangeError("Responses with a WebSocket must have status code 101.")
    if given is not None:
        raise js.TypeError("a response with a WebSocket has no body")
    plain = {"headers": js.get(init, "headers"), "statusText": js.get(init, "statusText")}
    made = web.make_response(realm, None, js.Object(plain), Response)
    made.status, made.web_socket = SWITCHING, socket
    return made


def _encode_body(value: object) -> str:
    text = js.to_string(value)
    if text not in ("automatic", "manual"):
        raise js.TypeError(f"encodeBody: {text!r} is neither automatic nor manual")
    return text


REQUEST: Final = web.interface(
    Request, web.REQUEST, attributes=("cf",), construct=make_request, length=1
)
RESPONSE: Final = web.interface(
    Response,
    web.RESPONSE,
    attributes=("cf", "webSocket"),
    statics=web.response_statics(Response),
    construct=_construct_response,
    length=0,
)
