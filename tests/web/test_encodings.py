"""Encodings by label: each single-byte table against encoding_rs, and what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests._peers import ROOT
from unpoison import js
from unpoison.web import TextDecoder, TextEncoder
from unpoison.web.encodings import MULTI_BYTE, UTF, encoding_for

TABLES: dict[str, str] = json.loads(
    (Path(__file__).parent / "single_byte_tables.json").read_text(encoding="utf-8")
)
HIGH = bytes(range(0x80, 0x100))


@pytest.mark.parametrize("name", TABLES)
def test_every_byte_means_what_it_means_to_encoding_rs(name: str) -> None:
    decoder = TextDecoder(name)
    text = decoder.decode(HIGH)
    assert "".join(f"{ord(each):04x}" for each in text) == TABLES[name]
    assert decoder.encoding == name


@pytest.mark.parametrize("name", ["iso-8859-6", "windows-1253", "windows-874"])
def test_a_byte_without_a_character_is_fatal_when_asked(name: str) -> None:
    with pytest.raises(js.TypeError, match=f"not valid for encoding {name}"):
        TextDecoder(name, fatal=True).decode(HIGH)


def test_every_label_is_known_or_refused_by_name() -> None:
    from webencodings.labels import LABELS

    for label, name in LABELS.items():
        if name in MULTI_BYTE or name == "replacement":
            with pytest.raises(js.RangeError, match="is not supported"):
                encoding_for(label)
        else:
            assert encoding_for(label) == name
            assert name in UTF or name in TABLES


def test_a_multi_byte_encoding_is_named() -> None:
    with pytest.raises(js.RangeError, match="unpoison has no shift_jis"):
        TextDecoder("sjis")


@given(st.lists(st.binary(max_size=9)), st.sampled_from(["utf-8", "utf-16le", "windows-1252"]))
def test_pieces_give_what_the_whole_gives(pieces: list[bytes], label: str) -> None:
    decoder = TextDecoder(label, ignore_bom=True)
    text = "".join(decoder.decode(piece, {"stream": True}) for piece in pieces)
    whole = TextDecoder(label, ignore_bom=True).decode(b"".join(pieces))
    assert text + decoder.decode() == whole


@given(st.text())
def test_what_was_encoded_is_decoded(text: str) -> None:
    data = TextEncoder().encode(text)
    assert TextDecoder(ignore_bom=True).decode(data) == text


@given(st.text(), st.integers(0, 40))
def test_only_whole_characters_are_written(text: str, size: int) -> None:
    target = bytearray(size)
    result = TextEncoder().encode_into(text, target)
    written = bytes(target[: result["written"]])
    units = text.encode("utf-16-le")
    assert written.decode() == units[: 2 * result["read"]].decode("utf-16-le")
    left = units[2 * result["read"] :].decode("utf-16-le")
    assert left == "" or len(left[0].encode()) > size - len(written)


@pytest.mark.parametrize("view", [b"read-only", memoryview(b"x")])
def test_a_hosts_read_only_buffer_is_not_written(view: object) -> None:
    with pytest.raises(js.TypeError, match="read-only"):
        TextEncoder().encode_into("x", view)


@pytest.mark.toolchain
def test_the_tables_are_still_those_of_encoding_rs() -> None:
    manifest = ROOT / "tests/web/encoding_tables/Cargo.toml"
    command = ["cargo", "run", "--quiet", "--release", "--locked", "--manifest-path", str(manifest)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert dict(line.split() for line in done.stdout.splitlines()) == TABLES
