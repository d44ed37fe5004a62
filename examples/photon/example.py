"""Pictures, with the published crate `photon-rs`.

`python examples/photon/example.py` draws a sign and prints it; with the names of two files it makes
a framed thumbnail of the first (PNG, JPEG, WebP, GIF, ...) and writes it to the second as PNG.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import unpoison

SHADES = " .:-=+*#%@"


def main(arguments: list[str]) -> None:
    """Make a thumbnail of a file, or print a sign."""
    with unpoison.load(Path(__file__).with_name("photon.legacy.wasm")) as instance:
        photon = instance.exports
        if len(arguments) == 2:
            source, target = map(Path, arguments)
            target.write_bytes(thumbnail(photon, source.read_bytes()))
            return
        print(as_text(photon, sign(photon, "Rust")))
        try:
            thumbnail(photon, b"no picture")
        except unpoison.PanicError as error:
            print("no thumbnail:", error)
        png = sign(photon, "still here").get_bytes()
        print(f"a sign of {len(thumbnail(photon, png))} bytes")


def sign(photon: Any, text: str) -> Any:
    """Draw white text on a black picture."""
    picture = photon.PhotonImage(bytes([0, 0, 0, 255]) * 128 * 64, 128, 64)
    photon.draw_text(picture, text, 8, 4, 60.0)
    return picture


def thumbnail(photon: Any, file: bytes) -> bytes:
    """Give a PNG of at most 160 pixels in width, in sepia, with a white frame."""
    with photon.PhotonImage.new_from_byteslice(file) as picture:
        width = min(picture.get_width(), 160)
        height = max(picture.get_height() * width // picture.get_width(), 1)
        with photon.resize(picture, width, height, photon.SamplingFilter.Lanczos3) as small:
            photon.sepia(small)
            with photon.padding_uniform(small, 8, photon.Rgba(255, 255, 255, 255)) as framed:
                png: bytes = framed.get_bytes()
                return png


def as_text(photon: Any, picture: Any) -> str:
    """Show a picture of grey shades as characters, which are twice as high as wide."""
    width, height = 64, 16
    with photon.resize(picture, width, height, photon.SamplingFilter.Triangle) as small:
        reds = small.get_raw_pixels()[::4]
    shades = "".join(SHADES[red * len(SHADES) // 256] for red in reds)
    rows = (shades[start : start + width].rstrip() for start in range(0, len(shades), width))
    return "\n".join(row for row in rows if row)


if __name__ == "__main__":
    main(sys.argv[1:])
