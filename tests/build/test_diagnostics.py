"""One error that helps, from what rustc printed."""

from __future__ import annotations

import json

import pytest

from unpoison.build.diagnostics import Report

UNWIND = "the type `&mut i32` may not be safely transferred across an unwind boundary"
INTERIOR = (
    "the type `UnsafeCell<u32>` may contain interior mutability and a reference may not be "
    "safely transferrable across a catch_unwind boundary"
)


def error(message, code="E0308", line=7, level="error"):
    """One compiler message, as cargo prints it."""
    span = {"file_name": "src/lib.rs", "line_start": line, "is_primary": True}
    return {
        "reason": "compiler-message",
        "message": {
            "level": level,
            "message": message,
            "code": {"code": code},
            "spans": [span],
            "rendered": f"error[{code}]: {message}\n",
        },
    }


def failure(*messages, lines=()):
    """The text of the error that these messages give."""
    report = Report(lines=list(lines))
    for message in messages:
        report.read(json.dumps(message))
    return str(report.failure("own"))


MAYBE = (
    "the trait bound `dyn FnMut(): wasm_bindgen::__rt::marker::MaybeUnwindSafe` is not satisfied"
)


@pytest.mark.parametrize("text", [UNWIND, INTERIOR, MAYBE])
def test_unwind_safety_is_one_line_that_names_the_ways_out(text):
    said = failure(error(text, "E0277"))
    assert said.count("\n") == 0
    assert "src/lib.rs:7" in said
    for way in ("AssertUnwindSafe", "implement UnwindSafe", "--panic abort"):
        assert way in said


def test_unwind_safety_at_many_places_counts_them():
    assert "and at 2 more place(s)" in failure(*[error(UNWIND, "E0277")] * 3)


def test_another_error_beside_unwind_safety_is_shown_too():
    said = failure(error(UNWIND, "E0277"), error("mismatched types"))
    assert "mismatched types" in said
    assert UNWIND in said
    assert "1 of the 2 errors are about panic=unwind" in said
    assert said.endswith("build with --panic abort, which does not ask")


def test_another_missing_trait_is_a_plain_error():
    assert "E0277" in failure(error("the trait bound `X: Y` is not satisfied", "E0277"))


def test_many_errors_are_cut_after_three():
    said = failure(*[error(f"number {n}") for n in range(5)])
    assert "number 2" in said
    assert "number 3" not in said
    assert said.endswith("... and 2 more error(s)")


def test_warnings_are_no_errors():
    said = failure(error("unused", level="warning"), lines=["error: something else"])
    assert "unused" not in said
    assert "something else" in said


def test_an_error_of_cargo_starts_where_cargo_says_so():
    said = failure(lines=["   Compiling own", "error: failed to download", "caused by: DNS"])
    assert said == "cargo cannot build own:\nerror: failed to download\ncaused by: DNS"


def test_files_are_those_of_artifacts():
    report = Report()
    report.read(json.dumps({"reason": "compiler-artifact", "filenames": ["/t/own.wasm"]}))
    report.read(json.dumps({"reason": "build-finished", "success": True}))
    report.read("not JSON at all")
    assert report.files == ["/t/own.wasm"]


def test_a_missing_linker_is_a_missing_tool_with_its_package():
    report = Report()
    report.read(json.dumps(error("linker `rust-lld` not found", code="")))
    found = report.failure("own")
    assert found.missing
    assert "lld-22" in str(found)


def test_an_error_without_a_place_is_shown():
    message = error("linking with `rust-lld` failed")
    message["message"]["spans"] = []
    assert "linking with `rust-lld` failed" in failure(message, lines=["error: could not compile"])


def test_the_count_of_errors_is_no_error():
    summary = error("aborting due to 1 previous error")
    assert "aborting" not in failure(summary, error("mismatched types"))
