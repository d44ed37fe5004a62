"""`unpoison dev` as a developer uses it: files change, and the worker with them.

The Rust of the crate is a fake one (`tests/build/conftest.py`): what it builds is the real shop.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.build.conftest import crate_facts, script
from tests.cli._running import ROOT, run
from tests.cli._serving import Serving, configuration, serving, write_worker

SHOP = ROOT / "examples" / "shop" / "shop.legacy.wasm"
HELLO = '[vars]\nGREETING = "Good day"'
NIGHT = '[vars]\nGREETING = "Good night"'


class Crate:
    """A crate with a configuration, and a fake Rust that builds it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "own"
        self.rust = root / "rust"
        (self.folder / "src").mkdir(parents=True)
        (self.folder / "Cargo.toml").touch()
        (self.folder / "src" / "lib.rs").write_text("// one")
        (self.folder / "wrangler.toml").write_text(configuration(HELLO))
        library = self.rust / "sysroot/lib/rustlib/src/rust/library/std/Cargo.toml"
        library.parent.mkdir(parents=True)
        library.touch()
        (self.rust / "metadata.json").write_text(json.dumps(crate_facts(self.folder)))
        shutil.copyfile(SHOP, self.rust / "own.wasm")
        rustc = f'[ "$1" = --version ] && echo "rustc 1.96.0 (fake)" || echo {self.rust}/sysroot'
        cargo = (
            f'if [ "$1" = metadata ]; then exec cat "{self.rust}/metadata.json"; fi\n'
            f'echo "   Compiling own v1.0.0" >&2\n. "{self.rust}/build"\n'
        )
        self.env = {
            "RUSTC": str(script(self.rust / "bin/rustc", rustc)),
            "CARGO": str(script(self.rust / "bin/cargo", cargo)),
        }
        self.builds()

    def builds(self, before: str = "") -> None:
        """Have the next builds succeed, after some shell commands."""
        made = {"reason": "compiler-artifact", "filenames": [str(self.rust / "own.wasm")]}
        self._will(f"{before}\necho '{json.dumps(made)}'")

    def fails(self, rendered: str) -> None:
        """Have the next builds fail with an error of rustc."""
        message = {"level": "error", "message": "mismatched types", "code": None,
                   "spans": [], "rendered": rendered}  # fmt: skip
        (self.rust / "error.json").write_text(
            json.dumps({"reason": "compiler-message", "message": message})
        )
        self._will(f'cat "{self.rust}/error.json"\nexit 101')

    def change(self, name: str = "src/lib.rs") -> None:
        """Write a file anew, as an editor does: a new file takes the old one's name."""
        path = self.folder / name
        draft = path.with_name(f".{path.name}~")
        draft.write_text(f"// {time.monotonic()}" if path.suffix == ".rs" else path.read_text())
        draft.replace(path)

    def configure(self, text: str) -> None:
        """Write the configuration anew."""
        (self.folder / "wrangler.toml").write_text(configuration(text))

    def _will(self, text: str) -> None:
        draft = self.rust / "build~"
        draft.write_text(text)
        draft.replace(self.rust / "build")


@pytest.fixture
def crate(tmp_path: Path) -> Crate:
    return Crate(tmp_path)


@contextmanager
def developing(crate: Crate, *args: object) -> Iterator[Serving]:
    """Run `unpoison dev` on a crate until it is ready."""
    with serving("dev", crate.folder, *args, env=crate.env) as server:
        server.wait_for("^shop: http://")
        yield server


@contextmanager
def reloading(server: Serving) -> Iterator[None]:
    """Wait at the end of the block for a reload that it causes."""
    begin = len(server.lines)
    yield
    server.wait_for("^ready in ", after=begin)


