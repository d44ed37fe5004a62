"""The table of the web platform's names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests._peers import ROOT, missing
from unpoison import js
from unpoison.web import PLATFORM_NAMES, WEB_GLOBALS

BROWSER = """
    window document self HTMLElement requestAnimationFrame localStorage navigator WebSocket
    XMLHttpRequest Worker CSS console Image alert importScripts Window setTimeout GPUDevice
    DedicatedWorkerGlobalScope
"""


@pytest.mark.parametrize("name", BROWSER.split())
def test_the_names_of_browsers_are_known(name: str) -> None:
    assert name in PLATFORM_NAMES


@pytest.mark.parametrize("name", ["require", "process", "Buffer", "AddEventListenerOptions", "get"])
def test_other_names_are_not(name: str) -> None:
    assert name not in PLATFORM_NAMES


def test_the_standard_library_is_no_platform() -> None:
    assert PLATFORM_NAMES & js.GLOBALS.keys() <= {"queueMicrotask"}


def test_nothing_stands_in_both_tables_of_globals() -> None:
    assert WEB_GLOBALS.keys() & js.GLOBALS.keys() == set()


@pytest.mark.toolchain
def test_the_table_is_what_the_script_writes() -> None:
    crates = list((Path.home() / ".cargo/registry/src").glob("*/web-sys-0.3.107"))
    if not crates:
        missing("the sources of web-sys 0.3.107 (cargo fetch has them)")
    script = ROOT / "scripts/write_platform_names.py"
    page = ROOT / "src/unpoison/web/platform_names.py"
    before = page.read_text(encoding="utf-8")
    subprocess.run([sys.executable, str(script), str(crates[0])], check=True)
    assert page.read_text(encoding="utf-8") == before
