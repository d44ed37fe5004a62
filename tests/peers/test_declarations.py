"""The comparison of declarations with the CLI's is recorded, whole, and true."""

from __future__ import annotations

import json

import pytest

from tests.peers.declarations import ALONE_HERE, ALONE_THERE, PAIRS, RECORD, TOLD, compare, modules
from tests.peers.declarations import compare_all as compare_now


def test_every_module_is_recorded_and_every_difference_has_a_reason() -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert list(recorded) == [path.name for path in modules()]
    assert {reason for reasons in recorded.values() for reason in reasons} <= TOLD.keys()
    assert TOLD.keys() == PAIRS.keys() | ALONE_THERE.keys() | ALONE_HERE.keys()


@pytest.mark.parametrize(
    ("theirs", "ours", "reasons"),
    [
        ("export function f(a: Foo): void;", "export function f(a: any): void;", 0),
        ("export function f(a: Foo): void;", "export function f(a: Bar): void;", 2),
        ("export function f(): void;", "export function g(): void;", 2),
        (
            "declare function a__f(): void;",
            "export namespace a {\n    export function f(): void;\n}",
            0,
        ),
    ],
)
def test_what_has_no_reason_is_seen(theirs: str, ours: str, reasons: int) -> None:
    found = compare(theirs, ours)
    assert sum(reason not in TOLD for reason in found) == reasons


@pytest.mark.peers
def test_the_record_is_what_is_declared_now() -> None:
    assert compare_now() == json.loads(RECORD.read_text(encoding="utf-8"))
