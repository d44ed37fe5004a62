"""Where a suite wants to run: as its binary or the environment says. Pure.

Source: `wasm-bindgen-test` src/lib.rs (`wasm_bindgen_test_configure!`), `wasm-bindgen-cli`
src/wasm_bindgen_test_runner.rs.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from unpoison.errors import UnsupportedModule
from unpoison.wasm import Module

SECTION = "__wasm_bindgen_test_unstable"


class Mode(Enum):
    """A host that a suite asks for; the value is its name for people."""

    NODE = "Node.js"
    DENO = "Deno"
    BROWSER = "a browser"
    DEDICATED_WORKER = "a dedicated worker"
    SHARED_WORKER = "a shared worker"
    SERVICE_WORKER = "a service worker"
    EMSCRIPTEN = "Emscripten"

    @property
    def is_node(self) -> bool:
        """Whether it is a host without a browser, as unpoison is."""
        return self in (Mode.NODE, Mode.DENO)


_BY_BYTE = {
    1: Mode.BROWSER,
    2: Mode.DEDICATED_WORKER,
    3: Mode.SHARED_WORKER,
    4: Mode.SERVICE_WORKER,
    5: Mode.NODE,
    6: Mode.EMSCRIPTEN,
}
_BY_VARIABLE = {
    "WASM_BINDGEN_USE_DENO": Mode.DENO,
    "WASM_BINDGEN_USE_BROWSER": Mode.BROWSER,
    "WASM_BINDGEN_USE_DEDICATED_WORKER": Mode.DEDICATED_WORKER,
    "WASM_BINDGEN_USE_SHARED_WORKER": Mode.SHARED_WORKER,
    "WASM_BINDGEN_USE_SERVICE_WORKER": Mode.SERVICE_WORKER,
    "WASM_BINDGEN_USE_NODE_EXPERIMENTAL": Mode.NODE,
}


def find_mode(module: Module, env: Mapping[str, str]) -> Mode:
    """Give the host that a suite asks for: its own word first, then that of the environment.

    Raises UnsupportedModule when the word is unknown, or the environment says two.
    """
    for custom in module.customs:
        if custom.name == SECTION:
            return _configured(custom.payload)
    wanted = {name: mode for name, mode in _BY_VARIABLE.items() if name in env}
    if len(wanted) > 1:
        names = " and ".join(wanted)
        raise UnsupportedModule("the environment asks for two hosts", advice=f"set one of {names}")
    return next(iter(wanted.values()), Mode.NODE)


def skip_reason(mode: Mode, env: Mapping[str, str]) -> str | None:
    """Give why the whole suite is to be skipped, None when it is not."""
    if "WASM_BINDGEN_TEST_ONLY_NODE" in env and mode is not Mode.NODE:
        return f"skipped: the suite runs in {mode.value}, and WASM_BINDGEN_TEST_ONLY_NODE is set"
    if "WASM_BINDGEN_TEST_ONLY_WEB" in env and mode is Mode.NODE:
        return "skipped: the suite asks for no browser, and WASM_BINDGEN_TEST_ONLY_WEB is set"
    return None


def refusal(mode: Mode, host: str, *, is_said: bool) -> str | None:
    """Give what to do about a suite that does not run in a host, None when it does.

    `host` is "python", "node" or "chromium"; `is_said` when the binary itself names its mode: one
    that says nothing runs anywhere.
    """
    if host == "chromium":
        if mode is Mode.BROWSER or (mode.is_node and not is_said):
            return None
        return "give --target node" if mode.is_node else _NO_WORKERS
    if mode.is_node:
        return None
    return "give --target chromium" if mode is Mode.BROWSER else _NO_WORKERS


def names_host(module: Module) -> bool:
    """Tell whether a binary says itself where its suite wants to run."""
    return any(custom.name == SECTION for custom in module.customs)


_NO_WORKERS = "unpoison has no runner for it"


def _configured(data: bytes) -> Mode:
    for byte, mode in _BY_BYTE.items():
        if byte in data:
            return mode
    raise UnsupportedModule(
        f"the section {SECTION} holds {data[:8].hex() or 'nothing'}, which names no host",
        advice="build the tests with wasm-bindgen-test 0.3.80",
    )
