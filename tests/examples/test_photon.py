"""The published crate photon-rs, unmodified: its classes, its pixels, and what it does wrong."""

from __future__ import annotations

import base64
import gc
import logging
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import unpoison
from tests.examples.pictures import (
    HTMLCanvasElement,
    ImageData,
    Picture,
    Pixel,
    Window,
    browser,
    read_png,
    write_png,
)

MODULE = Path(__file__).parents[2] / "examples" / "photon" / "photon.legacy.wasm"
NOISE = Picture.of_noise(7, 5)


@pytest.fixture(scope="module")
def instance() -> Iterator[unpoison.Instance]:
    with unpoison.load(MODULE) as instance:
        yield instance


@pytest.fixture
def photon(instance: unpoison.Instance) -> Iterator[Any]:
    """The exports; a test leaves no object of Rust and no value of ours behind."""
    gc.collect()
    before = instance.live_handles
    yield instance.exports
    gc.collect()
    assert (instance.state, instance.live_handles) == ("live", before)


def image_of(photon: Any, picture: Picture) -> Any:
    return photon.PhotonImage(picture.raw, picture.width, picture.height)


# --- what it computes, against the same in Python ---


def clamp(value: float) -> int:
    return max(0, min(255, int(value)))


def grey(value: float, alpha: int) -> Pixel:
    return (int(value), int(value), int(value), alpha)


