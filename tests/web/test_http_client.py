"""Fetch over HTTP, against a server of ours on the loopback address."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from unpoison import ThrownValue, js
from unpoison.runtime.jobs import Scheduler
from unpoison.runtime.world import make_world
from unpoison.web import Fetch, Network
from unpoison.web.http_client import check_public


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/to/"):
            self._answer(int(path[4:7]), b"", {"Location": path[7:]})
        elif path == "/zipped":
            self._answer(200, gzip.compress(b"zipped"), {"Content-Encoding": "gzip"})
        elif path == "/big":
            self._answer(200, b"x" * 100_000)
        elif path == "/slow":
            threading.Event().wait(5)
        else:
            told = f"{self.command} {self.path} {self.headers.get('authorization', '-')}"
            self._answer(200, told.encode(), {"X-Asked": self.headers.get("x-ask", "")})

    def do_POST(self) -> None:
        if self.path.startswith("/to/"):
            self.do_GET()
            return
        if self.headers.get("transfer-encoding") == "chunked":
            data = self._chunks()
        else:
            data = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer(200, b"got " + data)

    def _chunks(self) -> bytes:
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        return data

    def _answer(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetched(fetcher: Any, url: object, init: object = None, read: str = "text") -> Any:
    """Fetch under an event loop; give the response and what reading its body gave."""

    async def run() -> Any:
        realm = make_world(Scheduler(set).realm)
        realm.part(Network).fetcher = fetcher
        response = await js.call(realm.global_object["fetch"], url, init)
        return response, await getattr(response, read)()

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_fetch_is_off_unless_it_is_given() -> None:
    with pytest.raises(js.TypeError, match="fetch is off"):
        fetched(None, "https://example.com/")


def test_why_a_request_failed_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(request: Any) -> Any:
        raise js.TypeError("fetch failed", cause=OSError("no network"))

    for fetcher, reason in (
        (None, "fetch is off; the embedder allows it with load"),
        (Fetch(allow=["https://other.test"]), "https://own.test is not in Fetch(allow=...)"),
        (fail, "fetch failed: no network"),
    ):
        caplog.clear()
        with pytest.raises(js.TypeError):
            fetched(fetcher, "https://own.test/path?token=secret")
        [record] = caplog.records
        assert (record.name, record.levelname) == ("unpoison.fetch", "WARNING")
        assert record.getMessage().startswith("https://own.test/path: ")
        assert reason in record.getMessage()


def test_an_async_function_may_answer() -> None:
    async def answer(request: Any) -> Any:
        realm = request.realm
        return js.construct(realm.global_object["Response"], f"{request.method} {request.url}")

    assert fetched(answer, "http://nowhere.test/x")[1] == "GET http://nowhere.test/x"


def test_what_a_fetcher_raises_is_the_cause() -> None:
    async def fail(request: Any) -> Any:
        raise OSError("no network")

    with pytest.raises(js.TypeError, match="fetch failed") as caught:
        fetched(fail, "http://nowhere.test/x")
    assert isinstance(caught.value.cause, OSError)


def test_a_response_comes_with_its_status_headers_and_body(base: str) -> None:
    fetcher = Fetch(allow=[base], allow_private=True)
    response, text = fetched(fetcher, f"{base}/a?b#c", {"headers": {"X-Ask": "me"}})
    assert (response.status, response.url, text) == (200, f"{base}/a?b", "GET /a?b -")
    assert response.headers["x-asked"] == "me"
    with pytest.raises(js.TypeError, match="immutable"):
        response.headers.set("x", "y")


def test_the_certificates_are_read_once_for_all_requests(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    made: list[object] = []
    create = httpx.create_ssl_context
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: made.append(create()) or made[-1])
    fetcher = Fetch(allow=[base], allow_private=True)
    for _ in range(3):
        assert fetched(fetcher, f"{base}/text")[0].status == 200
    assert len(made) == 1


def test_a_body_is_sent_and_encodings_are_undone(base: str) -> None:
    fetcher = Fetch(allow=[base], allow_private=True)
    assert fetched(fetcher, f"{base}/p", {"method": "POST", "body": "data"})[1] == "got data"
    assert fetched(fetcher, f"{base}/zipped")[1] == "zipped"
    assert fetched(fetcher, f"{base}/a", {"method": "HEAD"})[1] == ""


def test_an_async_iterable_is_sent_as_a_stream(base: str) -> None:
    async def chunks() -> Any:
        yield b"one "
        yield b"two"

    fetcher = Fetch(allow=[base], allow_private=True)
    given = {"method": "POST", "body": chunks(), "duplex": "half"}
    assert fetched(fetcher, f"{base}/p", given)[1] == "got one two"


def test_redirects_are_followed_as_asked(base: str) -> None:
    fetcher = Fetch(allow=[base], allow_private=True)
    response, text = fetched(fetcher, f"{base}/to/302/end")
    assert (text, response.redirected, response.url) == ("GET /end -", True, f"{base}/end")
    assert fetched(fetcher, f"{base}/to/302/end", {"redirect": "manual"})[0].status == 302
    with pytest.raises(js.TypeError, match="unexpected redirect"):
        fetched(fetcher, f"{base}/to/302/end", {"redirect": "error"})
    posted = {"method": "POST", "body": "data"}
    assert fetched(fetcher, f"{base}/to/303/end", posted)[1] == "GET /end -"
    assert fetched(fetcher, f"{base}/to/307/end", posted)[1] == "got data"


def test_credentials_stay_with_their_origin(base: str) -> None:
    other = base.replace("127.0.0.1", "localhost")
    fetcher = Fetch(allow=[base, other], allow_private=True)
    given = {"headers": {"Authorization": "secret"}}
    assert fetched(fetcher, f"{base}/to/302/end", given)[1] == "GET /end secret"
    assert fetched(fetcher, f"{base}/to/302{other}/end", given)[1] == "GET /end -"


def test_only_origins_of_the_list_are_asked(base: str) -> None:
    with pytest.raises(js.TypeError, match="not in Fetch"):
        fetched(Fetch(allow=["https://example.com"], allow_private=True), f"{base}/a")
    with pytest.raises(js.TypeError, match="not in Fetch"):
        target = f"{base}/to/302http://localhost:1/x"
        fetched(Fetch(allow=[base], allow_private=True), target)
    with pytest.raises(js.TypeError, match="file: URLs"):
        fetched(Fetch(allow=["*"]), "file:///etc/passwd")


def test_this_machine_is_not_asked_unless_allowed(base: str) -> None:
    with pytest.raises(js.TypeError, match="no public address"):
        fetched(Fetch(allow=["*"]), f"{base}/a")
    with pytest.raises(js.TypeError, match="no public address"):
        fetched(Fetch(allow=["*"]), base.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "224.0.0.1", "100.64.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    with pytest.raises(js.TypeError):
        check_public("h", [address])
    check_public("h", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])


def test_a_response_is_bounded(base: str) -> None:
    fetcher = Fetch(allow=[base], allow_private=True, max_bytes=1000)
    with pytest.raises(js.TypeError, match="more than 1000 bytes"):
        fetched(fetcher, f"{base}/big")


def test_a_signal_ends_the_request(base: str) -> None:
    async def run() -> None:
        realm = make_world(Scheduler(set).realm)
        realm.part(Network).fetcher = Fetch(allow=[base], allow_private=True)
        controller = js.construct(realm.global_object["AbortController"])
        promise = js.call(
            realm.global_object["fetch"], f"{base}/slow", {"signal": controller.signal}
        )
        await asyncio.sleep(0.05)
        controller.abort("enough")
        with pytest.raises(ThrownValue) as caught:
            await promise
        assert caught.value.value == "enough"

    asyncio.run(asyncio.wait_for(run(), 30))


@pytest.mark.parametrize("allow", [["example.com"], ["https://example.com/path"], ["https://u@h"]])
def test_an_origin_is_checked_when_it_is_given(allow: list[str]) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        Fetch(allow=allow)


def test_a_single_text_is_no_list() -> None:
    with pytest.raises(TypeError, match="sequence of origins"):
        Fetch(allow="https://example.com")
