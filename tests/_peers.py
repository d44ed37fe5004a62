"""The programs that tests compare with: where they are, and what a missing one means.

`make test-peers` installs them into `.tools` (or UNPOISON_TOOLS). A missing peer is a named
skip on a developer's machine and a failure in CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tools() -> Path:
    """The folder that `scripts/install-peers` fills."""
    return Path(os.environ.get("UNPOISON_TOOLS", ROOT / ".tools"))


def node20() -> str:
    """Node 20, which runs legacy exception handling and the generated glue."""
    return _node(20, tools() / "node20" / "node_modules" / "node" / "bin" / "node")


def runtime(name: str) -> list[str]:
    """The command that runs a script: of a Node by its major version, or of Deno."""
    if name == "deno":
        path = tools() / "deno" / "node_modules" / ".bin" / "deno"
        return [str(path), "run", "-A", "--quiet"] if path.exists() else missing("Deno")
    newest = {"20": node20, "26": node26}.get(name)
    if newest is not None:
        return [newest()]
    return [_node(int(name), tools() / f"node{name}" / "node_modules" / "node" / "bin" / "node")]


def node26() -> str:
    """Node 26, which runs exnref exception handling."""
    return _node(26, tools() / "node_modules" / "node" / "bin" / "node")


def wasm_bindgen() -> str:
    """The wasm-bindgen CLI 0.2.130."""
    path = tools() / "bin" / "wasm-bindgen"
    return str(path) if path.exists() else missing("the wasm-bindgen CLI 0.2.130")


def workerd() -> str:
    """The program of Cloudflare Workers, workerd."""
    path = tools() / "node_modules" / ".bin" / "workerd"
    return str(path) if path.exists() else missing("workerd")


def wrangler() -> list[str]:
    """The command of wrangler, which deploys Workers, under a Node that it supports."""
    path = tools() / "wrangler" / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    return [node26(), str(path)] if path.exists() else missing("wrangler")


def tsc() -> str:
    """TypeScript's compiler."""
    path = tools() / "node_modules" / ".bin" / "tsc"
    return str(path) if path.exists() else missing("typescript")


def binaryen() -> Path:
    """The folder of the npm package binaryen."""
    path = tools() / "node_modules" / "binaryen"
    return path if path.exists() else missing("binaryen")


def missing(what: str) -> NoReturn:
    """Skip the test by the peer's name, or fail it in CI."""
    message = f"missing peer: {what} (make test-peers installs it)"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def _node(major: int, installed: Path) -> str:
    for candidate in (str(installed), shutil.which("node")):
        if candidate is not None and _major(candidate) == major:
            return candidate
    missing(f"Node {major}")


def _major(node: str) -> int | None:
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return int(done.stdout.lstrip("v").split(".")[0])
