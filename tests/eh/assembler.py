"""Parts of the binary format, as small functions, for tests that make modules of their own.

Nothing here uses the codec's writers: a fault of the codec must not cancel itself out in a
test. Only the opcode bytes come from its table. Core spec 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from unpoison.wasm import BY_NAME

Signature = tuple[tuple[str, ...], tuple[str, ...]]

VALUE_TYPES = {
    "i32": 0x7F,
    "i64": 0x7E,
    "f32": 0x7D,
    "f64": 0x7C,
    "v128": 0x7B,
    "funcref": 0x70,
    "externref": 0x6F,
    "exnref": 0x69,
}
FUNCTION_KIND, TABLE_KIND, MEMORY_KIND, GLOBAL_KIND, TAG_KIND = range(5)


def u32(number: int, size: int = 0) -> bytes:
    """Give the unsigned LEB128 of a number, padded to at least `size` bytes."""
    out = bytearray()
    while number > 0x7F or len(out) + 1 < size:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def s64(number: int) -> bytes:
    """Give the shortest signed LEB128 of a number."""
    out = bytearray()
    while not -64 <= number < 64:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number & 0x7F)
    return bytes(out)


def op(name: str) -> bytes:
    """Give the opcode bytes of an instruction, by its text-format name."""
    return BY_NAME[name].encoding


def vec(items: Iterable[bytes]) -> bytes:
    """Give a counted vector."""
    listed = list(items)
    return u32(len(listed)) + b"".join(listed)


def sized(payload: bytes) -> bytes:
    """Give bytes with their length in front."""
    return u32(len(payload)) + payload


def section(number: int, payload: bytes) -> bytes:
    """Give one section, or nothing for an empty vector."""
    return b"" if payload == b"\0" else bytes([number]) + sized(payload)


def custom(name: str, payload: bytes) -> bytes:
    """Give a custom section."""
    return section(0, sized(name.encode()) + payload)


def value_types(names: Sequence[str]) -> bytes:
    """Give a vector of value types."""
    return vec(bytes([VALUE_TYPES[name]]) for name in names)


def body(local_types: Sequence[str], code: bytes) -> bytes:
    """Give a function body with one group of locals per run of equal types."""
    groups: list[tuple[int, str]] = []
    for name in local_types:
        if groups and groups[-1][1] == name:
            groups[-1] = (groups[-1][0] + 1, name)
        else:
            groups.append((1, name))
    header = vec(u32(count) + bytes([VALUE_TYPES[name]]) for count, name in groups)
    return sized(header + code)


@dataclass
class ModuleParts:
    """What a test module consists of; `assemble` gives its bytes."""

    types: list[Signature] = field(default_factory=list)
    functions: list[tuple[Signature, bytes]] = field(default_factory=list)
    tags: list[Signature] = field(default_factory=list)
    globals: list[bytes] = field(default_factory=list)
    exports: list[tuple[str, int, int]] = field(default_factory=list)
    table: list[int] = field(default_factory=list)
    memory: bool = False
    customs: list[tuple[str, bytes]] = field(default_factory=list)

    def type_index(self, signature: Signature) -> int:
        """Give the index of a function type, which is added when it is new."""
        if signature not in self.types:
            self.types.append(signature)
        return self.types.index(signature)

    def block_type(self, signature: Signature) -> bytes:
        """Give the shortest block type of a signature."""
        params, results = signature
        if not params and not results:
            return b"\x40"
        if not params and len(results) == 1:
            return bytes([VALUE_TYPES[results[0]]])
        return s64(self.type_index(signature))

    def assemble(self) -> bytes:
        """Give the module. Sections stand in the order of core spec 5.5.17."""
        functions = [u32(self.type_index(signature)) for signature, _ in self.functions]
        tags = [b"\0" + u32(self.type_index(signature)) for signature in self.tags]
        exports = [
            sized(name.encode()) + bytes([kind]) + u32(index) for name, kind, index in self.exports
        ]
        table_type = b"\x70\x00" + u32(len(self.table))
        elements = b"\x00\x41\x00\x0b" + vec(map(u32, self.table))
        types = [b"\x60" + value_types(params) + value_types(out) for params, out in self.types]
        return b"".join(
            [
                b"\0asm\1\0\0\0",
                section(1, vec(types)),
                section(3, vec(functions)),
                section(4, vec([table_type] if self.table else [])),
                section(5, vec([b"\0\1"] if self.memory else [])),
                section(13, vec(tags)),
                section(6, vec(self.globals)),
                section(7, vec(exports)),
                section(9, vec([elements] if self.table else [])),
                section(10, vec(code for _, code in self.functions)),
                *(custom(name, payload) for name, payload in self.customs),
            ]
        )
