"""What there is to know about the bytes themselves: who made them and where the size goes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from unpoison.errors import MalformedModule

if TYPE_CHECKING:
    from unpoison.wasm import Module


@dataclass(frozen=True, slots=True)
class Facts:
    """What `inspect` tells besides the interface.

    `dialect` is that of the input's exception handling; `sizes` are (what, bytes), the whole
    file first; `producers` are tools with their versions.
    """

    sha256: str
    dialect: str
    sizes: tuple[tuple[str, int], ...]
    producers: tuple[str, ...]


def read_facts(wasm: bytes, module: Module, dialect: str) -> Facts:
    """Give the facts of a module that was parsed from `wasm`."""
    sizes = (
        ("file", len(wasm)),
        ("code", sum(body.end - body.start for body in module.bodies)),
        ("data", sum(len(data.payload) for data in module.datas)),
        ("custom sections", sum(len(custom.raw or b"") for custom in module.customs)),
    )
    return Facts(sha256(wasm).hexdigest(), dialect, sizes, _producers(module))


def _producers(module: Module) -> tuple[str, ...]:
    custom = module.find_custom("producers")
    if custom is None:
        return ()
    from unpoison.wasm import read_producers  # of the codec, which a module in the cache needs not

    try:
        fields = read_producers(custom.payload)
    except MalformedModule:  # a broken custom section never makes a module unusable
        return ()
    tools = [tool for field in ("language", "processed-by") for tool in fields.get(field, ())]
    return tuple(" ".join(part for part in tool if part) for tool in tools)
