"""Integers of the binary format: LEB128, unsigned and signed. Core spec 5.2.2."""

from __future__ import annotations

from unpoison.errors import MalformedModule


def read_unsigned(data: bytes, position: int, end: int, bits: int) -> tuple[int, int]:
    """Give the unsigned integer of `bits` bits at `position`, and the position after it.

    Raises MalformedModule when `end` comes first, when the encoding takes more than
    ceil(bits / 7) bytes, or when it has bits beyond the `bits`-th.
    """
    value = shift = 0
    start = position
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if value >> bits:
                raise MalformedModule(f"integer is larger than {bits} bits", offset=start)
            return value, position
        if shift >= bits:
            raise MalformedModule(f"integer takes more bytes than {bits} bits need", offset=start)
    raise MalformedModule("input ends inside an integer", offset=start)


def read_signed(data: bytes, position: int, end: int, bits: int) -> tuple[int, int]:
    """Give the signed integer of `bits` bits at `position`, and the position after it.

    Raises MalformedModule as `read_unsigned` does; unused bits must repeat the sign.
    """
    value = shift = 0
    start = position
    while position < end:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if byte & 0x40:
                value -= 1 << shift
            if not -(1 << bits - 1) <= value < 1 << bits - 1:
                raise MalformedModule(f"integer is larger than {bits} bits", offset=start)
            return value, position
        if shift >= bits:
            raise MalformedModule(f"integer takes more bytes than {bits} bits need", offset=start)
    raise MalformedModule("input ends inside an integer", offset=start)


def write_unsigned(out: bytearray, value: int, bits: int = 32) -> None:
    """Append the shortest unsigned encoding. Raises ValueError unless 0 <= value < 2**bits."""
    if value < 0 or value >> bits:
        raise ValueError(f"{value} is not an unsigned integer of {bits} bits")
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def write_signed(out: bytearray, value: int, bits: int) -> None:
    """Append the shortest signed encoding. Raises ValueError when it needs more than `bits`."""
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise ValueError(f"{value} is not a signed integer of {bits} bits")
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)


def encode_unsigned(value: int, bits: int = 32) -> bytes:
    """Give the shortest unsigned encoding; see `write_unsigned`."""
    out = bytearray()
    write_unsigned(out, value, bits)
    return bytes(out)


def encode_signed(value: int, bits: int) -> bytes:
    """Give the shortest signed encoding; see `write_signed`."""
    out = bytearray()
    write_signed(out, value, bits)
    return bytes(out)
