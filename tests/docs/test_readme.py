"""The README's example runs and prints what its comments say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


def promised_output(block: str) -> list[str]:
    return re.findall(r"print\(.*\)\s+# (.+)", block)


def test_the_example_prints_what_its_comments_say() -> None:
    (block,) = python_blocks(ROOT / "README.md")
    promised = promised_output(block)
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(promised) == 6
    assert done.stdout.splitlines() == promised


def test_the_pages_link_to_files_that_exist() -> None:
    pages = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").glob("*.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    ]
    assert links
    assert [(page.name, to) for page, to in links if not (page.parent / to).exists()] == []


def test_the_architecture_page_stays_short() -> None:
    assert (ROOT / "ARCHITECTURE.md").read_text().count("\n") <= 150
