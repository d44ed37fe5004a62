"""Packs a package of bindings as one wheel for every platform; the same input, the same bytes.

Source: the binary distribution format of Python's packaging specifications, version 1.0.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from unpoison.build.project import Project
from unpoison.errors import ToolError

EPOCH = 315532800  # 1980-01-01, where the time of a zip file starts
_END = 4354819198  # 2107-12-31 23:59:58, where it ends
_MODE = 0o100644 << 16
_UNIX = 3

TAG = "py3-none-any"
_WHEEL = """\
Wheel-Version: 1.0
Generator: unpoison {generator}
Root-Is-Purelib: true
Tag: {tag}
"""


def make_wheel(
    project: Project, package: str, files: Mapping[str, bytes], epoch: int = EPOCH
) -> tuple[str, bytes]:
    """Give the wheel's file name and its bytes.

    `files` are those of the package by name; `epoch`, in seconds since 1970, is the time of
    every file. Raises ToolError for metadata that no wheel can have, OSError for a licence file
    that cannot be read.
    """
    stem = f"{project.metadata.name.replace('-', '_')}-{project.metadata.version}"
    info = f"{stem}.dist-info"
    content = {f"{package}/{name}": data for name, data in sorted(files.items())}
    for file in project.licences:
        content[f"{info}/licenses/{file.name}"] = file.path.read_bytes()
    content[f"{info}/METADATA"] = project.metadata.render()
    content[f"{info}/WHEEL"] = _WHEEL.format(generator=project.generator, tag=TAG).encode()
    record = f"{info}/RECORD"
    content[record] = _record(content, record)
    return f"{stem}-{TAG}.whl", _pack(content, epoch)


def source_date_epoch(environment: Mapping[str, str]) -> int:
    """Give SOURCE_DATE_EPOCH in seconds, else the zip epoch. Raises ToolError when it is none.

    Source: the specification of SOURCE_DATE_EPOCH of the reproducible builds project.
    """
    text = environment.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return EPOCH
    text = text.lstrip("0") or "0"
    if not (text.isascii() and text.isdecimal()):
        raise ToolError(f"SOURCE_DATE_EPOCH is {text!r}; it must be seconds since 1970")
    return int(text) if len(text) <= len(str(_END)) else _END


def _record(content: Mapping[str, bytes], own_name: str) -> bytes:
    """Give the file RECORD: path, digest and size of each file, and its own path alone."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow((name, f"sha256={digest}", len(data)))
    rows.writerow((own_name, "", ""))
    return text.getvalue().encode()


def _pack(content: Mapping[str, bytes], epoch: int) -> bytes:
    when = datetime.fromtimestamp(min(max(epoch, EPOCH), _END), UTC)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, when.timetuple()[:6])
            entry.create_system = _UNIX  # else the bytes depend on the platform that packs
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()
