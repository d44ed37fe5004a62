"""Every row of the table of runtimes that says "tested" has a test that runs it."""

from __future__ import annotations

from tests.glue import test_browsers, test_workerd_scenarios
from tests.glue.test_runtimes import CASES, FIRST, NEWEST
from unpoison.glue import RUNTIMES, Evidence

NAMES = {
    "Node": "{0}", "Deno": "deno", "workerd": "workerd", "Chromium": "chromium",
    "Firefox": "firefox", "WebKitGTK": "webkit",
}  # fmt: skip


def test_what_is_tested_is_tested() -> None:
    cases = {(build, name) for build, name in CASES}
    cases |= {("legacy", FIRST), ("legacy", NEWEST)}  # test_beside_the_clis_glue.py
    cases |= {(build, "workerd") for build in test_workerd_scenarios.BUILDS}
    cases |= set(test_browsers.CASES)
    for row in RUNTIMES:
        if row.evidence is Evidence.TESTED:
            name = NAMES[row.name].format(row.versions)
            assert row.source.startswith(row.versions.split(" ")[0])
            assert (("legacy", name) in cases) is row.legacy
            assert (("exnref", name) in cases) is row.exnref


def test_a_mix_runs_nowhere() -> None:
    assert not any(row.runs("mixed") for row in RUNTIMES)
    assert all(row.runs("none") for row in RUNTIMES)
