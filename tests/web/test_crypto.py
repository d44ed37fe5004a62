"""`crypto` where Node differs from the standard, of a host's buffers, and what is refused."""

from __future__ import annotations

import array
import re
import uuid

import pytest

from tests.web.world import World
from unpoison import js
from unpoison.web import DOMException
from unpoison.web.subtle_crypto import REFUSED_OPERATIONS


def test_a_uuid_is_of_version_4(world: World) -> None:
    texts = {world.names["crypto"].randomUUID() for _ in range(50)}
    assert len(texts) == 50
    for text in texts:
        assert re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text
        )
        assert uuid.UUID(text).version == 4


def test_buffers_of_the_host_are_filled(world: World) -> None:
    for view in (bytearray(64), array.array("I", [0] * 16), memoryview(bytearray(64)).cast("H")):
        assert world.names["crypto"].getRandomValues(view) is view
        assert any(bytes(view))


@pytest.mark.parametrize("view", [array.array("d", [0.0]), js.ArrayBuffer(4), "text", None, 5])
def test_what_is_no_array_of_integers_is_a_type_mismatch(world: World, view: object) -> None:
    with pytest.raises(DOMException) as caught:
        world.names["crypto"].getRandomValues(view)
    assert caught.value.name == "TypeMismatchError"


def test_more_than_65536_bytes_are_too_many(world: World) -> None:
    with pytest.raises(DOMException) as caught:
        world.names["crypto"].getRandomValues(bytearray(65537))
    assert (caught.value.name, caught.value.code) == ("QuotaExceededError", 22)


@pytest.mark.parametrize("name", REFUSED_OPERATIONS)
def test_operations_that_are_not_provided_reject_by_name(world: World, name: str) -> None:
    program = f"await crypto.subtle.{name}().catch(error => log(error.name, error.message))"
    (line,) = world.run(program)
    assert line.startswith('"NotSupportedError"')
    assert name in line


@pytest.mark.parametrize("name", ["AES-GCM", "RSA-OAEP", "Ed25519"])
def test_other_algorithms_are_refused_by_name(world: World, name: str) -> None:
    program = f"""
        await crypto.subtle.generateKey({{name: '{name}'}}, true, ['sign'])
            .catch(error => log(error.name, error.message));
    """
    (line,) = world.run(program)
    assert "NotSupportedError" in line
    assert name.upper() in line


def test_the_secret_of_a_key_is_out_of_sight(world: World) -> None:
    program = """
        const key = await crypto.subtle.importKey(
            'raw', new Uint8Array([1]), {name: 'HMAC', hash: 'SHA-1'}, false, ['sign']);
        log(key.secret, Object.keys(key), 'secret' in key, JSON.stringify(key));
    """
    assert world.run(program) == ['undefined [] false "{}"']


def test_a_methods_of_another_object_is_refused(world: World) -> None:
    with pytest.raises(js.TypeError, match="SubtleCrypto"):
        js.invoke(js.get(world.names["crypto"].subtle, "digest"), {}, "SHA-1", b"")
