"""The shop, our full-featured example, as the tests of this room use it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from unpoison.runtime import Module
from unpoison.workers.clock import SystemClock
from unpoison.workers.config import Config
from unpoison.workers.config_reading import read_config
from unpoison.workers.worker import Worker

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "shop"
CANCELED = "Workers runtime canceled"


@cache
def module(variant: str = "legacy") -> Module:
    """Read the module once for all tests."""
    return Module.read(FOLDER / f"shop.{variant}.wasm")


@cache
def config() -> Config:
    """Read its configuration once."""
    return read_config(FOLDER / "wrangler.toml")


def make(variant: str = "legacy", **options: Any) -> Worker:
    """Make a worker of the shop; `options` are those of `Worker.of`."""
    options.setdefault("clock", SystemClock())
    return Worker.of(config(), module(variant), **options)


async def get(worker: Worker, path: str, **options: Any) -> tuple[int, str]:
    """Ask for a path and give the status and the text of the answer."""
    response = await worker.fetch(f"http://shop{path}", **options)
    return response.status, await response.text()
