"""The frame: sections found, order and sizes checked, untouched bytes kept."""

from __future__ import annotations

import pytest

from unpoison.errors import MalformedModule, UnsupportedModule
from unpoison.wasm.frame import Custom
from unpoison.wasm.module import Module

PREAMBLE = "00 61736d 01000000 "
# An empty function with padded sizes, and custom sections at every kind of place.
ODD = PREAMBLE + (
    "00 03 0161 ff"
    "01 8480808000 01 600000"
    "00 03 0161 00"
    "00 8380808000 0161 01"
    "03 02 01 00"
    "0a 8480808000 01 02000b"
    "00 01 00"
)


def parse(text: str) -> Module:
    return Module.parse(bytes.fromhex(text))


def test_an_unedited_module_is_emitted_as_the_bytes_it_came_from() -> None:
    data = bytes.fromhex(ODD)
    assert Module.parse(data).emit() is data
    assert Module.parse(memoryview(data)).emit() == data


def test_customs_have_a_place_and_keep_their_bytes() -> None:
    module = parse(ODD)
    found = [(each.name, each.payload.hex(), each.after) for each in module.customs]
    assert found == [("a", "ff", 0), ("a", "00", 1), ("a", "01", 1), ("", "", 10)]
    assert module.customs[0].offset == 12
    module.customs = module.customs
    assert module.emit() == bytes.fromhex(ODD)


def test_only_touched_sections_are_encoded_again() -> None:
    module = parse(ODD)
    module.types = module.types
    assert module.emit() == bytes.fromhex(ODD.replace("01 8480808000", "01 04"))


def test_customs_are_moved_added_and_dropped() -> None:
    module = parse(ODD)
    last, *_, dropped = reversed(module.customs)
    module.customs = [last, Custom("new", b"x", 3)]
    assert dropped not in Module.parse(module.emit()).customs
    assert [(c.name, c.after) for c in Module.parse(module.emit()).customs] == [
        ("new", 3),
        ("", 10),
    ]


def test_a_section_that_was_emptied_goes_and_a_new_one_stands_in_order() -> None:
    module = parse(ODD)
    module.functions, module.bodies, module.customs = [], [], []
    module.start = 0
    assert module.emit() == bytes.fromhex(PREAMBLE + "01 8480808000 01 60000008 01 00")
    module.start = None
    assert module.start is None
    assert module.emit() == bytes.fromhex(PREAMBLE + "01 8480808000 01 600000")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a WebAssembly module"),
        ("00 61736d", "unknown version"),
        ("00 61736d 02000000", "unknown version 02 00 00 00"),
        (PREAMBLE + "0e 00", "14 is not a section id"),
        (PREAMBLE + "01", "input ends"),
        (PREAMBLE + "01 05 01", "5 bytes of a section announced with 1 bytes left"),
        (PREAMBLE + "01 01 00 01 01 00", "type section after the type section"),
        (PREAMBLE + "03 01 00 01 01 00", "type section after the function section"),
        (PREAMBLE + "06 01 00 0d 01 00", "tag section after the global section"),
        (PREAMBLE + "0a 01 00 0c 01 00", "data count section after the code section"),
        (PREAMBLE + "00 00", "input ends"),
        (PREAMBLE + "00 02 0561", "5 bytes of a name announced"),
        (PREAMBLE + "00 02 01ff", "not valid UTF-8"),
        (PREAMBLE + "03 02 01 00", "1 functions but 0 bodies"),
        (PREAMBLE + "0a 04 01 02000b", "0 functions but 1 bodies"),
        (PREAMBLE + "0c 01 01", "1 data segments announced"),
        (PREAMBLE + "0c 02 01 00", "1 bytes too many"),
    ],
)
def test_a_broken_frame_is_refused_at_once(text: str, reason: str) -> None:
    with pytest.raises(MalformedModule, match=reason):
        parse(text)


def test_a_component_is_told_from_a_broken_module() -> None:
    with pytest.raises(UnsupportedModule, match=r"component.*give the core module"):
        parse("00 61736d 0d000100")


@pytest.mark.parametrize("text", [b"(module)", b"\n  (module)", b";; a comment\n(module)"])
def test_text_is_told_from_a_broken_module(text: bytes) -> None:
    with pytest.raises(MalformedModule, match="assemble it first"):
        Module.parse(text)


def test_a_broken_section_is_refused_when_it_is_read() -> None:
    module = parse(PREAMBLE + "01 02 01 61")
    with pytest.raises(MalformedModule) as caught:
        _ = module.types
    assert (caught.value.offset, caught.value.where) == (11, "type section")