CHANGES: dict[str, tuple[Callable[[Any, Any], None], Callable[[int, int, int, int], Pixel]]] = {
    "invert": (lambda p, i: p.invert(i), lambda r, g, b, a: (255 - r, 255 - g, 255 - b, a)),
    "grayscale": (lambda p, i: p.grayscale(i), lambda r, g, b, a: grey((r + g + b) // 3, a)),
    "desaturate": (
        lambda p, i: p.desaturate(i),
        lambda r, g, b, a: grey((min(r, g, b) + max(r, g, b)) // 2, a),
    ),
    "decompose_max": (lambda p, i: p.decompose_max(i), lambda r, g, b, a: grey(max(r, g, b), a)),
    "single_channel_grayscale": (
        lambda p, i: p.single_channel_grayscale(i, 2),
        lambda r, g, b, a: grey(b, 255),
    ),
    "threshold": (
        lambda p, i: p.threshold(i, 100),
        lambda r, g, b, a: grey(255 * (0.2126 * r + 0.7152 * g + 0.072 * b >= 100), a),
    ),
    "monochrome": (
        lambda p, i: p.monochrome(i, 40, 0, 200),
        lambda r, g, b, a: (
            clamp((r + g + b) // 3 + 40),
            (r + g + b) // 3,
            clamp((r + g + b) // 3 + 200),
            a,
        ),
    ),
    "alter_channel": (
        lambda p, i: p.alter_channel(i, 1, -90),
        lambda r, g, b, a: (r, clamp(g - 90), b, a),
    ),
    "alter_channels": (
        lambda p, i: p.alter_channels(i, 255, -20, -32768),
        lambda r, g, b, a: (255, clamp(g - 20), 0, a),
    ),
    "remove_channel": (
        lambda p, i: p.remove_channel(i, 0, 128),
        lambda r, g, b, a: (r if r >= 128 else 0, g, b, a),
    ),
    "swap_channels": (lambda p, i: p.swap_channels(i, 2, 0), lambda r, g, b, a: (b, g, r, a)),
    "solarize": (
        lambda p, i: p.solarize(i),
        lambda r, g, b, a: (200 - r if r < 200 else r, g, b, a),
    ),
    "mix_with_colour": (
        lambda p, i: p.mix_with_colour(i, p.Rgb(10, 200, 30), 0.25),
        lambda r, g, b, a: (
            int(2.5 + 0.75 * r),
            int(50 + 0.75 * g),
            int(7.5 + 0.75 * b),
            a,
        ),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_pixel_is_changed_as_in_python(photon: Any, name: str) -> None:
    change, expected = CHANGES[name]
    image = image_of(photon, NOISE)
    change(photon, image)
    assert Picture.seen(image) == NOISE.mapped(expected)


WIDTH, HEIGHT = NOISE.width, NOISE.height
EDGE: Pixel = (1, 2, 3, 4)
FORMS: dict[str, tuple[Callable[[Any, Any], Any], Picture]] = {
    "crop": (
        lambda p, i: p.crop(i, 2, 1, 6, 4),
        NOISE.moved(4, 3, lambda x, y: NOISE.at(x + 2, y + 1)),
    ),
    "rotate by whole turns": (lambda p, i: p.rotate(i, -720.0), NOISE),
    "resize": (
        lambda p, i: p.resize(i, 3 * WIDTH, 2 * HEIGHT, p.SamplingFilter.Nearest),
        NOISE.moved(3 * WIDTH, 2 * HEIGHT, lambda x, y: NOISE.at(x // 3, y // 2)),
    ),
    "resize to nothing new": (lambda p, i: p.resize(i, WIDTH, HEIGHT, 1), NOISE),
    "padding_left": (
        lambda p, i: p.padding_left(i, 3, p.Rgba(*EDGE)),
        NOISE.moved(WIDTH + 3, HEIGHT, lambda x, y: EDGE if x < 3 else NOISE.at(x - 3, y)),
    ),
    "padding_top": (
        lambda p, i: p.padding_top(i, 1, p.Rgba(*EDGE)),
        NOISE.moved(WIDTH, HEIGHT + 1, lambda x, y: EDGE if y < 1 else NOISE.at(x, y - 1)),
    ),
    "solarize_retimg": (
        lambda p, i: p.solarize_retimg(i),
        NOISE.mapped(lambda r, g, b, a: (200 - r if r < 200 else r, g, b, a)),
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_new_picture_is_made_of_one_that_stays(photon: Any, name: str) -> None:
    make, expected = FORMS[name]
    with image_of(photon, NOISE) as image, make(photon, image) as made:
        assert type(made) is photon.PhotonImage
        assert Picture.seen(made) == expected
        assert Picture.seen(image) == NOISE


@pytest.mark.parametrize(("name", "turns"), [("fliph", (1, 0)), ("flipv", (0, 1))])
def test_a_picture_is_mirrored(photon: Any, name: str, turns: tuple[int, int]) -> None:
    def source(x: int, y: int) -> Pixel:
        return NOISE.at(WIDTH - 1 - x if turns[0] else x, HEIGHT - 1 - y if turns[1] else y)

    image = image_of(photon, NOISE)
    getattr(photon, name)(image)
    assert Picture.seen(image) == NOISE.moved(WIDTH, HEIGHT, source)


def test_a_mark_is_placed_at_any_i64(photon: Any) -> None:
    mark = Picture.of_noise(3, 2, opaque=True)
    for x, y in ((4, 3), (-1, -1), (2**63 - 1, 0), (-(2**63), 0)):
        image = image_of(photon, NOISE)
        photon.watermark(image, image_of(photon, mark), x, y)
        cover = {(x + at, y + down): mark.at(at, down) for at in range(3) for down in range(2)}
        expected = NOISE.moved(WIDTH, HEIGHT, lambda x, y, c=cover: c.get((x, y), NOISE.at(x, y)))
        assert Picture.seen(image) == expected


def test_text_is_drawn_where_it_should_be(photon: Any) -> None:
    with photon.PhotonImage(bytes(4 * 100 * 40), 100, 40) as image:
        photon.draw_text(image, "", 0, 0, 20.0)
        assert not any(image.get_raw_pixels())
        photon.draw_text(image, "Él", 50, 10, 20.0)
        picture = Picture.seen(image)
    drawn = [(x, y) for y in range(40) for x in range(100) if picture.at(x, y)[0] > 128]
    assert len(drawn) > 40
    assert all(50 <= x < 75 and 10 <= y < 30 for x, y in drawn)


# --- files ---


def test_a_png_that_python_made_is_read_and_one_that_rust_made_is_read_by_python(
    photon: Any,
) -> None:
    with photon.PhotonImage.new_from_byteslice(write_png(NOISE)) as image:
        assert Picture.seen(image) == NOISE
        assert read_png(image.get_bytes()) == NOISE


def test_text_of_base64_goes_both_ways(photon: Any) -> None:
    file = write_png(NOISE)
    assert photon.base64_to_vec(base64.b64encode(file).decode()) == file
    with photon.PhotonImage.new_from_base64(base64.b64encode(file).decode()) as image:
        head, _, text = image.get_base64().partition(",")
        assert head == "data:image/png;base64"
        assert base64.b64decode(text, validate=True) == image.get_bytes()
        assert image.get_estimated_filesize() == math.ceil(
            (len(head) + 1 + len(text)) * 0.75
        ) - text.count("=")


@pytest.mark.parametrize(
    ("write", "start"),
    [("get_bytes_jpeg", b"\xff\xd8\xff"), ("get_bytes_webp", b"RIFF")],
)
def test_other_formats_are_written_and_read_again(photon: Any, write: str, start: bytes) -> None:
    plain = Picture(16, 16, ((200, 100, 50, 255),) * 256)
    with image_of(photon, plain) as image:
        file = getattr(image, write)(*[95] if write == "get_bytes_jpeg" else [])
        assert file.startswith(start)
        with photon.PhotonImage.new_from_byteslice(file) as again:
            assert (again.get_width(), again.get_height()) == (16, 16)
            pairs = zip(again.get_raw_pixels(), plain.raw, strict=True)
            assert max(abs(one - other) for one, other in pairs) <= 4


# --- objects ---


def test_a_colour_is_an_object_with_a_state(photon: Any) -> None:
    with photon.Rgba(1, 2, 3, 4) as colour:
        colour.set_green(250)
        colour.set_alpha(0)
        seen = (colour.get_red(), colour.get_green(), colour.get_blue(), colour.get_alpha())
        assert seen == (1, 250, 3, 0)
    assert [member.name for member in photon.SamplingFilter][:2] == ["Nearest", "Triangle"]


def test_an_object_that_was_freed_is_not_used_again(photon: Any) -> None:
    image = image_of(photon, NOISE)
    other = image_of(photon, NOISE)
    image.free()
    image.free()
    uses: list[Callable[[], object]] = [
        image.get_width,
        image.get_bytes,
        lambda: photon.invert(image),
        lambda: photon.watermark(other, image, 0, 0),
        lambda: photon.watermark(image, other, 0, 0),
        lambda: photon.to_image_data(image),
    ]
    for use in uses:
        with pytest.raises(unpoison.StaleHandleError, match="PhotonImage"):
            use()
    assert Picture.seen(other) == NOISE


def test_an_object_that_was_moved_into_rust_is_gone(photon: Any) -> None:
    image, colour = image_of(photon, NOISE), photon.Rgb(1, 2, 3)
    photon.mix_with_colour(image, colour, 1.0)
    assert set(Picture.seen(image).pixels) <= {(1, 2, 3, a) for a in range(256)}
    with pytest.raises(unpoison.StaleHandleError, match="Rgb"):
        colour.get_red()
    photon.selective_greyscale(image, photon.Rgb(0, 0, 0))
    with pytest.raises(unpoison.StaleHandleError, match="PhotonImage"):
        image.get_width()


def test_an_object_is_borrowed_once_at_a_time(photon: Any) -> None:
    image, colour = image_of(photon, NOISE), photon.Rgb(9, 8, 7)
    with pytest.raises(unpoison.BorrowError):
        photon.watermark(image, image, 0, 0)
    with pytest.raises(unpoison.BorrowError):
        photon.duotone(image, colour, colour)
    assert (Picture.seen(image), colour.get_red()) == (NOISE, 9)


BAD_CALLS: dict[str, tuple[type[Exception], str, Callable[[Any, Any, Any], object]]] = {
    "a str for bytes": (TypeError, "raw_pixels", lambda p, i, c: p.PhotonImage("abcd", 1, 1)),
    "None for bytes": (TypeError, "raw_pixels", lambda p, i, c: p.PhotonImage(None, 1, 1)),
    "a byte of 256": (OverflowError, r"\[1\]", lambda p, i, c: p.PhotonImage([1, 256], 1, 1)),
    "a negative width": (OverflowError, "width", lambda p, i, c: p.PhotonImage(b"", -1, 1)),
    "a missing argument": (TypeError, "height", lambda p, i, c: p.PhotonImage(b"", 1)),
    "a float for u8": (TypeError, "r must be", lambda p, i, c: p.Rgb(1.0, 0, 0)),
    "300 for u8": (OverflowError, "g must be", lambda p, i, c: p.Rgb(0, 300, 0)),
    "2**15 for i16": (OverflowError, "amt", lambda p, i, c: p.alter_channel(i, 0, 2**15)),
    "2**63 for i64": (OverflowError, "x must be", lambda p, i, c: p.watermark(i, i, 2**63, 0)),
    "text for f32": (TypeError, "opacity", lambda p, i, c: p.mix_with_colour(i, c, "1")),
    "an Rgb for an image": (TypeError, "PhotonImage, not Rgb", lambda p, i, c: p.invert(c)),
    "an image for an Rgb": (
        TypeError,
        "Rgb, not PhotonImage",
        lambda p, i, c: p.mix_with_colour(i, i, 1.0),
    ),
    "an Rgb for an Rgba": (TypeError, "Rgba, not Rgb", lambda p, i, c: p.padding_left(i, 1, c)),
    "None for an image": (TypeError, "not NoneType", lambda p, i, c: p.blend(i, None, "over")),
    "bytes for &str": (TypeError, "blend_mode", lambda p, i, c: p.blend(i, i, b"over")),
    "no such filter": (ValueError, "SamplingFilter", lambda p, i, c: p.resize(i, 1, 1, 9)),
}


@pytest.mark.parametrize("name", BAD_CALLS)
def test_a_wrong_argument_is_refused_before_rust_sees_anything(photon: Any, name: str) -> None:
    error, message, call = BAD_CALLS[name]
    image, colour = image_of(photon, NOISE), photon.Rgb(9, 8, 7)
    with pytest.raises(error, match=message):
        call(photon, image, colour)
    assert (Picture.seen(image), colour.get_red()) == (NOISE, 9)


# --- panics ---

PANICS: dict[str, tuple[str, Callable[[Any, Any], object]]] = {
    "no picture": ("Unsupported", lambda p, i: p.PhotonImage.new_from_byteslice(b"GIF?")),
    "half a file": (
        "unwrap",
        lambda p, i: p.PhotonImage.new_from_byteslice(write_png(NOISE)[:60]),
    ),
    "no base64": ("InvalidByte", lambda p, i: p.base64_to_vec("äöü")),
    "a fourth channel": ("Invalid channel index", lambda p, i: p.alter_channel(i, 3, 1)),
    "out of the picture": ("out of bounds", lambda p, i: p.crop(i, 0, 0, 99, 99)),
    "too large to count": ("overflows usize", lambda p, i: p.create_gradient(2**31, 2**31)),
    "no source of entropy": ("getrandom", lambda p, i: p.add_noise_rand(i)),
    "size and bytes differ": ("None", lambda p, i: p.PhotonImage(b"abc", 9, 9).get_bytes()),
}


@pytest.mark.parametrize("name", PANICS)
def test_a_panic_costs_one_call(photon: Any, name: str) -> None:
    message, call = PANICS[name]
    image = image_of(photon, NOISE)
    with pytest.raises(unpoison.PanicError, match=message):
        call(photon, image)
    assert Picture.seen(image) == NOISE
    photon.invert(image)
    photon.invert(image)
    assert Picture.seen(image) == NOISE


def test_a_panic_half_way_leaves_the_object_with_what_was_done(photon: Any) -> None:
    image = photon.PhotonImage(bytes([10, 20, 30, 40, 50]), 1, 1)
    with pytest.raises(unpoison.PanicError, match="index out of bounds"):
        photon.invert(image)
    assert image.get_raw_pixels() == bytes([245, 235, 225, 40, 50])


def test_a_panic_drops_what_was_moved_into_the_call(photon: Any) -> None:
    odd, colour = photon.PhotonImage(b"abc", 9, 9), photon.Rgb(1, 2, 3)
    with pytest.raises(unpoison.PanicError):
        photon.mix_with_colour(odd, colour, 0.5)
    with pytest.raises(unpoison.StaleHandleError):
        colour.get_red()
    assert odd.get_raw_pixels() == b"abc"


def test_an_abort_ends_one_generation_and_the_next_call_has_a_fresh_one() -> None:
    limits = unpoison.Limits(memory=16 << 20)
    with unpoison.load(MODULE, limits=limits, recovery="reinit") as instance:
        photon = instance.exports
        image = image_of(photon, NOISE)
        with pytest.raises(unpoison.AbortError) as caught:
            photon.create_gradient(8192, 1024)  # 32 MiB
        assert caught.value.reason is unpoison.AbortReason.MEMORY_LIMIT
        assert photon.Rgb(1, 2, 3).get_blue() == 3
        assert instance.generation == 2
        with pytest.raises(unpoison.StaleHandleError):
            photon.invert(image)


# --- what a browser has, and this host has not ---


def test_names_of_a_browser_are_absent(caplog: pytest.LogCaptureFixture) -> None:
    with unpoison.load(MODULE) as instance, image_of(instance.exports, NOISE) as image:
        photon = instance.exports
        with (
            caplog.at_level(logging.ERROR, "unpoison.console"),
            pytest.raises(unpoison.PanicError, match="No Window found"),
        ):
            photon.run()
        # The crate has set console_error_panic_hook by then.
        assert "No Window found" in caplog.text
        with pytest.raises(unpoison.PanicError, match="ReferenceError: ImageData is not defined"):
            image.get_image_data()
        with pytest.raises(unpoison.PanicError):
            photon.resize_img_browser(image, 4, 4, photon.SamplingFilter.Nearest)
        assert Picture.seen(image) == NOISE


class Refused(Exception):  # noqa: N818 - a name as embedders choose them
    """What a document of ours raises."""


def test_an_embedder_gives_a_browser_of_python_objects() -> None:
    window = Window()
    with unpoison.load(MODULE, imports=browser(window)) as instance:
        photon = instance.exports
        photon.run()
        [paragraph] = window.document.body.children
        assert paragraph.textContent == "You're successfully running WASM!"

        canvas = HTMLCanvasElement(WIDTH, HEIGHT)
        context = canvas.getContext("2d")
        photon.putImageData(canvas, context, image_of(photon, NOISE))
        assert canvas.shown is not None and bytes(canvas.shown.data) == NOISE.raw
        opened = photon.open_image(canvas, context)
        assert Picture.seen(opened) == NOISE
        opened.set_imgdata(ImageData(b"12345678", 1, 2))
        assert Picture.seen(opened) == Picture.of_bytes(1, 2, b"12345678")
        data = photon.to_image_data(opened)
        assert type(data) is ImageData and bytes(data.data) == b"12345678"
        shown = photon.resize_img_browser(image_of(photon, NOISE), 2, 2, 1)
        assert isinstance(shown, HTMLCanvasElement) and shown.shown is not None


def test_an_exception_of_the_embedders_browser_comes_out_as_itself() -> None:
    refused = Refused("no elements today")

    def refuse(*_: object) -> Any:
        raise refused

    window = Window()
    with unpoison.load(MODULE, imports=browser(window)) as instance:
        photon, canvas = instance.exports, HTMLCanvasElement(1, 1)
        photon.run()  # js-sys keeps the global object from now on
        before = instance.live_handles
        window.document.createElement = refuse  # type: ignore[method-assign]
        with pytest.raises(Refused) as caught:
            photon.run()  # `?` hands it on
        assert caught.value is refused
        context = canvas.getContext("2d")
        assert context is not None
        context.getImageData = refuse  # type: ignore[method-assign]
        with pytest.raises(unpoison.PanicError, match="Refused: no elements today"):
            photon.open_image(canvas, context)  # it is unwrapped
        with pytest.raises(TypeError, match=r"HTMLCanvasElement\.width: result must be an int"):
            photon.open_image({}, context)
        assert (instance.state, instance.live_handles) == ("live", before)


# --- leaks ---

BIG = bytes(4 * 256 * 256)


def use_and_free(photon: Any) -> None:
    image = photon.PhotonImage(BIG, 256, 256)
    with image, photon.resize(image, 200, 200, 1) as small:
        photon.mix_with_colour(small, photon.Rgb(1, 2, 3), 0.5)


def use_and_forget(photon: Any) -> None:
    photon.crop(photon.PhotonImage(BIG, 256, 256), 0, 0, 200, 200)


def panic(photon: Any) -> None:
    image = photon.PhotonImage(BIG, 256, 256)
    with pytest.raises(unpoison.PanicError):
        photon.crop(image, 250, 250, 260, 260)
    with pytest.raises(unpoison.PanicError):
        photon.selective_greyscale(photon.PhotonImage(BIG, 9, 9_999_999), photon.Rgb(1, 2, 3))


@pytest.mark.parametrize("once", [use_and_free, use_and_forget, panic])
def test_memory_and_handles_stay_as_they_are(once: Callable[[Any], None]) -> None:
    # 200 rounds would need 50 MiB at least, if one picture of a round stayed.
    with unpoison.load(MODULE, limits=unpoison.Limits(memory=16 << 20)) as instance:
        for _ in range(5):
            once(instance.exports)
        gc.collect()
        before = (instance.memory_size, instance.live_handles)
        for _ in range(200):
            once(instance.exports)
        gc.collect()
        assert (instance.memory_size, instance.live_handles) == before
