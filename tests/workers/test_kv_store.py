"""A KV namespace. Cloudflare docs, KV; workerd, api/kv.c++; miniflare, workers/kv."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from unpoison import js
from unpoison.errors import StorageError
from unpoison.workers.kv_store import KvEntry, KvKey, KvStore

NOW = 1_700_000_000


class Time:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(time: Time) -> KvStore:
    return KvStore(None, time)


def names(store: KvStore, **options: object) -> list[str]:
    return [key.name for key in store.list(**options).keys]  # type: ignore[arg-type]


# Values


def test_a_value_is_what_was_put_with_its_metadata(store: KvStore) -> None:
    assert store.get("a") is None
    store.put("a", b"1", metadata='{"x":1}')
    assert store.get("a") == KvEntry(KvKey("a", '{"x":1}', None), b"1")
    store.put("a", b"")
    assert store.get("a") == KvEntry(KvKey("a", None, None), b"")
    store.delete("a")
    store.delete("a")
    assert store.get("a") is None


def test_several_values_at_once(store: KvStore) -> None:
    store.put("a", b"1")
    found = store.get_many(["a", "b", "a"])
    assert [entry and entry.value for entry in found] == [b"1", None, b"1"]
    with pytest.raises(js.Error, match="maximum of 100 keys"):
        store.get_many(["a"] * 101)
    with pytest.raises(js.Error, match="minimum of 1 key"):
        store.get_many([])


def test_the_values_of_one_call_have_a_limit(
    store: KvStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("a", bytes(60))
    monkeypatch.setattr("unpoison.workers.kv_store.MAX_VALUE", 100)
    with pytest.raises(js.Error, match="KV GET_BULK failed: 413 Total size of request exceeds"):
        store.get_many(["a", "a"])


@pytest.mark.parametrize("key", ["\0", "a/b?c=d", "é", "\U0001f600", "x" * 512, "...", "a\ud800"])
def test_any_other_text_is_a_key(store: KvStore, key: str) -> None:
    store.put(key, b"1")
    assert store.get(key) is not None
    assert names(store) == [js.well_formed(key)]


# Limits


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "Key name cannot be empty."),
        (".", '"." is not allowed as a key name.'),
        ("..", '".." is not allowed as a key name.'),
    ],
)
def test_names_that_are_no_keys(store: KvStore, key: str, message: str) -> None:
    for call in (lambda: store.get(key), lambda: store.put(key, b""), lambda: store.delete(key)):
        with pytest.raises(js.TypeError) as caught:
            call()
        assert caught.value.message == message


def test_sizes_have_upstreams_limits(store: KvStore) -> None:
    store.put("a", bytes(25 << 20), metadata="x" * 1024)
    with pytest.raises(js.Error, match="KV PUT failed: 413 Value length of 26214401 exceeds limit"):
        store.put("a", bytes((25 << 20) + 1))
    with pytest.raises(js.Error, match="KV PUT failed: 413 Metadata length of 1026 exceeds limit"):
        store.put("a", b"", metadata="é" * 513)
    with pytest.raises(
        js.Error, match=r"KV GET failed: 414 UTF-8 encoded length of 514 exceeds .* 512\."
    ):
        store.get("é" * 257)
    entry = store.get("a")
    assert entry is not None
    assert len(entry.value) == 25 << 20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"expiration_ttl": 0}, "Invalid expiration_ttl of 0. Please specify integer greater than"),
        (
            {"expiration_ttl": 59},
            "Invalid expiration_ttl of 59. Expiration TTL must be at least 60",
        ),
        ({"expiration": NOW}, f"Invalid expiration of {NOW}. Please specify integer greater"),
        ({"expiration": NOW + 59}, f"of {NOW + 59}. Expiration times must be at least 60 seconds"),
    ],
)
def test_times_that_are_refused(store: KvStore, options: dict[str, int], message: str) -> None:
    with pytest.raises(js.Error) as caught:
        store.put("a", b"", **options)  # type: ignore[arg-type]
    assert (
        f"KV PUT failed: 400 {'' if message.startswith('Inv') else 'Invalid expiration '}"
        in str(caught.value)
    )
    assert message in str(caught.value)


def test_a_time_beyond_all_measure_is_the_last_one(store: KvStore) -> None:
    store.put("a", b"1", expiration=2**80, metadata="\ud800")
    store.put("b", b"1", expiration_ttl=2**80)
    last = js.MAX_SAFE_INTEGER
    assert store.list().keys == [KvKey("a", "�", last), KvKey("b", None, last)]


def test_the_shortest_cache_ttl(store: KvStore) -> None:
    assert store.get("a", cache_ttl=30) is None
    with pytest.raises(js.Error, match=r"Invalid cache_ttl of 29. Cache TTL must be at least 30"):
        store.get("a", cache_ttl=29)


# Expiry


def test_a_value_expires_at_its_time(store: KvStore, time: Time) -> None:
    store.put("ttl", b"1", expiration_ttl=60)
    store.put("until", b"1", expiration=NOW + 90)
    store.put("both", b"1", expiration=NOW + 900, expiration_ttl=60)
    store.put("ever", b"1")
    assert {key.name: key.expiration for key in store.list().keys} == {
        "both": NOW + 60,
        "ever": None,
        "ttl": NOW + 60,
        "until": NOW + 90,
    }
    time.now += 59.9
    assert names(store) == ["both", "ever", "ttl", "until"]
    time.now += 0.1
    assert names(store) == ["ever", "until"]
    assert store.get("ttl") is None
    time.now += 30
    assert names(store) == ["ever"]


def test_what_has_expired_leaves_the_file(tmp_path: Path, time: Time) -> None:
    store = KvStore(tmp_path / "kv.sqlite", time)
    for index in range(20):
        store.put(f"old{index}", b"1", expiration_ttl=60)
    time.now += 61
    for index in range(10):
        store.put(f"new{index}", b"1")
    assert store._shared.database.rows("SELECT count(*) FROM entries") == [(10,)]


# list


def test_pages_follow_each_other_by_cursor(store: KvStore) -> None:
    for index in range(25):
        store.put(f"k{index:02}", b"")
    found: list[str] = []
    cursor = None
    sizes = []
    while True:
        page = store.list(cursor=cursor, limit=10)
        sizes.append(len(page.keys))
        found += [key.name for key in page.keys]
        cursor = page.cursor
        if cursor is None:
            break
    assert sizes == [10, 10, 5]
    assert found == [f"k{index:02}" for index in range(25)]


def test_a_page_that_is_full_and_the_last_has_no_cursor(store: KvStore) -> None:
    store.put("a", b"")
    store.put("b", b"")
    assert store.list(limit=2).cursor is None


def test_prefix_and_order(store: KvStore) -> None:
    for key in ("b", "a", "ab", "é", "abc", "\U00010000", "\uffff", "ac", "%", "a%"):
        store.put(key, b"")
    assert names(store, prefix="ab") == ["ab", "abc"]
    assert names(store, prefix="a%") == ["a%"]
    assert names(store, prefix="zz") == []
    assert names(store) == sorted(names(store), key=str.encode)
    page = store.list(prefix="a", limit=2)
    assert names(store, prefix="a", cursor=page.cursor) == ["ab", "abc", "ac"]


@pytest.mark.parametrize("limit", [None, 0, -1, 1000])
def test_a_page_has_a_thousand_keys_at_most(store: KvStore, limit: int | None) -> None:
    with store._shared.write() as database:
        for index in range(1001):
            database.rows("INSERT INTO entries (key, value) VALUES (?, '')", (f"{index:04}",))
    assert len(store.list(limit=limit).keys) == 1000
    with pytest.raises(js.Error, match="KV GET failed: 400 Invalid key_count_limit of 1001"):
        store.list(limit=1001)


@pytest.mark.parametrize("cursor", ["?", "a", "/w==", "é"])
def test_a_cursor_of_nobody_is_refused(store: KvStore, cursor: str) -> None:
    with pytest.raises(js.Error, match="KV GET failed: 400 Invalid cursor"):
        store.list(cursor=cursor)


# The file


def test_values_last_and_flush_waits_for_them(tmp_path: Path, time: Time) -> None:
    store = KvStore(tmp_path / "kv" / "a.sqlite", time)
    store.put("a", b"1")
    asyncio.run(store.flush())
    asyncio.run(store.close())
    assert names(KvStore(tmp_path / "kv" / "a.sqlite", time)) == ["a"]


def test_a_file_that_broke_is_opened_again(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "a.sqlite"
    store = KvStore(path, time)
    store.put("a", b"1")
    store._shared.database.break_with("disk I/O error")
    assert names(store) == ["a"]
    store._shared._drop()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="file is not a database"):
        store.get("a")


# Against a model

KEYS = st.text("ab\x00é", min_size=1, max_size=4)


class KvModel(RuleBasedStateMachine):
    """The same calls on a store and on a dict."""

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.store = KvStore(None, self.time)
        self.model: dict[str, tuple[bytes, int | None]] = {}

    def live(self) -> dict[str, bytes]:
        return {
            key: value
            for key, (value, until) in sorted(self.model.items())
            if until is None or until > self.time.now
        }

    @rule(key=KEYS, value=st.binary(max_size=3), ttl=st.none() | st.integers(60, 200))
    def put(self, key: str, value: bytes, ttl: int | None) -> None:
        self.store.put(key, value, expiration_ttl=ttl)
        self.model[key] = (value, None if ttl is None else int(self.time.now) + ttl)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.model)))
        self.store.delete(key)
        del self.model[key]

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds: int) -> None:
        self.time.now += seconds

    @rule(prefix=KEYS | st.just(""), limit=st.integers(1, 5))
    def page_through(self, prefix: str, limit: int) -> None:
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.store.list(prefix=prefix, cursor=cursor, limit=limit)
            found += [key.name for key in page.keys]
            cursor = page.cursor
        assert found == [key for key in self.live() if key.startswith(prefix)]

    @invariant()
    def same(self) -> None:
        assert {
            key: entry.value for key in self.model if (entry := self.store.get(key)) is not None
        } == self.live()


TestKvModel = KvModel.TestCase
TestKvModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_stores_of_one_namespace_share_its_file_until_the_last_is_closed(
    tmp_path: Path, time: Time
) -> None:
    async def test() -> None:
        one, two = (KvStore(tmp_path / "a.sqlite", time) for _ in range(2))
        one.put("a", b"1")
        two.join(one)
        one.join(two)
        assert names(two) == ["a"]
        await one.close()
        two.put("b", b"2")
        await two.flush()
        await two.close()
        again = KvStore(tmp_path / "a.sqlite", time)
        assert names(again) == ["a", "b"]
        await again.close()

    asyncio.run(test())
