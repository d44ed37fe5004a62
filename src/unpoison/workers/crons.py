"""Cron triggers: when `scheduled` is due. Workers docs, "Cron Triggers"; times are UTC.

The platform counts the days of the week from 1, Sunday; cron from 0.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from unpoison.workers.extras import missing_extra

FIELDS: Final = 5
_WEEKDAY: Final = re.compile(r"(?<![#/\d])\d+")


class CronSyntaxError(ValueError):
    """An expression that is no cron trigger."""


def next_time(cron: str, after: float) -> float:
    """Give the next time of a trigger later than `after`, in seconds since 1970.

    Raises CronSyntaxError for an expression of another form, or that never comes.
    """
    try:
        from cronsim import CronSim, CronSimError
    except ImportError as error:
        raise missing_extra("a cron trigger", error) from error
    begin = datetime.fromtimestamp(after, UTC)
    try:
        return next(CronSim(_cron_days(cron), begin)).timestamp()
    except (CronSimError, StopIteration, OverflowError) as error:
        raise CronSyntaxError(f"{cron!r} is no cron trigger: {error or 'it never comes'}") from None


def _cron_days(cron: str) -> str:
    fields = cron.split()
    if len(fields) != FIELDS:
        raise CronSyntaxError(f"{cron!r} is no cron trigger: it has {len(fields)} fields, not 5")
    fields[-1] = _WEEKDAY.sub(_cron_day, fields[-1])
    return " ".join(fields)


def _cron_day(match: re.Match[str]) -> str:
    day = int(match[0])
    if not 1 <= day <= 7:
        raise CronSyntaxError(f"{day} is no day of the week: 1 is Sunday, 7 Saturday")
    return str(day - 1)