def test_the_worker_follows_its_source_its_configuration_and_its_vars(crate: Crate) -> None:
    with developing(crate) as server:
        assert "[build]    Compiling own v1.0.0" in server.lines
        assert server.get("/var/GREETING") == (200, "Good day")
        assert server.get("/do/a/inc") == (200, "1")
        with reloading(server):
            crate.change()
        assert "Reloading..." in server.lines
        assert server.get("/do/a/inc") == (200, "2")  # what is stored is kept
        assert server.get("/do/a/mem") == (200, "unstored_count: 2")  # by an object made anew
        with reloading(server):
            crate.configure(NIGHT)
        assert server.get("/var/GREETING") == (200, "Good night")
        with reloading(server):
            (crate.folder / ".dev.vars").write_text('GREETING = "Hush"')
        assert server.get("/var/GREETING") == (200, "Hush")
        with reloading(server):
            crate.change("Cargo.toml")
        assert server.get("/do/a/inc") == (200, "3")
        assert server.end() == 0


def test_a_crate_that_does_not_compile_leaves_the_worker_of_before(crate: Crate) -> None:
    with developing(crate) as server:
        begin = len(server.lines)
        crate.fails("error[E0308]: mismatched types\n --> src/lib.rs:1:1\n  | expected `u32`")
        crate.change()
        server.wait_for("the worker of before goes on", after=begin)
        assert "error[E0308]: mismatched types" in server.text
        assert "  | expected `u32`" in server.text
        assert server.get("/hello/ada") == (200, "Hello, ada!")
        crate.builds()
        with reloading(server):
            crate.change()
        assert server.get("/hello/ada") == (200, "Hello, ada!")


def test_a_crate_that_does_not_compile_at_first_is_waited_for(crate: Crate) -> None:
    crate.fails("error: expected one of `!` or `::`")
    with serving("dev", crate.folder, env=crate.env) as server:
        server.wait_for("there is no worker; waiting for a change")
        status, text = server.get("/")
        assert (status, "expected one of `!` or `::`" in text) == (503, True)
        assert server.get("/health", "status")[0] == 503
        crate.builds()
        with reloading(server):
            crate.change()
        assert server.get("/hello/ada") == (200, "Hello, ada!")


def test_the_worker_of_before_answers_while_a_build_runs(crate: Crate) -> None:
    go = crate.rust / "go"
    with developing(crate) as server:
        begin = len(server.lines)
        crate.builds(f'until [ -e "{go}" ]; do sleep 0.05; done')
        crate.change()
        server.wait_for("Compiling", after=begin)
        assert server.get("/hello/ada") == (200, "Hello, ada!")
        assert not any(line.startswith("ready") for line in server.lines[begin:])
        with reloading(server):
            go.touch()


def test_a_change_during_a_build_begins_anew(crate: Crate) -> None:
    with developing(crate) as server:
        begin = len(server.lines)
        crate.builds(f'echo $$ > "{crate.rust}/pid"\nsleep 600')
        crate.change()
        server.wait_for("Compiling", after=begin)
        while not (crate.rust / "pid").exists():  # it may not have read its commands yet
            time.sleep(0.01)
        crate.builds()
        with reloading(server):
            crate.change()
        server.wait_for("changed again; building anew", after=begin)


