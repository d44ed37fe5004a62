"""The web platform's values as a real module uses them through web-sys."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from unpoison import js
from unpoison.web import URL, AbortController, DOMException, InvalidURL

MODULE = Path(__file__).parents[1] / "crates" / "webby" / "webby.legacy.wasm"


@pytest.fixture(scope="module")
def module() -> unpoison.Module:
    return unpoison.Module.read(MODULE)


@pytest.fixture
def instance(module: unpoison.Module) -> Iterator[unpoison.Instance]:
    with module.instantiate() as made:
        yield made


@pytest.fixture
def webby(instance: unpoison.Instance) -> Any:
    return instance.exports


# --- URL ---


def test_rust_takes_a_url_apart(webby: Any) -> None:
    parts = ["https://example.org/a?q=x+y", "https://example.org", "example.org", "/a", "x y"]
    assert webby.url_parts("/a?q=x+y", "https://example.org/b/c") == parts


def test_what_is_no_url_is_the_error_of_the_host(webby: Any) -> None:
    with pytest.raises(InvalidURL) as caught:
        webby.url_parts("not a url")
    assert caught.value.input == "not a url"


def test_rust_changes_a_url_of_python(webby: Any) -> None:
    url = URL("http://h/x?a=1")
    assert webby.extend_url(url, "b", "c d") == "http://h/new%20path?a=1&b=c+d"
    assert url.search_params.get("b") == "c d"


def test_parameters_are_made_of_pairs(webby: Any) -> None:
    assert webby.sorted_query([["b", "2"], ["a", "1 1"]]) == "a=1+1&b=2"


# --- texts and bytes ---


@pytest.mark.parametrize("text", ["", "abc", "aé€\U0001f600"])
def test_text_survives_the_encoder_and_the_decoder(webby: Any, text: str) -> None:
    assert webby.recode(text) == text


def test_bytes_of_an_encoding_are_decoded(webby: Any) -> None:
    assert webby.decode("windows-1252", b"caf\xe9 \x80") == "café €"
    with pytest.raises(js.TypeError, match="not valid for encoding utf-8"):
        webby.decode("utf-8", b"\xff")
    with pytest.raises(js.RangeError, match="not supported"):
        webby.decode("nonsense", b"")


def test_errors_of_base64_are_dom_exceptions(webby: Any) -> None:
    assert webby.base64("YQ==") == ["a", "WVE9PQ=="]
    assert webby.base64("\u0141") == ["InvalidCharacterError 5"] * 2


# --- crypto ---


def test_random_bytes_come_into_the_memory_of_rust(webby: Any) -> None:
    first, second = webby.random(64), webby.random(64)
    assert len(first) == 64
    assert first != second
    with pytest.raises(DOMException, match="QuotaExceededError"):
        webby.random(65537)


def test_uuids_are_random(webby: Any) -> None:
    assert webby.uuid() != webby.uuid()


def test_a_digest_is_awaited(webby: Any) -> None:
    digest = asyncio.run(_awaited(webby.digest, "SHA-256", b"bytes"))
    assert bytes(digest) == hashlib.sha256(b"bytes").digest()
    assert bytes(webby.digest("SHA-1", b"").result()) == hashlib.sha1(b"").digest()
    with pytest.raises(DOMException, match="NotSupportedError"):
        asyncio.run(_awaited(webby.digest, "MD5", b""))


async def _awaited(function: Any, *arguments: object) -> Any:
    return await function(*arguments)


# --- time ---


def test_a_timeout_is_awaited(webby: Any) -> None:
    assert 15 < asyncio.run(_awaited(webby.sleep, 20)) < 2000


def test_an_interval_ticks_until_it_is_cleared(webby: Any) -> None:
    assert asyncio.run(_awaited(webby.count_ticks, 5)) == 5


def test_many_timers_run_side_by_side(webby: Any) -> None:
    async def run() -> list[float]:
        return await asyncio.gather(*(webby.sleep(10) for _ in range(200)))

    assert min(asyncio.run(run())) > 9


def test_a_timer_of_a_generation_that_is_gone_never_rings(instance: unpoison.Instance) -> None:
    async def run() -> None:
        promise = instance.exports.sleep(5)
        instance.reinit()
        with pytest.raises(unpoison.UnpoisonError):
            await promise
        await asyncio.sleep(0.03)
        assert await instance.exports.count_ticks(2) == 2

    asyncio.run(run())


def test_a_measure_has_a_duration(webby: Any) -> None:
    assert 0 <= webby.measured() < 1000


# --- events ---


def test_a_listener_of_rust_hears_events(webby: Any) -> None:
    counter = webby.Counter(False)
    assert [counter.add(1), counter.add(2)] == [1, 3]
    once = webby.Counter(True)
    assert [once.add(1), once.add(1)] == [1, 1]


def test_python_listens_to_a_target_of_rust(webby: Any) -> None:
    counter, heard = webby.Counter(False), []
    counter.target.add_event_listener("add", lambda event: heard.append(event.detail))
    counter.add(7)
    assert heard == [7]


def test_a_panic_in_a_listener_is_reported_and_costs_nothing_else(
    webby: Any, instance: unpoison.Instance, caplog: pytest.LogCaptureFixture
) -> None:
    counter = webby.Counter(False)
    with caplog.at_level(logging.ERROR):
        assert counter.add(-1) == 0
    assert counter.add(2) == 2
    assert instance.state == "live"
    assert "a negative detail" in caplog.text


# --- abort ---


def test_rust_aborts_a_controller(webby: Any) -> None:
    assert webby.abort("why") == [False, True, "why"]
    before, after, reason = webby.abort(None)
    assert (before, after, reason.name) == (False, True, "AbortError")


def test_rust_waits_for_a_signal_of_python(webby: Any) -> None:
    async def run() -> object:
        controller = AbortController(webby.Counter(False).target.realm)
        promise = webby.when_aborted(controller.signal)
        await asyncio.sleep(0)
        controller.abort("stop")
        return await promise

    assert asyncio.run(run()) == "stop"


# --- the rest ---


def test_a_clone_is_deep(webby: Any) -> None:
    value: dict[str, Any] = {"list": [1, {"a": "b"}]}
    value["self"] = value
    copied = webby.clone(value)
    assert copied is not value
    assert copied["self"] is copied
    assert copied["list"] == [1, {"a": "b"}]
    with pytest.raises(DOMException, match="DataCloneError"):
        webby.clone(print)


def test_the_console_logs(webby: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "unpoison.console"):
        webby.talk()
    said = ["report", "  Rust is here", "  calls: 1", "5", "Assertion failed: no"]
    assert caplog.messages == said


def test_there_is_no_window(webby: Any) -> None:
    assert webby.has_window() is False
