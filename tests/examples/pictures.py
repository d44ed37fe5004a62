"""Pictures without the crate: pixels, PNG files, and a browser's canvas as Python objects."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from unpoison import js

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Pixel = tuple[int, int, int, int]


@dataclass(frozen=True)
class Picture:
    """Rows of RGBA pixels, from the top left."""

    width: int
    height: int
    pixels: tuple[Pixel, ...]

    @classmethod
    def of_noise(cls, width: int, height: int, *, opaque: bool = False) -> Picture:
        """Give a picture in which each row, column and channel differs."""
        chance = random.Random(width * 1000 + height)
        pixels = [tuple(chance.randbytes(4)) for _ in range(width * height)]
        return cls(width, height, tuple((r, g, b, 255 if opaque else a) for r, g, b, a in pixels))

    @classmethod
    def of_bytes(cls, width: int, height: int, raw: bytes) -> Picture:
        """Read four bytes per pixel."""
        assert len(raw) == 4 * width * height
        return cls(width, height, tuple(zip(*[iter(raw)] * 4, strict=True)))  # type: ignore[arg-type]

    @classmethod
    def seen(cls, image: Any) -> Picture:
        """Read a PhotonImage."""
        return cls.of_bytes(image.get_width(), image.get_height(), image.get_raw_pixels())

    @property
    def raw(self) -> bytes:
        """Give four bytes per pixel."""
        return bytes(value for pixel in self.pixels for value in pixel)

    def at(self, x: int, y: int) -> Pixel:
        """Give one pixel."""
        return self.pixels[y * self.width + x]

    def mapped(self, change: Callable[[int, int, int, int], Pixel]) -> Picture:
        """Change each pixel by itself."""
        return Picture(self.width, self.height, tuple(change(*pixel) for pixel in self.pixels))

    def moved(self, width: int, height: int, source: Callable[[int, int], Pixel]) -> Picture:
        """Make a picture of another form: `source` gives each of its pixels."""
        places = [(x, y) for y in range(height) for x in range(width)]
        return Picture(width, height, tuple(source(x, y) for x, y in places))


# --- PNG, of 8-bit RGBA without interlacing: PNG specification, sections 5, 9 and 11 ---


def write_png(picture: Picture) -> bytes:
    """Give a file whose rows are not filtered."""
    stride = 4 * picture.width
    rows = [picture.raw[at : at + stride] for at in range(0, stride * picture.height, stride)]
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 6, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def read_png(file: bytes) -> Picture:
    """Read a file, with every checksum."""
    assert file.startswith(SIGNATURE)
    chunks = list(_chunks(file))
    assert [chunks[0][0], chunks[-1][0]] == [b"IHDR", b"IEND"]
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[0][1])
    assert kind == [8, 6, 0, 0, 0]
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    stride = 4 * width
    above = bytes(stride)
    rows = []
    for at in range(0, len(data), stride + 1):
        above = _unfiltered(data[at], data[at + 1 : at + 1 + stride], above)
        rows.append(above)
    return Picture.of_bytes(width, height, b"".join(rows))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        name, body = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert file[at : at + 12 + length] == _chunk(name, body)
        yield name, body
        at += 12 + length


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    out = bytearray()
    for place, value in enumerate(row):
        left, corner = (out[place - 4], above[place - 4]) if place >= 4 else (0, 0)
        up = above[place]
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        out.append((value + guess) & 255)
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))


# --- a browser's canvas, as much of it as the crate uses ---


class ImageData:
    """Pixels on their way to or from a canvas."""

    def __init__(self, data: bytes, width: int, height: int) -> None:
        self.data = js.Uint8ClampedArray(bytes(data))
        self.width = width
        self.height = height


class CanvasRenderingContext2D:
    """What draws on a canvas; one that shows whole pictures only."""

    def __init__(self, canvas: HTMLCanvasElement) -> None:
        self.canvas = canvas

    def putImageData(self, data: ImageData, x: float, y: float) -> None:  # noqa: N802
        assert (x, y) == (0, 0)
        self.canvas.shown = data

    def getImageData(self, x: float, y: float, width: float, height: float) -> ImageData:  # noqa: N802
        shown = self.canvas.shown
        assert shown is not None
        assert (x, y, width, height) == (0, 0, shown.width, shown.height)
        return shown


class HTMLCanvasElement:
    """An element to draw on."""

    def __init__(self, width: int = 300, height: int = 150) -> None:
        self.width = width
        self.height = height
        self.shown: ImageData | None = None

    def getContext(self, kind: str) -> CanvasRenderingContext2D | None:  # noqa: N802
        return CanvasRenderingContext2D(self) if kind == "2d" else None


class Paragraph:
    """An element with text."""

    textContent = ""  # noqa: N815


class Body:
    """The document's body."""

    def __init__(self) -> None:
        self.children: list[Any] = []

    def appendChild(self, node: Any) -> Any:  # noqa: N802
        self.children.append(node)
        return node


class Document:
    """A document that makes elements of two kinds."""

    def __init__(self) -> None:
        self.body = Body()

    def createElement(self, name: str) -> Any:  # noqa: N802
        return {"canvas": HTMLCanvasElement, "p": Paragraph}[name]()


class Window:
    """The global object of a browser."""

    def __init__(self) -> None:
        self.document = Document()


def browser(window: Window) -> dict[str, Any]:
    """Give the imports that stand for a browser with that window."""
    classes = (Window, HTMLCanvasElement, CanvasRenderingContext2D, ImageData)
    return {"window": window, **{cls.__name__: cls for cls in classes}}
