"""Debug texts that Node cannot be asked for; the others are compared with the glue."""

from __future__ import annotations

import functools

import pytest

from tests._ids import case_id
from unpoison import js
from unpoison.errors import PanicError


class Account:
    def __init__(self) -> None:
        self.owner = "me"
        self._secret = "s"

    def __call__(self) -> None:
        """Be callable."""


def never(key: str) -> None:
    raise LookupError(key)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "undefined"),
        (js.null, "null"),
        ("a\n\"b'", '"a\\n\\"b\'"'),
        (js.BigInt(5), "5n"),
        (2**60, "1152921504606846976n"),
        (len, "Function(len)"),
        (lambda: None, "Function"),
        (functools.partial(len), "Function"),
        (Account, "Function(Account)"),
        (Account(), "Function"),
        (ValueError("bad"), "ValueError: bad"),
        (ValueError(), "ValueError: "),
        (PanicError("p"), "PanicError: p"),
        (js.TypeError("t"), "TypeError: t"),
        ([ValueError("x"), [js.null]], "[ValueError: x, [null]]"),
        ((1, "x"), '[1, "x"]'),
        ({"a": [1]}, 'Object({"a":[1]})'),
        ({"a": js.BigInt(1)}, "Object"),
        ({"toJSON": never}, "Object"),
        ({js.Symbol.to_string_tag: "Tagged"}, "Tagged"),
        (b"ab", "Uint8Array"),
        (js.resolve(js.PromiseRealm(js.MicrotaskQueue(print)), 1), "Promise"),
    ],
    ids=case_id,
)
def test_debug_string(value: object, text: str) -> None:
    assert js.debug_string(value) == text


def test_an_object_of_the_host_shows_its_public_attributes() -> None:
    class Plain:
        def __init__(self) -> None:
            self.x = 1
            self._y = 2

    assert js.debug_string(Plain()) == 'Object({"x":1})'
