"""The programs of the peers under our glue: what they show under the CLI's, but where we say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests._peers import node20
from tests.glue.bound import bind, run
from tests.peers import programs

pytestmark = pytest.mark.peers

WRONG_ELEMENT = "array contains a value of the wrong type"
ERRORS: dict[tuple[str, str], dict[str, str]] = {
    # The CLI's glue asks an object of another class, or null, for what only its own have.
    ("classes", "vectors with a wrong element"): {
        "jsValue.__destroy_into_raw is not a function": WRONG_ELEMENT,
        "Cannot read properties of null (reading '__wbg_ptr')": WRONG_ELEMENT,
    },
    ("closures", "a closure that panics where that aborts"): {
        "": "panic in a function that cannot unwind",
    },
    # An import that fails returns undefined; and the error of a task reaches its promise.
    ("odd", "an async import that throws at once"): {
        "Cannot read properties of null (reading 'then')": (
            "Cannot read properties of undefined (reading 'then')"
        ),
    },
    ("odd", "an async import that gives no promise"): {},
    ("odd", "an async import that gives a thenable"): {},
}
"""Cases in which our errors have another text, or reach another place."""


@pytest.mark.parametrize("crate", programs.PROGRAMS)
def test_every_case(crate: str, tmp_path: Path) -> None:
    main = bind(tmp_path, crate, "legacy")
    ours = run(node20(), programs.HERE / "runner.mjs", main, programs.HERE / f"{crate}.js")
    theirs = json.loads(programs.RECORDED.read_text(encoding="utf-8"))[crate]["cases"]
    assert ours.keys() == theirs.keys()
    differing = {case for case in ours if ours[case] != theirs[case]}
    assert differing == {case for name, case in ERRORS if name == crate}
    for case in differing:
        table = ERRORS[crate, case]
        assert [_message(one) for one in ours[case]] == [
            table.get(text, text) for text in map(_message, theirs[case])
        ]
        assert all(one in theirs[case] for one in ours[case] if one[0] == "uncaught")


def _message(seen: list[Any]) -> str:
    """Give the text of an error, or of a value."""
    facts = seen[-1]
    is_error = seen[0] in ("raised", "uncaught")
    return str(facts.get("message", "")) if is_error else json.dumps(facts)
