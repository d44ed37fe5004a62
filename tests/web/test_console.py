"""`console` on a logger: levels, format specifiers, groups, counters, timers, tables."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from tests.web.world import World
from unpoison import js

Lines = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def lines(world: World, caplog: pytest.LogCaptureFixture) -> Lines:
    def run(program: str) -> list[tuple[str, str]]:
        with caplog.at_level(logging.DEBUG, "unpoison.console"):
            assert world.run(program) == []
        return [(record.levelname, record.message) for record in caplog.records]

    return run


@pytest.mark.parametrize(
    ("method", "level"),
    [
        ("debug", "DEBUG"),
        ("log", "INFO"),
        ("info", "INFO"),
        ("dirxml", "INFO"),
        ("warn", "WARNING"),
        ("error", "ERROR"),
        ("exception", "ERROR"),
    ],
)
def test_each_method_logs_at_its_level(lines: Lines, method: str, level: str) -> None:
    assert lines(f"console.{method}('two', 'words')") == [(level, "two words")]


def test_trace_says_so(lines: Lines) -> None:
    assert lines("console.trace('here'); console.trace()") == [
        ("DEBUG", "Trace: here"),
        ("DEBUG", "Trace"),
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("", ""),
        ("'n:', 5, undefined, null, '100%'", "n: 5 undefined null 100%"),
        ("'%s'", "%s"),
        ("'%s and %s', 'a'", "a and %s"),
        ("'%s|%d|%i|%f', 1, '42px', 4.9, '1.50e1z'", "1|42|4|15"),
        ("'%d %i %f', 'x', Symbol('s'), 'y'", "NaN NaN NaN"),
        ("'%d', -7.9", "-7"),
        ("'%o %O', [1], {a: 'b'}", '[1] Object({"a":"b"})'),
        ("'%cstyled', 'color: red', 'rest'", "styled rest"),
        ("'100%% of %s', 'it'", "100% of it"),
        ("'%s', Symbol('s'), 'more'", "Symbol(s) more"),
        ("'%x %', 1", "%x % 1"),
        ("5, '%s', 'a'", "5 %s a"),
    ],
)
def test_format_specifiers(lines: Lines, arguments: str, text: str) -> None:
    assert lines(f"console.log({arguments})") == [("INFO", text)]


def test_assert_logs_only_failures(lines: Lines) -> None:
    program = """
        console.assert(1 === 1, 'no');
        console.assert(false);
        console.assert(0, 'x is %d', 5);
        console.assert('', {a: 1});
        console.assert();
    """
    assert [text for _, text in lines(program)] == [
        "Assertion failed",
        "Assertion failed: x is 5",
        'Assertion failed Object({"a":1})',
        "Assertion failed",
    ]


def test_groups_indent(lines: Lines) -> None:
    program = """
        console.group('outer'); console.log('one\\ntwo');
        console.groupCollapsed('inner %s', 'x'); console.warn('deep');
        console.groupEnd(); console.log('out'); console.groupEnd(); console.groupEnd();
        console.log('free'); console.group(); console.log('in'); console.clear();
        console.log('end');
    """
    assert [text for _, text in lines(program)] == [
        "outer",
        "  one\n  two",
        "  inner x",
        "    deep",
        "  out",
        "free",
        "  in",
        "end",
    ]


def test_counters(lines: Lines) -> None:
    program = """
        console.count(); console.count('a'); console.count(); console.countReset();
        console.count(); console.countReset('b'); console.count(undefined, 'dropped');
    """
    assert lines(program) == [
        ("INFO", "default: 1"),
        ("INFO", "a: 1"),
        ("INFO", "default: 2"),
        ("INFO", "default: 1"),
        ("WARNING", "Count for 'b' does not exist"),
        ("INFO", "default: 2"),
    ]


def test_timers_measure_the_clock_of_the_host(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    console = world.names["console"]
    with caplog.at_level(logging.INFO, "unpoison.console"):
        js.call_method(console, "time", "t")
        js.call_method(console, "time", "t")
        world.host.time += 1.5
        js.call_method(console, "timeLog", "t", "so far", [1])
        world.host.time += 0.25
        js.call_method(console, "timeEnd", "t")
        js.call_method(console, "timeEnd", "t")
    assert caplog.messages == [
        "Label 't' already exists for console.time()",
        "t: 1500.000ms so far [1]",
        "t: 1750.000ms",
        "No such label 't' for console.timeEnd()",
    ]


def test_tables_are_drawn(lines: Lines) -> None:
    ((_, text),) = lines("console.table([{a: 1, b: 'x'}, {a: 22}, 5])")
    assert text.splitlines() == [
        "┌─────────┬────┬─────┬────────┐",
        "│ (index) │ a  │ b   │ Values │",
        "├─────────┼────┼─────┼────────┤",
        "│ 0       │ 1  │ 'x' │        │",
        "│ 1       │ 22 │     │        │",
        "│ 2       │    │     │ 5      │",
        "└─────────┴────┴─────┴────────┘",
    ]


def test_a_table_has_the_columns_that_were_asked_for(lines: Lines) -> None:
    ((_, text),) = lines("console.table({r: {a: 1, b: 2}}, ['b'])")
    assert text.splitlines()[1:4:2] == ["│ (index) │ b │", "│ r       │ 2 │"]


def test_what_is_no_table_is_logged(lines: Lines) -> None:
    assert lines("console.table('text'); console.table(5)") == [("INFO", "text"), ("INFO", "5")]


def test_a_guest_cannot_fill_the_memory_with_labels(world: World) -> None:
    world.run("for (let i = 0; i < 3000; i++) { console.count('c' + i); console.time('t' + i); }")
    from unpoison.web.console import MAX_LABELS, Console

    console = world.realm.part(Console)
    assert (len(console._counts), len(console._times)) == (MAX_LABELS, MAX_LABELS)


def test_another_guest_has_another_console(world: World) -> None:
    other = World()
    assert world.names["console"] is not other.names["console"]
    world.names["console"].js_write("mark", 1)
    assert js.get(other.names["console"], "mark") is None
