"""Descriptor words -> types.

A descriptor is a prefix code of 32-bit words: a tag, then the operands of that tag. Source:
`wasm-bindgen-shared` src/tys.rs for the tags, `wasm-bindgen` src/describe.rs for the operands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unpoison.bindgen.descriptor_types import (
    Clamped,
    Closure,
    EnumType,
    Extern,
    Function,
    Nullable,
    Option,
    Ref,
    Result,
    Scalar,
    ScalarKind,
    Slice,
    Str,
    StringEnumType,
    StructType,
    Type,
    UnionType,
    Vector,
)
from unpoison.bindgen.descriptor_types import Sequence as SequenceType
from unpoison.bindgen.rust_types import rust_type
from unpoison.errors import MalformedModule

MAX_WORDS = 1 << 16  # far above any signature: 255 arguments of 256-character names
MAX_DEPTH = 32

FUNCTION_TAG = 15


def decode_descriptor(words: Sequence[int], where: str) -> Type:
    """Give the type that exactly these words describe.

    Raises MalformedModule, naming `where`, for an unknown tag, missing or left-over words,
    nesting over MAX_DEPTH or more than MAX_WORDS words.
    """
    reader = _Words(words, where)
    described = reader.type()
    reader.finish()
    return described


def decode_generic_import(words: Sequence[int], where: str) -> tuple[str, Function]:
    """Give the key (empty for a cast) and the signature of a describe marker's stream.

    Raises MalformedModule as `decode_descriptor` does.
    """
    reader = _Words(words, where)
    key = reader.text()
    signature = reader.type()
    reader.finish()
    if not isinstance(signature, Function):
        raise reader.error(f"signature {rust_type(signature)} is not a function")
    return key, signature


class _Words:
    """The words that are left, and how deep the reader is in nested types."""

    def __init__(self, words: Sequence[int], where: str) -> None:
        self._words = words
        self._next = 0
        self._depth = 0
        self._where = where
        if len(words) > MAX_WORDS:
            raise self.error(f"{len(words)} words, more than {MAX_WORDS}")

    def error(self, reason: str) -> MalformedModule:
        return MalformedModule(f"descriptor: {reason}", where=self._where)

    def finish(self) -> None:
        if self._next != len(self._words):
            raise self.error(f"{len(self._words) - self._next} words are left over")

    def word(self) -> int:
        if self._next >= len(self._words):
            raise self.error("ends too early")
        self._next += 1
        return self._words[self._next - 1]

    def count(self) -> int:
        """Give a count of items of at least one word each."""
        count = self.word()
        if count > len(self._words) - self._next:
            raise self.error(f"{count} items do not fit")
        return count

    def flag(self) -> bool:
        word = self.word()
        if word > 1:
            raise self.error(f"{word} is not a bool")
        return word == 1

    def text(self) -> str:
        """Give a string: a count, then one word per Unicode scalar value."""
        return "".join([self._character() for _ in range(self.count())])

    def _character(self) -> str:
        word = self.word()
        if word > 0x10FFFF or 0xD800 <= word <= 0xDFFF:
            raise self.error(f"{word:#x} is not a character")
        return chr(word)

    def type(self) -> Type:
        tag = self.word()
        read = READERS.get(tag)
        if read is None:
            raise self.error(f"tag {tag} is unknown")
        if self._depth == MAX_DEPTH:
            raise self.error(f"types nest deeper than {MAX_DEPTH}")
        self._depth += 1
        described = read(self)
        self._depth -= 1
        return described

    def function(self) -> Function:
        shim = self.word()
        params = tuple([self.type() for _ in range(self.count())])
        return Function(shim, params, self.type(), self.type())


_Reader = Callable[[_Words], Type]


def _scalar(kind: ScalarKind) -> _Reader:
    scalar = Scalar(kind)
    return lambda words: scalar


def _closure(words: _Words) -> Type:
    owned, mutable = words.flag(), words.flag()
    if words.word() != FUNCTION_TAG:
        raise words.error("a closure without a signature")
    return Closure(owned, mutable, words.function())


def _long_ref(words: _Words) -> Type:
    """Give T for a JavaScript value (it crosses owned), else &T; see describe.rs, LONGREF."""
    inner = words.type()
    return inner if isinstance(inner, Extern) else Ref(inner, long=True)


def _union(words: _Words) -> Type:
    name, crate, module_hash = words.text(), words.text(), words.word()
    variants = tuple([words.type() for _ in range(words.count())])
    return UnionType(name, crate, module_hash, variants)


READERS: dict[int, _Reader] = {
    0: _scalar("i8"),
    1: _scalar("u8"),
    2: _scalar("i16"),
    3: _scalar("u16"),
    4: _scalar("i32"),
    5: _scalar("u32"),
    6: _scalar("i64"),
    7: _scalar("u64"),
    8: _scalar("i64_as_f64"),
    9: _scalar("u64_as_f64"),
    10: _scalar("i128"),
    11: _scalar("u128"),
    12: _scalar("f32"),
    13: _scalar("f64"),
    14: _scalar("bool"),
    FUNCTION_TAG: _Words.function,
    16: _closure,
    17: lambda words: Str(cached=True),
    18: lambda words: Str(),
    19: lambda words: Ref(words.type()),
    20: lambda words: Ref(words.type(), mutable=True),
    21: _long_ref,
    22: lambda words: Slice(words.type()),
    23: lambda words: Vector(words.type()),
    24: lambda words: Extern(),
    25: lambda words: Extern(words.text()),
    26: lambda words: EnumType(words.text(), words.word(), words.text(), words.word()),
    27: lambda words: StringEnumType(words.text(), words.word(), words.text(), words.word()),
    28: _union,
    29: lambda words: StructType(words.text(), words.text()),
    30: _scalar("char"),
    31: lambda words: Option(words.type()),
    32: lambda words: Result(words.type()),
    33: _scalar("unit"),
    34: lambda words: Clamped(words.type()),
    35: _scalar("nonnull"),
    36: _scalar("raw_pointer"),
    37: lambda words: SequenceType(words.word(), words.type()),
    38: lambda words: Nullable(words.type()),
}