def test_a_stop_during_a_build_ends_the_build(crate: Crate) -> None:
    with developing(crate) as server:
        begin = len(server.lines)
        crate.builds(f'echo $$ > "{crate.rust}/pid"\nsleep 600')
        crate.change()
        server.wait_for("Compiling", after=begin)
        while not (crate.rust / "pid").exists():
            time.sleep(0.01)
        assert server.end() == 0
    pid = int((crate.rust / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_stop_during_the_first_build_ends_it(crate: Crate) -> None:
    crate.builds(f'echo $$ > "{crate.rust}/pid"\nsleep 600')
    with serving("dev", crate.folder, env=crate.env) as server:
        server.wait_for("Compiling")
        while not (crate.rust / "pid").exists():
            time.sleep(0.01)
        assert server.end() == 0
    assert "http://" not in server.text
    pid = int((crate.rust / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_no_request_fails_while_the_worker_is_replaced(crate: Crate) -> None:
    with developing(crate) as server:
        answers: list[tuple[int, str]] = []
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                answers.append(server.get("/do/a/inc"))

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for thread in asking:
            thread.start()
        try:
            for _ in range(2):
                with reloading(server):
                    crate.change()
        finally:
            done.set()
            for thread in asking:
                thread.join()
    assert sorted(int(text) for _, text in answers) == list(range(1, len(answers) + 1))
    assert {status for status, _ in answers} == {200}


def test_a_module_is_followed_and_a_configuration_that_is_wrong_is_told(tmp_path: Path) -> None:
    module = write_worker(tmp_path, SHOP, HELLO)
    with serving("dev", module) as server:
        assert server.get("/var/GREETING") == (200, "Good day")
        begin = len(server.lines)
        module.write_bytes(b"\0asm\1\0\0\0\xff")
        server.wait_for("the worker of before goes on", after=begin)
        server.wait_for("MalformedModule", after=begin)
        assert server.get("/hello/ada") == (200, "Hello, ada!")
        with reloading(server):
            module.write_bytes(SHOP.read_bytes())
        begin = len(server.lines)
        (tmp_path / "wrangler.toml").write_text("name = 3")
        server.wait_for("ConfigError: .*name must be a string", after=begin)
        assert server.get("/var/GREETING") == (200, "Good day")


def test_a_request_is_one_line_in_the_style_of_wrangler(tmp_path: Path) -> None:
    with serving("dev", write_worker(tmp_path, SHOP)) as server:
        server.get("/hello/ada?a=1")
        server.wait_for(r"^\[unpoison:info\] GET /hello/ada\?a=1 200 OK \([\d.]+ ms\)$")
        server.get("/abort")
        server.wait_for(r"^\[unpoison:error\] shop: abort \(unreachable\)")
        server.wait_for(r"^      at .*shop::failures::fail")
        server.get("/panic")
        server.wait_for(r"^\[console:error\] Critical Error: Rust panic")


def test_a_scheduled_event_is_sent_and_the_status_page_shows_what_happened(tmp_path: Path) -> None:
    with serving("dev", write_worker(tmp_path, SHOP, STORE)) as server:
        answer = server.get("/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*&time=1000")
        assert answer == (200, "ok")
        assert server.get("/kv/cron") == (200, "*/5 * * * * at 1000")
        server.get("/abort")
        page = server.get("/", "status")[1]
        assert "shop::failures::fail" in page
        assert "/kv/cron" in page


STORE = '[[kv_namespaces]]\nbinding = "STORE"\nid = "store"\n'


def test_what_no_change_repairs_ends_it_at_once(tmp_path: Path, capsys: Any) -> None:
    ran = run(capsys, "dev", tmp_path)
    assert (ran.code, "no wrangler.toml" in ran.err) == (3, True)
    module = write_worker(tmp_path, SHOP)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run(capsys, "dev", module, "--host", "127.0.0.1", "--port", port)
    assert ran.code == 2
    assert "is in use" in ran.err


@pytest.mark.toolchain
@pytest.mark.timeout(1800)
def test_a_real_crate_is_built_anew_and_a_real_error_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / "hello_worker"
    shutil.copytree(ROOT / "examples" / "hello_worker", folder)
    source = folder / "src" / "lib.rs"
    with serving("dev", folder) as server:
        server.wait_for("^hello-worker: http://", seconds=1500)
        assert server.get("/", "hello-worker") == (200, "Hello, World!")
        begin = len(server.lines)
        source.write_text(source.read_text().replace("World", "Reload"))
        server.wait_for("^ready in ", after=begin, seconds=900)
        assert server.get("/", "hello-worker") == (200, "Hello, Reload!")
        begin = len(server.lines)
        source.write_text(source.read_text().replace("Response::ok", "Response::okay"))
        server.wait_for("the worker of before goes on", after=begin, seconds=900)
        server.wait_for(r"error\[E0599\]: no .* named `okay`", after=begin)
        server.wait_for("--> src/lib.rs", after=begin)
        assert server.get("/", "hello-worker") == (200, "Hello, Reload!")
