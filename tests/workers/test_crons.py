"""Cron triggers: the platform's examples, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpoison.workers.crons import CronSyntaxError, next_time

NOW = datetime(2026, 11, 25, 10, 30, 20, tzinfo=UTC).timestamp()  # a Wednesday


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("* * * * *", "2026-11-25 10:31"),
        ("*/30 * * * *", "2026-11-25 11:00"),
        ("45 * * * *", "2026-11-25 10:45"),
        ("0 17 * * sun", "2026-11-29 17:00"),
        ("0 17 * * 1", "2026-11-29 17:00"),
        ("10 7 * * mon-fri", "2026-11-26 07:10"),
        ("10 7 * * 2-6", "2026-11-26 07:10"),
        ("0 15 1 * *", "2026-12-01 15:00"),
        ("0 18 * * 6L", "2026-11-27 18:00"),
        ("59 23 LW * *", "2026-11-30 23:59"),
        ("0 0 * * 2#1", "2026-12-07 00:00"),
    ],
)
def test_the_next_time_of_a_trigger(cron: str, expected: str) -> None:
    due = datetime.fromtimestamp(next_time(cron, NOW), UTC)
    assert due.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    "cron", ["", "* * * *", "* * * * * *", "60 * * * *", "* * * * 0", "* * * * 8", "x * * * *",
             "0 0 31 2 *"],
)  # fmt: skip
def test_what_is_no_trigger_is_refused(cron: str) -> None:
    with pytest.raises(CronSyntaxError):
        next_time(cron, NOW)


@given(st.text("0123456789*/,-#LW SUNMO", max_size=30))
def test_any_text_has_a_next_time_or_is_refused(cron: str) -> None:
    with suppress(CronSyntaxError):
        assert next_time(cron, NOW) > NOW
