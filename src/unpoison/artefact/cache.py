"""The cache: one file per module content, safe under concurrent processes.

An entry is a header (magic, key, sha256 of the payload) and the payload. Entries hold compiled
machine code, so who may write them is who may run code here: the folder has mode 0700, and
what another user owns is never read. Whatever is wrong with an entry, it counts as absent.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import platformdirs

MAGIC = b"unpoison cache 1\n"
HEADER_SIZE = len(MAGIC) + 32 + 32
SUFFIX = ".artefact"
TEMPORARY = ".tmp"
MAX_BYTES = 1 << 30  # all entries together; the counter's entry takes about 2 MB
MAX_TEMPORARY_AGE = 3600.0  # seconds; a writer that takes longer has died


@dataclass(frozen=True, slots=True)
class Cache:
    """Payloads by key. `folder` is None when the cache is turned off."""

    folder: Path | None
    max_bytes: int = MAX_BYTES

    def read(self, key: bytes) -> bytes | None:
        """Give the payload written under this 32-byte key; None when there is no intact one."""
        if self.folder is None:
            return None
        try:
            if not _is_private(self.folder.stat()):
                return None
            entry = _read_own(self._path(key))
        except OSError:
            return None
        return None if entry is None else _unseal(key, entry)

    def write(self, key: bytes, payload: bytes) -> bool:
        """Keep the payload for later processes; False when the folder cannot take it.

        The entry appears at once and whole, or not at all; of two writers the last one wins.
        """
        if not self.works():
            return False
        try:
            _replace(self._path(key), _header(key, payload) + payload)
            self._trim()
        except OSError:
            return False
        return True

    def works(self) -> bool:
        """Whether entries can be kept: the folder exists or can be made, and is ours alone."""
        if self.folder is None:
            return False
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_private(self.folder)
        except OSError:
            return False
        return os.access(self.folder, os.W_OK | os.X_OK)

    def size(self) -> tuple[int, int]:
        """Give the number of entries and their bytes."""
        entries = self._files(SUFFIX)
        return len(entries), sum(entry.size for entry in entries)

    def _path(self, key: bytes) -> Path:
        assert self.folder is not None
        return self.folder / f"{key.hex()}{SUFFIX}"

    def _files(self, suffix: str) -> list[_File]:
        """Give the files with this suffix, the one unused for longest first."""
        if self.folder is None or not self.folder.is_dir():
            return []
        with os.scandir(self.folder) as found:
            files = [_look_at(entry) for entry in found if entry.name.endswith(suffix)]
        return sorted(file for file in files if file is not None)

    def _trim(self) -> None:
        """Remove what was unused for longest, until the rest fits, and what a crash left."""
        entries = self._files(SUFFIX)
        excess = sum(entry.size for entry in entries) - self.max_bytes
        for entry in entries[:-1]:
            if excess <= 0:
                break
            _remove(entry.path)
            excess -= entry.size
        for file in self._files(TEMPORARY):
            if time.time() - file.used > MAX_TEMPORARY_AGE:
                _remove(file.path)


@dataclass(frozen=True, slots=True, order=True)
class _File:
    used: float  # seconds since the epoch
    size: int
    path: str


def open_cache(environ: Mapping[str, str] = os.environ) -> Cache:
    """Give the user's cache; UNPOISON_CACHE=0 turns it off, UNPOISON_CACHE_DIR moves it."""
    if environ.get("UNPOISON_CACHE") == "0":
        return Cache(None)
    folder = environ.get("UNPOISON_CACHE_DIR") or platformdirs.user_cache_dir("unpoison")
    return Cache(Path(folder))


def _header(key: bytes, payload: bytes) -> bytes:
    return MAGIC + key + sha256(payload).digest()


def _unseal(key: bytes, entry: bytes) -> bytes | None:
    payload = entry[HEADER_SIZE:]
    return payload if entry[:HEADER_SIZE] == _header(key, payload) else None


def _read_own(path: Path) -> bytes | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or not _is_mine(status):
            return None
        # The time of last use is what trimming goes by; a read-only disk is no reason to fail.
        with contextlib.suppress(OSError):
            os.utime(path)
        return file.read()


def _replace(path: Path, entry: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}{TEMPORARY}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(entry)
        temporary.replace(path)
    except BaseException:
        _remove(str(temporary))
        raise


def _make_private(folder: Path) -> None:
    status = folder.stat()
    if not _is_mine(status):
        raise PermissionError(f"{folder} belongs to another user")
    if not _is_private(status):
        folder.chmod(0o700)


def _is_private(status: os.stat_result) -> bool:
    return _is_mine(status) and (os.name != "posix" or not status.st_mode & 0o022)


def _is_mine(status: os.stat_result) -> bool:
    return os.name != "posix" or status.st_uid == os.geteuid()


def _look_at(entry: os.DirEntry[str]) -> _File | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # another process removed it since it was listed
        return None
    return _File(status.st_mtime, status.st_size, entry.path)


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        Path(path).unlink()
