"""What is asked of `examples/shop` on both sides: conversations, each a list of steps.

Every conversation uses names of its own, so that their order does not matter, except for what a
failure takes from all (`hits`, the memory of objects): those come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

CRON_TIME = 1_767_225_600_000  # ms since 1970: 1 January 2026


@dataclass(frozen=True, slots=True)
class Ask:
    """One HTTP request; `after` are the seconds to wait before it.

    "{origin}" in a path stands for the server's own address.

    With `only_status` the body is not compared: after a failure plain workerd says "Internal Server
    Error" where unpoison says what happened, and errors of KV have a JavaScript stack in them.
    """

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] | tuple[()] = ()
    after: float = 0.0
    only_status: bool = False


@dataclass(frozen=True, slots=True)
class Cron:
    """One scheduled event, at CRON_TIME."""

    cron: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One WebSocket: each text is sent and its answer awaited, then it closes with this code.

    Without a code the other side is awaited to close it.
    """

    path: str
    says: tuple[str | bytes, ...]
    close: int | None = 1000


@dataclass(frozen=True, slots=True)
class Together:
    """Requests that are under way at once, each begun after its `after`; the order of the answers
    is that of the requests, or by their text where it is left to chance who comes first."""

    asks: tuple[Ask, ...]
    is_sorted: bool = False


Step = Ask | Cron | Talk | Together


def post(path: str, body: bytes, kind: str = "application/json") -> Ask:
    """A request with a body of a content type."""
    return Ask(path, "POST", body, {"content-type": kind})


def put(path: str, body: bytes = b"") -> Ask:
    """A request that puts something, as what it comes."""
    return Ask(path, "PUT", body)


def sql(name: str, *queries: str) -> list[Step]:
    """Queries for the object of this name, one request each."""
    return [Ask(f"/do/{name}/exec?q={quote(query)}") for query in queries]


def asks(*paths: str) -> list[Step]:
    """Plain requests, one after the other."""
    return [Ask(path) for path in paths]


