"""multipart/form-data: FormData <-> bytes. HTML 4.10.21.8; RFC 7578.

The reader takes what the writer, browsers and servers give; what is malformed is js.TypeError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from unpoison import js
from unpoison.web.blob import File
from unpoison.web.form_data import FormData

MAX_PARTS: Final = 10_000
MAX_HEADER_BYTES: Final = 16_384

_ESCAPES: Final = {"\r": "%0D", "\n": "%0A", '"': "%22"}
_PARAMETER: Final = re.compile(r';\s*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')
_LINE_ENDS: Final = re.compile("\r\n|\r|\n")


def write(form: FormData, boundary: str) -> bytes:
    """Give the body of a form."""
    parts = [_part(name, value, boundary) for name, value in form]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _part(name: str, value: str | File, boundary: str) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_escaped(_lines(name))}"'
    if isinstance(value, str):
        return f"{head}\r\n\r\n{_lines(value)}\r\n".encode()
    media = value.type or "application/octet-stream"
    head += f'; filename="{_escaped(value.name)}"\r\nContent-Type: {media}\r\n\r\n'
    return head.encode() + bytes(value) + b"\r\n"


def _lines(text: str) -> str:
    return _LINE_ENDS.sub("\r\n", text)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(unit, unit) for unit in text)


def read(realm: js.Realm, data: bytes, boundary: str) -> FormData:
    """Give the form of a body. Raises js.TypeError when it is malformed."""
    form = FormData(realm)
    for count, (headers, content) in enumerate(_read_parts(data, boundary.encode())):
        if count >= MAX_PARTS:
            raise _malformed(f"it has more than {MAX_PARTS} parts")
        _add(form, headers, content)
    return form


def _read_parts(data: bytes, boundary: bytes) -> Iterator[tuple[Mapping[str, str], bytes]]:
    line = b"--" + boundary
    position = 0 if data.startswith(line) else data.find(b"\r\n" + line) + 2
    if position == 1:
        raise _malformed("it has no boundary")
    position += len(line)
    while data[position : position + 2] != b"--":
        start = data.find(b"\r\n", position)
        head_end = data.find(b"\r\n\r\n", start)
        end = data.find(b"\r\n" + line, max(start, head_end + 2))
        if start < 0 or head_end < 0 or end < 0:
            raise _malformed("it ends inside of a part")
        if head_end - start > MAX_HEADER_BYTES:
            raise _malformed(f"a part has more than {MAX_HEADER_BYTES} bytes of headers")
        yield _read_headers(data[start + 2 : head_end]), data[head_end + 4 : end]
        position = end + 2 + len(line)


def _read_headers(head: bytes) -> Mapping[str, str]:
    headers = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            raise _malformed("a header of a part has no colon")
        headers[name.strip().lower()] = value.strip()
    return headers


def _add(form: FormData, headers: Mapping[str, str], content: bytes) -> None:
    disposition = headers.get("content-disposition", "")
    found = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(disposition)}
    if not disposition.startswith("form-data") or "name" not in found:
        raise _malformed("a part has no name")
    name = _unescaped(found["name"])
    if "filename" not in found:
        form.append(name, content.decode("utf-8", "replace"))
        return
    media = headers.get("content-type", "text/plain")
    form.append(name, File(form.realm, content, media, name=_unescaped(found["filename"])))


def _unescaped(text: str) -> str:
    for unit, escape in _ESCAPES.items():
        text = text.replace(escape, unit)
    return text


def _malformed(why: str) -> js.TypeError:
    return js.TypeError(f"Failed to parse body as FormData: {why}")


def boundary_of(content_type: str) -> str | None:
    """Give the boundary of a multipart content type, None when it has none."""
    found = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(content_type)}
    return found.get("boundary")
