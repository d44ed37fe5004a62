"""Runs the `#[wasm_bindgen_test]` suites of a test binary."""

from unpoison.testing.cases import Case, Selection, find_cases
from unpoison.testing.keepers import Baseline, Coverage, Keeper
from unpoison.testing.modes import Mode, find_mode, skip_reason
from unpoison.testing.suite import Output, Plan, run_suite

__all__ = [
    "Baseline",
    "Case",
    "Coverage",
    "Keeper",
    "Mode",
    "Output",
    "Plan",
    "Selection",
    "find_cases",
    "find_mode",
    "run_suite",
    "skip_reason",
]
