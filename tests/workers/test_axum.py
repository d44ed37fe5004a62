"""A Worker that is an axum Router (the features `http` and `axum` of the crate `worker`)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from unpoison.workers.worker import Worker

FOLDER = Path(__file__).resolve().parents[1] / "crates" / "axumed"
MODULE = FOLDER / "axumed.legacy.wasm"


def run(test: Callable[[Worker], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with Worker.from_config(FOLDER, module=MODULE) as worker:
            await test(worker)

    asyncio.run(main())


async def ask(worker: Worker, path: str, **request: Any) -> tuple[int, str]:
    response = await worker.fetch(f"http://axum{path}", **request)
    return response.status, await response.text()


def test_requests_are_routed_and_taken_apart() -> None:
    async def test(worker: Worker) -> None:
        assert await ask(worker, "/hello/ada") == (200, "Hello, ada!")
        assert await ask(worker, "/query?a=5&b=q") == (200, '5 Some("q")')
        assert await ask(worker, "/query?a=5") == (200, "5 None")
        assert (await ask(worker, "/query?a=x"))[0] == 400
        assert await ask(worker, "/nowhere") == (404, "")
        assert await ask(worker, "/json") == (405, "")

    run(test)


def test_json_goes_in_and_out() -> None:
    async def test(worker: Worker) -> None:
        headers = {"content-type": "application/json"}
        body = json.dumps({"name": "x", "count": 1}).encode()
        status, text = await ask(worker, "/json", method="POST", body=body, headers=headers)
        assert (status, json.loads(text)) == (200, {"name": "x", "count": 2})
        status, text = await ask(worker, "/json", method="POST", body=b"{}", headers=headers)
        assert (status, "missing field `name`" in text) == (422, True)

    run(test)


def test_headers_and_streams_go_through() -> None:
    async def test(worker: Worker) -> None:
        response = await worker.fetch("http://axum/headers", headers={"x-in": "value"})
        assert (response.headers["x-out"], await response.text()) == ("value", "answered")
        assert await ask(worker, "/stream") == (200, "part 0\npart 1\npart 2\n")

    run(test)


def test_time_and_random_numbers_are_the_hosts() -> None:
    async def test(worker: Worker) -> None:
        assert await ask(worker, "/sleep") == (200, "slept")
        years = {str(time.gmtime().tm_year)}
        answer = await ask(worker, "/year")
        assert answer[1] in years | {str(time.gmtime().tm_year)}
        assert await ask(worker, "/random") == (200, "true 4 7")

    run(test)


def test_handlers_await_the_bindings_of_the_environment() -> None:
    async def test(worker: Worker) -> None:
        assert await ask(worker, "/kv/key") == (404, "nothing")
        assert await ask(worker, "/kv/key", method="PUT", body=b"stored") == (201, "")
        assert await ask(worker, "/kv/key") == (200, "stored")

    run(test)


def test_a_panic_of_a_handler_fails_its_own_request_only(caplog: pytest.LogCaptureFixture) -> None:
    async def test(worker: Worker) -> None:
        answers = await asyncio.gather(
            ask(worker, "/sleep"), ask(worker, "/panic"), ask(worker, "/hello/bob")
        )
        assert [status for status, _ in answers] == [200, 500, 200]
        assert "a handler of axum's panics" in answers[1][1]
        assert await ask(worker, "/hello/eve") == (200, "Hello, eve!")

    run(test)
    assert "a handler of axum's panics" in caplog.text
