"""What the arguments of storage calls are. workerd, api/actor-state.c++."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from unpoison import js
from unpoison.workers.key_ranges import ListOptions


def keys_of(value: object) -> list[str] | None:
    """Give the keys of a call for several, None for one with a single key."""
    if not js.is_array(value):
        return None
    return [js.to_string(each) for each in js.iterate(value)]


def entries_of(value: object) -> Iterator[tuple[str, object]]:
    """Give what a `put` of several stores; what is undefined is left out."""
    for key in js.own_keys(value):
        item = js.get(value, key)
        if isinstance(key, str) and item is not None:
            yield key, item


def list_options(options: object) -> ListOptions:
    """Give the options of `list`. Raises js.TypeError for a limit that is none."""
    found = js.items_of(
        None if js.is_nullish(options) else options,
        "start", "startAfter", "end", "prefix", "reverse", "limit",
    )  # fmt: skip
    return ListOptions(
        start=_text(found["start"]),
        start_after=_text(found["startAfter"]),
        end=_text(found["end"]),
        prefix=_text(found["prefix"]),
        reverse=not js.is_falsy(found["reverse"]),
        limit=_limit(found["limit"]),
    )


def time_of(value: Any) -> float:
    """Give the time of an alarm in milliseconds since 1970. Raises js.TypeError for no time."""
    time = value.time if isinstance(value, js.Date) else js.to_number(value)
    if time is None or not math.isfinite(time):
        raise js.TypeError("setAlarm() cannot be called with an invalid time")
    return float(time)


def _text(value: object) -> str | None:
    return None if value is None else js.to_string(value)


def _limit(value: object) -> int | None:
    if value is None:
        return None
    number = float(js.to_number(value))
    if not 1 <= number < 2**31:
        raise js.TypeError("List limit must be positive.")
    return int(number)
