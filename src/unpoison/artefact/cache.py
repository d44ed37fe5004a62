"""The cache: what is known of each module content, safe under concurrent processes.

An entry is a file: a header (magic, key, sha256 of the rest), seals, and the payload. Beside it are
the files that are mapped, one for each seal; a process that has mapped one keeps what it has, for
files are replaced and removed, never changed. They are machine code, so who may write them is who
may run code here: the folder has mode 0700, and what another user owns or may write is never used.
Whatever is wrong with an entry or with a file of it, all of it counts as absent.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import platformdirs

from unpoison.artefact.seals import (
    SEAL_SIZE,
    Seal,
    is_mine,
    is_private,
    is_private_file,
    open_unlinked,
    unpack,
)

MAGIC = b"unpoison cache 2\n"
HEADER_SIZE = len(MAGIC) + 32 + 32
SUFFIX = ".artefact"
CODE = ".code"
TEMPORARY = ".tmp"
MAX_BYTES = 1 << 30  # all entries together; the counter's entry takes about 2 MB
MAX_TEMPORARY_AGE = 3600.0  # seconds; a writer that takes longer has died


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found under a key: the payload, and the files that were written beside it."""

    payload: bytes
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Cache:
    """Payloads by key. `folder` is None when the cache is turned off."""

    folder: Path | None
    max_bytes: int = MAX_BYTES

    def read(self, key: bytes) -> Kept | None:
        """Give what was written under this 32-byte key; None when it is not there and intact.

        The files are to be opened at once: another process may remove or replace them.
        """
        if self.folder is None:
            return None
        try:
            if not is_private(self.folder.stat()):
                return None
            entry = _read_own(self._path(key))
            found = None if entry is None else _unseal(key, entry)
            return None if found is None else self._with_files(key, *found)
        except OSError:
            return None

    def write(self, key: bytes, payload: bytes, files: Sequence[bytes] = ()) -> bool:
        """Keep the payload for later processes; False when the folder cannot take it.

        Each of `files` becomes a file of its own, to be mapped. The entry appears at once and
        whole, or not at all; of two writers the last one wins.
        """
        if not self.works():
            return False
        try:
            seals = [self._write_file(key, data) for data in files]
            _replace(self._path(key), _sealed(key, seals, payload))
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
        return len(entries), sum(file.size for file in [*entries, *self._files(CODE)])

    def _with_files(self, key: bytes, seals: list[Seal], payload: bytes) -> Kept | None:
        paths = tuple(self._file(key, seal.digest) for seal in seals)
        now = []
        for path, seal in zip(paths, seals, strict=True):
            holds = seal.look(path)
            if holds is None:
                return None
            now.append(holds)
        if now != seals:  # so that the next one need not read all of it
            with contextlib.suppress(OSError):
                _replace(self._path(key), _sealed(key, now, payload))
        return Kept(payload, paths)

    def _write_file(self, key: bytes, data: bytes) -> Seal:
        digest = sha256(data).digest()
        path = self._file(key, digest)
        _replace(path, data, flush=True)
        return Seal.of(digest, path.lstat())

    def _file(self, key: bytes, digest: bytes) -> Path:
        """Give the place of a file: one that has another content has another name."""
        assert self.folder is not None
        return self.folder / f"{key.hex()}.{digest.hex()[:16]}{CODE}"

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
        entries, code = self._files(SUFFIX), self._files(CODE)
        beside: dict[str, list[_File]] = {}
        for file in code:
            beside.setdefault(file.key, []).append(file)
        excess = sum(file.size for file in [*entries, *code]) - self.max_bytes
        for entry in entries[:-1]:
            if excess <= 0:
                break
            for file in [entry, *beside.get(entry.key, ())]:
                _remove(file.path)
                excess -= file.size
        known = {entry.key for entry in entries}
        for file in [*self._files(TEMPORARY), *(file for file in code if file.key not in known)]:
            if time.time() - file.used > MAX_TEMPORARY_AGE:
                _remove(file.path)


@dataclass(frozen=True, slots=True, order=True)
class _File:
    used: float  # seconds since the epoch
    size: int
    path: str

    @property
    def key(self) -> str:
        """The key in its name."""
        return Path(self.path).name.partition(".")[0]


def open_cache(environ: Mapping[str, str] = os.environ) -> Cache:
    """Give the user's cache; UNPOISON_CACHE=0 turns it off, UNPOISON_CACHE_DIR moves it."""
    if environ.get("UNPOISON_CACHE") == "0":
        return Cache(None)
    folder = environ.get("UNPOISON_CACHE_DIR") or platformdirs.user_cache_dir("unpoison")
    return Cache(Path(folder))


def _sealed(key: bytes, seals: Sequence[Seal], payload: bytes) -> bytes:
    rest = bytes([len(seals)]) + b"".join(seal.pack() for seal in seals) + payload
    return MAGIC + key + sha256(rest).digest() + rest


def _unseal(key: bytes, entry: bytes) -> tuple[list[Seal], bytes] | None:
    rest = entry[HEADER_SIZE:]
    if entry[:HEADER_SIZE] != MAGIC + key + sha256(rest).digest():
        return None
    end = 1 + rest[0] * SEAL_SIZE
    return [unpack(rest[at : at + SEAL_SIZE]) for at in range(1, end, SEAL_SIZE)], rest[end:]


def _read_own(path: Path) -> bytes | None:
    with os.fdopen(open_unlinked(path), "rb") as file:
        if not is_private_file(os.fstat(file.fileno())):
            return None
        # The time of last use is what trimming goes by; a read-only disk is no reason to fail.
        with contextlib.suppress(OSError):
            os.utime(path)
        return file.read()


def _replace(path: Path, entry: bytes, *, flush: bool = False) -> None:
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}{TEMPORARY}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
            f.write(entry)
            if flush:
                f.flush()
                os.fsync(f.fileno())
        temporary.replace(path)
    except BaseException:
        _remove(str(temporary))
        raise


def _make_private(folder: Path) -> None:
    status = folder.stat()
    if not is_mine(status):
        raise PermissionError(f"{folder} belongs to another user")
    if not is_private(status):
        folder.chmod(0o700)


def _look_at(entry: os.DirEntry[str]) -> _File | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # another process removed it since it was listed
        return None
    return _File(status.st_mtime, status.st_size, entry.path)


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        Path(path).unlink()
