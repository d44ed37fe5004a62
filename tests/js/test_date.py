"""Date for Python: datetimes both ways, the realm's clock, hostile texts and years."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.js.script import World
from unpoison import js
from unpoison.js.date_class import Clock
from unpoison.js.date_math import DAY, MAX_TIME, fields_of, make_date, make_day, make_time
from unpoison.js.date_object import milliseconds_of
from unpoison.js.date_parsing import parse_date
from unpoison.js.date_text import iso_text


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_date_becomes_an_aware_datetime_and_comes_back() -> None:
    moment = datetime(2024, 2, 29, 12, 30, 15, 250_000, tzinfo=UTC)
    date = js.Date.from_datetime(moment)
    assert date.to_datetime() == moment
    assert date.to_datetime(timezone(timedelta(hours=2))).hour == 14
    assert repr(date) == "<js Date 2024-02-29T12:30:15.250Z>"
    assert date.getFullYear() == 2024


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_datetime_is_a_date(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert js.Date.from_datetime(moment).to_datetime() == whole


def test_a_naive_datetime_is_in_local_time(berlin: None) -> None:
    assert js.Date.from_datetime(datetime(2024, 7, 1)).time == 1719784800000


@pytest.mark.parametrize("time_value", [None, MAX_TIME, -MAX_TIME])
def test_a_date_that_no_datetime_can_be_is_a_range_error(time_value: int | None) -> None:
    with pytest.raises(js.RangeError):
        js.Date(time_value).to_datetime()


def test_a_datetime_of_the_host_is_a_date_that_cannot_be_changed() -> None:
    moment = datetime(2024, 2, 29, tzinfo=UTC)
    world = World(moment=moment)
    assert world.run("moment instanceof Date")
    assert world.run("moment.getTime()") == milliseconds_of(moment)
    assert world.run("new Date(moment).toISOString()") == "2024-02-29T00:00:00.000Z"
    assert world.run("JSON.stringify({ moment })") == '{"moment":"2024-02-29T00:00:00.000Z"}'
    with pytest.raises(js.TypeError, match="cannot be changed"):
        world.run("moment.setTime(0)")


def test_now_is_the_time_of_the_realm() -> None:
    world = World()
    world.realm.part(Clock).now = lambda: 1.5
    assert world.run("[Date.now(), new Date().getTime()]") == [1500, 1500]
    assert world.run("Date()").startswith("Thu Jan 01 1970")


def test_what_needs_the_tables_of_intl_is_refused_by_name() -> None:
    world = World()
    for case in (
        "new Date(0).toLocaleString('de-DE')",
        "new Date(0).toLocaleDateString('en-US', { dateStyle: 'short' })",
        "new Date(0).toLocaleTimeString(undefined, { timeZone: 'Asia/Tokyo' })",
    ):
        with pytest.raises(js.RangeError, match=r"Intl\.DateTimeFormat"):
            world.run(case)
    with pytest.raises(js.TypeError, match="Temporal is not supported"):
        world.run("new Date(0).toTemporalInstant()")


@given(st.integers(-MAX_TIME, MAX_TIME))
def test_taking_apart_and_putting_together_are_inverse(moment: int) -> None:
    at = fields_of(moment)
    clock = make_time(at.hour, at.minute, at.second, at.millisecond)
    assert make_date(make_day(at.year, at.month, at.day), clock) == moment
    assert parse_date(iso_text(moment)) == moment
    assert (moment // DAY + 4) % 7 == at.weekday


@given(st.integers(-MAX_TIME, MAX_TIME))
def test_what_is_printed_reads_back_to_the_second(moment: int) -> None:
    for text in (js.string_of(js.Date(moment)), js.Date(moment).toUTCString()):
        # Only years from 100 can be told from those of this century.
        if fields_of(moment).year > 100:
            assert parse_date(text) == moment // 1000 * 1000


WORDS = "1 12 99 2024 Jan Feb pm am UTC GMT EST Z T + - : . / , ( ) ( 00 31 :: 999 foo"
words = st.sampled_from(WORDS.split())


@given(st.one_of(st.text(), st.lists(words).map("".join), st.lists(words).map(" ".join)))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or isinstance(found, int)


@pytest.mark.parametrize("text", ["(" * 60_000, "1:" * 30_000, "2024-" * 10_000, "9" * 10**7])
def test_a_huge_text_is_quickly_no_date(text: str) -> None:
    started = time.process_time()
    assert World(text=text).run("Date.parse(text)") != 0
    assert time.process_time() - started < 2
