"""Entries: what comes back, what never does, and what many writers may do."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unpoison.artefact.cache import (
    HEADER_SIZE,
    MAX_TEMPORARY_AGE,
    Cache,
    open_cache,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
PAYLOAD = b"compiled code" * 100


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def entry_of(cache: Cache) -> Path:
    assert cache.folder is not None
    (entry,) = cache.folder.iterdir()
    return entry


def test_a_payload_comes_back_under_its_key_only(cache: Cache) -> None:
    assert cache.read(KEY) is None
    assert cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == PAYLOAD
    assert cache.read(OTHER_KEY) is None
    assert cache.size() == (1, HEADER_SIZE + len(PAYLOAD))


def test_the_last_writer_wins(cache: Cache) -> None:
    cache.write(KEY, b"old")
    cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == PAYLOAD
    assert cache.size()[0] == 1


def test_folder_and_entry_are_private(cache: Cache) -> None:
    cache.write(KEY, PAYLOAD)
    entry = entry_of(cache)
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: b"",
        lambda entry: entry[: HEADER_SIZE - 1],
        lambda entry: entry[:-1],
        lambda entry: entry + b"x",
        lambda entry: entry[:-1] + b"\xff",
        lambda entry: b"X" + entry[1:],
        lambda entry: b"something else entirely",
    ],
    ids=["empty", "no header", "truncated", "longer", "flipped", "other version", "foreign"],
)
def test_a_damaged_entry_counts_as_absent_and_is_replaced(
    cache: Cache, damage: Callable[[bytes], bytes]
) -> None:
    cache.write(KEY, PAYLOAD)
    entry = entry_of(cache)
    entry.write_bytes(damage(entry.read_bytes()))
    assert cache.read(KEY) is None
    assert cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == PAYLOAD


def test_an_entry_moved_under_another_key_counts_as_absent(cache: Cache) -> None:
    cache.write(KEY, PAYLOAD)
    entry = entry_of(cache)
    entry.rename(entry.with_name(f"{OTHER_KEY.hex()}.artefact"))
    assert cache.read(OTHER_KEY) is None


def test_an_entry_that_is_a_link_is_not_followed(cache: Cache, tmp_path: Path) -> None:
    cache.write(KEY, PAYLOAD)
    entry = entry_of(cache)
    entry.rename(tmp_path / "elsewhere")
    entry.symlink_to(tmp_path / "elsewhere")
    assert cache.read(KEY) is None


def test_an_entry_of_another_user_is_not_read(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write(KEY, PAYLOAD)
    monkeypatch.setattr(os, "geteuid", lambda: entry_of(cache).stat().st_uid + 1)
    assert cache.read(KEY) is None
    assert not cache.write(KEY, PAYLOAD)


def test_a_folder_that_others_may_write_is_not_read_until_it_is_made_private(cache: Cache) -> None:
    cache.write(KEY, PAYLOAD)
    assert cache.folder is not None
    cache.folder.chmod(0o777)
    assert cache.read(KEY) is None
    assert cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == PAYLOAD


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "cache")
    assert not cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) is None
    assert cache.size() == (0, 0)


def test_a_failed_write_leaves_nothing(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    assert not cache.write(KEY, PAYLOAD)
    assert cache.folder is not None
    assert list(cache.folder.iterdir()) == []


def test_the_entries_unused_for_longest_go_first(tmp_path: Path) -> None:
    keys = [bytes([n]) * 32 for n in range(4)]
    cache = Cache(tmp_path, max_bytes=3 * (HEADER_SIZE + len(PAYLOAD)))
    for age, key in enumerate(keys[:3]):
        cache.write(key, PAYLOAD)
        os.utime(tmp_path / f"{key.hex()}.artefact", (age, age))
    assert cache.read(keys[0]) == PAYLOAD  # used again: now the youngest
    cache.write(keys[3], PAYLOAD)
    assert [cache.read(key) is not None for key in keys] == [True, False, True, True]


def test_an_entry_larger_than_the_bound_still_serves_its_writer(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=1)
    cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == PAYLOAD


def test_what_a_crashed_writer_left_is_removed_later(cache: Cache) -> None:
    cache.write(KEY, PAYLOAD)
    assert cache.folder is not None
    left = [cache.folder / "old.tmp", cache.folder / "new.tmp"]
    for file in left:
        file.touch()
    longer_ago = left[0].stat().st_mtime - MAX_TEMPORARY_AGE - 1
    os.utime(left[0], (longer_ago, longer_ago))
    cache.write(OTHER_KEY, PAYLOAD)
    assert [file.exists() for file in left] == [False, True]


WRITER = """
import sys
from pathlib import Path
from unpoison.artefact.cache import Cache
cache = Cache(Path(sys.argv[1]), max_bytes=200_000)
mine = bytes([int(sys.argv[2])])
for n in range(200):
    key = bytes([n % 5]) * 32
    found = cache.read(key)
    assert found is None or len(found) == 20_000 and len(set(found)) == 1, "torn entry"
    assert cache.write(key, mine * 20_000)
"""


def test_processes_that_write_the_same_keys_never_see_a_torn_entry(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)], env=_with_source())
        for n in range(3)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert Cache(tmp_path).size()[0] == 5


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"UNPOISON_CACHE": "0"}, None),
        ({"UNPOISON_CACHE": "0", "UNPOISON_CACHE_DIR": "/somewhere"}, None),
        ({"UNPOISON_CACHE_DIR": "/somewhere"}, Path("/somewhere")),
    ],
)
def test_the_environment_moves_the_cache_or_turns_it_off(
    environ: dict[str, str], folder: Path | None
) -> None:
    assert open_cache(environ).folder == folder


def test_the_default_is_the_users_cache_folder() -> None:
    assert "unpoison" in str(open_cache({}).folder)


def test_a_cache_that_is_off_neither_reads_nor_writes() -> None:
    cache = open_cache({"UNPOISON_CACHE": "0"})
    assert not cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) is None


def _with_source() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
