"""Cron triggers fire at their times, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import logging

import pytest

from unpoison import js
from unpoison.errors import ConfigError
from unpoison.workers.clock import ManualClock
from unpoison.workers.cron_triggers import CronTriggers, check_cron

BEGIN = 1_795_600_800.0  # 2026-11-25 10:00:00 UTC


def test_each_trigger_fires_at_its_times_until_it_is_stopped() -> None:
    async def test() -> None:
        clock = ManualClock(BEGIN + 20)
        fired: list[tuple[str, float]] = []

        async def fire(cron: str, due: float) -> None:
            fired.append((cron, due - BEGIN))

        triggers = CronTriggers("w", ["*/5 * * * *", "0 11 * * *"], clock, fire)
        triggers.start()
        await clock.advance(600)
        assert fired == [("*/5 * * * *", 300.0), ("*/5 * * * *", 600.0)]
        fired.clear()
        await clock.advance(3000)
        assert fired.count(("0 11 * * *", 3600.0)) == 1
        triggers.stop()
        fired.clear()
        await clock.advance(7200)
        assert fired == []

    asyncio.run(test())


def test_one_that_fails_is_logged_and_fires_again(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        clock = ManualClock(BEGIN)
        count = 0

        async def fire(cron: str, due: float) -> None:
            nonlocal count
            count += 1
            raise js.TypeError("no")

        triggers = CronTriggers("w", ["* * * * *"], clock, fire)
        triggers.start()
        with caplog.at_level(logging.ERROR, "unpoison.workers"):
            await clock.advance(130)
        assert count == 2
        assert "w: the cron trigger * * * * * failed: TypeError: no" in caplog.text
        triggers.stop()

    asyncio.run(test())


def test_what_is_no_trigger_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"wrangler\.toml: triggers\.crons: 'x' is no cron"):
        check_cron("x", "wrangler.toml")
