"""What the platform adds to objects of the web."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.workers.guests import new, obj, run
from unpoison import js
from unpoison.workers.messages import HttpResponse
from unpoison.workers.transfer import response_for


def test_set_cookie_headers_are_read_one_by_one() -> None:
    async def main(realm: js.Realm) -> None:
        message = HttpResponse(200, [("set-cookie", "c")])
        given = realm.get(response_for(realm, message), "headers")
        assert realm.call_method(given, "getAll", "Set-Cookie") == js.Array(["c"])
        headers = new(realm, "Headers")
        headers.append("Set-Cookie", "a")
        headers.append("Set-Cookie", "b")
        assert realm.call_method(headers, "getAll", "set-cookie") == js.Array(["a", "b"])
        with pytest.raises(js.TypeError, match="only be used with"):
            realm.call_method(headers, "getAll", "x")

    run(main)


def digest_stream(realm: js.Realm, algorithm: object) -> Any:
    return js.construct(realm.get(realm.global_object["crypto"], "DigestStream"), algorithm)


@pytest.mark.parametrize("algorithm", ["SHA-256", "sha-512", "MD5", js.Object({"name": "SHA-1"})])
def test_a_digest_of_a_stream(algorithm: Any) -> None:
    async def main(realm: js.Realm) -> None:
        stream = digest_stream(realm, algorithm)
        body = new(realm, "Response", "text").body
        await realm.call_method(body, "pipeTo", stream)
        found = js.bytes_of(await realm.get(stream, "digest"))
        name = algorithm["name"] if isinstance(algorithm, js.Object) else algorithm
        assert found == hashlib.new(name.replace("-", ""), b"text").digest()
        assert realm.get(stream, "bytesWritten") == 4

    run(main)


def test_a_digest_of_what_is_no_bytes_or_was_aborted_is_rejected() -> None:
    async def main(realm: js.Realm) -> None:
        for name, argument in (("write", obj()), ("abort", js.Error("stop"))):
            stream = digest_stream(realm, "SHA-256")
            writer = realm.call_method(stream, "getWriter")
            realm.call_method(writer, name, argument).subscribe(lambda _: None)
            with pytest.raises(js.Error, match=r"byte stream|stop"):
                await realm.get(stream, "digest")

    run(main)


def test_a_digest_that_nobody_knows() -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.Error, match="Unrecognized digest: CRC"):
            digest_stream(realm, "crc")

    run(main)
