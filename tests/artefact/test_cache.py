"""Entries: what comes back, what never does, and what many writers may do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unpoison.artefact import seals
from unpoison.artefact.cache import (
    HEADER_SIZE,
    MAX_TEMPORARY_AGE,
    Cache,
    Kept,
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
    assert cache.read(KEY) == Kept(PAYLOAD)
    assert cache.read(OTHER_KEY) is None
    assert cache.size() == (1, HEADER_SIZE + 1 + len(PAYLOAD))


def test_the_last_writer_wins(cache: Cache) -> None:
    cache.write(KEY, b"old")
    cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == Kept(PAYLOAD)
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
    assert cache.read(KEY) == Kept(PAYLOAD)


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
    assert cache.read(KEY) == Kept(PAYLOAD)


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
    cache = Cache(tmp_path, max_bytes=3 * (HEADER_SIZE + 1 + len(PAYLOAD)))
    for age, key in enumerate(keys[:3]):
        cache.write(key, PAYLOAD)
        os.utime(tmp_path / f"{key.hex()}.artefact", (age, age))
    assert cache.read(keys[0]) == Kept(PAYLOAD)  # used again: now the youngest
    cache.write(keys[3], PAYLOAD)
    assert [cache.read(key) is not None for key in keys] == [True, False, True, True]


def test_an_entry_larger_than_the_bound_still_serves_its_writer(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=1)
    cache.write(KEY, PAYLOAD)
    assert cache.read(KEY) == Kept(PAYLOAD)


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


# --- files that are mapped ---

CODE = [b"machine code" * 500, b"more of it"]


@pytest.fixture
def code(cache: Cache) -> list[Path]:
    """The files of an entry, in their order."""
    assert cache.write(KEY, PAYLOAD, CODE)
    found = cache.read(KEY)
    assert found is not None
    return list(found.files)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read to the end."""
    read: list[Path] = []
    digest_of = seals._digest_of

    def note(path: Path) -> bytes:
        read.append(path)
        return digest_of(path)

    monkeypatch.setattr(seals, "_digest_of", note)
    return read


def test_files_come_back_as_they_were_and_are_not_read(
    cache: Cache, code: list[Path], hashed: list[Path]
) -> None:
    assert cache.read(KEY) == Kept(PAYLOAD, tuple(code))
    assert [file.read_bytes() for file in code] == CODE
    assert {stat.S_IMODE(file.stat().st_mode) for file in code} == {0o600}
    assert hashed == []
    count, size = cache.size()
    assert (count, size > sum(map(len, CODE))) == (1, True)


def _flip(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def _flip_and_hide(file: Path) -> None:
    before = file.stat()
    _flip(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _exchange(file: Path) -> None:
    before, data = file.stat(), file.read_bytes()
    file.unlink()
    file.write_bytes(bytes(len(data)))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda file: os.truncate(file, 0),
        lambda file: os.truncate(file, file.stat().st_size - 1),
        lambda file: file.write_bytes(file.read_bytes() + b"x"),
        _flip,
        _flip_and_hide,
        _exchange,
        lambda file: file.chmod(0o666),
    ],
    ids=["gone", "empty", "truncated", "longer", "flipped", "flipped, old time", "exchanged",
         "others may write"],
)  # fmt: skip
@pytest.mark.parametrize("which", [0, 1])
def test_a_damaged_file_makes_all_of_the_entry_absent(
    cache: Cache, code: list[Path], damage: Callable[[Path], object], which: int
) -> None:
    damage(code[which])
    assert cache.read(KEY) is None
    assert cache.write(KEY, PAYLOAD, CODE)
    assert cache.read(KEY) == Kept(PAYLOAD, tuple(code))


def test_a_file_that_is_a_link_is_not_used(cache: Cache, code: list[Path], tmp_path: Path) -> None:
    code[0].rename(tmp_path / "elsewhere")
    code[0].symlink_to(tmp_path / "elsewhere")
    assert cache.read(KEY) is None


def test_a_copied_cache_is_read_to_the_end_once(
    cache: Cache, code: list[Path], hashed: list[Path], tmp_path: Path
) -> None:
    copy = Cache(tmp_path / "copy")
    assert copy.works()
    assert cache.folder is not None
    assert copy.folder is not None
    for file in cache.folder.iterdir():
        shutil.copy(file, copy.folder / file.name)
    assert copy.read(KEY) == Kept(PAYLOAD, tuple(copy.folder / file.name for file in code))
    assert [file.name for file in hashed] == [file.name for file in code]
    hashed.clear()
    assert copy.read(KEY) is not None
    assert hashed == []


def test_the_files_of_an_entry_go_with_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=1)
    cache.write(KEY, PAYLOAD, CODE)
    os.utime(tmp_path / f"{KEY.hex()}.artefact", (1, 1))
    cache.write(OTHER_KEY, PAYLOAD, CODE)
    assert {file.name.partition(".")[0] for file in tmp_path.iterdir()} == {OTHER_KEY.hex()}


def test_a_file_without_its_entry_is_removed_later(cache: Cache, code: list[Path]) -> None:
    assert cache.folder is not None
    (cache.folder / f"{KEY.hex()}.artefact").unlink()
    longer_ago = code[0].stat().st_mtime - MAX_TEMPORARY_AGE - 1
    os.utime(code[0], (longer_ago, longer_ago))
    cache.write(OTHER_KEY, PAYLOAD)
    assert [file.exists() for file in code] == [False, True]


WRITER = """
import sys
from pathlib import Path
from unpoison.artefact.cache import Cache
cache = Cache(Path(sys.argv[1]), max_bytes=400_000)
mine = bytes([int(sys.argv[2])])
for n in range(200):
    key = bytes([n % 5]) * 32
    found = cache.read(key)
    if found is not None:
        assert len(found.payload) == 20_000 and len(set(found.payload)) == 1, "torn entry"
        for file in found.files:
            try:
                data = file.read_bytes()
            except FileNotFoundError:  # removed by another one meanwhile
                continue
            assert len(data) == 9_000 and data[:1] == found.payload[:1], "torn file"
    assert cache.write(key, mine * 20_000, [mine * 9_000])
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
