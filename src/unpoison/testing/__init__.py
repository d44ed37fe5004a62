"""Runs the `#[wasm_bindgen_test]` suites of a test binary."""

from unpoison.testing.cases import Case, Selection, find_cases
from unpoison.testing.javascript_host import HostKind, find_host
from unpoison.testing.javascript_suite import run_javascript_suite
from unpoison.testing.keepers import Baseline, Coverage, Keeper
from unpoison.testing.modes import Mode, find_mode, names_host, refusal, skip_reason
from unpoison.testing.suite import Output, Plan, run_suite

__all__ = [
    "Baseline",
    "Case",
    "Coverage",
    "HostKind",
    "Keeper",
    "Mode",
    "Output",
    "Plan",
    "Selection",
    "find_cases",
    "find_host",
    "find_mode",
    "names_host",
    "refusal",
    "run_javascript_suite",
    "run_suite",
    "skip_reason",
]
