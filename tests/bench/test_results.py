"""What is kept of a run: the JSON file, the page and the tables of the docs."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from pathlib import Path

import pytest

from bench.__main__ import main
from bench._docs import BEGIN, END, PAGE, renew
from bench._measure import Comparison, Figure
from bench._page import page, plot
from bench._results import Results, read_results, write_results

COMPILED = Comparison("call", "PyO3", 1e-6, 1e-7, 0.1, 0.09, 0.2, target=0.4, path="compiled")
PURE = Comparison("call", "PyO3", 2e-6, 1e-7, 0.05, 0.04, 0.06, path="pure")
SPEED = Figure("speed <x>", 12.0, "MB/s", target=2.5)
RESULTS = Results(
    {"Python": "CPython 3.11"}, {"eh_translation": (SPEED,), "call_scalar": (COMPILED, PURE)}
)


def test_a_name_that_cannot_be_measured_is_refused_before_anything_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["call_scalar", "nothing"])
    assert ended.value.code == 2
    assert "nothing cannot be measured; what can be: calls, call_counter" in capsys.readouterr().err


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"
    write_results(path, RESULTS)
    assert read_results(path) == RESULTS


def test_nothing_is_read_of_no_file(tmp_path: Path) -> None:
    assert read_results(tmp_path / "bench.json") == Results({}, {})


def test_a_run_replaces_its_own_numbers_only() -> None:
    new = RESULTS.with_numbers({"Python": "CPython 3.12"}, "call_scalar", [PURE])
    assert new.facts == {"Python": "CPython 3.12"}
    assert new.numbers == {"eh_translation": (SPEED,), "call_scalar": (PURE,)}


def test_operations_come_first_in_the_order_of_their_table() -> None:
    numbers = dict.fromkeys(("load_warm", "call_scalar", "call_counter", "eh_translation"), ())
    order = ["call_counter", "call_scalar", "eh_translation", "load_warm"]
    assert list(Results({}, numbers).in_order()) == order


def test_the_page_has_a_plot_for_each_peer_and_needs_nothing_else() -> None:
    text = page(RESULTS)
    assert text.count("<svg") == 1
    assert "Beside PyO3" in text
    assert "speed &lt;x&gt;" in text
    assert "http" not in text


def test_a_plot_is_wellformed_and_shows_both_paths_and_the_target() -> None:
    drawing = Xml.fromstring(plot([COMPILED, PURE]))
    classes = [part.get("class") for part in drawing.iter()]
    assert classes.count("compiled") == classes.count("pure") == classes.count("missed") == 1
    dots = {dot.get("class"): float(dot.get("cx") or 0) for dot in drawing.iter("circle")}
    level = next(part for part in drawing.iter("line") if part.get("class") == "level")
    assert dots["pure"] < dots["compiled"] < float(level.get("x1") or 0)


def test_the_docs_get_tables_between_their_comments(tmp_path: Path) -> None:
    copy = tmp_path / "benchmarks.md"
    copy.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    renew(RESULTS, copy)
    text = copy.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "### Calls, beside PyO3" in text
    assert "| speed <x> | 12 MB/s |" in text
    assert "| call (compiled) | at most 2.5 times PyO3 | 10 times | **missed** |" in text
    assert "| speed <x> | at least 2.5 MB/s | 12 MB/s | met |" in text
    renew(RESULTS, copy)
    assert copy.read_text() == text


def test_a_page_without_the_comments_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "benchmarks.md"
    copy.write_text("nothing")
    with pytest.raises(ValueError, match="no place"):
        renew(RESULTS, copy)


def test_the_docs_have_the_comments() -> None:
    assert BEGIN in PAGE.read_text()
    assert END in PAGE.read_text()
