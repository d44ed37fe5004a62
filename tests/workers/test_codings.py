"""Content codings of what enters and leaves a guest."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from tests.workers.guests import Chunks, new, obj, run
from unpoison import js
from unpoison.workers.codings import CHUNK, coding_of, decoded, encoded
from unpoison.workers.messages import Headers, HttpResponse, Payload, discard, read_all
from unpoison.workers.transfer import response_for, response_of

GZIP = [("content-encoding", "gzip")]


def encode(headers: Headers, body: Payload) -> tuple[Headers, Payload]:
    coding = coding_of(headers)
    assert coding is not None
    return encoded(headers, body, coding)


def whole(body: Payload) -> bytes:
    return asyncio.run(read_all(body, 1 << 24))


@pytest.mark.parametrize(
    ("coding", "decode"), [("gzip", gzip.decompress), ("GZip", gzip.decompress),
                           ("deflate", zlib.decompress)],
)  # fmt: skip
@pytest.mark.parametrize("streams", [True, False])
def test_a_body_leaves_as_its_header_says(coding: str, decode: object, streams: bool) -> None:
    body: Payload = Chunks(b"te", b"", b"xt") if streams else b"text"
    given = [("content-encoding", coding), ("content-length", "4")]
    headers, coded = encode(given, body)
    assert headers == [("content-encoding", coding)]
    data = whole(coded)
    assert decode(data) == b"text"  # type: ignore[operator]
    assert whole(decoded(headers, data)) == b"text"


@pytest.mark.parametrize("headers", [[], [("content-encoding", "identity")]])
def test_a_body_without_a_coding_stays(headers: list[tuple[str, str]]) -> None:
    assert coding_of(headers) is None
    assert decoded(headers, b"a") == b"a"
    assert encode(GZIP, None) == (GZIP, None)


def test_a_chunk_is_not_kept_back() -> None:
    async def main() -> None:
        chunks = Chunks(b"one", b"two")
        _, coded = encode(GZIP, chunks)
        assert coded is not None and not isinstance(coded, bytes)
        first = await anext(coded)
        assert zlib.decompressobj(wbits=31).decompress(first) == b"one"
        assert chunks.asked == 1
        await discard(coded)
        assert chunks.closed

    asyncio.run(main())


def test_a_coding_that_is_not_supported() -> None:
    with pytest.raises(js.TypeError, match="content-encoding: br is not supported"):
        coding_of([("content-encoding", "br")])
    assert decoded([("content-encoding", "br")], b"a") == b"a"


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"no gzip", "malformed"), (gzip.compress(b"x", mtime=0)[:-4], "too early")],
)
def test_a_body_that_is_badly_coded(data: bytes, problem: str) -> None:
    with pytest.raises(js.TypeError, match=problem):
        whole(decoded(GZIP, data))


def test_a_small_body_that_stands_for_a_large_one_comes_in_pieces() -> None:
    async def main() -> None:
        body = decoded(GZIP, gzip.compress(bytes(1 << 24), mtime=0))
        assert body is not None and not isinstance(body, bytes)
        assert len(await anext(body)) == CHUNK

    asyncio.run(main())


def test_who_gives_a_badly_coded_body_is_told_to_stop() -> None:
    async def main() -> None:
        chunks = Chunks(b"no gzip", b"more")
        with pytest.raises(js.TypeError):
            await read_all(decoded(GZIP, chunks), 99)
        assert chunks.closed

    asyncio.run(main())


def test_a_response_with_a_coding_that_is_not_supported_is_not_begun() -> None:
    async def main(realm: js.Realm) -> None:
        init = obj(headers=obj(**{"content-encoding": "br"}))
        response = new(realm, "Response", "a", init)
        with pytest.raises(js.TypeError, match="not supported"):
            response_of(response)
        assert not response.body_used

    run(main)


@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_a_response_is_coded_unless_it_says_that_it_is(mode: str) -> None:
    async def main(realm: js.Realm) -> None:
        body = (
            "text" if mode == "automatic" else js.Uint8Array(list(gzip.compress(b"text", mtime=0)))
        )
        init = obj(headers=obj(**{"content-encoding": "gzip"}), encodeBody=mode)
        message = response_of(new(realm, "Response", body, init))
        assert gzip.decompress(await read_all(message.body, 99)) == b"text"

    run(main)


def test_a_guest_sees_a_response_decoded_and_hands_it_on_coded() -> None:
    async def main(realm: js.Realm) -> None:
        message = HttpResponse(200, list(GZIP), gzip.compress(b"text", mtime=0))
        assert await response_for(realm, message).text() == "text"
        again = response_of(response_for(realm, message))
        assert gzip.decompress(await read_all(again.body, 99)) == b"text"

    run(main)
