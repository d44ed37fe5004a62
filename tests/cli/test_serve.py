"""`unpoison serve` as a user starts it: a process, a port, and a signal that ends it."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.cli._running import ROOT, STATS, run
from tests.cli._serving import SECONDS, configuration, serving, write_worker

SHOP = ROOT / "examples" / "shop" / "shop.legacy.wasm"
Capture = pytest.CaptureFixture[str]


def test_a_worker_is_served_fails_goes_on_and_ends_cleanly(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    write_worker(folder, SHOP, '[vars]\nGREETING = "Good day"')
    with serving("serve", folder, "--admin-port", "0") as server:
        assert server.get("/hello/ada") == (200, "Hello, ada!")
        assert server.get("/var/GREETING") == (200, "Good day")
        assert server.get("/panic") == (500, "PanicError: the shop panics")
        status, text = server.get("/abort")
        assert (status, "Workers runtime canceled" in text) == (500, True)
        assert server.get("/do/a/inc") == (200, "1")
        assert server.get("/health", "status") == (200, "ok\n")
        assert (
            'unpoison_aborts_total{reason="unreachable",where="shop"} 1.0'
            in server.get("/metrics", "status")[1]
        )
        assert server.end() == 0
    assert list((folder / ".unpoison" / "state" / "do" / "shop-Counter").glob("*.sqlite"))


def test_stored_data_outlives_the_server_that_is_killed(tmp_path: Path) -> None:
    write_worker(tmp_path, SHOP)
    for count in ("1", "2"):
        with serving("serve", tmp_path, "--state", tmp_path / "kept") as server:
            assert server.get("/do/a/inc") == (200, count)
            server.process.kill()


def test_a_stop_lets_a_request_finish_and_refuses_new_connections(tmp_path: Path) -> None:
    answers: list[tuple[int, str]] = []
    with serving("serve", write_worker(tmp_path, SHOP)) as server:
        server.url("shop")
        asking = threading.Thread(target=lambda: answers.append(server.get("/slow?ms=1500")))
        asking.start()
        while server.get("/hello/a")[0] != 200:
            pass
        assert server.end() == 0
        asking.join(SECONDS)
    assert answers == [(200, "waited 1500 ms")]


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with serving("serve", write_worker(tmp_path, SHOP)) as server:
        host, port = server.url("shop").removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET /slow?ms=60000 HTTP/1.1\r\nHost: a\r\n\r\n")
            server.get("/hello/a")  # the other request has begun by now
            server.process.send_signal(signal.SIGINT)
            wait_until_closed(host, int(port))
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(20) == 0


def wait_until_closed(host: str, port: int) -> None:
    """Wait until nobody listens: a stop is under way."""
    # Reset is who came just before: the connection was made, and nobody took it.
    with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):
        while True:
            socket.create_connection((host, port)).close()
            time.sleep(0.01)


def test_a_module_alone_is_served_and_logs_are_json_lines(tmp_path: Path) -> None:
    module = tmp_path / "alone.wasm"
    module.write_bytes(SHOP.read_bytes())
    with serving("serve", module, "--json") as server:
        server.wait_for(r"http://")
        entry = json.loads(server.lines[-1])
        url = entry["message"].removeprefix("alone: ")
        assert url.startswith("http://localhost:")
        server.lines.insert(0, f"alone: {url}")
        assert server.get("/hello/ada", "alone") == (200, "Hello, ada!")
        server.wait_for("GET ", after=1)
        del server.lines[0]
        assert server.end() == 0
    entries = [json.loads(line) for line in server.lines]
    assert [entry["status"] for entry in entries if entry["logger"] == "unpoison.access"] == [200]


def test_what_is_not_provided_is_named_once_and_refused_when_used(tmp_path: Path) -> None:
    extra = 'odd = 1\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "d"\ndatabase_id = "1"\n'
    with serving("serve", write_worker(tmp_path, SHOP, extra)) as server:
        assert server.get("/hello/ada") == (200, "Hello, ada!")
        assert server.end() == 0
    assert server.text.count("DB (d1_databases) is not provided") == 1
    assert server.text.count("the key odd says nothing to unpoison") == 1


def test_an_environment_is_chosen(tmp_path: Path) -> None:
    extra = '[env.staging.vars]\nGREETING = "Hush"'
    module = write_worker(tmp_path, SHOP, extra)
    with serving("serve", module, "--env", "staging") as server:
        assert server.get("/var/GREETING", "shop-staging") == (200, "Hush")


def test_a_neighbour_is_found_by_its_name(tmp_path: Path) -> None:
    extra = '[[services]]\nbinding = "SELF"\nservice = "other"'
    write_worker(tmp_path / "shop", SHOP, extra)
    write_worker(tmp_path / "other", SHOP, name="other")
    with serving("serve", tmp_path / "shop", "--with", tmp_path / "other") as server:
        assert server.get("/service") == (200, "200: Hello, service!")


# --- what cannot be served ---


def test_a_port_in_use_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        module = write_worker(tmp_path, SHOP)
        ran = run(capsys, "serve", module, "--host", "127.0.0.1", "--port", port)
    assert ran.code == 2
    assert ran.err == (
        f"unpoison: ServeError: 127.0.0.1:{port} is in use; stop the other program or choose "
        "another port\n"
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("wrangler.toml", "name = 3", "name must be a string, not 3"),
        ("wrangler.toml", "name = ", "it cannot be read: "),
        ("wrangler.jsonc", "[1]", "the configuration must be an object"),
        ("wrangler.toml", 'name = "empty"', "no module: there is no .wasm of rustc's"),
    ],
)
def test_a_wrong_configuration_is_refused_by_its_name(
    tmp_path: Path, capsys: Capture, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    ran = run(capsys, "serve", tmp_path)
    assert ran.code == 3
    assert ran.err.startswith("unpoison: ConfigError: ")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path, capsys: Capture) -> None:
    ran = run(capsys, "serve", tmp_path)
    assert ran.code == 3
    assert "no wrangler.toml or wrangler.jsonc or wrangler.json here" in ran.err


def test_stored_data_that_another_server_has_is_refused(tmp_path: Path) -> None:
    folder, state = tmp_path / "shop", tmp_path / "state"
    write_worker(folder, SHOP)
    with serving("serve", folder, "--state", state) as first:
        assert first.get("/do/a/alarm?in=600000") == (200, "true")
        with serving("serve", folder, "--state", state) as second:
            assert second.process.wait(SECONDS) == 3
            second.wait_for("unpoison: StorageError: database is locked.*metadata.sqlite")
        assert first.get("/do/a/alarmed") == (200, "0 0 true")


def test_a_module_that_is_no_worker_is_refused(tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "stats.wasm"
    copy.write_bytes(STATS.read_bytes())
    ran = run(capsys, "serve", copy)
    assert ran.code == 3
    assert "the module exports no handler (fetch, scheduled) of a worker" in ran.err


def test_a_class_that_the_module_has_not_is_refused(tmp_path: Path, capsys: Capture) -> None:
    module = write_worker(tmp_path, SHOP)
    text = configuration().replace('class_name = "Counter"', 'class_name = "Clock"')
    (tmp_path / "wrangler.toml").write_text(text)
    ran = run(capsys, "serve", module)
    assert ran.code == 3
    assert "the binding COUNTER names the class Clock" in ran.err