REQUESTS: dict[str, list[Step]] = {
    "root": asks("/"),
    "start event": asks("/started"),
    "signals of the runtime": asks("/signals"),
    "hello": asks("/hello/ada", "/hello/%C3%A9l%C3%A9onore", "/hello/", "/hello/a/b"),
    "no such route": asks("/nowhere", "//", "/Hello/ada"),
    "wrong method": [Ask("/hello/ada", "POST"), Ask("/json"), Ask("/kv/x", "PATCH")],
    "head": [Ask("/hello/ada", "HEAD"), Ask("/method", "HEAD")],
    "methods": [Ask("/method", method) for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS")],
    "json": [post("/json", b'{"item":"tea","price":2.5,"count":3}')],
    "json that is none": [post("/json", b'{"item":'), post("/json", b"[]"), post("/json", b"")],
    "json with a wrong type": [post("/json", b'{"item":1,"price":2.5,"count":3}')],
    "echo": [post("/echo", bytes(range(256)), "application/octet-stream"), post("/echo", b"")],
    "echo of much": [post("/echo", b"0123456789" * 20_000, "text/plain")],
    "headers": [Ask("/headers", headers={"X-One": "1", "x-two": "a, b", "X-Empty": ""})],
    "url": asks("/url", "/url?a=b&c=%20d", "/url?x=%E2%98%83"),
    "url with an empty query": asks("/url?"),
    "url with a fragment": asks("/url?a=b#part"),
    "status": asks("/status/200", "/status/404", "/status/503", "/status/299", "/status/nought"),
    "status out of range": [Ask(f"/status/{code}", only_status=True) for code in (199, 600, 101)],
    "redirect": asks("/redirect"),
    "empty": asks("/empty"),
    "error": asks("/error"),
    "var": asks("/var/GREETING", "/var/NOTHING", "/var/OPENING", "/object-var"),
    "slow": asks("/slow", "/slow?ms=0"),
    "service": asks("/service"),
    "stream": asks("/stream", "/stream?chunks=0", "/stream?chunks=20&ms=0"),
    "length": [post("/length", b"x" * 100_000), post("/length", b"")],
    "pipe": [post("/pipe", b"flow" * 10_000, "text/plain"), post("/pipe", b"", "text/plain")],
    "wait until": [Ask("/later/later-key"), Ask("/kv/later-key", after=0.2)],
    "sub-request": asks(
        *(f"/sub-request?url={{origin}}/{path}" for path in ("hello/ada", "status/404", "stream"))
    ),
    "sub-request without an address": asks("/sub-request", "/sub-request?url=nonsense"),
    "echo socket": [Talk("/ws", ("one", "", "⅔ ☃", b"\x00\xff", b""))],
    "socket to another server": asks(
        "/dial?url={origin}/ws&say=hello", "/dial?url={origin}/ws&say=close"
    ),
    "socket to a server that declines": [Ask("/dial?url={origin}/hello/ada")],
    "echo socket closes": [Talk("/ws", ("one", "close"), None)],
    "socket without an upgrade": [Ask("/ws", only_status=True)],
}

KV: dict[str, list[Step]] = {
    "kv": [
        Ask("/kv/kv-a"),
        put("/kv/kv-a", b"first"),
        Ask("/kv/kv-a"),
        put("/kv/kv-a", b"second"),
        Ask("/kv/kv-a"),
        Ask("/kv/kv-a/metadata"),
        Ask("/kv/kv-a", "DELETE"),
        Ask("/kv/kv-a"),
        Ask("/kv/kv-a", "DELETE"),
    ],
    "kv types": [
        put("/kv/kv-json", b'{"n":[1,2.5,null,"x"]}'),
        Ask("/kv/kv-json/json"),
        Ask("/kv/kv-json/bytes"),
        Ask("/kv/kv-none/json"),
        Ask("/kv/kv-none/bytes"),
        put("/kv/kv-bytes", bytes(range(256))),
        Ask("/kv/kv-bytes/bytes"),
        put("/kv/kv-empty", b""),
        Ask("/kv/kv-empty"),
    ],
    "kv metadata": [
        put("/kv/kv-m?metadata=" + quote('{"x":[1,"é"]}'), b"with"),
        Ask("/kv/kv-m/metadata"),
        put("/kv/kv-m", b"without"),
        Ask("/kv/kv-m/metadata"),
        Ask("/kv/kv-nobody/metadata"),
    ],
    "kv list": [
        *(put(f"/kv/list-{n}", b"x") for n in (3, 1, 2, 10)),
        *asks("/kv?prefix=list-", "/kv?prefix=list-1", "/kv?prefix=none-"),
    ],
    "kv keys that are none": [
        put(f"/kv/{'k' * 512}", b"x"),
        Ask(f"/kv/{'k' * 513}", "PUT", b"x", only_status=True),
        put("/kv/%2E", b"x"),
    ],
    "kv expiration": [
        put("/kv/exp-a?expiration=2000000000", b"long"),
        Ask("/kv/exp-a"),
        Ask("/kv?prefix=exp-"),
    ],
}

OBJECTS: dict[str, list[Step]] = {
    "count": asks("/do/count/get", "/do/count/inc", "/do/count/inc", "/do/count/get"),
    "memory": asks("/do/memory/mem", "/do/memory/mem", "/do/memory-2/mem"),
    "id": asks("/do/some%20name/id", "/do/%E2%98%83/id", "/id-of/%E2%98%83"),
    "id of an object by its id": asks(
        "/id/9f74ffecada7f12eecd4fb93f40bac8d9e190a0cd11d14f770f000571a8a7b3b/id"
    ),
    "unique id": asks("/unique", "/unique"),
    "id that is none": asks("/id/abc/id", f"/id/{'0' * 64}/id", f"/id/{'g' * 64}/id"),
    "list": [
        *(
            Ask(f"/do/list/put?key={key}&value=1")
            for key in ("b", "a", "c", "%C3%A9", "%F0%9F%A6%80", "aa", "Z")
        ),
        *asks(
            "/do/list/list",
            "/do/list/list?reverse=1",
            "/do/list/list?start=aa&end=c",
            "/do/list/list?start=aa&end=c&reverse=1",
            "/do/list/list?prefix=a",
            "/do/list/list?prefix=a&start=aa",
            "/do/list/list?limit=2",
            "/do/list/list?limit=0",
            "/do/list/list?start=c&end=a",
        ),
    ],
    "put, read, delete": asks(
        "/do/prd/read?key=a",
        "/do/prd/put?key=a&value=v",
        "/do/prd/read?key=a",
        "/do/prd/delete?key=a",
        "/do/prd/delete?key=a",
        "/do/prd/read?key=a",
        "/do/prd/put?key=&value=v",
        "/do/prd/read?key=",
    ),
    "large keys and values": asks(
        "/do/large/put?key=a&size=2000000",
        f"/do/large/put?key={'k' * 2048}&size=1",
        f"/do/large/put?key={'k' * 2049}&size=1",
        "/do/large/get",
    ),
    "value of more than 2 MiB": asks("/do/larger/put?key=a&size=5000000"),
    "sql value of more than 4 MiB": sql("larger", "SELECT length(zeroblob(4194305))"),
    "values of every kind": asks("/do/values/values"),
    "transaction": asks(
        "/do/tx/tx", "/do/tx/tx?fail=1", "/do/tx/tx?rollback=1", "/do/tx/tx", "/do/tx/list"
    ),
    "sql": asks("/do/sql/sql", "/do/sql/sql?text=%C3%A9", "/do/sql/rows", "/do/sql-none/rows"),
    "alarm": [
        Ask("/do/alarm/alarmed"),
        Ask("/do/alarm/alarm?in=500"),
        Ask("/do/alarm/alarmed"),
        Ask("/do/alarm/alarmed", after=1.0),
    ],
    "alarm taken back": [
        Ask("/do/alarm-wiped/alarm?in=200"),
        Ask("/do/alarm-wiped/wipe"),
        Ask("/do/alarm-wiped/alarmed", after=0.5),
    ],
    "wipe": asks("/do/wipe/inc", "/do/wipe/sql", "/do/wipe/wipe", "/do/wipe/list", "/do/wipe/rows"),
    "block": asks("/do/block/block", "/do/block/block?ms=0", "/do/block/get"),
    "sleep": asks("/do/sleep/sleep"),
    "later": [Ask("/do/later/later"), Ask("/do/later/get", after=0.2)],
    "object calls object": asks("/do/calls/call?to=called", "/do/calls/call?to=called"),
    "stream of an object": asks("/do/stream/stream"),
    "body for an object": [post("/do/length/length", b"x" * 50_000)],
    "no such action": asks("/do/none/nothing"),
    "hibernating socket": [
        Talk("/do/ws/ws?name=ada", ("hello", "inc", "inc", "all", "ping", b"\x01\x02")),
        Ask("/do/ws/read?key=closed", after=0.2),
        Ask("/do/ws/sockets?tag=ada"),
    ],
    "hibernating socket closes": [
        Talk("/do/ws-close/ws?name=bob", ("mem", "close"), None),
        Ask("/do/ws-close/sockets?tag=bob", after=0.2),
    ],
}

GATES: dict[str, list[Step]] = {
    "many count at once": [
        Together(tuple(Ask("/do/many/inc") for _ in range(12)), is_sorted=True),
        Ask("/do/many/get"),
    ],
    "many transactions at once": [
        Together(tuple(Ask("/do/txs/tx", only_status=True) for _ in range(8))),
        Ask("/do/txs/tx"),
    ],
    "events interleave at an await": [
        Together((Ask("/do/sleeper/sleep?ms=600"), Ask("/do/sleeper/inc", after=0.2))),
    ],
    "nothing comes in while concurrency is blocked": [
        Together((Ask("/do/blocked/block?ms=600"), Ask("/do/blocked/inc", after=0.2))),
    ],
    "an object that sleeps keeps nobody else waiting": [
        Together((Ask("/do/slow-one/sleep?ms=600"), Ask("/do/quick-one/inc", after=0.2))),
    ],
    "objects that call each other": [
        Together(
            (
                Ask("/do/ping/call?to=pong", only_status=True),
                Ask("/do/pong/call?to=ping", only_status=True),
            )
        ),
        *asks("/do/ping/get", "/do/pong/get"),
    ],
}

SQL: dict[str, list[Step]] = {
    "sql values": sql(
        "sql-values",
        "SELECT 1, -0.5, 'é', x'00ff', NULL, 9007199254740993, 1e308 * 10",
        "SELECT 1 AS a, 2 AS a",
        "SELECT",
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
        "SELECT * FROM t ORDER BY a DESC",
        "UPDATE t SET b = 'z' RETURNING a",
        "DELETE FROM t WHERE a = 1",
        "SELECT count(*) FROM t",
    ),
    "sql refused": sql(
        "sql-refused",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT s",
        "ATTACH 'x.db' AS x",
        "VACUUM",
        "SELECT * FROM _cf_KV",
        "CREATE TABLE _cf_x (a)",
        "PRAGMA journal_mode",
        "PRAGMA user_version",
        "PRAGMA foreign_keys",
        "PRAGMA table_list",
        "PRAGMA table_info(things)",
        "SELECT * FROM nothing",
        "SELECT ?",
        "CREATE TEMP TABLE t (a)",
        "SELECT sqlite_version()",
    ),
    "sql limits": [
        *sql(
            "sql-limits",
            "SELECT length(zeroblob(2097152))",
            "SELECT length(zeroblob(1073741824))",
            "SELECT 'x' LIKE '" + "%" * 51 + "'",
            "SELECT " + ", ".join("1" for _ in range(100)),
            "SELECT " + ", ".join("1" for _ in range(101)),
            "SELECT 1" + " UNION SELECT 1" * 5,
            "SELECT 1" + " UNION SELECT 1" * 4,
        )
    ],
    "sql functions": sql(
        "sql-functions",
        "SELECT json_extract('{\"a\":[1,2]}', '$.a[1]')",
        "SELECT upper('abc'), abs(-3), round(2.5), typeof(1.0)",
        "CREATE VIRTUAL TABLE f USING fts5(text); INSERT INTO f VALUES ('one two')",
        "SELECT * FROM f WHERE f MATCH 'two'",
        "SELECT date('2026-01-01', '+1 day')",
        "SELECT sqrt(4), pow(2, 3)",
    ),
}

EVENTS: dict[str, list[Step]] = {
    "scheduled": [
        Cron("*/5 * * * *"),
        Ask("/kv/cron"),
        Ask("/kv/cron-later", after=0.1),
    ],
}

FAILURES: dict[str, list[Step]] = {
    "panic": [Ask("/do/panic-a/mem"), Ask("/panic", only_status=True), Ask("/do/panic-a/mem")],
    "panic after an await": [Ask("/panic/after", only_status=True), Ask("/hello/again")],
    "panic in an object": asks("/do/panic-b/mem", "/do/panic-b/panic", "/do/panic-b/mem"),
    "panic after a write": asks("/do/panic-w/put-then?fail=panic", "/do/panic-w/get"),
    "panic in an alarm": [
        Ask("/do/panic-alarm/alarm?in=10&fail=1"),
        Ask("/do/panic-alarm/alarmed", after=0.5),
        Ask("/do/panic-alarm/alarmed", after=4.0),
    ],
    "throw": [Ask("/do/throw-a/mem"), Ask("/throw", only_status=True), Ask("/do/throw-a/mem")],
    "throw after an await": [Ask("/throw/after", only_status=True), Ask("/hello/again")],
    "abort": [
        Ask("/do/abort-a/inc"),
        Ask("/do/abort-a/mem"),
        Ask("/abort", only_status=True),
        Ask("/do/abort-a/mem"),
        Ask("/do/abort-a/get"),
    ],
    "promise that nobody settles": [Ask("/hang", only_status=True), Ask("/hello/again")],
    "abort after an await": [Ask("/abort/after", only_status=True), Ask("/hello/again")],
    "recursion without end": [Ask("/recurse", only_status=True), Ask("/hello/again")],
    "recursion after an await": [Ask("/recurse/after", only_status=True), Ask("/hello/again")],
    "no memory left": [Ask("/oom", only_status=True), Ask("/hello/again")],
    "no memory left after an await": [Ask("/oom/after", only_status=True), Ask("/hello/again")],
}

Group = Literal["requests", "kv", "objects", "gates", "sql", "events", "failures"]
GROUPS: dict[Group, dict[str, list[Step]]] = {
    "requests": REQUESTS,
    "kv": KV,
    "objects": OBJECTS,
    "gates": GATES,
    "sql": SQL,
    "events": EVENTS,
    "failures": FAILURES,
}
CONVERSATIONS: dict[str, list[Step]] = {
    name: steps for group in GROUPS.values() for name, steps in group.items()
}
