"""A Rust Worker, served through everything that can go wrong, and a Durable Object's life.

`make demo` runs it after the tour of the library. Needs the extra `workers`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from unpoison.workers import ManualClock, Worker, asgi, serving

SHOP = Path(__file__).parent / "shop"
MODULE = SHOP / "shop.legacy.wasm"
NEIGHBOURS = 20
HOUR = 3600.0


async def main(module: Path) -> None:
    """Serve the shop, then live a Durable Object's life by a clock that is moved."""
    logging.getLogger("unpoison").addHandler(logging.NullHandler())  # shown is what clients see
    with tempfile.TemporaryDirectory() as folder:
        await show_server(module, Path(folder))
        await show_object(module, Path(folder))


# --- a server ---


async def show_server(module: Path, state: Path) -> None:
    """Ask a real server on loopback for pages, and for every kind of failure."""
    print(f"\n{module.name}, a Worker as rustc made it ({module.stat().st_size:,} bytes)")
    start = time.perf_counter()
    application = asgi(SHOP, module=module, state=state)
    async with serving(application, host="127.0.0.1") as server:
        print(f"served at {server.url} after {(time.perf_counter() - start) * 1000:.0f} ms")
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
            await show_requests(client)
            await show_panic(client)
            await show_abort(client)
            await show_limits(client)


async def show_requests(client: httpx.AsyncClient) -> None:
    """Plain requests, a JSON body and a stored value."""
    title("Requests")
    await show(client, "/hello/ada")
    order = {"item": "tea", "price": 2.5, "count": 2}
    answer = await client.post("/json", json=order)
    print(f"  POST /json {order}\n    -> {answer.status_code} {answer.text}")
    await show(client, "/do/till/inc")


async def show_panic(client: httpx.AsyncClient) -> None:
    """A panic is the answer of one request."""
    title("A panic: this request is answered 500, the instance goes on")
    await show(client, "/panic")
    await show(client, "/hello/ada")


async def show_abort(client: httpx.AsyncClient) -> None:
    """An abort in the middle of other requests."""
    title(f"An abort while {NEIGHBOURS} other requests are under way: none of them notices")
    others = [asyncio.ensure_future(client.get("/slow?ms=500")) for _ in range(NEIGHBOURS)]
    await asyncio.sleep(0.2)
    await show(client, "/abort")
    answers = Counter(answer.status_code for answer in await asyncio.gather(*others))
    print(f"    the others: {', '.join(f'{many} x {code}' for code, many in answers.items())}")
    await show(client, "/hello/ada")


async def show_limits(client: httpx.AsyncClient) -> None:
    """What would hang or eat the machine is stopped."""
    title("An endless loop and a memory that fills: stopped by a limit, at the cost of one request")
    await show(client, "/loop")
    await show(client, "/oom")
    await show(client, "/recurse")
    await show(client, "/hello/ada")


async def show(client: httpx.AsyncClient, path: str) -> None:
    """Ask for a path and print the answer, and how long it took when it took long."""
    start = time.perf_counter()
    answer = await client.get(path)
    took = time.perf_counter() - start
    note = f"    after {took:.1f} s" if took > 0.9 else ""
    print(f"  GET {path}\n    -> {answer.status_code} {shortened(answer.text)}{note}")


# --- a Durable Object ---


async def show_object(module: Path, state: Path) -> None:
    """The life of one object, from Python and without a server, as a test would."""
    clock = ManualClock()
    async with Worker.from_config(SHOP, module=module, state=state, clock=clock) as worker:
        title("A Durable Object: memory and storage")
        await call(worker, "inc")
        await call(worker, "inc")
        await call(worker, "mem")
        title("An abort in it: its caller is told at once; storage stays, memory begins anew")
        await call(worker, "abort")
        await call(worker, "get")
        await call(worker, "mem")
        title("An alarm in an hour, and a clock that is moved by an hour")
        await call(worker, f"alarm?in={HOUR * 1000:.0f}")
        await clock.advance(HOUR)
        await call(worker, "alarmed", "    rang, tries, is one set")
        title("Eviction: after 10 seconds without a request it is in no memory; storage stays")
        await clock.advance(11)
        await call(worker, "mem")
        await call(worker, "get")
    async with Worker.from_config(SHOP, module=module, state=state, clock=clock) as worker:
        title("Another worker on the same folder: what was stored outlives the process")
        await call(worker, "get")


async def call(worker: Worker, action: str, note: str = "") -> None:
    """Have the object named `demo` do something and print what it says."""
    answer = await worker.fetch(f"http://shop/do/demo/{action}")
    print(f"  {action}{note}\n    -> {answer.status} {shortened(await answer.text())}")


def shortened(text: str) -> str:
    """Leave out the middle of a long text: the reason of an abort stands at its end."""
    return text if len(text) < 80 else f"{text[:47]}... {text[text.rfind('(') :]}"


def title(text: str) -> None:
    """Start a section."""
    print(f"\n{text}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else MODULE))
