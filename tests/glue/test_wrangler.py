"""A package for Workers under Cloudflare's own tool: built, bundled and run by it as it is."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import _peers
from tests.peers.workerd import record
from unpoison.glue import Isolation

pytestmark = [pytest.mark.peers, pytest.mark.timeout(180)]

PATIENCE_S = 60.0
BOUND = "index_bg.wasm"


def write_project(folder: Path, isolation: Isolation) -> dict[str, str]:
    """Write the shop's own configuration with our command to build it; give the environment."""
    command = [sys.executable, "-m", "unpoison", "bind", str(record.SHOP), "--target", "worker"]
    command += ["--isolation", isolation, "-o", "build"]
    text = record.SHOP.with_name("wrangler.toml").read_text(encoding="utf-8")
    built = re.sub(r"^command = .*$", f"command = '{shlex.join(command)}'", text, flags=re.M)
    assert built != text
    (folder / "wrangler.toml").write_text(built, encoding="utf-8")
    own = {"CI": "1", "WRANGLER_SEND_METRICS": "false", "HOME": str(folder)}
    own["XDG_CONFIG_HOME"] = str(folder / "config")
    return os.environ | own


@pytest.mark.parametrize("isolation", ["shared", "exclusive"])
def test_it_is_deployable_as_it_is(isolation: Isolation, tmp_path: Path) -> None:
    environment = write_project(tmp_path, isolation)
    command = [*_peers.wrangler(), "deploy", "--dry-run", "--outdir", "out"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for binding in ("env.COUNTER (Counter)", "env.STORE (store)", "env.SELF (shop)"):
        assert binding in done.stdout
    [wasm] = (tmp_path / "out").glob(f"*{BOUND}")
    assert wasm.read_bytes() == (tmp_path / "build" / BOUND).read_bytes()
    assert wasm.name in (tmp_path / "out" / "index.js").read_text(encoding="utf-8")


@contextmanager
def developing(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run `wrangler dev` until it answers; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [*_peers.wrangler(), "dev", "--local", "--ip", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log, subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            end = time.monotonic() + PATIENCE_S
            while ask(f"{url}/") is None:
                said = (folder / "log").read_text(errors="replace")[-2000:]
                assert process.poll() is None, said
                assert time.monotonic() < end, said
                time.sleep(0.2)
            yield url
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def ask(url: str) -> tuple[int, str] | None:
    """Give the status of an answer, with its body when all went well; None without a server."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return None


def test_it_runs_under_its_development_server(tmp_path: Path) -> None:
    environment = write_project(tmp_path, "exclusive")
    paths = ["hello/ada", "do/a/inc", "abort", "hello/eve", "do/a/mem", "do/a/abort", "do/a/mem"]
    with developing(tmp_path, environment) as url:
        seen = [ask(f"{url}/{path}") for path in [*paths, "do/a/get"]]
    assert seen == [
        (200, "Hello, ada!"), (200, "1"), (500, ""), (200, "Hello, eve!"),
        (200, "unstored_count: 2"), (500, ""), (200, "unstored_count: 1"), (200, "1"),
    ]  # fmt: skip
