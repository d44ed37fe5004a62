"""Timers and requests, with the crates `gloo-timers` and `gloo-net`.

Run it with `python examples/gloo/example.py`. A function of ours answers the requests, as a test
would; `fetch=unpoison.web.Fetch(allow=[...])` would ask the network.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import unpoison
from unpoison import js


async def answer(request: Any) -> Any:
    """Be the weather service."""
    response = request.realm.global_object["Response"]
    if not request.url.endswith("/oslo"):
        return js.construct(response, "", {"status": 404})
    return js.call_method(response, "json", {"city": "Oslo", "celsius": -3.25})


async def main() -> None:
    """Tick while others wait, then ask for the weather."""
    path = Path(__file__).with_name("gloo.abort.wasm")
    with unpoison.load(path, fetch=answer) as instance:
        gloo = instance.exports
        with gloo.Ticker(20, lambda count: print("tick", count)):
            print("waited", await gloo.pause(70), "ms")
        print(await gloo.weather("https://weather.example/oslo"))
        try:
            await gloo.weather("https://weather.example/atlantis")
        except unpoison.ThrownError as error:
            print("no weather:", error)


if __name__ == "__main__":
    asyncio.run(main())
