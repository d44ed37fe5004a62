"""Runs a conversation with a served worker, and keeps what it answers as plain data."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.peers.workerd.routes import Ask, Cron, Step, Talk, Together

SECONDS = 60.0  # for one answer: a machine may be busy
COMPARED = ("content-type", "location", "set-cookie", "x-shop", "x-list", "allow")
NEW_ID = re.compile(r"^[0-9a-f]{64}(?= true )")  # of a new object, in /unique

COUNTS = re.compile(rb" \d+ \d+$")  # of rows: workerd has a patched SQLite that counts its steps
LONG = 1000  # bytes: a longer body is kept by its digest

Observation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a worker answers; `schedule` sends it an event and gives the outcome's word."""

    host: str
    port: int
    schedule: Callable[[str], str]


def observe(server: Server, steps: list[Step]) -> list[Observation]:
    """Do the steps in order; give one observation for each."""
    return [_observe(server, step) for step in steps]


def _observe(server: Server, step: Step) -> Observation:
    match step:
        case Ask():
            return _ask(server, step)
        case Cron():
            return {"outcome": server.schedule(step.cron)}
        case Talk():
            return {"talk": _talk(server, step)}
        case Together():
            return {"together": _together(server, step)}


def _ask(server: Server, step: Ask) -> Observation:
    time.sleep(step.after)
    connection = HTTPConnection(server.host, server.port, timeout=SECONDS)
    try:
        path = step.path.replace("{origin}", f"http://{server.host}:{server.port}")
        connection.request(step.method, path, step.body or None, dict(step.headers))
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if step.only_status:
        return {"status": answer.status}
    headers = sorted(
        [name.lower(), value] for name, value in answer.getheaders() if name.lower() in COMPARED
    )
    if "/exec?" in path:
        body = COUNTS.sub(b"", body)
    return {"status": answer.status, "headers": headers, "body": _text(body)}


def _together(server: Server, step: Together) -> list[Observation]:
    with ThreadPoolExecutor(len(step.asks)) as threads:
        answers = list(threads.map(lambda ask: _ask(server, ask), step.asks))
    return sorted(answers, key=lambda each: str(each["body"])) if step.is_sorted else answers


def _text(body: bytes) -> str:
    if len(body) > LONG:
        return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()}"
    return NEW_ID.sub("<id>", body.decode("utf-8", "backslashreplace"))


def _talk(server: Server, step: Talk) -> list[Any]:
    """What came back for each text said; last, how it was closed when the other side did it."""
    heard: list[Any] = []
    uri = f"ws://{server.host}:{server.port}{step.path}"
    with connect(uri, open_timeout=SECONDS, close_timeout=SECONDS) as socket:
        try:
            for text in step.says:
                socket.send(text)
                answer = socket.recv(SECONDS)
                heard.append(answer if isinstance(answer, str) else {"bytes": answer.hex()})
        except ConnectionClosed as closed:
            heard.append(
                {"closed": [closed.rcvd and closed.rcvd.code, closed.rcvd and closed.rcvd.reason]}
            )
            return heard
        if step.close is not None:
            socket.close(step.close, "enough")
            heard.append({"closes": [socket.close_code, socket.close_reason]})
    return heard
