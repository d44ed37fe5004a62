"""Messages between a guest and the outside: nothing of the guest's realm is in the neutral form.

Fetch standard 2.2.5, 2.2.6.
"""

from __future__ import annotations

import json
from typing import Any

from unpoison import js, web
from unpoison.workers.additions import Additions
from unpoison.workers.bodies import body_for, payload_of
from unpoison.workers.codings import coding_of, decoded, encoded
from unpoison.workers.fetch_types import Request, Response
from unpoison.workers.identity_streams import fixed_length
from unpoison.workers.messages import HttpRequest, HttpResponse
from unpoison.workers.web_socket import WebSocket


def request_for(
    realm: js.Realm, message: HttpRequest, signal: web.AbortSignal | None = None
) -> Request:
    """Give the Request that a guest handles. Its headers, checked before, cannot be changed.

    `signal` is what it says of its client; without one it never says anything.
    """
    realm.part(Additions)
    request = Request(
        realm,
        message.url,
        method=message.method,
        headers=web.Headers.trusted(message.headers, immutable=True),
        content=body_for(realm, message.body),
        signal=signal,
    )
    if message.cf is not None:
        request.cf = value_of_json(message.cf)
    return request


def request_of(request: web.Request) -> HttpRequest:
    """Give what a guest asks for; its body is read while it is sent. Raises js.TypeError."""
    cf = json_of(request.cf) if isinstance(request, Request) else None
    return HttpRequest(
        request.method,
        request.url.partition("#")[0],
        list(request.headers.raw),
        payload_of(request.content),
        cf if isinstance(cf, dict) else None,
    )


def response_for(realm: js.Realm, message: HttpResponse, urls: tuple[str, ...] = ()) -> Response:
    """Give the Response that a guest gets of a sub-request; `urls` are those that were asked."""
    realm.part(Additions)
    response = Response(
        realm,
        body_for(realm, decoded(message.headers, message.body)),
        status=message.status,
        status_text=message.status_text,
        headers=web.Headers.trusted(message.headers, immutable=True),
        urls=urls,
    )
    if message.web_socket is not None:
        response.web_socket = WebSocket(realm, message.web_socket)
    return response


def response_of(response: object) -> HttpResponse:
    """Give what a guest answers; a body that is a stream is read while it is sent.

    Raises js.TypeError for what is no Response, for a used body and for a used WebSocket.
    """
    if not isinstance(response, web.Response) or response.status == 0:
        raise js.TypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'.")
    socket = response.web_socket if isinstance(response, Response) else js.null
    length = _length_of(response)
    headers = [*response.headers.raw]
    if length is not None and not response.headers.has("content-length"):
        headers.append(("content-length", str(length)))
    is_manual = isinstance(response, Response) and response.encode_body == "manual"
    coding = None if is_manual else coding_of(headers)
    body = payload_of(response.content)
    if coding is not None:
        headers, body = encoded(headers, body, coding)
        length = None
    return HttpResponse(
        response.status,
        headers,
        body,
        response.status_text,
        socket.take() if isinstance(socket, WebSocket) else None,
        length,
    )


def _length_of(response: web.Response) -> int | None:
    """Give the length of a body that is the readable side of a FixedLengthStream."""
    content = response.content
    if content is None or content.data is not None:
        return None
    return fixed_length(response.realm, content.stream)


def value_of_json(data: Any) -> Any:
    """Give a guest's value of JSON data (None is null)."""
    return js.json_parse(json.dumps(data))


def json_of(value: object) -> Any:
    """Give a guest's value as JSON data, None for what has no JSON text. Raises js.TypeError."""
    text = js.json_stringify(value)
    return None if text is None else json.loads(text)
