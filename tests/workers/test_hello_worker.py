"""The smallest worker, from its folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

from unpoison.workers.worker import Worker

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "hello_worker"


def test_every_request_gets_the_same_answer() -> None:
    async def test() -> None:
        module = FOLDER / "hello_worker.legacy.wasm"
        async with Worker.from_config(FOLDER, module=module) as worker:
            for path in ("/", "/any/where?at=all"):
                response = await worker.fetch(f"http://hello{path}", method="POST", body=b"ignored")
                assert (response.status, await response.text()) == (200, "Hello, World!")

    asyncio.run(test())
