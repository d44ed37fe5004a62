"""IdentityTransformStream and FixedLengthStream."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workers.guests import new, run
from unpoison import js
from unpoison.workers.messages import read_all
from unpoison.workers.transfer import response_of


def write(stream: Any, *chunks: object) -> js.Promise:
    """Write chunks and close; gives the promise of the close."""
    writer = js.call_method(stream.writable, "getWriter")
    for chunk in chunks:
        js.call_method(writer, "write", chunk).catch(lambda _: None)
    closed = js.call_method(writer, "close")
    closed.subscribe(lambda _: None)
    return closed  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("IdentityTransformStream", ()), ("FixedLengthStream", (5,)),
     ("FixedLengthStream", (js.BigInt(5),))],
)  # fmt: skip
def test_bytes_come_out_as_they_went_in(name: str, arguments: tuple[object, ...]) -> None:
    async def main(realm: js.Realm) -> None:
        stream = new(realm, name, *arguments)
        assert realm.get(realm.get(stream, "constructor"), "name") == name
        assert js.instance_of(stream, realm.global_object["TransformStream"])
        done = write(stream, js.Uint8Array([1, 2]), js.ArrayBuffer(3))
        response = response_of(new(realm, "Response", realm.get(stream, "readable")))
        length = [("content-length", "5")] if arguments else []
        assert response.headers == length
        assert await read_all(response.body, 9) == b"\1\2\0\0\0"
        await done

    run(main)


@pytest.mark.parametrize(
    ("chunks", "problem"),
    [
        ([js.Uint8Array([1])], "did not see all expected bytes"),
        ([js.Uint8Array([1, 2]), js.Uint8Array([3])], "too many bytes"),
        (["ab"], "byte stream"),
    ],
)
def test_another_length_and_other_values_are_errors(chunks: list[object], problem: str) -> None:
    async def main(realm: js.Realm) -> None:
        stream = new(realm, "FixedLengthStream", 2)
        write(stream, *chunks)
        response = new(realm, "Response", realm.get(stream, "readable"))
        with pytest.raises(js.TypeError, match=problem):
            await response.text()

    run(main)


@pytest.mark.parametrize("length", [-1, 1.5, "x", js.BigInt(-1), 2**60])
def test_what_is_no_length(length: object) -> None:
    async def main(realm: js.Realm) -> None:
        with pytest.raises(js.TypeError, match="non-negative integer"):
            new(realm, "FixedLengthStream", length)

    run(main)
