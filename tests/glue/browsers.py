"""Headless browsers of Debian that open one page and get back the text that it posts.

They are started directly: a page reports to the server that it came from, so that no driver is
needed, but for WebKitGTK, whose small browser takes an address from its driver only.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from unpoison.testing.javascript_host import chromium_command, serving

PATIENCE_S = 60.0


def open_page(browser: str, folder: Path) -> str:
    """Serve a folder, open its `index.html`, and give what the page posts."""
    profile = folder / ".profile"
    profile.mkdir()
    with serving(folder) as (url, posts), _BROWSERS[browser](f"{url}index.html", profile):
        try:
            _, body = posts.get(timeout=PATIENCE_S)
        except queue.Empty:
            log = (profile / "log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"{browser} has not reported in {PATIENCE_S:g} s: {log}") from None
    return body.decode()


@contextmanager
def _chromium(url: str, profile: Path) -> Iterator[None]:
    with _running(chromium_command(_program("chromium"), url, profile), profile):
        yield


@contextmanager
def _firefox(url: str, profile: Path) -> Iterator[None]:
    command = [_program("firefox-esr"), "--headless", "--no-remote", "--profile", str(profile), url]
    with _running(command, profile, HOME=str(profile), MOZ_DISABLE_AUTO_SAFE_MODE="1"):
        yield


@contextmanager
def _webkit(url: str, profile: Path) -> Iterator[None]:
    driver, screen = _program("WebKitWebDriver"), _program("Xvfb")
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    browser = str(found[0]) if found else _absent("the MiniBrowser of WebKitGTK")
    with ExitStack() as stack:
        reading, writing = os.pipe()
        with open(reading) as display:  # noqa: PTH123 - a descriptor
            command = [screen, "-displayfd", str(writing), "-nolisten", "tcp"]
            stack.enter_context(_running(command, profile, pass_fds=(writing,)))
            os.close(writing)
            number = display.readline().strip()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [driver, f"--port={port}"]
        environment = {"DISPLAY": f":{number}", "HOME": str(profile)}
        stack.enter_context(_running(command, profile, **environment))
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = _ask(port, "POST", "/session", {"capabilities": wanted})["sessionId"]
        stack.callback(_ask, port, "DELETE", f"/session/{session}", None)
        _ask(port, "POST", f"/session/{session}/url", {"url": url})
        yield


_BROWSERS = {"chromium": _chromium, "firefox": _firefox, "webkit": _webkit}


def _ask(port: int, method: str, path: str, body: object) -> Any:
    """Ask a driver, which may take a moment to start. https://www.w3.org/TR/webdriver2/."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, method=method)
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the driver refuses {path}: {error.read()[:500]!r}") from error
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _program(name: str) -> str:
    return shutil.which(name) or _absent(name)


def _absent(what: str) -> NoReturn:
    """Skip by name, in CI too: browsers are large, and not every machine can have them."""
    pytest.skip(f"missing browser: {what} (make test-peers installs it on Debian, as root)")


@contextmanager
def _running(
    command: list[str], profile: Path, *, pass_fds: tuple[int, ...] = (), **environment: str
) -> Iterator[None]:
    """Run a program in a process group of its own, which ends with the block."""
    with (profile / "log").open("ab") as log, subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=pass_fds,
        env=os.environ | environment, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield
        finally:
            os.killpg(process.pid, 9)
