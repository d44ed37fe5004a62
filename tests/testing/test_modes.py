"""Where a suite asks to run, and when it is skipped."""

from __future__ import annotations

import pytest

from unpoison.errors import UnsupportedModule
from unpoison.testing import Mode, find_mode, skip_reason
from unpoison.wasm import Custom, Module

SECTION = "__wasm_bindgen_test_unstable"


def binary(*sections: bytes) -> Module:
    module = Module()
    module.customs = [Custom(SECTION, payload) for payload in sections]
    return module


@pytest.mark.parametrize(
    ("payload", "mode"),
    [
        (b"\x01", Mode.BROWSER),
        (b"\x02", Mode.DEDICATED_WORKER),
        (b"\x03", Mode.SHARED_WORKER),
        (b"\x04", Mode.SERVICE_WORKER),
        (b"\x05", Mode.NODE),
        (b"\x06", Mode.EMSCRIPTEN),
        (b"\x05\x01", Mode.BROWSER),
    ],
)
def test_the_binary_says_its_mode(payload: bytes, mode: Mode) -> None:
    assert find_mode(binary(payload), {"WASM_BINDGEN_USE_DENO": "1"}) is mode


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x07\x08"])
def test_an_unknown_mode_is_refused(payload: bytes) -> None:
    with pytest.raises(UnsupportedModule, match=SECTION):
        find_mode(binary(payload), {})


@pytest.mark.parametrize(
    ("variable", "mode"),
    [
        ("WASM_BINDGEN_USE_DENO", Mode.DENO),
        ("WASM_BINDGEN_USE_BROWSER", Mode.BROWSER),
        ("WASM_BINDGEN_USE_SERVICE_WORKER", Mode.SERVICE_WORKER),
        ("WASM_BINDGEN_USE_NODE_EXPERIMENTAL", Mode.NODE),
        ("PATH", Mode.NODE),
    ],
)
def test_else_the_environment_does(variable: str, mode: Mode) -> None:
    assert find_mode(binary(), {variable: ""}) is mode


def test_two_modes_of_the_environment_are_refused() -> None:
    env = {"WASM_BINDGEN_USE_DENO": "1", "WASM_BINDGEN_USE_BROWSER": "1"}
    with pytest.raises(UnsupportedModule, match="WASM_BINDGEN_USE_BROWSER"):
        find_mode(binary(), env)


@pytest.mark.parametrize(
    ("mode", "variable", "skips"),
    [
        (Mode.NODE, "WASM_BINDGEN_TEST_ONLY_NODE", False),
        (Mode.BROWSER, "WASM_BINDGEN_TEST_ONLY_NODE", True),
        (Mode.DENO, "WASM_BINDGEN_TEST_ONLY_NODE", True),
        (Mode.NODE, "WASM_BINDGEN_TEST_ONLY_WEB", True),
        (Mode.BROWSER, "WASM_BINDGEN_TEST_ONLY_WEB", False),
        (Mode.NODE, "PATH", False),
    ],
)
def test_a_suite_for_the_other_host_is_skipped(mode: Mode, variable: str, skips: bool) -> None:
    reason = skip_reason(mode, {variable: ""})
    assert (reason is not None) is skips
    assert reason is None or variable in reason


@pytest.mark.parametrize("mode", list(Mode))
def test_only_hosts_without_a_page_are_like_this_one(mode: Mode) -> None:
    assert mode.is_node is (mode in (Mode.NODE, Mode.DENO))
